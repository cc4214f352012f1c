"""Vim's commands, and the expressions that they evaluate."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike, lines
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

_MODIFIERS = [
    "silent!",
    "silent",
    "sil",
    "sil!",
    "noautocmd",
    "noa",
    "keepalt",
    "keepjumps",
    "verbose",
    "confirm",
    "vertical",
    "vert",
    "tab",
    "topleft",
    "botright",
    "windo",
    "bufdo",
    "argdo",
    "tabdo",
    "cdo",
    "ldo",
    "normal",
    "norm",
    "sandbox",
]
"""Words before a command that leave it as it is."""

VIMSCRIPT = Language(
    id="vimscript",
    aliases=("vim", "ex", "vi", "nvim"),
    parse=partial(
        lines.parse,
        separators=r"\n|",
        prefix=":%0123456789,$",
        rest=(
            "!",
            "py",
            "py3",
            "python",
            "python3",
            "pyx",
            "pythonx",
            "lua",
            "ruby",
            "rub",
            "perl",
            "perlx",
            "pe",
            "tcl",
            "mz",
            "mzscheme",
        ),
    ),
    starts=starting("! r! w! terminal term te ter make lmake grep lgrep", Starts("vim"))
    | starting("r read w write", Starts("vim-filter")),
    delegates={
        **dict.fromkeys(("py", "py3", "python", "python3", "pyx", "pythonx"), "python"),
        "lua": "lua",
        **dict.fromkeys(("ruby", "rub"), "ruby"),
        **dict.fromkeys(("perl", "pe"), "perl"),
        "tcl": "tcl",
        **dict.fromkeys(_MODIFIERS, "vimscript"),
        **dict.fromkeys(("mz", "mzscheme"), "scheme"),
        **dict.fromkeys(
            ("call", "cal", "let", "echo", "exe", "execute", "if", "autocmd", "au", "set", "se", "echom", "return"),
            "vimscript-expression",
        ),
    },
)

VIM_EXPRESSION = Language(
    id="vimscript-expression",
    parse=partial(clike.parse, dialect=Dialect(comments=r"(?!)", beside="group")),
    starts=starting("system systemlist") | starting("jobstart job_start termopen term_start", Starts("list")),
    runs={},
    delegates={
        "execute": "vimscript",
        "feedkeys": "vimscript",
        "py3eval": "python",
        "pyeval": "python",
        "luaeval": "lua",
        "perleval": "perl",
        "rubyeval": "ruby",
    },
)
LANGUAGES = (VIMSCRIPT, VIM_EXPRESSION)
