"""From characters to words: quoting and expansions (POSIX XCU 2.2, 2.6; bash manual 3.1, 3.5)."""

from __future__ import annotations

import re
from typing import NamedTuple

from flycatcher.core.interpreters.names import EXTENDED
from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand.escapes import dollar_quote
from flycatcher.core.shell.syntax.nodes import Arith, Lit, Param, Part, Proc, Script, Source, Sub, Word
from flycatcher.core.unknown import UNKNOWN

MAX_DEPTH = 24
"""Nested substitutions that are read; the interpreter's own stack bounds it."""

META = frozenset(" \t\n|&;<>()")
_PLAIN = re.compile(r"[^ \t\n\r|&;<>()'\"\\$`]+")
_PLAIN_ARGUMENT = re.compile(r"[^ \t\n\r|&;<>()'\"\\$`/:}\]]+")
_DQ_PLAIN = lazy(r'[^"\\$`]+')
_NAME = lazy(r"[A-Za-z_][A-Za-z0-9_]*")
_EXTGLOB = "@!?*+"
_OPERATORS = lazy(r":?[-=?+]|##?|%%?|//?[#%]?|\^\^?|,,?|@[A-Za-z]|:")


class Problem(NamedTuple):
    """Something that does not parse, at an offset into the source."""

    offset: int
    message: str


class Pending(NamedTuple):
    """A here-document whose body follows the next newline; ``word`` is filled in then."""

    delimiter: str
    quoted: bool
    strip: str
    word: Word


