"""sed's scripts: whole ones, and ones strewn together from addresses, commands, delimiters and line breaks."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from tests.oracle.grammars.embedded import _Hosts
from tests.oracle.harness import MARK, Case, Marks

WHOLE = (
    "e {code}", "1e {code}", "e{code}", "$e{code}", "s/.*/{code}/ew o", "$e {code}", "/a/e {code}", "s/.*/{code}/e", "s|a|{code}|e", "s/a/{code}/gw e", "s/e/x/g", "p;e {code}", "y/abe/xye/",
    "/b/{e {code}\n}", "a\\\ne {code}", "i e {code}", "# e {code}", "s/[/e]/x/;e {code}", "b e;e {code};:e", "$!d;s/b/{code}/e",
    "\\,a,e {code}", "s/a/\\/e {code}/", "1,2{s/^/#/;e {code}\n}", "r e {code}", "/[]/e]/p", "s/x/e/;/a/I e {code}", "0~2e {code}", "w e",
    "s/a/{code}/Ie", "c\\e {code}", "2q;e {code}", "l 5;e {code}", "}", "s/a/b", ":a e {code}", ": a\ne {code}", "b a e {code}\n:a", "sXaX{code}Xe",
    "seaexee {code}", "s/a/{code}/ e", "s/a/{code}/ g e", "s/a/b/ ; e {code}", "t;e {code}", "T x\n:x;e {code}", "v 4.2 e {code}", "{e {code}\n}", "=;F;z;e {code}",
    "s/a/b/w o\ne {code}", "s/[[:alpha:]/]/x/;e {code}", "s/[^]/]/x/\ne {code}", "/[[.a.]/]/e {code}", "1!e {code}", "1 ! {e {code}\n}", "s/a\\\n/b/;e {code}",
    "Q3;e {code}", "q;e {code}", "d;e {code}", "n;e {code}", "N;P;D;e {code}", "R f.txt\ne {code}", "W o\ne {code}", "a x\\\ny\ne {code}", "i\\\n  x\ne {code}", "c x\ne {code}",
    "y/a\\/b/x\\/y/;e {code}", "s,a\\,b,x,;e {code}", "s/a/b/2ge;e {code}", "s/a/x/mMiIpe", "\\;a;e {code}", "\\nannne {code}", "/a/,/b/e {code}", "/a/,+1e {code}",
    "1,~2e {code}", "0,/a/e {code}", "2,1e {code}", "1;e {code}", "1,e {code}", "!e {code}", "{}e {code}", "{p};e {code}", "e", "1e", "{e}", "e;p", "s/a/b/}\ne {code}", "s/a/b/#\ne {code}",
    "#n\ne {code}", "p # x\ne {code}", "h;x;g;G;H\ne {code}", "e {code}\\\necho x", "s/.*/{code}/;e", "s/.*/{code}/\ne", "/a/s//{code}/e", "s/\\(a\\)/{code} \\1/e",
)  # fmt: skip
PIECES = (
    *("e {code}\n", "e {code}\n", "e {code}\n", "s/.*/{code}/e", "s,a,{code},", "s/a/b", "/e", "p", "d", "n", "N", "D", "g", "x", "=", "z", "l", "l5", "q", "2Q", "F", "h"),
    *(";", ";", "\n", "\n", " ", "{", "}", "!", "#", "\\", "\\\n", "/", "[", "]", "[/]", "[^]]", ",", "1", "$", "2", "0~1", "1,2", "/a/", "/b/I", "\\,a,", "s,", "s/", "y/a/b/"),
    *(":", ":a", "b", "b a", "ta", "T", "v", "a ", "a\\\n", "i\\", "c", "r f.txt", "w o", "R f.txt", "W o", "e", "g", "I", "M", "w", "i", "m", "p", "3", "\t", "\r"),
)  # fmt: skip
COMMAND = re.compile(r"^\s*(?:[^a-z]*|.*[ ,/]\s*)e echo M|s(\W|X|e).*M\d+M.*\1[gpmMiI0-9]*e")
INPUT = ("a\nb", "a")
RUN = ("{code}", "{code}\n{code}")
LONELY = re.compile(r"(?:-e|--\w+=)?(?:\d?e|\{e\}|e;p)")
REFUSED = re.compile(
    r"sed: (?:-e expression|file |-:|can't find label|couldn't open|.*invalid option|.*unrecognized option|.*requires an argument)|Usage: "
)
LONE = tuple(
    w
    for w in WHOLE
    if "{code}" in w
    and not w.startswith(("a\\", "i ", "c", "q", "# ", "b ", "d", "N;P;D", "w e", "r e", "!e", "s/a/{code}/gw"))
)
"""Those whose command runs: of a script on stdin nothing is known but that it is the program."""


class Sed(_Hosts):
    """GNU sed."""

    id = "sed"
    commands = ("sed",)
    share = 0.3
    seconds = 5
    template = "echo {n} >>$FC_MARK #"
    files = {"f.txt": "a\nb\n", "e.sed": "p\n"}  # noqa: RUF012 - never changed
    first = (
        (),
        (),
        (),
        ("-n",),
        ("-E",),
        ("-s",),
        ("--posix",),
        ("--sandbox",),
        ("-z",),
        ("-u", "-r"),
        ("--debug",),
        ("-i",),
        ("-nE",),
        ("-l", "5"),
        ("--pos",),
        ("-b",),
    )
    behind = (
        *(((),) * 8), ("--posix",), ("--sandbox",), ("--sand",), ("-n",), ("--version",), ("--help",), ("-e", "e {code}"), ("--expression", "e {code}"), ("-x",), ("-f", "e.sed"),
        ("-f", "-"), ("--file=/dev/stdin",), ("-f/dev/fd/0",), ("-fnone.sed",), ("-ne", "1e {code}"), ("--exp=e {code}",), ("--",), ("-", "--", "-e"), ("-i.bak",), ("--in-place", "-s"),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line: flags, scripts whole or in parts, the input, and what may stand behind it."""
        del program
        case = Case([self.id], files=dict(self.files))
        case.argv += rng.choice(self.first)
        if rng.random() < 0.3:
            case.argv += [self.script(rng)]
        for _ in range(rng.choice((0, 1, 1, 2, 3)) if len(case.argv) < 3 else rng.choice((0, 0, 1, 2))):
            script = self.script(rng)
            case.argv += rng.choice((["-e", script], ["-e" + script], ["--expression=" + script], ["--expr", script]))
        case.argv += rng.choice(((), ("--",))) if rng.random() < 0.1 else ()
        case.argv += rng.choice((("f.txt",), ("f.txt",), ("f.txt", "f.txt"), ("-",), ("none",), ()))
        case.argv += rng.choice(self.behind)
        case.argv = [re.sub(r"\{code\}", lambda _: marks(), word) for word in case.argv]
        if rng.random() < 0.1:
            case.env["POSIXLY_CORRECT"] = "1"
        if rng.random() < 0.6:
            source = LONE if any(word.startswith(("-f", "--f")) for word in case.argv) else INPUT
            if (
                source is INPUT
                and any(LONELY.fullmatch(word) for word in case.argv)
                and not any("s" in word for word in case.argv[1:])
            ):
                source = RUN
            case.stdin, case.stdin_text = (
                rng.choice(("pipe", "file")),
                re.sub(r"\{code\}", lambda _: marks(), rng.choice(source)) + "\n",
            )
        return case

    def script(self, rng: random.Random) -> str:
        """Make a script, or a part of one."""
        if rng.random() < 0.6:
            return rng.choice(WHOLE)
        return "".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 8)))

    def woken(self, case: Case) -> Case:
        """Give more lines and records, as an address may ask for one that there is not; and have sed show its program."""
        more = "a\nb\na b ab\n1\n\0" * 6
        argv = [case.argv[0], "--debug", *case.argv[1:], "f.txt"]
        woken = replace(case, argv=argv, files={**case.files, "f.txt": more, "none": more})
        return (
            woken
            if any("-f" in word or "--f" in word for word in case.argv)
            else replace(woken, stdin="file", stdin_text=more)
        )

    def shown(self, printed: str) -> set[int]:
        """Return the markers in commands of the program as ``--debug`` prints it; texts of a, i and c look like commands there."""
        program = printed.partition("SED PROGRAM:\n")[2].partition("\nINPUT:")[0]
        if re.search(r"^\s*(?:\S+ )?[aic]\\", program, re.MULTILINE):
            return set()
        lines = [line for line in program.split("\n") if COMMAND.search(line)]
        return {int(number) for line in lines for number in MARK.findall(line)}

    def refused(self, code: int, printed: str) -> bool:
        """Count what sed says of its script or its options: then nothing has run. An input that is not there is no refusal."""
        return code in (1, 4) and REFUSED.search(printed) is not None
