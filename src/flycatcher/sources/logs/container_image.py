"""Container images: the commands in an image's history, and what it starts by default.

A configuration in an OCI layout, a ``docker save`` archive or a registry, the output of ``docker history`` and ``docker inspect``.
Source: https://github.com/opencontainers/image-spec, config.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, decoded, pairs, pick, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUN = re.compile(
    r"(?P<shell>/\S{0,255}?(?:ba|da|a|z|k)?sh)(?P<options>(?: -\w{1,32}(?: pipefail)?){0,8}?) -\w{0,32}c (?P<text>.*)$",
    re.DOTALL,
)
_COUNT = re.compile(r"\|\d{1,6} ")
"""In front of build arguments: their number."""
_ARGUMENTS = 256
"""Places that are looked at for the shell behind them."""
_EXEC = re.compile(r"(?:RUN )(?:\|\d{1,6} (?:[A-Za-z_]\w*=\S* )*)?(?P<line>.+)$", re.DOTALL)
_ARGS = {"Path", "Args", "Config"}
"""What a container has, and no image."""
_BUILDKIT = "# buildkit"
"""What BuildKit puts behind each step."""
_DEFAULT = re.compile(
    r"(?:/bin/sh -c #\(nop\) +)?(?P<kind>CMD|ENTRYPOINT|HEALTHCHECK) (?P<rest>.*?)(?:# buildkit)?$", re.DOTALL
)


class ContainerImage(JsonFormat):
    """Configurations of container images."""

    name = "container-image"
    title = "container image"
    rank = 50
    marks = (b'"Args"', b'"created_by"', b'"CreatedBy"', b'"Entrypoint"', b'"Cmd"', b'"container_config"')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an image's configuration, or a line of its history."""
        return (
            ("history" in row and ("rootfs" in row or "config" in row))
            or "created_by" in row
            or ("CreatedBy" in row and "Size" in row)
            or ("container_config" in row)
            or (
                isinstance(row.get("Config"), dict)
                and ("RootFS" in row or "ContainerConfig" in row or row.keys() >= _ARGS)
            )
        )

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield the commands of an image, or what a container has started."""
        if row.keys() >= _ARGS:
            yield _started(row)
            return
        for step in row["history"] if isinstance(row.get("history"), list) else [row]:
            if isinstance(step, dict):
                yield from _step(text(step, "created_by", "CreatedBy"), text(step, "created", "CreatedAt"))
        when = text(row, "created", "Created")
        config = pick(row, "config", "Config")
        if isinstance(config, dict):
            yield from _defaults(config, when)
        command = words(row, "container_config.Cmd", "ContainerConfig.Cmd")
        if command and not any("#(nop)" in word for word in command):
            yield Seen(argv=command, time=when, happened="presumed", context={"image.step": "RUN"})


def _started(row: Row) -> Seen:
    """Return what a container, as ``docker inspect`` and its ``config.v2.json`` have it, was started with."""
    config = row.get("Config")
    return Seen(
        argv=(text(row, "Path"), *words(row, "Args")),
        env=pairs(config.get("Env")) if isinstance(config, dict) else {},
        cwd=text(config, "WorkingDir"),
        user=text(config, "User"),
        host=text(config, "Hostname"),
        time=text(row, "State.StartedAt") or text(row, "Created"),
        happened="presumed",
        container={
            "container.id": text(row, "Id", "ID"),
            "container.name": text(row, "Name").lstrip("/"),
            "container.image": text(config, "Image"),
        },
    )


def _step(line: str, when: str) -> Iterator[Seen]:
    """Yield what a step of the build ran; the steps that change the configuration alone say what they set."""
    line = line.rstrip().removesuffix(_BUILDKIT).rstrip()
    if "#(nop)" in line or not line:
        default = _DEFAULT.match(line)
        if default is not None and default["kind"] != "HEALTHCHECK":
            yield from _form(default["rest"].strip(), when, default["kind"])
        return
    found, given = _shell(line)
    if found is not None:
        env = dict(each.partition("=")[::2] for each in given.split(" ") if "=" in each)
        yield Seen(
            text=found["text"], kind="shell", env=env, time=when, happened="presumed", context={"image.step": "RUN"}
        )
        return
    executed = _EXEC.match(line)
    if executed is not None:
        yield from _form(executed["line"], when, "RUN")


def _shell(line: str) -> tuple[re.Match[str] | None, str]:
    """Return the shell that a step starts, and the build arguments in front of it."""
    line = line.removeprefix("RUN ")
    counted = _COUNT.match(line)
    if counted is None:
        return _RUN.match(line), ""
    at = counted.end()
    for _ in range(_ARGUMENTS):
        found = _RUN.match(line, at)
        if found is not None:
            return found, line[counted.end() : at]
        at = line.find(" /", at) + 1
        if not at:
            break
    return None, ""


def _form(rest: str, when: str, step: str) -> Iterator[Seen]:
    """Yield what an instruction runs, in its JSON form, or as words joined by blanks."""
    value: Any = decoded(rest.encode("utf-8", "surrogateescape")) if rest.startswith("[") else None
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        yield Seen(argv=tuple(value), time=when, happened="", context={"image.step": step})
    elif rest.startswith("["):
        line = rest.strip("[]").replace('" "', " ").strip('"')
        yield Seen(text=line, kind="string", time=when, happened="", context={"image.step": step})
    else:
        yield Seen(text=rest, kind="string", time=when, happened="presumed", context={"image.step": step})


def _defaults(config: Row, when: str) -> Iterator[Seen]:
    """Yield what a container of the image starts, and what checks its health."""
    env = pairs(config.get("Env"))
    argv = (*words(config, "Entrypoint"), *words(config, "Cmd"))
    if argv:
        yield Seen(
            argv=argv,
            env=env,
            cwd=text(config, "WorkingDir"),
            user=text(config, "User"),
            time=when,
            happened="",
            context={"image.step": "start"},
        )
    test = words(config, "Healthcheck.Test")
    if test[:1] == ("CMD-SHELL",) and len(test) > 1:
        yield Seen(text=test[1], kind="shell", env=env, time=when, happened="", context={"image.step": "HEALTHCHECK"})
    elif test[:1] == ("CMD",) and len(test) > 1:
        yield Seen(argv=test[1:], env=env, time=when, happened="", context={"image.step": "HEALTHCHECK"})
    for line in words(config, "OnBuild"):
        yield from _step(line, when)
