"""Commands whose output is known when their input is: the plumbing of encoded payloads. The kwarg ``|`` is their input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.values import UnfoldableError, Value, concat_text, merge_taint
from flycatcher.core.payload.languages.ruby.functions import translate
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.core.payload.evaluator.folding import Fold
    from flycatcher.core.payload.evaluator.values import Constant


def _input(kwargs: dict[str, Value]) -> Value:
    value = kwargs.get("|")
    if value is None or value.text is None:
        raise UnfoldableError
    return value


def _options(args: Sequence[Value]) -> list[str]:
    return [arg.text or "" for arg in args]


def _echo(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value:
    words = list(args)
    flags = ""
    while words and (words[0].text or "") in ("-n", "-e", "-ne", "-en", "-E"):
        flags += (words.pop(0).text or "")[1:]
    joined = concat_text(words)
    if "e" in flags and isinstance(joined.data, str):
        joined.data = _unescaped(joined.data)
    if "n" not in flags and isinstance(joined.data, str):
        joined.data += "\n"
    return joined


def _unescaped(text: str) -> str:
    r"""Return what ``echo -e`` and printf's ``%b`` make of a text: in octal, up to three digits stand behind ``\0``."""
    return decode.unescape_text(_OCTAL.sub(lambda found: found[0] if found[1] is None else f"\\{found[1]}", text))


_OCTAL = lazy(r"\\\\|\\0([0-7]{1,3})")


def _printf(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value:
    words = [word for word in args if word.text != "--"]
    if not words:
        raise UnfoldableError
    template = decode.unescape_text(words[0].text or "")
    rest = [value.text if value.text is not None else UNKNOWN for value in words[1:]]
    out = template.replace("%%", "%")
    for mark in ("%s", "%b"):
        while mark in out and rest:
            piece = rest.pop(0)
            out = out.replace(mark, _unescaped(piece) if mark == "%b" else piece, 1)
    out = out.replace("%s", "").replace("%b", "")
    return Value(out, exact=all(word.known for word in words), made=words[0].made, taint=merge_taint(words))


def _filter(function: Callable[[Constant], Constant], made: str, wanted: Callable[[list[str]], bool]) -> Fold:
    """A command that decodes its input when its options say so."""

    def fold(args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
        value = _input(kwargs)
        if not wanted(_options(args)):
            raise UnfoldableError
        if not value.exact:
            return Value(made=(*value.made, made), taint=value.taint)
        result = function(value.data if isinstance(value.data, bytes) else value.text)
        return Value(result, made=(*value.made, made), taint=value.taint)

    return fold


def _same(_args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    return _input(kwargs)


def _cat(args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    if any(not option.startswith("-") for option in _options(args)):
        raise UnfoldableError
    return _input(kwargs)


def _tr(args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    value, words = _input(kwargs), _options(args)
    if words[:1] == ["-d"] and len(words) == 2:
        result = (value.text or "").translate({ord(c): None for c in decode.unescape_text(words[1])})
    elif len(words) == 2 and not words[0].startswith("-"):
        old, new = (decode.unescape_text(word.strip("[]") if word.startswith("[") else word) for word in words)
        result = translate(value.text or "", old, new)
    else:
        raise UnfoldableError
    return Value(result, exact=value.exact, made=(*value.made, "translated"), taint=value.taint)


def _captured(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value:
    """``$(command)``: its output without the last newlines."""
    value = args[0]
    if isinstance(value.data, str):
        return Value(value.data.rstrip("\n"), exact=value.exact, made=value.made, taint=value.taint)
    return value


def _descriptor(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value:
    """``<(command)``."""
    value = args[0]
    return Value("/dev/fd/63", made=value.made, taint=value.taint | {"substitution"}, name=value.text or "")


def _any_decode(options: list[str]) -> bool:
    return any(
        option in ("--decode", "-d", "-D", "-di", "--d", "-id") or option.startswith("--dec") for option in options
    )


def _rev(text: Constant) -> str:
    return "\n".join(line[::-1] for line in (text if isinstance(text, str) else text.decode("latin-1")).split("\n"))


FUNCTIONS: dict[str, Fold] = {
    "echo": _echo,
    "printf": _printf,
    "print": _echo,
    "cat": _cat,
    "tee": _same,
    "$(": _captured,
    "<(": _descriptor,
    "base64": _filter(decode.unbase64, "base64", _any_decode),
    "b64decode": _filter(decode.unbase64, "base64", lambda _options: True),
    "base32": _filter(decode.unbase32, "base32", _any_decode),
    "openssl": _filter(decode.unbase64, "base64", lambda o: "-d" in o and ("base64" in o or "-base64" in o)),
    "xxd": _filter(decode.unhex, "hex", lambda o: any("r" in option for option in o if option.startswith("-"))),
    "uudecode": _filter(decode.unuu, "uuencode", lambda _options: True),
    "rev": _filter(_rev, "reversed", lambda _options: True),
    "tac": _filter(lambda text: "\n".join(reversed(text.split("\n"))), "reversed", lambda _options: True),
    "gunzip": _filter(decode.gunzip, "gzip", lambda _options: True),
    "zcat": _filter(decode.gunzip, "gzip", lambda _options: True),
    "gzip": _filter(decode.gunzip, "gzip", _any_decode),
    "bunzip2": _filter(decode.bunzip, "bz2", lambda _options: True),
    "bzcat": _filter(decode.bunzip, "bz2", lambda _options: True),
    "xzcat": _filter(decode.unlzma, "lzma", lambda _options: True),
    "xz": _filter(decode.unlzma, "lzma", _any_decode),
    "tr": _tr,
}
