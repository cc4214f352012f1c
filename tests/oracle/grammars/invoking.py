"""Hosts that start a command which an option or a variable names: split, zip, dpkg and less."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import ClassVar

from tests.oracle.grammars.embedded import _Hosts
from tests.oracle.harness import Case, Marks

TEXT = "echo {n} >>$FC_MARK;:"


class Split(_Hosts):
    """split."""

    id = "split"
    commands = ("split",)
    template = "cat >/dev/null; echo {n} >>$FC_MARK"
    _some = (
        ("--filter={code}",), ("--filter", "{code}"), ("--fil", "{code}"), ("--f={code}",), ("-l1",), ("-n", "2"), ("-d",), ("--lines=1",), ("-a", "3"), ("--verbose",),
        ("--version",), ("-e",), ("-b", "--filter={code}"), ("-l", "1", "--filter={code}"), ("--help",), ("--bogus",), ("-t", "a"), ("-n", "l/2"), ("--", "--filter={code}"),
        ("--number", "--filter={code}"), ("--additional-suffix", "x"), ("--filter",), ("-x",), ("-C", "1"),
    )  # fmt: skip
    lines = (_some, ((), *_some), (("f.txt",), ("f.txt", "out"), ("none",), ("f.txt", "--filter={code}"), ("-",)))

    def woken(self, case: Case) -> Case:
        """Give stdin something to split."""
        return replace(case, stdin="pipe", stdin_text="a\nb\n", files={**case.files, "--filter": "a\n"})

    refusal = re.compile(r"(?i)usage|try '|invalid|cannot|unrecognized|ambiguous|requires|extra operand|no such")


class Zip(_Hosts):
    """zip."""

    id = "zip"
    commands = ("zip",)
    template = TEXT + " #"
    _some = (
        ("-T",), ("-T",), ("--test",), ("-qT",), ("-TT", "{code}"), ("-TT{code}",), ("--unzip-command={code}",), ("--unzip-command", "{code}"), ("-qTT", "{code}"), ("-r",), ("-9",),
        ("-j",), ("-b", "."), ("-x", "none"), ("--unz", "{code}"), ("-TTT", "{code}"), ("-P", "x"), ("-n", ".z"), ("-X",), ("-TT={code}",), ("-h",), ("-v",), ("-9qTT", "{code}"),
        ("-tT",), ("--tes",), ("-To",),
    )  # fmt: skip
    lines = (
        _some,
        ((), *_some),
        (
            ("a.zip", "f.txt"),
            ("a.zip", "f.txt", "-T"),
            ("a.zip", "none"),
            ("a.zip", "f.txt", "-T", "-TT", "{code}"),
            ("a.zip", "--", "f.txt"),
        ),
        ((), *_some),
    )
    refusal = re.compile(r"(?i)error|usage|invalid|not |can't|nothing")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give the variable sometimes."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.1:
            case.env[rng.choice(("ZIPOPT", "ZIP"))] = rng.choice(("-T", "-q", "-T -TT true", "-TT false"))
        return case


class Dpkg(_Hosts):
    """dpkg, in a folder of its own."""

    id = "dpkg"
    commands = ("dpkg",)
    template = TEXT
    files: ClassVar[dict[str, str]] = {
        "status": "",
        "available": "",
        "info/format": "1\n",
        "updates/.x": "",
        "triggers/.x": "",
    }
    _some = (
        ("--pre-invoke={code}",), ("--post-invoke={code}",), ("--pre-invoke", "{code}"), ("--status-logger={code}",), ("--status-logger", "cat >/dev/null; {code}"), ("--pre-inv={code}",),
        ("--no-act",), ("--force-all",), ("-E",), ("-D1",), ("--pre-invoke={code}", "--pre-invoke={code}"), ("--log=l",), ("--version",), ("--pre-invoke",),
    )  # fmt: skip
    lines = (
        (("--admindir=.",),), _some, ((), *_some),
        (("-i", "none.deb"), ("--unpack", "none.deb"), ("-l",), ("--configure", "none"), ("--configure", "-a"), ("-r", "none"), ("-P", "none"), ("-s", "bash"), ("--audit",), ("-i",),
         ("--triggers-only", "-a"), ("--get-selections",), ("-i", "none.deb", "--pre-invoke={code}"), ("--print-architecture",)),
    )  # fmt: skip
    refusal = re.compile(
        r"(?i)unknown option|needs|takes a value|conflicting|need an action|requires|requested operation|cannot access archive|error executing hook"
    )


class Less(_Hosts):
    """less, whose stdout is no terminal."""

    id = "less"
    commands = ("less",)
    lines = (
        ((), ("-L",), ("-r",), ("-FX",), ("-V",), ("--no-lessopen",), ("-XL",), ("+G",), ("-?",)),
        (("f.txt",), ("none",), (), ("-",), ("f.txt", "f.txt")),
    )

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give the variable."""
        case = super().case(rng, marks, program)
        code = marks("echo {n} >>$FC_MARK")
        case.env["LESSOPEN"] = rng.choice(
            (
                f"|{code}; cat %s",
                f"{code}; echo %s",
                f"|-{code};cat %s",
                f"||{code};cat %s",
                f"|{code}",
                f"| cat %s; {code}",
                "|cat %s",
                f"-{code} %s",
                f"|{code} %s %s",
            )
        )
        return case
