"""Programs that take a script or commands of their own, some of which start others: ed, cpan, the sqlite3 shell, ssh, TeX."""

from __future__ import annotations

import random
import re
import subprocess
from functools import cache
from typing import ClassVar

from tests.oracle.grammars.embedded import _Hosts
from tests.oracle.harness import FOLDER, Case, Marks, which

Lines = tuple[tuple[tuple[str, ...], ...], ...]


class Told(_Hosts):
    """A host whose text on stdin counts where it starts something: the core is told what it holds."""

    tells_stdin = True
    scripts: ClassVar[tuple[str, ...]] = ()
    """What stdin may hold."""

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give a script on stdin."""
        case = super().case(rng, marks, program)
        case.stdin = rng.choice(("pipe", "pipe", "file", "null"))
        if case.stdin != "null":
            lines = [rng.choice(self.scripts) for _ in range(rng.randrange(1, 4))]
            case.stdin_text = "".join(re.sub(r"\{code\}", lambda _: marks(), line) + "\n" for line in lines)
        return case


SHIM = """#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
FILE *tmpfile(void) { char name[] = "./.tmpXXXXXX"; int fd = mkstemp(name); unlink(name); return fdopen(fd, "w+"); }
"""
"""ed keeps its text in tmpfile(3), which may not write below /tmp here."""


@cache
def _shim() -> str:
    """Return the path of a library that puts temporary files into the working folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    source, target = FOLDER / "tmpfile.c", FOLDER / "tmpfile.so"
    source.write_text(SHIM)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(target), str(source)], check=True)
    return str(target)


