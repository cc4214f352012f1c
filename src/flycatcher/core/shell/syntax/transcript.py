"""What a person typed into a console, written down behind the command that opened it.

Collections of attacks and how-tos give sessions line by line: ``tclsh``, and on the next line what is to be typed there. A
shell script never holds that: an interpreter on a line by itself would read the script's own standard input. So where such a
line is followed by text that is code and no shell command, the text is that interpreter's, as if it came in a here-document.
"""

from __future__ import annotations

import re

from flycatcher.core.regex import lazy

_OPENER = lazy(
    r"^[ \t]*(?:\$[ \t]+)?(?:(?:sudo|doas)[ \t]+(?:-\w+[ \t]+)*)?(?:[A-Za-z_]\w*=\S*[ \t]+)*"
    r"(?P<program>(?:[\w.~-]*/)*[A-Za-z][\w.+-]*)(?P<options>(?:[ \t]+(?:-{1,2}[A-Za-z][\w=-]*|console|fsi|tinker))*)[ \t]*$",
    re.MULTILINE,
)
_CONSOLES = lazy(
    r"(?:python|pypy|ipython|irb|pry|rails|bundler?|perl|node|deno|bun|lua|luajit|tclsh|wish|expect|ghci|jshell|jjs|jrunscript|groovysh|"
    r"scala|kotlin|kotlinc|clojure|clj|julia|R|octave|octave-cli|guile|gosh|csi|gsi|clisp|ecl|sbcl|racket|mit-scheme|newlisp|swipl|"
    r"ocaml|erl|iex|elixir|php|pwsh|powershell|slsh|gnuplot|gjs|rhino|jython|bsh|pike|gforth|raku|perl6|gp|nim|crystal|osascript|"
    r"mongo|mongosh|xonsh|hy|coffee|cpan|dotnet|fsharpi|csharp|psysh|artisan|drush|ts-node|gdb|sqlite3|emacs|m4|dc|ed)(?:-?\d[\d.]*)?"
)
"""Programs that open a console, by name; which options they take is theirs to say."""
_CODE = lazy(
    r"[ \t]*(?:"
    r"[\w.$:@>\]\[-]*\w(?<!\bfunction)[ \t]*\((?![ \t]*\)[ \t]*(?:\{|$))"  # a call with arguments, and no function of a shell's
    r"|[\w.$]+(?:\.\w+)+[ \t]*\(|\w+(?:\.\w+)+[ \t]+[\"'(\[$]"  # a method, or a function of a module
    r"|(?:import|from|require|require_relative|use|using|include|var|let|const|def|val|open|load|library|package|puts|print|println|say|"
    r"exec|system|spawn|interact|proc|set|auto|void|int|String|public|class|new|begin|do\s+script|tell|display|return|global)\b"
    r"[ \t]+[\"'(\w$@{.*/:-]"
    r"|[A-Za-z_$@][\w.]*[ \t]+(?::=|=|<-)[ \t]"  # an assignment with blanks around it
    r"|[:/\\.][a-z!]\w*(?:[ \t]|$)|[:\\]!|![ \t]?\w"  # a command of the console itself
    r"|[({\[#`%]|\w+[ \t]*(?:\|>|::|->|<<)|.*[;{][ \t]*$|[A-Z]\w*\.\w+"
    r")"
)
_SHELL = lazy(
    r"[ \t]*(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|echo|cd|export|sudo|apt|apt-get|yum|dnf|apk|pip3?|npm|make|git|"
    r"curl|wget|cat|ls|cp|mv|rm|mkdir|chmod|chown|tar|unzip|touch|test|sh|bash|docker|kubectl|source|\.|nc|ssh|\[|\[\[|"
    r"[A-Za-z_]\w*=\S*[ \t;])(?:[ \t;]|$)"
)
_END = lazy(r"[ \t]*(?:(?:exit|quit|bye|halt)(?:\(\)|\.)?;?|\.quit|\.exit|:q|/exit|\^D|\\q)[ \t]*$")
MAX_LINES = 2000
_MARK = "FLYCATCHER_SESSION"


def with_sessions(text: str) -> str:
    """Return the text with each session's lines in a here-document of the command that opens it; other text as it is."""
    if "\n" not in text:
        return text
    for found in _OPENER.finditer(text):
        if _CONSOLES.fullmatch(found["program"].rpartition("/")[2]) is None:
            continue
        rest = text[found.end() + 1 :]
        length = _session(rest)
        if length and not _inside(text[: found.start()]):
            opener = text[found.start() : found.end()].replace("$ ", "  ", 1)  # without the prompt
            typed, after = rest[:length].removesuffix("\n"), with_sessions(rest[length:])
            if re.fullmatch(r"R", found["program"].rpartition("/")[2]) and "save" not in found["options"]:
                opener += " --no-save"  # asks at a terminal only, where a session is
            return f"{text[: found.start()]}{opener} <<'{_MARK}'\n{typed}\n{_MARK}\n{after}"
    return text


def added_lines(text: str) -> list[int]:
    """Return the numbers of the lines that :func:`with_sessions` added to a text, in its answer's own count."""
    return [number for number, line in enumerate(text.split("\n"), 1) if line == _MARK] if _MARK in text else []


def _session(rest: str) -> int:
    """Return how many characters of what follows belong to the session, 0 where it is no code."""
    lines = rest.split("\n")[:MAX_LINES]
    first = next((line for line in lines if line.strip()), "")
    if _CODE.match(first) is None or _SHELL.match(first):
        return 0
    length = 0
    for line in lines:
        length += len(line) + 1
        if _END.match(line):
            break
    return min(length, len(rest))


def _inside(before: str) -> bool:
    """Tell whether a line stands in something that is still open: a quote, a here-document, a continued line, a block."""
    stripped = before.rstrip(" \t")
    if stripped.endswith("\\\n") or before.count("'") % 2 or len(re.findall(r'(?<!\\)"', before)) % 2:
        return True
    opened = re.findall(r"<<-?[ \t]*['\"\\]?(\w+)", before)
    return any(re.search(rf"^[ \t]*{re.escape(word)}[ \t]*$", before, re.MULTILINE) is None for word in opened)
