"""Cowrie, the honeypot: what was typed into its shell. Source: https://docs.cowrie.org, the JSON output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.logs.engine.format import Shared


class Cowrie(JsonFormat):
    """Cowrie's JSON log."""

    name = "cowrie"
    title = "Cowrie"
    rank = 60
    words = "text"
    marks = (b"cowrie.",)

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start with no session."""
        super().__init__(shared, log)
        self._users: dict[str, str] = {}

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an event of Cowrie's."""
        return text(row, "eventid").startswith("cowrie.")

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield a text that was typed."""
        event, session = text(row, "eventid"), text(row, "session")
        if event == "cowrie.login.success":
            if len(self._users) > 4096:
                self._users.clear()
            self._users[session] = text(row, "username")
        if event not in (
            "cowrie.command.input",
            "cowrie.command.failed",
            "cowrie.command.success",
            "cowrie.session.input",
        ):
            return
        typed = text(row, "input")
        if typed and event != "cowrie.command.failed":
            yield Seen(
                text=typed,
                kind="shell",
                user=text(row, "username") or self._users.get(session, ""),
                host=text(row, "sensor"),
                time=text(row, "timestamp"),
                happened="presumed",
                context={"login.from": text(row, "src_ip"), "login.session": session},
            )
