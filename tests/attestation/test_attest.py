"""Attestations: what is in them, that others can read and verify them, and which builds pass."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement as TheirStatement
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from flycatcher.attestation.job import monitored_process
from flycatcher.attestation.materials import subjects
from flycatcher.attestation.policy import Gate, Objection, objections
from flycatcher.attestation.statement import (
    Completeness,
    Detected,
    Extension,
    Monitor,
    MonitorLog,
    Predicate,
    Statement,
    Subject,
)
from flycatcher.attestation.trace import Trace
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.execution import Execution, Fidelity, FileFact, Process
from flycatcher.signing.dsse import IN_TOTO, pae, sealed
from flycatcher.signing.files import write_private
from flycatcher.signing.keys import VerifierKey
from tests.signing.test_note import KEY, OTHER

PYTHON = os.path.realpath(sys.executable)
TEXT = "print(6 * 7)"


def flycatcher(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flycatcher", *words]
    env = {name: value for name, value in os.environ.items() if name not in {"CI", "GITHUB_ACTIONS"}} | variables
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a build was attested, with its key and its verifier key."""
    folder = tmp_path_factory.mktemp("build")
    write_private(str(folder / "key"), KEY)
    (folder / "pub").write_text(KEY.verifier.text())
    (folder / "uv.lock").write_text("pinned")
    script = f"{PYTHON} -c '{TEXT}' > out; env TOKEN=hunter2hunter2 true --password hunter2hunter2 $(printf 'a\\377b'); exit 3"
    words = ["--attest", "a.json", "--subject", "out", "--attest-key", "key", "--", "sh", "-c", script]
    done = flycatcher(folder, "run", "-q", *words)
    assert done.returncode == 3, done.stderr
    return folder


def statement(folder: Path, name: str = "a.json") -> dict:
    return json.loads(base64.b64decode(json.loads((folder / name).read_bytes())["payload"]))


# what is in it


def test_a_statement_is_one_to_in_totos_own_library(build: Path) -> None:
    payload = base64.b64decode(json.loads((build / "a.json").read_bytes())["payload"])
    found = json_format.Parse(payload, statement_pb2.Statement())
    TheirStatement.copy_from_pb(found).validate()
    assert found.predicate_type == "https://in-toto.io/attestation/runtime-trace/v0.1"
    assert [(each.name, dict(each.digest)) for each in found.subject] == [
        ("out", {"sha256": sha256(b"42\n").hexdigest()})
    ]


def test_the_predicate_has_the_fields_of_the_specification(build: Path) -> None:
    predicate = statement(build)["predicate"]
    assert set(predicate) == {"monitor", "monitoredProcess", "monitorLog", "metadata", "flycatcher"}
    assert set(predicate["monitor"]) == {"type", "tracePolicy"}
    assert set(predicate["monitoredProcess"]) == {"hostID", "type", "event"}
    assert set(predicate["monitorLog"]) == {"process"}
    assert set(predicate["metadata"]) == {"buildStartedOn", "buildFinishedOn"}
    assert all(len(time) == 20 and time.endswith("Z") for time in predicate["metadata"].values())
    assert "code that a running interpreter is given later (eval, a REPL) is no program start" in predicate["monitor"]["tracePolicy"]["limits"]  # fmt: skip


def test_every_execution_is_listed_with_its_words_and_digests(build: Path) -> None:
    listed = statement(build)["predicate"]["monitorLog"]["process"]
    assert [each["argv"][0] for each in listed] == ["sh", PYTHON, "env", "true"]
    python = listed[1]
    assert python["argv"] == [PYTHON, "-c", TEXT]
    assert python["processBinary"] == PYTHON
    assert python["digest"] == {"sha256": sha256(Path(PYTHON).read_bytes()).hexdigest()}
    text = {"vector": "argument", "digest": {"sha256": sha256(TEXT.encode()).hexdigest()}, "bytes": len(TEXT)}
    assert python["texts"] == [text]
    assert (python["interpreter"], python["parent"]) == ("python", listed[0]["pid"])
    assert {each["outcome"] for each in listed} <= {"confirmed", "presumed"}
    assert all(len(each["digest"]["sha256"]) == 64 for each in listed)


