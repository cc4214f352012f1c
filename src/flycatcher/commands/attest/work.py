"""What the subcommands of ``flycatcher attest`` do."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, structs

from flycatcher.attestation.materials import subjects
from flycatcher.attestation.policy import Gate, objections
from flycatcher.attestation.statement import Statement, read
from flycatcher.core.errors import DETECTED, FlycatcherError
from flycatcher.core.levels import LEVELS
from flycatcher.layout import echo, say
from flycatcher.signing.dsse import IN_TOTO, Envelope, is_signed, opened
from flycatcher.signing.files import read_verifier
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 1 << 28
"""Bytes of the largest attestation that is read."""


class Wanted(Struct, frozen=True):
    """The options of ``verify``."""

    key: str | None = None
    unsigned: bool = False
    policy: Path | None = None
    subjects: tuple[str, ...] = ()
    no_new: bool = False
    no_loss: bool = False
    complete: bool = False
    succeeded: bool = False
    commit: str = ""
    fail_on: str | None = None


def show(path: Path, *, statement: bool) -> None:
    """Print what an attestation says."""
    envelope, found = _read(path)
    if statement:
        sys.stdout.buffer.write(envelope.content() + b"\n")
        return
    for line in _lines(envelope, found):
        echo(visible(line))


def verify(path: Path, wanted: Wanted) -> None:
    """Judge an attestation; end with the exit code that says what came of it."""
    if bool(wanted.key) == wanted.unsigned:
        raise FlycatcherError("who must have signed it?", hint="give --key KEY, or --unsigned", code=2)
    gate, envelope = _gate(wanted), _envelope(path)
    by = ""
    if wanted.key:
        key = read_verifier(wanted.key, pem=True)
        if not is_signed(envelope, key):
            echo(f"{visible(str(path))}: not signed with the key {visible(key.label)}")
            sys.exit(1)
        by = f", signed by {visible(key.label)}"
    found = _statement(path, envelope)
    named = {each["name"]: each["digest"]["sha256"] for each in subjects(wanted.subjects)}
    against = list(objections(found, gate, named))
    for each in against:
        echo(f"{visible(str(path))}: {visible(each.text)}")
    if against:
        sys.exit(DETECTED if any(each.code == DETECTED for each in against) else 1)
    echo(f"{visible(str(path))}: passes{by}: {visible(_figures(found))}")
    if wanted.unsigned:
        say("warning: who signed it was not checked")


def _gate(wanted: Wanted) -> Gate:
    """Return the policy of a file, with the options added. Raises FlycatcherError."""
    gate = Gate()
    if wanted.policy is not None:
        try:
            gate = msgspec.convert(tomllib.loads(wanted.policy.read_text(encoding="utf-8")), Gate)
        except OSError as error:
            raise FlycatcherError(f"{wanted.policy}: {error.strerror}", hint="give a policy file", code=3) from error
        except (ValueError, RecursionError) as error:
            raise FlycatcherError(f"{wanted.policy}: {error}", hint="see the reference of attest", code=2) from error
    added = {name: True for name in ("no_new", "no_loss", "complete", "succeeded") if getattr(wanted, name)}
    stated = {name: value for name in ("commit", "fail_on") if (value := getattr(wanted, name))}
    return structs.replace(gate, **added, **stated)


def _read(path: Path) -> tuple[Envelope, Statement]:
    envelope = _envelope(path)
    return envelope, _statement(path, envelope)


def _envelope(path: Path) -> Envelope:
    """Read an envelope. Raises FlycatcherError."""
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
        return _of_ours(data)
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="run --attest writes one", code=3) from error
    except (ValueError, RecursionError) as error:
        raise FlycatcherError(f"{path}: no attestation: {error}", hint="run --attest writes one", code=3) from error


def _of_ours(data: bytes) -> Envelope:
    """Return an envelope around a statement. Raises ValueError."""
    if len(data) > _LONGEST:
        raise ValueError(f"it has more than {_LONGEST >> 20} MiB")
    envelope = opened(data)
    envelope.content()
    if envelope.payload_type != IN_TOTO:
        raise ValueError(f"its payload is {envelope.payload_type}")
    return envelope


def _statement(path: Path, envelope: Envelope) -> Statement:
    try:
        return read(envelope.content())
    except (ValueError, RecursionError) as error:
        raise FlycatcherError(
            f"{path}: no attestation of ours: {error}", hint="run --attest writes one", code=3
        ) from error


def _lines(envelope: Envelope, found: Statement) -> Iterator[str]:
    predicate = found.predicate
    signed = ", ".join(each.keyid or "a key without a name" for each in envelope.signatures)
    yield f"signed by   {signed or 'nobody'} (not checked)"
    for subject in found.subject:
        digests = " ".join(f"{name}:{value}" for name, value in subject.digest.items())
        yield f"subject     {subject.name} {digests}"
    for each in predicate.flycatcher.materials:
        yield f"material    {each.get('name', '')} {each.get('digest', '')}"
    yield f"job         {predicate.monitored_process.get('event', '')}"
    yield f"time        {predicate.metadata.get('buildStartedOn', '')} to {predicate.metadata.get('buildFinishedOn', '')}"
    yield f"monitor     {predicate.monitor.type}"
    yield f"build       {_figures(found)}"
    for loss in predicate.flycatcher.completeness.losses:
        yield f"loss        {loss}"
    for detection in predicate.flycatcher.detections:
        yield f"{detection.level:<11} {detection.id} {detection.interpreter} {detection.action}: {' '.join(detection.argv)}"


def _figures(found: Statement) -> str:
    """Return the figures of a build in a line."""
    extension = found.predicate.flycatcher
    listed = found.predicate.monitor_log.process or ()
    levels = Counter(each.level for each in extension.detections)
    worst = ", ".join(f"{levels[level]} {level}" for level in reversed(LEVELS) if levels[level])
    parts = [
        f"exit code {extension.exit_code}",
        counted(len(listed), "execution"),
        f"{extension.completeness.lost} lost",
        counted(len(extension.detections), "detection") + (f" ({worst})" if worst else ""),
    ]
    return ", ".join(parts)
