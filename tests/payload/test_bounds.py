"""Hostile texts: nothing raises, spans lie inside, work and memory are bounded.

Work is counted, so that a slow machine changes no answer; what a count costs in seconds is for ``bench/bench_bounds.py``.
"""

import gc
import os
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.core.payload import Limits, analyse, rules
from flycatcher.core.payload.evaluator.evaluation import Evaluation
from flycatcher.core.payload.frontends import marked, tree_sitter
from flycatcher.core.payload.language import language_named, languages
from flycatcher.core.payload.languages.python import lowering
from flycatcher.core.payload.scan import LEAST_NODES, LayerScan
from flycatcher.core.payload.source import Source

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
FRONT_ENDS = ("python", "perl", "javascript", "shell", "awk", "tcl", "emacs-lisp", "powershell", "m4", "gdb")
LIMITS = Limits()


@pytest.fixture
def work(monkeypatch):
    """Counts the work of every analysis: expressions, nodes, tokens, the parsers' operations, characters that are searched."""
    counts = Counter()
    evaluate, read, search, shorten = Evaluation.eval, LayerScan.run, rules.values_in, lowering.shorten

    def counted_eval(self, node):
        counts["steps"] += 1
        return evaluate(self, node)

    def counted_layer(self):
        counts["layers"] += 1
        nodes = self.scan.nodes
        read(self)
        counts["nodes"] += nodes - self.scan.nodes

    def counted_search(text):
        counts["searched"] += len(text)
        return search(text)

    def counted_tokens(source, tokens):
        shorten(source, tokens)
        counts["tokens"] += sum(1 for _ in lowering.TOKEN.finditer(source.head))

    class CountedFeed(tree_sitter.Feed):
        def release(self):
            counts["parsing"] += self.work
            super().release()

    monkeypatch.setattr(Evaluation, "eval", counted_eval)
    monkeypatch.setattr(LayerScan, "run", counted_layer)
    monkeypatch.setattr(rules, "values_in", counted_search)
    monkeypatch.setattr(lowering, "shorten", counted_tokens)
    monkeypatch.setattr(tree_sitter, "Feed", CountedFeed)
    return counts


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("language", FRONT_ENDS)
def test_the_work_for_any_text_is_bounded(name, language, work):
    text = SHAPES[name]
    check(analyse(snippet(text, language), nested=nested))
    assert work["steps"] <= LIMITS.steps + 1
    assert work["layers"] <= LIMITS.layers
    assert work["nodes"] <= LIMITS.nodes + LEAST_NODES * LIMITS.layers
    assert work["tokens"] <= 2 * (LIMITS.nodes + LEAST_NODES * LIMITS.layers)
    assert work["parsing"] <= 2 * LIMITS.parsing
    assert work["searched"] <= 8 * LIMITS.decoded_bytes


def test_a_grammar_that_works_too_much_is_stopped_and_the_layer_says_so(work):
    found = analyse(snippet('"' * 200_000 + "\nopen(F, '/root/.aws/credentials')", "perl"))
    assert LIMITS.parsing // 4 <= work["parsing"] <= LIMITS.parsing
    assert (found.parse, [c.id for c in found.capabilities]) == ("partial", ["credentials.files"])
    assert "the text goes on after the part that is parsed" in found.notes


def test_a_scanner_that_never_asks_is_stopped(work):
    found = analyse(snippet("\0" * 200_000 + "\ncat /root/.aws/credentials", "shell"))
    assert work["parsing"] <= 2 * LIMITS.parsing
    assert (found.parse, [c.id for c in found.capabilities]) == ("partial", ["credentials.files"])


def test_the_same_work_is_done_every_time(work):
    counts = []
    for _ in range(2):
        work.clear()
        analyse(snippet("`" * 100_000, "ruby"))
        counts.append(dict(work))
    assert counts[0] == counts[1]


def test_pythons_parser_gets_whole_statements_of_a_dense_text():
    source = Source("if a:\n  b=1;c=2\n" * 15_000, LIMITS.text_bytes)
    lowering.parse(source, 1_000)
    assert (source.head.count("if a:"), source.head[-9:], source.whole) == (200, " b=1;c=2\n"[-9:], False)


def test_a_function_over_a_long_text_costs_steps_by_its_length(work):
    found = analysis("x = 'a ' * 900000\n" + "x.split()\n" * 9_000)
    assert work["steps"] < 100
    assert "the analysis ended at its bound before the end of the text" in found.notes


def test_modules_imported_whole_cost_a_step_for_each_name_that_is_looked_up(work):
    found = analysis("".join(f"from m{number} import *\n" for number in range(300)) + "b\n" * 20_000)
    assert work["steps"] < 2_000
    assert found.parse == "partial"


@pytest.mark.parametrize(
    ("language", "piece"), [("m4", "syscmd("), ("make", "$(shell a) "), ("rpm", "%(a"), ("postscript", "%pipe%a")]
)
def test_marks_inside_marks_hand_on_a_few_times_the_text_at_most(language, piece):
    source = Source(piece * 20_000, LIMITS.text_bytes)
    program = language_named(language).parse(source, LIMITS.nodes)
    assert sum(len(item.args[0].value) for item in program.body.items) <= marked.OVERLAP * len(source.head)


@pytest.mark.parametrize("language", ["awk", "r", "c", "powershell"])
def test_a_chain_of_assignments_or_casts_is_read_to_a_bounded_depth(language):
    for text in ("a=" * 3_000 + "1", "[a]" * 3_000 + "1", "$a=" * 3_000 + "1"):
        check(analyse(snippet(text, language)))


@pytest.mark.parametrize("language", ["r", "julia", "powershell"])
def test_what_stands_behind_many_words_of_one_line_is_read(language):
    call = {"r": 'system("id")', "julia": "run(`id`)", "powershell": "Start-Process id"}[language]
    separator = "; " if language == "powershell" else " "
    assert "process.spawn" in capabilities("1 2 " * 2_000 + separator + call, language)


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
    assert (found.layers, found.parse, found.notes) == ((), "not parsed", ("text not captured",))


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
