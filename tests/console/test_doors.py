"""Who comes in, who may do what, and when somebody has to log in again."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, Type, extract_parameters

from flycatcher.console.app import DEEDS, PAGES, build
from flycatcher.console.security import attempts, audit, passwords, users
from flycatcher.console.settings import LOOPBACK, Settings, may
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store import schema
from tests.console.conftest import PASSWORD, browser, csrf, log_in

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from starlette.testclient import TestClient
    from starlette.types import ASGIApp

    from tests.console.conftest import Clock


def address(path: str) -> str:
    return path.replace("{name}", "0" * 16)


def actions(store: Engine) -> list[tuple[str, str, str]]:
    rows, _ = audit.entries(store)
    return [(row["who"], row["action"], row["target"]) for row in reversed(rows)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_stranger_sees_no_page(anybody: TestClient, page) -> None:
    answer = anybody.get(address(page.path))
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    twin = "/overview" if page.path == "/" else address(page.path)
    for kind in ("json", "csv"):
        assert anybody.get(f"{twin}.{kind}").status_code == 401
    assert anybody.get("/live/events").status_code == 401


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.path)
def test_a_deed_takes_a_session_its_role_and_the_forms_token(
    app: ASGIApp, viewer: TestClient, admin: TestClient, deed
) -> None:
    assert browser(app).post(address(deed.path)).headers["location"] == "/login"
    assert admin.post(address(deed.path), data={"csrf": "x"}).status_code == 403
    assert admin.post(address(deed.path)).status_code == 403
    if deed.role != "viewer":
        answer = viewer.post(address(deed.path), data={"csrf": csrf(viewer)})
        assert (answer.status_code, f"the role {deed.role}" in answer.text) == (403, True)


@pytest.mark.parametrize("page", [page for page in PAGES if page.role == "admin"], ids=lambda page: page.path)
def test_pages_of_administrators_are_theirs(analyst: TestClient, page) -> None:
    assert analyst.get(page.path).status_code == 403
    assert analyst.get(f"{page.path}.json").status_code == 403
    assert f'href="{page.path}"' not in analyst.get("/").text


def test_roles_include_the_lesser_ones() -> None:
    assert [[may(role, needed) for needed in ("viewer", "analyst", "admin")] for role in ("viewer", "analyst", "admin", "x")] == [
        [True, False, False], [True, True, False], [True, True, True], [False, False, False],
    ]  # fmt: skip


def test_a_log_in_leads_to_the_page_that_was_asked_for_and_to_no_other_site(anybody: TestClient) -> None:
    wanted = anybody.get("/detections?q=level>=high").headers["location"]
    page = anybody.get(wanted).text
    assert 'name="next" value="/detections?q=level%3E%3Dhigh"' in page
    for wanted in (
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: x=y",
        "",
    ):
        answer = anybody.post("/login", data={"name": "the-viewer", "password": PASSWORD, "next": wanted})
        assert answer.headers["location"] == "/"
    answer = anybody.post("/login", data={"name": "the-viewer", "password": PASSWORD, "next": "/hosts"})
    assert answer.headers["location"] == "/hosts"


def test_the_cookie_is_strict_and_unreadable_for_scripts_and_the_store_has_only_its_hash(
    anybody: TestClient, store: Engine
) -> None:
    answer = anybody.post("/login", data={"name": "the-viewer", "password": PASSWORD})
    said = answer.headers["set-cookie"]
    token = re.match(r"flycatcher=([\w-]{43});", said)
    assert token
    assert "HttpOnly" in said
    assert "SameSite=strict" in said
    with store.connect() as connection:
        kept = connection.execute(sa.select(schema.sessions)).mappings().one()
    assert token[1] not in str(dict(kept))


def test_behind_tls_the_cookie_is_bound_to_the_host_and_to_tls(store: Engine, clock: Clock) -> None:
    client = browser(build(store, Settings(store="x", clock=clock, secure=True)))
    answer = client.post("/login", data={"name": "the-viewer", "password": PASSWORD})
    assert answer.status_code == 403  # the page did not come by TLS
    answer = client.post(
        "/login", data={"name": "the-viewer", "password": PASSWORD}, headers={"origin": "https://localhost"}
    )
    assert answer.headers["set-cookie"].startswith("__Host-flycatcher=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_log_in_ends_the_session_that_was_there(app: ASGIApp) -> None:
    client = log_in(browser(app), "the-viewer")
    first = client.cookies["flycatcher"]
    log_in(client, "the-viewer")
    assert client.cookies["flycatcher"] != first
    assert browser(app).get("/", headers={"cookie": f"flycatcher={first}"}).status_code == 303
    client.post("/logout", data={"csrf": csrf(client)})
    assert client.get("/").status_code == 303


def test_a_session_ends_when_nothing_is_asked_for_and_at_the_latest_after_a_day(
    viewer: TestClient, clock: Clock
) -> None:
    for _ in range(3):
        clock.now += 7.9 * 3600
        assert viewer.get("/health").status_code == 200
    clock.now += 0.4 * 3600
    assert viewer.get("/health").status_code == 303


def test_a_session_that_is_not_used_ends_after_eight_hours(viewer: TestClient, clock: Clock) -> None:
    clock.now += 8 * 3600 + 61
    assert viewer.get("/health").status_code == 303


def test_who_fails_too_often_waits_even_with_the_right_password(anybody: TestClient, clock: Clock) -> None:
    for _ in range(attempts.BY_ADDRESS):
        assert anybody.post("/login", data={"name": "the-viewer", "password": "wrong"}).status_code == 403
    answer = anybody.post("/login", data={"name": "the-viewer", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "901")
    clock.now += attempts.WINDOW + 1
    assert anybody.post("/login", data={"name": "the-viewer", "password": PASSWORD}).status_code == 303


def test_failures_are_counted_by_name_too_and_forgotten_where_they_are_many() -> None:
    tries = attempts.Attempts()
    for number in range(attempts.BY_NAME):
        tries.failed(f"10.0.0.{number}", "ada", 0)
    assert tries.wait("192.0.2.1", "ada", 1) == attempts.WINDOW - 1
    assert tries.wait("192.0.2.1", "bob", 1) == 0
    tries.succeeded("192.0.2.1", "ada")
    assert tries.wait("192.0.2.1", "ada", 1) == 0
    for number in range(12_000):
        tries.failed(f"a{number}", f"n{number}", 0)
    assert len(tries._failures) == 10_000


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(anybody: TestClient) -> None:
    answers = [
        anybody.post("/login", data={"name": name, "password": "wrong"}) for name in ("the-viewer", "nobody", "")
    ]
    assert {(answer.status_code, len(answer.text)) for answer in answers} == {(403, len(answers[0].text))}


def test_passwords_are_argon2id_as_rfc_9106_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher())
    kept = passwords.hashed(PASSWORD)
    found = extract_parameters(kept)
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 65_536, 3, 4)
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, PASSWORD + "x")
    assert not passwords.matches("", "")
    for wrong in ("short", "x" * 201):
        with pytest.raises(FlycatcherError, match="12 to 200"):
            passwords.hashed(wrong)
    assert re.fullmatch(r"(?:[a-z2-9]{6}-){3}[a-z2-9]{6}", passwords.generated())


def test_looks_exports_and_changes_are_in_the_audit(analyst: TestClient, store: Engine) -> None:
    name = analyst.get("/detections.json?q=interpreter:ruby").json()["rows"][0]["fingerprint"]
    analyst.get(f"/detections/{name}")
    analyst.post(f"/detections/{name}/triage", data={"csrf": csrf(analyst), "state": "accepted", "text": "the agent"})
    analyst.post(f"/detections/{name}/notes", data={"csrf": csrf(analyst), "text": "asked the owner"})
    assert actions(store) == [
        ("the-analyst", "login", ""), ("the-analyst", "exported", "/detections?q=interpreter:ruby"),
        ("the-analyst", "looked", f"/detections/{name}"), ("the-analyst", "looked", "/me"), ("the-analyst", "triage", f"{name} accepted"),
        ("the-analyst", "looked", "/me"), ("the-analyst", "note", name),
    ]  # fmt: skip


def test_failed_log_ins_are_in_the_audit_which_only_administrators_read(anybody: TestClient, admin: TestClient) -> None:
    anybody.post("/login", data={"name": "mallory", "password": "x"})
    rows = admin.get("/audit.json?who=mallory").json()["rows"]
    assert [(row["action"], row["address"]) for row in rows] == [("login failed", "testclient")]
    assert "mallory" in admin.get("/audit").text


def test_triage_has_a_history_and_the_last_word_counts(analyst: TestClient, viewer: TestClient) -> None:
    name = analyst.get("/detections.json?q=interpreter:ruby").json()["rows"][0]["fingerprint"]
    token = csrf(analyst)
    for state, text in (("investigating", "looking"), ("accepted", "the inventory agent")):
        answer = analyst.post(f"/detections/{name}/triage", data={"csrf": token, "state": state, "text": text})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/detections/{name}#words")
    analyst.post(f"/detections/{name}/notes", data={"csrf": token, "text": "see the ticket"})
    data = viewer.get(f"/detections/{name}.json").json()
    assert [(row["who"], row["state"], row["text"]) for row in data["history"]] == [
        ("the-analyst", "", "see the ticket"), ("the-analyst", "accepted", "the inventory agent"), ("the-analyst", "investigating", "looking"),
    ]  # fmt: skip
    assert data["group"]["state"] == "accepted"
    assert data["accept"]["toml"] == (
        f'[[suppress]]\nfingerprint = "{name}"\nreason = "the inventory agent"\nowner = "the-viewer"\nuntil = 2027-02-28\n'
    )
    assert viewer.get("/detections.json?q=state:accepted").json()["total"] == 1
    assert "Reason" not in viewer.get(f"/detections/{name}").text
    for wrong in ({"state": "colour"}, {}):
        assert analyst.post(f"/detections/{name}/triage", data={"csrf": token} | wrong).status_code == 400
    assert analyst.post(f"/detections/{name}/notes", data={"csrf": token, "text": " "}).status_code == 400
    assert analyst.post("/detections/0000000000000000/notes", data={"csrf": token, "text": "x"}).status_code == 400


def test_an_entry_to_copy_is_a_suppression_once_it_has_a_reason(viewer: TestClient) -> None:
    import tomllib  # noqa: PLC0415

    import msgspec  # noqa: PLC0415

    from flycatcher.config.model import Suppression  # noqa: PLC0415

    name = viewer.get("/detections.json?q=interpreter:ruby").json()["rows"][0]["fingerprint"]
    (entry,) = tomllib.loads(viewer.get(f"/detections/{name}.json").json()["accept"]["toml"])["suppress"]
    with pytest.raises(msgspec.ValidationError, match="length >= 10"):
        msgspec.convert(entry, Suppression)
    assert msgspec.convert(entry | {"reason": "somebody has looked at it"}, Suppression).fingerprint == name


def test_administrators_manage_users_and_the_last_one_stays(admin: TestClient, app: ASGIApp) -> None:
    token = csrf(admin)
    added = admin.post("/users", data={"csrf": token, "name": "ada", "role": "analyst", "password": PASSWORD})
    assert added.headers["location"] == "/users"
    ada = log_in(browser(app), "ada")
    assert admin.post("/users/change", data={"csrf": token, "name": "ada", "role": "viewer"}).status_code == 303
    assert ada.get("/").status_code == 303  # a change ends the sessions
    assert admin.post("/users/change", data={"csrf": token, "name": "ada", "remove": "1"}).status_code == 303
    for wrong in (
        {"name": "the-admin", "remove": "1"}, {"name": "the-admin", "role": "viewer"}, {"name": "nobody", "remove": "1"},
        {"name": "nobody", "role": "viewer"},
    ):  # fmt: skip
        assert admin.post("/users/change", data={"csrf": token} | wrong).status_code == 400
    for wrong in (
        {"name": "the-viewer"},
        {"name": "a b"},
        {"name": ""},
        {"name": "x", "role": "god"},
        {"name": "x", "password": "short"},
    ):
        form = {"csrf": token, "name": "x", "role": "viewer", "password": PASSWORD} | wrong
        assert admin.post("/users", data=form).status_code == 400


def test_ones_own_password_changes_with_the_old_one_and_other_sessions_end(app: ASGIApp, viewer: TestClient) -> None:
    other = log_in(browser(app), "the-viewer")
    token = csrf(viewer)
    assert (
        viewer.post("/me/password", data={"csrf": token, "old": "wrong", "new": "another-long-one"}).status_code == 400
    )
    done = viewer.post("/me/password", data={"csrf": token, "old": PASSWORD, "new": "another-long-one"})
    assert done.headers["location"] == "/me?done=1"
    assert "The password was changed." in viewer.get("/me?done=1").text
    assert other.get("/").status_code == 303
    log_in(browser(app), "the-viewer", "another-long-one")


def by_proxy(store: Engine, clock: Clock, **how: object) -> TestClient:
    settings = Settings(
        store="x", clock=clock, hosts=LOOPBACK, user_header="X-Forwarded-User", proxies=(ip_network("10.0.0.0/8"),), **how,  # type: ignore[arg-type]
    )  # fmt: skip
    from starlette.testclient import TestClient  # noqa: PLC0415

    return TestClient(
        build(store, settings),
        base_url="http://localhost",
        follow_redirects=False,
        headers={"origin": "http://localhost"},
        client=("10.1.2.3", 1),
    )


def test_a_trusted_proxy_names_the_user_whose_role_is_that_of_the_store(store: Engine, clock: Clock) -> None:
    client = by_proxy(store, clock)
    named = {"x-forwarded-user": "the-analyst"}
    assert client.get("/login?next=/hosts", headers=named).headers["location"] == "/hosts"
    assert client.get("/hosts", headers=named).status_code == 200
    assert client.get("/audit", headers=named).status_code == 403
    assert (
        client.get("/hosts", headers={"x-forwarded-user": "the-admin"}).status_code == 303
    )  # the session is another's
    stranger = client.get("/login", headers={"x-forwarded-user": "carol"})
    assert (stranger.status_code, "Nobody has added you" in stranger.text) == (403, True)


def test_a_stranger_whom_the_proxy_names_gets_the_role_that_was_given(store: Engine, clock: Clock) -> None:
    client = by_proxy(store, clock, header_role="viewer")
    named = {"x-forwarded-user": "carol"}
    assert client.get("/login", headers=named).status_code == 303
    assert client.get("/detections", headers=named).status_code == 200
    assert client.get("/users", headers=named).status_code == 403


def test_the_header_of_anybody_else_counts_for_nothing(store: Engine, clock: Clock, app: ASGIApp) -> None:
    for client in (browser(app), by_proxy(store, clock)):
        client._transport.client = ("192.0.2.7", 1)  # type: ignore[attr-defined]
        assert client.get("/login", headers={"x-forwarded-user": "the-admin"}).status_code == 200
        assert client.get("/", headers={"x-forwarded-user": "the-admin"}).status_code == 303


def test_the_address_in_the_audit_is_the_clients_where_the_proxy_is_trusted(store: Engine, clock: Clock) -> None:
    client = by_proxy(store, clock)
    client.get(
        "/login", headers={"x-forwarded-user": "the-viewer", "x-forwarded-for": "203.0.113.9, 192.0.2.1, 10.0.0.1"}
    )
    rows, _ = audit.entries(store)
    assert rows[0]["address"] == "192.0.2.1"


def test_old_entries_of_the_audit_go(store: Engine) -> None:
    with store.begin() as connection:
        audit.write(connection, "a", "b", "looked", "/")
        connection.execute(sa.update(schema.audit).values(time=1.0))
        audit.write(connection, "c", "d", "looked", "/")
    audit.forget_old(store)
    assert actions(store) == [("c", "looked", "/")]


def test_users_are_listed_without_their_passwords(store: Engine) -> None:
    assert [(row["name"], row["role"], row["local"]) for row in users.everyone(store)] == [
        ("the-admin", "admin", True), ("the-analyst", "analyst", True), ("the-viewer", "viewer", True),
    ]  # fmt: skip
    assert "argon2" not in str(users.everyone(store))
