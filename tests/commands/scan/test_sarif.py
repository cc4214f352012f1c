from __future__ import annotations

import json

import jsonschema

from tests.commands.scan.conftest import Tree
from tests.commands.scan.sarif_schema import SCHEMA

HIDDEN = "python3 -c 'import base64; exec(base64.b64decode(\"cHJpbnQoMSk=\"))'\n"


def sarif(tree: Tree, *words: str) -> dict:
    done = tree.scan("--format", "sarif", *words, ".")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    return document


def test_regions_are_exact_and_rules_have_help(tree: Tree) -> None:
    tree.write("ci/a b.sh", "#!/bin/sh\necho é; python3 -c 'print(1)'\n")
    run = sarif(tree)["runs"][0]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "ci/a%20b.sh", "uriBaseId": "SRCROOT"}
    assert place["region"] == {
        "startLine": 2,
        "startColumn": 21,
        "endLine": 2,
        "endColumn": 29,
        "snippet": {"text": "print(1)"},
    }
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "code-on-the-fly"
    assert all(rule["help"]["text"] for rule in run["tool"]["driver"]["rules"])


def test_fingerprints_survive_moved_lines_and_tell_twins_apart(tree: Tree) -> None:
    tree.write("x.sh", "python3 -c 'print(1)'\npython3 -c 'print(1)'\n")
    before = [r["partialFingerprints"] for r in sarif(tree)["runs"][0]["results"]]
    tree.write("x.sh", "\n\necho\n  python3 -c 'print(1)'\npython3 -c 'print(1)'\n")
    assert [r["partialFingerprints"] for r in sarif(tree)["runs"][0]["results"]] == before
    assert before[0] != before[1]


def test_decoded_layers_are_a_code_flow(tree: Tree) -> None:
    tree.write("x.sh", HIDDEN)
    (result,) = sarif(tree)["runs"][0]["results"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        'layer 0 (python, as written): import base64; exec(base64.b64decode("cHJpbnQoMSk="))',
        "layer 1 (python, base64): print(1)",
    ]


def test_injection_and_suppressions_and_broken_files_are_in_it(tree: Tree) -> None:
    tree.write(".github/workflows/x.yml", "jobs:\n  a:\n    steps:\n      - run: echo ${{ github.head_ref }}\n")
    tree.write("x.sh", "# flycatcher: ignore[stdin] nothing reads stdin here until=2099-01-01\necho eval\n")
    tree.write("package.json", '{"scripts": {"a": "node -e 1", ')
    run = sarif(tree)["runs"][0]
    assert sorted((r["ruleId"], r["level"]) for r in run["results"]) == [
        ("code-on-the-fly", "note"),
        ("expression-injection", "error"),
        ("unused-suppression", "note"),
    ]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "not JSON: a key is missing"
    assert note["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 32}
