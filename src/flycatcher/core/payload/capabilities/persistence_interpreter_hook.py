"""sitecustomize, .pth files, interpreter start-up files. ATT&CK T1546.018."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="persistence.interpreter-hook",
    technique="T1546.018",
    points=45,
    sentence="plants code that an interpreter runs at every start",
    hints="customize.py .pth .pythonrc .irbrc .perldb .node_repl auto_prepend .gdbinit",
    values=(
        r"(?:site|user)customize\.py$|(?<!\bcov)\.pth$|\.pythonrc|\.irbrc$|\.perldb$|\.node_repl|"
        r"auto_prepend_file|\.gdbinit$"
    ),
)
