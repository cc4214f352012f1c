"""perl's command lines: every switch in clusters and apart, PERL5OPT and PERL5DB, and token soup."""

from __future__ import annotations

import random
import re

from tests.oracle.harness import STDIN, Case, Grammar, Marks, which

BODY = '{$ENV{FC_MARK}=~/(.*)/s;open(my$h,">>$1");print{$h}"{n}\\n";close($h)}'
SHELL = "echo {n}>>$FC_MARK"
FLAT = "system(q{" + SHELL + "})"
DIAMONDS = ("while(<>){}", "print <ARGV>", "print<>", "readline()", "eof()", "@x=<>;1", "for(<>){}")
FLAGS = (
    "-w", "-W", "-X", "-l", "-l012", "-l0", "-0", "-0777", "-00", "-0xa", "-C", "-C7", "-CSD", "-CSDA", "-a", "-n",
    "-p",
    "-s", "-S", "-t", "-T", "-U", "-f", "-g", "-i", "-i.bak", "-F,", "-F/,/", "-F: -w", "-w -l", "-I.", "-Ilib",
    "-mstrict",
    "-Mstrict", "-M-strict", "-MPOSIX=floor", "-MPOSIX qw(floor ceil)", "-Mv5.10", "-M5.010", "-Mconstant X=>1", "-D",
    "-Dx",
    "-D0", "-c", "-w ", "-W -", "-x", "-x.", "-V:version", "-ws", "-pi", "-ni.o", "-w\r", "-lw",
)  # fmt: skip
PAIRS = (["-I", "."], ["-I", "lib"])
STOPS = (
    "-v",
    "-h",
    "-?",
    "--version",
    "--help",
    "-wv",
    "-V",
    "-w-",
    "--",
    "-l-",
    "-Q",
    "-k",
    "--foo",
    "-M",
    "-m",
    "-I",
)
_LATE = re.compile(r"-[^{]*[npaFcduO]")
_PLAIN = re.compile(r"(?<!BEGIN)(?<!END)(?<!do)(?<!CHECK )(?<!=)\{\$ENV")
_IN_PLACE = re.compile(r"-[^{]*i")
SOUP = "acCdDeEeEeEfFgiIlmMnpsStTUvVwWX0123 -:=/.,x7"


