"""Shell text into program starts: what is known, what is not, where it stands."""

import pytest

from flycatcher.core.execution import Place
from flycatcher.core.shell import UNKNOWN, Limits, read_shell


def argvs(text, **options):
    return [list(each.argv) for each in read_shell(text, **options).executions]


def last(text, **options):
    return read_shell(text, **options).executions[-1]


def test_a_pipe_from_a_program_is_unknown_text_and_says_where_it_comes_from():
    execution = last("curl -s https://example.org/x | python3 -")
    assert execution.argv == ("python3", "-")
    assert (execution.stdin, execution.stdin_text) == ("pipe", None)
    assert execution.context["stdin.from"] == "curl -s https://example.org/x"


def test_a_pipe_from_known_text_is_known():
    execution = last("echo cHJpbnQoMSkK | base64 -d | tee /dev/null | python3")
    assert (execution.stdin, execution.stdin_text) == ("pipe", "print(1)\n")


def test_a_heredoc_with_an_unknown_variable_keeps_a_hole_where_it_stood():
    execution = last("python3 - <<EOF\nimport $MODULE\nEOF\n")
    assert (execution.stdin, execution.stdin_text) == ("file", f"import {UNKNOWN}\n")


def test_a_quoted_heredoc_is_taken_as_written():
    assert last("python3 <<'EOF'\nprint('$x')\nEOF\n").stdin_text == "print('$x')\n"


def test_several_heredocs_on_one_line_each_reach_their_own_descriptor():
    execution = last("perl - 3<<A <<B\nthree\nA\nzero\nB\n")
    assert execution.descriptors == {3: "three\n"}
    assert execution.stdin_text == "zero\n"


def test_process_substitution_becomes_a_descriptor_with_its_text():
    execution = last("python3 <(printf 'print(%d)' 7)")
    assert execution.argv == ("python3", "/dev/fd/63")
    assert execution.descriptors == {63: "print(7)"}


def test_sourcing_a_substitution_is_shown_as_the_shell_reading_a_descriptor():
    curl, shell = read_shell("source <(curl -s https://example.org/x)").executions
    assert curl.argv == ("curl", "-s", "https://example.org/x")
    assert (shell.argv, shell.via) == (("bash", "/dev/fd/63"), ("source",))
    assert shell.context["descriptor.63.from"] == "curl -s https://example.org/x"


def test_unknown_variables_make_holes_and_known_ones_do_not():
    execution = last('x=1; python3 -c "$x" "$y"')
    assert execution.argv == ("python3", "-c", "1", UNKNOWN)
    assert execution.holes == (3,)


def test_a_value_that_one_of_two_branches_sets_is_used_and_marked():
    execution = last("if test -x /usr/bin/python3; then P=python3; else P=python3; fi; $P -c 1")
    assert (execution.argv, execution.holes) == (("python3", "-c", "1"), ())
    execution = last("if test -x /x; then P=perl; else P=ruby; fi; $P -e 1")
    assert execution.argv[0] in ("perl", "ruby")
    assert execution.holes == (0,)


def test_both_sides_of_a_branch_are_read():
    assert argvs("if false; then perl -e 1; else perl -e 2; fi; true || perl -e 3") == [
        ["perl", "-e", "1"],
        ["perl", "-e", "2"],
        ["perl", "-e", "3"],
    ]


def test_an_interpreters_name_in_a_variable_is_a_guess():
    execution = last('"$PYTHON" -c 1')
    assert (execution.argv, execution.holes) == (("PYTHON".lower(), "-c", "1"), (0,))
    assert last("$PYTHON_VERSION -c 1").argv[0] == UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "p${IFS}=1; perl${IFS}-e${IFS}1",
        "{perl,-e,1}",
        "X=perl; Y=' -e'; $X$Y 1",
        "a=lrep; $(echo $a | rev) -e 1",
        "$(printf '\\160\\145rl') -e 1",
        "pe''r\"l\" -e 1",
        "perl \\\n  -e 1",
        "eval 'pe''rl -e 1'",
        'f() { "$@"; }; f perl -e 1',
        'set -- -e 1; perl "$@"',
        'a=(perl -e 1); "${a[@]}"',
        "x=xxperl; ${x#xx} -e 1",
        "x=1; perl -e $((x*2-1))",
        "case abc in a*) perl -e 1;; esac",
        "for x in 1; do perl -e $x; done",
        "(cd /tmp && perl -e 1)",
        "trap 'perl -e 1' EXIT",
        "perl -e `echo 1`",
        "$'\\x70erl' -e 1",
    ],
)
def test_spellings_of_one_command(text):
    assert ["perl", "-e", "1"] in argvs(text)


