"""Detections on their way out of a live sensor: policy, redaction, sinks, and the figures at the end."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import suppress
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, structs

from flycatcher.core.detection import Detection, Policy
from flycatcher.core.levels import LEVELS, at_least
from flycatcher.policies import Policies
from flycatcher.sinks import Sink, UndeliveredError, UnkeptError
from flycatcher.sinks.transports.files import LostError, RestoredError
from flycatcher.sources.context.redact import redact_argv, redact_environment, redact_text, secrets_in
from flycatcher.sources.notice import Notice
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flycatcher.baselines import BaselineRun
    from flycatcher.config import Suppression
    from flycatcher.core.execution import Process
    from flycatcher.core.policy.rule import Rule
    from flycatcher.sinks import Record


class Failure(Struct, eq=False):
    """A sink that could not take everything."""

    path: str
    reason: str
    missed: int = 0
    sink: Sink | None = None
    """None once the sink works again."""
    again: float = 0.0
    """When to try it again, by the monotonic clock."""


_OWN_WORDS = frozenset(
    {
        "schema",
        "id",
        "shape",
        "recipe",
        "techniques",
        "interpreter",
        "interpreter_class",
        "texts",
        "capabilities",
        "guidance",
    }
)
"""Fields of a record that hold the product's own words, hashes and numbers: no secret gets there."""
_REMEMBERED_CHARACTERS = 2048
"""Command lines of ancestors up to this length are redacted once for all their descendants."""


def record_of(detection: Detection, *, redact: bool = True) -> Record:
    """Return a detection as a mapping ready for JSON, its secrets taken out."""
    if not redact:
        record: Record = msgspec.to_builtins(detection)
        return record
    execution = detection.execution
    # one ancestor stays in its place, to be replaced: a list of them is a large part of a record, and much the same in each
    short = structs.replace(execution, ancestry=execution.ancestry[:1])
    record = msgspec.to_builtins(structs.replace(detection, execution=short))
    record = {key: value if key in _OWN_WORDS else redacted(value) for key, value in record.items()}
    if execution.ancestry:
        record["execution"]["ancestry"] = [_ancestor(process) for process in execution.ancestry]
    secrets = _told(detection, record)
    return _without(record, sorted(secrets, key=len, reverse=True)) if secrets else record


def _told(detection: Detection, record: Record) -> set[str]:
    """Return the secrets in the program's own texts: a quotation of such a text may hold one without the name that tells of it."""
    texts = [snippet.text or "" for snippet in detection.snippets]
    texts += [layer.text for analysis in detection.analyses for layer in analysis.layers]
    shown = [str(snippet.get("text", "")) for snippet in record["snippets"]]
    shown += [str(layer["text"]) for analysis in record.get("analyses", ()) for layer in analysis.get("layers", ())]
    changed = (text for text, rest in zip(texts, shown, strict=True) if "[redacted:" in rest)
    return {secret for text in changed for secret in secrets_in(text)}


