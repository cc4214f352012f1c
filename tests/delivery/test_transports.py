"""Each transport against a receiver on loopback: what arrives, what an answer means, what is refused."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import hmac
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from flycatcher.core.errors import FlycatcherError
from flycatcher.destination import Destination
from flycatcher.sinks.delivery.registry import format_for, transport_classes, transport_for
from flycatcher.sinks.message import Message, Unavailable, packed, unpacked
from flycatcher.sinks.transports.http import retry_after
from flycatcher.sinks.transports.messages import s3
from tests.delivery.events import detection, event, hostile, notice
from tests.delivery.receivers import Answer, HttpReceiver, Request, StreamReceiver, by_turns, certificate_in
from tests.delivery.servers import NatsServer, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sinks.message import Event


def sent(destination: Destination, *events: Event) -> dict[int, str]:
    """Send events once, as a lane would."""
    form, transport = format_for(destination), transport_for(destination)
    try:
        return dict(
            transport.send(
                [Message(body=form.render(each), content_type=form.content_type, event=each) for each in events]
            )
        )
    finally:
        transport.close()


def test_every_transport_says_what_it_takes() -> None:
    for scheme, kind in transport_classes().items():
        assert scheme == scheme.lower()
        assert kind.most >= 1
        format_for(Destination(name="x", to=f"{scheme}://h/x", format=kind.format))


# HTTP


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(429, headers=(("retry-after", "17"),)), "HTTP 429"),
        (Answer(503, b"down"), "HTTP 503: down"),
        (Answer(500), "HTTP 500"),
        (Answer(401), "HTTP 401"),
        (Answer(404), "HTTP 404"),
        (Answer(302, headers=(("location", "http://127.0.0.1:1/"),)), "HTTP 302"),
        (Answer(raw=b"SMTP? 220 hello\r\n\r\n"), "RemoteProtocolError"),
        (Answer(raw=b""), "RemoteProtocolError"),
        (Answer(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"), "RemoteProtocolError"),
    ],
)
def test_what_is_not_about_the_message_is_tried_again(answer: Answer, said: str) -> None:
    with HttpReceiver(lambda _: answer) as receiver:
        with pytest.raises(Unavailable) as error:
            sent(Destination(name="x", to=receiver.address), event(1))
        assert said in str(error.value)
        assert error.value.after == (17.0 if answer.status == 429 else None)


def test_nobody_there_and_nobody_answering_are_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Unavailable, match="ReadTimeout"):
            sent(Destination(name="x", to=f"http://127.0.0.1:{port}", timeout=0.2), event(1))
    with pytest.raises(Unavailable, match="ConnectError"):
        sent(Destination(name="x", to=f"http://127.0.0.1:{port}"), event(1))


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_what_is_about_the_message_is_refused(status: int) -> None:
    with HttpReceiver(lambda _: Answer(status, b"bad \x1b[31mfield")) as receiver:
        assert sent(Destination(name="x", to=receiver.address), event(1)) == {0: f"HTTP {status}: bad \\x1b[31mfield"}


def test_a_webhook_is_signed_and_carries_the_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("the key\n")
    monkeypatch.setenv("HOOK_TOKEN", "s3cret")
    options = {"signing_key_file": str(tmp_path / "key")}
    with HttpReceiver() as receiver:
        sent(
            Destination(
                name="x",
                to=f"{receiver.address}/hook?a=b",
                token_env="HOOK_TOKEN",
                headers={"X-Team": "red"},
                options=options,
            ),
            event(7),
        )
        [request] = receiver.requests
    assert (request.method, request.path, request.headers["x-team"]) == ("POST", "/hook?a=b", "red")
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["x-flycatcher-id"] == event(7).uid
    seconds, digest = request.headers["x-flycatcher-signature"].removeprefix("t=").split(",v1=")
    assert digest == hmac.new(b"the key", f"{seconds}.".encode() + request.body, hashlib.sha256).hexdigest()


def test_a_token_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    for fields in ({"token_env": "NO_SUCH_VARIABLE_HERE"}, {"token_file": str(tmp_path / "missing")}):
        with pytest.raises(Unavailable, match="token_"):
            sent(Destination(name="x", to="http://127.0.0.1:9/", **fields), event(1))  # type: ignore[arg-type]


def test_a_user_has_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "pa:ss")
    with HttpReceiver() as receiver:
        sent(Destination(name="x", to=receiver.address, user="joe", token_env="PASSWORD"), event(7))
        assert receiver.requests[0].headers["authorization"] == "Basic " + base64.b64encode(b"joe:pa:ss").decode()


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after("120") == 120.0
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert (retry_after("Wed, 21 Oct 2115 07:28:00 GMT") or 0) > 10**9
    assert retry_after("soon") is None


def test_splunk_gets_events_in_one_request_and_must_say_success() -> None:
    with HttpReceiver(by_turns(Answer(200, b'{"text":"Success","code":0}'))) as receiver:
        to = f"hec+{receiver.address}"
        options: dict[str, Any] = {"index": "main"}
        assert sent(Destination(name="x", to=to, options=options), event(1), notice()) == {}
        [request] = receiver.requests
        assert request.path == "/services/collector/event"
        first, second = (json.loads(line) for line in request.body.split(b"\n"))
        assert (first["index"], first["fields"]["flycatcher_id"]) == ("main", event(1).uid)
        assert second["event"]["event"]["kind"] == "loss"
        receiver.answer = lambda _: Answer(200, b"<html>a proxy's page</html>")
        with pytest.raises(Unavailable, match="no JSON"):
            sent(Destination(name="x", to=to), event(1))


def test_splunk_waits_for_the_indexer() -> None:
    answers = [b'{"code":0,"ackId":5}', b'{"acks":{"5":false}}', b'{"acks":{"5":true}}']
    with HttpReceiver(by_turns(*(Answer(200, body) for body in answers))) as receiver:
        sent(Destination(name="x", to=f"hec+{receiver.address}", options={"ack": True}), event(1))
        assert [request.path for request in receiver.requests] == ["/services/collector/event"] + [
            "/services/collector/ack"
        ] * 2
        assert len({request.headers["x-splunk-request-channel"] for request in receiver.requests}) == 1


def bulk(*statuses: int) -> Answer:
    items = [{"create": {"status": status, "error": {"reason": f"r{status}"}} if status > 299 else {"create": {"status": status}}} for status in statuses]  # fmt: skip
    items = [
        {"create": {"status": status} | ({"error": {"reason": f"r{status}"}} if status > 299 else {})}
        for status in statuses
    ]
    return Answer(200, json.dumps({"errors": True, "items": items}).encode())


def test_elasticsearch_refuses_documents_and_not_batches() -> None:
    with HttpReceiver(lambda _: bulk(201, 409, 400)) as receiver:
        to = f"elasticsearch+{receiver.address}/flycatcher-%Y.%m.%d"
        assert sent(Destination(name="x", to=to, format="flycatcher"), event(1), event(2), event(3)) == {2: "400 r400"}
        lines = [json.loads(line) for line in receiver.requests[0].body.splitlines()]
    assert lines[0] == {"create": {"_index": "flycatcher-2026.11.30", "_id": event(1).uid}}
    assert lines[1]["event"]["id"] == event(1).uid
    assert receiver.requests[0].path == "/_bulk"


@pytest.mark.parametrize("answer", [bulk(201, 429), bulk(503, 201), bulk(201), Answer(200, b"[]"), Answer(200, b"no")])
def test_elasticsearch_is_asked_again_where_one_document_could_not_be_taken(answer: Answer) -> None:
    with HttpReceiver(lambda _: answer) as receiver, pytest.raises(Unavailable):
        sent(Destination(name="x", to=f"opensearch+{receiver.address}/f"), event(1), event(2))


def test_loki_gets_a_stream_for_each_kind_and_level() -> None:
    with HttpReceiver(lambda _: Answer(204, b"")) as receiver:
        sent(
            Destination(name="x", to=f"loki+{receiver.address}", options={"tenant": "t1"}), event(1), event(2), notice()
        )
        [request] = receiver.requests
    streams = json.loads(request.body)["streams"]
    assert [(each["stream"]["kind"], each["stream"]["level"], len(each["values"])) for each in streams] == [
        ("started", "none", 2),
        ("loss", "high", 1),
    ]
    assert streams[0]["values"][0][0] == "1796000001000000000"
    assert (request.path, request.headers["x-scope-orgid"]) == ("/loki/api/v1/push", "t1")


HELD = {"encoding": "json"}


def read_otlp(request: Request) -> Any:
    """Return the ExportLogsServiceRequest that arrived, in either encoding."""
    json_format = pytest.importorskip("google.protobuf.json_format")
    service = pytest.importorskip("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
    if request.headers["content-type"] == "application/x-protobuf":
        return service.ExportLogsServiceRequest.FromString(request.body)
    assert request.headers["content-type"] == "application/json"
    body = json.loads(request.body)
    for record in [
        r for resource in body["resourceLogs"] for scope in resource["scopeLogs"] for r in scope["logRecords"]
    ]:
        for name in {"traceId", "spanId"} & record.keys():  # OTLP's JSON has hex where protobuf's own has base64
            record[name] = base64.b64encode(bytes.fromhex(record[name])).decode()
    return json_format.ParseDict(body, service.ExportLogsServiceRequest())


@pytest.mark.parametrize("options", [{}, HELD], ids=["protobuf", "json"])
def test_otlp_sends_what_a_collector_reads(options: dict[str, str]) -> None:
    with HttpReceiver() as receiver:
        to = Destination(name="x", to=f"otlp+{receiver.address}", options=options)
        found = detection(ci__job="build", ci__run="7", uid="d" * 32)
        assert sent(to, event(1), notice(count=-3), found) == {}
        [request] = receiver.requests
        assert request.path == "/v1/logs"
        read = read_otlp(request)
    hosts = [{each.key: each.value.string_value for each in logs.resource.attributes} for logs in read.resource_logs]
    assert hosts == [
        {"service.name": "flycatcher", "host.name": "h"},
        {"service.name": "flycatcher", "host.name": "builder-7"},
    ]
    assert [logs.scope_logs[0].scope.name for logs in read.resource_logs] == ["flycatcher", "flycatcher"]
    loss, shown = read.resource_logs[1].scope_logs[0].log_records
    assert {each.key: each.value.int_value for each in loss.attributes}["flycatcher.count"] == -3
    assert (loss.event_name, loss.severity_text, loss.severity_number) == ("flycatcher.loss", "ERROR", 17)
    assert (shown.trace_id.hex(), shown.span_id.hex()) == ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
    assert shown.time_unix_nano == shown.observed_time_unix_nano == 1_796_000_000_250_000_000
    values = {each.key: each.value for each in shown.attributes}
    assert values["log.record.uid"].string_value == "d" * 32
    assert [each.string_value for each in values["process.command_args"].array_value.values] == found.record[
        "execution"
    ]["argv"]
    assert (values["cicd.pipeline.run.id"].string_value, values["process.pid"].int_value) == ("7", 4242)


def test_both_encodings_of_otlp_say_the_same() -> None:
    texts = "\udcff\ud800 é\u202e\x00"
    with HttpReceiver() as receiver:
        for options in ({}, HELD):
            kept = unpacked(packed(hostile(texts)))
            sent(
                Destination(name="x", to=f"otlp+{receiver.address}", options=options),
                kept,
                notice(place=1.5, more={"a": [True, 1 << 40, 1 << 64]}),
            )
        first, second = map(read_otlp, receiver.requests)
    assert first == second


@pytest.mark.parametrize("options", [{}, HELD], ids=["protobuf", "json"])
def test_what_a_collector_rejects_is_said(options: dict[str, str]) -> None:
    service = pytest.importorskip("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
    partial = service.ExportLogsPartialSuccess(rejected_log_records=1, error_message="too old")
    said = {
        "protobuf": service.ExportLogsServiceResponse(partial_success=partial).SerializeToString(),
        "json": b'{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"too old"}}',
    }
    body = said[options.get("encoding", "protobuf")]
    with HttpReceiver(lambda _: Answer(200, body)) as receiver:
        to = Destination(name="x", to=f"otlp+{receiver.address}", options=options)
        assert sent(to, event(1)) == {0: "the collector rejects it: too old"}
        for nothing in (b"", b"\xff\xff not of this protocol"):
            receiver.answer = lambda _, held=nothing: Answer(200, held)
            assert sent(to, event(1)) == {}


class Collector:
    """A collector's gRPC side on loopback; it answers with what ``answers`` says, then takes everything."""

    def __init__(self, *answers: str) -> None:
        grpc = pytest.importorskip("grpc")
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        service = pytest.importorskip("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
        self.requests: list[Any] = []
        self.headers: list[dict[str, str]] = []
        left = list(answers)

        def export(request: Any, context: Any) -> Any:
            self.requests.append(request)
            self.headers.append(dict(context.invocation_metadata()))
            if left:
                context.abort(getattr(grpc.StatusCode, left.pop(0)), "no room\x1b[31m")
            return service.ExportLogsServiceResponse()

        handler = grpc.unary_unary_rpc_method_handler(
            export, service.ExportLogsServiceRequest.FromString, service.ExportLogsServiceResponse.SerializeToString
        )
        name = "opentelemetry.proto.collector.logs.v1.LogsService"
        self.server = grpc.server(ThreadPoolExecutor(2))
        self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, {"Export": handler})])
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop(None).wait()


