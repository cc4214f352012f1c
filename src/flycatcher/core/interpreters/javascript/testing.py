"""Test runners on Node.js: the options that they pass on to node, and the modules that they load first.

Source: mocha's lib/cli/node-flags.js, ava's and tap's --help, vitest's ``execArgv``, jest-config; each line of the tests was tried
with mocha 12.0, ava 7.0, tap 21.8, vitest 4.1 and jest 30.5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.javascript.real_path import loadable
from flycatcher.core.interpreters.javascript.runners import OnNode, Word, read_node

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


class _TestRunner(OnNode):
    """One runner: which of its words are node's, and which name a module."""

    kind = "embedded"
    options = Options(parser="yargs")
    passes: ClassVar[re.Pattern[str]] = re.compile(r"(?!)")
    """What stands in front of an option of node's in a word; two dashes of node's own are kept."""
    loads: ClassVar[tuple[str, ...]] = ()
    """Options whose value is a module that is loaded before the tests."""

    def read_words(self, execution: Execution) -> Reading:
        """Read what node makes of the words that are its own, then the modules."""
        passed = []
        for at, word in enumerate(execution.argv[1:], 1):
            if match := self.passes.match(word):
                text = "--" + word[match.end() :].removeprefix("--")
                passed.append(Word(text, at, len(word) - len(text)))
        reading = read_node(self, execution, [*passed, Word("./runner")])
        for at, word in enumerate(execution.argv[1:], 1):
            name, sign, value = word.partition("=")
            index = at if sign else at + 1
            if name in self.loads and index < len(execution.argv):
                self._load(reading, value if sign else execution.argv[index], index, name)
        return reading

    @staticmethod
    def _load(reading: Reading, value: str, index: int, option: str) -> None:
        """Record a module that is named by its path."""
        if value.startswith(("./", "../", "/")) and loadable(reading, value, set()):
            reading.load(value, vector="argument", index=index, option=option)


class Mocha(_TestRunner):
    """mocha: an option of node's with its value glued to it counts wherever it stands, behind ``--`` too."""

    id = "mocha"
    names = (r"_?mocha(?:\.js)?",)
    install = "npm: mocha"
    verified = ("12.0",)
    passes = re.compile(r"--?(?=(?:import|(?:experimental-)?loader)=)")
    loads = ("-r", "--require", "--file", "-u", "--ui", "-R", "--reporter", "--config")


class Ava(_TestRunner):
    """ava: ``--node-arguments``."""

    id = "ava"
    names = (r"ava",)
    install = "npm: ava"
    verified = ("7.0",)
    passes = re.compile(r"--node-arguments=")


class Tap(_TestRunner):
    """tap: ``--node-arg``."""

    id = "tap"
    names = (r"tap",)
    install = "npm: tap"
    verified = ("21.8",)
    passes = re.compile(r"--node-arg=")


class Vitest(_TestRunner):
    """vitest: ``--execArgv``."""

    id = "vitest"
    names = (r"vitest",)
    install = "npm: vitest"
    verified = ("4.1",)
    passes = re.compile(r"--exec(?:Argv|-argv)=")


class Jest(_TestRunner):
    """jest: modules that run before the tests."""

    id = "jest"
    names = (r"jest(?:\.js)?",)
    install = "npm: jest"
    verified = ("30.5",)
    loads = ("--globalSetup", "--globalTeardown", "--testEnvironment", "--runner", "--testRunner", "-c", "--config")
