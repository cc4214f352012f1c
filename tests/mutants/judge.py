"""The process that judges mutants: it has imported and collected once, and forks for each of them.

Its first line says how many tests it has. Requests stand on the standard input, one JSON object a line; the answer to each is the name of the first test that failed
(``""``: none did). Tests' own output is dropped.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import json
import os
import resource
import select
import signal
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TextIO

import pytest

from tests.mutants.trial import EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 900
"""Seconds after which a mutant counts as noticed: it waits for something that does not come."""
AT_MOST = 120
"""Seconds of processor time after which it does: a loop that does not end."""
ARGUMENTS = ["-q", "-p", "no:cacheprovider", "-n", "0", "-p", "no:randomly", "--capture=no"]
PACKAGE = Path("src/flycatcher").absolute()
LOADING = "takes effect while modules load"
COULD_NOT_LOAD = "the tests could not be loaded"
LOADED_ONCE = ("click", "msgspec", "tree_sitter")
NONE = b"\0"
"""In a pipe: no test has failed."""


class Stage:
    """pytest's plugin that keeps the collected tests and runs those that are named."""

    def __init__(self) -> None:
        """Nothing has failed."""
        self.failed = ""
        self.items: dict[str, pytest.Item] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the first failure."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def run(self, request: dict[str, Any]) -> str:
        """Run the tests of a request up to the first that fails; return its name."""
        tests = list(self.items) if request["tests"] == [EVERY] else request["tests"]
        items = [self.items[test] for test in tests if test in self.items and test not in request["without"]]
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                break
        return self.failed


class Loaded(Stage):
    """Collects every test, then answers requests: each in a fork of what is loaded."""

    def __init__(self, bare: Bare, requests: TextIO, answers: TextIO) -> None:
        """``bare`` judges where the loaded modules themselves would be others."""
        super().__init__()
        self._bare, self._requests, self._answers = bare, requests, answers

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answer, and run no test here."""
        self.items = {item.nodeid: item for item in session.items}
        self._answers.write(json.dumps(len(self.items)) + "\n")  # loaded: from now on files may change
        self._answers.flush()
        for line in self._requests:
            request = json.loads(line)
            answer = LOADING if request["loading"] else forked(partial(self._judged, request))
            if answer == LOADING:
                answer = self._bare.answer(request)
            self._answers.write(json.dumps(answer) + "\n")
            self._answers.flush()
        return True

    def _judged(self, request: dict[str, Any]) -> str:
        if request["path"] and not takes_the_place(PACKAGE / request["path"], request["source"]):
            return LOADING
        return self.run(request)


class Anew(Stage):
    """Collects the files of the tests that are named, and runs those."""

    def __init__(self, request: dict[str, Any]) -> None:
        """The tests stand in the request."""
        super().__init__()
        self._request = request

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests."""
        self.items = {item.nodeid: item for item in session.items}
        self.run(self._request)
        return True


class Bare:
    """A process that forks from before anything of this package was loaded."""

    def __init__(self) -> None:
        """Start it."""
        requests, self._requests = pipe()
        self._answers, answers = pipe()
        if os.fork() == 0:
            self._requests.close()  # so that it ends with the process that asks
            for line in requests:
                answers.write(json.dumps(forked(partial(run_anew, json.loads(line)))) + "\n")
                answers.flush()
            os._exit(0)
        requests.close()
        answers.close()

    def answer(self, request: dict[str, Any]) -> str:
        """Return the first test that fails."""
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        return str(json.loads(self._answers.readline()))


def main() -> None:
    """Start the process that has loaded nothing, load, and answer until the input ends."""
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1) if "FLYCATCHER_JUDGE_ERRORS" in os.environ else (0, 1, 2):
        os.dup2(null, descriptor)
    for name in LOADED_ONCE:
        importlib.import_module(name)
    pytest.main([*ARGUMENTS, *sys.argv[1:]], plugins=[Loaded(Bare(), requests, answers)])


def pipe() -> tuple[TextIO, TextIO]:
    """Return both ends of a new pipe."""
    reads, writes = os.pipe()
    return os.fdopen(reads), os.fdopen(writes, "w")


def run_anew(request: dict[str, Any]) -> str:
    """Collect the files of the request's tests and run them; return the first that fails."""
    stage, tests = Anew(request), request["tests"]
    files = sys.argv[1:] if tests == [EVERY] else list(dict.fromkeys(test.split("::")[0] for test in tests))
    code = pytest.main([*ARGUMENTS, *files], plugins=[stage])
    return stage.failed or ("" if code in {0, 5} else COULD_NOT_LOAD)


def forked(work: Callable[[], str]) -> str:
    """Return what ``work`` returns in a fork; what became of it where it takes too long or dies."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (AT_MOST, AT_MOST))
        try:
            answer = work()
        except BaseException as error:  # noqa: BLE001 - whatever ends it
            answer = f"ended by {type(error).__name__}"
        os.write(writes, answer.encode() or NONE)
        os._exit(0)
    os.close(writes)
    ready, _, _ = select.select([reads], [], [], PATIENCE)
    data = os.read(reads, 65536) if ready else f"not over in {PATIENCE} s".encode()
    os.close(reads)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "" if data == NONE else data.decode() or "died"


def takes_the_place(path: Path, original: str) -> bool:
    """Put the changed functions of a file where the loaded ones are; return whether that is the whole change."""
    loaded = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    if str(path) not in loaded:
        return True  # it will be loaded as it is now
    pairs = list(changed_functions(compile(original, str(path), "exec"), compile(path.read_text(), str(path), "exec")))
    if any(old is None for old, _ in pairs):
        return False
    functions = [
        one for one in gc.get_objects() if isinstance(one, FunctionType) and one.__code__.co_filename == str(path)
    ]
    for old, new in pairs:
        found = [one for one in functions if old is not None and is_code(one.__code__, old)]
        if not found or old is None or old.co_freevars != new.co_freevars:
            return False
        for function in found:
            function.__code__ = new
    return True


def is_code(one: CodeType, other: CodeType) -> bool:
    """Whether two are the code of the same function."""
    return (one.co_qualname, one.co_firstlineno, one.co_code) == (
        other.co_qualname,
        other.co_firstlineno,
        other.co_code,
    )


def changed_functions(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType | None, CodeType]]:
    """Yield the outermost functions that differ, before and after; None and the module where more differs than functions."""
    before, after = nested(old), nested(new)
    if len(before) != len(after) or bare_of(old) != bare_of(new):
        yield None, new
        return
    for left, right in zip(before, after, strict=True):
        if left.co_flags & inspect.CO_OPTIMIZED:  # a function, not the body of a class
            if same(left) != same(right):
                yield left, right
        else:
            yield from changed_functions(left, right)


def nested(code: CodeType) -> list[CodeType]:
    """Return the code objects among the constants."""
    return [one for one in code.co_consts if isinstance(one, CodeType)]


def bare_of(code: CodeType) -> tuple[object, ...]:
    """Return what a code does apart from the functions in it; lines do not count."""
    constants = [None if isinstance(one, CodeType) else (type(one), repr(one)) for one in code.co_consts]
    return code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, constants


def same(code: CodeType) -> tuple[object, ...]:
    """Return what a code does, with the functions in it."""
    return bare_of(code), [same(one) for one in nested(code)]


if __name__ == "__main__":
    main()
