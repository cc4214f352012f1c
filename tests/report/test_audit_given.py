"""What an audit report is given beside its records: a configuration, a baseline, what simulate and doctor printed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")

from flycatcher.commands.doctor.audit import Problem, shown
from flycatcher.commands.report.audit import frameworks, given
from flycatcher.commands.report.audit.documents import line_of
from flycatcher.commands.report.audit.given import STATUSES
from flycatcher.commands.report.audit.values import NOTHING
from flycatcher.commands.report.audit.values import shown as value_shown
from flycatcher.commands.report.audit.work import Asked, report
from flycatcher.commands.simulate import outcome
from flycatcher.commands.simulate.judge import Seen
from flycatcher.core.baseline.document import rendered
from flycatcher.core.baseline.entry import Baseline, Entry, StartedBy
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store.database import open_store
from tests.delivery.events import record
from tests.report.audits import FIRST, LAST, PYTHON, fill
from tests.report.test_audit import HOSTILE, Elements, _shape, rows, run, table

if TYPE_CHECKING:
    from flycatcher.commands.report.audit.parts import Report, Section

ATTACK = ("T1059.006",)
OUTCOMES = [
    outcome.Outcome("python-argument", "run", "seen", ATTACK, Seen("high", "argument", 0.25)),
    outcome.Outcome("python-stdin", "run", "seen", ATTACK, Seen("high", "stdin", 1.5)),
    outcome.Outcome("python-memory", "run", "missed", ATTACK, None, "needs what a descriptor refers to"),
    outcome.Outcome("perl-argument", "run", "skipped", ("T1059",), None, "not installed: perl"),
    outcome.Outcome("python-argument", "audit", "failed", ATTACK, None, "was not run"),
]
PROBLEMS = [
    Problem("temporary-folder", "/tmp", "no mount of its own", "a payload is run from there", "mount --bind /tmp /tmp"),
    Problem("temporary-folder", "/var/tmp", "no mount of its own", "a payload is run from there", "mount it"),
    Problem(
        "setuid-interpreter",
        "/usr/bin/x",
        "mode 6755",
        "it runs any text",
        "chmod u-s -- /usr/bin/x",
        3,
        ("T1548.001", "M1026"),
    ),
]
CHECKED = ["audit-rules", "setuid-interpreter", "temporary-folder"]
CONFIG = f"""
[[suppress]]
fingerprint = "{record(*PYTHON)["id"]}"
reason = "prints the version | in each build"
owner = "platform"
until = 2999-01-01

[[suppress]]
fingerprint = "0123456789abcdef"
reason = "was needed for the old agent"
owner = "<b>ops</b>"
until = 2020-01-31

[[rule]]
name = "no-network"
action = "deny"
reason = "builds do not fetch"
owner = "platform"
match = {{ capability = ["network.*"] }}
"""


@pytest.fixture
def store(tmp_path: Path) -> str:
    address = f"store://{tmp_path}/store.db"
    engine = open_store(address)
    fill(engine)
    engine.dispose()
    return address


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Write what is given, all of it."""
    (tmp_path / "simulation.json").write_text(outcome.as_json(OUTCOMES))
    (tmp_path / "doctor.json").write_text(shown.as_json(PROBLEMS, CHECKED))
    (tmp_path / "flycatcher.toml").write_text(CONFIG)
    (tmp_path / "baseline.toml").write_text(
        rendered(Baseline(entries=(entry("a"), entry("b", accept="the agent is ours", owner="ann"))))
    )
    names = {
        "simulation": "simulation.json",
        "doctor": "doctor.json",
        "config": "flycatcher.toml",
        "baseline": "baseline.toml",
    }
    return {name: tmp_path / file for name, file in names.items()}


def entry(text: str, **more: Any) -> Entry:
    shape = f"{ord(text[0]):016x}"
    return Entry(
        interpreter="python", vector="argument", text=text, shape=shape, started_by=StartedBy(program="make"), **more
    )


def made(store: str, **asked: Any) -> Report:
    return report(Asked(first=FIRST, last=LAST, store=store, **asked))


def section(found: Report, name: str) -> Section:
    return next(each for each in found.sections if each.id == name)


