"""Smaller languages that call functions as C or a shell of words does, and for each the table of what starts programs."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike as _clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts

_TEXT = Starts("text")
_WORDS = Starts("words")
_PAIR = Starts("pair")
_C = Dialect(comments=r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?")


def _starts(names: str, how: Starts = _TEXT) -> dict[str, Starts]:
    return dict.fromkeys(names.split(), how)


BPFTRACE = Language(id="bpftrace", parse=partial(_clike.parse, dialect=_C), starts=_starts("system"))
PIKE = Language(
    id="pike",
    parse=partial(_clike.parse, dialect=_C),
    starts=_starts("Process.system Process.popen Process.spawn system popen")
    | _starts("Process.create_process Process.run Process.exec", Starts("list"))
    | _starts("exece", _PAIR),
    runs={"compile_string": 0},
)
NIM = Language(
    id="nim",
    parse=partial(_clike.parse, dialect=Dialect(long_quotes=True, quotes='"')),
    starts=_starts("execShellCmd execCmd execCmdEx gorge gorgeEx staticExec exec osproc.execCmd os.execShellCmd")
    | _starts("startProcess execProcess", _WORDS),
)
CRYSTAL = Language(
    id="crystal",
    parse=partial(_clike.parse, dialect=Dialect(backticks=True)),
    starts=_starts("system") | _starts("Process.run Process.exec Process.new", _PAIR),
)
COFFEE = Language(
    id="coffeescript",
    aliases=("livescript", "coffee", "lsc"),
    parse=partial(_clike.parse, dialect=Dialect(long_quotes=True)),
    starts=_starts("*.execSync *.exec execSync exec")
    | _starts("*.spawn *.spawnSync *.execFile *.execFileSync spawn", _PAIR),
    runs={"eval": 0, "Function": 0},
)
GP = Language(
    id="gp", parse=partial(_clike.parse, dialect=_C), starts=_starts("system extern externstr"), runs={"eval": 0}
)
OCAML = Language(
    id="ocaml",
    parse=partial(_clike.parse, dialect=Dialect(comments=r"\(\*(?:[^*]|\*(?!\)))*(?:\*\))?", quotes='"')),
    starts=_starts("Sys.command Unix.system Unix.open_process_in Unix.open_process Unix.open_process_out")
    | _starts("Unix.execv Unix.execvp Unix.execve Unix.create_process", Starts("pair")),
)
SCALA = Language(
    id="scala",
    parse=partial(_clike.parse, dialect=Dialect(comments=_C.comments, long_quotes=True, quotes='"')),
    starts=_starts(
        "Runtime.getRuntime().exec java.lang.Runtime.getRuntime().exec Process sys.process.Process", Starts("javaexec")
    )
    | _starts("ProcessBuilder java.lang.ProcessBuilder", Starts("javaexec"))
    | _starts("*.! *.!! *.lineStream *.run", Starts("receiver")),
)
FSHARP = Language(
    id="fsharp",
    aliases=("csharp",),
    parse=partial(_clike.parse, dialect=_C),
    starts=_starts("System.Diagnostics.Process.Start Diagnostics.Process.Start Process.Start", _WORDS),
)
PROLOG = Language(
    id="prolog",
    parse=partial(_clike.parse, dialect=Dialect(comments=r"%[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?")),
    starts=_starts("shell system") | _starts("process_create exec", _PAIR),
    runs={"term_to_atom": 1},
)
C = Language(
    id="c",
    aliases=("c++", "cpp"),
    parse=partial(_clike.parse, dialect=_C),
    starts=_starts("system popen")
    | _starts("execl execlp execle", Starts("exec"))
    | _starts("execv execve execvp", Starts("vector")),
)
LANGUAGES = (BPFTRACE, PIKE, NIM, CRYSTAL, COFFEE, GP, OCAML, SCALA, FSHARP, PROLOG, C)
