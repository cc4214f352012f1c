"""The stage: a temporary folder with one folder per technique, and the loopback server of those that download."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.commands.simulate.catalogue import MARKER
from flycatcher.commands.simulate.perform import DONE, PLAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.commands.simulate.catalogue import Technique


class Stage:
    """Where the techniques run; the marker of each is the name of its folder."""

    def __init__(self, root: Path, techniques: Sequence[Technique], address: str) -> None:
        """Write the plan and the techniques' files."""
        self.root = root
        run = secrets.token_hex(4)
        self.markers = {each.id: f"FLYCATCHER{run}N{number:04d}Z" for number, each in enumerate(techniques)}
        path = f"{root / 'bin'}:{os.environ.get('PATH', os.defpath)}"
        (root / "bin").mkdir()
        (root / "bin/python3").symlink_to(sys.executable)
        for each in techniques:
            self._put(each, address)
        plan = [{"id": name, "marker": marker, "path": path} for name, marker in self.markers.items()]
        (root / PLAN).write_text(json.dumps(plan), encoding="utf-8")

    def _put(self, technique: Technique, address: str) -> None:
        marker = self.markers[technique.id]
        folder = self.root / marker
        folder.mkdir()
        command = technique.command.replace("@URL@", f"{address}/{marker}/text")
        for name, text in {"technique.sh": command + "\n", **technique.files}.items():
            (folder / name).write_text(text.replace(MARKER, marker), encoding="utf-8")

    def command(self) -> list[str]:
        """Return the words that run the plan."""
        return [sys.executable, "-m", "flycatcher.commands.simulate.perform", str(self.root)]

    def done(self) -> dict[str, dict[str, object]]:
        """Return what came of each technique that was run, by id."""
        path = self.root / DONE
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
        return {row["id"]: row for row in rows}


@contextmanager
def stage(techniques: Sequence[Technique]) -> Iterator[Stage]:
    """Set the stage, and leave nothing of it behind."""
    root = Path(tempfile.mkdtemp(prefix="flycatcher-simulate-"))
    handler = type("Handler", (_Texts,), {"root": root})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Stage(root, techniques, f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        shutil.rmtree(root, ignore_errors=True)


class _Texts(BaseHTTPRequestHandler):
    """Serves ``/MARKER/text`` and nothing else."""

    root: Path

    def do_GET(self) -> None:
        """Answer with a technique's text."""
        marker = self.path.strip("/").removesuffix("/text")
        if not marker.isalnum() or not (self.root / marker / "text").is_file():
            self.send_error(404)
            return
        data = (self.root / marker / "text").read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Print nothing."""
