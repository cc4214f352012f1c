"""The shell's grammar (POSIX XCU 2.10; bash manual 3.2), read with recovery: what does not parse is noted and stepped over.

Written for this purpose rather than taken from a general grammar, because attackers choose the corners: on public
one-liners that ``bash -n`` accepts, an error here would be a start that nobody sees.
"""

from __future__ import annotations

from flycatcher.core.regex import lazy
from flycatcher.core.shell.syntax.nodes import (
    AndOr,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Pipeline,
    Script,
    Test,
    While,
    Word,
)
from flycatcher.core.shell.syntax.scanner import META
from flycatcher.core.shell.syntax.simple import SimpleCommands

_CLOSERS = frozenset({"then", "fi", "do", "done", "esac", "}", "elif", "else"})
_KEYWORD = lazy(r"(?:[a-z]+|[{}!]|\[\[)(?=[\s;&|()<>]|$)")
_COPROCESS = lazy(r"[A-Za-z_]\w*[ \t]+(?:\{\s|\(|(?:while|until|for|if|case|select)\s|\[\[)")
"""The name of a coprocess, which stands in front of a compound command alone."""
_FUNCTION = lazy(r"([^\s'\"\\$`;&|<>(){}=#]+)[ \t]*\([ \t]*\)")
_NAMELESS = lazy(r"\([ \t]*\)[ \t]*(?=\{)")
"""A function of zsh that has no name, and runs at once."""
_LOOP_NAME = lazy(r"([A-Za-z_]\w*)[ \t]+")
_END_OF_LOOP = lazy(r"(?:^|[;\n])[ \t]*end[ \t]*(?=$|[;\n)}])")
MAX_NESTING = 40
"""Compound commands inside one another."""