class Fuel:
    """How many more steps parsing may take; shared by all texts of one reading."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        """Begin full."""
        self.left = steps


class Scanner:
    """A position in a source. :class:`flycatcher.core.shell.syntax.parser.Parser` adds the grammar."""

    nesting = 0
    """Compound commands that are open."""

    def __init__(self, source: Source, dialect: str, fuel: Fuel, depth: int = 0) -> None:
        """Begin at the source's first character."""
        self.fuel = fuel
        self.subshells: set[int] = set()
        self.source = source
        self.text = source.text
        self.pos = 0
        self.end = len(source.text)
        self.dialect = dialect
        self.extended = dialect in EXTENDED
        self.depth = depth
        self.problems: list[Problem] = []
        self.pending: list[Pending] = []
        self.unclosed: list[int] = []

    def parse_script(self, closer: str) -> Script:
        """Read commands up to the closing character (the grammar's part)."""
        raise AssertionError(closer)

    def subparser(self, source: Source) -> Scanner:
        """Return a parser of the same kind for text that is not a slice of this source."""
        inner = type(self)(source, self.dialect, self.fuel, self.depth + 1)
        inner.nesting = self.nesting
        return inner

    def burn(self) -> None:
        """Take one step; where none is left, what follows is not read."""
        self.fuel.left -= 1
        if self.fuel.left < 0:
            self.end = min(self.end, self.pos)

    # -- small steps ---------------------------------------------------------------------------------------------

    def peek(self, length: int = 1) -> str:
        """Return the next characters, fewer at the end."""
        return self.text[self.pos : min(self.pos + length, self.end)]

    def problem(self, message: str, offset: int | None = None) -> None:
        """Note what does not parse; reading goes on."""
        if len(self.problems) < 100:
            self.problems.append(Problem(self.pos if offset is None else offset, message))

    def skip_blanks(self) -> None:
        """Skip blanks, escaped newlines and a carriage return before a newline."""
        text, end = self.text, self.end
        while self.pos < end:
            char = text[self.pos]
            if char in " \t" or (char == "\r" and text[self.pos + 1 : self.pos + 2] in ("\n", "")):
                self.pos += 1
            elif char == "\\" and text.startswith("\n", self.pos + 1):
                self.pos += 2
            elif char == "\\" and text.startswith("\r\n", self.pos + 1):
                self.pos += 3
            else:
                return

    def skip_comment(self) -> None:
        """Skip to the end of the line if a comment begins here."""
        if self.peek() == "#":
            at = self.text.find("\n", self.pos, self.end)
            self.pos = self.end if at < 0 else at

    # -- words ---------------------------------------------------------------------------------------------------

    def read_word(self, stop: str = "", *, braces: bool = False) -> Word:
        """Read one word; ``stop`` ends it early, and ``braces`` reads blanks too (an argument inside ``${...}``)."""
        parts: list[Part] = []
        start = self.pos
        while self.pos < self.end:
            char = self.text[self.pos]
            if char in stop:
                break
            if char in META and not braces and not self._inside_word(char, parts):
                break
            if char == "\r" and not braces and self.text[self.pos + 1 : self.pos + 2] in ("\n", ""):
                break
            if char == "(" and not braces:
                self._literal(parts, self._balanced())
            else:
                self._word_part(char, parts, _PLAIN_ARGUMENT if stop else _PLAIN)
        return Word(parts, start, self.pos)

    def _inside_word(self, char: str, parts: list[Part]) -> bool:
        """Process substitutions and extended globs continue a word although they begin with a metacharacter."""
        if char in "<>":
            return self.extended and self.text.startswith("(", self.pos + 1)
        if char == "(" and self.extended and parts:
            last = parts[-1]
            return isinstance(last, Lit) and not last.quoted and last.text[-1:] in _EXTGLOB
        return False

    def _word_part(self, char: str, parts: list[Part], plain: re.Pattern[str] = _PLAIN) -> None:
        self.burn()
        if char == "'":
            parts.append(Lit(self._single(), quoted=True))
        elif char == '"':
            self.pos += 1
            self._double(parts, '"')
        elif char == "\\":
            self._backslash(parts)
        elif char == "$":
            self._dollar(parts, quoted=False)
        elif char == "`":
            parts.append(self._backtick(quoted=False))
        elif self._substitutes(char, parts):
            self.pos += 2
            start = self.pos
            body = self._nested(")")
            parts.append(Proc("<" if char == "=" else char, body, self.text[start : self.pos - 1]))
        else:
            match = plain.match(self.text, self.pos, self.end)
            text = match.group() if match else char
            self.pos += len(text)
            self._literal(parts, text)

    @staticmethod
    def _literal(parts: list[Part], text: str) -> None:
        """Add unquoted characters, to the literal before them where there is one."""
        if parts:
            last = parts[-1]
            if isinstance(last, Lit) and not last.quoted:
                last.text += text
                return
        parts.append(Lit(text))

    def _substitutes(self, char: str, parts: list[Part]) -> bool:
        """Whether a process substitution begins here: ``<(``, ``>(``, and ``=(`` of zsh at the start of a word."""
        marks = "<>=" if self.dialect == "zsh" and not parts else "<>"
        return char in marks and self.extended and self.text.startswith("(", self.pos + 1)

    def _single(self) -> str:
        at = self.text.find("'", self.pos + 1, self.end)
        if at < 0:
            self._unclosed(self.pos, "'")
            text, self.pos = self.text[self.pos + 1 : self.end], self.end
            return text
        text, self.pos = self.text[self.pos + 1 : at], at + 1
        return text

    def _unclosed(self, start: int, what: str) -> None:
        self.problem(f"unclosed {what}", start)
        self.unclosed.append(start)

    def _backslash(self, parts: list[Part]) -> None:
        following = self.text[self.pos + 1 : min(self.pos + 2, self.end)]
        self.pos += 1 + len(following)
        if following == "\r" and self.peek() == "\n":
            self.pos += 1
        elif following != "\n":
            parts.append(Lit(following or "\\", quoted=True))

    def _balanced(self) -> str:
        """Take an extended glob's parentheses whole."""
        start, level = self.pos, 0
        while self.pos < self.end:
            char = self.text[self.pos]
            level += (char == "(") - (char == ")")
            self.pos += 1
            if level == 0 or char == "\n":
                break
        return self.text[start : self.pos]

    def _double(self, parts: list[Part], closer: str) -> None:
        """Read what double quotes (or a here-document, with no closer) hold, up to the closer."""
        opened = self.pos - 1
        parts.append(Lit("", quoted=True))
        special = '$`"\\\n' if closer else "$`\\\n"
        while self.pos < self.end:
            char = self.text[self.pos]
            if char == closer:
                self.pos += 1
                return
            if char == "\\":
                following = self.text[self.pos + 1 : min(self.pos + 2, self.end)]
                if following and following in special:
                    self.pos += 2
                    if following != "\n":
                        parts.append(Lit(following, quoted=True))
                else:
                    self.pos += 1
                    parts.append(Lit("\\", quoted=True))
            elif char == "$":
                self._dollar(parts, quoted=True)
            elif char == "`":
                parts.append(self._backtick(quoted=True))
            else:
                match = _DQ_PLAIN.match(self.text, self.pos, self.end)
                text = match.group() if match else char
                self.pos += len(text)
                parts.append(Lit(text, quoted=True))
        if closer:
            self._unclosed(opened, closer)

    def read_quoted(self) -> Word:
        """Read all of the text as what stands in double quotes."""
        parts: list[Part] = []
        self._double(parts, "")
        return Word(parts)

    # -- dollars -------------------------------------------------------------------------------------------------

    def _dollar(self, parts: list[Part], *, quoted: bool) -> None:
        self.burn()
        if self.depth >= MAX_DEPTH:
            self.problem("nested too deep")
            self.pos += 1
            parts.append(Lit(UNKNOWN, quoted))
            return
        self.depth += 1
        self._expansion(parts, quoted=quoted)
        self.depth -= 1

    def _expansion(self, parts: list[Part], *, quoted: bool) -> None:
        following = self.text[self.pos + 1 : min(self.pos + 2, self.end)]
        if following == "(":
            parts.append(self._parenthesis(quoted=quoted))
        elif following == "{":
            self.pos += 2
            parts.append(self._brace(quoted=quoted))
        elif following == "'" and not quoted and self.extended:
            parts.append(Lit(self._dollar_single(), quoted=True))
        elif following == '"' and not quoted and self.extended:
            self.pos += 2
            self._double(parts, '"')
        elif following == "[" and self.extended:
            self.pos += 2
            word = self.read_word("]", braces=True)
            self.pos += self.peek() == "]"
            parts.append(Arith(word, quoted))
        elif match := _NAME.match(self.text, self.pos + 1, self.end):
            self.pos = match.end()
            parts.append(Param(match.group(), quoted=quoted))
        elif following and following in "@*#?-$!0123456789":
            self.pos += 2
            parts.append(Param(following, quoted=quoted))
        else:
            self.pos += 1
            if quoted:
                parts.append(Lit("$", quoted=True))
            else:
                self._literal(parts, "$")

    def _dollar_single(self) -> str:
        start = self.pos
        self.pos += 2
        begin = self.pos
        while self.pos < self.end and self.text[self.pos] != "'":
            self.pos += 2 if self.text[self.pos] == "\\" else 1
        if self.pos >= self.end:
            self.pos = self.end
            self._unclosed(start, "$'")
            return dollar_quote(self.text[begin : self.end])
        text = self.text[begin : self.pos]
        self.pos += 1
        return dollar_quote(text)

    def _parenthesis(self, *, quoted: bool) -> Part:
        if self.text.startswith("((", self.pos + 1) and (word := self.try_arithmetic(3)) is not None:
            return Arith(word, quoted)
        self.pos += 2
        start = self.pos
        body = self._nested(")")
        return Sub(body, quoted, self.text[start : max(start, self.pos - 1)])

    def try_arithmetic(self, skip: int) -> Word | None:
        """Read ``((...))`` after ``skip`` characters; None, and nothing consumed, where it is nested subshells."""
        start = self.pos
        if start in self.subshells:
            return None
        noted, opened = len(self.problems), len(self.unclosed)
        self.pos += skip
        word = self.arithmetic()
        if word is None:
            self.pos = start
            self.subshells.add(start)
            del self.problems[noted:], self.unclosed[opened:]
        return word

    def arithmetic(self) -> Word | None:
        """Read up to ``))``; None where the parentheses turn out to be nested subshells."""
        parts: list[Part] = []
        start, level = self.pos, 0
        while self.pos < self.end:
            char = self.text[self.pos]
            if char == ")" and level == 0:
                if not self.text.startswith("))", self.pos):
                    return None
                self.pos += 2
                return Word(parts, start, self.pos)
            level += (char == "(") - (char == ")")
            if char in "()\n <>|&;":
                self.burn()
                self.pos += 1
                self._literal(parts, char)
            elif char == "\\" and self.text.startswith("\n", self.pos + 1):
                self.pos += 2
            else:
                self._word_part(char, parts)
        return None

    def _nested(self, closer: str) -> Script:
        """Read a substitution's commands up to the closing character, which is consumed."""
        opened = self.pos
        script = self.parse_script(closer)
        if self.peek() == closer:
            self.pos += 1
        else:
            self._unclosed(opened, "substitution")
        return script

    def _backtick(self, *, quoted: bool) -> Part:
        start = self.pos
        self.pos += 1
        chars: list[str] = []
        special = '`\\$"' if quoted else "`\\$"
        while self.pos < self.end and self.text[self.pos] != "`":
            char = self.text[self.pos]
            following = self.text[self.pos + 1 : min(self.pos + 2, self.end)]
            if char == "\\" and following and following in special:
                char = following
                self.pos += 1
            chars.append(char)
            self.pos += 1
        if self.pos >= self.end:
            self._unclosed(start, "`")
        else:
            self.pos += 1
        text = "".join(chars)
        if self.depth >= MAX_DEPTH:
            self.problem("nested too deep", start)
            return Lit(UNKNOWN, quoted)
        inner = self.subparser(Source(text, fixed=self.source.span(start, self.pos)))
        script = inner.parse_script("")
        for found in inner.problems:
            self.problem(found.message, start)
        return Sub(script, quoted, text)

    def _brace(self, *, quoted: bool) -> Part:
        """Read ``${...}``; the opening is consumed."""
        opened = self.pos - 2
        if self.peek() in (" ", "\n", "\t", "|"):
            start = self.pos
            reply = self.peek() == "|"
            self.pos += reply
            body = self._nested("}")
            return Sub(body, quoted, self.text[start : max(start, self.pos - 1)], reply)
        length = self.peek() == "#" and self.peek(2) not in ("#}", "#:", "#-", "#%", "##")
        self.pos += length
        indirect = self.peek() == "!" and self.peek(2) not in ("!}", "!:", "!-")
        self.pos += indirect
        name = self._param_name()
        part = Param(name, quoted=quoted, length=length, indirect=indirect)
        if self.peek() == "[":
            self.pos += 1
            part.index = self.read_word("]", braces=True)
            self.pos += self.peek() == "]"
        if self.peek() != "}":
            self._operator(part)
        if self.peek() == "}":
            self.pos += 1
            return part
        self._unclosed(opened, "${")
        return part

    def _param_name(self) -> str:
        match = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]").match(self.text, self.pos, self.end)
        if match is None:
            return ""
        self.pos = match.end()
        return match.group()

    def _operator(self, part: Param) -> None:
        """Read the operator of ``${name OP args}`` and its arguments."""
        if part.indirect and self.peek() in ("*", "@") and self.peek(2)[1:] == "}":
            part.op, self.pos = "prefix", self.pos + 1
            return
        match = _OPERATORS.match(self.text, self.pos, self.end)
        part.op = match.group() if match else "?!"
        self.pos += len(part.op) if match else 0
        if part.op[0] == "/":
            pattern = self._argument("/}", part.quoted, active=True)
            part.args = (pattern,)
            if self.peek() == "/":
                self.pos += 1
                part.args = (pattern, self._argument("}", part.quoted, active=True))
        elif part.op == ":":
            part.args = (self._argument(":}", part.quoted, active=True),)
            if self.peek() == ":":
                self.pos += 1
                part.args = (*part.args, self._argument("}", part.quoted, active=True))
        else:
            part.args = (self._argument("}", part.quoted, active=part.op[0] in "#%^,"),)

    def _argument(self, stop: str, quoted: bool, *, active: bool) -> Word:
        """Read an argument inside ``${...}``. Inside double quotes, single quotes are plain characters unless active."""
        if not quoted or active:
            return self.read_word(stop, braces=True)
        parts: list[Part] = []
        start = self.pos
        while self.pos < self.end and self.text[self.pos] not in stop:
            char = self.text[self.pos]
            if char == "'":
                parts.append(Lit("'", quoted=True))
                self.pos += 1
            elif char == "\\" and self.text[self.pos + 1 : self.pos + 2] not in ("$", "`", '"', "\\", "\n", "}"):
                parts.append(Lit("\\", quoted=True))
                self.pos += 1
            elif char == "$":
                self._dollar(parts, quoted=True)
            else:
                self._word_part(char, parts, _PLAIN_ARGUMENT)
        return Word(parts, start, self.pos)
