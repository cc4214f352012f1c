"""A small editor: speaks the protocol with the real program over stdin and stdout."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[3] / "src"
PATIENCE = 120
UNDERSTANDS = {
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "codeDescriptionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        }
    },
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}


class Editor:
    """One server, and the messages that it has sent."""

    def __init__(
        self, root: Path, *words: str, understands: dict[str, Any] | None = None, python: tuple[str, ...] = ("-P",)
    ) -> None:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE), "HOME": str(root)}
        self.root = root
        self.errors = root.parent / f"{root.name}-stderr"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *python, "-m", "flycatcher", "lsp", *words], cwd=root, env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        self.buffer = b""
        self.told: list[dict[str, Any]] = []
        self.number = 0
        capabilities = UNDERSTANDS if understands is None else understands
        self.offers = self.ask(
            "initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities}
        )["capabilities"]
        self.tell("initialized", {})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.message()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self.told.append(message)

    def message(self) -> dict[str, Any]:
        head = self._until(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return json.loads(body)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            self._more()
        found, _, self.buffer = self.buffer.partition(mark)
        return found

    def _more(self) -> None:
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert ready, "the server says nothing"
        more = os.read(self.process.stdout.fileno(), 1 << 16)
        assert more, f"the server is gone: {self.errors.read_text()}"
        self.buffer += more

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def open(self, path: str, text: str, version: int = 1) -> list[dict[str, Any]]:
        """Open a document and return its diagnostics."""
        item = {"uri": self.uri(path), "languageId": "plaintext", "version": version, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        return self.diagnostics(path, version)

    def change(self, path: str, version: int, *changes: dict[str, Any]) -> None:
        self.tell(
            "textDocument/didChange",
            {"textDocument": {"uri": self.uri(path), "version": version}, "contentChanges": list(changes)},
        )

    def save(self, path: str) -> None:
        self.tell("textDocument/didSave", {"textDocument": {"uri": self.uri(path)}})

    def diagnostics(self, path: str, version: int | None) -> list[dict[str, Any]]:
        """Return the diagnostics of a version, as soon as they come; those of others are kept in ``told``."""
        while True:
            message = self.message()
            self.told.append(message)
            params = message.get("params") or {}
            if (
                message.get("method") == "textDocument/publishDiagnostics"
                and params["uri"] == self.uri(path)
                and params.get("version") == version
            ):
                return params["diagnostics"]

    def published(self) -> list[int | None]:
        """Return the versions whose diagnostics have come."""
        return [
            each["params"].get("version")
            for each in self.told
            if each.get("method") == "textDocument/publishDiagnostics"
        ]

    def hover(self, path: str, line: int, character: int) -> Any:
        return self.ask(
            "textDocument/hover",
            {"textDocument": {"uri": self.uri(path)}, "position": {"line": line, "character": character}},
        )

    def actions(self, path: str, diagnostic: dict[str, Any]) -> Any:
        return self.ask(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": self.uri(path)},
                "range": diagnostic["range"],
                "context": {"diagnostics": [diagnostic]},
            },
        )

    def end(self) -> int:
        """End as editors do; return the exit code."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self.gone()

    def gone(self) -> int:
        """Close what is open and return the exit code."""
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code
