"""Reads a file. ATT&CK T1005."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches, matches, negate
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="file.read",
    technique="T1005",
    points=3,
    sentence="reads a file",
    calls={
        "python": (Calls("open io.open", negate(any_matches("^[wax]"))),),
        "perl": (Calls("open", matches(1, "^<")),),
        "ruby": (Calls("File.read File.readlines IO.read File.foreach IO.readlines File.binread"),),
        "javascript": (
            Calls("fs.readFileSync fs.readFile fs.createReadStream fs.promises.readFile java.io.FileReader"),
        ),
        "php": (Calls("readfile file_get_contents file highlight_file show_source"),),
        "lua": (
            Calls("io.open", negate(matches(1, "^[wa]"))),
            Calls("io.lines"),
        ),
        "julia": (Calls("open read"),),
        "r": (Calls("readLines read.csv scan"),),
    },
)
