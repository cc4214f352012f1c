"""Reports for GitLab, JUnit and Checkstyle; paths from the root of the repository."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from flycatcher.sinks.formats.place import Root, root_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.scan.conftest import Tree

TEXT = "make\npython3 -c 'print(\"<&>\")'\n"


def report(tree: Tree, kind: str) -> str:
    tree.write("ci/x.sh", TEXT)
    done = tree.scan("--no-history", "--format", kind, "ci")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_code_quality_is_a_list_of_issues(tree: Tree) -> None:
    [issue] = json.loads(report(tree, "gitlab"))
    assert (issue["severity"], issue["check_name"]) == ("info", "code-on-the-fly")
    assert issue["location"] == {"path": "ci/x.sh", "lines": {"begin": 2}}
    assert len(issue["fingerprint"]) == 32
    assert 'print("<&>")' in issue["description"]


def test_sast_has_the_fields_that_gitlab_requires(tree: Tree) -> None:
    document = json.loads(report(tree, "gitlab-sast"))
    assert (document["version"], document["scan"]["type"], document["scan"]["status"]) == ("15.0.7", "sast", "success")
    assert {"id", "name", "version", "vendor"} <= set(document["scan"]["scanner"])
    [found] = document["vulnerabilities"]
    assert found["location"] == {"file": "ci/x.sh", "start_line": 2, "end_line": 2}
    assert (found["severity"], found["identifiers"][0]["value"]) == ("Info", "code-on-the-fly")


def test_junit_has_a_failed_test_for_each_finding(tree: Tree) -> None:
    suite = ET.fromstring(report(tree, "junit"))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    [case] = suite
    assert (case.get("name"), case.get("file"), case.get("line")) == ("ci/x.sh:2:1", "ci/x.sh", "2")
    assert 'print("<&>")' in (case[0].text or "")


def test_junit_without_findings_is_one_test_that_has_passed(tree: Tree) -> None:
    tree.write("x.sh", "make\n")
    suite = ET.fromstring(tree.scan("--no-history", "--format", "junit", ".").stdout)
    assert (suite.get("tests"), suite.get("failures"), len(suite[0])) == ("1", "0", 0)


def test_checkstyle_groups_by_file(tree: Tree) -> None:
    root = ET.fromstring(report(tree, "checkstyle"))
    assert [(file.get("name"), [(e.get("line"), e.get("severity")) for e in file]) for file in root] == [
        ("ci/x.sh", [("2", "info")])
    ]


def test_paths_begin_at_the_root_of_the_repository(tree: Tree) -> None:
    tree.write("ci/deep/x.sh", TEXT)
    done = tree.scan("--no-history", "--format", "sarif", ".", folder="ci")
    [result] = json.loads(done.stdout)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "ci/deep/x.sh"
    marks = result["partialFingerprints"]
    assert marks["primaryLocationLineHash"] == marks["flycatcher/v1"][:16] + ":1"


@pytest.mark.parametrize(("prefix", "path", "shown"), [
    ("", "a/b", "a/b"), ("ci", "./x", "ci/x"), ("ci/", "x", "ci/x"), (".", "x", "x"), ("ci", "/abs", "/abs"),
])  # fmt: skip
def test_a_path_as_reports_have_it(prefix: str, path: str, shown: str) -> None:
    assert Root(prefix).path(path) == shown


def test_a_folder_outside_of_any_repository_is_its_own_root(tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "a" / "b").mkdir(parents=True)
    assert root_of(str(tmp_path / "repository" / "a" / "b")).path("x") == "a/b/x"
    assert root_of(str(tmp_path / "repository")).path("x") == "x"