class Perl(Grammar):
    """Switch words of every kind around every place where text enters."""

    id = "perl"
    template = BODY
    processor_seconds = 3
    """The debugger, without a terminal, prints its prompt for ever."""
    refusal = re.compile(
        r"Unrecognized switch|No code specified|Illegal switch|No directory|Missing argument|Module name required|"
        r"Invalid module name|Can't use '.*' after -mname|Unknown Unicode|Invalid number|No Perl script found|Usage:|"
        r"Can't open perl script|Can't find .* on PATH|Can't locate|Insecure|PERL_SIGNALS|Can't chdir|Wrong syntax|"
        r"Missing \(suid\)|syntax error|compilation aborted|Can't emulate|too late|Can't find string terminator|not terminated|"
        r"Can't modify|Missing right|Unmatched|not implemented|Operator or semicolon missing|Bareword|Unrecognized character"
    )

    def programs(self) -> list[str]:
        """Return perl."""
        return which("/usr/bin/perl")

    def refused(self, code: int, printed: str) -> bool:
        """Count a text that does not compile as refused: under the debugger perl then exits with 0."""
        return "due to compilation errors" in printed or "BEGIN failed" in printed or super().refused(code, printed)

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line from the table, or soup."""
        del program
        case = Case(["perl"], files={"script.pl": marks() + "\n", "x.txt": f"junk\n#!perl\n{marks()}\n__END__\n"})
        case.files["lib/Devel/Mine.pm"] = "package Devel::Mine; sub DB::DB {} 1;\n"
        case.env["PERL5LIB"] = "lib"
        case.stdin = rng.choice(("pipe", "pipe", "file", "tty", "null"))
        case.stdin_text = rng.choice(
            (
                marks() + "\n",
                "use strict;" + marks() + "\n",
                f"#!/usr/bin/perl -w\n{marks()}\n",
                f"x\n#!perl\n{marks()}\n__END__\n",
            )
        )
        if case.stdin == "null":
            case.stdin_text = ""
        _environment(case, rng, marks)
        if rng.random() < 0.3:
            _soup(case, rng, marks)
        else:
            self._structured(case, rng, marks)
        if any(_IN_PLACE.match(word) for word in case.argv):
            case.argv = [word for word in case.argv if not word.endswith("/stdin")]  # -i would replace the link
        if _LATE.search(" ".join((*case.argv[1:], case.env.get("PERL5OPT", "")))):
            _early(case)
            if case.stdin == "tty":
                case.stdin = "file"  # the debugger's line editing drops the end of file that waits at a terminal
        elif rng.random() < 0.03:
            _empty(case, rng, marks)
        elif rng.random() < 0.1:
            tool(case, rng, marks)
        if any("O=" in word for word in (*case.argv, case.env.get("PERL5OPT", ""))) or any(
            re.match(r"-[mM]O ", word) for word in case.argv
        ):
            case.env.pop("PERL5LIB", None)  # a folder of the caller's own may hold another O
        return case

    def code(self, rng: random.Random, marks: Marks) -> str:
        """Make program text that runs when it is run, and sometimes when it is compiled."""
        return rng.choice(
            (
                marks, marks, marks, lambda: marks("BEGIN" + BODY), lambda: "use strict;" + marks(),
                lambda: marks("END" + BODY),
                lambda: marks("use POSIX (do" + BODY + ");"), lambda: "no warnings;\n" + marks(),
                lambda: "#!perl -w\n" + marks(),
                lambda: "# é ü \n" + marks(), lambda: marks("CHECK " + BODY),
            )
        )()  # fmt: skip

    def _structured(self, case: Case, rng: random.Random, marks: Marks) -> None:
        for _ in range(rng.randrange(4)):
            case.argv += [rng.choice(FLAGS)] if rng.random() < 0.85 else rng.choice(PAIRS)
        if rng.random() < 0.06:
            case.argv.append(rng.choice(STOPS))
        for _ in range(rng.choice((1, 1, 1, 2))):
            case.argv += self._text(rng, marks)
        if rng.random() < 0.2:
            case.argv.append(rng.choice((*FLAGS, *STOPS)))
        case.argv += rng.choice(
            (
                [], [], [], ["script.pl"], ["-"], [""], ["--", "script.pl"], ["--"], [rng.choice(STDIN)], ["--", rng.choice(STDIN)],
                ["/dev/fd/0/x"], ["/dev/fd/0/a/b"], ["/proc/self/fd/0/x"], ["--", "-"], ["./-"], ["."],
                ["none.pl"],
                ["x.txt"], ["script.pl", "-e", marks()], ["-", "-e", marks()], ["--", "-e", marks()],
                [marks(SHELL) + "|"], ["-", " " + marks(SHELL) + " | "], ["|" + marks(SHELL)],
                ["script.pl", marks(SHELL) + "|"],
            )
        )  # fmt: skip

    def _text(self, rng: random.Random, marks: Marks) -> list[str]:
        """Make words through which text enters, or none."""
        return rng.choice(
            (
                list, list, list,
                lambda: ["-e", self.code(rng, marks)], lambda: ["-e" + self.code(rng, marks)],
                lambda: ["-E", self.code(rng, marks)],
                lambda: ["-E" + self.code(rng, marks)], lambda: [cluster(rng) + "e", self.code(rng, marks)],
                lambda: [cluster(rng) + "e" + self.code(rng, marks)],
                lambda: [cluster(rng) + "E", self.code(rng, marks)],
                lambda: ["-pie", self.code(rng, marks)], lambda: ["-i.bak -e", self.code(rng, marks)],
                lambda: ["-w -e" + self.code(rng, marks)], lambda: ["-F, -ane", self.code(rng, marks)],
                lambda: ["-x -e", self.code(rng, marks)], lambda: ["-l012ne", self.code(rng, marks)],
                lambda: ["-Mv5;" + self.code(rng, marks)], lambda: ["-M-warnings;" + self.code(rng, marks)],
                lambda: ["-Mstrict;" + self.code(rng, marks)], lambda: ["-wMstrict;" + marks()],
                lambda: ["-Mstrict" + marks("=do" + BODY)], lambda: ["-mstrict" + marks(";" + BODY)],
                lambda: ["-MPOSIX(do" + marks() + ")"], lambda: ["-MPOSIX 1.0,do" + marks()], lambda: ["-MPOSIX\n;" + marks()],
                lambda: ['-MPOSIX "@{[do' + marks() + ']}"'], lambda: ["-MPOSIX=a});" + marks()], lambda: ["-Mstrict;;" + marks()],
                lambda: ["-w\t-e", self.code(rng, marks)], lambda: ["-w-e", self.code(rng, marks)],
                lambda: ["-e", "1;", "-e", self.code(rng, marks)], lambda: ["-d:-Mine"], lambda: ["-dt:Mine;" + marks()],
                lambda: ["-MPOSIX do" + marks()], lambda: ["-MPOSIX ();" + marks()], lambda: ["-MO=Deparse"],
                lambda: ["-MO=Concise"],
                lambda: ["-d"], lambda: ["-dt"], lambda: ["-d:Mine;" + marks()],
                lambda: ["-d:Mine=" + "});" + marks() + ";({"],
                lambda: ["-d:Mine"], lambda: ["-dte", marks()], lambda: ["-de", marks()],
                lambda: ["-nF/,/,$_);" + marks() + ";(1"], lambda: ["-F/(?" + marks() + ")/"],
                lambda: ['-F"@{[do' + marks() + ']}"'],
                lambda: ["-MO=Deparse;" + marks(FLAT), "-e", marks()], lambda: ["-mO=-q,Concise", "-e", marks()],
                lambda: ["-MO qw(Deparse)", "-e", marks()], lambda: ["-Mautouse=Foo,bar($){};" + marks(FLAT) + ";sub($)", "-e", "1"],
                lambda: ["-Mautouse=Foo,bar($$)", "-e", marks()], lambda: ["-e", rng.choice(DIAMONDS), marks(SHELL) + "|"],
                lambda: ["-e", rng.choice(DIAMONDS), "--", "| " + marks(SHELL)], lambda: ["-e", "print <STDIN>", marks(SHELL) + "|"],
                lambda: ["-e", "print <<>>", marks(SHELL) + "|"], lambda: ["-ne", "1", "<" + marks(SHELL) + "|"],
                lambda: ["-e", ""], lambda: ["-e"], lambda: ["-V:" + marks()], lambda: ["-xe" + marks()],
                lambda: ["-Ie" + marks()],
            )
        )()  # fmt: skip


def tool(case: Case, rng: random.Random, marks: Marks, name: str = "") -> None:
    """Make a line of one of perl's own programs."""
    bin_folder = "/usr/bin/"
    case.env = {"PERLIO": ""} if rng.random() < 0.1 else {}
    case.stdin = rng.choice(("pipe", "file"))
    name = name or rng.choice(("json_pp", "prove", "xsubpp"))
    if name == "json_pp":
        case.stdin_text = marks("(system(q{" + SHELL + "}))")
        words = rng.choice(
            (["-f", "eval"], ["-f=eval"], ["--f", "eval"], ["-f", "json"], ["-v", "-f", "eval"], ["-feval"])
        )
        words = [
            *rng.choice(([], ["-t", "dumper"], ["-json_opt", "pretty"])),
            *words,
            *rng.choice(([], ["-f", "json"])),
        ]
    elif name == "prove":
        case.stdin_text = 'print "1..1\\nok 1\\n";' + marks()
        words = rng.choice(
            ([], ["-v"], ["-j2"], ["-Ilib"], ["--norc", "-Q"], ["-e", "cat"], ["--exec=cat"], ["-D"], ["--dry"])
        )
        words = [*words, rng.choice((*STDIN, "script.pl", "none.t"))]
    else:
        case.stdin_text = "MODULE = x PACKAGE = x\nINCLUDE_COMMAND: " + marks(SHELL) + "\n"
        words = [
            *rng.choice(([], ["-prototypes"], ["-output", "x.c"])),
            rng.choice(("/dev/stdin", "/dev/fd/0", "x.txt")),
        ]
    case.argv = ["perl", *rng.choice(([], ["-w"])), bin_folder + name, *words]


