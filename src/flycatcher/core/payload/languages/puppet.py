"""Puppet."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, starting

LANGUAGE = Language(
    id="puppet",
    parse=partial(clike.parse, dialect=Dialect(beside="call")),
    starts=starting("exec generate"),
)
