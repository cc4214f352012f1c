"""Program text loaded from a directory that anybody may write to. ATT&CK T1059, T1574."""

from __future__ import annotations

from flycatcher.core.payload.conditions import OPEN_FILE, any_matches, either, matches, tainted
from flycatcher.core.payload.rules import Calls, Rule

_FOLDER = rf"^(?:{OPEN_FILE}|(?:/tmp|/var/tmp|/private/tmp|/dev/shm)/?$)"
"""A folder in which anybody may put a module."""
_FIRST = matches(0, rf"^(?:file://)?{OPEN_FILE}")

RULE = Rule(
    id="eval.temporary-file",
    technique="T1059",
    points=50,
    sentence="runs program text from a file that anybody may write to",
    calls={
        "python": (
            Calls("runpy.run_path execfile imp.load_source imp.load_dynamic", any_matches(rf"^{OPEN_FILE}")),
            Calls("importlib.util.spec_from_file_location", any_matches(rf"^{OPEN_FILE}")),
            Calls("sys.path.insert sys.path.append site.addsitedir", any_matches(_FOLDER)),
        ),
        "perl": (Calls("do require", _FIRST),),
        "ruby": (Calls("load require require_relative Kernel.load", _FIRST),),
        "javascript": (
            Calls("require import process.mainModule.require module.require load", _FIRST),
            Calls("child_process.fork worker_threads.Worker Worker", _FIRST),
        ),
        "php": (Calls("include include_once require require_once", either(_FIRST, tainted(0, "temporary-file"))),),
        "lua": (Calls("dofile loadfile require", _FIRST),),
        "tcl": (Calls("source", _FIRST),),
        "r": (Calls("source sys.source", _FIRST),),
        "julia": (Calls("include", _FIRST),),
        "gdb": (Calls("source", _FIRST),),
        "vimscript": (Calls("source so luafile pyfile py3file rubyfile runtime", _FIRST),),
        "emacs-lisp": (Calls("load load-file", _FIRST),),
        "octave": (Calls("source run", _FIRST),),
        "scheme": (Calls("load primitive-load", _FIRST),),
        "sqlite": (Calls(".read", _FIRST),),
        "powershell": (Calls("Import-Module ipmo", _FIRST),),
    },
    covers=frozenset({"eval.dynamic", "file.read"}),
)
