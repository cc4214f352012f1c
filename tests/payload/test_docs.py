"""The reference lists every capability with its technique, points and sentence."""

from pathlib import Path

from flycatcher.core.payload import rules

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "capabilities.md"


def test_every_capability_stands_in_the_reference_as_it_is():
    text = PAGE.read_text(encoding="utf-8")
    for rule in rules.rules():
        assert f"| `{rule.id}` | {rule.technique} | {rule.points} | {rule.sentence} |" in text
