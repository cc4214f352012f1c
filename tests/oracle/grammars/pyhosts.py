"""Command lines of programs in which Python text is one option among many: Django, Scrapy, Pylint, sqlite-utils, sqlmap, uWSGI."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from typing import ClassVar

from tests.oracle.grammars.pyconsoles import PYTHON
from tests.oracle.grammars.pytools import Tool
from tests.oracle.harness import Case

EXPRESSION = "__import__('os').system('echo {n} >> $FC_MARK')"


class Django(Tool):
    """django-admin shell."""

    id = "django"
    names = ("django-admin",)
    options = (
        ("--no-startup",), ("-v0",), ("-v", "1"), ("-v", "9"), ("--no-color",), ("--traceback",), ("--no-imports",), ("-i", "python"), ("-ipython",), ("-h",),
        ("--version",), ("--pythonpath", "."), ("--trace",), ("-x",), ("--verb=0",), ("--interface=junk",), ("--settings=conf",),
    )  # fmt: skip
    texts = (
        ("-c", "{code}"),
        ("-c{code}",),
        ("-c={code}",),
        ("--command", "{code}"),
        ("--command={code}",),
        ("--com", "{code}"),
        ("-c", ""),
        ("-c",),
        (),
    )
    tails = ((), (), (), (), (), ("--", "x"), ("word",), ("-",))
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "PYTHONSTARTUP": ("script.py",),
        "DJANGO_SETTINGS_MODULE": ("conf",),
    }
    files: ClassVar[dict[str, str]] = {"script.py": PYTHON, "conf.py": PYTHON}

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Name the subcommand."""
        del program
        case.argv.insert(1, rng.choice(("shell", "shell", "shell", "shell", "shell", "check", "--settings=conf")))


class Flask(Tool):
    """flask shell."""

    id = "flask"
    names = ("flask",)
    options = (
        ("--app", "app.py"),
        ("-A", "app"),
        ("-Aapp",),
        ("--debug",),
        ("--app=none",),
        ("-e", "none"),
        ("--version",),
        ("--help",),
        ("-x",),
    )
    texts = ((),)
    tails = (
        ("shell",),
        ("shell",),
        ("shell",),
        ("routes",),
        ("shell", "--help"),
        ("shell", "-c", "{code}"),
        ("shell", "x"),
        (),
    )
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "PYTHONSTARTUP": ("script.py", "none.py", "/dev/stdin"),
        "FLASK_APP": ("app", "{code}"),
    }
    files: ClassVar[dict[str, str]] = {
        "script.py": PYTHON,
        "app.py": "from flask import Flask; app = Flask(__name__); " + PYTHON,
    }


class Scrapy(Tool):
    """scrapy shell; its console on a regular file depends on what is installed beside it."""

    id = "scrapy"
    share = 0.02
    names = ("scrapy",)
    template = EXPRESSION
    stdins = ("pipe", "null")
    options = (
        ("--nolog",), ("-s", "A=B"), ("--set=A=B",), ("-L", "INFO"), ("--loglevel=ERROR",), ("--logfile", "log"), ("--no-redirect",), ("-h",), ("-x",),
        ("--no-red",), ("--pdb",),
    )  # fmt: skip
    texts = (("-c", "{code}"), ("-c{code}",), ("-c={code}",), ("-c", "{code}", "-c", "{code}"), ("-c",), ("-c", ""), ())
    tails = ((), (), (), ("./none.html",), ("--",))

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Name the subcommand, in front or behind."""
        del program
        word = rng.choice(("shell", "shell", "shell", "version", "list"))
        case.argv.insert(1 if rng.random() < 0.8 else len(case.argv), word)
        case.env["SCRAPY_PYTHON_SHELL"] = "python"


class Pylint(Tool):
    """pylint."""

    id = "pylint"
    names = ("pylint",)
    stdins = ("null",)
    options = (
        ("--rcfile=none",), ("--rcfile", "none"), ("--disable=all",), ("-E",), ("-v",), ("--verb",), ("-j1",), ("--verbose=x",), ("--load-plugins=",), ("-h",),
        ("--load-p", "mod"), ("--output=out",), ("--enable-all",), ("--version",), ("--x",), ("--output-format=text",), ("--rc", "x"),
    )  # fmt: skip
    texts = (
        ("--init-hook={code}",), ("--init-hook", "{code}"), ("--init-h={code}",), ("--init-hooked", "{code}"), ("--init={code}",), ("--init-hook",),
        ("-c", "{code}"), ("--", "--init-hook={code}"), ("-init-hook={code}",), ("--init-import=y", "--init-hook={code}"),
    )  # fmt: skip
    tails = ((), ("script.py",), ("script.py", "--init-hook={code}"), ("--", "script.py"))
    files: ClassVar[dict[str, str]] = {"script.py": PYTHON, "mod.py": PYTHON}


@cache
def _database() -> bytes:
    """Return a database with one row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.db")
        connection = sqlite3.connect(path)
        connection.execute("create table t (c text, d text)")
        connection.execute("insert into t values ('a', 'b')")
        connection.commit()
        connection.close()
        return path.read_bytes()


