"""Clients of databases, each with a server of its own: psql, mariadb and redis-cli."""

from __future__ import annotations

import random
import re

from tests.oracle.grammars.clients import Told
from tests.oracle.grammars.embedded import _Hosts
from tests.oracle.harness import Case, Marks
from tests.oracle.servers import mariadb, postgres, redis


class Psql(Told):
    """psql."""

    id = "psql"
    commands = ("psql",)
    share = 0.1
    refusal = re.compile(_Hosts.refusal.pattern + r"|fail")
    scripts = (
        "\\! {code}", "\\!{code}", "  \\! {code}", "select 1; \\! {code}", "select 1 \\! {code}", "\\o |{code}", "\\out | {code}", "select 1 \\g |{code}", "select 1 \\gx |{code}", "select 1 \\g (format=csv) |{code}", "select 1\n\\w |{code}",
        "\\write |{code}", "\\echo `{code}`", "\\set x `{code}`", "\\if `{code}`\n\\endif", "\\echo '`{code}`'", '\\echo "`{code}`"', "\\copy (select 1) to program '{code}'", "\\COPY (select 1) to program '{code}'", "\\q", "-- \\! {code}",
        "\\copy (select 1) TO PROGRAM '{code}'", "/* \\! {code} */", "select '\\! {code}';", "select $$\n\\! {code}\n$$;", "select\n\\! {code}\n1;", "\\timing", "\\x", "\\i f.sql", "\\i none", "\\setenv X {code}",
        "\\echo {code}", "\\echo a \\\\ \\! {code}", "\\echo a \\! {code}", "\\qecho `{code}`", "\\warn `{code}`", "\\cd .", "\\r", "select 1;", "\\echo `{code}` `{code}`", "\\pset title `{code}`", "\\encoding UTF8",
        "\\d `{code}`", "\\unset x", "\\connect - - - -", "\\a\\! {code}", "\\s", "\\getenv x Y", "\\set y '`{code}`'", "\\echo :x", "\\p \\! {code}", "\\html", "\\o x\n\\o",
        "\\!", "\\e x",
    )  # fmt: skip
    _some = (
        (), ("-c", "\\! {code}"), ("-c", "\\!{code}"), ("-c\\! {code}",), ("--command=\\! {code}",), ("--command", "\\! {code}"), ("--comm", "\\! {code}"), ("-c", " \\! {code}"), ("-c", "select 1 \\! {code}"), ("-c", "\\o |{code}"),
        ("-c", "\\echo `{code}`"), ("-c", "select 1 \\g |{code}"), ("-c", "\\copy (select 1) to program '{code}'"), ("-c", "select 1", "-c", "\\! {code}"), ("-f", "-"), ("-f-",), ("--file=-",), ("-f", "/dev/stdin"), ("-f", "/dev/fd/0"),
        ("-f", "f.sql"), ("-f", "none"), ("-o", "|{code}"), ("-o|{code}",), ("--output=|{code}",), ("-o", "x"), ("-L", "|{code}"), ("-v", "x=`{code}`"), ("-vx=1",), ("--set=x=`{code}`",), ("-X",), ("--no-psqlrc",), ("-q",), ("-At",), ("-1",),
        ("-l",), ("-V",), ("--help",), ("-?",), ("-n",), ("-S",), ("-e",), ("-a",), ("-bogus",), ("--bogus",), ("-P", "pager=off"), ("--pset", "pager=off"), ("-d", "postgres"), ("-qXc", "\\! {code}"), ("-w",), ("-c",), ("--csv",),
        ("--help=commands",), ("-H",), ("-x",), ("-c", "\\! {code}\n\\! {code}"), ("-c", "\\set x 1 \\! {code}"), ("-U", "postgres"), ("-E",), ("-z",), ("-0",), ("-c", "\\i f.sql"), ("--variable", "x=1"), ("-f", "f.sql", "-c", "\\! {code}"),
    )  # fmt: skip
    lines = (_some, _some, ((), (), ("postgres",), ("postgres", "postgres"), ("none",), ("postgres", "-c", "\\! {code}"), ("--", "postgres"), ("--", "-c", "\\! {code}"), ("-",)))  # fmt: skip
    files = {"f.sql": "select 2;\n"}  # noqa: RUF012 - never changed

    def programs(self) -> list[str]:
        """Return psql where a server can be started."""
        return super().programs() if postgres() is not None else []

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Name the server; sometimes a start-up file."""
        case = super().case(rng, marks, program)
        case.env |= {"PAGER": "cat", **(postgres() or {})}
        if rng.random() < 0.15:
            case.files["rc.sql"] = f"\\! {marks()}\n"
            case.env["PSQLRC"] = rng.choice(("rc.sql", "/dev/stdin", "none"))
        return case


class Mysql(Told):
    """mariadb."""

    id = "mysql"
    commands = ("mariadb",)
    share = 0.1
    scripts = (
        "\\! {code}", "system {code}", "system {code};", "SYSTEM {code}", "  system {code}", "select 1; system {code}", "select 1 \\! {code}", "select 1;\\! {code}", "select '\\! {code}';", "-- \\! {code}", "# \\! {code}",
        "/* \\! {code} */", "select 1\nsystem {code}", "source f.sql", "\\. f.sql", "pager {code}", "\\P {code}", "\\P {code}\nselect 1;", "pager cat\nselect 1;", "tee x", "\\T x", "delimiter //", "help", "status", "quit", "exit", "\\q",
        "select 1\\G", "use mysql", "prompt x", 'select "system {code}";', "\\system {code}", "sys {code}", "system", "\\!", "nopager", "\\u mysql", "warnings", "select 1 \\g \\! {code}", "select `\\! {code}`;", "select 'a\\'\\! {code}';",
        "delimiter x\nsystem {code}", "do 1; \\! {code}; select 1;", "! {code}", "systemx {code}", "/*! system {code} */", "source none",
    )  # fmt: skip
    _some = (
        (), ("-e", "\\! {code}"), ("-e\\! {code}",), ("--execute=\\! {code}",), ("--execute", "\\! {code}"), ("--exec=\\! {code}",), ("-e", "system {code}"), ("-e", "select 1; system {code}"), ("-e", "select 1;\\! {code}"), ("-e", "select 1"),
        ("-e", "select '\\! {code}'"), ("-e", "pager {code}"), ("-B",), ("-N",), ("-s",), ("-ss",), ("-t",), ("-G",), ("--named-commands",), ("--skip-named-commands",), ("-f",), ("-D", "mysql"), ("-Dmysql",), ("--pager={code}",), ("--pager",),
        ("--tee=x",), ("--init-command=select 1",), ("--init-command", "\\! {code}"), ("--delimiter=//",), ("--binary-mode",), ("--sandbox",), ("-v",), ("-V",), ("--help",), ("-?",), ("-I",), ("--bogus",), ("-bogus",), ("-p",), ("-A",),
        ("-Be", "\\! {code}"), ("-c",), ("--comments",), ("-u", "root"), ("-uroot",), ("-n",), ("-q",), ("-E",), ("-H",), ("-X",), ("-L",), ("-e",), ("-e", "source f.sql"), ("--loose-bogus",), ("-e", "\\! {code}", "-e", "\\! {code}"), ("-P", "1"),
    )  # fmt: skip
    lines = (
        _some,
        _some,
        ((), (), ("mysql",), ("none",), ("mysql", "-e", "\\! {code}"), ("--", "mysql"), ("mysql", "-N"), ("-",)),
    )
    files = {"f.sql": "select 2;\n"}  # noqa: RUF012 - never changed

    def programs(self) -> list[str]:
        """Return mariadb where a server can be started."""
        return super().programs() if mariadb() is not None else []

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Name the server first: some of these options must be."""
        case = super().case(rng, marks, program)
        case.argv[1:1] = ["--no-defaults", f"--socket={mariadb()}", "--user=root"]
        return case