def test_what_was_not_given_is_said_in_its_place(store: str) -> None:
    text = run(store).stdout
    said = re.findall(r"^## \d+\. (.*)\n\n\*\*Not given:\*\* &#45;&#45;(\w+)", text, re.MULTILINE)
    assert said == [
        ("Suppressions and rules", "config"), ("Baseline", "baseline"),
        ("Simulation: was anybody able to see it?", "simulation"), ("Hardening: what doctor found", "doctor"),
    ]  # fmt: skip
    found = made(store)
    rows_of = {row[1]: row[4] for row in rows(found, "Requirements by framework")}
    assert rows_of["18.4"] == "Simulation (not given)"
    assert rows_of["10.3.4"] == "Integrity of the ledger (not given)"
    assert rows_of["10.4.1"] == "Time to triage"


def test_all_that_is_given_is_in_the_report(store: str, files: dict[str, Path]) -> None:
    found = made(store, **files)
    assert [each.id for each in found.sections if each.missing] == []
    assert rows(found, "Techniques by sensor") == [
        ("run", 2, 1, 1, 0, pytest.approx(200 / 3)),
        ("audit", 0, 0, 0, 1, None),
    ]
    assert rows(found, "Levels of what was seen") == [("run", "high", 2, 1.5)]
    assert [row[:3] for row in rows(found, "Techniques that were not seen")] == [
        ("python-memory", "run", "missed"), ("perl-argument", "run", "skipped"), ("python-argument", "audit", "failed"),
    ]  # fmt: skip
    assert rows(found, "Problems by check") == [("audit-rules", 0), ("setuid-interpreter", 1), ("temporary-folder", 2)]
    assert [row[1:3] for row in rows(found, "Each problem")] == [("/tmp", ""), ("/var/tmp", ""), ("/usr/bin/x", "3")]
    assert rows(found, "Each problem")[-1][-1] == "T1548.001 M1026"
    assert "multi-factor authentication" in section(found, "doctor").remarks[1]
    assert [(row[2], row[4], row[5]) for row in rows(found, "Suppressions and rules by name")] == [
        ("platform", "2999-01-01", "holds"), ("<b>ops</b>", "2020-01-31", "ended"), ("platform", "", "holds"),
    ]  # fmt: skip
    assert "1 has ended, and no effect any more." in section(found, "accepted").remarks[0]
    assert [row[:2] for row in rows(found, "Sightings of what is suppressed")] == [(record(*PYTHON)["id"], 2)]
    assert {state: count for state, count in rows(found, "Entries by state") if count} == {"stable": 2}
    assert [row[2:4] for row in rows(found, "Entries that somebody accepted")] == [("ann", "the agent is ours")]
    assert "not given (--base REF" in section(found, "baseline").remarks[0]


def test_each_table_of_figures_has_its_query(store: str, files: dict[str, Path]) -> None:
    without = [each.title for section in made(store, **files).sections for each in section.tables if not each.queries]
    assert without == ["Requirements by framework"]


def test_each_command_that_is_printed_gives_what_is_shown(store: str, files: dict[str, Path], tmp_path: Path) -> None:
    if shutil.which("jq") is None:
        pytest.skip("needs jq")
    found = made(store, **files)
    for title in (
        "Techniques that were not seen", "Levels of what was seen", "Problems by check", "Each problem", "Suppressions and rules by name",
    ):  # fmt: skip
        shown_rows = [[NOTHING if cell in {None, ""} else str(cell) for cell in row] for row in rows(found, title)]
        if title == "Suppressions and rules by name":
            shown_rows = [row[:-1] for row in shown_rows]
        got = [[cell or NOTHING for cell in line.split("\t")] for line in printed(found, title).splitlines()]
        assert (title, got) == (title, shown_rows)
    scores = {
        (sensor, status): int(n)
        for sensor, status, n in (line.split("\t") for line in printed(found, "Techniques by sensor").splitlines())
    }
    for row in rows(found, "Techniques by sensor"):
        assert tuple(scores.get((row[0], status), 0) for status in STATUSES) == row[1:5]
    states = re.findall(r"^ +(\d+) (\w+)", printed(found, "Entries by state"), re.MULTILINE)
    assert sorted((state, int(count)) for count, state in states) == rows(found, "Entries by state")
    assert printed(found, "Entries that somebody accepted").strip() == "1"


def printed(found: Report, title: str) -> str:
    """Return what the command below a table prints."""
    query = table(found, title).queries[0]
    assert query.language == "command"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", query.text], capture_output=True, text=True, check=False, env=os.environ | {"PATH": path}
    )
    assert (query.text, done.stderr.replace("from ", "", 1).count("rror")) == (query.text, 0)
    return done.stdout


