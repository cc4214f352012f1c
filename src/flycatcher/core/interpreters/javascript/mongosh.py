"""mongosh 2, and the older mongo shell, which takes the same words for the same things.

Source: packages/arg-parser (cli-options.ts and yargs-parser's settings), packages/cli-repl (run.ts, cli-repl.ts); checked with
marker code against npm's 2.12, without a server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
)
from flycatcher.core.interpreters.engine.paths import is_special
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.javascript.runners import OnNode, read_main

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

_FILE = Option("value", "file")
_NAMES_VALUES = """apiVersion authenticationDatabase authenticationMechanism awsAccessKeyId awsIamSessionToken awsSecretAccessKey
    awsSessionToken csfleLibraryPath cryptSharedLibPath db gssapiServiceName sspiHostnameCanonicalization
    sspiRealmOverride jsContext host keyVaultNamespace kmsURL locale oidcFlows oidcRedirectUri oidcRedirectUrl password p
    port username u tlsCAFile tlsCertificateKeyFile tlsCertificateKeyFilePassword tlsCertificateSelector tlsCRLFile
    tlsDisabledProtocols sslPEMKeyFile sslPEMKeyPassword sslCAFile sslCertificateSelector sslCRLFile sslDisabledProtocols
    gssapiHostName json oidcDumpTokens browser"""
_NAMES_SWITCHES = """deepInspect apiDeprecationErrors apiStrict exposeAsyncRewriter ipv6 nodb norc oidcTrustedEndpoint
    oidcIdTokenAsAccessToken oidcIDTokenAsAccessToken oidcNoNonce quiet retryWrites shell skipStartupWarnings verbose tls
    tlsAllowInvalidCertificates tlsAllowInvalidHostnames tlsFIPSMode tlsUseSystemCA ssl sslAllowInvalidCertificates
    sslAllowInvalidHostnames sslFIPSMode"""
_LONG = {
    **each([f"--{name}" for name in _NAMES_VALUES.split()], VALUE),
    **each([f"--{name}" for name in _NAMES_SWITCHES.split()], FLAG),
    "--eval": CODE,
    **each(("--file", "--f"), _FILE),
    **each(("--help", "--h", "--version", "--buildInfo", "--build-info", "--smokeTests", "--perfTests"), EXIT),
}
_WORD = re.compile(r"--?(no-)?([^=-][^=]*)(?:=(.*))?\Z", re.DOTALL)
_HEAD = re.compile(r"-+([^=]+?)\W", re.ASCII)
_NUMBER = re.compile(r"-(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)\Z", re.ASCII)


class Mongosh(OnNode):
    """mongosh: texts of --eval, then files, else a session on stdin; the first operand is an address unless --nodb is given."""

    id = "mongosh"
    names: ClassVar[tuple[str, ...]] = (r"mongosh|mongo",)
    variables = (*OnNode.variables, "MONGOSH_RUN_NODE_SCRIPT")
    install = "npm: mongosh"
    kind = "embedded"
    verified = ("2.12",)
    options = Options(
        parser="own",
        short={"f": _FILE, **each("up", VALUE), "h": EXIT},
        long=_LONG,
        permute=True,
        posixly=False,
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words as yargs-parser is set here: one dash is as good as two, and there are no clusters."""
        line = CommandLine([], [])
        words = execution.argv
        at = 1
        while at < len(words) and not line.error:
            word = words[at]
            if word == "--":
                line.operands += range(at + 1, len(words))
                break
            if word[:1] != "-":
                line.operands.append(at)
                at += 1
            else:
                at = _option(line, words, at)
        dashed = next((words[index] for index in line.operands if words[index][:1] == "-"), None)
        line.error = line.error or (f"unknown option {dashed}" if dashed is not None else "")
        return line

    def read_words(self, execution: Execution) -> Reading:
        """Read the words, unless a variable makes mongosh a plain node."""
        if execution.env.get("MONGOSH_RUN_NODE_SCRIPT"):
            return self._script(execution)
        return super().read_words(execution)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the texts, then the files, then stdin where a session follows."""
        execution = reading.execution
        codes = [given for given in command.given if given.option.role == "code" and given.value is not None]
        files = [given for given in command.given if given.option.role == "file" and given.value is not None]
        operands = command.operands[_is_address(execution.argv, command) :]
        if command.has("--json") and (not codes or files or operands or command.has("--shell")):
            return reading.refuse("--json needs --eval alone")
        for given in codes:
            reading.code(given)
        places = [*((given.at, given.offset, given.name) for given in files), *((index, 0, "") for index in operands)]
        for at, offset, name in places:
            if is_special(execution.argv[at][offset:], execution):
                reading.descriptor(execution.argv[at][offset:], index=at, offset=offset, option=name)
            reading.finish("script")
        if command.has("--shell") or not (codes or places):
            reading.stdin(explicit=command.has("--shell"))
        return reading

    def _script(self, execution: Execution) -> Reading:
        """Read the words where a variable makes mongosh a plain node that runs its first word."""
        reading = Reading(self, execution)
        if len(execution.argv) > 1:
            read_main(reading, 1)
        return reading


def _is_address(words: Sequence[str], command: CommandLine) -> bool:
    """Whether the first operand is the server's address."""
    if not command.operands or command.has("--nodb"):
        return False
    word = words[command.operands[0]]
    return word.startswith(("mongodb://", "mongodb+srv://")) or not word.endswith((".js", ".mongodb"))


def _option(line: CommandLine, words: Sequence[str], at: int) -> int:
    """Read one option into ``line``; return the index of the next word to read."""
    word = words[at]
    match = _WORD.match(word)
    name = "--" + (match[2] or "") if match is not None else ""
    option = _LONG.get(name)
    if option is None or match is None:
        if not _resembles(word):
            line.error = f"unknown option {word}"
            return at
        return at + 1 + ("=" not in word and _follows(words, at + 1))  # an option of a longer name, which means nothing
    if match[1]:
        if word.startswith("--"):
            line.given[:] = [given for given in line.given if given.name != name]
        return at + 1
    if match[3] is not None:
        off = option.takes == "nothing" and match[3] == "false"
        if not off:
            line.given.append(Given(option, name, match[3], at, at, match.start(3)))
        return at + 1
    if option.takes == "value" and _follows(words, at + 1, array=option.role in ("code", "file")):
        line.given.append(Given(option, name, words[at + 1], at, at + 1, 0))
        return at + 2
    truth = words[at + 1] if at + 1 < len(words) and option.takes == "nothing" else ""
    if truth != "false":
        line.given.append(Given(option, name, None, at, at, 0))
    return at + 1 + (truth in ("true", "false"))


def _follows(words: Sequence[str], at: int, *, array: bool = False) -> bool:
    """Whether the next word is an option's value; a list takes unknown options, too."""
    if at >= len(words) or words[at] == "--":
        return False
    word = words[at]
    if word[:1] != "-" or _NUMBER.match(word):
        return True
    match = _WORD.match(word)
    return array and not (match is not None and "--" + (match[2] or "") in _LONG) and not _resembles(word)


def _resembles(word: str) -> bool:
    """Whether a word begins like a known option: with a sign behind its name, or with too many dashes."""
    head = _HEAD.match(word)
    if head is not None and "--" + head[1] in _LONG:
        return True
    return word.startswith("---") and "--" + word.lstrip("-").partition("=")[0] in _LONG
