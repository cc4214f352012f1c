"""Who logged in, and from where: the audit log's records of logins, and commands that sudo and its like were given."""

from __future__ import annotations

import os

from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.sources.logs.engine.audit_event import UNSET, Event, Fields
from flycatcher.sources.logs.engine.clock import epoch, stamp
from flycatcher.sources.logs.engine.recorded import Recorded

_SESSIONS = 4096
"""Sessions that are remembered."""
_NOBODY = frozenset({"", "?", "(none)"})


class Logins:
    """Remembers the sessions of one log."""

    def __init__(self) -> None:
        """Start with nobody logged in."""
        self._sessions: dict[str, dict[str, str]] = {}

    def take(self, line: bytes, event: Event) -> Recorded | None:
        """Read a record of user space; return the start that it tells of, if it does."""
        fields = Fields(line.replace(b" msg='", b" "))
        if fields.raw(b"cmd"):
            return self._command(fields, line, event)
        session = fields.get("ses")
        if session in UNSET or fields.get("res") in ("failed", "0"):
            return None
        known = self._sessions.setdefault(session, {})
        for name, field in (("login.user", "acct"), ("login.from", "addr"), ("login.terminal", "terminal")):
            value = fields.get(field)
            if value not in _NOBODY and (name == "login.from" or name not in known):
                known[name] = value
        if len(self._sessions) > _SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return None

    def context(self, fields: Fields) -> dict[str, str]:
        """Return the facts about who started something: user, login user, session, and where that was opened from."""
        facts = {}
        if name := fields.get("UID"):
            facts["user.name"] = name
        if (login := fields.get("auid")) not in UNSET:
            facts["user.login"] = fields.get("AUID") or login
        if (effective := fields.get("euid")) != fields.get("uid"):
            facts["user.effective"] = fields.get("EUID") or effective
        if (session := fields.get("ses")) not in UNSET:
            facts["login.session"] = session
            facts |= self._sessions.get(session, {})
        if (terminal := fields.get("tty")) not in _NOBODY:
            facts["terminal"] = terminal
        return facts

    def _command(self, fields: Fields, line: bytes, event: Event) -> Recorded | None:
        """Return what sudo was told to run: one string."""
        if fields.get("res") in ("failed", "0"):
            return None
        low = line.find(b"audit(") + 6
        when = epoch(line[low : line.find(b":", low)])
        context = self.context(fields) | {"via": os.path.basename(fields.get("exe")) or "sudo"}
        host = os.fsdecode(event.node)
        if host:
            context["host.name"] = host
        fidelity = Fidelity(
            sensor="auditd USER_CMD",
            time=stamp(when),
            happened="presumed",
            stdin="not captured",
            log=event.log,
            line=event.number,
            byte=event.byte,
        )
        process = Process(pid=fields.number("pid") or 0)
        execution = Execution(argv=(), cwd=fields.get("cwd"), process=process, context=context, fidelity=fidelity)
        user = context.get("user.login", "") or fields.get("uid")
        return Recorded(execution=execution, kind="string", text=fields.get("cmd"), time=when, host=host, user=user)
