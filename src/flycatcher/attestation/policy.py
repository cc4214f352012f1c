"""What an attested build must be like to pass: a gate for CI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from flycatcher.core.errors import DETECTED
from flycatcher.core.levels import at_least
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.attestation.statement import Detected, Extension, Statement

From = Literal["all", "low", "medium", "high", "critical", "never"]


class Gate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A policy file; everything is off that is not asked for."""

    no_new: bool = False
    """No detection that the baseline does not know."""
    no_loss: bool = False
    """Nothing ran that could not be read."""
    complete: bool = False
    """Every execution is in the list, and no process has outlived the command."""
    succeeded: bool = False
    """The command's exit code was 0."""
    fail_on: From = "never"
    """No detection from this level on, but for those that are accepted."""
    forbid_interpreters: tuple[str, ...] = ()
    """Interpreters that were given no program text, by their ids."""
    allow_ids: tuple[Annotated[str, Meta(pattern="^[0-9a-f]{16}$")], ...] = ()
    """Detections that pass in any case."""
    commit: str = ""
    """The commit that must have been built."""


class Objection(Struct, frozen=True):
    """Why a build does not pass."""

    text: str
    code: int = 1
    """The exit code that it asks for."""


def objections(statement: Statement, gate: Gate, subjects: Mapping[str, str]) -> Iterator[Objection]:
    """Yield why a build does not pass; ``subjects``: SHA-256 by name of the files that it must be about."""
    known = {each.digest.get("sha256") for each in statement.subject}
    for name, digest in subjects.items():
        if digest not in known:
            yield Objection(f"{name} is none of its subjects: its SHA-256 is {digest}")
    extension = statement.predicate.flycatcher
    yield from _about_the_build(extension, gate)
    yield from _about_the_trace(extension, gate)
    yield from _about_detections(extension, gate)


def _about_the_build(extension: Extension, gate: Gate) -> Iterator[Objection]:
    if gate.succeeded and extension.exit_code:
        yield Objection(f"the command failed with exit code {extension.exit_code}")
    commits = [each["digest"].get("gitCommit") for each in extension.materials if isinstance(each.get("digest"), dict)]
    if gate.commit and gate.commit not in commits:
        yield Objection(f"it was not built from the commit {gate.commit}")


def _about_the_trace(extension: Extension, gate: Gate) -> Iterator[Objection]:
    found = extension.completeness
    if (gate.no_loss or gate.complete) and not found.observed:
        yield Objection("nothing was observed")
    if gate.no_loss and (found.lost or found.losses):
        lost = counted(max(found.lost, len(found.losses)), "execution ran", "executions ran")
        yield Objection(f"{lost} without having been read")
    if gate.complete and found.omitted:
        yield Objection(f"{counted(found.omitted, 'execution is', 'executions are')} not in the list")
    if gate.complete and found.outlived:
        yield Objection(f"{counted(found.outlived, 'process has', 'processes have')} outlived the command")


def _about_detections(extension: Extension, gate: Gate) -> Iterator[Objection]:
    if gate.no_new and not extension.baseline:
        yield Objection("it was not compared with a baseline, so that it is not known what is new")
    wanted = [each for each in extension.detections if each.id not in gate.allow_ids]
    if gate.no_new and extension.new:
        yield Objection(f"{counted(extension.new, 'detection is', 'detections are')} new", DETECTED)
    for each in wanted:
        if each.interpreter in gate.forbid_interpreters:
            yield Objection(f"{_named(each)}: this interpreter is forbidden", DETECTED)
        elif gate.fail_on != "never" and each.action != "suppressed" and at_least(each.level, gate.fail_on):
            yield Objection(f"{_named(each)}: {gate.fail_on} and above fail", DETECTED)


def _named(each: Detected) -> str:
    return f"{each.id} ({each.level}, {each.interpreter})"
