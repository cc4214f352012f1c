"""mongosh and the older mongo shell.

Source: packages/cli-repl/src/arg-parser.ts. tried by hand against mongosh 2 (--nodb).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.interpreters._on_node import OnNode
from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Mongosh(OnNode):
    """mongosh and the mongo shell: texts of --eval, files, else a session on stdin; the first operand is an address."""

    id = "mongosh"
    names: ClassVar[tuple[str, ...]] = (r"mongosh|mongo",)
    install = "npm: mongosh"
    kind = "embedded"
    options = Options(
        short={"f": Option("value", "file"), **each("up", VALUE), **each("hv", EXIT)},
        long={
            "--eval": CODE,
            "--file": Option("value", "file"),
            **each(("--host", "--port", "--username", "--password", "--authenticationDatabase"), VALUE),
            **each(("--authenticationMechanism", "--tlsCAFile", "--tlsCertificateKeyFile", "--apiVersion"), VALUE),
            **each(("--quiet", "--nodb", "--norc", "--shell", "--tls"), FLAG),
            **each(("--help", "--version", "--build-info"), EXIT),
        },
        permute=True,
        posixly=False,
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read the texts, else the files, else stdin."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        words = [execution.argv[index] for index in command.operands]
        if command.first("file") or any(word.endswith((".js", ".mongodb")) for word in words):
            return reading.end("script")
        if not reading.snippets:
            reading.stdin(explicit=False)
        return reading
