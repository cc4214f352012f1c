"""The console in a real Chromium: no accessibility rule broken, no key without effect, nothing lost of the stream.

``FLYCATCHER_SCREENSHOTS=1`` writes the pictures of docs/console/ anew.
"""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")

import uvicorn
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from flycatcher.console import serve, stream
from flycatcher.console.app import build
from flycatcher.console.security import passwords, users
from flycatcher.console.settings import Settings
from flycatcher.sinks.store.database import open_store
from flycatcher.sinks.store.ingest import ingest
from tests.console.conftest import PASSWORD
from tests.console.stories import NOW, seen, story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from sqlalchemy.engine import Engine

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PICTURES = Path(__file__).parents[2] / "docs" / "console"
PAGES = ("/", "/detections", "/live", "/hosts", "/jobs", "/health", "/audit", "/users", "/me")
PATIENCE = 180_000
"""Milliseconds: a machine may be busy with other things."""
pytestmark = [pytest.mark.skipif(not CHROMIUM, reason="needs chromium"), pytest.mark.xdist_group("chromium")]


class Site:
    """A console that is served on loopback, and can be stopped and started again at the same address."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.port = engine, 0
        self._app = build(engine, Settings(store="x", clock=lambda: NOW))

    @contextmanager
    def up(self) -> Iterator[str]:
        where = serve.listen("127.0.0.1", self.port)
        self.port = where.port
        server = uvicorn.Server(
            uvicorn.Config(self._app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [where.socket]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{self.port}"
        finally:
            server.should_exit = True
            thread.join()
            where.socket.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    engine = open_store(f"store://{tmp_path_factory.mktemp('site')}/store.db")
    ingest(engine, story())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        patched.setattr(stream, "PAUSE", 0.05)
        with engine.begin() as connection:
            for role in ("analyst", "admin"):
                users.add(connection, f"the-{role}", role, PASSWORD)
        yield Site(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def base(site: Site) -> Iterator[str]:
    with site.up() as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # a container's root has no sandbox of its own; what is shown comes from this test alone
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


def opened(chromium: Browser, base: str, name: str = "the-admin", **how: Any) -> Page:
    """Return a page of a browser of its own, logged in; what its console says is collected."""
    page = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}} | how).new_page()
    page.set_default_timeout(PATIENCE)
    page.said = []  # type: ignore[attr-defined]
    page.on("console", lambda message: page.said.append(message.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.said.append(str(error)))  # type: ignore[attr-defined]
    page.goto(f"{base}/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/")
    return page


@pytest.fixture
def page(chromium: Browser, base: str) -> Iterator[Page]:
    found = opened(chromium, base)
    yield found
    found.context.close()


def first(page: Page, base: str, query: str = "text~base64") -> str:
    return str(page.request.get(f"{base}/detections.json", params={"q": query}).json()["rows"][0]["fingerprint"])


def places(page: Page, base: str) -> list[str]:
    """Return the address of every page, with each state that has markup of its own."""
    name = first(page, base)
    return [
        *PAGES,
        f"/detections/{name}",
        f"/detections/{name}/sightings",
        f"/detections/{first(page, base, 'alert')}",
        "/detections?q=host:nowhere",
        "/detections?q=x:y",
        "/?span=30d",
        "/live?q=host:ci-1",
        "/nothing",
    ]


def broken(page: Page) -> dict[str, list[str]]:
    """Return the rules of accessibility that what is shown breaks, all of it unfolded."""
    for each in page.query_selector_all("details:not([open]) > summary"):
        each.click()
    found = Axe().run(page).response["violations"]
    return {each["id"]: [node["html"][:120] for node in each["nodes"][:3]] for each in found}


@pytest.mark.parametrize(
    "how",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}},
    ],
    ids=["light", "dark", "phone"],
)
def test_no_page_breaks_a_rule_of_accessibility_or_has_an_error(chromium: Browser, base: str, how: Any) -> None:
    page = opened(chromium, base, **how)
    found = {}
    for path in places(page, base):
        page.goto(base + path)
        found |= {f"{path} {rule}": shown for rule, shown in broken(page).items()}
    assert found == {}
    assert [said for said in page.said if "status of 40" not in said] == []  # type: ignore[attr-defined]
    page.context.close()


def test_an_empty_store_and_what_forms_answer_break_no_rule_of_accessibility(chromium: Browser, tmp_path: Path) -> None:
    engine = open_store(f"store://{tmp_path}/store.db")
    with engine.begin() as connection:
        users.add(connection, "the-admin", "admin", PASSWORD)
    with Site(engine).up() as address:
        page = chromium.new_page()
        page.goto(f"{address}/login")
        page.fill("[name=name]", "nobody")
        page.fill("[name=password]", "wrong")
        page.keyboard.press("Enter")
        page.get_by_text("do not belong together").wait_for()
        found = {f"login {rule}": shown for rule, shown in broken(page).items()}
        page.close()
        page = opened(chromium, address)
        for path in PAGES:
            page.goto(address + path)
            found |= {f"{path} {rule}": shown for rule, shown in broken(page).items()}
        page.goto(f"{address}/users")
        page.fill("form.stack [name=name]", "ada")
        page.get_by_role("button", name="Add").click()
        page.get_by_role("link", name="ada").wait_for()
        found |= {f"user added {rule}": shown for rule, shown in broken(page).items()}
        assert found == {}
        page.context.close()
    engine.dispose()


REACHED = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(each => each.checkVisibility() && !each.disabled && each.type !== "hidden" && each.tabIndex >= 0)
    .map((each, number) => { each.dataset.stop = number; return number; })"""
