"""The notebook in examples/ runs from its first cell to its last, on a log that is given to it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.hunt.helpers import event, written

NOTEBOOK = Path(__file__).parents[2] / "examples" / "hunt.ipynb"


def test_every_cell_runs_without_a_network(tmp_path, monkeypatch):
    for package in ("pandas", "polars", "pyarrow"):
        pytest.importorskip(package)
    text = [*event(1, ["perl", "-e", "print 1"], exe="/usr/bin/perl", node="web1")]
    text += event(2, ["python3", "-c", "import os; os.system('id')"], node="web1")
    text += event(3, ["perl", "-e", "print 1"], exe="/usr/bin/perl", node="web1")
    monkeypatch.setenv("FLYCATCHER_LOGS", str(written(tmp_path, "".join(text))))
    monkeypatch.setattr(socket.socket, "connect", None)
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    names = {}
    for cell in cells:
        exec(compile("".join(cell["source"]), str(NOTEBOOK), "exec"), names)
    assert len(cells) == 5
    assert names["rarest"].select("interpreter", "len").rows() == [("python", 1), ("perl", 2)]
    assert names["by_user"].sum() == 3
    assert any(text == "starts another program (T1059)" for *_, text in names["reasons"])
    assert len(names["detections"]) == 1
    assert all(not cell["outputs"] for cell in cells)
