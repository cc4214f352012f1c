"""Whatever the text, the reader answers, and soon."""

import random

import pytest

from flycatcher.core.shell import read_shell
from flycatcher.core.shell.syntax.fragment import shell_text
from tests.steps import at_most

CALLS = 8_000_000
"""The most that one of these texts takes is 5.5 million."""

MEBIBYTE = 1 << 20
CASES = {
    "substitutions": "$(" * 100_000,
    "subshells": "(" * 100_000,
    "quoted substitutions": '"$(' * 50_000,
    "backticks": "`" * 100_000,
    "parameters": "${a:-" * 50_000,
    "arithmetic": "$((" * 50_000,
    "brace products": "{a,b}" * 2000,
    "brace nests": "{a," * 5000 + "}" * 5000,
    "doubling": "x=aaaa;" + "x=$x$x;" * 1000 + "perl -e $x",
    "files that grow": "echo aaaaaaaa>f;" + "cat f f f f>g;cat g g g g>f;" * 2000,
    "recursion": "f(){ f;f;f; }; f",
    "fan of functions": "".join(f"f{i}(){{ f{i + 1}; f{i + 1}; }};" for i in range(60)) + "f0",
    "loops": "for i in 1 2 3 4 5 6 7 8 9; do " * 8 + "a" + "; done" * 8,
    "endless loop": "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); while [ 1 = 1 ]; do a; done; done",
    "pattern": "x=" + "a" * 50_000 + "; echo ${x%%*a*a*a*b} ${x//*a*b/c}",
    "sed": "echo " + "a" * 100_000 + " | sed 's/a*b/x/g' | sh",
    "variables and pipes": "".join(f"v{i}=1;a|b;" for i in range(30_000)),
    "array items": "".join(f"a[{i}]=x;" for i in range(30_000)),
    "here-documents": "cat <<A <<B\nA\nB\n" * 20_000,
    "words": "a " * 500_000,
    "pipes": "a|" * 300_000,
    "separators": ";" * MEBIBYTE,
    "redirections": ">" * MEBIBYTE,
    "evals": 'x="eval \\$x"; eval $x',
    "wrappers": "env " * 3000 + "perl -e 1",
    "aliases": 'shopt -s expand_aliases\nalias a="a;b"\n' + "a\n" * 50_000,
    "unclosed quotes": "echo 'abc\necho \"x\n" * 20_000,
    "surrogates": "\udcff" * 200_000,
    "nulls": "\0" * 100_000,
    "long numbers": "printf %100000000d 1; echo {1..100000000} $((9**99999)) ${a:99999999999999999999}",
}
WORDS = """
' " $( ) ` ${ } { | && || ; <<EOF EOF <<< <( if then fi for in do done case esac ;; (( )) [[ ]] a b=1 $x "$@" f() \\ #
eval sh -c python3 > 2>&1 & ! function $(( 1 + = [ ] * ? %% // :- exec trap export read while xargs sudo printf %s echo
-e base64 -d alias env -S find -exec
"""
TOKENS = [*WORDS.split(), " ", "\n", "\t", "\r\n", "\0", "é"]


@pytest.mark.parametrize("name", CASES)
def test_no_text_takes_long(name):
    with at_most(CALLS):
        results = [read_shell(shell_text(CASES[name]), dialect="bash")]
    results.append(read_shell(shell_text(CASES[name]), dialect="sh"))
    assert all(len(result.executions) <= 10_000 for result in results)


@pytest.mark.parametrize("seed", range(60))
def test_torn_text_never_raises(seed):
    source = random.Random(seed)
    text = "".join(
        source.choice(TOKENS) + source.choice(["", " ", "\n"]) for _ in range(source.choice([20, 200, 1500]))
    )
    for execution in read_shell(shell_text(text)).executions:
        assert execution.argv
        assert 1 <= execution.place.line <= text.count("\n") + 1


def test_lone_surrogates_that_are_no_bytes_do_no_harm():
    result = read_shell("python3 -c $'\\x41\ud800'; echo -e '\udfff\\x41' | perl; echo \ud900 | base64 | sh")
    assert [each.argv[0] for each in result.executions] == ["python3", "perl", "base64", "sh", "77+9Cg=="]
    assert result.executions[0].argv[2].startswith("A")


def test_the_marks_own_characters_in_a_text_are_kept():
    text = f"perl -e 'a{chr(0xF0001)}b'"
    assert read_shell(text).executions[0].argv == ("perl", "-e", f"a{chr(0xF0001)}b")


def test_deep_text_still_gives_what_stands_before_and_after_it():
    result = read_shell("perl -e 1\n" + "$(" * 500 + ")" * 500 + "\nperl -e 2\n")
    assert {each.argv for each in result.executions} >= {("perl", "-e", "1"), ("perl", "-e", "2")}
    assert "nested too deep" in [each.message for each in result.errors]