FOCUSED = """() => {
    const at = document.activeElement, style = getComputedStyle(at), bar = at.querySelector(".hit");
    const seen = style.outlineStyle !== "none" || style.boxShadow !== "none" || (bar && getComputedStyle(bar).stroke !== "none");
    return [at.dataset.stop === undefined ? -1 : Number(at.dataset.stop), seen, at.outerHTML.slice(0, 90)];
}"""


def test_tab_reaches_everything_on_every_page_and_shows_where_it_is(page: Page, base: str) -> None:
    for path in (*(each for each in places(page, base) if each != "/detections"), "/detections?q=interpreter:ruby"):
        page.goto(base + path)
        stops = page.evaluate(REACHED)
        reached = []
        for _ in stops:
            page.keyboard.press("Tab")
            number, seen, markup = page.evaluate(FOCUSED)
            reached.append(number)
            assert seen, (path, markup)
        assert (path, reached) == (path, stops)


def test_a_key_behind_g_opens_each_page_that_the_help_names(page: Page, base: str) -> None:
    for key, path in (
        ("d", "/detections"),
        ("l", "/live"),
        ("h", "/hosts"),
        ("j", "/jobs"),
        ("s", "/health"),
        ("m", "/me"),
        ("o", "/"),
    ):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(base + path)
    page.keyboard.press("?")
    named = page.locator("#help div", has_text="g then").locator("kbd").all_inner_texts()
    assert named == ["g", "o", "d", "l", "h", "j", "s", "m"]


