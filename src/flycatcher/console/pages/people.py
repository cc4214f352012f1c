"""The users, for administrators; and one's own password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.console.desk import Deed, Gone, Page, Sheet, View
from flycatcher.console.security import audit, passwords, sessions, users
from flycatcher.console.settings import ROLES
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store.database import reading

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_COLUMNS = ("name", "role", "local", "created", "changed")


def show(visit: Visit) -> View:
    """Show all users."""
    rows = users.everyone(visit.engine)
    return View({"rows": rows, "roles": list(ROLES), "shortest": passwords.SHORTEST}, Sheet(_COLUMNS, rows))


def own(visit: Visit) -> View:
    """Show who one is."""
    mine = {"name": visit.session.user, "role": visit.session.role}
    said = "The password was changed." if visit.params.get("done") else ""
    return View({"mine": mine, "said": said, "shortest": passwords.SHORTEST}, Sheet(("name", "role"), [mine]))


def add(visit: Visit) -> Gone:
    """Add a user. Raises FlycatcherError."""
    name, role, password = (visit.form.get(field, "") for field in ("name", "role", "password"))
    with visit.engine.begin() as connection:
        users.add(connection, name.strip(), role, password)
        audit.write(connection, visit.session.user, visit.address, "user added", f"{name} {role}")
    return Gone("/users")


def change(visit: Visit) -> Gone:
    """Change a user's role or remove the user. Raises FlycatcherError."""
    name, role = visit.form.get("name", ""), visit.form.get("role", "")
    with visit.engine.begin() as connection:
        if visit.form.get("remove"):
            users.remove(connection, name)
            audit.write(connection, visit.session.user, visit.address, "user removed", name)
        else:
            users.set_role(connection, name, role)
            audit.write(connection, visit.session.user, visit.address, "user changed", f"{name} {role}")
    return Gone("/users")


def password(visit: Visit) -> Gone:
    """Change one's own password: every session ends, and a new one begins here. Raises FlycatcherError."""
    with reading(visit.engine) as connection:
        mine = users.find(connection, visit.session.user)
    if mine is None or not passwords.matches(mine["password"], visit.form.get("old", "")):
        raise FlycatcherError("The old password is not that.", hint="ask an administrator for a new one", code=2)
    with visit.engine.begin() as connection:
        users.set_password(connection, visit.session.user, visit.form.get("new", ""))
        audit.write(connection, visit.session.user, visit.address, "password", "")
        token = sessions.begin(connection, visit.desk.settings, visit.session.user)
    return Gone("/me?done=1", token)


PAGE = Page("/users", "users.html", show, role="admin", title="Users")
OWN = Page("/me", "me.html", own)
DEEDS = (Deed("/users", add, "admin"), Deed("/users/change", change, "admin"), Deed("/me/password", password, "viewer"))
