"""What arrives, while it arrives: server-sent events that go on where a browser lost them (HTML Living Standard, 9.2)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from flycatcher.console import endpoint
from flycatcher.console.security import audit, requests
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store.arrivals import arrived, last_number
from flycatcher.sinks.store.language import parse
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from flycatcher.console.desk import Desk

MOST = 64
"""Browsers that may follow at the same time."""
PAUSE = 1.0
"""Seconds between two looks into the store."""
_AT_ONCE = 100
_ASKED_AGAIN = 15
"""Looks after which it is asked again whether the session still holds."""


def routes(desk: Desk) -> list[Route]:
    """Return the route of the stream."""

    async def follow(request: Request) -> Response:
        session = await endpoint.known(request, desk)
        if session is None:
            return PlainTextResponse("log in first\n", 401)
        if desk.streams >= MOST:
            return PlainTextResponse("too many browsers follow already\n", 503, headers={"retry-after": "30"})
        try:
            parse(query := request.query_params.get("q", ""))
        except FlycatcherError as error:
            return PlainTextResponse(f"{error}\n", 400)
        await run_in_threadpool(_written, desk, request, session.user)
        return EventSourceResponse(_events(desk, request, query), ping=15)

    return [Route("/live/events", follow)]


def _written(desk: Desk, request: Request, user: str) -> None:
    with desk.engine.begin() as connection:
        audit.write(connection, user, requests.address_of(request, desk.settings), "followed", request.url.query)


async def _events(desk: Desk, request: Request, query: str) -> AsyncIterator[dict[str, Any]]:
    """Yield events from the one after the last that the browser has; each has its number as its id."""
    number = _number(request)
    if number < 0:
        number = await run_in_threadpool(last_number, desk.engine)
    desk.streams += 1
    try:
        looks = 0
        while looks % _ASKED_AGAIN or await endpoint.known(request, desk):
            looks += 1
            rows, number = await run_in_threadpool(_next, desk, query, number)
            for row in rows:
                yield {"event": "sighting", "id": str(row["number"]), "data": msgspec.json.encode(_shown(row)).decode()}
            if len(rows) < _AT_ONCE:
                await asyncio.sleep(PAUSE)
        yield {"event": "ended", "data": "log in again"}
    finally:
        desk.streams -= 1


def _next(desk: Desk, query: str, number: int) -> tuple[list[dict[str, Any]], int]:
    """Return what arrived after a number, and the number to go on from."""
    top = last_number(desk.engine)
    if top <= number:
        return [], number
    rows = arrived(desk.engine, number, query, limit=_AT_ONCE)
    return rows, rows[-1]["number"] if len(rows) == _AT_ONCE else max(top, number)


def _number(request: Request) -> int:
    """Return the number after which to go on: the browser's last, else the page's; -1 for none."""
    said = request.headers.get("last-event-id") or request.query_params.get("from", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else -1


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the page's script shows, as text."""
    shown = {
        name: one_line(str(row[name]), 300)
        for name in ("host", "interpreter", "vector", "environment", "command", "title")
    }
    return shown | {name: row[name] for name in ("number", "fingerprint", "level", "score", "time", "uid")}
