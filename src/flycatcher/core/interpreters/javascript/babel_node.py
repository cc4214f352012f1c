"""babel-node 7.

Source: packages/babel-node/src/babel-node.ts, which starts node again with ``_babel-node`` and with the options that are node's,
program-setup.ts and the package ``commander`` 6; checked with marker code against npm's 7.28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, CommandLine, Given, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.javascript.node import in_environment
from flycatcher.core.interpreters.javascript.runners import OnNode, Word, read_main, read_module, read_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

_CODE = Option("optional", "code")
_LOAD = Option("optional", "load")
_VALUE = Option("optional")
_MAIN = "_babel-node"
_LETTERS = {"-e": "--eval", "-p": "--print", "-r": "--require", "-o": "--only", "-i": "--ignore", "-x": "--extensions",
            "-w": "--plugins", "-b": "--presets", "-V": "--version"}  # fmt: skip


class BabelNode(OnNode):
    """babel-node runs the text of -e, else that of -p, wherever they stand; a file; or a session on stdin."""

    id = "babel_node"
    names = (r"babel-node",)
    install = "npm: @babel/node"
    verified = ("7.28",)
    options = Options(
        parser="commander",
        short={"e": _CODE, "p": _CODE, "r": _LOAD, "w": _LOAD, "b": _LOAD, **each("oix", _VALUE), "h": EXIT, "V": EXIT},
        long={
            "--eval": _CODE, "--print": _CODE, **each(("--require", "--plugins", "--presets", "--config-file"), _LOAD),
            **each(("--only", "--ignore", "--extensions", "--env-name", "--root-mode"), _VALUE), "--no-babelrc": FLAG,
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        posixly=False,
        dashed_values=False,
    )  # fmt: skip

    def read_words(self, execution: Execution) -> Reading:
        """Read the words as the first process does, then as the node that it starts."""
        words, error = _for_node(execution.argv)
        if error:
            return Reading(self, execution).refuse(error)
        node = read_node(self, execution, words)
        main = next(at for at, word in enumerate(words) if word.at == 0)
        if node.script != 0:
            return node
        return self._main(execution, [word.at for word in words[main + 1 :] if word.at is not None]).prepend(node)

    def _main(self, execution: Execution, at: Sequence[int]) -> Reading:
        """Read what ``_babel-node`` makes of the words at these places."""
        line, helps = _commander(self.options, execution.argv, at)
        reading = Reading(self, execution, line)
        if line.first("exit") or helps:
            return reading.finish("prints")
        codes = {given.name: given for given in line.given if given.option.role == "code" and given.value is not None}
        asked = any(given.option.role == "code" and given.value != "" for given in line.given)
        code = codes.get("--eval", codes.get("--print"))
        if code is not None and not code.value:
            code = codes.get("--print")
        for given in line.given:
            if given.option.role == "load" and (given.name != "--require" or not asked):
                read_module(reading, given)
        if asked:
            if code is None or not code.value:
                return reading.refuse("-e and -p need a text")
            reading.code(code)
        elif line.operands:
            self._script(reading, at)
        else:
            reading.stdin(explicit=False)
        return reading

    def _script(self, reading: Reading, at: Sequence[int]) -> None:
        """Read the first word that is neither an option nor, it seems, an option's value."""
        words = reading.execution.argv
        skip = False
        for place in at:
            if skip:
                skip = False
            elif words[place][:1] != "-":
                read_main(reading, place)
                return
            else:
                given = next((g for g in reading.command.given if g.index == place), None) if reading.command else None
                skip = (
                    given is not None
                    and given.value is not None
                    and _LETTERS.get(words[place], words[place]) == given.name
                )
        reading.finish("script")


def _for_node(words: Sequence[str]) -> tuple[list[Word], str]:
    """Return the words with which node is started (``_babel-node`` stands for argv[0]), and what is wrong with them."""
    end = words.index("--", 1) if "--" in words[1:] else len(words)
    front: list[Word] = []
    rest: list[Word] = []
    at = 1
    while at < end:
        word = words[at]
        name = word.partition("=")[0]
        if name == "-d":
            return [], "node refuses --debug"
        if name in ("-r", "--require"):
            rest += [Word(name, at), Word(words[at + 1], at + 1) if at + 1 < end else Word("undefined")]
            at += 1
        elif name == "-gc":
            front.insert(0, Word("--expose-gc"))
        elif name in ("debug", "inspect", "-C") or (name.startswith("--") and in_environment(name)):
            front.insert(0, Word(word, at))
        else:
            rest.append(Word(word, at))
        at += 1
    return [*front, Word(_MAIN, 0), *rest, *(Word(words[i], i) for i in range(end, len(words)))], ""


def _commander(table: Options, words: Sequence[str], places: Sequence[int]) -> tuple[CommandLine, bool]:
    """Read the words as commander does; return what it found, and whether a word behind an unknown option asks for help."""
    line = CommandLine([], [])
    unknown = False
    helps = False
    at = 0
    while at < len(places):
        index = places[at]
        word = words[index]
        at += 1
        if word == "--":
            line.operands += [*([index] if unknown else []), *places[at:]]
            helps = helps or (unknown and any(words[place] in ("-h", "--help") for place in places[at:]))
            break
        found = _option(table, word, index)
        if found is None:
            unknown = unknown or (len(word) > 1 and word[0] == "-")
            helps = helps or word in ("-h", "--help")
            line.operands.append(index)
        elif (
            found.value is None
            and found.option.takes == "optional"
            and at < len(places)
            and _is_value(words[places[at]])
        ):
            line.given.append(Given(found.option, found.name, words[places[at]], index, places[at], 0))
            at += 1
        else:
            line.given.append(found)
    return line, helps


def _is_value(word: str) -> bool:
    """Whether a word may be an option's value."""
    return len(word) < 2 or word[0] != "-"


def _option(table: Options, word: str, index: int) -> Given | None:
    """Return the known option that a word is; in a cluster, the first letter is the option and the rest its value."""
    name, sign, value = word.partition("=") if word.startswith("--") else (word[:2], word[2:], word[2:])
    name = _LETTERS.get(name, name)
    option = table.long.get(name)
    if option is None or name == "--help" or len(word) < 2 or (sign and option.takes == "nothing" and word[1] == "-"):
        return None
    return Given(option, name, value if sign else None, index, index, len(word) - len(value) if sign else 0)