def test_otlp_goes_over_grpc_with_the_token_and_says_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "t1")
    with Collector("UNAVAILABLE", "INVALID_ARGUMENT") as collector:
        to = Destination(
            name="x", to=f"otlp+grpc://127.0.0.1:{collector.port}", token_env="TOKEN", headers={"X-Org": "o"}
        )
        with pytest.raises(Unavailable, match=r"^gRPC UNAVAILABLE: no room\\x1b\[31m$"):
            sent(to, event(1))
        assert sent(to, event(1)) == {0: "gRPC INVALID_ARGUMENT: no room\\x1b[31m"}
        assert sent(to, event(1), notice()) == {}
    assert [len(each.resource_logs) for each in collector.requests] == [1, 1, 2]
    assert {"authorization": "Bearer t1", "x-org": "o"}.items() <= collector.headers[-1].items()


def test_a_grpc_collector_that_is_away_is_tried_again() -> None:
    pytest.importorskip("grpc")
    with pytest.raises(Unavailable, match=r"^gRPC UNAVAILABLE: "):
        sent(Destination(name="x", to=f"otlp+grpc://127.0.0.1:{free_port()}"), event(1))
    with pytest.raises(FlycatcherError, match="gRPC has no path"):
        sent(Destination(name="x", to="otlp+grpc://h:4317/path"), event(1))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://", "sink x: no host"),
        ("https:///path", "sink x: no host"),
        ("http://host:99999/", "sink x: Port out of range 0-65535"),
        ("otlp+http://[::1", "sink x: Invalid IPv6 URL"),
        ("elasticsearch+https://", "sink x: no host"),
        ("syslog+tcp://", "sink x: no host"),
        ("syslog+tls://host:port", "sink x: Port could not be cast to integer value as 'port'"),
        ("otlp+grpc://", "sink x: no host"),
        ("nats:///subject", "sink x: no host"),
        ("smtp:///?to=a&from=b", "sink x: no host"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_at_once(address: str, said: str) -> None:
    with pytest.raises(FlycatcherError) as raised:
        transport_for(Destination(name="x", to=address))
    assert (str(raised.value), raised.value.code) == (said, 2)


@pytest.mark.parametrize("address", ["otlp+http://h:1", "pagerduty+https://h", "store:///x.db"])
def test_a_template_where_the_form_is_the_receivers_own_is_refused(address: str) -> None:
    with pytest.raises(FlycatcherError, match="takes has a form of its own"):
        format_for(Destination(name="x", to=address, template="hello"))


def test_a_signature_of_s3_is_that_of_the_documentation() -> None:
    # Amazon S3, "Signature Calculations for the Authorization Header", example: PUT Object
    body = b"Welcome to Amazon S3."
    headers = {
        "date": "Fri, 24 May 2013 00:00:00 GMT",
        "host": "examplebucket.s3.amazonaws.com",
        "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-amz-date": "20130524T000000Z",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
    }
    key = s3.Key("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
    assert s3.authorization("PUT", "/test%24file.text", headers, key) == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, "
        "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    )


def test_a_batch_is_one_object_that_replaces_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s")
    monkeypatch.setenv("SESSION", "temporary")
    with HttpReceiver() as receiver:
        destination = Destination(
            name="x", to=f"s3+{receiver.address}/bucket/a b", user="ID", token_env="SECRET",
            headers={"X-Amz-Server-Side-Encryption": "AES256"},
            options={"region": "eu-central-1", "session_token_env": "SESSION"},
        )  # fmt: skip
        for _ in range(2):
            assert sent(destination, event(1), event(2)) == {}
        first, second = receiver.requests
        assert (first.method, first.path) == ("PUT", second.path)
        assert re.fullmatch(r"/bucket/a%20b/\d{4}-\d\d-\d\d/[\w.-]+/\d{6}Z-[0-9a-f]{16}\.jsonl\.gz", first.path)
        assert first.body == second.body
        assert [json.loads(line)["event"]["id"] for line in gzip.decompress(first.body).splitlines()] == [
            event(1).uid, event(2).uid
        ]  # fmt: skip
        assert first.headers["x-amz-content-sha256"] == hashlib.sha256(first.body).hexdigest()
        assert (
            "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;"
            in (first.headers["authorization"])
        )
        signed = first.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
        key = s3.Key("ID", "s", "eu-central-1")
        assert first.headers["authorization"] == s3.authorization(
            "PUT", first.path, {name: first.headers[name] for name in signed}, key
        )
        receiver.answer = lambda _: Answer(400, b"<Code>InvalidArgument</Code>")
        assert sent(destination, event(1)) == {0: "HTTP 400: <Code>InvalidArgument</Code>"}
        receiver.answer = lambda _: Answer(403, b"<Code>RequestTimeTooSkewed</Code>")
        with pytest.raises(Unavailable, match="RequestTimeTooSkewed"):
            sent(destination, event(1))


@pytest.mark.parametrize("given", [{"user": "ID"}, {"token_env": "SECRET"}])
def test_an_object_store_needs_both_halves_of_a_key(given: dict[str, str]) -> None:
    with pytest.raises(FlycatcherError, match="no access key"):
        transport_for(Destination(name="x", to="s3+https://h/bucket", **given))  # type: ignore[arg-type]


def test_incident_services_get_their_own_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "k")
    with HttpReceiver(lambda _: Answer(202)) as receiver:
        for scheme in ("pagerduty", "opsgenie", "alertmanager"):
            assert sent(Destination(name="x", to=f"{scheme}+{receiver.address}", token_env="KEY"), detection()) == {}
        pager, genie, alerts = receiver.requests
    assert (pager.path, json.loads(pager.body)["routing_key"], "authorization" in pager.headers) == (
        "/v2/enqueue",
        "k",
        False,
    )
    assert (genie.path, genie.headers["authorization"]) == ("/v2/alerts", "GenieKey k")
    assert (alerts.path, len(json.loads(alerts.body))) == ("/api/v2/alerts", 1)


# files, programs, pipes


def test_a_file_is_rotated_compressed_and_bounded(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    destination = Destination(name="x", to=f"file:{path}", options={"max_bytes": 100, "keep": 2})
    for number in range(5):
        sent(destination, event(number))
    old = sorted(tmp_path.glob("events.jsonl.*.gz"))
    assert len(old) == 2
    lines = [json.loads(gzip.decompress(each.read_bytes()))["event"]["id"] for each in old]
    assert lines == [event(2).uid, event(3).uid]
    assert json.loads(path.read_text())["event"]["id"] == event(4).uid
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}


def test_a_torn_line_is_ended_and_a_moved_file_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"torn')
    destination = Destination(name="x", to=f"file://{path}")
    form, transport = format_for(destination), transport_for(destination)
    messages = [Message(body=form.render(event(1)), content_type="", event=event(1))]
    transport.send(messages)
    assert path.read_bytes().split(b"\n")[0] == b'{"torn'
    assert json.loads(path.read_bytes().split(b"\n")[1])["event"]["id"] == event(1).uid
    path.rename(tmp_path / "moved")
    transport.send(messages)
    transport.close()
    assert len(path.read_bytes().splitlines()) == 1


def test_a_file_behind_somebody_elses_link_is_not_written(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to make another user's link")
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o777)
    (shared / "out").symlink_to(tmp_path / "victim")
    os.chown(shared / "out", 65534, 65534, follow_symlinks=False)
    with pytest.raises(Unavailable, match="another user could redirect"):
        sent(Destination(name="x", to=f"file:{shared}/out"), event(1))


def test_a_program_reads_the_message_and_its_exit_code_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "take.sh"
    script.write_text('#!/bin/sh\ncat > "$1/$FLYCATCHER_EVENT_ID"\nenv > "$1/env"\nexit "$2"\n')
    script.chmod(0o755)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not for it")
    assert sent(Destination(name="x", to=f"exec:{script} {tmp_path} 0"), event(1)) == {}
    assert json.loads((tmp_path / event(1).uid).read_text())["event"]["id"] == event(1).uid
    assert "not for it" not in (tmp_path / "env").read_text()
    assert sent(Destination(name="x", to=f"exec:{script} {tmp_path} 65"), event(1)) == {0: f"{script} ended with 65"}
    with pytest.raises(Unavailable, match="ended with 3"):
        sent(Destination(name="x", to=f"exec:{script} {tmp_path} 3"), event(1))
    with pytest.raises(Unavailable, match="longer than"):
        sent(Destination(name="x", to="exec:sleep 60", timeout=0.1), event(1))


def test_stdout_is_for_a_program_behind_a_pipe() -> None:
    code = (
        "from tests.delivery.test_transports import *\n"
        "sent(Destination(name='x', to='stdout:', format='text'), event(1), event(2))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [line.rpartition("id=")[2] for line in done.stdout.splitlines()] == [event(1).uid, event(2).uid]


# syslog and the journal


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate of 127.0.0.1 that is its own authority."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["tcp", "tls"])
def stream(request: pytest.FixtureRequest) -> Iterator[tuple[StreamReceiver, dict[str, str]]]:
    fields = {}
    context = None
    if request.param == "tls":
        folder = request.getfixturevalue("certificates")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        fields["ca_file"] = str(folder / "cert.pem")
    receiver = StreamReceiver(context, resets=1 if request.param == "tcp" else 0)
    fields["to"] = f"syslog+{request.param}://127.0.0.1:{receiver.port}"
    yield receiver, fields
    receiver.close()


def test_syslog_over_a_stream_counts_octets_and_is_confirmed_by_the_receivers_close(
    stream: tuple[StreamReceiver, dict[str, str]],
) -> None:
    receiver, fields = stream
    destination = Destination(name="x", **fields)  # type: ignore[arg-type]
    if fields["to"].startswith("syslog+tcp"):
        with pytest.raises(Unavailable):
            sent(destination, event(0))  # read in part and reset: not delivered
    assert sent(destination, event(1), notice(text="two\nlines")) == {}
    first, second = receiver.frames
    assert first.startswith(
        f'<110>1 2026-11-30T00:53:21.000000Z h flycatcher - started [flycatcher@32473 id="{event(1).uid}"'.encode()
    )
    assert b" CEF:0|Flycatcher|" in first
    assert second.startswith(b"<107>1 ")
    assert b"\n" not in second


def test_syslog_over_tls_checks_the_certificate(certificates: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    receiver = StreamReceiver(context)
    with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        sent(Destination(name="x", to=f"syslog+tls://127.0.0.1:{receiver.port}"), event(1))
    assert receiver.frames == []
    receiver.close()


def test_syslog_over_udp_sends_a_datagram_each_and_refuses_what_is_too_long() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        destination = Destination(
            name="x", to=f"syslog+udp://127.0.0.1:{receiver.getsockname()[1]}", format="flycatcher"
        )
        refused = sent(destination, event(1), notice(text="x" * 9000))
        assert receiver.recv(65536).startswith(b"<110>1 ")
    assert list(refused) == [1]


def test_syslog_reaches_the_local_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "log"))
        sent(Destination(name="x", to=f"syslog+unix://{tmp_path}/log", format="text"), notice())
        assert receiver.recv(65536).endswith(b"id=" + b"1" * 32)


def test_the_journal_gets_fields_and_large_entries_by_memory(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "journal"))
        destination = Destination(name="x", to=f"journald:{tmp_path}/journal", format="flycatcher")
        sent(destination, notice(text="short"))
        entry = receiver.recv(65536)
        assert b"PRIORITY=3\n" in entry
        assert b"FLYCATCHER_EVENT_ID=" + b"1" * 32 + b"\n" in entry
        sent(destination, notice(text="x" * 500_000))
        _, descriptors, _, _ = socket.recv_fds(receiver, 1, 1)
        with os.fdopen(descriptors[0], "rb") as memory:
            memory.seek(0)
            assert len(memory.read()) > 500_000


