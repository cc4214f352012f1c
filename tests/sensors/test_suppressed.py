"""What a configuration accepts, live: it runs, is counted apart, and fails nothing; everything else still does."""

from __future__ import annotations

import datetime as dt

import pytest

from .conftest import PYTHON

CODE, OTHER = "print('accepted')", "print('another')"
SUPPRESS = '[[suppress]]\nfingerprint = "{}"\nreason = "reviewed by hand"\nowner = "team"\nuntil = {}\n'
FUTURE, PAST = dt.date(9999, 1, 1), dt.date(2000, 1, 1)
ALL = ("--fail-on", "all")


@pytest.fixture
def accepting(observe, tmp_path):
    """Run texts with the first one's detection accepted, until a day."""

    def run(until: dt.date, *options: str, texts: tuple[str, ...] = (CODE,), fingerprint: str = ""):
        known = observe(PYTHON, "-ISc", CODE).records[0]["id"]
        config = tmp_path / "named.toml"
        config.write_text(SUPPRESS.format(fingerprint or known, until))
        (tmp_path / "report.jsonl").unlink()
        script = "; ".join(f'{PYTHON} -ISc "{text}"' for text in texts)
        return observe("sh", "-c", f"{script}; :", options=("--config", str(config), *options))

    return run


def counted(seen) -> tuple[int, int]:
    return seen.summary["detections"], seen.summary["suppressed"]


def test_what_is_accepted_fails_no_run_and_is_counted_apart(accepting):
    seen = accepting(FUTURE, *ALL)
    assert (seen.code, seen.stdout, counted(seen)) == (0, "accepted\n", (0, 1))
    assert [record["policy"] for record in seen.records] == [
        {
            "action": "suppressed",
            "reason": "reviewed by hand (team, until 9999-01-01)",
            "rule": seen.records[0]["id"],
        }
    ]


def test_beside_what_is_accepted_another_text_fails_the_run(accepting):
    seen = accepting(FUTURE, *ALL, texts=(CODE, OTHER))
    assert (seen.code, seen.stdout, counted(seen)) == (10, "accepted\nanother\n", (1, 1))


def test_another_fingerprint_accepts_nothing(accepting):
    seen = accepting(FUTURE, *ALL, fingerprint="0123456789abcdef")
    assert (seen.code, counted(seen)) == (10, (1, 0))


def test_what_was_accepted_until_a_day_that_has_passed_fails_the_run(accepting):
    seen = accepting(PAST, *ALL)
    assert (seen.code, counted(seen)) == (10, (1, 0))
    assert "ended on 2000-01-01 and has no effect" in seen.stderr


def test_with_ignores_off_nothing_is_accepted(accepting):
    seen = accepting(FUTURE, *ALL, "--no-ignores")
    assert (seen.code, counted(seen)) == (10, (1, 0))


def test_what_is_accepted_is_not_denied_and_the_rest_is(accepting):
    seen = accepting(FUTURE, "--deny", texts=(CODE, OTHER))
    assert (seen.stdout, seen.summary["denied"], seen.summary["suppressed"]) == ("accepted\n", 1, 1)
