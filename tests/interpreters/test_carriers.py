"""Programs of other trades whose words carry a command or Perl, case by case. Each line was run with marker code."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

HOOK = "APT::Update::Pre-Invoke::="
PERL = "system 'id'"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("apt-get", "-o", HOOK + "id", "update"), [(2, 26, "shell", "id")]),
        (("apt", "update", "-qqoapt::update::post-invoke::x = id"), [(2, 34, "shell", "id")]),
        (("apt-get", "-o=" + HOOK + "id", "update"), [(1, 29, "shell", "id")]),
        (("apt-get", "--option=DPkg::Pre-Invoke::=id", "install", "x"), [(1, 28, "shell", "id")]),
        (("apt-get", "-d", "-o", "DPkg::Pre-Invoke::=no", "install", "x"), []),
        (("apt-get", "-o", "APT::Update::Pre-Invoke=no", "update"), []),
        (("apt-get", "-o", HOOK + "no", "install", "x"), []),
        (("rsync", "-ae", "sh -c 'id'", "f", "h:x"), [(2, 0, "shell", "sh -c 'id'")]),
        (("rsync", "--rsh=sh -c 'id'", "h:x", "."), [(1, 6, "shell", "sh -c 'id'")]),
        (("rsync", "-e", "ssh -p 22", "f", "h:x"), []),
        (("rsync", "-e", "sh -c 'no'", "f", "n"), []),
        (("rsync", "-T", "-e", "sh -c 'no'", "h:x"), []),
        (("socat", "-u", "SYSTEM:id", "-"), [(1 + 1, 7, "shell", "id")]),
        (("socat", "-", "exec:'sh -c id'"), [(2, 5, "shell", "'sh -c id'")]),
        (("socat", "-!!SYSTEM:id", "PIPE"), [(1, 10, "shell", "id")]),
        (("socat", "-u", "/dev/null", "SYSTEM:no!!-"), []),
        (("socat", "-", "EXEC:echo no"), []),
        (("socat", "SYSTEM:no"), []),
        (("nc", "-nc", "id;", "h", "1"), [(2, 0, "shell", "id;")]),
        (("nc", "-c", "example.org", "443"), []),
        (("nc.traditional", "-c", "id", "h", "1"), [(2, 0, "shell", "id")]),
        (("nc.traditional", "-c", "no", "h"), []),
        (("ncat", "--sh=id", "h", "1"), [(1, 5, "shell", "id")]),
        (("ncat", "-c", "no", "-c", "no", "h", "1"), []),
        (("ncat", "-e", "/bin/true", "h", "1"), []),
        (("lftp", "-c", "pwd; !id"), [(2, 0, "lftp", "pwd; !id")]),
        (("lftp", "-c", "echo '!no'"), []),
        (("lftp", "-e", "!no", "-c", "pwd"), []),
        (("mlr", "-n", "put", "-q", 'end{system("id")}'), [(4, 0, "mlr", 'end{system("id")}')]),
        (("mlr", "cat", "then", "put", "$x=1 || $y", "f"), []),
        (("mlr", "--prepipe", "id;cat", "cat", "f"), [(2, 0, "shell", "id;cat")]),
        (("mlr", "-n", "--prepipe", "no;cat", "cat"), []),
        (("gs", "-q", "-o", "|id", "f.ps"), [(3, 1, "shell", "id")]),
        (("gs", "-c", "(%pipe%id) (w) file", "-f", "run"), [(2, 0, "postscript", "(%pipe%id) (w) file")]),
        (("gs", "-c", "quit", "-sOutputFile=x"), []),
        (("rename", PERL, "f"), [(1, 0, "perl", PERL)]),
        (("file-rename", "-ne", "s/a/id/e", "f"), [(2, 0, "perl", "s/a/id/e")]),
        (("rename", "s/a/b/g", "f"), []),
        (("rename", ".htm", ".html", "f"), []),
        (("exiftool", "-if", PERL, "f"), [(2, 0, "perl", PERL)]),
        (("exiftool", "-p", "${filename;system 'id'}", "f"), [(2, 11, "perl", "system 'id'}")]),
        (("exiftool", "-if", "$filename =~ /x/", "-p", "$filename", "f"), []),
        (("latexmk", "-e", PERL, "x"), [(2, 0, "perl", PERL)]),
        (("latexmk", "-pdflatex=id; pdflatex %O %S", "x"), [(1, 10, "shell", "id; pdflatex %O %S")]),
        (("latexmk", "-pdflatex=lualatex %O %S", "-v", "-e", PERL), []),
        (("parallel", "echo", f"{{= {PERL} =}}", ":::", "a"), [(2, 2, "perl", f" {PERL} ")]),
        (("parallel", "echo", "{= s/a/b/ =}", ":::", f"{{= {PERL} =}}"), []),
        (("parallel", "--rpl", f"{{x}} {PERL}", "echo", "{x}", ":::", "a"), [(2, 4, "perl", PERL)]),
    ],
)
def test_text_on_the_command_line(words, expected) -> None:
    found = read(Execution(argv=words, stdin="unknown"))
    assert found is not None
    assert [(s.argv_index, s.offset, s.language, s.text) for s in found.snippets] == expected


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        (("apt-get", "update"), {"APT_CONFIG": "/tmp/c"}, ["APT_CONFIG"]),
        (("rsync", "f", "h:x"), {"RSYNC_RSH": "sh -c 'id'"}, ["RSYNC_RSH"]),
        (("rsync", "-e", "ssh", "f", "h:x"), {"RSYNC_RSH": "sh -c 'no'"}, []),
        (("rsync", "f", "h::x"), {"RSYNC_CONNECT_PROG": "id"}, ["RSYNC_CONNECT_PROG"]),
        (("rsync", "f", "h:x"), {"RSYNC_CONNECT_PROG": "no"}, []),
    ],
)
def test_variables(words, env, expected) -> None:
    found = read(Execution(argv=words, env=env, stdin="null"))
    assert found is not None
    assert [s.variable for s in found.snippets] == expected


def test_lftp_reads_commands_from_stdin() -> None:
    found = read(Execution(argv=("lftp", "--norc"), stdin="pipe"))
    assert found is not None
    assert [s.vector for s in found.snippets] == ["stdin"]
