"""Pike."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import C_COMMENTS, Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="pike",
    parse=partial(clike.parse, dialect=Dialect(comments=C_COMMENTS)),
    starts=starting("Process.system Process.popen Process.spawn system popen")
    | starting("Process.create_process Process.run Process.exec", Starts("list"))
    | starting("exece", Starts("pair")),
    runs={"compile_string": 0},
)