class RedisCli(Told):
    """redis-cli: a marker is what the server returned, so each script writes it into the answer."""

    id = "redis_cli"
    commands = ("redis-cli",)
    share = 0.1
    template = "return '{n}'"
    scripts = ('EVAL "{code}" 0', 'eval "{code}" 0', "ping", "get x", 'EVAL_RO "{code}" 0', '2 eval "{code}" 0', "quit", '# eval "{code}" 0', '"eval" "{code}" 0', "EVAL 'return 1' 0", "fcall x 0", "eval")  # fmt: skip
    _some = (
        (), ("-n", "1"), ("-r", "1"), ("-r", "2"), ("--raw",), ("--no-raw",), ("--csv",), ("--json",), ("-3",), ("-2",), ("-e",), ("-c",), ("-i", "0"), ("-d", "x"), ("-D", "x"), ("--no-auth-warning",), ("--verbose",), ("--quoted-input",),
        ("--show-pushes", "no"), ("-x",), ("-X", "tag"), ("--bogus",), ("-v",), ("--version",), ("--help",), ("-h", "127.0.0.1"), ("-t", "5"), ("-a", "x"), ("--user", "x"), ("-n1",), ("--quoted-json",),
    )  # fmt: skip
    lines = (
        _some,
        _some,
        (
            (), (), ("eval", "{code}", "0"), ("EVAL", "{code}", "0"), ("Eval", "{code}", "0"), ("eval_ro", "{code}", "0"), ("eval", "{code}", "0", "eval"), ("--eval", "f.lua"), ("--eval", "/dev/stdin"), ("ping",), ("eval",),
            ("--eval", "none"), ("set", "x", "{code}"), ("script", "flush"), ("eval", "{code}"), ("echo", "{code}"), ("--", "eval", "{code}", "0"), ("--eval", "f.lua", "k", ",", "a"), ("--eval", "/dev/fd/0", "k"), ("-x", "eval"), ("-X", "tag", "eval", "tag", "0"), ("-X", "x", "EVAL", "{code}", "0"),
            ("eval", "{code}", "-x"), ("script", "exists", "x"),
        ),
    )  # fmt: skip
    files = {"f.lua": "return 1\n"}  # noqa: RUF012 - never changed

    def programs(self) -> list[str]:
        """Return redis-cli where a server can be started."""
        return super().programs() if redis() is not None else []

    def answered(self, printed: str) -> set[int]:
        """Return what the server answered."""
        return {int(n) for n in re.findall(r"(?m)^[\"\[]*M(\d+)M", printed)}

    def refused(self, code: int, printed: str) -> bool:
        """The server refuses some of them, and redis-cli ends well all the same."""
        return super().refused(code, printed) or re.search(r"(?m)ERR |error|NOAUTH|WRONGPASS", printed) is not None

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Name the server's port."""
        case = super().case(rng, marks, program)
        case.argv[1:1] = ["-p", str(redis())]
        return case
