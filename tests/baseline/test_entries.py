"""Entries, the file that holds them, and how files are merged."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from flycatcher.core.baseline.document import parsed, rendered
from flycatcher.core.baseline.entry import Baseline, Entry, StartedBy, merged
from flycatcher.core.errors import FlycatcherError

QUICK = settings(max_examples=60, deadline=None)
PRINTS = Entry(
    interpreter="python", vector="argument", text="print(<number>)", shape="0123456789abcdef", run="aaaa0001",
    started_by=StartedBy(program="make"), written="Makefile",
)  # fmt: skip
LOUD = structs.replace(
    PRINTS, text="fetch | sh", shape="fedcba9876543210", level="high", capabilities=("network.fetch", "process.spawn")
)
FILE = """\
# What this build normally runs. Written by flycatcher; read a change to it as you read code.
# Comments, owner and accept are yours and stay. See docs/reference/baseline.md.
version = 1

[[entry]]
id = "aac21dded4fd"
interpreter = "python"
vector = "argument"
text = "print(<number>)"
started_by = { program = "make" }
written = "Makefile"
capabilities = []
level = "none"
state = "candidate"
run = "aaaa0001"
shape = "0123456789abcdef"
"""


def test_a_baseline_is_a_file_made_to_be_read() -> None:
    assert rendered(Baseline(entries=(PRINTS,))) == FILE
    assert rendered(parsed(FILE)) == FILE


def test_a_second_run_makes_an_entry_stable_and_a_third_changes_no_byte() -> None:
    def learnt(before: Baseline, run: str) -> Baseline:
        return merged([before, Baseline(entries=(structs.replace(PRINTS, run=run),))])

    first = learnt(Baseline(), "aaaa0001")
    again = learnt(first, "aaaa0001")
    second = learnt(again, "bbbb0002")
    assert [each.entries[0].state for each in (first, again, second)] == ["candidate", "candidate", "stable"]
    assert rendered(learnt(second, "cccc0003")) == rendered(second)
    assert "run = " not in rendered(second)


STABLE = structs.replace(PRINTS, run="")
REASON = "our own step, reviewed"


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        (PRINTS, "candidate"),
        (structs.replace(PRINTS, missed=True), "candidate"),
        (STABLE, "stable"),
        (structs.replace(STABLE, missed=True), "unstable"),
        (structs.replace(STABLE, missed=True, accept=REASON), "stable"),
        (structs.replace(PRINTS, accept=REASON), "stable"),
        (structs.replace(LOUD, run="", missed=True), "pending"),
        (structs.replace(LOUD, run="", missed=True, accept=REASON), "stable"),
    ],
    ids=["candidate", "candidate-missed", "stable", "unstable", "unstable-accepted", "candidate-accepted", "pending", "accepted"],
)  # fmt: skip
def test_each_state_follows_from_what_is_known(entry: Entry, state: str) -> None:
    assert entry.state == state
    assert parsed(rendered(Baseline(entries=(entry,)))).entries == (entry,)


def test_what_is_unstable_stays_so_when_it_is_seen_again_and_is_known_all_the_same() -> None:
    unstable = structs.replace(STABLE, missed=True)
    again = merged([Baseline(entries=(unstable,)), Baseline(entries=(structs.replace(PRINTS, run="dddd0004"),))])
    assert again.entries == (unstable,)
    assert unstable.covers(PRINTS)
    assert "missed = true" in rendered(again)


def test_of_two_commits_the_older_one_is_kept() -> None:
    one, two = (Baseline(entries=(structs.replace(STABLE, first=commit),)) for commit in ("a" * 12, "b" * 12))
    assert merged([two, one]).entries[0].first == "a" * 12
    age = {"a" * 12: 2, "b" * 12: 1}.__getitem__
    assert merged([one, two], age).entries[0].first == merged([two, one], age).entries[0].first == "b" * 12
    assert merged([one, Baseline(entries=(STABLE,))]).entries[0].first == "a" * 12


def test_an_entry_of_one_version_or_author_does_not_speak_of_another() -> None:
    def of(**hands: str) -> Entry:
        return structs.replace(STABLE, started_by=StartedBy(program="npm", package="left-pad", **hands))

    known, now = of(version="1.3.0", author="a@example.org"), of(version="1.4.0", author="b@example.org")
    assert known.covers(known)
    assert not known.covers(now)
    assert known.id != now.id != of().id
    assert known.covers(of())
    assert of().covers(known)
    assert now.started_by.changed_hands(known.started_by) == (
        "the version was 1.3.0 and is now 1.4.0", "the author was a@example.org and is now b@example.org",
    )  # fmt: skip


def test_a_grave_entry_waits_until_somebody_accepts_it_with_a_reason() -> None:
    assert LOUD.state == "pending"
    assert structs.replace(LOUD, run="").state == "pending"
    assert structs.replace(LOUD, accept="short").state == "pending"
    accepted = structs.replace(LOUD, accept="our installer, reviewed")
    assert accepted.state == "stable"
    assert accepted.covers(LOUD)
    assert not LOUD.covers(LOUD)


def test_comments_owner_and_acceptance_stay() -> None:
    text = FILE.replace("[[entry]]", "# ask the build team\n[[entry]]").replace(
        'level = "none"', 'level = "none" # as of today\nowner = "build team"'
    )
    text = "# ours: see the wiki\n#\n" + text
    kept = rendered(merged([parsed(text), Baseline(entries=(structs.replace(PRINTS, run="bbbb0002"),))]))
    assert "# ours: see the wiki\n" in kept
    assert "# ask the build team\n# as of today\n[[entry]]" in kept
    assert 'owner = "build team"\n' in kept
    assert rendered(parsed(kept)) == kept


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("version = 1", "version = 2"), "version 2 is not known here"),
        (('level = "none"', 'level = "harmless"'), "no baseline"),
        (('shape = "0123456789abcdef"', 'shape = ""'), "no baseline"),
        (("written", "writen"), "no baseline"),
        (("[[entry]]", "[[entry"), "no baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(change: tuple[str, str], said: str) -> None:
    with pytest.raises(FlycatcherError, match=said):
        parsed(FILE.replace(*change))


def test_an_id_that_was_written_by_hand_does_not_count() -> None:
    assert parsed(FILE.replace("aac21dded4fd", "000000000000")).entries[0].id == "aac21dded4fd"


NAMES = st.text("ab-", max_size=2)
LINES = st.lists(st.text("xy ", min_size=1, max_size=3).map(str.strip).filter(bool), max_size=2).map(tuple)
ENTRIES = st.builds(
    Entry,
    interpreter=st.sampled_from(["python", "perl"]),
    vector=st.sampled_from(["argument", "stdin"]),
    text=st.text(max_size=6),
    shape=st.sampled_from(["0" * 16, "1" * 16]),
    started_by=st.builds(StartedBy, program=NAMES, job=NAMES),
    written=NAMES,
    capabilities=st.lists(st.sampled_from(["file.read", "network.fetch"]), unique=True).map(tuple),
    level=st.sampled_from(["none", "low", "medium", "high", "critical"]),
    run=st.sampled_from(["", "aaaa0001", "bbbb0002", "cccc0003"]),
    missed=st.booleans(),
    first=st.sampled_from(["", "a" * 12, "b" * 12]),
    accept=st.sampled_from(["", "our own installer", "reviewed by us"]),
    owner=NAMES,
    comment=LINES,
)
BASELINES = st.builds(Baseline, entries=st.lists(ENTRIES, max_size=4).map(tuple), header=LINES)


def merged_files(*files: str) -> str:
    return rendered(merged([parsed(file) for file in files]))


@QUICK
@given(BASELINES, BASELINES, BASELINES)
def test_merging_files_does_not_depend_on_order_grouping_or_repetition(a: Baseline, b: Baseline, c: Baseline) -> None:
    one, two, three = (rendered(each) for each in (a, b, c))
    assert merged_files(one) == one
    assert merged_files(one, one) == one
    assert merged_files(one, two) == merged_files(two, one)
    whole = merged_files(one, two, three)
    assert merged_files(merged_files(one, two), three) == whole
    assert merged_files(one, merged_files(two, three)) == whole
    assert merged_files(whole, two) == whole


@QUICK
@given(BASELINES, BASELINES)
def test_merging_makes_nothing_known_that_nobody_has_accepted(a: Baseline, b: Baseline) -> None:
    both = merged([a, b])
    accepted = {entry.id for entry in (*a.entries, *b.entries) if entry.state != "pending"}
    assert {entry.id for entry in both.entries if entry.is_grave and entry.state != "pending"} <= accepted


@QUICK
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_kept_as_toml_keeps_it_and_nothing_of_it_is_hidden(text: str, name: str) -> None:
    made = rendered(Baseline(entries=(structs.replace(PRINTS, text=text, started_by=StartedBy(script=name)),)))
    assert tomllib.loads(made)["entry"][0]["text"] == text
    assert all(char.isprintable() or char == "\n" for char in made)
