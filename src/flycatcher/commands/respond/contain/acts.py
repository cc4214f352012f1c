"""``respond contain``: what would be done, as the commands of a shell, or done."""

from __future__ import annotations

import datetime as dt
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.commands.respond.contain.chronicle import Chronicle
from flycatcher.commands.respond.contain.expiry import drop, expiry
from flycatcher.commands.respond.contain.network import Quarantine, network_of, open_again
from flycatcher.commands.respond.contain.processes import Freeze, Kill, thaw
from flycatcher.commands.respond.contain.state import Act, Containment, Folder, boot, now
from flycatcher.commands.respond.contain.target import Target, target_of
from flycatcher.commands.respond.freeze import processes
from flycatcher.commands.respond.spared import connection
from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import say
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.commands.respond.contain.expiry import Expiry


class Wishes(Struct, frozen=True, kw_only=True):
    """The options of ``respond contain``."""

    kill: bool
    freeze: bool
    quarantine: bool
    management: tuple[str, ...]
    seconds: int | None
    """Until it is released; None: until somebody does."""
    enforce: bool
    ledger: str
    ledger_key: str = ""
    state: Path | None

    def acts(self) -> list[Act]:
        """Return what is to be done, in that order: the self-test of a quarantine runs where the target does."""
        wanted: dict[Act, bool] = {"quarantine": self.quarantine, "freeze": self.freeze, "kill": self.kill}
        return [act for act, is_wanted in wanted.items() if is_wanted]


def contain(text: str, wishes: Wishes) -> Iterator[str]:
    """Contain a target, or rehearse it; yield the lines that say so. Raises FlycatcherError, and then nothing stays in force."""
    plan = _Plan(target_of(text), wishes)
    yield from plan.enforced() if wishes.enforce else plan.rehearsed()


class _Plan:
    """Everything that one containment does, looked up before any of it is done."""

    def __init__(self, target: Target, wishes: Wishes) -> None:
        self.target, self.wishes, self.folder = target, wishes, Folder(wishes.state)
        acts = wishes.acts()
        self.kept = Containment(
            id=target.identity(",".join(acts), boot()),
            target=target.text,
            acts=acts,
            time=now(),
            boot=boot(),
            ledger=str(Path(wishes.ledger).absolute()) if wishes.ledger else "",
            ledger_key=str(Path(wishes.ledger_key).absolute()) if wishes.ledger_key else "",
        )
        self._check_free()
        self.measures = [self._measure(act) for act in acts]
        self.expiry = self._expiry()

    def _check_free(self) -> None:
        known = self.folder.load(self.kept.id)
        if known is not None and known.boot == self.kept.boot:
            hint = f"flycatcher respond release {known.id} --enforce ends that"
            raise FlycatcherError(f"{self.target.text} is contained already, as {known.id}", hint=hint, code=2)

    def _measure(self, act: Act) -> Quarantine | Freeze | Kill:
        if act == "quarantine":
            client = connection(processes())[:1]
            open_to = [network_of(each) for each in (*client, *self.wishes.management)]
            return Quarantine(self.target, self.kept.id, open_to)
        return Freeze(self.target) if act == "freeze" else Kill(self.target)

    def _expiry(self) -> Expiry | None:
        if self.wishes.seconds is None:
            return None
        when = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.wishes.seconds)
        found = expiry(self.kept.id, when, self.folder)
        self.kept.until = f"{found.when:%Y-%m-%dT%H:%M:%SZ}"
        return found

    def rehearsed(self) -> Iterator[str]:
        """Yield what would be done."""
        yield f"# a rehearsal of containment {self.kept.id}: {self.target.text}; --enforce does it"
        if self.expiry is not None:
            yield f"# released at {self.kept.until}, by {type(self.expiry).__name__.lower()}"
            yield from self.expiry.commands()
        for measure in self.measures:
            yield from measure.commands()

    def enforced(self) -> Iterator[str]:
        """Do it: first what will end it, then a note of it on disk, then the acts; yield what was done."""
        self.folder.prepare()
        with Chronicle((self.kept.ledger, self.kept.ledger_key), self.kept) as chronicle:
            try:
                yield from self._done(chronicle)
            except BaseException as error:
                chronicle.add("failed", f"containing {self.target.text} failed: {error}")
                self._take_back()
                raise
        if self.kept.acts == ["kill"]:
            self.folder.drop(self.kept.id)
            return
        yield f"to end it: flycatcher respond release {self.kept.id} --enforce"

    def _done(self, chronicle: Chronicle) -> Iterator[str]:
        if self.expiry is not None:
            self.kept.job = self.expiry.act()
            said = f"will be released at {self.kept.until}, by {self.kept.job.how} ({self.kept.job.name})"
            chronicle.add("contained", said)
            yield f"{self.kept.id}: {said}"
        for measure in self.measures:
            measure.prepare(self.kept)
            self.folder.save(self.kept)  # before the act: whatever ends this program then, release knows what to undo
            said = measure.act(self.kept)
            self.folder.save(self.kept)
            chronicle.add("contained", said)
            yield f"{self.kept.id}: {said}"

    def _take_back(self) -> None:
        """Undo what was done before something failed; where that fails too, the file stays, and so does what releases it."""
        try:
            for _ in chain(thaw(self.kept), open_again(self.kept)):
                pass
        except (FlycatcherError, OSError) as error:
            say(visible(f"warning: not taken back: {error}; try flycatcher respond release {self.kept.id} --enforce"))
            return
        if self.kept.job is not None:
            drop(self.kept.job, self.kept.id)
        self.folder.drop(self.kept.id)