def test_secrets_are_taken_out_and_bytes_that_are_no_text_are_written_out(build: Path) -> None:
    payload = json.dumps(statement(build)["predicate"]["monitorLog"])
    assert "hunter2" not in payload
    assert statement(build)["predicate"]["monitorLog"]["process"][3]["argv"][-1] == "a\\xffb"


def test_detections_losses_and_materials_are_in_it(build: Path) -> None:
    found = statement(build)["predicate"]["flycatcher"]
    (detection,) = found["detections"]
    assert (detection["interpreter"], detection["vectors"], detection["action"]) == ("python", ["argument"], "observed")
    assert detection["texts"] == [sha256(TEXT.encode()).hexdigest()]
    assert found["completeness"] == {"observed": True, "lost": 0, "omitted": 0, "outlived": 0, "losses": []}
    assert found["exitCode"] == 3
    assert found["materials"] == [{"name": "uv.lock", "digest": {"sha256": sha256(b"pinned").hexdigest()}}]


def test_a_commit_is_a_material_and_the_subject_where_no_file_is(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert flycatcher(tmp_path, "run", "-q", "--attest", "a.json", "--", "true").returncode == 0
    expected = [{"name": "git commit", "digest": {"gitCommit": commit}}]
    assert statement(tmp_path)["subject"] == expected
    assert statement(tmp_path)["predicate"]["flycatcher"]["materials"] == expected
    done = flycatcher(
        tmp_path, "attest", "verify", "a.json", "--unsigned", "--commit", commit, "--complete", "--no-loss"
    )
    assert (done.returncode, "warning: who signed it was not checked" in done.stderr) == (0, True)
    done = flycatcher(tmp_path, "attest", "verify", "a.json", "--unsigned", "--commit", "0" * 40)
    assert (done.returncode, done.stdout) == (1, f"a.json: it was not built from the commit {'0' * 40}\n")


def test_what_is_refused_is_listed_as_denied(tmp_path: Path) -> None:
    done = flycatcher(tmp_path, "run", "-q", "--deny", "--attest", "a.json", "--subject", "s", "--", "sh", "-c", f"touch s; {PYTHON} -c 1; true")  # fmt: skip
    assert done.returncode == 0, done.stderr
    listed = statement(tmp_path)["predicate"]["monitorLog"]["process"]
    assert [(each["argv"][0], each["outcome"]) for each in listed][-1] == (PYTHON, "denied")
    assert statement(tmp_path)["predicate"]["flycatcher"]["detections"][0]["action"] == "denied"
    assert statement(tmp_path)["predicate"]["flycatcher"]["completeness"]["omitted"] == 0


def test_a_program_that_is_replaced_has_the_digest_of_what_ran(tmp_path: Path) -> None:
    script = "cp /bin/true p; ./p; cp /bin/false q; mv q p; ./p; touch s"
    flycatcher(tmp_path, "run", "-q", "--attest", "a.json", "--subject", "s", "--", "sh", "-c", script)
    listed = [each for each in statement(tmp_path)["predicate"]["monitorLog"]["process"] if each["argv"] == ["./p"]]
    expected = [sha256(Path(path).read_bytes()).hexdigest() for path in ("/bin/true", "/bin/false")]
    assert [each["digest"]["sha256"] for each in listed] == expected


def test_a_script_has_the_digest_of_what_was_there_when_it_started(tmp_path: Path) -> None:
    texts = ["touch s\n", "true 2\n"]
    script = f"printf '{texts[0]}' > a.sh; sh a.sh; printf '{texts[1]}' > a.sh; sh ./a.sh; sh a.sh"
    flycatcher(
        tmp_path, "run", "-q", "--attest", "a.json", "--subject", "s", "--", "sh", "-c", script.replace("\n", "\\n")
    )
    listed = [
        each
        for each in statement(tmp_path)["predicate"]["monitorLog"]["process"]
        if len(each["argv"]) == 2 and each["argv"][1].endswith("a.sh")
    ]
    digests = [sha256(text.encode()).hexdigest() for text in (texts[0], texts[1], texts[1])]
    assert [each["files"][0]["digest"]["sha256"] for each in listed] == digests
    assert os.path.normpath(listed[1]["files"][0]["name"]) == str(tmp_path / "a.sh")


def script_of(path: Path) -> Execution:
    return Execution(argv=("sh", str(path)), process=Process(pid=os.getpid()))


def files_told(trace: Trace, execution: Execution) -> tuple[tuple[str, str], ...]:
    trace.decided(execution)
    trace.happened(execution, (), "")
    return trace.executions[-1].files


def test_no_digest_is_given_of_what_the_builds_user_may_not_read(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"1234")
    path.chmod(0o600)
    digest = sha256(b"1234").hexdigest()
    assert files_told(Trace(), script_of(path)) == ((str(path), digest),)
    assert files_told(Trace(path.stat().st_uid), script_of(path)) == ((str(path), digest),)
    assert files_told(Trace(path.stat().st_uid + 1), script_of(path)) == ((str(path), ""),)
    path.chmod(0o604)
    assert files_told(Trace(path.stat().st_uid + 1), script_of(path)) == ((str(path), digest),)


def test_what_is_no_file_of_a_disk_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "script"
    assert files_told(Trace(), script_of(path)) == ()
    os.mkfifo(path)
    assert files_told(Trace(), script_of(path)) == ()
    path.unlink()
    path.touch()
    other = FileFact(kind="regular", device=path.stat().st_dev, inode=path.stat().st_ino + 1)
    monkeypatch.setattr("flycatcher.attestation.trace.look", lambda *_: other)  # it was another file a moment ago
    assert files_told(Trace(), script_of(path)) == ((str(path), ""),)


def test_a_link_is_followed_as_the_process_would(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"1")
    (tmp_path / "link").symlink_to("real")
    assert files_told(Trace(), script_of(tmp_path / "link")) == ((str(tmp_path / "link"), sha256(b"1").hexdigest()),)


def test_too_many_executions_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flycatcher.attestation.trace.MOST", 2)
    trace = Trace()
    for pid in range(5):
        ran = Execution(argv=("x",), process=Process(pid=pid), fidelity=Fidelity(happened="confirmed"))
        trace.happened(ran, (), "")
    assert (trace.ran, trace.omitted) == (2, 3)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (
            {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "2"},
            {"hostID": "https://github.com", "type": "https://actions.github.io/buildtypes/workflow/v1", "event": "https://github.com/o/r/actions/runs/7/attempts/2"},
        ),
        (
            {"GITLAB_CI": "true", "CI_SERVER_URL": "https://gitlab.example/", "CI_PROJECT_PATH": "o/r", "CI_PIPELINE_ID": "7", "CI_JOB_NAME": "build"},
            {"hostID": "https://gitlab.example", "type": "urn:flycatcher:run:command:v1", "event": "o/r/7/build"},
        ),
        (
            {"CI": "woodpecker", "CI_REPO": "o/r"},
            {"hostID": "urn:flycatcher:woodpecker", "type": "urn:flycatcher:run:command:v1"},
        ),
    ],
    ids=["github", "gitlab", "no run"],
)  # fmt: skip
def test_a_job_is_named_as_its_platform_names_it(environment: dict[str, str], expected: dict[str, str]) -> None:
    found = monitored_process(environment)
    assert {name: found[name] for name in expected} == expected
    assert found["event"]


