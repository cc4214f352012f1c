"""An assembled record, cut at the lengths that its header gives."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.sources.sensors.ebpf import wire

if TYPE_CHECKING:
    from flycatcher.sources.sensors.ebpf.assemble import KernelRecord


class Pieces(NamedTuple):
    """A record's bytes, cut at its headers' lengths."""

    chain: bytes
    """The ancestors, nearest first, as :func:`.ancestors.ancestor` reads them."""
    filename: str
    interp: str
    exe: str
    cwd: str
    argument: bytes
    environment: bytes


def cut(record: KernelRecord) -> Pieces:
    """Cut a record's bytes."""
    part, data = record.part, record.data
    at = part.ancestors * wire.ANCESTOR_STRUCT.size
    chain = data[:at]
    strings = []
    for length in (part.filename_bytes, part.interp_bytes, part.exe_bytes, part.cwd_bytes, part.argument_bytes):
        strings.append(data[at : at + length])
        at += length
    filename, interp, exe, cwd, argument = strings
    path = _path(exe)
    if part.links == 0:
        path += " (deleted)"
    return Pieces(
        chain=chain,
        filename=os.fsdecode(filename.removesuffix(b"\0")),
        interp=os.fsdecode(interp.removesuffix(b"\0")),
        exe=path,
        cwd=_path(cwd),
        argument=argument,
        environment=data[at:],
    )


def _path(components: bytes) -> str:
    """Join components that come leaf first, each with its NUL."""
    names = components.split(b"\0")[:-1]
    return "/" + os.fsdecode(b"/".join(name for name in reversed(names) if name != b"/"))
