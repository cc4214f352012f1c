"""Programs that put variables into an environment elsewhere: a container, a unit, a function in a cloud.

``aws lambda update-function-configuration --environment 'Variables={NODE_OPTIONS=...}'`` starts nothing here, and plants what the
function's Node.js runs first. Sources: docker-run(1), systemctl(1), the AWS, Google Cloud, Azure, Heroku and Fly command lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters import reads_variable
from flycatcher.core.interpreters.carriers import carries
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
    "serverless", "sls", "sam", "func", "doctl", "scw", "now", "render", "consul", "vault", "doppler", "infisical", "chamber", "copilot",
    # builds and the environments of languages
    "circleci", "buildkite-agent", "terraform", "tofu", "pulumi", "ansible-playbook", "conda", "mamba", "micromamba", "mpirun", "mpiexec",
    "orterun", "snap", "npm", "npx", "pnpm", "yarn", "setenv",
})  # fmt: skip
_WORD = lazy(r"(?:-[A-Za-z]|--?[A-Za-z][\w-]*=)?([A-Za-z_]\w*)=(.*)", re.DOTALL)
_LISTED = lazy(r"(?:^|[{,;=.:\s\"'])([A-Za-z_]\w*)=")
_QUOTED = lazy(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([^,}]*)", re.DOTALL)
_NODE = lazy(r"--node-options(?:=(.*))?", re.DOTALL)
_JSON = lazy(r"\{\s*\"")
_NAMED = lazy(r"(?:OptionName|Name|name|Key|key)=([A-Za-z_]\w*),\s*(?:Value|value)=(.*)", re.DOTALL)
"""Shorthand syntax of AWS: a name and a value of their own."""
_TEXT = lazy(r"(?:-b|--body=|--value=|--value-file=)(.*)", re.DOTALL)
"""A word that holds the value of the variable named before it."""
MAX_DEPTH = 8
"""Levels of a JSON value that are looked through."""


def variables_set(argv: Sequence[str], stdin_text: str | None = None) -> dict[str, str]:
    """Return the variables, of those that an interpreter reads, which a command puts into an environment elsewhere.

    ``stdin_text``: what waits on its standard input, from which some take the value.
    """
    if not argv or base(argv[0]) not in SETTERS:
        return {}
    return {name: value for name, value in _pairs(argv, stdin_text) if reads_variable(name)}


def _pairs(argv: Sequence[str], stdin_text: str | None) -> Iterator[tuple[str, str]]:
    """Yield what looks like a variable with its value."""
    for at, word in enumerate(argv[1:], 1):
        if (whole := _WORD.match(word)) and reads_variable(whole[1]):
            yield whole[1], whole[2]
        elif node := _NODE.fullmatch(word):
            yield "NODE_OPTIONS", node[1] or " ".join(argv[at + 1 : at + 2])
        elif _JSON.search(word):
            yield from _of_json(word)
        elif named := _NAMED.search(word):
            yield named[1], named[2]
        elif "=" in word:
            yield from _of_list(word)
        elif word.isidentifier() and reads_variable(word):
            yield from ((word, value) for value in _value(argv[at + 1 :], stdin_text))
        elif "." in word and reads_variable(last := word.rpartition(".")[2]):  # lxc: environment.NAME
            yield from ((last, value) for value in _value(argv[at + 1 :], stdin_text))


def _of_list(word: str) -> Iterator[tuple[str, str]]:
    """Yield the variables of ``NAME=VALUE,NAME=VALUE``; a value that says nothing up to its comma is taken with what follows."""
    for found in _LISTED.finditer(word):
        if reads_variable(found[1]):
            value = _QUOTED.match(word, found.end())
            text = next((each for each in value.groups() if each is not None), "") if value is not None else ""
            yield found[1], text if carries(found[1], text) else word[found.end() :].rstrip("}\"'")


def _value(behind: Sequence[str], stdin_text: str | None) -> Iterator[str]:
    """Yield the value of a variable whose name stands alone: the next word that is no option's name, or standard input."""
    for at, word in enumerate(behind):
        if found := _TEXT.match(word):
            yield found[1] or " ".join(behind[at + 1 : at + 2])
            return
        if word in ("--body", "--value", "--data", "-d", "--"):
            yield from behind[at + 1 : at + 2]
            return
        if not at:
            yield word
    if stdin_text:
        yield stdin_text.strip()


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
                lowered = {key.lower(): value for key, value in each.items()}
                name, value = lowered.get("name", lowered.get("key")), lowered.get("value")
                if isinstance(name, str) and isinstance(value, str):
                    yield name, value
                yield from ((key, value) for key, value in each.items() if isinstance(value, str))
                waiting += each.values()
            elif isinstance(each, list):
                waiting += each