# who signed it


def their_key(key: VerifierKey) -> SSlibKey:
    return SSlibKey(key.label, "ed25519", "ed25519", {"public": key.public.hex()})


def test_an_envelope_is_verified_by_securesystemslib(build: Path) -> None:
    envelope = TheirEnvelope.from_dict(json.loads((build / "a.json").read_bytes()))
    assert envelope.payload_type == "application/vnd.in-toto+json"
    assert list(envelope.verify([their_key(KEY.verifier)], 1)) == [KEY.verifier.label]
    envelope.payload += b" "
    with pytest.raises(VerificationError):
        envelope.verify([their_key(KEY.verifier)], 1)


def test_what_is_signed_is_that_of_the_protocol() -> None:
    # of secure-systems-lab/dsse, protocol.md
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@pytest.fixture
def copy(build: Path, tmp_path: Path) -> Path:
    for name in ("a.json", "pub", "out"):
        (tmp_path / name).write_bytes((build / name).read_bytes())
    return tmp_path


def test_only_the_key_that_signed_verifies(copy: Path) -> None:
    done = flycatcher(copy, "attest", "verify", "a.json", "--key", "pub", "--subject", "out")
    expected = (
        f"a.json: passes, signed by {KEY.verifier.label}: exit code 3, 4 executions, 0 lost, 1 detection (1 none)\n"
    )
    assert (done.returncode, done.stdout) == (0, expected)
    done = flycatcher(copy, "attest", "verify", "a.json", "--key", OTHER.verifier.text())
    assert (done.returncode, done.stdout) == (1, f"a.json: not signed with the key {OTHER.verifier.label}\n")


