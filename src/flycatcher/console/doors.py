"""The ways in and out: log-in, log-out, and the session of somebody whom a proxy has named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flycatcher.console import answers, endpoint
from flycatcher.console.desk import Gone
from flycatcher.console.security import audit, passwords, requests, sessions, users
from flycatcher.sinks.store.database import reading
from flycatcher.wording import counted

if TYPE_CHECKING:
    from starlette.requests import Request

    from flycatcher.console.desk import Desk

_WRONG = "That name and password do not belong together."


def routes(desk: Desk) -> list[Route]:
    """Return the routes."""

    async def show(request: Request) -> Response:
        named = requests.named_by_proxy(request, desk.settings)
        if named:
            return await run_in_threadpool(_passed, desk, request, named)
        if await endpoint.known(request, desk):
            return RedirectResponse(_local(request.query_params.get("next", "")), status_code=303)
        return _page(desk, request.query_params.get("next", ""))

    async def login(request: Request) -> Response:
        form = await endpoint.fields(request)
        return await run_in_threadpool(_login, desk, request, form)

    async def logout(request: Request) -> Response:
        form, session = await endpoint.fields(request), await endpoint.known(request, desk)
        if session is None or form.get("csrf") != session.csrf:
            return RedirectResponse("/login", status_code=303)
        return await run_in_threadpool(_logout, desk, request, session)

    return [
        Route("/login", show, methods=["GET"]),
        Route("/login", login, methods=["POST"]),
        Route("/logout", logout, methods=["POST"]),
    ]


def _page(desk: Desk, wanted: str, said: str = "", status: int = 200, wait: float = 0) -> Response:
    data = {"next": _local(wanted), "said": said, "by_proxy": bool(desk.settings.user_header)}
    response = answers.html(desk, "login.html", data, status=status)
    if wait:
        response.headers["retry-after"] = str(int(wait) + 1)
    return response


def _login(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    name, address, now = (
        form.get("name", "").strip()[:64],
        requests.address_of(request, desk.settings),
        desk.settings.clock(),
    )
    wanted = form.get("next", "")
    wait = desk.attempts.wait(address, name, now)
    if wait:
        return _page(
            desk, wanted, f"Too many failed attempts: try again in {counted(int(wait) // 60 + 1, 'minute')}.", 429, wait
        )
    with reading(desk.engine) as connection:
        user = users.find(connection, name)
    if not passwords.matches(user["password"] if user else "", form.get("password", "")):
        desk.attempts.failed(address, name, now)
        _written(desk, name, address, "login failed")
        return _page(desk, wanted, _WRONG, 403)
    desk.attempts.succeeded(address, name)
    return _begun(desk, request, name, wanted)


def _begun(desk: Desk, request: Request, name: str, wanted: str) -> Response:
    """Start a new session, whatever the browser brought along."""
    old = request.cookies.get(sessions.cookie_name(desk.settings), "")
    with desk.engine.begin() as connection:
        token = sessions.begin(connection, desk.settings, name, old)
        audit.write(connection, name, requests.address_of(request, desk.settings), "login", "")
    return endpoint.sent_on(desk, Gone(_local(wanted), token))


def _passed(desk: Desk, request: Request, named: str) -> Response:
    """Start the session of somebody whom the proxy names, if they may do anything here."""
    with reading(desk.engine) as connection:
        user = users.find(connection, named)
    if user is None and desk.settings.header_role is None:
        _written(desk, named, requests.address_of(request, desk.settings), "login failed")
        return answers.problem(desk, "html", 403, "Nobody has added you to this console's users.")
    return _begun(desk, request, named[:64], request.query_params.get("next", ""))


def _logout(desk: Desk, request: Request, session: sessions.Session) -> Response:
    with desk.engine.begin() as connection:
        sessions.end(connection, session.token)
        audit.write(connection, session.user, requests.address_of(request, desk.settings), "logout", "")
    return endpoint.sent_on(desk, Gone("/login", ""))


def _written(desk: Desk, name: str, address: str, action: audit.Action) -> None:
    with desk.engine.begin() as connection:
        audit.write(connection, name, address, action, "")


def _local(wanted: str) -> str:
    r"""Return an address within the console: ``//host`` and ``/\host`` are other places to a browser."""
    if not wanted.startswith("/") or wanted[1:2] in {"/", "\\"} or not wanted.isprintable() or "\\" in wanted:
        return "/"
    return wanted
