"""What it is worth that a program's text comes from the network, or was decoded on its way: shell text tells it.

One act, one level, however it is written: from a named host over TLS it is medium; high where anything makes it worse
(:mod:`flycatcher.core.payload.download_doubts`, or an encoding on the way); low where the same text verifies it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.origins import origin_of, worse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.payload.model import Analysis
    from flycatcher.core.snippet import Snippet

NETWORK, DOUBTFUL, VERIFIED, DECODED, DECODED_UNSEEN, LAYERED = 25, 25, 5, 45, 25, 15
"""Points. What was decoded and cannot be seen is told apart from what is seen and judged by what it does."""
FROM_NETWORK = "its program comes straight from the network (T1105)"
IS_VERIFIED = "its program comes from the network, and is verified before it runs, or accepted (T1105)"
WAS_ENCODED = "its program was decoded on the way to it (T1140)"


def points(execution: Execution, analysed: Sequence[tuple[Snippet, Analysis]]) -> Iterator[tuple[int, str]]:
    """Yield points and their reasons, each kind at most once."""
    origins = [origin_of(execution.context, snippet) for snippet, _analysis in analysed]
    fetched = [origin for origin in origins if origin.command]
    if fetched and all(origin.verified for origin in fetched):
        yield VERIFIED, IS_VERIFIED
    elif fetched:
        yield NETWORK, FROM_NETWORK
        doubts = worse(execution, fetched)
        if doubts:
            yield DOUBTFUL, f"nobody can tell who wrote it: {', '.join(doubts)} (T1557)"
    plain = [origin for origin in origins if origin.decoded and not origin.command]
    if plain:
        yield DECODED if any(origin.seen for origin in plain) else DECODED_UNSEEN, WAS_ENCODED
    if any(origin.layered and not origin.seen for origin in plain):
        yield LAYERED, "layers of encoding hide what it is (T1027)"
