"""What the runners of JavaScript on top of Node.js share."""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter


class OnNode(Interpreter):
    """What the runners share."""

    language = "javascript"
    technique = "T1059.007"
    runs_on = ("node",)
