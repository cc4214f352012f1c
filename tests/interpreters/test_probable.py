"""A program that nobody has described, and that holds an interpreter, is probably one: its file says of which language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import builtin, interpreter_of
from flycatcher.core.interpreters.identity import identify
from flycatcher.core.interpreters.identity.markers import PREFIX, Markers
from flycatcher.core.interpreters.identity.probable import APIS
from tests.interpreters.test_identify import compiled

if TYPE_CHECKING:
    from pathlib import Path

USAGE = b"  -e CODE   evaluate code\n"


@pytest.mark.parametrize("language", sorted(APIS))
@pytest.mark.parametrize("kind", ["imports", "exports"])
def test_an_api_and_a_usage_that_offers_to_run_text_tell_it(language: str, kind: str, tmp_path: Path) -> None:
    function = APIS[language][0]
    file = compiled(tmp_path, Markers(**{kind: (function,)}), (USAGE,))
    found = identify.inspect(file)
    assert found is not None
    assert found.interpreter == f"probably_{language}"
    assert found.evidence == (f"probably an interpreter of {language}: has {function}, and its usage says '-e CODE'")


@pytest.mark.parametrize(
    ("markers", "texts"),
    [
        (Markers(exports=("luaL_loadstring",)), (b"-c FILE read settings\n",)),
        (Markers(exports=("other_function",)), (USAGE,)),
    ],
)
def test_one_of_them_alone_does_not(markers: Markers, texts: tuple[bytes, ...], tmp_path: Path) -> None:
    assert identify.identify(compiled(tmp_path, markers, texts)) == ""


def test_every_language_has_an_interpreter_of_its_own() -> None:
    assert {name for name in builtin() if name.startswith(PREFIX)} == {PREFIX + language for language in APIS}


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["x", "-e", "print(1)"], "print(1)"), (["x", "-v", "--eval=print(1)", "y"], "print(1)"), (["x", "-c", "os.exit();"], "os.exit();"),
    ],
)  # fmt: skip
def test_what_looks_like_code_is_a_guess(argv: list[str], text: str) -> None:
    found = detect(Execution(argv=tuple(argv), exe="/opt/x", interpreter="probably_lua"))
    assert found is not None
    assert [(s.interpreter, s.language, s.text) for s in found.snippets] == [("probably_lua", "lua", text)]
    assert found.risk.confidence == 0.3


def test_a_path_or_a_word_is_none() -> None:
    for argv in (["x", "-c", "/etc/x.conf"], ["x", "-e", "name"], ["x", "--command", "start"]):
        assert detect(Execution(argv=tuple(argv), interpreter="probably_lua")) is None


def test_a_name_that_a_table_describes_says_more() -> None:
    found = interpreter_of(Execution(argv=("vim", "-c", "q"), exe="/usr/bin/vim", interpreter="probably_lua"))
    assert found is not None
    assert found.id == "vim"
