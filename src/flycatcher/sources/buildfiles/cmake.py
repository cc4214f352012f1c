"""CMake: ``COMMAND`` of execute_process, add_custom_command, add_custom_target and add_test (cmake-commands(7), cmake-language(7))."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import interpreter_by_name
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Searcher, Start

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALL = lazy(
    r"\b(execute_process|add_custom_command|add_custom_target|add_test|exec_program|externalproject_add(?:_step)?|"
    r"fetchcontent_declare|\w*(?:add|create|register|run)_\w+)[ \t\r\n]*\(",
    re.IGNORECASE,
)
_WORD = lazy(
    r"\s+|#\[(?P<eq>=*)\[.*?\](?P=eq)\]|#[^\n]*|\[(?P<open>=*)\[(?P<bracket>.*?)\](?P=open)\]|\"(?P<quoted>(?:\\.|[^\"\\])*)\"|"
    r"(?P<close>\))|(?P<nested>\()|(?P<plain>(?:\\.|\$\{[^}]*\}|\$<[^>]*>|[^\s()#\"\\])+)",
    re.DOTALL,
)
_REFERENCE = lazy(r"\$(?:ENV|CACHE)?\{([\w.:-]+)\}|\$<TARGET_FILE:Python3?::Interpreter>|\$<[^>]*>|@(\w+)@")
_KEYWORDS = frozenset(
    "COMMAND ARGS WORKING_DIRECTORY RESULT_VARIABLE OUTPUT_VARIABLE ERROR_VARIABLE OUTPUT_STRIP_TRAILING_WHITESPACE TIMEOUT "  # noqa: SIM905
    "ERROR_QUIET OUTPUT_QUIET COMMAND_ERROR_IS_FATAL INPUT_FILE OUTPUT_FILE ERROR_FILE DEPENDS COMMENT VERBATIM BYPRODUCTS "
    "USES_TERMINAL PRE_BUILD PRE_LINK POST_BUILD MAIN_DEPENDENCY OUTPUT TARGET SOURCES CONFIGURATIONS NAME ECHO_OUTPUT_VARIABLE "
    "CONFIGURE_COMMAND BUILD_COMMAND INSTALL_COMMAND PATCH_COMMAND UPDATE_COMMAND DOWNLOAD_COMMAND TEST_COMMAND SOURCE_DIR BINARY_DIR "
    "INSTALL_DIR PREFIX URL GIT_REPOSITORY GIT_TAG CMAKE_ARGS LOG_BUILD LOG_INSTALL BUILD_IN_SOURCE "
    "COMMAND_ECHO RESULTS_VARIABLE ENCODING DEPFILE JOB_POOL COMMAND_EXPAND_LISTS ERROR_STRIP_TRAILING_WHITESPACE".split()
)
_SET = lazy(r"^[ \t]*set[ \t]*\([ \t\r\n]*(\w+)(?=\s)", re.MULTILINE | re.IGNORECASE)
MAX_CALLS = 5000
MAX_WORDS = 2000


class CMake(FileType):
    """CMakeLists.txt and modules; variables named after an interpreter are that one."""

    id = "cmake"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("CMakeLists.txt", "*.cmake", "*.cmake.in", "CMakeLists.txt.in")
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"(?i)execute_process|exec_program|COMMAND"),)

    def read(self, document: Document) -> Iterator[Start]:
        """Yield the words of each COMMAND."""
        text = document.text
        lists = _lists(text)
        for call in islice(_CALL.finditer(text), MAX_CALLS):
            line = text[text.rfind("\n", 0, call.start()) + 1 : call.start()]
            if "#" not in line:
                yield from _commands(text, call, lists)


def _lists(text: str) -> dict[str, list[str]]:
    """Return the lists that the file sets once: what a reference to one stands for."""
    found: dict[str, list[str]] = {}
    for match in islice(_SET.finditer(text), MAX_CALLS):
        words = [word for word, _, _ in _words(text, match.end())]
        found[match[1]] = [] if match[1] in found else words
    return {name: words for name, words in found.items() if len(words) > 1}


def _commands(text: str, call: re.Match[str], lists: dict[str, list[str]]) -> Iterator[Start]:
    """Yield the commands of one call."""
    words: list[str] = []
    span = [0, 0]
    reading = call[1].lower() == "exec_program"
    for word, start, end in _words(text, call.end()):
        if word in _KEYWORDS:
            if word == "ARGS" and reading:
                continue
            yield from _start(words, (span[0], span[1]), call[1])
            words, reading = [], word.endswith("COMMAND")
        elif reading:
            span = [span[0] if words else start, end]
            known = lists.get(text[start + 2 : end - 1]) if word == UNKNOWN and text[start] == "$" else None
            words.extend(known or [word])
    yield from _start(words, (span[0], span[1]), call[1])


def _start(words: list[str], span: tuple[int, int], name: str) -> Iterator[Start]:
    """Yield one command, where it has words."""
    if words and words[0] in ("Python3::Interpreter", "Python::Interpreter"):
        words[0] = "python3"
    if words and words[0] != UNKNOWN:
        yield Start(argv=tuple(words), span=span, symbol=(name.lower(),))


def _words(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """Yield the arguments of a call: what each says, and where it is written."""
    depth = 1
    for _ in range(MAX_WORDS):
        match = _WORD.match(text, at)
        if match is None:
            return
        at = match.end()
        depth += (match["nested"] is not None) - (match["close"] is not None)
        if not depth:
            return
        group = next((name for name in ("quoted", "bracket", "plain") if match[name] is not None), "")
        if group:
            yield _said(match[group], raw=group == "bracket"), match.start(), match.end()


def _said(word: str, *, raw: bool) -> str:
    """Return what an argument says: references filled in as far as their names tell, escapes undone."""
    if raw:
        return word
    word = _REFERENCE.sub(_value, word)
    return re.sub(
        r"\\(\r?\n|.)", lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1].strip("\r\n")), word
    )


def _value(match: re.Match[str]) -> str:
    """Return the interpreter that a variable is named after, else a hole."""
    if "Python" in match[0] and match[0].startswith("$<"):
        return "python3"
    name = match[1] or match[2] or ""
    if name == "CMAKE_COMMAND":
        return "cmake"
    return interpreter_by_name(name.removeprefix("_").replace("::", "_")) or UNKNOWN
