"""Positions as an editor counts them, against the plainest way to count."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from flycatcher.commands.lsp.place import home
from flycatcher.commands.lsp.text import Text

TEXTS = st.text(st.sampled_from("ab\r\n\u00e9\u2028\x0c\U0001f680\ud800"), max_size=30)
UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def units(text: str, encoding: str) -> int:
    codec, size = UNITS[encoding]
    return len(text.encode(codec)) // size


@given(TEXTS, st.sampled_from(sorted(UNITS)))
def test_every_offset_is_found_again(text, encoding):
    counted = Text(text, encoding)
    for offset in range(len(text) + 1):
        before = counted.text[:offset]
        if before.endswith("\r") and counted.text[offset : offset + 1] == "\n":
            continue
        lines = re.split(r"\r\n|\n|\r", before)
        assert counted.position(offset) == (len(lines) - 1, units(lines[-1], encoding))
        assert counted.offset(counted.position(offset)) == offset


def test_a_position_behind_the_end_is_the_end():
    text = Text("a\U0001f680\r\nb")
    assert [text.offset(each) for each in ((0, 1), (0, 2), (0, 3), (0, 99), (1, 0), (1, 99), (9, 0), (-1, -1))] == [
        0 + 1,
        1,
        2,
        2,
        4,
        5,
        5,
        0,
    ]


@given(TEXTS, st.tuples(st.integers(0, 4), st.integers(0, 9)), st.tuples(st.integers(0, 4), st.integers(0, 9)), TEXTS)
def test_a_change_replaces_what_is_between_its_ends(text, low, high, new):
    before = Text(text)
    start = before.offset(low)
    end = max(start, before.offset(high))
    assert before.changed(low, high, new).text == before.text[:start] + Text(new).text + before.text[end:]


def test_a_document_is_shown_by_its_path_in_the_repository(tmp_path):
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/sub").mkdir()
    uri = (tmp_path / "repo/sub/a b.sh").as_uri()
    assert home(uri) == ("sub/a b.sh", str(tmp_path / "repo"))
    assert home(uri, [(tmp_path / "repo/sub").as_uri()]) == ("sub/a b.sh", str(tmp_path / "repo/sub"))
    assert home(uri, [tmp_path.as_uri()]) == ("sub/a b.sh", str(tmp_path / "repo"))
    assert home((tmp_path / "x.sh").as_uri(), [tmp_path.as_uri()]) == ("x.sh", str(tmp_path))
    assert home("untitled:Untitled-1") == ("Untitled-1", "")
    assert home("http://[") == ("[", "")
