"""Regular expressions that most runs never use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr, Generic, cast

if TYPE_CHECKING:
    Flags = int | re.RegexFlag


class _Lazy(Generic[AnyStr]):
    """Stands in for a pattern until one of its methods is asked for, which then becomes an attribute of its own."""

    def __init__(self, source: AnyStr, flags: Flags) -> None:
        """Keep what to compile."""
        self.pattern: AnyStr = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a pattern has
        """Return what the compiled pattern has under this name, and keep it."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(re.compile(self.pattern, self._flags), name)
        self.__dict__[name] = found
        return found


def lazy(source: AnyStr, flags: Flags = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled when it is first used: compiling all of a program's takes longer than a short run."""
    return cast("re.Pattern[AnyStr]", _Lazy(source, flags))
