"""Constructs that are easily forgotten: what the shell starts is what bash starts, which says so itself."""

from __future__ import annotations

import subprocess

import pytest

from flycatcher.core.shell import read_shell

CASES = {
    "a=(x) perl -e 1": [("perl", "-e", "1")],
    "a=(x y) b=z perl -e 1": [("perl", "-e", "1")],
    "a+=(x) perl -e 1": [("perl", "-e", "1")],
    'a=(perl -e 2); "${a[@]}"': [("perl", "-e", "2")],
    "echo 'perl -e 12' | sed -E 's/(1)(2)/\\2\\1/' | sh": [("perl", "-e", "21")],
    "echo 'perl -e 12' | sed 's/\\(1\\)2/\\1/' | sh": [("perl", "-e", "1")],
    "echo 'perl -e 12' | sed -r 's/1+/3/' | sh": [("perl", "-e", "32")],
    "echo 'perl -e 11' | sed 's/1/2/g' | sh": [("perl", "-e", "22")],
    "echo 'perl -e 11' | sed -e 's/1/2/' -e 's,2,3,' | sh": [("perl", "-e", "31")],
    "printf '#\\nperl -e 1\\n' | sed 1d | sh": [("perl", "-e", "1")],
    "printf '#\\nperl -e 1\\n' | sed -n 2p | sh": [("perl", "-e", "1")],
    "[[ x == x ]] && perl -e 1": [("perl", "-e", "1")],
    "{ perl -e 1; } 2>&1": [("perl", "-e", "1")],
    "! perl -e 1": [("perl", "-e", "1")],
    "(perl -e 1)": [("perl", "-e", "1")],
    "time -p perl -e 1": [("perl", "-e", "1")],
    'x=1 y=$x; perl -e "$y"': [("perl", "-e", "1")],
    "perl -e $'\\x31'": [("perl", "-e", "1")],
    'perl -e $"1"': [("perl", "-e", "1")],
    "perl -e {1,2}": [("perl", "-e", "1", "2")],
    "perl -e {1..3}": [("perl", "-e", "1", "2", "3")],
    "perl -e $((1 + 2 * 3))": [("perl", "-e", "7")],
    "x=abc; perl -e ${x:1:1} ${#x} ${x%c} ${x#a} ${x/b/d} ${x^^} ${y:-z}": [("perl", "-e", "b", "3", "ab", "bc", "adc", "ABC", "z")],
    'f() { perl -e "$1"; }; f 1; f 2': [("perl", "-e", "1"), ("perl", "-e", "2")],
    "for x in 1 2; do perl -e $x; done": [("perl", "-e", "1"), ("perl", "-e", "2")],
    "case a in b) perl -e 0;; a) perl -e 1;; esac": [("perl", "-e", "1")],
    "perl -e 1 & wait": [("perl", "-e", "1")],
    "eval 'perl -e' 1": [("perl", "-e", "1")],
    'perl -e "$(echo 1)"': [("perl", "-e", "1")],
    "perl -e `echo 1`": [("perl", "-e", "1")],
    "command perl -e 1": [("perl", "-e", "1")],
    "exec perl -e 1": [("perl", "-e", "1")],
}  # fmt: skip


@pytest.fixture
def started(tmp_path):
    """Run a text with a ``perl`` that only notes its words."""
    tool, notes = tmp_path / "perl", tmp_path / "notes"
    tool.write_text(f'#!/bin/sh\nprintf "%s\\0" perl "$@" >> {notes}; printf "\\n" >> {notes}\n')
    tool.chmod(0o755)

    def run(text):
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        subprocess.run(["bash", "-c", text], env=environment, check=False, capture_output=True, cwd=tmp_path)
        return [tuple(line.split("\0")[:-1]) for line in notes.read_text().splitlines()] if notes.exists() else []

    return run


@pytest.mark.parametrize("text", CASES)
def test_what_a_construct_starts_is_what_bash_starts(text, started):
    assert started(text) == CASES[text]
    found = [execution.argv for execution in read_shell(text).executions if execution.argv[0] == "perl"]
    assert [argv for argv in found if argv in CASES[text]] == CASES[text]
    if "case" not in text:
        assert found == CASES[text]


@pytest.mark.parametrize("script", ["-f script", "'y/12/21/;:a;ba'"])
def test_what_is_not_followed_leaves_the_shell_a_text_that_nobody_knows(script):
    shells = [each for each in read_shell(f"echo 'perl -e 12' | sed {script} | sh").executions if each.argv == ("sh",)]
    assert [(each.stdin, each.stdin_text) for each in shells] == [("pipe", None)]