def changed(copy: Path, **fields: object) -> None:
    envelope = json.loads((copy / "a.json").read_bytes())
    (copy / "a.json").write_text(json.dumps({**envelope, **fields}))


def test_what_was_changed_is_not_signed(copy: Path) -> None:
    payload = json.dumps({**statement(copy), "predicate": {}}).encode()
    changed(copy, payload=base64.b64encode(payload).decode())
    assert flycatcher(copy, "attest", "verify", "a.json", "--key", "pub").returncode == 1


def test_a_hint_that_is_wrong_or_a_second_signature_changes_nothing(copy: Path) -> None:
    (signature,) = json.loads((copy / "a.json").read_bytes())["signatures"]
    changed(copy, signatures=[{"sig": "AAAA", "keyid": KEY.verifier.label}, {"sig": signature["sig"], "keyid": "x"}])
    assert flycatcher(copy, "attest", "verify", "a.json", "--key", "pub").returncode == 0
    changed(copy, signatures=[])
    assert flycatcher(copy, "attest", "verify", "a.json", "--key", "pub").returncode == 1


def test_keys_of_openssl_sign_and_verify(tmp_path: Path) -> None:
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "key.pem"], check=True)
    subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "key.pem", "-pubout", "-out", tmp_path / "pub.pem"], check=True
    )
    (tmp_path / "key.pem").chmod(0o600)
    (tmp_path / "s").touch()
    words = ["--attest", "a.json", "--subject", "s", "--attest-key", "key.pem"]
    assert flycatcher(tmp_path, "run", "-q", *words, "--", "true").returncode == 0
    done = flycatcher(tmp_path, "attest", "verify", "a.json", "--key", "pub.pem")
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", tmp_path / "pub.pem", "-outform", "DER"], check=True, capture_output=True).stdout  # fmt: skip
    assert (done.returncode, f"signed by {sha256(der).hexdigest()}" in done.stdout) == (0, True)
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", tmp_path / "key.pem"], check=True)
    done = flycatcher(tmp_path, "run", "-q", *words, "--", "true")
    assert (done.returncode, "it is no Ed25519 key" in done.stderr) == (1, True)
    done = flycatcher(tmp_path, "run", "-q", "--ledger", "l", "--ledger-key", "key.pem", "--", "true")
    assert (done.returncode, done.stderr.count("key.pem")) == (1, 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no attestation"),
        (b"{", "no attestation"),
        (b'{"payload":"!","payloadType":"x","signatures":[]}', "it is not base64"),
        (b'{"payload":"e30=","payloadType":"x","signatures":[]}', "its payload is x"),
        (sealed(b"{}", IN_TOTO, KEY), "no attestation of ours"),
        (sealed(b"[" * 100_000, IN_TOTO, KEY), "no attestation of ours"),
        (sealed(json.dumps({"_type": "x", "predicateType": "x", "subject": [], "predicate": {}}).encode(), IN_TOTO, KEY), "no attestation of ours"),
    ],
    ids=["empty", "torn", "no base64", "another payload", "no statement", "deep", "another statement"],
)  # fmt: skip
def test_what_is_no_attestation_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "a.json").write_bytes(data)
    for words in (["show", "a.json"], ["verify", "a.json", "--key", KEY.verifier.text()]):
        done = flycatcher(tmp_path, "attest", *words)
        assert (done.returncode, said in done.stderr) == (3, True), done.stderr


