"""The prefilter may only skip text in which reading finds nothing."""

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.shell import read_shell
from flycatcher.core.shell.prefilter import may_start
from tests.shell.grammar import Maker

QUIET = """
set -euo pipefail
apt-get install -y python3 perl ruby php-cli nodejs
for f in *.in; do install -m 644 "$f" "$DEST/lib/python3/$f"; done
python3 tools/generate.py --command -c x
python3 -m pip install -r requirements.txt
php tools/render.php | tee out.log
bash scripts/build.sh "$@" && ruby lib/report.rb < data.csv
# perl -e 'print 1'
sed -i 's/perl/y/' config.h
VERSION=$(git describe --tags)
"""
"""Lines of the kind that builds are full of."""

SPELLINGS = (
    "p'y'thon3 -c 'x'", 'py"th"on3 -c x', "pyth\\on3 -c x", "$'\\x70ython3' -c x", "a=py; b=thon3; $a$b -c x",
    "$(echo nohtyp | rev) -c x", "/usr/bin/p?thon3 -c x", "{python3,-c,x}", "x=python3; $x -c y", "PY=python3\n$PY -c x",
    'set -- python3 -c x; "$@"', 'eval "$(printf pyth)on3 -c x"', "cat x |\n  python3", "python3 <<E\nx\nE", "python3 -\\\nc x",
    "echo cHl0aG9uMyAtYyB4 | base64 -d | sh", "curl -s x | sudo -u y bash", "bash <(curl x)", "exec 3<<E\nx\nE\nbash /dev/fd/3",
    "ssh host 'python3 -c x'", "find . -exec perl -e 1 {} +", "xargs ruby -e 'puts 1'", "env -S 'node -p 1'", "for p in perl ruby; do $p -e 1; done",
    '"$PYTHON" -c x', "@PERL@ -e 1", "git -c alias.r='!python3 -c x' r", "tar cf x y --checkpoint=1 --checkpoint-action=exec='sh -c id'",
    "NODE_OPTIONS='--import data:text/javascript,x' node app.js", "su - root -c 'python3 -c x'", "python3 -m timeit -s x", "alias p=perl\np -e 1",
    "sed 's/x/id/e' f", "make --eval='x:;python3 -c 1'", "php -r 'echo 1;'", "lua -e 'print(1)'", "deno eval 'x'", "R -e 'x'", "awk 'BEGIN { system(\"x\") }'",
    "APT_CONFIG=/tmp/x apt update", "ZIPOPT='-T -TT evil' zip a b", "LESSOPEN='evil;x %s' less f", "RSYNC_CONNECT_PROG='evil;x' rsync a h::b",
    "n=PERL5; export ${n}OPT='-Mx;y'; perl s.pl", "export X='$(shell id)'; make all", "G=git; $G -c alias.x='!id' x", "PY=thon3; py$PY -c x",
    "for g in git; do $g -c alias.x='!id' x; done", "PY=python3; ${PY}.11 -c x", 'run() { "$@" 1; }; run python3 -c', "ls | xargs ruby", "python3 2>log <x",
    "-bash -c 'python3 -c x'", "read PERL5OPT <f; export PERL5OPT; perl s.pl", "printf -v BASH_ENV /tmp/x; bash s.sh", "python3 -W '' -c x",
)  # fmt: skip


def test_what_builds_are_full_of_is_skipped():
    assert [line for line in QUIET.split("\n") if may_start(line)] == []


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_spelling_that_starts_something_is_not(text):
    assert may_start(text)
    assert may_start(f"{QUIET}\n{text}\n")


@pytest.mark.parametrize("dialect", ["bash", "sh"])
def test_whatever_the_grammar_makes_is_read_where_it_starts_something(dialect):
    for seed in range(700):
        maker = Maker(seed, dialect)
        text = maker.snippet()
        found = [e.argv for e in read_shell(text, dialect=dialect).executions if detect(e, live=True)]
        assert not found or may_start(text), (text, found)


@pytest.mark.parametrize(
    ("env", "text"),
    [
        ({"PY": "python3"}, "$PY -c x"), ({"PY": "/opt/py/bin/python3"}, '"${PY}" -m timeit x'), ({"PY": "python"}, "sudo ${PY}3 -c x"),
        ({"CMD": "python3 -c x"}, "$CMD"), ({"G": "git"}, "$G -c alias.x='!id' x"), ({"E": "eval"}, '$E "$X"'), ({"S": "su"}, "$S -c id"),
        ({"PERL5OPT": "-Mx"}, "perl s.pl"), ({"BASH_FUNC_ls%%": "() { x; }"}, "bash -c ls"), ({"LUA_INIT_5_4": "x"}, "lua f"), ({"X": "$(shell id)"}, "make"),
    ],
)  # fmt: skip
def test_the_environment_around_a_text_counts_by_name_and_by_value(env, text):
    assert may_start(text, env)
    assert not may_start("make all", {"CC": "gcc", "PREFIX": "/usr"})


def test_a_makefile_that_the_same_text_replaces_by_a_fifo_or_a_link_counts():
    assert may_start("mkfifo Makefile; printf 'x:\\n\\tid\\n' > Makefile & make")
    assert may_start("ln -s /dev/stdin Makefile; make < x")
    assert not may_start("make all install && cp a b")


@pytest.mark.parametrize(
    "text",
    [
        "python3 -m pip install -r requirements.txt", "python3 --version", "node --version", "sudo -u x python3 tools/x.py --flag 'a b'",
        "echo $EDITOR", "perl -i.bak tools/x.pl a", "tclsh build.tcl -c x", "expect that it works", "python3 -W ignore tools/x.py", "docker run -e PY=3 image ls",
    ],
)  # fmt: skip
def test_a_plain_command_is_read_as_the_interpreter_does(text):
    assert not may_start(text)


@pytest.mark.parametrize(
    "text",
    [
        "p=python; $p$((9/3)) -c 1",
        "w=$(echo /usr/bin/pyth?n3); $w -c 1",
        "for w in /usr/bin/pyth?n3; do $w -c 1; done",
        "${v-python3 -c 1}",
        "${v=python3} -c 1",
        "w=$(expr substr xpython3 2 7); $w -c 1",
    ],
)
def test_a_name_that_an_expansion_makes_lets_a_text_through(text: str) -> None:
    assert may_start(text)
