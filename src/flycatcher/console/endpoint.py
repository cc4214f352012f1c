"""A page or a deed as an endpoint: who asks, may they, the work in a thread, the answer, and a line in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from flycatcher.console import answers
from flycatcher.console.desk import Gone, NotFound, View, Visit
from flycatcher.console.security import audit, requests, sessions
from flycatcher.console.settings import may
from flycatcher.core.errors import FlycatcherError
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import HTTPConnection, Request

    from flycatcher.console.desk import Deed, Desk, Kind, Page

    Endpoint = Callable[[Request], Awaitable[Response]]

_BODY = 64 << 10
"""Bytes of a form."""
_FIELDS = 20


def of_page(desk: Desk, page: Page, kind: Kind) -> Endpoint:
    """Return the endpoint that shows a page in one of its kinds."""

    async def endpoint(request: Request) -> Response:
        session = await known(request, desk)
        if session is None:
            return answers.stranger(desk, request, kind)
        if not may(session.role, page.role):
            return answers.problem(desk, kind, 403, f"This takes the role {page.role}.", session)
        visit = _visit(desk, request, session, kind)
        return await run_in_threadpool(_shown, visit, page, kind)

    return endpoint


def of_deed(desk: Desk, deed: Deed) -> Endpoint:
    """Return the endpoint that does what a form asks for."""

    async def endpoint(request: Request) -> Response:
        session = await known(request, desk)
        if session is None:
            return answers.stranger(desk, request, "html")
        form = await fields(request)
        if form.get("csrf") != session.csrf:
            return answers.problem(desk, "html", 403, "This form has expired: load the page again.", session)
        if not may(session.role, deed.role):
            return answers.problem(desk, "html", 403, f"This takes the role {deed.role}.", session)
        return await run_in_threadpool(_done, _visit(desk, request, session, "html", form), deed)

    return endpoint


async def known(request: HTTPConnection, desk: Desk) -> sessions.Session | None:
    """Return who asks, None for a stranger."""
    token = request.cookies.get(sessions.cookie_name(desk.settings), "")
    found = await run_in_threadpool(sessions.find, desk.engine, desk.settings, token)
    named = requests.named_by_proxy(request, desk.settings)
    return found if not named or (found and found.user == named) else None


async def fields(request: Request) -> dict[str, str]:
    """Return a form's fields; empty for what is none, or too large."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _BODY:
            return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict"))
    except ValueError:
        return {}


def _visit(
    desk: Desk, request: Request, session: sessions.Session, kind: Kind, form: Mapping[str, str] | None = None
) -> Visit:
    path = request.url.path.removesuffix(f".{kind}")
    address = requests.address_of(request, desk.settings)
    return Visit(desk, session, address, path, dict(request.query_params), request.path_params, form or {})


def _shown(visit: Visit, page: Page, kind: Kind) -> Response:
    try:
        view: Any = page.show(visit)
    except NotFound as error:
        return answers.problem(visit.desk, kind, 404, str(error), visit.session)
    except FlycatcherError as error:
        return answers.problem(visit.desk, kind, 400, str(error), visit.session)
    response = answers.answer(visit, page, view, kind)
    response.background = BackgroundTask(_looked, visit, kind)
    return response


def _looked(visit: Visit, kind: Kind) -> None:
    said = "&".join(f"{name}={value}" for name, value in visit.params.items())
    with visit.engine.begin() as connection:
        action: audit.Action = "looked" if kind == "html" else "exported"
        audit.write(connection, visit.session.user, visit.address, action, visible(f"{visit.path}?{said}".rstrip("?")))


def _done(visit: Visit, deed: Deed) -> Response:
    try:
        gone = deed.do(visit)
    except NotFound as error:
        return answers.problem(visit.desk, "html", 404, str(error), visit.session)
    except FlycatcherError as error:
        return answers.problem(visit.desk, "html", 400, str(error), visit.session)
    return sent_on(visit.desk, gone)


def sent_on(desk: Desk, gone: Gone) -> Response:
    """Return a redirection, with a cookie where there is a new one."""
    response = RedirectResponse(gone.to, status_code=303)
    name, secure = sessions.cookie_name(desk.settings), desk.settings.secure
    if gone.cookie:
        longest = int(desk.settings.longest)
        response.set_cookie(name, gone.cookie, longest, path="/", secure=secure, httponly=True, samesite="strict")
    elif gone.cookie == "":
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
    return response


__all__ = ["View", "fields", "known", "of_deed", "of_page", "sent_on"]
