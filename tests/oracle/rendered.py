"""A grammar's cases as text: what a shell script, an image, a workflow and a makefile would say to start the same line."""

from __future__ import annotations

import json
import random
import shlex
from typing import TYPE_CHECKING

from tests.oracle.grammars.launchers import LAUNCHERS
from tests.oracle.harness import Case, Grammar, Marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


PROGRAMS = {
    "babel_node": "babel-node", "django": "django-admin", "jim": "jimsh", "loader": "/lib64/ld-linux-x86-64.so.2",
    "mit_scheme": "mit-scheme", "php_cgi": "php-cgi", "php_wasm": "php", "qemu_user": "qemu-x86_64", "r": "Rscript",
    "redis_cli": "redis-cli", "ruby_console": "bundle", "sqlite_utils": "sqlite-utils", "tcl": "tclsh", "ts_node": "ts-node",
}  # fmt: skip
"""A program of each grammar whose id is no program's name."""


def cases(grammar: Grammar, count: int, purpose: str) -> Iterator[Case]:
    """Yield so many cases of a grammar, the same ones each time; ``argv[0]`` is the program's name."""
    rng = random.Random(f"{grammar.id}:{purpose}")
    for _ in range(count):
        name = rng.choice(sorted(LAUNCHERS)) if grammar.id == "launchers" else grammar.id
        case = grammar.case(rng, Marks(grammar.template), f"/usr/bin/{name}")
        program = case.argv0 or PROGRAMS.get(name, name)
        yield Case([program, *case.argv[1:]], case.env, case.stdin, case.stdin_text)


def command(case: Case) -> str:
    """Return the line as shell text, with what stands on its stdin."""
    here = f" <<'TEXT'\n{case.stdin_text}\nTEXT" if case.stdin_text else ""
    return shlex.join(case.argv) + here + "\n"


def exported(case: Case) -> str:
    """Return shell text that exports the variables, then starts the line."""
    return "".join(f"export {shlex.quote(f'{k}={v}')}\n" for k, v in case.env.items()) + command(case)


def assigned(case: Case) -> str:
    """Return shell text that sets the variables for the line alone."""
    words = [f"{k}={shlex.quote(v)}" for k, v in case.env.items() if k.isidentifier()]
    return " ".join([*words, command(case)])


def through_env(case: Case) -> str:
    """Return shell text in which env(1) sets the variables."""
    return shlex.join(["env", *(f"{k}={v}" for k, v in case.env.items())]) + " " + command(case)


def dockerfile(case: Case) -> str:
    """Return a Dockerfile with the variables in ENV and the line behind RUN."""
    env = "".join(f"ENV {k}={_docker(v)}\n" for k, v in case.env.items() if "\n" not in v)
    text = command(case)
    run = f"RUN {json.dumps(case.argv)}\n" if text.count("\n") > 1 else f"RUN {text}"
    return f"FROM scratch\n{env}{run}"


def _docker(value: str) -> str:
    """Quote a value as the instructions of a Dockerfile do."""
    return '"' + "".join("\\" + char if char in '"\\$' else char for char in value) + '"'


def workflow(case: Case) -> str:
    """Return a workflow of GitHub Actions with the variables in ``env`` and the line in ``run``."""
    step = {"env": case.env, "run": command(case)}
    return json.dumps({"on": "push", "jobs": {"a": {"runs-on": "ubuntu-latest", "steps": [step]}}}, indent=1)


def makefile(case: Case) -> str:
    """Return a makefile that exports the variables and has the line as its recipe."""
    env = "".join(f"export {k} = {_make(v)}\n" for k, v in case.env.items() if "\n" not in v)
    text = command(case)
    return f"{env}all:\n\t" + (_make(text) if text.count("\n") == 1 else "true\n")


def _make(text: str) -> str:
    """Write text so that make hands it on as it is."""
    return text.replace("$", "$$").replace("#", "\\#")


SHELL: tuple[Callable[[Case], str], ...] = (exported, assigned, through_env)
FILES: dict[str, Callable[[Case], str]] = {
    "Dockerfile": dockerfile, ".github/workflows/a.yml": workflow, "Makefile": makefile,
}  # fmt: skip