class Ed(Told):
    """ed and red."""

    id = "ed"
    commands = ("ed", "red")
    share = 0.2
    scripts = (
        "!{code}", "!{code}", " !{code}", "r !{code}", "1r !{code}", "w !{code}", "1,2w !{code}", "e !{code}", "E !{code}", "a\n!{code}\n.", "i\ne !{code}\n.", "c\n!{code}\n.", "1,$p", "s/a/b/",
        "g/a/!{code}", "g/a/s/a/b/", "v/x/!{code}", "1!{code}", ",!{code}", "H", "h", "P", "q", "Q", "r f.txt", "w out", "f !{code}", "W !{code}", "wq", "x !{code}", "/a/!{code}", "$!{code}", ".!{code}", "'a!{code}",
        "ka", "kx !{code}", "# !{code}", "=", "n !{code}", "z !{code}", "u", "y", "t0", "m0", "1;$!{code}", "!!", "1,2!{code}", "+1!{code}", "a\\", "\\!{code}", "g/a/\\\n!{code}", "r!{code}", "w!{code}",
        "e!{code}", "a", ".", "0a\nx\n.", "/x\\/y/!{code}", "?a?!{code}", "%!{code}", "1,2 !{code}", "wq!{code}", "wq !{code}", "E!{code}", "G/a/", "j", "l", "p!{code}",
    )  # fmt: skip
    lines = (
        ((), ("-s",), ("-",), ("-v",), ("-p", "*"), ("-E",), ("-G",), ("-l",), ("-r",), ("--restricted",), ("-sv",), ("--prompt=*",), ("--script",), ("--quiet",), ("-p*",), ("--version",), ("-h",), ("-x",),
         ("--res",), ("--pro", "x"), ("-sr",), ("--strip-trailing-cr",), ("--loose-exit-status",)),
        ((), ("f.txt",), ("f.txt",), ("!{code}",), ("!{code}",), ("none",), ("--", "f.txt"), ("--", "!{code}"), ("f.txt", "!{code}"), ("!{code}", "-s"), ("f.txt", "-r"), ("!",), ("+1", "f.txt"), ("\\!{code}",)),
    )  # fmt: skip

    def refused(self, code: int, printed: str) -> bool:
        """A script in a file ends at its first error; ed says no more than a question mark."""
        return super().refused(code, printed) or "?" in printed

    def programs(self) -> list[str]:
        """Return both where there is a compiler for the library."""
        return super().programs() if which("gcc") else []

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Load the library."""
        case = super().case(rng, marks, program)
        case.env["LD_PRELOAD"] = _shim()
        return case


class Cpan(Told):
    """cpan: no line may fetch anything, so the network's variables name a closed port."""

    id = "cpan"
    commands = ("cpan",)
    share = 0.01
    seconds = 30
    template = "system(q(echo {n} >>$FC_MARK))"
    scripts = ("!{code}", "! {code}", "  !{code}", "o conf", "h", "# {code}", "x {code}", "!!{code}", "q", "\t! {code};", "?", "! my $x = 1", "o debug", "history 1")  # fmt: skip
    lines = (
        (
            (),
            (),
            (),
            (),
            ("-s",),
            ("-Is",),
            ("-ws",),
            ("-s", "x"),
            ("-sv",),
            ("-Ms",),
            ("-j", "conf.pm", "-s"),
            ("-jconf.pm",),
            ("-si",),
            ("-v",),
            ("-h",),
            ("-e", "{code}"),
            ("-x",),
            ("-J",),
            ("-D",),
            ("--bogus",),
            ("-s",),
            ("-M", "none"),
            ("-I",),
            ("-n",),
            ("-j", "conf.pm"),
            ("-f",),
            ("-T",),
            ("-P",),
            ("-w",),
        ),
    )
    files = {"conf.pm": "$CPAN::Config = {};\n1;\n"}  # noqa: RUF012 - never changed

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give a configuration, so that no question is asked."""
        case = super().case(rng, marks, program)
        config = "$CPAN::Config = {'auto_commit'=>'0','build_dir'=>'b','cpan_home'=>'c','index_expire'=>'99','inhibit_startup_message'=>'1',"
        config += "'keep_source_where'=>'k','urllist'=>['file:///nowhere'],'histfile'=>'h','histsize'=>'1','prefs_dir'=>'p','term_is_latin'=>'0','use_sqlite'=>'0'};1;\n"
        case.files |= {".cpan/CPAN/MyConfig.pm": config}
        case.env = {
            "PERL_MM_USE_DEFAULT": "1",
            "CONNECT_TO_INTERNET_OK": "0",
            "http_proxy": "http://127.0.0.1:9",
            "ftp_proxy": "http://127.0.0.1:9",
        }
        if rng.random() < 0.15:
            case.env["CPAN_OPTS"] = rng.choice(("-s", "-v", "-I", "-x"))
        return case


class SqliteText(Told):
    """The sqlite3 shell with its script on stdin, in files and behind the database's name."""

    id = "sqlite3"
    commands = ("sqlite3",)
    _dots = (
        ".shell {code}", ".system {code}", ".sh {code}", ".sys {code}", ".shel {code}", ".sy {code}", ".s {code}", ".she {code}", " .shell {code}", ".shell  {code}", ".shell sh -c '{code}'", '.system sh -c "{code}"', ".SHELL {code}",
        ".once |{code}", ".once '|{code}'", ".output |{code}", ".out |{code}", ".o '|{code}'", ".read '|{code}'", ".rea |{code}", ".import '|{code}' t", ".excel", ".print {code}", ".echo on", ".cd .",
        ".backup x", ".log |{code}", ".open x.db", ".read f.sql", ".read none", "select 1;", "select '.shell {code}';", "-- .shell {code}", "/* \n.shell {code}\n*/", "select\n.shell {code}", "select 1;.shell {code}", ".quit",
        ".exit", ".mode csv", ".help", ".once -x", ".trace none", ".testcase x", ".save x", ".dump", ".shell", "#.shell {code}", "create table t(a);", ".import --csv '|{code}' t", ".import -v '|{code}' t",
        "select writefile('x', 'y');", "select edit('a', '{code};:');", ".once -e", ".\tshell {code}", ".load none", ".output -e", ".nullvalue x", ".bail on", ".restore none", ".clone x.db",
    )  # fmt: skip
    scripts = _dots
    _plain = tuple((dot,) for dot in _dots if "\n" not in dot)
    lines = (
        ((), ("-batch",), ("-cmd", ".shell {code}"), ("-bail",), ("--cmd", "select 1", "-cmd", ".system {code}"), ("-safe",), ("-init", "f.sql"), ("-init", "none"), ("-csv",), ("-interactive",), ("-nofollow",),
         ("-readonly",), ("--safe",), ("-echo",), ("-separator", ".shell {code}"), ("-stats",), ("-help",), ("-version",), ("-bogus",), ("-deserialize",), ("-append",), ("-quote",), ("-newline", "x"), ("-vfs", "unix"),
         ("-unsafe-testing",), ("-nonce", "x"), ("-A", "-t"), ("-cmd", ".once '|{code}'"), ("-cmd=.shell {code}",), ("-mmap", "0"), ("-init", "/dev/stdin"), ("-column", "-header"), ("--", ), ("-cmd",)),
        ((":memory:",), ("x.db",), (), ("",), ("file:x.db",), (":memory:", "-safe"), ("-batch", ":memory:")),
        ((), (), *_plain, ("select 1", ".shell {code}"), (".shell {code}", ".system {code}"), ("-cmd", ".shell {code}"), ("select 1;", "-cmd", ".shell {code}"), (".shell {code}", "-bail")),
    )  # fmt: skip
    files = {"f.sql": ".print x\n"}  # noqa: RUF012 - never changed


