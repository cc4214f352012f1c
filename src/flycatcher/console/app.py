"""The application: which address shows which page, and what stands before all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from flycatcher.console import answers, doors, endpoint, stream
from flycatcher.console.desk import Desk
from flycatcher.console.pages import audit, detection, detections, health, hosts, jobs, live, overview, people, triage
from flycatcher.console.security import requests
from flycatcher.console.security.headers import SafeHeaders

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.engine import Engine
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from flycatcher.console.desk import Page
    from flycatcher.console.settings import Settings

    Handler = Callable[[Request, Exception], Awaitable[Response]]

PAGES = (
    overview.PAGE, detections.PAGE, detection.SIGHTINGS, detection.PAGE, live.PAGE, hosts.PAGE, jobs.PAGE, health.PAGE, audit.PAGE,
    people.PAGE, people.OWN,
)  # fmt: skip
DEEDS = (*triage.DEEDS, *people.DEEDS)


def build(engine: Engine, settings: Settings) -> ASGIApp:
    """Return the application over an open store."""
    desk = Desk(engine, settings)
    routes = [route for page in PAGES for route in _routes(desk, page)]
    routes += [Route(deed.path, endpoint.of_deed(desk, deed), methods=["POST"]) for deed in DEEDS]
    routes += doors.routes(desk) + stream.routes(desk) + [Route("/assets/{rest:path}", _asset(desk))]
    routes += [Route("/healthz", _alive)]
    app = Starlette(routes=routes, exception_handlers={404: _missing(desk), 405: _missing(desk), 500: _failed(desk)})
    return SafeHeaders(Gate(app, settings), secure=settings.secure)


def _routes(desk: Desk, page: Page) -> list[Route]:
    """Return the routes of a page and of its JSON and CSV."""
    twin = "/overview" if page.path == "/" else page.path
    made = [
        Route(f"{twin}.json", endpoint.of_page(desk, page, "json")),
        Route(f"{twin}.csv", endpoint.of_page(desk, page, "csv")),
    ]
    return [*made, Route(page.path, endpoint.of_page(desk, page, "html"))]


class Gate:
    """Refuses what comes from elsewhere or was meant for another name, before anything else is looked at."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """``app`` answers the rest."""
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            refused = requests.refusal(HTTPConnection(scope), scope["method"], self._settings)
            if refused is not None:
                await PlainTextResponse(f"{refused.reason}\n", refused.status)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _asset(desk: Desk) -> endpoint.Endpoint:
    async def served(request: Request) -> Response:
        asset = desk.assets.at(request.url.path)
        if asset is None:
            return PlainTextResponse("no such file\n", 404)
        return Response(
            asset.content, headers={"content-type": asset.kind, "cache-control": "public, max-age=31536000, immutable"}
        )

    return served


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _missing(desk: Desk) -> Handler:
    async def handler(request: Request, error: Exception) -> Response:
        session = await endpoint.known(request, desk)
        if session is None and request.method == "GET":
            return RedirectResponse("/login", status_code=303)
        return answers.problem(desk, "html", getattr(error, "status_code", 404), "There is no such page.", session)

    return handler


def _failed(desk: Desk) -> Handler:
    async def handler(_: Request, __: Exception) -> Response:
        return answers.problem(desk, "html", 500, "Something went wrong here; the console's own log says what.")

    return handler