def _without(value: Any, secrets: Sequence[str]) -> Any:  # noqa: ANN401 - a JSON tree
    """Return a JSON tree without these texts, wherever they stand."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "[redacted:secret]")
        return value
    if isinstance(value, dict):
        return {key: _without(item, secrets) for key, item in value.items()}
    return [_without(item, secrets) for item in value] if isinstance(value, list | tuple) else value


def _ancestor(process: Process) -> Record:
    """Return an ancestor as a mapping, its secrets taken out."""
    if sum(map(len, process.argv)) > _REMEMBERED_CHARACTERS:
        return _redacted_process(process)
    return _remembered_process(process).copy()


def _redacted_process(process: Process) -> Record:
    record: Record = redacted(msgspec.to_builtins(process))
    return record


_remembered_process = lru_cache(1024)(_redacted_process)


def redacted(value: Any, name: str = "") -> Any:  # noqa: ANN401 - a JSON tree
    """Redact a JSON tree: ``argv`` and ``env`` by words and names, everything else by shape."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        if name == "env":
            return redact_environment(value)
        return {
            key: redact_text(item)
            if type(item) is str
            # fidelity is a time, numbers and the sensor's own words, and what a log's string may have been made of
            else item
            if type(item) is int or (key == "fidelity" and "readings" not in item)
            else redacted(item, str(key))
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return _redacted_list(value, name)
    return value


def _redacted_list(value: Sequence[Any], name: str) -> list[Any]:
    """Redact a list: ``argv`` as the words that it is, ``readings`` as several of them."""
    if name == "argv":
        return redact_argv(value)
    return [redacted(item, "argv" if name == "readings" else "") for item in value]


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _nothing() -> None:
    """Do nothing."""


class Reporter:
    """Takes detections, gives each its policy outcome, and hands the record to every sink that still works."""

    def __init__(  # noqa: PLR0913 - what a configuration and the options ask for
        self,
        sinks: Sequence[Sink],
        *,
        suppressions: Iterable[Suppression] = (),
        rules: Iterable[Rule] = (),
        ignores: bool = True,
        fail_on: str = "",
        redact: bool = True,
        retry: float = 0.0,
    ) -> None:
        """``fail_on``: the level from which on :attr:`failed` is set; ``retry``: seconds until a failed sink is tried again."""
        self._retry = retry
        self.baseline: BaselineRun | None = None
        """What the run is compared with, or learns."""
        self._sinks = list(sinks)
        self._ignores = ignores
        self.policies = Policies(suppressions, rules, ignores=ignores)
        """The configuration's rules, and how often each decided."""
        self._fail_on = fail_on
        self._redact = redact
        self.failures: list[Failure] = []
        self.restored: list[Failure] = []
        """Reports that somebody changed, and that were written again at the end."""
        self.undelivered = ""
        """What has not reached its sinks yet, and is kept for the next run; empty where all has."""
        self.failed = False
        """True once a detection at or above ``fail_on`` was reported."""
        self.detections = 0
        self.suppressed = 0
        self.denied = 0
        self.killed = 0
        self.by_level: Counter[str] = Counter()
        self.by_kind: Counter[tuple[str, str]] = Counter()
        """(interpreter, vector) of the first snippet."""

    def is_suppressed(self, detection: Detection) -> bool:
        """Whether the configuration, or the baseline, accepts this detection."""
        ruled = self.policies.action(detection)
        if ruled:
            return ruled == "allow"
        return self.baseline is not None and self.baseline.is_known(detection)

    def report(self, detection: Detection) -> None:
        """Count and write one detection."""
        detection = structs.replace(detection, policy=self._policy(detection))
        known = ""
        if self.baseline is not None:
            policy, known = self.baseline.judged(detection)
            detection = structs.replace(detection, policy=policy)
        if detection.policy.action == "suppressed":
            self.suppressed += not known
        else:
            self.detections += 1
            self.by_level[detection.risk.level] += 1
            self.by_kind[detection.interpreter, detection.snippets[0].vector] += 1
            self.denied += detection.policy.action == "denied"
            self.killed += detection.policy.action == "killed"
            self.failed = self.failed or bool(self._fail_on and at_least(detection.risk.level, self._fail_on))
        if self._sinks or self.failures:
            self._write(record_of(detection, redact=self._redact))

    def note(self, notice: Struct) -> None:
        """Write a notice to the sinks that take notices (``takes_notices``)."""
        self._write(msgspec.to_builtins(notice), notice=True)

    def reopen(self) -> None:
        """Open every sink's file again, for log rotation; those that had failed, too."""
        for sink in list(self._sinks):
            try:
                sink.open()
            except OSError as error:
                self._leave_out(sink, error, 0)
        for failure in self.failures:
            self._try_again(failure)

    def tick(self) -> None:
        """Let the sinks that have something due (``tick``) do it; called now and then where records may be far apart."""
        for sink in list(self._sinks):
            try:
                getattr(sink, "tick", _nothing)()
            except OSError as error:
                self._leave_out(sink, error, 0)

    def accept(self, suppressions: Iterable[Suppression], rules: Iterable[Rule] = ()) -> None:
        """Replace the accepted detections and the rules; those whose day has passed do not count."""
        hits = self.policies.hits
        self.policies = Policies(suppressions, rules, ignores=self._ignores)
        self.policies.hits = hits

    def _write(self, record: Record, *, notice: bool = False) -> None:
        """Hand a record to every sink; one that fails is named and left out from here on."""
        for failure in self.failures:
            if self._retry and monotonic() >= failure.again:
                self._try_again(failure)
            failure.missed += failure.sink is not None
        for sink in list(self._sinks):
            if notice and not getattr(sink, "takes_notices", False):
                continue
            try:
                sink.write(record)
            except OSError as error:
                self._leave_out(sink, error, 1)

    def _leave_out(self, sink: Sink, error: OSError, missed: int) -> None:
        """Write nothing more to a sink, for now."""
        self._sinks.remove(sink)
        reason, again = error.strerror or str(error), monotonic() + self._retry
        for failure in self.failures:
            if failure.path == sink.path:
                failure.reason, failure.sink, failure.again = reason, sink, again
                failure.missed += missed
                return
        self.failures.append(Failure(sink.path, reason, missed, sink, again))

    def _try_again(self, failure: Failure) -> None:
        """Open a sink that had failed, and record in it how much is missing; only one that takes notices."""
        sink = failure.sink
        if sink is None or not getattr(sink, "takes_notices", False):
            return
        failure.again = monotonic() + self._retry
        text = f"{counted(failure.missed, 'record is', 'records are')} not in this report: {failure.reason}"
        lacking = Notice(
            kind="loss", sensor="", time=_now(), text=text, place=f"report {failure.path}", count=failure.missed
        )
        with suppress(OSError):
            sink.open()
            sink.write(msgspec.to_builtins(lacking))
            self._sinks.append(sink)
            failure.sink = None

    def close(self, figures: dict[str, Any]) -> dict[str, Any]:
        """Finish the sinks; return the summary that they were given."""
        summary = {
            **figures,
            "detections": self.detections,
            "suppressed": self.suppressed,
            "denied": self.denied,
            **({"rules": rules} if (rules := self.policies.figures()) else {}),
            **(self.baseline.figures() if self.baseline is not None else {}),
            "by_level": {level: self.by_level[level] for level in LEVELS if self.by_level[level]},
            "by_interpreter_and_vector": {
                f"{name} {vector}": count for (name, vector), count in sorted(self.by_kind.items())
            },
        }
        for failure in self.failures if self._retry else ():
            self._try_again(failure)
        for sink in self._sinks:
            try:
                sink.close(summary)
            except RestoredError as error:
                self.restored.append(Failure(sink.path, error.strerror or str(error)))
            except UndeliveredError as error:
                self.undelivered = str(error.strerror)
            except LostError as error:
                self.failures.append(
                    Failure(sink.path, error.strerror or str(error), self.detections + self.suppressed)
                )
            except UnkeptError as error:
                self.failures.append(Failure(sink.path, error.strerror or str(error), error.missed))
            except OSError as error:
                self.failures.append(Failure(sink.path, error.strerror or str(error)))
        return summary

    def _policy(self, detection: Detection) -> Policy:
        """Return what was done about the detection, and why."""
        fidelity = detection.execution.fidelity
        done = detection.policy
        if fidelity is not None and fidelity.happened == "denied":
            done = Policy("denied", "execve failed with EPERM before the program started")
        if fidelity is not None and fidelity.happened == "killed":
            done = Policy("killed", fidelity.notes[-1])
        return self.policies.outcome(structs.replace(detection, policy=done))
