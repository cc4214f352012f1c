"""Lines that are fitted to a terminal."""

from __future__ import annotations

import io

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flycatcher.layout import cells, colours, columns, window, window_start, wrapped
from flycatcher.sinks.formats.paint import STYLES, coloured, plain
from flycatcher.wording import counted


def test_a_line_breaks_at_words_and_goes_on_below_its_text() -> None:
    assert wrapped("  fix: put the text into a file that is reviewed, and run that file", 40) == [
        "  fix: put the text into a file that is",
        "       reviewed, and run that file",
    ]
    assert wrapped("   +25 downloads something and runs it as it comes", 40) == [
        "   +25 downloads something and runs it",
        "       as it comes",
    ]
    assert wrapped("    12 | one two three four five six seven eight", 40) == [
        "    12 | one two three four five six",
        "       | seven eight",
    ]
    assert wrapped("short", 40) == ["short"]
    assert wrapped("any length " * 30, 0) == ["any length " * 30]


def test_a_word_that_no_line_can_hold_is_cut() -> None:
    assert wrapped("text: " + "x" * 60, 40) == ["text: " + "x" * 34, "      " + "x" * 26]


def test_styles_take_no_room_and_stay_whole() -> None:
    line = f"risk: {coloured('high', 'high')} " + "word " * 12
    found = wrapped(line.rstrip(), 40)
    assert [cells(part) <= 40 for part in found] == [True] * len(found)
    assert " ".join(" ".join(found).split()) == line.rstrip()


@given(
    st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=300), st.integers(40, 200)
)
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    for line in (text, f"  12 | {text}", f"  {coloured('text', text)}"):
        found = wrapped(line, width)
        assert max(map(cells, found)) <= width
        assert "".join("".join(found).replace("|", "").split()) == "".join(line.replace("|", "").split())


def test_a_window_shows_what_is_asked_for_and_marks_what_it_cuts_off() -> None:
    text = "0123456789" * 10
    assert window(text, 0, 10) == "012345678…"
    assert window(text, 90, 10) == "…123456789"
    assert window(text, 50, 10) == "…12345678…"
    assert window("short", 0, 10) == "short"
    assert window("日本語日本語", 0, 8) == "日本語…"


def test_a_window_moves_only_where_the_place_would_not_show() -> None:
    assert window_start(5, 20, 30) == 0
    assert window_start(70, 90, 30) == 62
    assert window_start(70, 75, 30) == 53  # what stands before it is of use where there is room
    assert window_start(2, 90, 30) == 0


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(("given_columns", "width"), [("20", 40), ("72", 72), ("900", 200), ("", 0), ("wide", 0)])
def test_a_terminals_width_is_kept_within_bounds(
    monkeypatch: pytest.MonkeyPatch, given_columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", given_columns)
    assert columns(Terminal()) == width
    assert columns(io.StringIO()) == 0


def test_colours_are_for_terminals_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert [colours(Terminal()), colours(io.StringIO())] == [True, False]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colours(Terminal())


def test_a_role_has_a_style_and_an_unknown_one_has_none() -> None:
    assert all(click.unstyle(coloured(role, "x")) == "x" != coloured(role, "x") for role in STYLES)
    assert [coloured("frightful", "x"), coloured("high", ""), plain("high", "x")] == ["x", "", "x"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((0, "file"), "0 files"),
        ((1, "file"), "1 file"),
        ((2, "file"), "2 files"),
        ((1, "process", "processes"), "1 process"),
        ((3, "process", "processes"), "3 processes"),
        ((1, "row is", "rows are"), "1 row is"),
    ],
)
def test_a_number_has_its_noun(words: tuple[int, str], text: str) -> None:
    assert counted(*words) == text