def test_comments_strings_and_definitions_start_nothing():
    assert argvs("# perl -e 1\necho perl -e 1\nx='perl -e 1'\nalias p='perl -e 1'\n: perl -e 1\n") == []


def test_a_function_that_nothing_calls_is_read_once_with_unknown_arguments():
    execution = last('run() { perl -e "$1"; }')
    assert (execution.argv, execution.holes) == (("perl", "-e", UNKNOWN), (2,))


def test_assignments_before_a_command_and_exports_are_its_environment():
    assert last("A=1 perl x.pl").env == {"A": "1"}
    assert last("export PERL5OPT=-Mm\nB=2 perl x.pl").env == {"B": "2", "PERL5OPT": "-Mm"}


def test_alias_holds_from_the_next_line_where_aliases_are_expanded():
    assert argvs("alias p='perl -e'\np 1", dialect="sh") == [["perl", "-e", "1"]]
    assert argvs("alias p='perl -e'; p 1", dialect="sh") == [["p", "1"]]
    assert argvs("alias p='perl -e'\np 1") == [["p", "1"]]


def test_dash_and_bash_differ_where_the_shells_do():
    assert last("echo 'a\\tb' | perl", dialect="sh").stdin_text == "a\tb\n"
    assert last("echo 'a\\tb' | perl").stdin_text == "a\\tb\n"
    assert argvs("perl {a,b}", dialect="sh") == [["perl", "{a,b}"]]


def test_a_known_environment_leaves_no_holes():
    assert argvs('perl -e "$A" $B', env={"A": "1"}) == [["perl", "-e", "1"]]


def test_while_read_goes_round_for_each_known_line():
    assert argvs("printf 'a\\nb\\n' | while read -r x; do perl -e \"$x\"; done") == [
        ["perl", "-e", "a"],
        ["perl", "-e", "b"],
    ]


def test_a_file_that_the_text_writes_is_read_again():
    assert argvs("echo 'perl -e 1' > /tmp/x.sh; sh /tmp/x.sh")[-1] == ["perl", "-e", "1"]


def test_places_are_one_based_and_count_from_the_place_given():
    place = last("true\n  perl -e 1", place=Place(path="Makefile", line=10, column=5, symbol=("all",))).place
    assert place == Place(path="Makefile", line=11, column=3, end_line=11, end_column=12, symbol=("all",))
    place = last("x=$(perl -e 1)").place
    assert (place.line, place.column, place.end_column) == (1, 5, 14)


def test_text_inside_text_stands_where_the_outer_command_does_and_names_its_parent():
    sudo, shell, perl = read_shell("true; sudo sh -c 'perl -e 1'").executions
    assert (perl.place.column, perl.via) == (7, ("sudo", "sh -c"))
    assert perl.context["shell.parent"] == "1"
    assert (sudo.via, shell.via) == ((), ("sudo",))


def test_what_does_not_parse_is_named_and_the_rest_is_read():
    result = read_shell("perl -e 1\n)\nfi\nperl -e 2\n")
    assert [each.argv for each in result.executions] == [("perl", "-e", "1"), ("perl", "-e", "2")]
    assert [(each.line, each.column) for each in result.errors] == [(2, 1), (3, 1)]


def test_lines_that_an_unclosed_quote_swallowed_are_read_by_themselves():
    result = read_shell("perl -e 'abc\nruby -e 1\n")
    assert ("ruby", "-e", "1") in [each.argv for each in result.executions]
    assert [each.message for each in result.errors] == ["unclosed '"]


def test_reading_stops_at_exit_only_where_nothing_can_pass_it_by():
    assert argvs("exit 0\nperl -e 1") == []
    assert argvs("test -f x && exit 0\nperl -e 1") == [["perl", "-e", "1"]]


def test_bounds_are_kept_and_said():
    result = read_shell("perl -e 1\n" * 50, limits=Limits(executions=7))
    assert len(result.executions) == 7
    assert result.truncated == ("too much to read",)
    assert read_shell("a" * 100, limits=Limits(text=10)).truncated == ("text longer than what is read",)
