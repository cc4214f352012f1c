"""Answers to an installer's questions that are scripts: kickstart, preseed, AutoYaST. Each by its reference."""

from __future__ import annotations

from typing import ClassVar

from flycatcher.sources.buildfiles.engine.lines import Lines, line


class Kickstart(Lines):
    """Kickstart (pykickstart's documentation): ``%pre``, ``%post`` and their like, by ``--interpreter``."""

    id = "kickstart"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.ks", "ks.cfg", "*.kickstart", "*.ks.in", "*.ks.cfg", "kickstart.cfg")
    lines = (
        line(r"^%(?P<name>pre-install|pre|post|onerror|traceback)\b(?:(?!--interpreter)[^\n])*"
             r"(?:--interpreter[ =]\"?(?P<by>[^\s\"]+)\"?[^\n]*)?\n(?P<text>(?:(?!%end\b)[^\n]*\n)*)", hook="boot"),
    )  # fmt: skip


class Preseed(Lines):
    """debconf preseeding of Debian's installer (its guide, appendix B): commands for sh, lines continued by a backslash."""

    id = "preseed"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("preseed.cfg", "*.preseed", "*.seed", "preseed*.cfg", "preseed/*")
    lines = (
        line(r"^(?!#)\S+[ \t]+\S*(?P<name>late_command|early_command|preseed/run|kickseed_command|base-installer/[\w-]+_command)[ \t]+string[ \t]+"
             r"(?P<text>(?:[^\n\\]|\\.|\\\n)+)", hook="boot"),
    )  # fmt: skip


class AutoYast(Lines):
    """AutoYaST (custom user scripts): the source of a script, by its interpreter."""

    id = "autoyast"
    comments: ClassVar[tuple[str, ...]] = ("<!--",)
    rank = 30
    names: ClassVar[tuple[str, ...]] = ("autoinst.xml", "autoyast*.xml", "*.autoyast.xml", "autoyast/*.xml")
    lines = (
        line(r"<script\b[^>]*>(?:(?!</script>|<interpreter>|<source>).|\n)*(?:<interpreter>(?P<by>[^<]+)</interpreter>"
             r"(?:(?!</script>|<source>).|\n)*)?<source>\s*(?:<!\[CDATA\[)?(?P<text>(?:(?!\]\]>|</source>).|\n)*)", hook="boot"),
    )  # fmt: skip