def _empty(case: Case, rng: random.Random, marks: Marks) -> None:
    """Make a loop that has nothing to read."""
    flat = '$ENV{FC_MARK}=~/(.*)/s;open($h,">>$1");print $h "{n}\\n";close($h)'
    text = rng.choice((marks(flat), "}" + marks(flat) + "{", marks("BEGIN" + BODY), marks("END" + BODY)))
    case.argv, case.stdin, case.stdin_text = ["perl", rng.choice(("-ne", "-lpe", "-F, -e")), text], "null", ""


def _early(case: Case) -> None:
    """Turn the markers into BEGIN blocks: whether a loop's body runs depends on data, not on the command line."""
    change = lambda text: _PLAIN.sub("BEGIN{$ENV", text)  # noqa: E731
    case.argv = [change(word) for word in case.argv]
    case.env = {name: change(value) for name, value in case.env.items()}
    case.stdin_text = change(case.stdin_text)
    case.files = {name: change(text) for name, text in case.files.items()}


def cluster(rng: random.Random) -> str:
    """Make a cluster that an -e may end."""
    return "-" + "".join(rng.choice(("w", "l", "n", "p", "a", "0", "0777", "l012", "s", "W", "c", "X", "U", "f", "T",
    "C", "D", "t")) for _ in range(rng.randrange(1, 4)))  # fmt: skip