def test_what_is_asked_for_in_vain_is_said_before_anything_runs(tmp_path: Path) -> None:
    write_private(str(tmp_path / "key"), KEY)
    cases = {
        ("--attest", "a.json"): (2, "there is no commit that an attestation could be about"),
        ("--subject", "s"): (2, "--subject and --attest-key are about --attest"),
        ("--attest", "a.json", "--subject", "s", "--attest-key", "none"): (3, "No such file"),
        ("--attest", "none/a.json", "--subject", "s"): (1, "No such file"),
    }
    for words, expected in cases.items():
        done = flycatcher(tmp_path, "run", "-q", *words, "--", "touch", "ran")
        assert (done.returncode, expected[1] in done.stderr) == (expected[0], True), done.stderr
    assert not (tmp_path / "ran").exists()


def test_a_subject_that_is_missing_at_the_end_attests_nothing(tmp_path: Path) -> None:
    done = flycatcher(tmp_path, "run", "-q", "--attest", "a.json", "--subject", "none", "--", "true")
    assert (done.returncode, "nothing was attested: subject none" in done.stderr) == (1, True)
    assert (tmp_path / "a.json").read_bytes() == b""


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_a_subject_is_a_regular_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "s"
    {"missing": lambda: None, "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]()
    with pytest.raises(FlycatcherError, match="no regular file"):
        subjects((str(path),))


# which builds pass

HARMLESS = Detected(id="a" * 16, level="none", score=0, interpreter="python")
BAD = Detected(id="b" * 16, level="high", score=60, interpreter="perl")
ACCEPTED = Detected(id="c" * 16, level="critical", score=90, interpreter="ruby", action="suppressed")
WHOLE = Completeness(observed=True, lost=0)


def attested(*detections: Detected, completeness: Completeness = WHOLE, **fields: object) -> Statement:
    extension = Extension(version="1", exit_code=0, completeness=completeness, detections=detections)
    extension = type(extension)(**{name: getattr(extension, name) for name in extension.__struct_fields__} | fields)
    predicate = Predicate(Monitor("x"), {}, MonitorLog(), extension)
    return Statement("t", "p", (Subject({"sha256": "1" * 64}, "out"),), predicate)


@pytest.mark.parametrize(
    ("statement", "gate", "said"),
    [
        (attested(BAD), Gate(), []),
        (attested(HARMLESS), Gate(fail_on="low"), []),
        (attested(HARMLESS), Gate(fail_on="all"), [(f"{HARMLESS.id} (none, python): all and above fail", 10)]),
        (attested(BAD), Gate(fail_on="high"), [(f"{BAD.id} (high, perl): high and above fail", 10)]),
        (attested(BAD), Gate(fail_on="critical"), []),
        (attested(BAD), Gate(fail_on="high", allow_ids=(BAD.id,)), []),
        (attested(ACCEPTED), Gate(fail_on="low"), []),
        (attested(ACCEPTED), Gate(forbid_interpreters=("ruby",)), [(f"{ACCEPTED.id} (critical, ruby): this interpreter is forbidden", 10)]),
        (attested(), Gate(no_new=True), [("it was not compared with a baseline, so that it is not known what is new", 1)]),
        (attested(baseline=True), Gate(no_new=True), []),
        (attested(BAD, baseline=True, new=1), Gate(no_new=True), [("1 detection is new", 10)]),
        (attested(completeness=Completeness(observed=True, lost=2)), Gate(no_loss=True), [("2 executions ran without having been read", 1)]),
        (attested(completeness=Completeness(observed=True, lost=0, losses=("x",))), Gate(no_loss=True), [("1 execution ran without having been read", 1)]),
        (attested(completeness=Completeness(observed=False, lost=0)), Gate(no_loss=True), [("nothing was observed", 1)]),
        (attested(completeness=Completeness(observed=True, lost=0, omitted=3, outlived=1)), Gate(complete=True), [("3 executions are not in the list", 1), ("1 process has outlived the command", 1)]),
        (attested(completeness=Completeness(observed=True, lost=0, omitted=3)), Gate(no_loss=True), []),
        (attested(exit_code=2), Gate(succeeded=True), [("the command failed with exit code 2", 1)]),
        (attested(), Gate(commit="c0ffee"), [("it was not built from the commit c0ffee", 1)]),
        (attested(materials=({"digest": {"gitCommit": "c0ffee"}},)), Gate(commit="c0ffee"), []),
    ],
    ids=range(19),
)  # fmt: skip
def test_a_build_passes_or_not(statement: Statement, gate: Gate, said: list[tuple[str, int]]) -> None:
    assert list(objections(statement, gate, {})) == [Objection(*each) for each in said]


def test_a_file_that_it_is_not_about_does_not_pass() -> None:
    assert list(objections(attested(), Gate(), {"out": "1" * 64})) == []
    (found,) = objections(attested(), Gate(), {"out": "2" * 64})
    assert found.text == f"out is none of its subjects: its SHA-256 is {'2' * 64}"


def test_a_policy_file_is_a_gate(copy: Path) -> None:
    policy = copy / "policy.toml"
    policy.write_text('no_loss = true\nsucceeded = true\nforbid_interpreters = ["python"]\n')
    done = flycatcher(copy, "attest", "verify", "a.json", "--key", "pub", "--policy", "policy.toml")
    assert done.returncode == 10
    assert done.stdout.splitlines()[0] == "a.json: the command failed with exit code 3"
    assert done.stdout.splitlines()[1].endswith("(none, python): this interpreter is forbidden")
    policy.write_text("no_lost = true\n")
    done = flycatcher(copy, "attest", "verify", "a.json", "--key", "pub", "--policy", "policy.toml")
    assert (done.returncode, "no_lost" in done.stderr) == (2, True)
    done = flycatcher(copy, "attest", "verify", "a.json", "--key", "pub", "--policy", "none.toml")
    assert done.returncode == 3
    assert flycatcher(copy, "attest", "verify", "a.json").returncode == 2
    assert flycatcher(copy, "attest", "verify", "a.json", "--unsigned", "--key", "pub").returncode == 2


def test_what_is_new_to_the_baseline_does_not_pass(tmp_path: Path) -> None:
    command = ["--subject", "s", "--", "sh", "-c", f"touch s; {PYTHON} -c '{TEXT}'"]
    assert flycatcher(tmp_path, "run", "-q", "--learn", *command[2:]).returncode == 0
    attest = ["run", "-q", "--baseline", "--attest", "a.json"]
    assert flycatcher(tmp_path, *attest, *command).returncode == 0
    verify = ["attest", "verify", "a.json", "--unsigned", "--no-new"]
    assert flycatcher(tmp_path, *verify).returncode == 0
    assert statement(tmp_path)["predicate"]["flycatcher"]["detections"][0]["known"] is True
    command[-1] += "; perl -e 'print 1'"
    assert flycatcher(tmp_path, *attest, *command).returncode == 0
    done = flycatcher(tmp_path, *verify)
    assert (done.returncode, done.stdout) == (10, "a.json: 1 detection is new\n")


def test_show_prints_what_an_attestation_says(copy: Path) -> None:
    lines = flycatcher(copy, "attest", "show", "a.json").stdout.splitlines()
    assert lines[0] == f"signed by   {KEY.verifier.label} (not checked)"
    assert lines[1] == f"subject     out sha256:{sha256(b'42' + bytes([10])).hexdigest()}"
    assert "build       exit code 3, 4 executions, 0 lost, 1 detection (1 none)" in lines
    shown = flycatcher(copy, "attest", "show", "a.json", "--statement").stdout
    assert json.loads(shown) == statement(copy)


@pytest.mark.parametrize("sensor", ["ebpf", "auto"])
def test_every_program_is_listed_so_the_sensor_is_one_that_sees_every_program(tmp_path: Path, sensor: str) -> None:
    done = flycatcher(
        tmp_path, "run", "--sensor", sensor, "--attest", "a.json", "--subject", "out", "--", "touch", "out"
    )
    if sensor == "ebpf":
        assert (done.returncode, (tmp_path / "a.json").exists()) == (2, False)
        assert "--attest lists every program" in done.stderr
    else:
        assert "sensor: seccomp: an attestation lists every program" in done.stderr
        executed = statement(tmp_path)["predicate"]["monitorLog"]
        assert "/touch" in json.dumps(executed)
