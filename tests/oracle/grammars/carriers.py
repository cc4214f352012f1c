"""Programs of other trades whose words carry a command or Perl: apt-get, rsync, socat, netcat, lftp, Miller, gs, rename, exiftool, latexmk, parallel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.oracle.grammars.embedded import _Hosts

if TYPE_CHECKING:
    import random

    from tests.oracle.harness import Case, Marks

TEXT = "echo {n} >>$FC_MARK;:"
PERL = "open(F,q(>>).$ENV{FC_MARK});print F qq({n}\\n);close F;"


class _Carrier(_Hosts):
    """A program with shell text."""

    template = TEXT
    share = 0.1


class Apt(_Carrier):
    """apt-get, in folders of its own."""

    id = "apt"
    commands = ("apt-get", "apt", "aptitude")
    refusal = re.compile(r"(?i)E:|invalid|not understood|unable|usage")
    files = {  # noqa: RUF012 - never changed
        "lists/partial/.x": "",
        "cache/archives/partial/.x": "",
        "c": 'APT::Update::Pre-Invoke {"true";};',
    }
    _own = (
        "-o", "Dir::State=.", "-o", "Dir::State::lists=lists", "-o", "Dir::Cache=cache", "-o", "Dir::Etc::sourcelist=/dev/null", "-o", "Dir::Etc::sourceparts=/dev/null",
        "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root", "-o", "Dir::State::status=/dev/null",
    )  # fmt: skip
    _some = (
        ("-o", "APT::Update::Pre-Invoke::={code}"), ("-oAPT::Update::Pre-Invoke::={code}",), ("-o=APT::Update::Post-Invoke::={code}",), ("--option=apt::update::pre-invoke::={code}",), ("-y",),
        ("--option", "APT::Update::Pre-Invoke::x={code}"), ("-o", "APT::Update::Pre-Invoke={code}"), ("-qqo", "APT::Update::Post-Invoke:: = {code}"), ("-o", "DPkg::Pre-Invoke::={code}"), ("-q",),
        ("-o", "APT::Get::Pre-Invoke::={code}"), ("-o", "x={code}"), ("-c", "c"), ("-t", "-oAPT::Update::Pre-Invoke::={code}"), ("--opt=APT::Update::Pre-Invoke::={code}",), ("-q=2",), ("-o",),
        ("-o", "APT::Update::Pre-Invoke"), ("-o", "APT::Update::Pre-Invoke::"), ("--version",), ("-h",), ("-s",), ("--", "-oAPT::Update::Pre-Invoke::={code}"), (), (),
    )  # fmt: skip
    lines = (((),), (("update",), ("update",), ("update",), ("clean",), ("check",), ("bogus",), ()), _some, _some)

    def programs(self) -> list[str]:
        """Return apt-get and apt: aptitude writes into its own folder."""
        return super().programs()[:2]

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Put the folders first."""
        case = super().case(rng, marks, program)
        case.argv[1:1] = self._own
        return case


