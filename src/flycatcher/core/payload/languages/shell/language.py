"""Shell text: sh, bash, dash, ksh, zsh. Commands become calls of their name, pipelines carry what is known of their text."""

from __future__ import annotations

from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.language import Language
from flycatcher.core.payload.languages.shell.functions import FUNCTIONS
from flycatcher.core.payload.languages.shell.lowering import parse

LANGUAGE = Language(
    id="shell",
    aliases=(
        "sh",
        "bash",
        "dash",
        "zsh",
        "ksh",
        "ash",
        "mksh",
        "posix-sh",
        "csh",
        "tcsh",
        "fish",
        "rc",
        "elvish",
        "yash",
    ),
    parse=parse,
    functions=FUNCTIONS,
    given={"IFS": Value(" "), "SHELL": Value("/bin/sh"), "BASH": Value("/bin/bash")},
    weak=True,
    callable_text=True,
)