def test_the_log_in_breaks_no_rule_of_accessibility(chromium: Browser, base: str) -> None:
    page = chromium.new_page()
    page.goto(f"{base}/login")
    assert Axe().run(page).response["violations"] == []
    page.close()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_page_is_wider_than_a_phone(page: Page, base: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in (*PAGES, f"/detections/{first(page, base)}", f"/detections/{first(page, base, 'alert')}"):
        page.goto(base + path)
        assert (path, page.evaluate("document.documentElement.scrollWidth") <= width) == (path, True)


def test_a_person_without_a_mouse_reaches_a_detection_and_judges_it(page: Page, base: str) -> None:
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(f"{base}/detections")
    rows = page.locator("[data-row] a.text")
    for key, row in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('href')") == rows.nth(row).get_attribute("href")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("interpreter:ruby")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/detections?q=interpreter%3Aruby")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/detections/*")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.id") == "state"
    page.keyboard.type("inv")
    page.keyboard.press("Tab")
    page.keyboard.type("looking into it")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".history .state.investigating").wait_for()
    assert page.locator(".history .words").first.inner_text() == "looking into it"
    page.locator("body").press("u")
    page.wait_for_url(f"{base}/detections")


def test_tab_reaches_the_content_past_the_navigation(page: Page, base: str) -> None:
    page.goto(f"{base}/detections")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_more_rows_come_without_leaving_the_page(page: Page, base: str) -> None:
    page.goto(f"{base}/detections")
    assert page.locator("#rows > li").count() == 50
    page.click("#pager a")
    page.locator("#rows > li").nth(63).wait_for()
    assert page.locator("#rows > li").count() == 64
    assert page.locator("#pager a").count() == 0
    names = page.locator("#rows a.text").evaluate_all("each => each.map(a => a.href)")
    assert len(set(names)) == 64


def test_a_reason_lights_up_its_evidence_and_a_suppression_is_copied(chromium: Browser, base: str) -> None:
    page = opened(chromium, base, "the-analyst", permissions=["clipboard-read", "clipboard-write"])
    name = first(page, base)
    page.goto(f"{base}/detections/{name}")
    page.locator("[data-reason]").first.click()
    assert page.locator("mark.lit").count() > 0
    page.click(".accept summary")
    page.click("[data-copy=suppression]")
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith(f'[[suppress]]\nfingerprint = "{name}"\n')
    page.context.close()


def test_a_hostile_text_runs_nothing_and_shows_what_it_hides(page: Page, base: str) -> None:
    page.goto(f"{base}/detections/{first(page, base, 'alert')}")
    assert (
        page.locator("#text-0-0").inner_text()
        == "print '\\u202ehidden\\x1b[31m\\u200b'; # </code><script>alert(1)</script>"
    )
    assert page.locator("main script").count() == 0
    assert page.said == []  # type: ignore[attr-defined]


def test_two_browsers_see_what_the_other_one_says(chromium: Browser, base: str) -> None:
    one, two = opened(chromium, base, "the-analyst"), opened(chromium, base, "the-admin")
    path = f"{base}/detections/{first(one, base, 'interpreter:perl text~curl')}"
    one.goto(path)
    two.goto(path)
    one.fill(".stack:nth-of-type(2) textarea", "seen by one")
    one.get_by_role("button", name="Add note").click()
    one.locator(".history .words").first.wait_for()
    two.fill(".stack:nth-of-type(2) textarea", "seen by two")
    two.get_by_role("button", name="Add note").click()
    two.get_by_text("seen by one").wait_for()
    assert two.locator(".history .words").all_inner_texts() == ["seen by two", "seen by one"]
    for each in (one, two):
        each.context.close()


def test_the_stream_goes_on_where_the_server_left_it(chromium: Browser, site: Site, base: str) -> None:
    again = Site(site.engine)
    with again.up() as address:
        page = opened(chromium, address)
        page.goto(f"{address}/live?q=host:live-*")
        page.get_by_text("connected", exact=True).wait_for()
        ingest(site.engine, [seen(500, "perl", "-e", "print 500", hours=0, host__name="live-1")])
        page.locator("#live tr").first.wait_for()
    ingest(
        site.engine,
        [
            seen(501 + number, "perl", "-e", f"print {501 + number}", hours=0, host__name="live-1")
            for number in range(3)
        ],
    )
    with again.up():
        page.locator("#live tr").nth(3).wait_for()
        assert sorted(page.locator("#live code").all_inner_texts()) == [
            f"perl -e 'print {number}'" for number in range(500, 504)
        ]
        assert page.locator("#arrived").inner_text() == "4"
        page.click("#pause")
        ingest(site.engine, [seen(600, "perl", "-e", "print 600", hours=0, host__name="live-1")])
        page.locator("#arrived", has_text="5").wait_for()
        assert page.locator("#live tr").count() == 4
        page.click("#pause")
        page.locator("#live tr").nth(4).wait_for()
        page.context.close()


def test_without_scripts_pages_are_read_and_detections_judged(chromium: Browser, base: str) -> None:
    page = opened(chromium, base, "the-analyst", java_script_enabled=False)
    page.goto(f"{base}/detections")
    page.click("#pager a")
    page.wait_for_url("**after=*")
    page.locator("a.text").first.click()
    page.select_option("#state", "closed")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**#words")
    assert page.locator(".history .state").first.inner_text() == "closed"
    page.context.close()


def test_light_and_dark_are_kept_by_the_browser(page: Page, base: str) -> None:
    page.click("#theme")
    chosen = page.evaluate("document.documentElement.dataset.theme")
    page.goto(f"{base}/hosts")
    assert page.evaluate("document.documentElement.dataset.theme") == chosen == "dark"


def test_on_paper_there_is_the_detection_and_no_controls(page: Page, base: str) -> None:
    page.goto(f"{base}/detections/{first(page, base)}")
    page.emulate_media(media="print")
    assert not page.locator("header").is_visible()
    assert not page.locator("#words form").first.is_visible()
    assert page.locator("#text-0-0").is_visible()


def test_no_page_loses_its_content_or_its_edge_on_paper(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 less 10 mm of margin, at 96 dots an inch
    page.emulate_media(media="print", color_scheme="dark")
    for path in places(page, base):
        page.goto(base + path)
        assert page.locator("main h1").first.is_visible(), path
        assert not page.locator("header.top").is_visible(), path
        assert page.evaluate("document.documentElement.scrollWidth") <= 718, path
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (path, paper) in {(path, "rgb(255, 255, 255)"), (path, "rgba(0, 0, 0, 0)")}


@pytest.mark.skipif(not os.environ.get("FLYCATCHER_SCREENSHOTS"), reason="writes pictures into docs/")
def test_pictures_for_the_documentation(chromium: Browser, base: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page = opened(chromium, base)
    for name, path, size, scheme in (
        ("overview", "/", (1280, 860), "light"),
        ("detections", "/detections?q=level>=low", (1280, 700), "dark"),
        ("detection", f"/detections/{first(page, base)}", (1280, 900), "light"),
        ("phone", f"/detections/{first(page, base)}", (390, 760), "dark"),
    ):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(base + path)
        page.screenshot(path=PICTURES / f"{name}.png")
    page.context.close()
