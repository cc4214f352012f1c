"""The open documents, and when each is scanned: at once when it is opened or saved, after a pause when it is changed."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.commands.lsp.analysis import Answer, Note, Request
from flycatcher.commands.lsp.place import home
from flycatcher.commands.lsp.suppression import Insertion, suggested
from flycatcher.commands.lsp.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flycatcher.commands.lsp.settings import LspSettings
    from flycatcher.commands.lsp.worker import Worker


class Opened(Struct, eq=False):
    """A document that the editor has open."""

    uri: str
    version: int
    text: Text
    answer: Answer | None = None
    """What the last scan gave."""
    scanned: Text | None = None
    """The text that the answer speaks of."""
    suggested: dict[tuple[int, str], Insertion | None] = {}
    """The comments that accept findings of the answer, by place and id, as far as they were asked for."""


class Documents:
    """All open documents; scans one at a time, each in its newest version."""

    def __init__(self, settings: LspSettings, worker: Worker, done: Callable[[Opened], None]) -> None:
        """``done`` is called in the event loop with each document that was scanned, unless it has changed since."""
        self._settings = settings
        self._worker = worker
        self._done = done
        self._open: dict[str, Opened] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._waiting: dict[str, None] = {}
        self._task: asyncio.Task[None] | None = None
        self.folders: Callable[[], Iterable[str]] = tuple

    def open(self, uri: str, version: int, text: Text) -> None:
        """Take a document that was opened, and scan it."""
        self._open[uri] = Opened(uri, version, text)
        self.scan(uri)

    def get(self, uri: str) -> Opened | None:
        """Return an open document."""
        return self._open.get(uri)

    def change(self, uri: str, version: int, text: Text) -> None:
        """Take a newer version, and scan it after a pause."""
        opened = self._open[uri]
        opened.version, opened.text = version, text
        self._forget_timer(uri)
        loop = asyncio.get_running_loop()
        self._timers[uri] = loop.call_later(self._settings.delay / 1000, self.scan, uri)

    def close(self, uri: str) -> bool:
        """Forget a document; return whether it was open."""
        self._forget_timer(uri)
        self._waiting.pop(uri, None)
        return self._open.pop(uri, None) is not None

    def rescan(self) -> None:
        """Scan all documents again: a configuration may have changed."""
        for uri in self._open:
            self.scan(uri)

    def scan(self, uri: str) -> None:
        """Scan a document as soon as those before it are done."""
        self._forget_timer(uri)
        if uri not in self._open:
            return
        self._waiting[uri] = None
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._scan_waiting())

    def _forget_timer(self, uri: str) -> None:
        """Stop waiting for a pause."""
        timer = self._timers.pop(uri, None)
        if timer is not None:
            timer.cancel()

    async def _scan_waiting(self) -> None:
        """Scan what waits, the longest first."""
        while self._waiting:
            uri = next(iter(self._waiting))
            del self._waiting[uri]
            opened = self._open.get(uri)
            if opened is None:
                continue
            text = opened.text
            answer = await self.ask(self.request(opened))
            if self._open.get(uri) is opened and opened.text is text:
                opened.answer, opened.scanned, opened.suggested = answer, text, {}
                self._done(opened)

    def request(self, opened: Opened) -> Request:
        """Return what the worker is asked about a document."""
        place = home(opened.uri, self.folders())
        return Request(shown=place.shown, text=opened.text.text, folder=place.folder, settings=self._settings)

    async def ask(self, request: Request) -> Answer:
        """Return the worker's answer; ends the worker where nobody waits for it any more."""
        try:
            return await asyncio.get_running_loop().run_in_executor(None, self._worker.scan, request)
        except asyncio.CancelledError:
            self._worker.stop()
            raise

    async def suggest(self, opened: Opened, answer: Answer, note: Note) -> Insertion | None:
        """Return the comment that would accept a finding of an answer, None where there is none."""
        key = (note.low, note.detection)
        known = opened.suggested  # of this answer: the next one begins another
        if key not in known:
            looked = partial(suggested, self.request(opened), answer, note, self._worker.scan)
            known[key] = await asyncio.get_running_loop().run_in_executor(None, looked)
        return known[key]