# mail


class MailReceiver:
    """Enough of SMTP (RFC 5321) for one client at a time; ``answers`` are those to DATA's end, in turn."""

    def __init__(self, *answers: str) -> None:
        self.mails: list[str] = []
        self._answers = list(answers)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                with connection, connection.makefile("rwb") as file, contextlib.suppress(OSError):
                    self._talk(file)

    def _talk(self, file: Any) -> None:
        def say(text: str) -> None:
            file.write(f"{text}\r\n".encode())
            file.flush()

        say("220 test")
        while line := file.readline().decode():
            if line.upper().startswith("DATA"):
                say("354 go on")
                mail = b"".join(iter(file.readline, b".\r\n"))
                answer = self._answers.pop(0) if self._answers else "250 taken"
                if answer.startswith("2"):
                    self.mails.append(mail.decode())
                say(answer)
            elif line.upper().startswith("QUIT"):
                say("221 bye")
                return
            else:
                say("250 fine")

    def close(self) -> None:
        self._server.close()


def test_a_mail_an_event_and_what_the_server_refuses() -> None:
    receiver = MailReceiver("554 no", "451 later", "250 taken")
    to = f"smtp://127.0.0.1:{receiver.port}/?to=ops@example.org&from=fly@example.org"
    destination = Destination(name="x", to=to, options={"plaintext": True})
    assert sent(destination, notice()) == {0: "554 no"}
    with pytest.raises(Unavailable, match="451"):
        sent(destination, notice())
    assert sent(destination, detection(uid="9" * 32)) == {}
    [mail] = receiver.mails
    assert f"Message-ID: <{'9' * 32}@flycatcher.invalid>" in mail
    assert "code on the fly on builder-7" in mail
    with pytest.raises(Unavailable, match="no STARTTLS"):
        sent(Destination(name="x", to=to), notice())
    receiver.close()


