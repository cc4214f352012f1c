"""zsh's parameter expansion as it is written: flags, an expansion in the name's place, marks, subscripts, modifiers.

Source: zshexpn(1), PARAMETER EXPANSION and MODIFIERS; checked with zsh 5.9.
"""

from __future__ import annotations

from flycatcher.core.regex import lazy
from flycatcher.core.shell.syntax.here_documents import HereDocuments
from flycatcher.core.shell.syntax.nodes import Form, Param, Part, Word

_BARE = lazy(r"\$([=~^]{0,4}|\+|#)([A-Za-z_]\w*|[0-9]+|[@*])")
_SUBSCRIPT = lazy(r"\[(?:[^\[\]\n\"]|\[[^\[\]\n\"]*\])+\]")
_MODIFIER = lazy(
    r":(?:[htre]\d+|[aAcehlpPqQrtux]|g?s([^\w\s}])((?:(?!\1)[^\n])*)\1((?:(?!\1)[^\n}])*)\1?|g?s([^\w\s}])((?:(?!\4)[^\n])*)\4)"
)
_MARKS = lazy(r"(?:[=~^]|\+(?=\w)|#(?=[A-Za-z_0-9@*${\"(]))*")
_DOTTED = lazy(r"\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|\.[A-Za-z_]\w*")
_GROUP = lazy(r"\((?:'[^'\n]*'|\"(?:\\.|[^\"\\\n])*\"|\\.|[^()'\"\\\n])*\)")
_MOST = 32
"""Subscripts, and modifiers, of one expansion."""
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_TAKES = {"s": 1, "j": 1, "g": 1, "Z": 1, "_": 1, "I": 1, "l": 3, "r": 3}
"""Flags and how many arguments they take at most, each between delimiters of any kind."""


class ZshScanner(HereDocuments):
    """Reads zsh's own forms where the dialect is zsh's."""

    def _inside_word(self, char: str, parts: list[Part]) -> bool:
        """A group or the qualifiers of a pattern of files continue a word."""
        if char == "(" and self.dialect == "zsh" and parts and not self.text.startswith(")", self.pos + 1):
            return True
        return super()._inside_word(char, parts)

    def _balanced(self) -> str:
        """Take parentheses whole; those in quotes do not count in zsh."""
        match = _GROUP.match(self.text, self.pos, self.end) if self.dialect == "zsh" else None
        if match is None:
            return super()._balanced()
        self.pos = match.end()
        return match[0]

    def _expansion(self, parts: list[Part], *, quoted: bool) -> None:
        if self.dialect == "zsh":
            if self.text.startswith("{", self.pos + 1) and (found := self._form(quoted=quoted)):
                parts.append(found)
                return
            if match := _BARE.match(self.text, self.pos, self.end):
                self.pos = match.end()
                form = Form(split=match[1].count("=") == 1, present=match[1] == "+")
                parts.append(self._behind(Param(match[2], quoted=quoted, length=match[1] == "#", form=form)))
                return
        super()._expansion(parts, quoted=quoted)

    def _param_name(self) -> str:
        """Read a name, with its dots where it is a member of ksh93's."""
        match = _DOTTED.match(self.text, self.pos, self.end) if self.dialect == "ksh" else None
        if match is None:
            return super()._param_name()
        self.pos = match.end()
        return match[0]

    def _form(self, *, quoted: bool) -> Param | None:
        """Read ``${...}``; None, and nothing consumed, where it is another shell's form."""
        opened = self.pos
        self.pos += 2
        flags = self._flags() if self.peek() == "(" else ()
        if flags is None or (not flags and self.peek() in (" ", "\n", "\t", "|")):
            self.pos = opened
            return None
        marks = _MARKS.match(self.text, self.pos, self.end)
        written = marks[0] if marks else ""
        self.pos += len(written)
        form = Form(flags=flags, split=written.count("=") == 1, present="+" in written)
        name = ""
        if self.peek() in ("$", '"', "`"):
            inner: list[Part] = []
            self._word_part(self.peek(), inner)
            form.inner = Word(inner)
        else:
            name = self._param_name()
        part = self._behind(Param(name, quoted=quoted, length="#" in written, form=form), braces=True)
        if self.peek() != "}":
            self._operator(part)
        if self.peek() == "}":
            self.pos += 1
        else:
            self._unclosed(opened, "${")
        return part

    def _behind(self, part: Param, *, braces: bool = False) -> Param:
        """Read the subscripts and modifiers behind a name."""
        form = part.form or Form()
        while _SUBSCRIPT.match(self.text, self.pos, self.end) if not braces else self.peek() == "[":
            self.pos += 1
            form.subscripts = (*form.subscripts[:_MOST], self.read_word("]", braces=True))
            self.pos += self.peek() == "]"
        while match := _MODIFIER.match(self.text, self.pos, self.end):
            self.pos = match.end()
            form.modifiers = (*form.modifiers[:_MOST], match[0][1:])
        return part

    def _operator(self, part: Param) -> None:
        """Read ``::=`` and ``:#``, which other shells do not have."""
        if part.form is not None and self.peek(3) == "::=":
            part.op, self.pos = "::=", self.pos + 3
        elif part.form is not None and self.peek(2) == ":#":
            part.op, self.pos = ":#", self.pos + 2
        else:
            super()._operator(part)
            return
        part.args = (self._argument("}", part.quoted, active=part.op == ":#"),)

    def _flags(self) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
        """Read ``(FLAGS)``, each letter with its arguments; None where it is no list of flags."""
        found: list[tuple[str, tuple[str, ...]]] = []
        self.pos += 1
        while self.pos < self.end and self.peek() not in (")", "\n"):
            letter = self.peek()
            self.pos += 1
            found.append((letter, self._arguments(_TAKES.get(letter, 0))))
        if self.peek() != ")":
            return None
        self.pos += 1
        return tuple(found)

    def _arguments(self, most: int) -> tuple[str, ...]:
        """Read a flag's arguments, each between two delimiters of the same kind: ``s:.:``, ``l<5><_>``."""
        found: list[str] = []
        opening = self.peek()
        while len(found) < most and self.peek() == opening and opening not in ("", ")"):
            end = self.text.find(_CLOSING.get(opening, opening), self.pos + 1, self.end)
            if end < 0:
                break
            found.append(self.text[self.pos + 1 : end])
            self.pos = end + 1
        return tuple(found)
