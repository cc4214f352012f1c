"""Hostile texts: nothing raises, spans lie inside, time and memory are bounded."""

import gc
import os
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.core.payload import Limits, analyse
from flycatcher.core.payload.language import languages

from .helpers import analysis, capabilities, nested, risk, snippet

LANGUAGES = sorted({language.id for language in languages().values()})
WORDS = [
    "import", "os", "system", "exec", "eval", "(", ")", "[", "]", "{", "}", "'", '"', "`", "$", "@", "%", "\\", "\n", " ", ";", "=",
    "+", ".", "|", "<<EOF\n", "-e", "for", "in", "x", "lambda", "function", "end", "do", "qw(", "s/a/b/e", "$(", "${", "b'", "f'{",
    "/dev/tcp/1/2", "0", "7", "é", "\udcff", "\U0001f600", "\0", "\r", "base64 -d", "sh -c", "map", "=>", "->", "::", "#", "//",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS), max_size=60).map("".join) | st.text(max_size=80)


def check(found):
    for layer in found.layers:
        if layer.parent is not None:
            parent = found.layers[layer.parent].text
            assert 0 <= layer.span[0] <= layer.span[1] <= len(parent)
    for capability in found.capabilities:
        for evidence in capability.evidence:
            text = found.layers[evidence.layer].text
            assert 0 <= evidence.span[0] <= evidence.span[1] <= len(text)
            assert text[evidence.span[0] :].startswith(evidence.quote)


@settings(max_examples=400, deadline=None)
@given(TEXT, st.sampled_from(LANGUAGES))
def test_nothing_raises_and_spans_lie_inside(text, language):
    check(analyse(snippet(text, language), nested=nested))


@settings(max_examples=60, deadline=None)
@given(TEXT, st.sampled_from(("python", "perl", "ruby", "javascript", "php", "lua", "shell", "awk")))
def test_the_same_text_gives_the_same_answer(text, language):
    first = analyse(snippet(text, language), limits=Limits(layers=23))
    assert first == analyse(snippet(text, language), limits=Limits(layers=22)) or len(first.layers) > 22


SHAPES = {
    "open brackets": "(" * 300_000,
    "quotes": '"' * 300_000,
    "sum": "+".join(["a"] * 150_000),
    "members": "a" + ".b" * 150_000,
    "negations": "-" * 300_000 + "1",
    "statements": "x=1;" * 75_000,
    "one string": '"' + "A" * 2_000_000 + '"',
    "blanks": " " * 2_000_000,
    "loop that grows": "x='a'\nfor i in range(20000):\n  x=x+x\n",
    "loop without end": "$i=0;while($i<100000000){$i++;$o.=chr($i);}",
    "nested comprehensions": "[[[[a for a in range(20000)] for b in range(20000)] for c in range(20000)] for d in range(9)]",
    "recursion": "f=lambda x:f(x)+f(x)+f(x)+f(x)\nf(1)",
    "large numbers": "9**9**9**9;'a'*10**9;'%9999999d'%1;'{:>99999999}'.format(1)",
    "noise": "".join(random.Random(7).choices("abc(){}[]'\"`$;\n \\=+.,@#%|&<>", k=300_000)),
}
FRONT_ENDS = ("python", "perl", "javascript", "shell", "awk")


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("language", FRONT_ENDS)
def test_any_text_ends_in_time(name, language):
    text = SHAPES[name]
    began = time.process_time()
    found = analyse(snippet(text, language), nested=nested)
    assert time.process_time() - began < 2.0  # the goal is one second; a loaded machine may take longer
    check(found)


def test_what_lies_beyond_the_parsed_part_is_searched_and_raises_attention():
    text = "x = 1\n" * 60_000 + "open('/home/a/.ssh/id_rsa')\n"
    found = analysis(text)
    assert found.parse == "partial"
    assert "the text goes on after the part that is parsed" in found.notes
    assert "credentials.files" in {c.id for c in found.capabilities}
    assert found.shape == ""
    assert risk(text).confidence < 1.0


@pytest.mark.parametrize("depth", [60, 100, 150, 400])
def test_depth_hides_nothing(depth):
    text = "import os\n" + "(" * depth + "os.system('sh')" + ")" * depth
    assert "process.spawn" in capabilities(text)


def test_a_language_without_a_front_end_is_searched():
    found = analysis("load '/root/.aws/credentials'", "befunge")
    assert found.parse == "not parsed"
    assert [c.id for c in found.capabilities] == ["credentials.files"]


def test_equal_payloads_are_analysed_once():
    assert analyse(snippet("print(41)")) is analyse(snippet("print(41)"))


def test_text_that_was_not_seen_is_said_to_be_so():
    found = analyse(snippet(None))
    assert (found.layers, found.parse, found.notes) == ((), "not parsed", ("the text was not seen",))


def test_the_grammars_keep_no_memory():
    def resident():
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    for number in range(3):
        analyse(snippet(f'foo("bar", {number});\n' * 4_000, "perl"))
    gc.collect()
    before = resident()
    for number in range(8):
        analyse(snippet(f'foo("baz", {number});\n' * 4_000, "perl"))
    gc.collect()
    assert resident() - before < 64 * 1024 * 1024
