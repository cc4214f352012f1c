"""What the options and the configuration ask of ``flycatcher run``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, structs

from flycatcher.baselines import limit_of
from flycatcher.policies import Policies
from flycatcher.sources.context.ci import ci_context, environment_class

if TYPE_CHECKING:
    from flycatcher.config import Config


class RunSettings(Struct, frozen=True, kw_only=True):
    """The options by their names; :meth:`configured` fills in what they leave open."""

    sensor: Literal["seccomp", "ebpf", "auto"] = "seccomp"
    deny: str | None = None
    """``all``, or the risk level from which on executions are refused; None: none is."""
    fail_on: str | None = None
    rules_refuse: bool = False
    """The configuration has a rule that refuses something."""
    no_ignores: bool = False
    learn: str | None = None
    """The baseline to write; empty: where it normally is; None: none."""
    baseline: str | None = None
    """The baseline to compare with, in the same way."""
    fail_on_loss: bool = False
    reports: tuple[str, ...] = ()
    ledger: str = ""
    """The folder of the ledger; empty: none."""
    ledger_key: str = ""
    """The file of the key that signs it; empty: the configuration's, or none."""
    attest: str = ""
    """The file of the attestation; empty: none."""
    subjects: tuple[str, ...] = ()
    """The files that it is about."""
    attest_key: str = ""
    """The file of the key that signs it; empty: nobody does."""
    compact: bool = False
    """Reports in JSON Lines say once what their records have in common."""
    sinks: tuple[str, ...] = ()
    spool: str = ""
    shells: bool = False
    no_redact: bool = False
    stdin_wait: int = 200
    """Milliseconds that a program may be held for the text on its stdin."""
    wait_all: bool = False
    environment: str | None = None
    config_path: Path | None = None
    quiet: bool = False
    depth: int = 0
    context: dict[str, str] = {}
    """Facts that hold for the whole run: CI job, environment class."""

    @property
    def enforces(self) -> bool:
        """Whether something depends on the run's seeing everything: it then fails closed."""
        return bool(self.denies or self.fail_on)

    @property
    def denies(self) -> bool:
        """Whether something may be refused."""
        return bool(self.deny or self.rules_refuse)

    def configured(self, config: Config) -> RunSettings:
        """Return the settings with the configuration's defaults, and with what the runner's variables say about the job."""
        environment = environment_class(os.environ, self.environment or config.environment or "")
        deny, fail_on = limit_of(self.deny or config.run.deny), limit_of(self.fail_on or config.run.fail_on)
        baseline = config.run.baseline if self.baseline is None else self.baseline
        return structs.replace(
            self,
            deny=deny.level,
            rules_refuse=Policies(rules=config.rule).stops(),
            fail_on=fail_on.level,
            baseline="" if baseline is None and (deny.new or fail_on.new) else baseline,
            shells=self.shells or config.run.shells,
            context=ci_context(os.environ) | ({"environment": environment} if environment else {}),
        )
