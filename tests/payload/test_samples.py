"""Every capability in every language in which it can be seen: texts that show it, and texts like them that do not.

``seen.jsonl``: the text shows the capability (it may show others). ``unseen.jsonl``: it must not. ``harmless.jsonl``: what builds
and operators run all day, with exactly what is said of it.
"""

import json
from pathlib import Path

import pytest

from flycatcher.core.interpreters import registry
from flycatcher.core.payload import rules
from flycatcher.core.payload.language import language_named, languages

from .helpers import analysis, capabilities, risk

SAMPLES = Path(__file__).parent / "samples"


def rows(name):
    return [json.loads(line) for line in (SAMPLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


SEEN, UNSEEN, HARMLESS = rows("seen"), rows("unseen"), rows("harmless")


def test_what_a_text_does_is_seen():
    missed = [row for row in SEEN if row["capability"] not in capabilities(row["text"], row["language"])]
    assert missed == []


def test_what_a_text_does_not_do_is_not_said():
    wrong = [row for row in UNSEEN if row["capability"] in capabilities(row["text"], row["language"])]
    assert wrong == []


def test_every_capability_has_a_sample_in_each_of_its_languages():
    have = {(row["capability"], row["language"]) for row in SEEN}
    for rule in rules.rules():
        assert any(capability == rule.id for capability, _language in have), rule.id
        for name in {*rule.calls, *rule.uses}:
            assert (rule.id, languages()[name].id) in have


def test_every_capability_has_a_counter_example():
    assert {rule.id for rule in rules.rules()} <= {row["capability"] for row in UNSEEN}


@pytest.mark.parametrize("language", sorted({row["language"] for row in HARMLESS}))
def test_everyday_texts_say_exactly_this(language):
    for row in HARMLESS:
        if row["language"] == language:
            text = row["text"]
            assert (sorted(capabilities(text, language)), risk(text, language).score) == (
                row["capabilities"],
                row["score"],
            ), text


def test_everyday_texts_do_not_alarm():
    scores = [row["score"] for row in HARMLESS]
    assert max(scores) < 50
    assert sum(score >= 25 for score in scores) / len(scores) < 0.05


def test_a_harmless_text_with_evil_behind_it_is_evil():
    evil = {
        "python": "\nimport os; os.system('/bin/sh')",
        "perl": ";exec '/bin/sh'",
        "ruby": "\nexec '/bin/sh'",
        "javascript": "\nrequire('child_process').spawn('/bin/sh')",
        "php": ";system('/bin/sh');",
        "lua": "\nos.execute('/bin/sh')",
    }
    for row in HARMLESS:
        more = evil.get(row["language"])
        if more is not None:
            found = risk(row["text"] + more, row["language"])
            assert found.score >= max(50, row["score"]), row["text"]


def test_every_interpreter_s_language_can_be_read():
    for interpreter in registry().values():
        known = language_named(interpreter.language) is not None
        assert known or not interpreter.language, interpreter.id  # loaders run programs, no text


def test_evidence_quotes_the_text_at_its_place():
    for row in SEEN:
        found = analysis(row["text"], row["language"])
        for capability in found.capabilities:
            for each in capability.evidence:
                start, end = each.span
                text = found.layers[each.layer].text
                assert 0 <= start <= end <= len(text)
                assert text.startswith(each.quote, start)
