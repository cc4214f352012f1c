"""What shows that a program holds an interpreter that no table describes: a language's API, and a usage that offers to run text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flycatcher.core.interpreters.identity.elf import Elf

APIS: dict[str, tuple[str, ...]] = {
    "lua": ("luaL_loadstring", "luaL_loadbufferx", "luaL_loadbuffer"),
    "python": ("PyRun_SimpleStringFlags", "PyRun_StringFlags", "PyRun_SimpleString", "PyRun_String"),
    "perl": ("Perl_eval_pv", "Perl_eval_sv", "perl_parse"),
    "ruby": ("rb_eval_string", "rb_eval_string_protect", "mrb_load_string", "mrb_load_nstring"),
    "javascript": ("JS_Eval", "js_dostring", "js_loadstring", "duk_eval_raw", "JS_EvaluateScript",
                   "_ZN2v86Script3RunENS_5LocalINS_7ContextEEE"),
    "tcl": ("Tcl_Eval", "Tcl_EvalEx", "Tcl_EvalObjEx"),
    "scheme": ("scm_c_eval_string", "scm_eval_string", "s7_eval_c_string", "scheme_eval_string"),
    "php": ("zend_eval_string", "php_embed_init", "zend_eval_stringl"),
}  # fmt: skip
"""Functions that run a text, by language; a program imports them from its library, or exports them to its own modules."""
_OFFERS = re.compile(
    rb"(?<![\w-])(?:-[ecEr]|--(?:eval|exec|execute|expr|expression|command|code))\b[^\n\0]{0,40}?"
    rb"(?i:eval|execut|code|one.?liner|expr|statement|string|script|program)"
)
"""A line of a usage text: ``-e CODE  evaluate code``."""
LIMIT = 8 << 20
"""Bytes of read-only data that are searched for a usage text."""


def probable(elf: Elf) -> tuple[str, str]:
    """Return the language that a program probably interprets, with the evidence; twice nothing for other programs."""
    for language, functions in APIS.items():
        name = next((each for each in functions if elf.needs(each) or elf.exports(each)), "")
        if name:
            offer = next((found for piece in elf.pieces(1 << 20, LIMIT) if (found := _OFFERS.search(piece))), None)
            if offer is not None:
                text = ascii(offer[0].decode("latin-1"))
                return language, f"probably an interpreter of {language}: has {name}, and its usage says {text}"
    return "", ""
