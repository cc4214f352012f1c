"""Ways to a program start that take a detour: traps behind exit, references, quoting builtins, written and copied files."""

from __future__ import annotations

import pytest

from flycatcher.core.shell import read_shell

X = ("python3", "-c", "x")


def starts(text: str, dialect: str = "bash") -> list[tuple[str, ...]]:
    found = read_shell(text, dialect=dialect, env={}, args=[])
    return [(each.exe or each.argv[0], *each.argv[1:]) for each in found.executions]


@pytest.mark.parametrize(
    "text",
    [
        "trap 'python3 -c x' EXIT INT; exit 3",
        "declare -n r=P; P=python3; $r -c x",
        "f() { local -n out=$1; out=python3; }; f P; $P -c x",
        'typeset -n a=b; b=(python3 -c x); "${a[@]}"',
        "printf -v c 'python3 -c %q' x; eval \"$c\"",
        "c=$(printf '%q ' python3 -c x); eval \"$c\"",
        "P=$(command -v python3 || command -v python); $P -c x",
        "PS4='$(python3 -c x)'; set -x",
        "PS4='`python3 -c x`'; set -o xtrace",
        "printf '#!/bin/sh\\npython3 -c x\\n' > f; chmod +x f; ./f",
        "echo 'python3 -c x' > /t/f; chmod +x /t/f; /t/f",
        "echo 'python3 -c \"$1\"' > f; chmod +x f; ./f x",
        "cat > f <<E\npython3 -c x\nE\ncp f g; ./g",
        "install -m755 /dev/stdin f <<'E'\n#!/bin/sh\npython3 -c x\nE\n./f",
        "cp /bin/sh ./s; ./s -c 'python3 -c x'",
        "fish -c 'python3 -c x'",
        "tcsh -fc 'python3 -c x'",
        "coproc bash; exec 3>&${COPROC[1]}; echo 'python3 -c x' >&3",
        "coproc { bash; }; cat <<<'python3 -c x' >/dev/fd/${COPROC[1]}",
        "exec 9> >(bash); echo 'python3 -c x' >&9",
        "echo 'python3 -c x' > >(bash)",
        "echo 'python3 -c x' | tee >(sh) >/dev/null",
        "case x in x) c=python3;& y) $c -c x;; esac",
        "case x in x) c=python3;;& ?) $c -c x;; esac",
        "case x in (x) a=python3;& (y) b=-c;& (z) $a $b x; esac",
        "case x in x) c=python3;& y) :;; x) c=true;; esac; $c -c x",
        "case $1 in a) c=python3;& b) $c -c x;; esac",
        "[[ python3 =~ ^py.*$ ]]; ${BASH_REMATCH[0]} -c x",
    ],
)  # fmt: skip
def test_the_program_is_found(text: str) -> None:
    assert X in starts(text)


@pytest.mark.parametrize(
    "text",
    [
        "case z in x) c=python3;& y) :;; z) c=true;; esac; $c -c x",
        "case x in x) c=true;; y) c=python3;& z) $c;; esac; $c -c x",
        "exec 9> >(cat); echo 'python3 -c x' >&9",
    ],
)
def test_the_program_is_not_found(text: str) -> None:
    assert X not in starts(text)


def test_a_written_script_runs_by_its_first_line() -> None:
    assert ("python3", "./f", "a") in starts("printf '#!/usr/bin/env python3\\nx\\n' > f; chmod 755 f; ./f a")


def test_a_copy_keeps_the_name_of_its_program() -> None:
    assert ("/usr/bin/python3", "-c", "x") in starts("cp /usr/bin/python3 ./pp; ./pp -c x")
    assert ("./pp", "-c", "x") in starts("./pp -c x")
    assert ("/usr/bin/python3", "-c", "x") in starts("cp /usr/bin/python3 ./pp; exec -a y ./pp -c x")


def test_a_plain_name_is_no_file_of_the_working_folder() -> None:
    assert X not in starts("echo 'python3 -c x' > f; f")


def test_a_quoted_text_is_one_word_again() -> None:
    assert ("python3", "-c", "it's a\tb $c") in starts('x="it\'s a\tb \\$c"; eval "python3 -c $(printf %q "$x")"')


@pytest.mark.parametrize("regex", ["(a|a)*$", "a*a*a*a*a*a*b", "(.+)+x", "\\\\1"])
def test_a_costly_expression_is_left_alone(regex: str) -> None:
    assert starts(f"[[ {'a' * 200} =~ {regex} ]]; echo ok")[-1:] == []