def test_a_baseline_is_compared_with_that_of_a_commit(store: str, tmp_path: Path) -> None:
    folder = tmp_path / "it's a repository"
    folder.mkdir()
    path = folder / "flycatcher.baseline.toml"
    path.write_text(rendered(Baseline(entries=(entry("old"), entry("known")))))
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "first"],
    ):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    path.write_text(rendered(Baseline(entries=(entry("known"), entry("new", owner="ann")))))
    found = made(store, baseline=path, base="HEAD")
    assert [row[3:6] for row in rows(found, "New since the commit: 1")] == [("new", "make", "ann")]
    assert [row[3] for row in rows(found, "Gone since the commit: 1")] == ["old"]
    assert printed(found, "New since the commit: 1").startswith("1 new, 1 gone, 1 known\n")
    for base, said in (("nothing", "no commit of"), ("HEAD:x", "no commit of"), ("-x\ny", "no commit of|git cannot")):
        with pytest.raises(FlycatcherError, match=said):
            made(store, baseline=path, base=base)
    (folder / "other.toml").write_text(path.read_text())
    with pytest.raises(FlycatcherError, match=r"other\.toml is not in this commit"):
        made(store, baseline=folder / "other.toml", base="HEAD")
    with pytest.raises(FlycatcherError, match="is in no git repository"):
        made(store, baseline=Path(shutil.copy(path, tmp_path / "away.toml")), base="HEAD")


def test_base_alone_is_an_error(store: str) -> None:
    done = run(store, "--base", "main")
    assert (done.exit_code, "--base needs --baseline" in done.output) == (2, True)


GOOD = json.loads(outcome.as_json(OUTCOMES))