class Rsync(_Carrier):
    """rsync to a machine that does not exist."""

    id = "rsync"
    commands = ("rsync",)
    _sh = "sh -c '{code}'"
    _some = (
        ("-e", _sh), ("-ae", _sh), ("--rsh=" + _sh,), ("--rsh", _sh), ("-e" + _sh,), ("-a",), ("-e", "echo {code}"), ("-T", "-e"), ("--exclude", "-esh"), ("-z",), ("-n",), ("--rsh",),
        ("-e", "/bin/sh -ec '{code}'"), ("-e", "env sh -c '{code}'"), ("-e", "nosuch"), ("-e",), ("--exclude=" + _sh,), ("-f", _sh), ("-M", "-e"), ("--version",), (), ("--bogus",), ("--rs=" + _sh,),
    )  # fmt: skip
    lines = (
        ((), *_some),
        _some,
        (("f.txt", "h.invalid:x"), ("h.invalid:x", "."), ("f.txt", "n"), ("f.txt", "h.invalid::x"), ("rsync://h.invalid/x", "."), ("./a:b", "n"), ("f.txt", "u@h.invalid:", "-e", _sh), ("--", "h.invalid:x", ".")),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give the variables."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.3:
            case.env["RSYNC_RSH"] = f"sh -c '{marks()}'"
        if rng.random() < 0.3:
            case.env["RSYNC_CONNECT_PROG"] = marks()
        return case


class Socat(_Carrier):
    """socat between two addresses."""

    id = "socat"
    commands = ("socat",)
    _places = (("-",), ("STDIO",), ("/dev/null",), ("SYSTEM:true",), ("SYSTEM:{code}",), ("system:{code}",),  ("-!!SYSTEM:{code}",), ("SYSTEM:{code}!!-",),
               ("EXEC:\"sh -c '{code}'\"",), ("OPEN:f.txt",), ("PIPE",), ("EXEC:true",))  # fmt: skip
    lines = (
        ((), (), ("-u",), ("-d", "-d"), ("-T", "1"), ("-t0.2",), ("-V",), ("-h",), ("-lm",)),
        (("-t0.2",),),
        _places,
        (*_places, ()),
    )


class Netcat(_Carrier):
    """nc of old, by UDP, which needs nobody at the other end."""

    id = "netcat"
    commands = ("nc.traditional",)
    _some = (
        ("-c", "{code}"),
        ("-c{code}",),
        ("-nc", "{code}"),
        ("-n",),
        ("-w", "1"),
        ("-w1",),
        ("-p", "-c"),
        ("-v",),
        ("-e", "{code}"),
        ("-o", "-c{code}"),
        (),
        ("-h",),
        ("-c",),
        ("-vc", "{code}"),
    )
    lines = (
        (("-u", "-w1"), ("-uw1",)),
        _some,
        _some,
        (("127.0.0.1", "9"), ("127.0.0.1", "9", "-c", "{code}"), ("127.0.0.1",), ("--", "127.0.0.1", "9"), ()),
    )


class Ncat(_Carrier):
    """ncat, by UDP."""

    id = "ncat"
    commands = ("ncat",)
    _some = (("-c", "{code}"), ("-c{code}",), ("--sh-exec", "{code}"), ("--sh-exec={code}",), ("--sh={code}",), ("-nc", "{code}"), ("-n",), ("-v",), ("-e", "/bin/true"), ("-o", "-c{code}"), (), ("-h",),
             ("--version",),  ("--exec", "/bin/true"), ("-i", "1"),  ("--proxy-auth", "-c"))  # fmt: skip
    lines = (
        (("-u", "-w1"), ("-uw1",)),
        _some,
        _some,
        (("127.0.0.1", "9"), ("127.0.0.1", "9", "-c", "{code}"), ("--", "127.0.0.1", "9"), ()),
    )


class Lftp(_Carrier):
    """lftp without any server."""

    id = "lftp"
    commands = ("lftp",)
    template = "echo {n} >>$FC_MARK"
    _some = (("-c", "!{code}"), ("-c!{code}",), ("-e", "!{code}; exit"), ("-e", "!{code}"), ("-c", "echo a; !{code}"), ("-c", "echo a && !{code}"), ("-c", "(!{code})"), ("-c", "echo '{code}' | sh"), ("--norc",),
             ("-c", "echo '!{code}'"), ("-c", "alias x '!{code}'; x"),  ("-f", "f.txt"), ("-c", "pwd"), ("-c",), ("--help",), ("-v",), ("-d",), ("-e", "echo '{code}'"), (),
             ("-c", "!", "{code}"))  # fmt: skip
    lines = (((), *_some), _some)

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give commands on stdin."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.4:
            case.stdin, case.stdin_text = rng.choice(("pipe", "file")), f"!{marks()}\n"
        return case


class Miller(_Carrier):
    """Miller's verbs."""

    id = "mlr"
    commands = ("mlr",)
    _dsl = 'end{system("{code}")}'
    lines = (
        ((), ("--icsv",), ("--prepipe", "{code};cat"), ("--prepipex", "{code};cat "), ("--prepipe", "cat"), ("--ojson",), ("--version",)),
        (("-n",), (), ("--from", "f.txt")),
        (("put", _dsl), ("put", "-q", _dsl), ("filter", _dsl), ("put", "-e", _dsl), ("put", "-s", "a=" + _dsl, "true"), ("put", 'end{print | "{code}", 1}'), ("put", '$x="{code}"'), ("cat", "then", "put", _dsl),
         ("put", "$x=1 || true"), ("cat",), ("put", "-S", "-q", "end{emit 1}"), ("put", "-e", "true", "-e", _dsl), ("head", "-n", "1"), ("tee", "-p", "{code};cat"), ("put", 'end{exec("sh",["-c","{code}"])}')),
        ((), ("f.txt",)),
    )  # fmt: skip
    refusal = re.compile(r"(?i)mlr: |usage|not found|cannot|parse")


class Ghostscript(_Carrier):
    """gs's PostScript."""

    id = "gs"
    commands = ("gs",)
    _pipe = "(%pipe%{code}) (w) file closefile quit"
    lines = (
        (("-q", "-dNODISPLAY", "-dNOSAFER", "-dBATCH"), ("-q", "-sDEVICE=txtwrite", "-dBATCH", "-dNOPAUSE")),
        ((), ("-o", "%pipe%{code}"), ("-o", "|{code}"), ("-o%pipe%{code}",), ("-sOutputFile=%pipe%{code}",), ("-sOutputFile=x",), ("-o", "x"), ("-dSAFER",)),
        (("-c", "showpage quit"), ("f.txt",), ("--version",)),
    )  # fmt: skip
    files = {"f.txt": "showpage quit\n"}  # noqa: RUF012 - never changed


class _Perl(_Carrier):
    template = PERL


class Rename(_Perl):
    """rename in Perl."""

    id = "rename"
    commands = ("file-rename", "prename")
    _some = (
        ("-n",),
        ("-v",),
        ("-e", "{code}"),
        ("-e{code}",),
        ("-ne", "{code}"),
        ("-f",),
        ("-d",),
        ("--nopath",),
        ("-h",),
        ("-V",),
        ("-e", "s/a/b/"),
        ("-E", "{code}"),
        (),
        ("-0",),
        ("-e",),
    )
    lines = (
        ((), *_some),
        _some,
        (
            ("{code}", "f.txt"),
            ("s/a/b/", "f.txt"),
            ("y/a-z/A-Z/", "f.txt"),
            ("s/f/{code}/e", "f.txt"),
            ("f.txt",),
            ("--", "{code}", "f.txt"),
            ("{code}",),
        ),
    )


class Exiftool(_Perl):
    """exiftool's conditions and expressions, in which a dollar begins a tag."""

    template = "system(q(printenv FC_MARK|xargs -I@ sh -c 'echo {n} >>@'))==0"

    id = "exiftool"
    commands = ("exiftool",)
    _some = (("-if", "{code}"), ("-if", "$filename =~ /f/"), ("-p", "${filename;{code}}"), ("-p", "$filename"), ("-api", "Filter={code}"), ("-filename",), ("-n",), ("-if2", "{code}"), ("-userparam", "x={code}"),
             ("-d", "{code}"), ("-s3",), ("-IF", "{code}"), ("-printFormat", "${filename;{code}}"), (), ("-ver",))  # fmt: skip
    lines = (((), *_some), _some, (("f.txt",), ("f.txt", "-if", "{code}")))


class Latexmk(_Perl):
    """latexmk's Perl."""

    id = "latexmk"
    commands = ("latexmk",)
    _some = (
        ("-e", "{code}"),
        ("--e", "{code}"),
        ("-norc",),
        ("-pdf",),
        ("-v",),
        ("-e", "1;"),
        ("-quiet",),
        (),
        ("-outdir={code}",),
        ("-jobname=-e",),
        ("-help",),
        ("-silent", "-e", "{code}"),
    )
    lines = (((), *_some), _some, (("none",), ()))


class Parallel(_Perl):
    """GNU parallel's replacement strings. What it starts is echo."""

    id = "parallel"
    commands = ("parallel",)
    share = 0.05
    _put = "{= {code} =}"
    lines = (
        (("--will-cite",),),
        ((), ("-j1",), ("--dry-run",), ("--rpl", "{x} {code}"), ("--filter", "{code}1"), ("-k",), ("--tag",)),
        (("echo", _put), ("echo", "{}"), ("echo", "{= s/a/b/ =}"), ("echo", "{=1 {code} =}"), ("echo", "{x}"), ("echo a" + _put,), ("echo",)),
        ((":::", "a"), (":::", "{= no =}"), ("::::", "f.txt")),
    )  # fmt: skip
