"""Simple commands: words, assignments, redirections (POSIX XCU 2.9.1; bash manual 3.4, 3.6; ksh93(1))."""

from __future__ import annotations

from flycatcher.core.regex import lazy
from flycatcher.core.shell.syntax.nodes import Assign, Lit, Redirect, Simple, Word
from flycatcher.core.shell.syntax.scanner import Pending
from flycatcher.core.shell.syntax.zsh import ZshScanner

_REDIRECT = lazy(r"([0-9]{1,9}|\{[A-Za-z_]\w*(?:\[[^\]\s]*\])?\})?(<<<|<<-|<<|<>|<&|<|>>|>&|>\||>|&>>|&>)")
_ASSIGN = lazy(r"([A-Za-z_][A-Za-z0-9_]*)(\[|\+?=)")
_INDEXED = lazy(r"\](\+?=)")
_DECLARING = frozenset({"export", "declare", "typeset", "local", "readonly"})
_MORE_DECLARING = {
    "ksh": frozenset({"nameref", "compound", "integer", "float"}),
    "zsh": frozenset({"integer", "float", "private"}),
}
_ASSIGN_DOTTED = lazy(r"(\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\[|\+?=)")
"""ksh93's members of compound variables have dots in their names."""
_BRACE = lazy(r"\}(?=[\s;|&)]|$)")
"""What closes a group in zsh wherever it stands."""
DOCUMENTS = {"<<": "", "<<-": "\t", "<<#": " \t"}
"""Operators of here-documents, and what is taken away in front of their lines; the last is ksh93's."""


class SimpleCommands(ZshScanner):
    """Reads simple commands at a position in a source."""

    def _newlines(self) -> None:
        while True:
            self.skip_blanks()
            self.skip_comment()
            if self.peek() != "\n":
                return
            self.pos += 1
            self.read_pending()

    def _simple(self) -> Simple:
        start = end = self.pos
        command = Simple(self.source, start, start, [], [], [])
        while True:
            self.skip_blanks()
            before = self.pos
            if redirect := self._redirect():
                command.redirects.append(redirect)
            elif self.peek() == "#" or (self.dialect == "zsh" and _BRACE.match(self.text, self.pos, self.end)):
                break
            elif assign := self._assignment(command):
                if command.words:
                    command.words.append(assign)
                else:
                    command.assigns.append(assign)
            else:
                word = self.read_word()
                if self.pos == before:
                    break
                command.words.append(word)
            end = self.pos
        command.end = max(start, end)
        return command

    def _assignment(self, command: Simple) -> Assign | None:
        """Read ``name=value`` where it is one: before the command's name, or after export and its like."""
        if command.words:
            first = command.words[0]
            name = first.literal() if isinstance(first, Word) else None
            if name not in _DECLARING and name not in _MORE_DECLARING.get(self.dialect, ()):
                return None
        match = (_ASSIGN_DOTTED if self.dialect == "ksh" else _ASSIGN).match(self.text, self.pos, self.end)
        if match is None:
            return None
        start, index = self.pos, None
        append = match[2] == "+="
        self.pos = match.end()
        if match[2] == "[":
            index = self.read_word("]", braces=True)
            closing = _INDEXED.match(self.text, self.pos, self.end)
            if closing is None:
                self.pos = start
                return None
            append, self.pos = closing[1] == "+=", closing.end()
        if self.peek() == "(" and self.extended:
            members: list[Assign] = []
            return Assign(match[1], self._array(members, command), append, index, members)
        return Assign(match[1], self.read_word(), append, index)

    def _array(self, members: list[Assign], command: Simple) -> list[Word]:
        """Read the words in parentheses; of ksh93's compound variable the assignments."""
        self.pos += 1
        words: list[Word] = []
        bare = Simple(command.source, self.pos, self.pos, [], [], [])
        while self.pos < self.end:
            self._newlines()
            self.pos += self.dialect == "ksh" and self.peek() == ";"
            self.skip_blanks()
            before = self.pos
            if self.peek() == ")":
                self.pos += 1
                return words
            if self.dialect == "ksh" and (member := self._assignment(bare)):
                members.append(member)
                continue
            words.append(self.read_word())
            self.pos = max(self.pos, before + 1)
        self.problem("unclosed (")
        return words

    def _redirects(self) -> list[Redirect]:
        found: list[Redirect] = []
        while True:
            self.skip_blanks()
            redirect = self._redirect()
            if redirect is None:
                return found
            found.append(redirect)

    def _redirect(self) -> Redirect | None:
        match = _REDIRECT.match(self.text, self.pos, self.end)
        if match is None or (match[2].startswith("&") and not self.extended):
            return None
        operator = match[2]
        if operator == "<<" and self.dialect == "ksh" and self.text.startswith("#", match.end()):
            operator = "<<#"
        if operator in ("<", ">") and self.text.startswith("(", match.end()) and self.extended and not match[1]:
            return None
        self.burn()
        self.pos = match.end() + (operator == "<<#")
        descriptor = int(match[1]) if match[1] and match[1][0] != "{" else None
        variable = match[1][1:-1] if match[1] and match[1][0] == "{" else ""
        if variable:
            descriptor = 10
        self.skip_blanks()
        start = self.pos
        if operator in DOCUMENTS:
            target = Word([], start, start)
            raw = self.read_word()
            quoted = any(char in self.text[raw.start : raw.end] for char in "'\"\\")
            delimiter = "".join(part.text for part in raw.parts if isinstance(part, Lit))
            if any(not isinstance(part, Lit) for part in raw.parts):
                delimiter = self.text[raw.start : raw.end]
            self.pending.append(Pending(delimiter, quoted, DOCUMENTS[operator], target))
            return Redirect(operator, target, descriptor, variable)
        target = self.read_word()
        if self.pos == start:
            self.problem(f"{operator} without a target")
        return Redirect(operator, target, descriptor, variable)
