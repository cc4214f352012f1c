"""PHP's CGI program.

Source: sapi/cgi/cgi_main.c (RFC 3875 for the environment), checked with marker code against 8.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CommandLine
from flycatcher.core.interpreters.engine.paths import is_special, is_url
from flycatcher.core.interpreters.php.common import (
    SHARED,
    Configuration,
    PhpBase,
    last,
    letters_of,
    options,
    run_program,
)
from flycatcher.core.interpreters.php.ini import Define, is_on, settings, source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import Given
    from flycatcher.core.interpreters.engine.reading import Reading

CGI = options((*SHARED, ("b", "1", "bindpath"), ("T", "1", "timing")))
_FILES = ("SCRIPT_FILENAME", "PATH_TRANSLATED")
"""Variables that name the program's file: of a request, or where the command line names none."""
_REQUEST = ("SERVER_SOFTWARE", "SERVER_NAME", "GATEWAY_INTERFACE", "REQUEST_METHOD")


class PhpCgi(PhpBase):
    """The CGI program: a request in the environment, or a file like the command line."""

    id = "php_cgi"
    names = (r"php[\d.]*-cgi[\d.]*", r"php-cgi[\d.]*")
    variables = (
        *PhpBase.variables,
        *_FILES,
        *_REQUEST,
        "QUERY_STRING",
        "CONTENT_LENGTH",
        "REDIRECT_STATUS",
        "HTTP_REDIRECT_STATUS",
    )
    options = CGI
    install = "apt: php-cgi"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; mistakes do not matter if the words are ignored."""
        command = super().parse(execution)
        command.error = "" if _unread(execution.env) else command.error
        return command

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as cgi_main.c does: in a request, options for modes and files do not count."""
        env = reading.execution.env
        request = any(name in env for name in _REQUEST)
        unread = _unread(env)
        letters = set() if unread else letters_of(command)
        shown = CommandLine([], command.operands) if unread else command
        if request and not _redirected(shown, env):
            return reading.refuse("cgi.force_redirect: not started by a web server")
        modes = letters_of(command)
        if letters & {"h", "?"} or (not request and modes & {"i", "v", "m"}):
            return reading.finish("prints")
        body = request and _positive(env.get("CONTENT_LENGTH", ""))
        configuration = Configuration(reading, shown, body=body)
        if "b" in letters:
            return reading.finish("script")
        if "s" in letters or (not request and modes & {"l", "w", "s"}):
            return reading.finish("checks")
        _run(reading, configuration, command, request=request)
        configuration.mails()
        return reading


def _unread(env: Mapping[str, str]) -> bool:
    """Whether a request's query looks like options, so that PHP ignores the command line."""
    query = env.get("QUERY_STRING")
    return query is not None and "=" not in query and query.lstrip(" +").startswith("-")


def _run(reading: Reading, configuration: Configuration, command: CommandLine, *, request: bool) -> Reading:
    """Record what is included and the program: the request's file, the command line's, or stdin."""
    operand = command.operands[0] if command.operands else None
    file = last(command, "f")
    name = file.value if file is not None else None if operand is None else reading.execution.argv[operand]
    if not request and name == "":
        return reading.refuse("the file's name is empty")
    # what is no file (a URL) is passed over
    named = not request and name is None and any(v and not is_url(v) for v in map(reading.execution.env.get, _FILES))
    if configuration.run("auto_prepend_file"):
        if request or named:
            _run_request(reading)
            if named:  # where there is no such file, stdin is the program
                run_program(reading, None, None)
        elif name is not None:
            _run_file(reading, configuration, file, operand, name)
        else:
            run_program(reading, None, None)
        configuration.run("auto_append_file")
    return reading


def _run_file(
    reading: Reading, configuration: Configuration, file: Given | None, operand: int | None, name: str
) -> None:
    """Record the file that the command line names: it is opened as a stream, so that it may be a URL."""
    found = source(name, include=configuration.include, remote=configuration.remote)
    index = file.at if file is not None else operand
    offset = file.offset if file is not None else 0
    option = file.name if file is not None else ""
    if found.kind == "url":
        reading.add("url", found.text, index=index, offset=offset, option=option, url=name)
    elif found.kind == "stdin":
        reading.stdin(explicit=True, index=index, option=option)
    elif is_special(found.path, reading.execution):
        reading.descriptor(found.path, index=index, offset=offset, option=option)
    reading.finish("script")


def _positive(text: str) -> bool:
    """Whether atoi(3) makes a positive number of the text."""
    match = re.match(r"\s*\+?(\d{1,18})", text)
    return match is not None and int(match[1]) > 0


def _redirected(command: CommandLine, env: dict[str, str]) -> bool:
    """Whether cgi.force_redirect lets the request pass."""
    defines = [Define(g.value or "", g.at, g.offset) for g in command.given if g.option.detail == "d"]
    found = settings(defines, env)
    if not is_on(found.get("cgi.force_redirect"), default=True) or "c" in letters_of(command):
        return True
    named = found.get("cgi.redirect_status_env")
    names = ("REDIRECT_STATUS", "HTTP_REDIRECT_STATUS", *((named.value,) if named is not None else ()))
    return any(name in env for name in names) or bool(env.get("PHPRC") or env.get("PHP_INI_SCAN_DIR"))


def _run_request(reading: Reading) -> None:
    """Record a request's file where it is a descriptor."""
    variable = next((name for name in _FILES if name in reading.execution.env), _FILES[-1])
    path = reading.execution.env.get(variable, "")
    if is_special(path, reading.execution):
        reading.descriptor(path, variable=variable)
    reading.finish("script" if path else "nothing")