def simulated(**change: Any) -> str:
    """Return a simulation whose second outcome is another one."""
    return json.dumps(GOOD | {"outcomes": [GOOD["outcomes"][0], GOOD["outcomes"][1] | change]}, indent=1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r":1:1: not JSON: Expecting value"),
        ('{"schema":\n "flycatcher.simulation/1",\n oops}', r":3:2: not JSON: Expecting property name"),
        ("[" * 100_000, r"not JSON that can be read: "),
        ("1" * 5000, r"not JSON that can be read: "),
        ("[1, 2]", r":1: schema: 'flycatcher.simulation/1' is missing"),
        ('{\n"schema": "flycatcher.audit/1"}', r":2: schema is 'flycatcher.audit/1', not 'flycatcher.simulation/1'"),
        ('{"schema": "flycatcher.simulation/1"}', r":1: the document: object missing required field `outcomes`"),
        (simulated(status="perhaps"), r":31: outcomes\[1\].status: invalid enum value 'perhaps'"),
        (simulated(technique=7), r":29: outcomes\[1\].technique: expected `str`, got `int`"),
        (simulated(attack=["T1059", None]), r":3\d: outcomes\[1\].attack\[1\]: expected `str`, got `null`"),
        (simulated(seen={"level": "high"}), r":\d\d: outcomes\[1\].seen: object missing required field `vector`"),
    ],
)
def test_a_broken_file_is_named_with_line_and_field(store: str, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "simulation.json"
    path.write_text(text)
    with pytest.raises(FlycatcherError, match=f"simulation.json{said}" if said[0] == ":" else said) as error:
        made(store, simulation=path)
    assert error.value.hint == "flycatcher simulate run --format json > FILE"


def test_a_file_that_is_not_there_or_no_text_is_named(store: str, tmp_path: Path) -> None:
    with pytest.raises(FlycatcherError, match=r"none\.json: No such file"):
        made(store, doctor=tmp_path / "none.json")
    (tmp_path / "bytes.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(FlycatcherError, match=r"bytes\.json: byte 7 is not UTF-8"):
        made(store, doctor=tmp_path / "bytes.json")
    (tmp_path / "bad.toml").write_text("[[suppress]]\nfingerprint = 'x'\n")
    with pytest.raises(FlycatcherError, match=r"bad\.toml:2: suppress"):
        made(store, config=tmp_path / "bad.toml")
    with pytest.raises(FlycatcherError, match=r"bad\.toml: no baseline"):
        made(store, baseline=tmp_path / "bad.toml")


def test_the_line_of_a_field_is_found_whatever_stands_in_texts() -> None:
    text = '{"a": "}]\\"{[", "b":\n [\n {"c": -1.5e3},\n {"c": null, "d":\n true}], "b2": [],\n "e": {}}'
    assert line_of(text, ["b"]) == 2
    assert line_of(text, ["b", 1]) == 4
    assert line_of(text, ["b", 1, "d"]) == 5
    assert line_of(text, ["e"]) == 6
    assert line_of(text, ["b", 7, "d"]) == 2
    assert line_of(text, ["e", "none"]) == 6
    assert line_of(text, ["a", "none"]) == 1


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nothing_that_is_given_is_markup(store: str, tmp_path: Path, number: int) -> None:
    text = HOSTILE[number].replace("\udcff", "\ufffd")
    hostile = [outcome.Outcome(text, text, "missed", (text,), None, text)]
    (tmp_path / "simulation.json").write_text(outcome.as_json(hostile))
    (tmp_path / "doctor.json").write_text(shown.as_json([Problem(text, text, text, text, text, 1, (text,))], [text]))
    words = ["--simulation", str(tmp_path / "simulation.json"), "--doctor", str(tmp_path / "doctor.json")]
    page = run(store, *words).stdout
    assert not _shape(page) & {"image", "link_open", "html_block", "html_inline", "code_inline", "s_open", "em_open"}
    assert not set(page) & set("\u202e\u2066\u200b\x1b\x00")
    html = run(store, "--format", "html", *words).stdout
    found = Elements()
    found.feed(html)
    assert not found.tags & {"script", "img"}
    assert found.open == []


def test_a_file_with_a_hostile_name_closes_no_fence_and_runs_nothing(store: str, tmp_path: Path) -> None:
    path = tmp_path / "x'; touch ran;\n```\n<b>"
    path.write_text(outcome.as_json(OUTCOMES))
    page = run(store, "--simulation", str(path)).stdout
    assert not _shape(page) & {"html_block", "html_inline"}
    found = made(store, simulation=path)
    subprocess.run(
        ["bash", "-c", table(found, "Techniques by sensor").queries[0].text],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert not (tmp_path / "ran").exists()
    assert "touch ran" in table(found, "Techniques by sensor").queries[0].text


def test_the_first_of_very_many_problems_are_shown_and_all_are_counted(store: str, tmp_path: Path) -> None:
    path = tmp_path / "doctor.json"
    path.write_text(shown.as_json([Problem("x", f"/place/{n}", "e", "w", "f") for n in range(1000)], ["x"]))
    for form, place in (("markdown", "&#47;place&#47;{}"), ("html", "/place/{}")):
        page = run(store, "--doctor", str(path), "--format", form).stdout
        assert "The first 200 rows; the query gives all." in page
        assert (place.format(199) in page, place.format(200) in page) == (True, False)
        assert "1,000" in page


def test_what_is_read_is_what_the_commands_write() -> None:
    assert shown.SCHEMA == given.AUDIT
    assert json.loads(outcome.as_json([]))["schema"] == given.SIMULATION
    assert set(given.Outcome.__struct_fields__) == set(outcome.Outcome.__struct_fields__)
    assert set(given.Seen.__struct_fields__) == set(Seen.__struct_fields__)
    assert json.loads(shown.as_json([], [])).keys() - {"schema"} == set(given.Doctor.__struct_fields__)
    assert set(given.Problem.__struct_fields__) == set(Problem.__struct_fields__)


def test_each_requirement_has_an_id_of_its_framework_a_source_and_sections_that_exist(store: str) -> None:
    shapes = {
        "OWASP Top 10 CI/CD 2022": r"CICD-SEC-([1-9]|10)",
        "SLSA v1.1": r"\([A-I]\)",
        "NIST SP 800-218 v1.1": r"(PO|PS|PW|RV)\.\d\.\d",
        "PCI DSS v4.0.1": r"\d+\.\d+\.\d+",
        "CIS Controls v8.1": r"\d+\.\d+",
        "ATT&CK Enterprise v17": r"M1\d{3}",
    }
    sections = {each.id for each in made(store).sections} | {frameworks.INTEGRITY}
    for each in frameworks.REQUIREMENTS:
        assert re.fullmatch(shapes[each.framework], each.id), each
        assert each.source.startswith("https://")
        assert set(each.sections) <= sections
        assert each.sections
    assert {each.framework for each in frameworks.REQUIREMENTS} == shapes.keys()
    assert len({(each.framework, each.id) for each in frameworks.REQUIREMENTS}) == len(frameworks.REQUIREMENTS)


def test_a_short_time_is_shown_with_its_tenths() -> None:
    assert [value_shown(n, "duration") for n in (0.25, 9.96, 12)] == ["0.2 s", "10.0 s", "12 s"]
