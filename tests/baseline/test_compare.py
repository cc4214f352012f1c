"""A run held against a baseline: known, new with the difference, gone."""

from __future__ import annotations

from msgspec import structs

from flycatcher.core.baseline.compare import UNSEEN, Known, changes
from flycatcher.core.baseline.entry import Baseline, StartedBy
from flycatcher.core.baseline.observe import entry_of
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from tests.baseline.test_entries import LOUD, PRINTS

STABLE = structs.replace(PRINTS, run="")


def known(*entries: object) -> Known:
    return Known(Baseline(entries=entries))  # type: ignore[arg-type]


def test_what_is_the_same_or_less_is_known() -> None:
    able = structs.replace(STABLE, capabilities=("file.read", "file.write"), level="medium")
    assert known(able).covers(structs.replace(able, capabilities=("file.read",), level="low"))


def test_the_same_text_is_new_where_it_does_more_and_the_difference_says_what() -> None:
    held = known(STABLE)
    more = structs.replace(STABLE, capabilities=("network.send",), level="medium")
    assert not held.covers(more)
    assert str(held.difference(more)) == (
        "the same text now also does network.send; its level is medium, known as none "
        f"(nearest: {STABLE.id}, 'print(<number>)' by make)"
    )


def test_the_same_text_is_new_where_somebody_else_starts_it() -> None:
    other = structs.replace(STABLE, started_by=StartedBy(program="npm", package="left-pad", hook="postinstall"))
    held = known(STABLE)
    assert not held.covers(other)
    assert held.covers(other, whoever=True)
    assert held.difference(other).what == "the same text is known, started by make"


def test_a_job_counts_only_where_both_are_known() -> None:
    here, there = (
        structs.replace(STABLE, started_by=StartedBy(program="make", job=job)) for job in ("test", "publish")
    )
    assert known(here).covers(STABLE)
    assert known(STABLE).covers(here)
    assert not known(here).covers(there)


def test_the_nearest_text_is_named_with_what_is_different() -> None:
    other = structs.replace(STABLE, shape="1" * 16, text="print(<number>); evil()")
    difference = known(STABLE).difference(other)
    assert (difference.nearest, difference.what) == (STABLE, "'' is now '; evil()'")


def test_a_grave_text_is_known_only_as_it_was_accepted() -> None:
    accepted = structs.replace(LOUD, accept="our installer, reviewed")
    held = known(accepted, STABLE)
    assert held.covers(LOUD)
    assert not held.covers(structs.replace(LOUD, level="critical"))
    assert not held.covers(structs.replace(LOUD, capabilities=(*LOUD.capabilities, "persistence.cron")))
    waiting = known(LOUD)
    assert not waiting.covers(LOUD)
    assert waiting.difference(LOUD).what == "it waits to be accepted"


def test_what_only_one_run_has_seen_is_never_gone() -> None:
    held = known(STABLE, structs.replace(STABLE, shape="1" * 16, run="aaaa0001"), structs.replace(LOUD, run=""))
    assert [entry.id for entry in held.gone()] == [STABLE.id]
    assert held.covers(STABLE)
    assert list(held.gone()) == []


def test_two_baselines_are_compared() -> None:
    found = changes(Baseline(entries=(STABLE,)), Baseline(entries=(LOUD,)))
    assert ([entry.id for entry, _ in found.new], [entry.id for entry in found.gone], found.same) == (
        [LOUD.id], [STABLE.id], 0,
    )  # fmt: skip


def test_an_accepted_entry_that_is_learnt_again_is_not_gone() -> None:
    found = changes(
        Baseline(entries=(structs.replace(LOUD, accept="our installer, reviewed"),)), Baseline(entries=(LOUD,))
    )
    assert (found.new, found.gone, found.same) == ((), (), 1)


def seen(text: str, *, root: str = "/src", **fields: object):
    found = detect(Execution(argv=("python3", "-c", text), cwd=root, **fields))  # type: ignore[arg-type]
    assert found is not None
    return entry_of(found, root=root)


def test_an_entry_holds_no_path_of_the_machine() -> None:
    def entry(root: str):
        chain = (
            Process(comm="sh", exe="/bin/sh", argv=("sh", f"{root}/tools/gen.sh"), cwd=root),
            Process(comm="make", exe="/usr/bin/make", argv=("make",), cwd=root),
        )
        return seen(f"open('{root}/x', 'w').write('/tmp/tmpab12cd34')", root=root, ancestry=chain)

    here, there = entry("/home/me/src"), entry("/builds/7/project")
    assert here == there
    assert here.text == "open('<folder>/x', 'w').write('<temporary>')"
    assert here.started_by == StartedBy(program="make", script="tools/gen.sh")


def test_a_hook_is_known_by_its_package() -> None:
    env = {"npm_lifecycle_event": "postinstall", "npm_package_name": "left-pad", "npm_package_version": "1.3.0"}
    assert seen("print(1)", env=env).started_by == StartedBy(program="npm", package="left-pad", hook="postinstall")


def test_an_argument_is_seen_whole_where_only_stdin_was_not_captured() -> None:
    assert seen("print(1)", fidelity=Fidelity(sensor="ebpf", stdin="not captured")) == seen("print(1)")


def test_a_text_that_was_not_seen_whole_is_never_known() -> None:
    execution = Execution(
        argv=("python3", "-"), stdin="pipe", stdin_text="print(1)", fidelity=Fidelity(sensor="seccomp", stdin="partial")
    )
    found = detect(execution)
    assert found is not None
    assert entry_of(found) is None
    held = known(STABLE)
    assert not held.covers(None)
    assert held.difference(None).what == UNSEEN
