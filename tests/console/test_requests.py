"""What comes from another site, or was sent to a name that is not the console's, is refused before anything is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flycatcher.console.assets import NAMES, Assets
from flycatcher.console.security.headers import POLICY
from tests.console.conftest import PASSWORD, csrf

if TYPE_CHECKING:
    from starlette.testclient import TestClient

NAVIGATION = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.evil.example:8650", "[::2]", "169.254.169.254"]
)
def test_a_name_that_was_bound_to_this_address_gets_nothing(viewer: TestClient, host: str) -> None:
    answer = viewer.get("/detections.json", headers={"host": host})
    assert (answer.status_code, "rows" in answer.text) == (421, False)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8650", "LOCALHOST", "127.0.0.1:1", "[::1]:8650", "localhost."]
)
def test_its_own_names_are_answered_at_any_port(viewer: TestClient, host: str) -> None:
    assert viewer.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_load_anything_but_may_link(viewer: TestClient, site: str) -> None:
    for path in ("/detections.json", "/detections", "/live/events", "/assets/x/base.css"):
        for how in (
            {},
            {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
            {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        ):
            assert viewer.get(path, headers={"sec-fetch-site": site} | how).status_code == 403
    assert viewer.get("/detections", headers=NAVIGATION).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": ""}, {"origin": "http://localhost:8650"},
        {"origin": "http://localhost.evil.example"}, {"origin": "ftp://localhost"}, {"origin": "//localhost"}, {"origin": "localhost"},
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"},
    ],
)  # fmt: skip
def test_a_form_of_another_page_changes_nothing(analyst: TestClient, headers: dict[str, str]) -> None:
    name = analyst.get("/detections.json?q=interpreter:ruby").json()["rows"][0]["fingerprint"]
    form = {"csrf": csrf(analyst), "state": "accepted", "text": "x"}
    assert analyst.post(f"/detections/{name}/triage", data=form, headers=headers).status_code == 403
    assert analyst.post("/login", data={"name": "the-viewer", "password": PASSWORD}, headers=headers).status_code == 403
    assert analyst.get(f"/detections/{name}.json").json()["history"] == []


def test_who_follows_a_link_of_another_site_is_asked_again_from_here_with_the_cookie(anybody: TestClient) -> None:
    answer = anybody.get("/detections?q=host:ci-1", headers=NAVIGATION)
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/detections?q=host%3Aci-1&amp;again=1">' in answer.text
    answer = anybody.get("/detections?q=host:ci-1&again=1", headers=NAVIGATION)
    assert answer.headers["location"] == "/login?next=%2Fdetections%3Fq%3Dhost%253Aci-1"


def test_every_answer_says_what_a_browser_may_load(anybody: TestClient, viewer: TestClient) -> None:
    answers = [
        anybody.get("/login"),
        anybody.get("/"),
        anybody.get("/x", headers={"host": "x"}),
        viewer.get("/"),
        viewer.get("/hosts.json"),
    ]
    answers += [viewer.get("/nothing"), viewer.get("/healthz"), viewer.get("/assets/x"), viewer.post("/users")]
    for answer in answers:
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_no_page_has_script_or_style_of_its_own(admin: TestClient) -> None:
    import re  # noqa: PLC0415

    name = admin.get("/detections.json?q=text~curl").json()["rows"][0]["fingerprint"]
    for path in (
        "/",
        "/detections",
        f"/detections/{name}",
        "/live",
        "/hosts",
        "/jobs",
        "/health",
        "/audit",
        "/users",
        "/me",
    ):
        text = admin.get(path).text
        assert re.findall(r"<script(?![^>]* src=\"/assets/)", text) == []
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
        assert all('integrity="sha256-' in each for each in re.findall(r"<script[^>]*>", text))
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//', text) == []


def test_assets_are_what_their_address_says_and_stay(viewer: TestClient) -> None:
    import hashlib  # noqa: PLC0415

    assets = Assets()
    for name in NAMES:
        answer = viewer.get(assets[name].address)
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == assets[name].digest
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert viewer.get(f"/assets/{'0' * 16}/console.js").status_code == 404
    assert viewer.get("/assets/../app.py").status_code == 404


def test_the_vendored_script_is_the_published_one_with_its_licence() -> None:
    """Htmx 2.0.11 as the npm package htmx.org has it; ``assets/vendor/README.md`` says how it was taken."""
    from importlib.resources import files  # noqa: PLC0415

    vendor = files("flycatcher.console.assets").joinpath("vendor")
    told = vendor.joinpath("README.md").read_text()
    for each in vendor.iterdir():
        if each.name.endswith(".js"):
            assert Assets()[f"vendor/{each.name}"].digest in told
            assert vendor.joinpath(f"{each.name.partition('.')[0]}.LICENSE").is_file()


def test_a_form_that_is_too_large_or_no_text_is_none(analyst: TestClient) -> None:
    for body in (b"csrf=" + b"x" * 70_000, b"csrf=%ff&state=\xff", b"&" * 100):
        answer = analyst.post("/users", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
        assert answer.status_code == 403


def test_other_methods_are_not_answered(viewer: TestClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert viewer.request(method, "/detections").status_code in {404, 405}