class Ssh(Told):
    """ssh, scp and sftp: settings that are commands; nothing listens where they connect."""

    id = "ssh"
    commands = ("ssh", "scp", "sftp")
    share = 0.1
    refusal = re.compile(
        _Hosts.refusal.pattern + r"|not supported|extra arguments|no argument|refused|not available|closed"
    )
    scripts = ("!{code}", "lls", "-!{code}", "ls", "lcd .", "@!{code}")
    template = 'sh -c "echo {n} >>$FC_MARK"'
    _some = (
        ("-oProxyCommand={code}",), ("-o", "ProxyCommand={code}"), ("-o", "ProxyCommand {code}"), ("-o", "proxycommand={code}"), ("-o", "PROXYCOMMAND = {code}"), ("-oProxyCommand {code}",), ("-o", "ProxyCommand=none"),
        ("-o", "ProxyCommand=exec {code}"), ("-o", "LocalCommand={code}"), ("-o", "PermitLocalCommand=yes", "-o", "LocalCommand={code}"), ("-o", "KnownHostsCommand={code}"),
        ("-o", "ProxyJump=x"), ("-J", "127.0.0.1:9"), ("-F", "none"), ("-F", "/dev/null"), ("-F", "f.conf"), ("-G",), ("-v",), ("-q",), ("-p", "9"), ("-4",), ("-V",), ("-bogus",), ("-o", "Bogus=1"), ("-o", "Port=9"),
        ("-o", "BatchMode=yes"), ("-oMatch=x",), ("-o", "Include f.conf"), ("-o", "Match=exec {code}"), ("-l", "root"), ("-i", "none"), ("-C",), ("-6",), ("-o", "ProxyUseFdpass=yes"), ("-oProxyCommand=",), ("-o",),
        ("-o", "ControlMaster=no"), ("-o", "ConnectTimeout=1"), ("-o", "RemoteCommand={code}"), ("-o", "SecurityKeyProvider=x"), ("-o", "PKCS11Provider=none"), ("-o", "XAuthLocation={code}"), ("-c", "aes128-ctr"),
        ("-D", "9"), ("-s",), ("-N",), ("-W", "a:1"), ("-vo", "ProxyCommand={code}"), ("-qoProxyCommand={code}",), ("-o", "ProxyCommand=;{code}"), ("-B", "lo"), ("-b", "127.0.0.1"), ("-4o", "ProxyCommand={code}"),
    )  # fmt: skip
    lines = (
        _some,
        _some,
        ((), (), *_some),
        (
            ("127.0.0.1",),
            ("x@127.0.0.1",),
            ("ssh://127.0.0.1:9",),
            ("127.0.0.1", "-oProxyCommand={code}"),
            ("127.0.0.1", "{code}"),
            (),
            ("-",),
            ("--", "127.0.0.1"),
            ("127.0.0.1:x", "."),
            ("127.0.0.1", "-v", "true"),
        ),
    )
    files = {"f.conf": "Host *\n  Port 9\n", "s.sh": ""}  # noqa: RUF012 - never changed

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give scp and sftp a place to copy from, and sftp sometimes a batch."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.15:
            case.files["f.conf"] += rng.choice(("ProxyCommand {code}\n", "Match exec {code}\n Port 9\n")).replace(
                "{code}", marks()
            )
        if "scp" in program:
            case.argv += rng.choice((["127.0.0.1:x", "."], ["f.conf", "127.0.0.1:"], [], ["a", "b"]))
        return case


