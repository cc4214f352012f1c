"""What a page loads: style, scripts, an icon. Each has its hash in its address, and the browser checks scripts by theirs."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import NamedTuple

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
NAMES = ("theme.js", "console.js", "live.js", "vendor/htmx.min.js", "base.css", "parts.css", "icon.svg")


class Asset(NamedTuple):
    """One file."""

    name: str
    content: bytes
    kind: str
    digest: str
    """SHA-256 in hexadecimal digits."""

    @property
    def address(self) -> str:
        """Where it is; another content is somewhere else."""
        return f"/assets/{self.digest[:16]}/{self.name}"

    @property
    def integrity(self) -> str:
        """The hash as the attribute has it (W3C, Subresource Integrity)."""
        return f"sha256-{base64.b64encode(bytes.fromhex(self.digest)).decode()}"


class Assets:
    """All of them, read once."""

    def __init__(self) -> None:
        """Read them."""
        self._by_name = {name: _read(name) for name in NAMES}

    def __getitem__(self, name: str) -> Asset:
        """Return one by its name."""
        return self._by_name[name]

    def at(self, address: str) -> Asset | None:
        """Return one by its address."""
        return next((asset for asset in self._by_name.values() if asset.address == address), None)


def _read(name: str) -> Asset:
    content = files("flycatcher.console.assets").joinpath(name).read_bytes()
    return Asset(name, content, _KINDS[name.rpartition(".")[2]], hashlib.sha256(content).hexdigest())
