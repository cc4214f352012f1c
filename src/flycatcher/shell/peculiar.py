"""Wrappers whose command lines do not fit a table row: env, xargs, find, parallel, su, flock and a few more."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping

from flycatcher.shell.marks import HOLE, plain
from flycatcher.shell.state import Stream

MAX_STEPS = 32


class Step:
    """One program that a wrapper starts: argv with marks, its environment, its file where argv[0] is another name."""

    __slots__ = ("env", "fields", "program", "stdin")

    def __init__(
        self, fields: list[str], env: Mapping[str, str], program: str = "", stdin: Stream | None = None
    ) -> None:
        """Keep the four."""
        self.fields = fields
        self.env = env
        self.program = program
        self.stdin = stdin


Reader = Callable[[list[str], Mapping[str, str], Stream], "list[Step] | None"]


def _env(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """env(1): options, -S, assignments, command."""
    del stdin
    words, result = list(fields[1:]), dict(env)
    rounds = 0
    argv0 = ""
    while words and rounds < 200:
        rounds += 1
        word = plain(words[0])
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            words = words[1:]
            if word == "--":
                break
            if name in ("--unset", "--chdir", "--argv0", "--split-string") and not equals and words:
                value, words = plain(words[0]), words[1:]
            if name == "--ignore-environment":
                result = {}
            elif name == "--unset":
                result.pop(value, None)
            elif name == "--split-string":
                words = [*split_string(value, result), *words]
            elif name == "--argv0":
                argv0 = value
            continue
        if word == "-":
            result, words = {}, words[1:]
            continue
        if not word.startswith("-"):
            break
        words = words[1:]
        for index, letter in enumerate(word[1:], 2):
            if letter == "i":
                result = {}
            if letter in "uCSa":
                value = word[index:]
                if not value and words:
                    value, words = plain(words[0]), words[1:]
                if letter == "u":
                    result.pop(value, None)
                elif letter == "S":
                    words = [*split_string(value, result), *words]
                elif letter == "a":
                    argv0 = value
                break
    while words and (match := re.match(r"([^=]+)=", plain(words[0]))):
        result[match[1]] = plain(words[0])[match.end() :]
        words = words[1:]
    if not words:
        return None
    program = plain(words[0]) if argv0 else ""
    return [Step([argv0, *words[1:]] if argv0 else words, result, program)]


_SPLIT = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "#": "#", "$": "$", '"': '"', "'": "'", "\\": "\\"}


def split_string(text: str, env: Mapping[str, str]) -> list[str]:
    r"""Split as ``env -S`` does (coreutils env.c): quotes, escapes, ``\_``, ``\c``, comments and ``${NAME}``."""
    words: list[str] = []
    current: list[str] | None = None
    quote = ""
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if quote != "'" and char == "\\" and at < len(text):
            letter = text[at]
            at += 1
            if letter == "c" and not quote:
                break
            if letter == "_":
                if quote:
                    current = [*(current or []), " "]
                elif current is not None:
                    words.append("".join(current))
                    current = None
                continue
            current = [*(current or []), _SPLIT.get(letter, letter)]
        elif quote == "'" and char == "\\" and text[at : at + 1] in ("'", "\\"):
            current = [*(current or []), text[at]]
            at += 1
        elif char in "'\"" and quote in ("", char):
            quote = "" if quote else char
            current = current if current is not None else []
        elif not quote and char in " \t\n\r\f\v":
            if current is not None:
                words.append("".join(current))
                current = None
        elif not quote and char == "#" and current is None:
            break
        elif quote != "'" and char == "$" and (match := re.compile(r"\{(\w+)\}").match(text, at)):
            current = [*(current or []), env.get(match[1], HOLE)]
            at = match.end()
        else:
            current = current if current is not None else []
            current.append(char)
    return [*words, "".join(current)] if current is not None else words


def _su(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """su(1) and runuser(1): options and operands in any order; without -c a shell that reads standard input."""
    text, shell = None, "sh"
    operands: list[str] = []
    at, user = 1, False
    while at < len(fields):
        word = plain(fields[at])
        at += 1
        name, equals, value = word.partition("=")
        if word == "--":
            operands.extend(fields[at:])
            break
        if word == "-" or not word.startswith("-"):
            operands.extend([] if word == "-" else [fields[at - 1]])
            if user and word != "-":
                operands.extend(fields[at:])
                break
            continue
        wants = name in (
            "--command",
            "--session-command",
            "--shell",
            "--group",
            "--supp-group",
            "--user",
            "--whitelist-environment",
        )
        if not wants and (word.startswith("--") or word[-1] not in "csgGuw"):
            continue
        if not equals and at < len(fields):
            value = fields[at]
            at += 1
        letter = "c" if "command" in name else "s" if name == "--shell" else "u" if name == "--user" else word[-1]
        if letter == "c":
            text = value
        elif letter == "s":
            shell = value
        user |= letter == "u"
    if user:
        return [Step(operands, env)] if operands else None
    extra = operands[1:]
    if text is not None:
        return [Step([shell, "-c", text, *extra], env)]
    if extra:
        return [Step([shell, *extra], env)]
    return [Step([shell], env)] if stdin.text is not None else None


def _flock(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """flock(1): FILE, then a command, or -c TEXT."""
    del stdin
    words = list(fields[1:])
    while words and plain(words[0]).startswith("-"):
        word = plain(words.pop(0))
        if word in ("-w", "--timeout", "--wait", "-E", "--conflict-exit-code") and words:
            words.pop(0)
    words = words[1:]
    if len(words) > 1 and plain(words[0]) in ("-c", "--command"):
        return [Step(["sh", "-c", words[1]], env)]
    return [Step(words, env)] if words else None


def _find(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """find(1): each -exec, -execdir, -ok, -okdir up to its semicolon or plus; what is found is not known."""
    del stdin
    steps: list[Step] = []
    at = 1
    while at < len(fields) and len(steps) < MAX_STEPS:
        if plain(fields[at]) not in ("-exec", "-execdir", "-ok", "-okdir"):
            at += 1
            continue
        end = at + 1
        while end < len(fields) and plain(fields[end]) != ";":
            if plain(fields[end]) == "+" and plain(fields[end - 1]) == "{}":
                break
            end += 1
        words = [word.replace("{}", HOLE) for word in fields[at + 1 : end]]
        if words:
            steps.append(Step(words, env))
        at = end + 1
    return steps or None


def _xargs(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """xargs(1): the command with the words of standard input, as far as they are known."""
    options: dict[str, str] = {}
    at = 1
    while at < len(fields) and plain(fields[at]).startswith("-"):
        word = plain(fields[at])
        at += 1
        if word == "--":
            break
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            letter = _XARGS_LONG.get(name, "")
            if (
                letter in ("a", "d", "E", "I", "L", "n", "P", "s")
                and not equals
                and letter not in ""
                and at < len(fields)
            ):
                if name not in ("--replace", "--max-lines", "--eof"):
                    value = plain(fields[at])
                    at += 1
            options[letter] = value or ("{}" if letter == "I" else value)
            continue
        for index, letter in enumerate(word[1:], 2):
            if letter in "adEILnPs":
                value = word[index:]
                if not value and at < len(fields):
                    value = plain(fields[at])
                    at += 1
                options[letter] = value
                break
            if letter in "iel":
                options[letter.upper()] = word[index:] or ("{}" if letter == "i" else "1")
                break
            options[letter] = ""
    command = fields[at:] or ["echo"]
    known = stdin.text if "a" not in options else None
    null = Stream("null", "")
    return [Step(words, env, stdin=null) for words in _xargs_words(command, options, known)] or None


_XARGS_LONG = {
    "--arg-file": "a", "--delimiter": "d", "--eof": "E", "--replace": "I", "--max-lines": "L", "--max-args": "n",
    "--max-procs": "P", "--max-chars": "s", "--null": "0", "--no-run-if-empty": "r", "--verbose": "t",
}  # fmt: skip


def _xargs_words(command: list[str], options: dict[str, str], text: str | None) -> list[list[str]]:
    replace = options.get("I")
    if text is None:
        if replace:
            return [[word.replace(replace, HOLE) for word in command]]
        return [[*command, HOLE]]
    if "0" in options or "d" in options:
        mark = "\0" if "0" in options else options["d"].encode().decode("unicode_escape", "replace") or "\n"
        items = text.split(mark)
        items = items[:-1] if items[-1] == "" else items
    elif replace:
        items = [_xargs_line(line.lstrip(" \t")) for line in text.split("\n") if line.strip()]
    elif "L" in options:
        return [[*command, *_xargs_split(line)] for line in text.split("\n") if line.strip()][:MAX_STEPS]
    else:
        items = _xargs_split(text)
    if replace:
        return [[word.replace(replace, item) for word in command] for item in items][:MAX_STEPS]
    count = options.get("n", "")
    size = max(int(count), 1) if count.isascii() and count.isdigit() and len(count) < 9 else 0
    if not items:
        return [] if "r" in options else [command]
    if not size:
        return [[*command, *items]]
    return [[*command, *items[low : low + size]] for low in range(0, len(items), size)][:MAX_STEPS]


def _xargs_split(text: str) -> list[str]:
    """Split as xargs does: blanks and newlines, quotes of both kinds, backslash."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters, lexer.escapedquotes = " \t\n", True, "", ""
    try:
        return list(lexer)
    except ValueError:
        return text.split()


