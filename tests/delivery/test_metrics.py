"""What Prometheus reads: figures under names that follow its conventions, and pages that say whether anything is watched."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.delivery.spool import Spool
from flycatcher.sinks.metrics import Metrics
from tests.delivery.events import event, notice, record

PACKAGING = Path(__file__).parents[2] / "packaging/monitoring"


def filled(folder: Path) -> Metrics:
    spool = Spool(str(folder / "s.db"))
    spool.register("siem", "https://siem/…")
    spool.add(event(1), ["siem"])
    metrics = Metrics(lambda: 42, spool.standings)
    metrics.write(record())
    metrics.write(record() | {"policy": {"action": "suppressed"}})
    metrics.write(notice().record)
    metrics.write(notice("started").record)
    return metrics


def families(text: str) -> dict[str, object]:
    parser = pytest.importorskip("prometheus_client.parser")
    return {family.name: family for family in parser.text_string_to_metric_families(text)}


def test_the_figures_are_what_a_parser_of_others_reads(tmp_path: Path) -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parser.text_string_to_metric_families(filled(tmp_path).text())
        for sample in family.samples
    }
    perl = (
        ("interpreter", "perl"),
        ("level", record()["risk"]["level"]),
        ("outcome", "observed"),
        ("vector", "argument"),
    )
    assert samples["flycatcher_detections_total", perl] == 1
    assert samples["flycatcher_executions_total", ()] == 42
    assert samples["flycatcher_losses_total", (("place", "ring"),)] == 3
    assert samples["flycatcher_notices_total", (("kind", "started"),)] == 1
    assert samples["flycatcher_spool_events", (("sink", "siem"),)] == 1
    assert samples["flycatcher_detection_latency_seconds_count", ()] == 2
    assert samples["flycatcher_detection_latency_seconds_bucket", (("le", "+Inf"),)] == 2


def test_names_follow_the_conventions(tmp_path: Path) -> None:
    text = filled(tmp_path).text()
    kinds = dict(re.findall(r"# TYPE (\S+) (\S+)", text))
    helps = dict(re.findall(r"# HELP (\S+) (.+)", text))
    assert kinds.keys() == helps.keys()
    for name, kind in kinds.items():
        assert re.fullmatch(r"flycatcher_[a-z]+(_[a-z]+)*", name)
        assert name.endswith("_total") is (kind == "counter")
        assert helps[name].endswith(".")


def test_pages_say_whether_anything_is_watched(tmp_path: Path) -> None:
    metrics = filled(tmp_path)
    port = metrics.serve(":0")

    def get(path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    assert get("/healthz") == (200, b"ok\n")
    assert get("/readyz") == (503, b"not watching\n")
    metrics.ready = True
    assert get("/readyz") == (200, b"watching\n")
    assert get("/metrics")[1].startswith(b"# HELP flycatcher_build_info ")
    assert get("/etc/passwd")[0] == 404
    metrics.close({})
    assert get("/readyz")[0] == 503


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000", "256.0.0.1:9"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(FlycatcherError, match="--metrics"):
        Metrics(lambda: 0).serve(address)


def test_the_dashboard_and_the_alert_rules_ask_for_figures_that_exist(tmp_path: Path) -> None:
    text = filled(tmp_path).text()
    served = set(re.findall(r"^(flycatcher_\w+)", text, re.MULTILINE))
    rules = yaml.safe_load((PACKAGING / "alerts.yml").read_text())
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    dashboard = json.loads((PACKAGING / "dashboard.json").read_text())
    asked += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(asked) > 15
    assert {name for each in asked for name in re.findall(r"flycatcher_\w+", each)} <= served
