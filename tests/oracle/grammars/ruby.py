"""ruby's command lines: every option in clusters and apart, RUBYOPT, and token soup."""

from __future__ import annotations

import random
import re

from tests.oracle.harness import STDIN, Case, Grammar, Marks, which

BODY = "File.open(ENV['FC_MARK'],'a'){|f|f.puts('{n}')};"
BEGIN = "BEGIN{" + BODY + "}"
FLAGS = (
    "-w", "-W", "-W0", "-W1", "-W:no-deprecated", "-W:x", "-a", "-l", "-n", "-p", "-s", "-S", "-U", "-Ku", "-KU", "-K",
    "-0", "-0777", "-00",
    "-F,", "-F", "-i", "-i.bak", "-d", "-v", "-rjson", "-r./lib", "-I.", "-Ilib", "-C.", "-C/dev", "-X.", "-x", "-x.",
    "-Eutf-8",
    "-EUTF-8:UTF-8", "--verbose", "--debug", "--debug=frozen_string_literal", "--jit", "--enable=gems",
    "--disable=gems",
    "--disable-gems", "--disable=rubyopt", "--disable-all", "--disable=r", "--enable=all", "--encoding=utf-8", "-lw",
    "--yjit", "--disable-rubyopt", "--disable=error_highlight,rubyopt", "--enable-frozen_string_literal", "--mjit-warnings",
    "--encoding=utf-8:utf-8", "-Wx", "-W3", "-Kx", "-08", "-rset", "-r./lib.rb", "-E:utf-8", "-rjson -w", "-xlib",
    "-w-enable=gems",
    "--internal-encoding=utf-8", "--external-encoding=utf-8", "--backtrace-limit=3", "--yjit-stats", "--mjit-wait",
    "-ws", "-W2l",
    "--dump=zz", "--mjit", "--enable=frozen-string-literal", "--disable=did_you_mean", "-wdl", "-l0", "-W-verbose",
)  # fmt: skip
PAIRS = (
    ["-r", "json"], ["-I", "."], ["-C", "."], ["-C", "/dev"], ["-X", "lib"], ["-E", "utf-8"], ["--enable", "gems"],
    ["--disable", "gems"],
    ["--encoding", "utf-8"], ["--disable", "rubyopt"], ["--backtrace-limit", "2"], ["-I", "-w"], ["-r", "./lib.rb"],
    ["--dump", "zz"],
)  # fmt: skip
STOPS = (
    "-c", "-y", "--yydebug", "-h", "--help", "--version", "--copyright", "--dump=insns", "--dump=i",
    "--dump=syntax,insns", "-wc", "--dump=v",
    "--dump=p_w", "-Q", "-j", "--foo", "--vers", "-T", "-E", "-C", "-C none", "-r", "-I", "--", "-w-", "-w-version",
    "-l-", "-w-foo",
    "--parser=prism", "--encoding=", "--enable=", "--dump=", "--help=x", "--version=1", "-we", "--disable-", "-wh",
    "--debug-x", "-w -e",
)  # fmt: skip
SOUP = "aceEeedFhiIlnprsSUvwWxXyCK0T1-:=,.u "


