"""Tools of PHP that evaluate text: Drush, WP-CLI, Backdrop's bee, PsySH, Laravel's artisan, Symfony's and Magento's consoles.

Source: each tool's own help (``php:eval``, ``eval``, ``tinker --execute``). Unverified: each asks for a site or a project. The
kernel sees php with the tool's script.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_EVALS = frozenset(
    {"eval", "ev", "php-eval", "php:eval", "php", "shell", "dev:console", "core:cli", "php:cli", "tinker", "psysh"}
)
_CONSOLES = frozenset({"shell", "tinker", "core:cli", "php:cli", "psysh", "dev:console"})
_VALUED = re.compile(r"--(?:path|url|uri|root|user|site|require|ssh|http)$|-[rlu]$")


class PhpTools(Interpreter):
    """The first operand is a subcommand, what follows it the text; consoles read stdin."""

    id = "php_tools"
    language = "php"
    kind = "embedded"
    names = (r"drush(?:\.phar|\.php)?|wp(?:-cli)?(?:\.phar)?|bee(?:\.phar)?|artisan|n98-magerun2?(?:\.phar)?|psysh",)
    runs_on = ("php",)
    install = "composer"
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the subcommand and its text."""
        words = execution.argv
        reading = Reading(self, execution)
        operands = [
            index
            for index in range(1, len(words))
            if not words[index].startswith("-")
            and not words[index].startswith("@")
            and not _VALUED.match(words[index - 1])
        ]
        if words[0].rpartition("/")[2] == "psysh":
            if operands:
                reading.program(operands[0])
            else:
                reading.stdin(explicit=False)
            return reading
        name = words[operands[0]] if operands else ""
        if name not in _EVALS:
            return reading.finish("nothing")
        executed = [(at, word.index("=") + 1) for at, word in enumerate(words) if word.startswith("--execute=")]
        for at, offset in executed:
            reading.add("argument", words[at][offset:], index=at, offset=offset, option="--execute")
        if len(operands) > 1 and name not in _CONSOLES:
            reading.add("argument", words[operands[1]], index=operands[1])
        elif name in _CONSOLES and not executed:
            reading.stdin(explicit=False)
        return reading.finish("nothing")
