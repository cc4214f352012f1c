"""The quick questions that are asked of every text answer what the plain expressions would."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flycatcher.core.interpreters import by_name
from flycatcher.core.interpreters.engine import catalog
from flycatcher.core.interpreters.names import entry_of, grammar_of, interpreter_by_name, may_name
from flycatcher.core.planted_places import PLACES, held_needles, place_of
from flycatcher.core.regex import behind_needles, needles
from flycatcher.core.shell.spelling import spans, tokens, tricks, without_quotes

TEXTS = st.text(alphabet="ab1_.+-/ \t\n\\'\"`$\u00e9\u2028", max_size=40)


@given(TEXTS)
def test_words_are_those_that_begin_as_a_name_does(text):
    assert tokens(text) == set(re.findall(r"(?<![\w.+-])[A-Za-z_][\w.+-]*", text))


@given(TEXTS)
def test_quotes_are_taken_out_as_one_expression_would(text):
    assert without_quotes(text) == re.sub(r"\\[\\\n]|['\"\\`]", lambda match: " " if match[0] == "`" else "", text)


@given(st.sampled_from(["a", "ab", "a.b", "_a"]), TEXTS)
def test_a_word_is_found_wherever_it_stands_by_itself(word, text):
    expected = [match.span() for match in re.finditer(rf"(?<![\w.+-]){re.escape(word)}(?![\w.+-])", text)]
    assert list(spans(word, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "$'x'", r"\x41", r"\101", r"\u0041", "base64", "cd  /dev", "eval x", "alias p=q", "{a,b}  -c", "{a,'-c'}", "{${x},-c", "trap '$x' 0",
        "<(x)", ">(x)", "a ??", "/dev/fd/3", "a\U000f0000b",
    ],
)  # fmt: skip
def test_a_trick_is_seen(text):
    assert tricks(text)
    assert tricks(f"make all\n{text}\n")


@pytest.mark.parametrize(
    "text", ["cd /tmp", "evaluate", "aliased", "{ a; }", "{a,b}", "trap x 0", "\\n", "a < b", "\U000f0000b", "base"]
)
def test_what_only_looks_like_a_trick_is_none(text):
    assert not tricks(text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"abc|d\.e", ("abc", "d.e")),
        (r"\.(?:run|sudo)\(", (".run(", ".sudo(")),
        (r"(?:ba|da)?sh", ("sh",)),
        (r"\bsh\b(?:a|bc)(?<!x)d", ("shad", "shbcd")),
        (r"x[0-9]+longer|y", ("longer", "y")),
        (r"a(?=longer)b", ("ab",)),
        (r"ab+c", ("a",)),
        (r"ab{2}cd", ("cd",)),
        (r"(?:a|b)*", ("",)),
        (r"a|", ("",)),
        (r"(?i:abc)", ("",)),
        (rb"a\.b", ("a.b",)),
    ],
)
def test_a_pattern_needs_one_of_its_needles(pattern, expected):
    assert needles(pattern) == expected


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", r"\.", "[ab]", ".", r"\b", "(?=a)", "(?<!b)"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from("?*+")).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text(alphabet="ab.", max_size=12))
def test_no_needle_hides_a_match(pattern, text):
    found = re.search(pattern, text)
    assert found is None or any(needle in found[0] for needle in needles(pattern))
    assert (behind_needles(pattern).search(text) is None) == (found is None)


def test_a_quick_look_at_a_name_denies_none():
    """Every name of the registry, as a program, with a version, and as a variable that holds one."""
    literals = {literal for entry in catalog.entries() for literal in entry.literals if len(literal) > 1}
    forms = ("{0}", "{0}3", "{0}-3.11", "{0}-static", "{1}", "{1}_BIN", "MY_{1}", "{1}3", "r{0}", "g{0}")
    words = [form.format(literal, literal.upper()) for literal in literals for form in forms]
    known = [w for w in words if grammar_of(w) or entry_of(w) or by_name(interpreter_by_name(w.strip("_")))]
    assert len(known) > 700
    assert [word for word in known if not may_name(word)] == []


def test_the_needles_of_places_are_in_every_place():
    paths = [
        "/etc/cron.d/x",
        "a/systemd/system/b",
        "x.timer",
        ".bashrc",
        "/home/u/.zlogin",
        "Makefile",
        "a/GNUmakefile",
        "b.mk",
        "at:",
        "x/.env.local",
    ]
    assert [path for path in paths if place_of(path) is None or not held_needles(path)] == []
    assert held_needles("make all\ninstall -m 644 readme out/\n") == ()
    assert all("" not in needles(place.pattern) for place in PLACES)