class Ruby(Grammar):
    """Options of every kind around every place where text enters."""

    id = "ruby"
    template = BODY
    refusal = re.compile(
        r"invalid option|no code specified|missing argument|Can't chdir|invalid switch in RUBYOPT|extra argument|already set to|"
        r"unknown encoding|No such file|cannot load such file|no Ruby script found|Is a directory|wrong limit|needs an argument|"
        r"syntax error|ambiguous feature|both be enabled|UnrecognizedSwitch|Unrecognized switch|invalid yjit|invalid MJIT|"
        r"premature end|target of repeat|too short|RegexpError|unknown regexp|formal argument|unterminated|"
        r"undefined (?:local|method)|uninitialized constant"
    )

    def programs(self) -> list[str]:
        """Return ruby."""
        return which("/usr/bin/ruby")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line from the table, or soup."""
        del program
        case = Case(
            ["ruby"],
            files={"script.rb": marks() + "\n", "x.txt": f"junk\n#!ruby\n{marks()}\n__END__\n", "lib.rb": "\n"},
        )
        case.files |= {"lib/empty.rb": "\n", "irb": "require 'irb'; IRB.start('irb')\n"}
        case.stdin = rng.choice(("pipe", "pipe", "file", "tty", "null"))
        case.stdin_text = rng.choice(
            (
                marks() + "\n",
                "# é\n" + marks() + "\n",
                f"#!/usr/bin/ruby -w\n{marks()}\n",
                f"x\n#!ruby\n{marks()}\n__END__\n",
            )
        )
        if case.stdin == "null":
            case.stdin_text = ""
        if rng.random() < 0.25:
            case.env["RUBYOPT"] = _rubyopt(rng, marks)
            if rng.random() < 0.3:
                case.env["RUBYOPT"] += rng.choice((" ", "\t", "\n")) + _rubyopt(rng, marks)
        if rng.random() < 0.3:
            _soup(case, rng, marks)
        else:
            self._structured(case, rng, marks)
        if any(_IN_PLACE.match(word) for word in case.argv):
            case.argv = [word for word in case.argv if not re.search(r"/stdin|^stdin|^/dev|-[CX]/dev", word)]
        if rng.random() < 0.12:
            tool(case, rng, marks)
        elif any(_LOOP.match(word) for word in case.argv):
            _early(case)
        elif rng.random() < 0.03:
            text = rng.choice((marks(), marks(BEGIN), marks("END{" + BODY + "}")))
            case.argv, case.stdin, case.stdin_text = ["ruby", rng.choice(("-ne", "-lpe")), text], "null", ""
        return case

    def code(self, rng: random.Random, marks: Marks) -> str:
        """Make program text."""
        return rng.choice(
            (marks(), marks(), marks(BEGIN), "# é ü \n" + marks(), "#!ruby -w\n" + marks(), "1;" + marks())
        )

    def _structured(self, case: Case, rng: random.Random, marks: Marks) -> None:
        for _ in range(rng.randrange(4)):
            case.argv += [rng.choice(FLAGS)] if rng.random() < 0.8 else rng.choice(PAIRS)
        if rng.random() < 0.08:
            case.argv.append(rng.choice(STOPS))
        for _ in range(rng.choice((1, 1, 1, 2))):
            case.argv += self._text(rng, marks)
        if rng.random() < 0.2:
            case.argv.append(rng.choice((*FLAGS, *STOPS)))
        case.argv += rng.choice(
            (
                [], [], [], ["script.rb"], ["-"], [""], ["--", "script.rb"], ["--"], [rng.choice(STDIN)], ["--", rng.choice(STDIN)],
                ["stdin"], ["fd/0"], ["-C/dev", "stdin"], ["-C", "/proc/self", "fd/0"], ["-X/dev", "-w", "fd/0"], ["-C/dev/fd", "0"],
                ["-S", rng.choice(STDIN)], ["/dev/stdin/"], ["--", "-"], ["./-"], ["."], ["none.rb"], ["x.txt"],
                ["script.rb", "-e", marks()], ["-", "-e", marks()], ["--", "-e", marks()], ["|true"], ["script.rb",
                "-"],
                ["./irb", "-f"], ["./irb", "-f", "script.rb"], ["./irb", "-f", "--noprompt", "-rjson"],
                ["./irb", "-f", "--", "script.rb"], ["./irb", "-v"],
            )
        )  # fmt: skip

    def _text(self, rng: random.Random, marks: Marks) -> list[str]:
        """Make words through which text enters, or none."""
        return rng.choice(
            (
                list, list, list, lambda: ["-e", self.code(rng, marks)], lambda: ["-e" + self.code(rng, marks)],
                lambda: [cluster(rng) + "e", self.code(rng, marks)],
                lambda: [cluster(rng) + "e" + self.code(rng, marks)],
                lambda: ["-pie", self.code(rng, marks)], lambda: ["-Fe", self.code(rng, marks)],
                lambda: ["-Kue", self.code(rng, marks)],
                lambda: ["-W1e", self.code(rng, marks)], lambda: ["-W:e", self.code(rng, marks)],
                lambda: ["-0777e", self.code(rng, marks)],
                lambda: ["-xe", self.code(rng, marks)], lambda: ["-rjson", "-e", self.code(rng, marks)],
                lambda: ["-we", "", "-e", self.code(rng, marks)],
                lambda: ["-e", ""], lambda: ["-e"], lambda: ["-ce", self.code(rng, marks)],
                lambda: ["-ve", self.code(rng, marks)],
                lambda: ["--dump=insns", "-e", self.code(rng, marks)], lambda: ["-ne", marks(BEGIN)], lambda: ["-Ce",
                "-e", marks()],
            )
        )()  # fmt: skip


_IN_PLACE = re.compile(r"-[^{(;]*i")
_LOOP = re.compile(r"-[^{(;]*[np]")


def tool(case: Case, rng: random.Random, marks: Marks, kind: str = "") -> None:
    """Make a line of one of ruby's own programs, or of a library that runs text."""
    case.env = {}
    case.stdin = rng.choice(("pipe", "file"))
    case.stdin_text = marks() + "\n"
    case.files = {"s.rb": "1\n", "x.erb": "x\n"}
    kind = kind or rng.choice(("erb", "erb", "gem", "bundle", "irb", "rdbg", "library"))
    if kind == "erb":
        case.stdin_text = f"<% {marks()} %>\n"
        flags = (["-x"], ["-n"], ["-T", "-"], ["-T1"], ["-T", "2"], ["-P"], ["-U"], ["-r", "json"], ["-rjson"], ["-E", "utf-8"],
                 ["x=1"], ["-v"], ["-h"], ["-d"], ["--version"], ["--encoding=utf-8"], ["-xn"], ["-K"], ["-S", "0"], ["-T-"])  # fmt: skip
        words = [word for _ in range(rng.randrange(3)) for word in rng.choice(flags)]
        words += rng.choice(([], ["-"], ["--"], ["--", "-"], ["x.erb"], [rng.choice(STDIN)], ["x.erb", "-"]))
    elif kind == "gem":
        words = rng.choice((["build"], ["bui"], ["build", "-C", "."], ["build", "--strict"], ["help", "build"]))
        words = [*words, rng.choice(("/dev/stdin", "/dev/fd/0", "none.gemspec"))]
        words = rng.choice(
            (words, words, ["install", "-g", "/dev/stdin"], ["i", "-g/dev/fd/0"], ["install", "--file=/dev/stdin"])
        )
    elif kind == "bundle":
        case.env["BUNDLE_GEMFILE"] = rng.choice(("/dev/stdin", "/dev/fd/0", "none"))
        words = rng.choice((["list"], ["check"], ["show"], ["config"], ["env"], ["--version"], ["platform"]))
    elif kind == "irb":
        case.env["IRBRC"] = rng.choice(("/dev/stdin", "/dev/fd/{FD}", "none", "s.rb"))
        case.descriptor_text = marks() + "\n" if "{FD}" in case.env["IRBRC"] else ""
        words = rng.choice(([], ["-f"], ["--noprompt"], ["-v"], ["s.rb"], ["-f", "s.rb"]))
    elif kind == "rdbg":
        text = marks()[:-1]
        words = rng.choice((["-e", "p " + text, "s.rb"], ["s.rb", "-e", text], ["-e", "c", "--", "-e", marks()], ["-n", "s.rb"],
                            ["-e", "p " + text, "-e", "c", "s.rb"], ["-n", "--", "-e", marks()], ["-h"], ["-n", "-e", text]))  # fmt: skip
    else:
        case.env = rng.choice((
            {}, {"RUBY_DEBUG_COMMANDS": marks()[:-1]}, {"RUBY_DEBUG_COMMANDS": f"p {marks()[:-1]};;c"}, {"RUBY_DEBUG_NONSTOP": "1"},
            {"BUNDLE_GEMFILE": "/dev/stdin"}, {"RUBY_DEBUG_OPT": f'-e "{marks()[:-1]}"'}, {"RUBY_DEBUG_ENABLE": "0"},
        ))  # fmt: skip
        name = rng.choice(
            ("bundler/setup",) if "BUNDLE_GEMFILE" in case.env else ("debug/start", "debug/start", "debug/prelude")
        )
        if rng.random() < 0.5:
            case.env["RUBYOPT"], words = f"-r{name}", ["s.rb"]
        else:
            words = [f"-r{name}", "s.rb"]
    case.argv = ["ruby", *([] if kind == "library" else [f"/usr/bin/{'rdbg3.1' if kind == 'rdbg' else kind}"]), *words]