class Parser(SimpleCommands):
    """Recursive descent over one source."""

    def parse_script(self, closer: str) -> Script:
        """Read commands up to the closing character (left unread) or the end."""
        script = Script([])
        while True:
            script.items.extend(self._list(frozenset(), closer).items)
            char = self.peek()
            if not char or char == closer:
                break
            self.problem(f"unexpected {char!r}")
            self._step_over()
        if not closer or self.pos >= self.end:
            self.read_pending()
        return script

    def _step_over(self) -> None:
        """Leave what does not fit behind: one operator or one word."""
        self.burn()
        start = self.pos
        if self.peek() in META:
            self.pos += 1
        else:
            self.read_word()
        self.pos = max(self.pos, start + 1)

    def _list(self, until: frozenset[str], closer: str = "") -> Script:
        """Read a list of commands up to a reserved word of ``until``, the closer, or what cannot go on."""
        items: list[AndOr] = []
        while True:
            self._separators()
            if self.pos >= self.end or (closer and self.peek() == closer) or self.peek() == ")":
                break
            if self._at_arm_end() or self._keyword() in until:
                break
            if not until and self._keyword() in _CLOSERS:
                self.problem(f"unexpected {self._keyword()!r}")
                self._step_over()
                continue
            before = self.pos
            items.append(self._and_or())
            if self.pos == before:
                self.problem(f"unexpected {self.peek()!r}")
                self._step_over()
        return Script(items)

    def _at_arm_end(self) -> bool:
        return self.peek(2) in (";;", ";&", ";|")

    def _separators(self) -> None:
        """Skip blanks, comments, newlines (with the here-documents they bring) and stray separators."""
        while self.pos < self.end:
            self.burn()
            self.skip_blanks()
            self.skip_comment()
            char = self.peek()
            if char == "\n":
                self.pos += 1
                self.read_pending()
            elif char == ";" and not self._at_arm_end():
                self.pos += 1
            else:
                return

    def _keyword(self) -> str:
        match = _KEYWORD.match(self.text, self.pos, self.end)
        return match.group() if match else ""

    def _accept(self, keyword: str) -> bool:
        """Take a reserved word if it is next."""
        self._separators()
        if self._keyword() != keyword:
            return False
        self.pos += len(keyword)
        return True

    def _expect(self, keyword: str) -> None:
        if not self._accept(keyword):
            self.problem(f"expected {keyword!r}")

    # -- lists and pipelines -------------------------------------------------------------------------------------

    def _and_or(self) -> AndOr:
        items = [("", self._pipeline())]
        while True:
            self.skip_blanks()
            operator = self.peek(2)
            if operator not in ("&&", "||"):
                break
            self.pos += 2
            self._newlines()
            items.append((operator, self._pipeline()))
        self.skip_comment()
        background = self.peek() == "&" and self.peek(2) != "&&"
        self.pos += background
        return AndOr(items, background)

    def _pipeline(self) -> Pipeline:
        negated, coprocess = False, ""
        while (word := self._keyword()) in ("!", "time", "coproc"):
            self.pos += len(word)
            negated ^= word == "!"
            coprocess = "COPROC" if word == "coproc" else coprocess
            self.skip_blanks()
            if word == "time" and self.peek(2) == "-p":
                self.pos += 2
                self.skip_blanks()
            if word == "coproc" and _COPROCESS.match(self.text, self.pos, self.end):
                coprocess = self.read_word().literal() or coprocess
                self.skip_blanks()
        commands = [self._command()]
        while True:
            self.skip_blanks()
            if self.peek() != "|" or self.peek(2) == "||":
                break
            ending = self.dialect == "ksh" and self.peek(2) == "|&"  # a coprocess of all that stands before it
            self.pos += 2 if self.peek(2) == "|&" else 1
            if ending:
                coprocess = "COPROC"
                break
            self._newlines()
            commands.append(self._command())
        return Pipeline(commands, negated, coprocess)

    # -- commands ------------------------------------------------------------------------------------------------

    def _command(self) -> Command:
        self.burn()
        self.skip_blanks()
        self.nesting += 1
        try:
            if self.nesting > MAX_NESTING:
                self.problem("nested too deep")
                self.pos = self.end
                return Group(Script([]))
            command = self._compound()
            if command is None:
                return self._simple()
            if not isinstance(command, Function):
                command.redirects = self._redirects()
            return command
        finally:
            self.nesting -= 1

    def _compound(self) -> Command | None:
        if self.peek(2) == "((" and (found := self._arithmetic_command()):
            return found
        if self.dialect == "zsh" and (match := _NAMELESS.match(self.text, self.pos, self.end)):
            self.pos = match.end()
            return self._function_body("")
        if self.peek() == "(":
            self.pos += 1
            body = self._list(frozenset(), ")")
            self._close(")")
            return Group(body, subshell=True)
        match self._keyword():
            case "{":
                return self._braces()
            case "if":
                return self._if()
            case "while" | "until" as word:
                self.pos += len(word)
                condition = self._list(frozenset({"do"}))
                return While(condition, self._do(), until=word == "until")
            case "for" | "select" as word:
                self.pos += len(word)
                return self._for()
            case "case":
                return self._case()
            case "[[":
                return self._test()
            case "foreach" if self.dialect == "zsh":
                self.pos += len("foreach")
                return self._for()
            case "namespace" if self.dialect == "ksh":
                self.pos += len("namespace")
                self.skip_blanks()
                name = self.read_word().literal() or ""
                self._newlines()
                group = self._braces() if self.peek() == "{" else Group(Script([]))
                group.namespace = name
                return group
            case "function" if self.extended:
                self.pos += len("function")
                self.skip_blanks()
                name = "" if self.peek() == "{" else self.read_word().literal() or ""
                self.skip_blanks()
                if self.peek() == "(":
                    self.pos = max(self.pos + 1, self.text.find(")", self.pos, self.end) + 1)
                return self._function_body(name)
        match = _FUNCTION.match(self.text, self.pos, self.end)
        if match:
            self.pos = match.end()
            return self._function_body(match[1])
        return None

    def _close(self, char: str) -> None:
        self._separators()
        if self.peek() == char:
            self.pos += 1
        else:
            self.problem(f"expected {char!r}")

    def _braces(self) -> Group:
        self.pos += 1
        body = self._list(frozenset({"}"}))
        self._expect("}")
        return Group(body)

    def _arithmetic_command(self) -> Test | None:
        word = self.try_arithmetic(2)
        if word is None:
            return None
        return Test([word])

    def _function_body(self, name: str) -> Function:
        self._newlines()
        start = self.pos
        body = Script([AndOr([("", Pipeline([self._command()]))])])
        if self.pos == start:
            self.problem(f"function {name!r} without a body")
        return Function(name, body, [] if name or self.dialect != "zsh" else self._words())

    def _if(self) -> If:
        self.pos += 2
        branches = []
        stop = frozenset({"elif", "else", "fi"})
        while True:
            condition = self._list(frozenset({"then"}) | stop)
            self._expect("then")
            branches.append((condition, self._list(stop)))
            if not self._accept("elif"):
                break
        otherwise = self._list(frozenset({"fi"})) if self._accept("else") else None
        self._expect("fi")
        return If(branches, otherwise)

    def _do(self) -> Script:
        if self._accept("{"):
            body = self._list(frozenset({"}"}))
            self._expect("}")
            return body
        if self.dialect == "zsh" and (short := self._short()) is not None:
            return short
        self._expect("do")
        body = self._list(frozenset({"done"}))
        self._expect("done")
        return body

    def _short(self) -> Script | None:
        """Read zsh's loops without ``do``: up to ``end``, or one command; None for another form."""
        self._separators()
        if self._keyword() == "do" or self.pos >= self.end:
            return None
        closing = _END_OF_LOOP.search(self.text, self.pos, self.end)
        if closing is None:
            return Script([self._and_or()])
        body = self._list(frozenset({"end"}))
        self._accept("end")
        return body

    def _for(self) -> Command:
        self.skip_blanks()
        if self.peek(2) == "((":
            self.pos += 2
            word = self.arithmetic() or Word([])
            return While(Script([AndOr([("", Pipeline([Test([word])]))])]), self._do(), counter=word)
        name = self.read_word().literal() or ""
        more = self._more_names() if self.dialect == "zsh" else ()
        self._newlines()
        words: list[Word] | None = None
        if self._keyword() == "in":
            self.pos += 2
            words = self._words()
        elif self.dialect == "zsh" and self.peek() == "(":
            self.pos += 1
            words = self._words()
            self._close(")")
        return For(name, words, self._do(), more=more)

    def _more_names(self) -> tuple[str, ...]:
        """Read the further names of a loop."""
        names: list[str] = []
        self.skip_blanks()
        while (match := _LOOP_NAME.match(self.text, self.pos, self.end)) and match[1] != "in":
            names.append(match[1])
            self.pos = match.end()
        return tuple(names)

    def _words(self) -> list[Word]:
        words: list[Word] = []
        while True:
            self.skip_blanks()
            before = self.pos
            word = self.read_word()
            if self.pos == before or (self.text[before] == "#"):
                self.pos = before
                self.skip_comment()
                return words
            words.append(word)

    def _case(self) -> Case:
        self.pos += 4
        self.skip_blanks()
        word = self.read_word()
        self._newlines()
        self._expect("in")
        arms = []
        while True:
            self._separators()
            if self.pos >= self.end or self._keyword() == "esac":
                break
            before = self.pos
            arms.append(self._arm())
            if self.pos == before:
                self.problem("expected a pattern")
                self._step_over()
        self._expect("esac")
        return Case(word, arms)

    def _arm(self) -> tuple[list[Word], Script, str]:
        self.pos += self.peek() == "("
        patterns = []
        while True:
            self.skip_blanks()
            patterns.append(self.read_word())
            self.skip_blanks()
            if self.peek() != "|":
                break
            self.pos += 1
        self._close(")")
        body = self._list(frozenset({"esac"}))
        ending = next((each for each in (";;&", ";;", ";&", ";|") if self.text.startswith(each, self.pos)), "")
        self.pos = min(self.pos + len(ending), self.end)
        return patterns, body, ending

    def _test(self) -> Test:
        self.pos += 2
        words: list[Word] = []
        while self.pos < self.end:
            self.skip_blanks()
            if self.peek() in ("\n", "(", ")", "<", ">", "&", "|", ";"):
                self.pos += 1
                continue
            before = self.pos
            word = self.read_word()
            if word.literal() == "]]":
                return Test(words)
            words.append(word)
            self.pos = max(self.pos, before + 1)
        self.problem("expected ']]'")
        return Test(words)