class Tex(_Hosts):
    """TeX engines without a format, where a word begins with a backslash."""

    id = "tex"
    commands = ("luatex", "pdftex", "xetex", "luahbtex", "etex")
    share = 0.1
    refusal = re.compile(_Hosts.refusal.pattern + r"|undefined")
    template = 'local f=io.open(os.getenv("FC_MARK"),"a") f:write("{n} ") f:close()'
    _lua = (
        "\\directlua{{code}}",
        "\\directlua0{{code}}",
        "\\directlua 1 {{code}}",
        "\\latelua{{code}}",
        "\\relax\\directlua{{code}}",
        "\\directlua{{code}}\\directlua{{code}}",
        "\\message{x}",
        "\\end",
    )
    _sh = (
        "\\immediate\\write18{{sh}}",
        "\\write18{{sh}}",
        "\\immediate\\write 18{{sh}}",
        "\\input|{sh2}",
        '\\input|"{sh}"',
        '\\input "|{sh}"',
        "\\immediate\\write18 {{sh}}\\end",
    )
    lines = (
        (("-ini",), ("-ini",), ("--ini",), ("-ini", "-shell-escape"), ("-ini", "--shell-escape"), ("-ini", "-enable-write18"), ("-ini", "-no-shell-escape"), ("-ini", "-shell-restricted"), ("-ini", "-luaonly"), ("--luaonly",), ()),
        ((), (), ("-interaction=batchmode",), ("-interaction", "nonstopmode"), ("--interaction=batchmode",), ("-halt-on-error",), ("-jobname=x",), ("-jobname", "x"), ("-output-directory=.",), ("--safer",), ("--lua=f.lua",),
         ("--lua", "f.lua"), ("-recorder",), ("-version",), ("--help",), ("-bogus",), ("-8bit",), ("--nosocket",), ("-fmt=none",), ("-progname=tex",), ("-cnf-line=shell_escape=t",), ("--debug-format",), ("-no-file-line-error",),
         ("-disable-write18",), ("--shell-escape", "--no-shell-escape"), ("--no-shell-escape", "--shell-escape"), ("-luaonly", "f.lua"), ("--shell-esc",), ("-shell-e",)),
        (*((each,) for each in _lua), *((each,) for each in _sh), ("f.tex",), ("none.tex",), ("&none", "\\end"), ("\\relax", "\\directlua{{code}}"), ("f.tex", "\\directlua{{code}}"), ("\\input", "f.tex"), ("*\\directlua{{code}}",)),
        ((), (), ("\\end",), ("x",)),
    )  # fmt: skip
    files = {"f.tex": "\\catcode`\\{=1 \\catcode`\\}=2 \\relax\n", "f.lua": ""}  # noqa: RUF012 - never changed

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Without a format braces mean nothing until the line says so."""
        case = super().case(rng, marks, program)
        case.env["openout_any"] = "a"  # else the mark's name, which begins with a dot, may not be written
        head = "\\catcode123=1 \\catcode125=2 "
        done = False
        for at, word in enumerate(case.argv[1:], 1):
            if word.startswith("\\") and not done:
                case.argv[at], done = head + word, True
            case.argv[at] = re.sub(r"\{sh2?\}", lambda _: marks("echo {n} >>$FC_MARK"), case.argv[at])
        return case