class SqliteUtils(Tool):
    """sqlite-utils."""

    id = "sqlite_utils"
    names = ("sqlite-utils",)
    template = EXPRESSION
    options = (
        ("-s",),
        ("--dry-run",),
        ("--drop",),
        ("--where", "1"),
        ("--import", "json"),
        ("--import=none",),
        ("-x",),
        ("-h",),
        ("--multi",),
        ("-p", "a", "b"),
    )
    texts = ((),)
    tails = (
        ("{code}",), ("{code}",), ("-",), ("value",), ("--", "{code}"), ("{code}", "--output", "e"), ("{code}", "-s"), ("d", "{code}"), ("none", "{code}"), (),
    )  # fmt: skip
    files: ClassVar[dict[str, str]] = {"f.json": '[{"c": "1"}]', "f.py": EXPRESSION}

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Name the subcommand with its operands, or give text by an option."""
        del program
        case.files["x.db"] = _database()
        code = next((word for word in case.argv if "FC_MARK" in word), "value")
        if rng.random() < 0.6:
            case.argv[1:1] = ["convert", "x.db", "t", "c"]
            return
        case.argv[1:] = rng.choice(
            (
                ["insert", "x.db", "u", "f.json", "--convert", code], ["insert", "x.db", "u", "f.json", f"--convert={code}"],
                ["query", "x.db", "select 1", "--functions", code], ["x.db", "select 1", f"--functions={code}"],
                ["memory", "select 1", "--functions", code], ["query", "x.db", "select 1", "--functions", "f.py"],
                ["tables", "x.db", "--functions", code], ["query", "x.db", "--", "--functions", code],
                ["upsert", "x.db", "u", "f.json", "--pk", "c", "--convert", code], ["insert", "x.db", "u", "--code", f"{code}\nrows = []"],
            )
        )  # fmt: skip


class Sqlmap(Tool):
    """sqlmap, against a port of this machine on which nothing listens: the text runs before the first request."""

    id = "sqlmap"
    share = 0.02
    names = ("sqlmap",)
    stdins = ("null",)
    options = (
        ("--level=1",),
        ("-v0",),
        ("--random-agent",),
        ("--data=a=1",),
        ("--cookie", "a=b"),
        ("-h",),
        ("--version",),
        ("--timeout=1",),
        ("-p", "id"),
        ("--junk",),
    )
    texts = (
        ("--eval={code}",),
        ("--eval", "{code}"),
        ("-eval={code}",),
        ("--ev={code}",),
        ("--eval",),
        ("--eva", "{code}"),
        (),
    )
    tails = ((), (), ("--flush-session",))
    template = "import os; os.system('echo {n} >> $FC_MARK')"

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Give an address, mostly."""
        del program
        address = rng.choice((["-u", "http://127.0.0.1:1/?id=1"],) * 4 + ([],))
        case.argv[1:1] = [*address, "--batch", "--retries=0"]
        case.env["SQLMAP_UNSAFE_EVAL"] = "1"


class Uwsgi(Tool):
    """uwsgi, which ends for want of a socket."""

    id = "uwsgi"
    names = ("uwsgi",)
    stdins = ("null",)
    template = "echo {n} >> $FC_MARK"
    options = (
        ("--master",),
        ("--need-app",),
        ("-H", "."),
        ("--processes=1",),
        ("--threads", "1"),
        ("--die-on-term",),
        ("--version",),
        ("--pyrun", "script.py"),
    )
    texts = (
        ("--exec-asap", "{code}"), ("--exec-asap={code}",), ("--exec-pre-jail={code}",), ("--exec-as-root={code}",), ("--exec-as-user", "{code}"),
        ("--hook-asap=exec:{code}",), ("--hook-asap", "print:{code}"), ("--exec-post-jail={code}",), ("--exec-in-jail={code}",), ("--procname={code}",),
    )  # fmt: skip
    tails = ((), (), ("--help",))


class Uv(Tool):
    """uv run, without a network: what it starts by name is an execution of its own, so scripts and stdin alone are tried here."""

    id = "uv"
    names = ("uv",)
    options = (
        ("--no-project",), ("-q",), ("--with-requirements", "none"), ("--offline",), ("--env-file", "none"), ("--isolated",), ("-s",), ("--script",), ("-h",),
        ("--frozen",), ("--cache-dir=c",), ("-v",), ("--junk",), ("--no-config",), ("--color", "never"),
    )  # fmt: skip
    texts = ((),)
    tails = (
        ("-",),
        ("-",),
        ("-", "x"),
        ("script.py",),
        ("--", "-"),
        ("none.py",),
        (),
        ("script.py", "-"),
        ("-m", "mod"),
        ("true", "-"),
    )

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Name the subcommand, and keep uv from the network."""
        del program
        case.argv.insert(1, rng.choice(("run", "run", "run", "run", "version")))
        case.env.update({"UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROJECT": "1"})
