"""What the options and the configuration ask of ``flycatcher watch``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, structs

from flycatcher.commands.watch.responder import Asked, On
from flycatcher.sinks.store.location import state_folder

if TYPE_CHECKING:
    from flycatcher.config import Config


class WatchSettings(Struct, frozen=True, kw_only=True):
    """The options by their names; :meth:`configured` fills in what they leave open."""

    sensor: Literal["ebpf", "audit"] = "ebpf"
    audit_rule: bool = False
    jsonl: bool = False
    reports: tuple[str, ...] = ()
    ledger: str = ""
    """The folder of the ledger; empty: none."""
    ledger_key: str = ""
    """The file of the key that signs it; empty: the configuration's, or none."""
    compact: bool = False
    """Reports in JSON Lines say once what their records have in common."""
    sinks: tuple[str, ...] = ()
    spool: str = ""
    capture_stdin: int = 0
    """Bytes of what an interpreter reads from stdin; 0: none are captured."""
    kill: str | None = None
    """``all``, or the risk level from which on processes are killed; None: none is."""
    enforce: bool = False
    scopes: tuple[str, ...] = ()
    on: tuple[On, ...] = ()
    """What detections set off by themselves."""
    captures: Path | None = None
    """The folder for captures; None: in the state folder."""
    on_rate: int = 12
    fail_on: str | None = None
    learn: str | None = None
    """The baseline to write; empty: where it normally is; None: none."""
    baseline: str | None = None
    """The baseline to compare with, in the same way."""
    no_ignores: bool = False
    fail_on_loss: bool = False
    tree: int | None = None
    """Report only what has this process as its ancestor; None: everything."""
    ring: str = "8"
    """Size of the buffer between kernel and reader, in MiB."""
    shells: bool = False
    no_redact: bool = False
    keep_privileges: bool = False
    environment: str | None = None
    config_path: Path | None = None
    state: Path | None = None
    metrics: str | None = None
    """Where to serve figures for Prometheus; None: nowhere."""
    seconds: float | None = None
    quiet: bool = False
    depth: int = 0

    def configured(self, config: Config) -> WatchSettings:
        """Return the settings with the configuration's defaults."""
        return structs.replace(self, environment=self.environment or config.environment)

    def asked(self) -> Asked | None:
        """Return what detections set off; None where nothing is."""
        if not self.on:
            return None
        folder = self.captures or state_folder() / "captures"
        return Asked(self.on, self.enforce, folder.absolute(), self.on_rate)

    def kills(self) -> bool:
        """Whether an option asks for something to be killed."""
        return bool(self.kill) or any("kill" in on.answers for on in self.on)

    def capabilities(self) -> list[str]:
        """Name the capabilities that watching needs: to look at everybody's /proc and files, and what was asked for."""
        kept = ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_BPF"]
        if self.enforce or self.on:
            kept.append("CAP_KILL")
        if self.sensor == "audit":
            kept += ["CAP_AUDIT_READ", "CAP_AUDIT_CONTROL"]
        return kept
