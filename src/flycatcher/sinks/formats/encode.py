"""Records as JSON, whatever bytes are in them."""

from __future__ import annotations

import json

import msgspec

_encoder = msgspec.json.Encoder()


def encode(value: object) -> bytes:
    """Return JSON in UTF-8; bytes that are not UTF-8 stay the escaped lone surrogates that they were decoded to."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), ensure_ascii=True).encode()
