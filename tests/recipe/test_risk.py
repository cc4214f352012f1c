"""The risk of a detection: its levels, its reasons, and that more evil never scores less."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.core.payload import analyse, rules
from flycatcher.core.payload.model import Analysis, Capability, Evidence, Layer
from flycatcher.core.recipe.risk import VERSION, assess, level_of
from flycatcher.core.snippet import Snippet

BY_ID = {rule.id: rule for rule in rules.rules()}

SNIPPET = Snippet(interpreter="python", language="python", vector="argument", text="x")


def capability(rule):
    evidence = (Evidence(layer=0, span=(0, 1), quote="x"),)
    return Capability(
        id=rule.id,
        technique=rule.technique,
        sentence=rule.sentence,
        points=rule.points,
        covers=tuple(sorted(rule.covers)),
        evidence=evidence,
    )


def analysed(rule_ids, **fields):
    found = tuple(capability(BY_ID[name]) for name in sorted(rule_ids))
    layers = (Layer(text="x", language="python"),)
    return [(SNIPPET, Analysis(layers=layers, capabilities=found, **fields))]


def test_levels_have_fixed_bounds():
    assert [level_of(score) for score in (0, 1, 24, 25, 49, 50, 79, 80, 100)] == [
        "none",
        "low",
        "low",
        "medium",
        "medium",
        "high",
        "high",
        "critical",
        "critical",
    ]


def test_harmless_shape_scores_nothing_and_anything_else_something():
    assert assess(analysed((), shape="import probe")).score == 0
    assert assess(analysed(())).score == 5
    assert assess(analysed(())).reasons[0].text == "the code is in no file that anybody could have reviewed"


def test_reasons_add_up_and_name_their_evidence():
    risk = assess(analysed(("shell.spawn", "process.spawn", "privilege.setuid")))
    assert (risk.score, risk.level, risk.version) == (95, "critical", VERSION)
    assert [(reason.points, reason.capability) for reason in risk.reasons] == [
        (60, "shell.spawn"),
        (30, "privilege.setuid"),
        (5, ""),
        (0, "process.spawn"),
    ]
    assert risk.reasons[0].evidence[0].span == (0, 1)


def test_doubt_raises_attention_and_lowers_confidence():
    plain = assess(analysed(("process.spawn",)))
    for parse in ("partial", "not parsed"):
        doubtful = assess(analysed(("process.spawn",), parse=parse))
        assert doubtful.score > plain.score
        assert doubtful.confidence < plain.confidence == 1.0
    cut = Execution(argv=("python3",), fidelity=Fidelity(truncated=True))
    assert assess(analysed(("process.spawn",)), cut).score == plain.score + 10


def test_text_that_was_not_seen_is_a_reason():
    unseen = Snippet(interpreter="sh", language="shell", vector="stdin")
    risk = assess([(unseen, Analysis(layers=(), parse="not parsed"))])
    assert "a text was not seen" in [reason.text for reason in risk.reasons]
    assert risk.confidence == 0.3


def test_context_adds_what_it_makes_worse():
    web = Execution(argv=("php",), ancestry=(Process(comm="sh"), Process(comm="nginx")))
    socket = Execution(argv=("sh",), stdin="socket")
    hidden = Execution(argv=("[kworker]",), exe="/usr/bin/perl5.36")
    for execution, text in (
        (web, "a web server started it"),
        (socket, "standard input is a network connection"),
        (hidden, "the program goes by a name that is not its file's"),
    ):
        risk = assess(analysed(("process.spawn",)), execution)
        assert text in [reason.text for reason in risk.reasons]


def test_a_version_in_the_name_hides_nothing():
    plain = Execution(argv=("python3",), exe="/usr/bin/python3.11")
    assert assess(analysed(()), plain).score == 5


IDS = st.frozensets(st.sampled_from(sorted(BY_ID)), max_size=12)


@settings(max_examples=300, deadline=None)
@given(IDS, IDS, st.sampled_from(("parsed", "partial", "not parsed")))
def test_more_capabilities_never_score_less(some, more, parse):
    assert assess(analysed(some, parse=parse)).score <= assess(analysed(some | more, parse=parse)).score
    assert assess(analysed(some, shape="import probe")).score <= assess(analysed(some)).score


@pytest.mark.parametrize(
    ("origin", "level"),
    [
        ("curl -s http://h/x", "high"),
        ("wget -qO- https://10.0.0.1/x", "high"),
        ("curl -s https://h/x", "medium"),
        ("cat x", "low"),
    ],
)
def test_a_program_straight_from_the_network_counts_by_how_it_comes(origin, level):
    unseen = Snippet(interpreter="perl", language="perl", vector="stdin", text=None)
    execution = Execution(argv=("perl",), stdin="pipe", context={"stdin.from": origin})
    assert assess([(unseen, analyse(unseen))], execution).level == level


def test_code_loaded_from_a_file_that_anybody_may_write_to_is_worse():
    def loaded(path):
        snippet = Snippet(interpreter="ruby", language="ruby", vector="environment", text=None, path=path)
        return assess([(snippet, analyse(snippet))]).score

    assert loaded("/tmp/x.rb") == loaded("/opt/x.rb") + 30
