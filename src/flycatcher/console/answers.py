"""A page's data as HTML, JSON or CSV; and the answers of those who see no page."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import RedirectResponse, Response

from flycatcher.console import links
from flycatcher.console.settings import may
from flycatcher.sinks.store.export import cell

if TYPE_CHECKING:
    from starlette.requests import Request

    from flycatcher.console.desk import Desk, Kind, Page, Sheet, View, Visit
    from flycatcher.console.security.sessions import Session

NAVIGATION = (
    ("/", "Overview", "viewer"), ("/detections", "Detections", "viewer"), ("/live", "Live", "viewer"),
    ("/hosts", "Hosts", "viewer"),
    ("/jobs", "Jobs", "viewer"), ("/health", "Health", "viewer"), ("/audit", "Audit", "admin"), ("/users", "Users", "admin"),
)  # fmt: skip


def answer(visit: Visit, page: Page, view: View, kind: Kind) -> Response:
    """Return a page in the kind that was asked for."""
    if kind == "json":
        return _json(view.data, view.status)
    if kind == "csv":
        return _csv(view.sheet, visit.path)
    about = {"path": visit.path, "params": visit.params, "now": visit.now, "twins": _twins(visit)}
    return html(visit.desk, page.template, view.data | about, session=visit.session, status=view.status)


def html(
    desk: Desk, template: str, data: dict[str, Any], *, session: Session | None = None, status: int = 200
) -> Response:
    """Return a template with its data."""
    shown = [(path, title) for path, title, role in NAVIGATION if session and may(session.role, role)]
    frame: dict[str, Any] = {
        "assets": desk.assets,
        "session": session,
        "navigation": shown,
        "path": "",
        "params": {},
        "twins": None,
    }
    text = desk.templates.get_template(template).render(frame | data)
    return Response(text.encode("utf-8", "replace"), status, media_type="text/html; charset=utf-8")


def problem(desk: Desk, kind: Kind, status: int, said: str, session: Session | None = None) -> Response:
    """Return what is wrong, in the kind that was asked for."""
    if kind == "html":
        return html(desk, "problem.html", {"said": said, "status": status}, session=session, status=status)
    return _json({"error": said}, status)


def stranger(desk: Desk, request: Request, kind: Kind) -> Response:
    """Return the way to the log-in.

    A browser that follows a link of another site does not send the cookie (SameSite=Strict): it is told to ask again, from here.
    """
    if kind != "html":
        return problem(desk, kind, 401, "Log in first.")
    if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"} and "again" not in request.query_params:
        address = links.address(request.url.path, dict(request.query_params) | {"again": "1"})
        return html(desk, "again.html", {"address_": address})
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Refresh": "true"})
    wanted = links.address(request.url.path, {k: v for k, v in request.query_params.items() if k != "again"})
    return RedirectResponse(
        links.address("/login", {"next": wanted if request.method == "GET" else ""}), status_code=303
    )


def _twins(visit: Visit) -> dict[str, str]:
    """Return the addresses of a page's JSON and CSV."""
    path = "/overview" if visit.path == "/" else visit.path
    return {kind: links.address(f"{path}.{kind}", visit.params) for kind in ("json", "csv")}


def _json(data: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(data), status, media_type="application/json")


def _csv(sheet: Sheet, path: str) -> Response:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, sheet.columns, extrasaction="ignore")
    writer.writeheader()
    for row in sheet.rows:
        writer.writerow({name: cell(_flat(row.get(name))) for name in sheet.columns})
    name = path.strip("/").replace("/", "-") or "overview"
    return Response(
        text.getvalue().encode("utf-8", "replace"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{_safe(name)}.csv"'},
    )


def _flat(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _safe(name: str) -> str:
    return "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "-_."))[:80]
