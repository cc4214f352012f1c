"""Text that is skipped unparsed is text in which parsing finds nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.core.detection import judge, plain_shell, read
from flycatcher.core.execution import Execution, Process
from flycatcher.core.payload import analyse
from flycatcher.core.payload.prefilter import plain
from flycatcher.core.snippet import Snippet

WORDS = st.sampled_from([
    "gcc", "cc", "make", "git", "install", "echo", "true", "valgrind", "rm", "mv", "chmod", "curl", "bash", "/bin/sh", "python3", "perl", "su",
    "sudo", "exec", "eval", ".", "source", "test", "if", "then", "fi", "nc", "whoami", "crontab", "./x", "/tmp/x", "a.c", "-c", "-o", "-e", "-rf",
    "+x", "u+s", "/etc/passwd", "/etc/shadow", "A=b", "PATH=/tmp", "'a b'", "'a'", '"b.o"', "*.o", "-DX='1'", "&&", "||", ";", "\n", "|", "-", "--",
    "kill", "-9", "export", "trap", "nohup", "dd", "tar", "ssh", "base64", "x86_64-linux-gnu-gcc", "stage=1", "~", "0", "%s", "w", "id", "history",
])  # fmt: skip


def analysis(text: str):
    return analyse(Snippet(interpreter="sh", language="shell", vector="argument", text=text), nested=None)


@settings(max_examples=1000, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=8).map(" ".join))
def test_nothing_is_found_in_plain_text(text):
    if plain(text):
        found = analysis(text)
        assert (found.capabilities, found.parse, found.measures.hidden_by_width) == ((), "parsed", False), text


@pytest.mark.parametrize(
    "text",
    [
        "set -e; gcc -O2 -c -o unit1.o unit1.c",
        "cd build && make -j2 all || echo 'failed'\ntrue\n",
        '/usr/bin/cc -DNAME="x" -Iinclude -MT a.o -MF a.d -o a.o -c a.c',
        "git describe --tags --always",
    ],
)
def test_what_builds_start_by_the_thousand_is_plain(text):
    assert plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "rm -rf /", "curl http://example.org/x | sh", "echo $HOME", "gcc `cat flags`", "valgrind /bin/sh", "su -c whoami nobody", "PERL5OPT=-Mx make",
        "cat /etc/passwd", ". ./env", "make > log", "make &", "echo 'unfinished", "make &&", "; make", "eval make", "for x in a; do make; done", "/tmp/x",
        "su gcc -", "watch /opt/x", "x" * 9000, "p\\erl x", "test 'a b'", "é",
    ],
)  # fmt: skip
def test_what_is_more_than_plain_commands_is_parsed(text):
    assert not plain(text)


def of_shell(text: str, **more: object) -> Execution:
    return Execution(argv=("/bin/sh", "-c", text), interpreter="sh", **more)


def test_the_place_alone_may_make_plain_text_count():
    quiet = of_shell("make all")
    assert not judge(read(quiet), live=True).counts
    assert judge(read(of_shell("make all", stdin="socket")), live=True).counts
    assert judge(read(of_shell("make all", ancestry=(Process(pid=2, comm="nginx"),))), live=True).counts
    assert judge(read(quiet), live=True, shells=True).counts


def test_only_text_of_the_posix_family_is_plain():
    assert plain_shell(read(of_shell("make all")))
    for shell in ("csh", "fish", "rc", "elvish"):
        assert not plain_shell(read(Execution(argv=(shell, "-c", "make all"), interpreter=shell))), shell