def _environment(case: Case, rng: random.Random, marks: Marks) -> None:
    """Set perl's variables now and then."""
    if rng.random() < 0.2:
        case.env["PERL5OPT"] = rng.choice(
            (
                "-Mstrict;" + marks(), "-w -Mv5;" + marks(), "Mstrict;" + marks(), "-wMstrict;" + marks(),
                "-T -Mstrict;" + marks(),
                "  -T", "-t", "-Mstrict", "-MPOSIX=floor -w", "-d", "-d:Mine;" + marks(), "-d -", "-e" + marks(),
                "-w -n", "- -w",
                "-Mstrict" + marks("=" + BODY), "-M", "-I", "-I. -w", "w M-strict;" + marks(), "-CSD", "-D", "-U",
                "-X", "--",
                "-mstrict -W", "-Mstrict;BEGIN" + marks(), "\t-Mstrict;" + marks() + "\n", "-c",
                "-Mconstant(X=>do" + marks() + ")",
            )
        )  # fmt: skip
        if rng.random() < 0.4:
            more = (
                "-w",
                "-Mstrict",
                "-mstrict",
                "-Mv5;" + marks(),
                "Mstrict;" + marks(),
                "-Ilib",
                "-U",
                "-CS",
                "-d:Mine",
                "-e",
            )
            case.env["PERL5OPT"] += rng.choice((" ", "\t", "\n", "  ")) + rng.choice(more)
    if rng.random() < 0.05:
        command = "|" + marks(SHELL)
        case.env["PERLDB_OPTS"] = rng.choice(
            (
                f"LineInfo='{command}' NonStop", f'N L="{command}"', f"lineinfo='{command}'", f"NonStop=1 LineInfo='{command}'",
                "TTY=/dev/null", f"frame=2 LineInfo({command}) N", "LineInfo=out N", "noTTY", f"Line='{command}' x?y", "R=1 N",
                f"LineInfo={command}", "dumpDepth N",
            )
        )  # fmt: skip
        if rng.random() < 0.7:
            case.env["PERL5OPT"] = "-d"
    if rng.random() < 0.05:
        case.env[rng.choice(("PERLDB_OPTS", "PERL_UNICODE", "PERLIO"))] = rng.choice(
            ("NonStop=1", "noTTY", "0", ":utf8", "")
        )
    if rng.random() < 0.1:
        case.env["PERL5DB"] = rng.choice((marks(), "BEGIN" + marks(), "use strict;" + marks(), "")) + "sub DB::DB{}"
    if rng.random() < 0.05:
        case.env["PERL_SIGNALS"] = rng.choice(("safe", "unsafe", "x", ""))


def _soup(case: Case, rng: random.Random, marks: Marks) -> None:
    """Make words of random switch letters with markers in between."""
    for _ in range(rng.randrange(1, 5)):
        word = rng.choice(("-", "-", "-", "-", "-", "--", ""))
        for _ in range(rng.randrange(5)):
            word += (
                rng.choice(SOUP)
                if rng.random() < 0.85
                else rng.choice((marks(), "BEGIN" + marks(), "=", ";" + marks()))
            )
        case.argv.append(word)
    if rng.random() < 0.2:
        letters = lambda: "".join(rng.choice("CDIMUdmtwW-:=;T0") for _ in range(rng.randrange(4)))  # noqa: E731
        opts = [rng.choice(("-", "")) + letters() + rng.choice(("", marks())) for _ in range(2)]
        case.env["PERL5OPT"] = rng.choice(" \t").join(opts)
