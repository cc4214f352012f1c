"""How the server takes what an editor sends: versions, changes, pauses, ends, and what is hostile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.lsp.editor import PACKAGE

LINE = "python3 -c 'print(1)'\n"


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def at(line: int, low: int, high_line: int, high: int, text: str) -> dict:
    return {
        "range": {"start": {"line": line, "character": low}, "end": {"line": high_line, "character": high}},
        "text": text,
    }


def test_changes_are_applied_in_their_order(start):
    editor = start("--delay", "0")
    assert editor.open("build.sh", "echo '\U0001f680' x\n") == []
    editor.change("build.sh", 2, at(0, 10, 0, 11, "; perl -e 1"), at(0, 9, 0, 10, ""), at(1, 0, 1, 0, LINE))
    found = editor.diagnostics("build.sh", 2)
    assert [each["range"]["start"] for each in found] == [{"line": 0, "character": 19}, {"line": 1, "character": 12}]
    editor.change("build.sh", 3, {"text": "\n" + LINE})
    assert [each["range"]["start"]["line"] for each in editor.diagnostics("build.sh", 3)] == [1]


def test_only_lf_cr_and_crlf_end_a_line(start):
    editor = start("--delay", "0")
    editor.open("build.sh", "# \x0c\u2028\x85\x0b\r\n#\r#\n# last\n")
    editor.change("build.sh", 2, at(3, 0, 3, 6, LINE.rstrip()))
    (found,) = editor.diagnostics("build.sh", 2)
    assert found["range"]["start"] == {"line": 3, "character": 12}


def test_a_version_that_is_not_newer_is_left_out(start):
    editor = start("--delay", "0")
    editor.open("build.sh", LINE, version=5)
    editor.change("build.sh", 4, {"text": ""})
    editor.change("build.sh", 5, {"text": ""})
    editor.change("other.sh", 1, {"text": LINE})
    editor.change("build.sh", 6, at(0, 0, 0, 0, "\n"))
    (found,) = editor.diagnostics("build.sh", 6)
    assert found["range"]["start"]["line"] == 1
    assert editor.end() == 0
    assert editor.errors.read_text().count("change left out") == 3


def test_a_document_is_scanned_after_a_pause_or_when_it_is_saved(start):
    editor = start("--delay", "60000")
    editor.open("build.sh", "")
    for version in range(2, 30):
        editor.change("build.sh", version, at(0, 0, 0, 0, "\n"))
    editor.change("build.sh", 30, at(0, 0, 0, 0, LINE))
    editor.save("build.sh")
    assert len(editor.diagnostics("build.sh", 30)) == 1
    assert editor.published() == [1, 30]


def test_a_closed_document_has_no_diagnostics(start):
    editor = start()
    editor.open("build.sh", LINE)
    editor.tell("textDocument/didClose", {"textDocument": {"uri": editor.uri("build.sh")}})
    assert editor.diagnostics("build.sh", None) == []
    assert len(editor.open("build.sh", LINE, version=1)) == 1


def test_a_document_that_is_no_file_is_scanned_by_its_content(start):
    editor = start()
    uri = "untitled:Untitled-1"
    editor.tell(
        "textDocument/didOpen",
        {"textDocument": {"uri": uri, "languageId": "sh", "version": 1, "text": "#!/bin/sh\n" + LINE}},
    )
    message = editor.message()
    assert message["params"]["uri"] == uri
    assert len(message["params"]["diagnostics"]) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("deep.yml", "a: " + "[" * 20_000),
        ("deep.json", '{"a":' * 20_000),
        ("deep.sh", "$(" * 20_000 + LINE),
        ("long.sh", "x" * (9 << 20) + "\n" + LINE),
        ("nul.sh", "\0" * 100 + LINE),
        ("half.sh", "echo '\ud800' \udc80\n" + LINE),
        ("bidi.sh", "python3 -c '\u202e\x1b]0;x\x07print(1)'\n"),
        ("many.sh", LINE * 3000),
        ("%ff\x00.sh", LINE),
    ],
)  # fmt: skip
def test_a_hostile_document_does_not_end_the_server(start, path, text):
    editor = start()
    uri = f"file://{editor.root}/{path}"
    editor.tell("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "x", "version": 1, "text": text}})
    published = editor.message()
    assert published["method"] == "textDocument/publishDiagnostics"
    assert len(published["params"]["diagnostics"]) <= 1100
    assert "\x1b" not in str(published)
    assert len(editor.open("build.sh", LINE)) == 1
    assert editor.end() == 0
    assert "Traceback" not in editor.errors.read_text()


def test_a_worker_that_dies_is_replaced(start):
    editor = start()
    editor.open("build.sh", LINE)
    (first,) = children(editor.process.pid)
    os.kill(first, signal.SIGKILL)
    assert len(editor.open("other.sh", LINE)) == 1
    (second,) = children(editor.process.pid)
    assert second != first


def test_messages_that_are_none_are_answered_or_left_out(start):
    editor = start()
    editor.send({"id": 70, "method": "textDocument/hover", "params": {"position": "here"}})
    editor.send({"id": 71, "method": "textDocument/nothing", "params": {}})
    editor.send({"method": "textDocument/didOpen", "params": {"textDocument": 3}})
    editor.process.stdin.write(b"Content-Length: 4\r\n\r\n{{{{")
    editor.process.stdin.flush()
    assert len(editor.open("build.sh", LINE)) == 1
    errors = {each["id"]: each["error"]["code"] for each in editor.told if "error" in each}
    assert errors[71] == -32601
    assert editor.end() == 0
    assert "Traceback" not in editor.errors.read_text()


def test_nothing_of_the_workspace_is_run(start, workspace, tmp_path):
    marker = tmp_path / "marker"
    for name in (
        "multiprocessing",
        "signal",
        "msgspec",
        "pygls",
        "sitecustomize",
        "usercustomize",
        "flycatcher",
        "logging",
        "yaml",
    ):
        (workspace / f"{name}.py").write_text(f"open({str(marker)!r}, 'w')\n")
    (workspace / ".git/config").write_text(f"[core]\n\tfsmonitor = touch {marker}\n\tpager = touch {marker}\n")
    text = f'#!/bin/sh\npython3 -c \'open("{marker}", "w")\'\n'
    (workspace / "build.sh").write_text(text)
    editor = start()
    (found,) = editor.open("build.sh", text)
    assert editor.actions("build.sh", found)
    assert editor.end() == 0
    assert not marker.exists()


def test_the_server_ends_with_its_editor(start):
    editor = start()
    editor.open("build.sh", LINE)
    (worker,) = children(editor.process.pid)
    assert editor.gone() == 1
    assert not Path(f"/proc/{worker}").exists()
    other = start()
    other.open("build.sh", LINE)
    assert other.end() == 0


def test_without_pygls_the_command_says_what_to_install():
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['pygls'] = None; sys.argv = ['flycatcher', 'lsp']; from flycatcher.commands import main; main()"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said, hint = done.stderr.splitlines()
    assert said == "flycatcher: pygls is not installed"
    assert hint.startswith("  hint: ")
    assert hint.endswith(" install 'flycatcher-detect[lsp]'")
    assert done.returncode != 0


def test_pygls_is_loaded_by_the_server_alone():
    code = "import sys, flycatcher.commands.lsp.cli, flycatcher.commands.lsp.analysis as a; a.Analyst; print('pygls' in sys.modules, 'lsprotocol' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE)}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False False\n"