def _early(case: Case) -> None:
    """Turn the markers into BEGIN blocks: whether a loop's body runs depends on data, not on the command line."""
    change = lambda text: _OPEN.sub(r"BEGIN{\1}", text)  # noqa: E731
    case.argv = [change(word) for word in case.argv]
    case.stdin_text = change(case.stdin_text)
    case.files = {name: change(text) if isinstance(text, str) else text for name, text in case.files.items()}


_OPEN = re.compile(r"(?<!BEGIN\{)(File\.open\(.*?\)\};)")


def cluster(rng: random.Random) -> str:
    """Make a cluster that an -e may end."""
    letters = ("w", "l", "a", "0", "0777", "s", "W", "W0", "d", "U", "v", "Ku", "S", "c", "y", "n")
    return "-" + "".join(rng.choice(letters) for _ in range(rng.randrange(1, 4)))


def _rubyopt(rng: random.Random, marks: Marks) -> str:
    """Make a value of RUBYOPT."""
    return rng.choice(
        (
            "-w", "-rjson", "-r json", "-w -r json", "rjson", "-w rjson", "-W:no-deprecated", "-d", "-v", "-c",
            "-e" + marks(), "-w -n",
            "-I lib", "-Ilib -w", "--enable=gems", "--disable-gems", "--yydebug", "--version", "--help", "--jit",
            "--verbose", "-h", "-",
            "- -w", "-Eutf-8", "-E utf-8", "-Ku", "-U", "--", "-- -w", "-w -- -e", "  -w ", "\t", "", "-r", "-x",
            "--dump=insns", "-T1",
            "-w json", "--foo", "-W0 -W1", "--encoding=utf-8", "-C.", "--backtrace-limit=2", "-wd", "-we", "e",
            "-r./lib",
        )
    )  # fmt: skip


def _soup(case: Case, rng: random.Random, marks: Marks) -> None:
    """Make words of random option letters with markers in between."""
    for _ in range(rng.randrange(1, 5)):
        word = rng.choice(("-", "-", "-", "-", "-", "--", ""))
        for _ in range(rng.randrange(5)):
            word += (
                rng.choice(SOUP)
                if rng.random() < 0.85
                else rng.choice((marks(), marks(BEGIN), "=", "dump=i", "enable"))
            )
        case.argv.append(word)
    if rng.random() < 0.2:
        opts = [
            rng.choice(("-", "")) + "".join(rng.choice("EIdvwWrKUT-:=ce0") for _ in range(rng.randrange(4)))
            for _ in range(2)
        ]
        case.env["RUBYOPT"] = rng.choice(" \t").join(opts)
