"""Under ``--deny`` no trick makes its marker, and none is silent; as root, as root called by sudo, and unprivileged."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.sensors.tricks.play import TRICKS
from tests.sensors.tricks.stage import PLAY, USERS, play, python_of, watch

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "tricks.md"
ALONE = {"supervisor", "takeover"}
"""Tricks that a run may not survive: each has one of its own."""
ROOTS = {
    "kill", "kill_both", "kill_helper", "owner_signal", "limit_memory", "score", "group_killed", "group_frozen", "seize", "write_memory",
    "open_memory", "steal_listener", "forge_message", "open_report", "cut_report", "replace_modules", "pushed_text",
}  # fmt: skip
"""Those of them that root may do more with than others."""
SUDOS = {"kill", "seize", "open_memory"}
"""From a build of sudo's caller, root's processes are out of reach anyway."""
ENDS = {"owner_signal": 125, "folder_notice": 125, "owner_signal_front": -9, "kill_own_group": -9}
"""Signals that the kernel sends for a descriptor, or to a whole group: no call names the process. The run ends, and says so."""
SILENT = {
    "registered_format",  # a file that no kernel without that namespace would run: answered as it would be there (ENOEXEC)
    "background",  # after the reports are closed
}


def users():
    return USERS if os.geteuid() == 0 else (USERS[-1],)


@pytest.fixture(scope="module", autouse=True)
def can_be_played():
    if os.geteuid() != 0:
        pytest.skip("needs root to play other users")
    tried = subprocess.run(
        [python_of("nobody"), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
        check=False,
        capture_output=True,
    )
    if tried.returncode or not os.path.exists("/usr/bin/perl"):
        pytest.skip("needs a Python for everybody, and perl")


def alone():
    """Return the tricks with a run of their own, by user."""
    played = {"nobody": None, "root": ROOTS, "sudo": SUDOS}
    names = [name for name, (place, *_) in TRICKS.items() if place in ALONE]
    return [(name, user) for name in names for user in users() if played[user] is None or name in played[user]]


@pytest.mark.parametrize(("name", "user"), alone())
def test_the_supervisor_is_not_reached(name, user):
    played = play([name], user, "--deny")
    assert played.ran == set(), played
    assert played.actions.get(name) or played.is_said
    ends = -9 if (name, user) == ("group_killed", "root") else ENDS.get(name)
    if ends is not None:
        assert played.code == ends, played
        assert ends != 125 or "the supervisor ended early" in played.stderr
    elif name == "pushed_text":
        assert (played.code, played.summary["refused_reach"]) == (0, 1), played
    else:
        assert (played.code, played.summary["denied"] > 0) == (0, True), played


@pytest.mark.parametrize("user", users())
@pytest.mark.parametrize("place", ["path", "namespace", "unread", "start", "file", "text"])
def test_nothing_runs_and_nothing_is_silent(place, user):
    names = [name for name, (of, *_) in TRICKS.items() if of == place]
    played = play(names, user, "--deny")
    assert played.ran == set(), played
    silent = {name for name in names if not played.actions.get(name)} - SILENT
    assert len(silent) <= played.summary["refused_unread"], (silent, played)
    assert not any("observed" in actions for actions in played.actions.values()), played.actions


@pytest.mark.parametrize("user", users())
def test_text_is_refused_where_the_part_of_it_that_was_seen_is_harmless(user):
    names = [name for name, (of, *_) in TRICKS.items() if of == "text"]
    played = play(names, user, "--deny=high")
    assert played.ran == set()
    assert {name: set(played.actions[name]) for name in names} == {name: {"denied"} for name in names}


@pytest.mark.parametrize("user", users())
def test_where_the_run_only_observes_every_path_is_recorded(user):
    blinding = {"proc_hidden", "proc_forged"} if user == "root" else set()  # only who enforces keeps mounts of its own
    wanted = {"path", "namespace", "file"}
    names = [name for name, (of, *_) in TRICKS.items() if of in wanted and name not in SILENT | blinding]
    played = play(names, user)
    assert played.ran == set(names)
    assert [name for name in names if "observed" not in played.actions.get(name, ())] == []
    assert played.summary["lost"] == 0


@pytest.mark.parametrize("name", ["kill", "terminate", "owner_signal"])
def test_without_deny_the_build_goes_on_and_that_is_said(name):
    played = play([name], "nobody")
    assert name in played.ran
    assert "the supervisor ended early" in played.stderr
    assert "the command goes on unobserved" in played.stderr


@pytest.mark.parametrize("name", ["kill", "terminate", "limit_descriptors"])
def test_fail_on_guards_the_supervisor_too(name):
    played = play([name], "nobody", "--fail-on", "all")
    assert (played.code, played.actions.get(name)) == (10, ["observed"])


def test_what_is_watched_is_seen_or_said():
    names = [name for name in TRICKS if name != "background"]  # orphans are not in the tree that the test looks at
    played = watch(names, "nobody")
    assert played.code == 0
    unseen = [name for name in names if not played.actions.get(name)]
    assert len(unseen) <= played.summary["lost"], (unseen, played.notices)
    assert set(unseen) <= {"loader_of_a_library", "loader_of_a_descriptor", "overlaid"}, played.notices


def test_what_is_watched_and_is_to_be_killed_is_killed():
    names = [name for name, (place, *_) in TRICKS.items() if place in {"path", "takeover"}]
    played = watch(names, "nobody", "--kill", "all", "--enforce")
    assert [name for name in names if "killed" not in played.actions.get(name, ())] == []


def test_the_document_names_every_trick_and_none_runs_in_it():
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", DOCUMENT.read_text(), re.MULTILINE)
    documented = {row[0].replace("\\|", "|").strip("`"): row[1:] for row in rows}
    assert [text for _, text, _ in TRICKS.values() if text not in documented] == []
    denied = {text: cells[1:3] for text, cells in documented.items()}
    assert [text for text, cells in denied.items() if any(cell.startswith("ran") for cell in cells)] == []
    assert [text for text, cells in documented.items() if "not recorded" in cells[3]] == []


def test_the_player_needs_nothing_but_the_standard_library():
    for path in PLAY.glob("*.py"):
        assert "import flycatcher" not in path.read_text()