# NATS and Kafka


@pytest.fixture(scope="module")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real nats-server with a stream."""
    pytest.importorskip("nats")
    if NatsServer.program() is None:
        pytest.skip("needs nats-server")
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server.address
    server.stop()


def test_nats_stores_each_message_once(nats_server: str) -> None:
    import asyncio  # noqa: PLC0415

    import nats  # noqa: PLC0415

    async def stored(begin: bool) -> list[tuple[str, bytes]]:
        connection = await nats.connect(nats_server)
        stream = connection.jetstream()
        if begin:
            await stream.add_stream(name="EVENTS", subjects=["fly.>"])
            await connection.close()
            return []
        info = await stream.stream_info("EVENTS")
        found = [await stream.get_msg("EVENTS", seq) for seq in range(1, info.state.messages + 1)]
        await connection.close()
        return [((each.headers or {})["Nats-Msg-Id"], each.data or b"") for each in found]

    asyncio.run(stored(begin=True))
    destination = Destination(name="x", to=f"{nats_server}/fly.events")
    sent(destination, event(1), event(2))
    sent(destination, event(2), event(3))
    found = asyncio.run(stored(begin=False))
    assert [uid for uid, _ in found] == [event(number).uid for number in (1, 2, 3)]
    assert json.loads(found[0][1])["event"]["id"] == event(1).uid
    with pytest.raises(Unavailable):
        sent(Destination(name="x", to=f"{nats_server}/nobody.listens", timeout=1), event(1))


def test_kafka_is_asked_for_all_acknowledgements() -> None:
    """The brokers are librdkafka's own mock cluster, on loopback."""
    kafka = pytest.importorskip("confluent_kafka")
    cluster = kafka.Producer({"bootstrap.servers": "", "test.mock.num.brokers": 3})
    brokers = ",".join(f"{each.host}:{each.port}" for each in cluster.list_topics(timeout=10).brokers.values())
    destination = Destination(name="x", to=f"kafka://{brokers}/events", timeout=20)
    assert sent(destination, event(1), detection(uid="8" * 32)) == {}
    consumer = kafka.Consumer({"bootstrap.servers": brokers, "group.id": "g", "auto.offset.reset": "earliest"})
    consumer.subscribe(["events"])
    found: dict[str, Any] = {}
    for _ in range(200):
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            found[dict(message.headers())["flycatcher-id"].decode()] = json.loads(message.value())
        if len(found) == 2:
            break
    consumer.close()
    assert found.keys() == {event(1).uid, "8" * 32}
    with pytest.raises(Unavailable):
        sent(Destination(name="x", to="kafka://127.0.0.1:9/events", timeout=0.5), event(1))
