"""What every page works with: the store, the settings, the templates; and what a page is given and gives back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import Struct

from flycatcher.console.assets import Assets
from flycatcher.console.security.attempts import Attempts
from flycatcher.console.security.sessions import Session
from flycatcher.console.templating import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Engine

    from flycatcher.console.settings import Role, Settings

Kind = Literal["html", "json", "csv"]


class Desk:
    """One console."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        """Take an open store."""
        self.engine = engine
        self.settings = settings
        self.attempts = Attempts()
        self.assets = Assets()
        self.templates = environment()
        self.streams = 0
        """Browsers that follow what arrives."""


class Visit(Struct, frozen=True):
    """One request of somebody who may make it."""

    desk: Desk
    session: Session
    address: str
    path: str
    """Without the ending of its JSON or CSV."""
    params: Mapping[str, str]
    """Of the query."""
    names: Mapping[str, str]
    """Of the path."""
    form: Mapping[str, str]

    @property
    def engine(self) -> Engine:
        """The store."""
        return self.desk.engine

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return self.desk.settings.clock()


class Sheet(NamedTuple):
    """A page's rows as a table for a spreadsheet."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]


class View(NamedTuple):
    """What a page shows: the same data as HTML, JSON and CSV."""

    data: dict[str, Any]
    sheet: Sheet
    status: int = 200


class Gone(NamedTuple):
    """Where a browser is sent after a change, and what it then sees first."""

    to: str
    cookie: str | None = None
    """A new session's token, empty to delete the cookie, None to leave it."""


class Page(NamedTuple):
    """One page."""

    path: str
    template: str
    show: Callable[[Visit], View]
    role: Role = "viewer"
    title: str = ""
    """In the navigation; empty: it is not there."""


class Deed(NamedTuple):
    """A form's target."""

    path: str
    do: Callable[[Visit], Gone]
    role: Role = "analyst"


class NotFound(Exception):  # noqa: N818 - an answer, not an error
    """There is no such thing."""
