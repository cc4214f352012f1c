"""Neovim: Vim's command line, and ``-l`` for a Lua script. Source: see ``vim.py``; checked against nvim 0.7."""

from __future__ import annotations

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.text_tools.vim import Vim


class Nvim(Vim):
    """Neovim."""

    id = "nvim"
    names = (r"nvim(?:\.appimage|-qt)?",)
    install = "apt: neovim"
    verified = ("0.7",)
    options = Options(parser="own")