def _xargs_line(line: str) -> str:
    return re.sub(r"\"([^\"]*)\"|'([^']*)'|\\(.)", lambda found: found[1] or found[2] or found[3] or "", line)


def _parallel(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """GNU parallel: the words joined are a shell's text, arguments after ``:::`` or from standard input."""
    at = 1
    while at < len(fields) and plain(fields[at]).startswith("-"):
        word = plain(fields[at])
        at += 1
        takes = re.fullmatch(
            r"-[jPSNnLaId]|--(jobs|sshlogin|max-args|arg-file|colsep|delimiter|timeout|joblog|results|retries|delay|wd|env)",
            word,
        )
        at += bool(takes)
    words = [plain(word) for word in fields[at:]]
    if ":::" in words:
        cut = words.index(":::")
        command, items = fields[at : at + cut], fields[at + cut + 1 :]
        items = items[: items.index(":::")] if ":::" in items else items
    else:
        command = fields[at:]
        items = [HOLE] if stdin.text is None else [line for line in stdin.text.split("\n") if line]
    texts = []
    for item in items[:MAX_STEPS]:
        quoted = item if not command or HOLE in item else shlex.quote(plain(item))
        joined = " ".join(command)
        placed = re.sub(r"\{[./]*\}", lambda _, q=quoted: q, joined)  # type: ignore[misc]
        texts.append(placed if placed != joined else f"{joined} {quoted}".strip())
    return [Step(["sh", "-c", text], env) for text in texts] or None


def _start_stop_daemon(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """start-stop-daemon(8): --exec or --startas FILE, arguments after ``--``."""
    del stdin
    program = ""
    words = [plain(word) for word in fields]
    if not {"-S", "--start"} & set(words):
        return None
    cut = words.index("--") if "--" in words else len(words)
    for at, word in enumerate(words[:cut]):
        name, equals, value = word.partition("=")
        if name in ("-a", "--startas") or (name in ("-x", "--exec") and not program):
            program = value if equals else (words[at + 1] if at + 1 < cut else "")
    return [Step([program, *fields[cut + 1 :]], env)] if program else None


def _capsh(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """capsh(1): what follows ``--`` goes to /bin/bash."""
    del stdin
    words = [plain(word) for word in fields]
    if "--" not in words:
        return None
    return [Step(["/bin/bash", *fields[words.index("--") + 1 :]], env)]


def _bwrap(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """bwrap(1): options with none, one or two values, then the command."""
    del stdin
    at = 1
    while at < len(fields) and plain(fields[at]).startswith("--"):
        word = plain(fields[at])[2:]
        at += 1
        if not word:
            break
        if re.fullmatch(
            r"(dev-|ro-)?bind(-try|-data)?|dev-bind-try|ro-bind-try|symlink|setenv|chmod|file|bind-data|ro-bind-data",
            word,
        ):
            at += 2
        elif not re.fullmatch(
            r"unshare-.*|share-net|die-with-parent|new-session|as-pid-1|clearenv|disable-userns.*|.*-try", word
        ):
            at += 1
    return [Step(fields[at:], env)] if at < len(fields) else None


def _kubectl(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """Kubectl and oc: after ``--``, or in the old form after the pod's name."""
    del stdin
    words = [plain(word) for word in fields]
    if not {"exec", "run", "debug", "rsh"} & set(words):
        return None
    if "--" in words:
        rest = fields[words.index("--") + 1 :]
        return [Step(rest, env)] if rest else None
    if "exec" not in words and "rsh" not in words:
        return None
    at = (words.index("exec") if "exec" in words else words.index("rsh")) + 1
    while at < len(words) and words[at].startswith("-"):
        at += 1 + (words[at] in ("-c", "-n", "--container", "--namespace", "--context", "--kubeconfig"))
    at += 1
    while at < len(words) and words[at].startswith("-"):
        at += 1 + (words[at] in ("-c", "-n", "--container", "--namespace", "--context", "--kubeconfig"))
    return [Step(fields[at:], env)] if at < len(fields) else None


def _at(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """at(1) and batch(1): standard input is a text for sh."""
    del fields
    return [Step(["sh"], env)] if stdin.text is not None else None


def _session(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """tmux(1) and screen(1): the last words of new-session, new-window, run-shell, -dm are a command."""
    del stdin
    words = [plain(word) for word in fields]
    subs = {"new-session", "new", "new-window", "neww", "split-window", "run-shell", "run", "respawn-pane"}
    at = next((index for index, word in enumerate(words) if word in subs), 0) + 1
    if at == 1 and words[0].endswith("tmux"):
        return None
    while at < len(words) and words[at].startswith("-"):
        at += 1 + (words[at][-1] in "snctxyFeSThp" and len(words[at]) < 6)
    rest = fields[at:]
    if not rest:
        return None
    return [Step(["sh", "-c", rest[0]], env)] if len(rest) == 1 else [Step(rest, env)]


READERS: dict[str, Reader] = {
    "env": _env, "genv": _env, "su": _su, "runuser": _su, "flock": _flock, "find": _find, "gfind": _find, "xargs": _xargs,
    "gxargs": _xargs, "parallel": _parallel, "start-stop-daemon": _start_stop_daemon, "capsh": _capsh, "bwrap": _bwrap,
    "kubectl": _kubectl, "oc": _kubectl, "at": _at, "batch": _at, "tmux": _session, "screen": _session,
}  # fmt: skip
