"""Programs that put variables into an environment elsewhere: a container, a unit, a function in a cloud.

``aws lambda update-function-configuration --environment 'Variables={NODE_OPTIONS=...}'`` starts nothing here, and plants what the
function's Node.js runs first. Sources: docker-run(1), systemctl(1), the AWS, Google Cloud, Azure, Heroku and Fly command lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters import reads_variable
from flycatcher.core.interpreters.names import base
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SETTERS = frozenset({
    # containers and clusters
    "docker", "podman", "nerdctl", "buildah", "docker-compose", "podman-compose", "kubectl", "oc", "crictl", "lxc", "incus",
    "apptainer", "singularity", "flatpak", "bwrap", "nomad", "helm",
    # services and sessions of this machine
    "systemctl", "systemd-run", "launchctl", "machinectl", "tmux", "dbus-update-activation-environment", "pm2", "supervisorctl",
    "setx", "ssh", "sbatch", "srun", "qsub",
    # clouds and hosted builds
    "aws", "gcloud", "az", "heroku", "fly", "flyctl", "vercel", "netlify", "railway", "cf", "eb", "dokku", "gh", "glab", "wrangler",
    "serverless", "sls", "sam", "func", "doctl", "scw", "now",
})  # fmt: skip
_WORD = lazy(r"(?:-[A-Za-z]|--?[A-Za-z][\w-]*=)?([A-Za-z_]\w*)=(.*)", re.DOTALL)
_LISTED = lazy(r"[{,;=\s]([A-Za-z_]\w*)=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^,}]*)", re.DOTALL)
_JSON = lazy(r"\{\s*\"")
MAX_DEPTH = 8
"""Levels of a JSON value that are looked through."""


def variables_set(argv: Sequence[str]) -> dict[str, str]:
    """Return the variables, of those that an interpreter reads, which a command puts into an environment elsewhere."""
    if not argv or base(argv[0]) not in SETTERS:
        return {}
    return {name: value for name, value in _pairs(argv) if reads_variable(name)}


def _pairs(argv: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what looks like a variable with its value."""
    for at, word in enumerate(argv[1:], 1):
        if (whole := _WORD.match(word)) and reads_variable(whole[1]):
            yield whole[1], whole[2]
        elif _JSON.search(word):
            yield from _of_json(word)
        elif "=" in word:
            for found in _LISTED.finditer(f",{word}"):
                yield found[1], found[2].strip("\"'")
        elif word.isidentifier() and at + 1 < len(argv):
            yield word, argv[at + 1]


def _of_json(word: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a JSON value, by their keys."""
    import json  # noqa: PLC0415 - for the few commands that take JSON

    try:
        waiting = [json.loads(word[word.index("{") :])]
    except (ValueError, RecursionError):
        return
    for _ in range(MAX_DEPTH):
        level, waiting = waiting, []
        for each in level:
            if isinstance(each, dict):
                yield from ((key, value) for key, value in each.items() if isinstance(value, str))
                waiting += each.values()
            elif isinstance(each, list):
                waiting += each
