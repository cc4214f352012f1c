"""sqlmap: ``--eval`` runs Python before each request.

Source: lib/parse/cmdline.py. Unverified: it needs a server to talk to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.options import CODE, FLAG, VALUE, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Sqlmap(Host):
    """sqlmap: --eval runs Python before each request."""

    id = "sqlmap"
    language = "python"
    technique = "T1059.006"
    names = (r"sqlmap(?:\.py)?",)
    runs_on = ("python",)
    install = "pip: sqlmap"
    hint = re.compile(r"\n--ev")
    options = Options(
        short={**each("urlmdgpDTCUXcsto", VALUE), "v": VALUE, **each("bafhz", FLAG)},
        long={"--eval": CODE, **each(("--url", "--data", "--cookie", "--user-agent", "--proxy", "--level"), VALUE)},
        permute=True,
        posixly=False,
        abbreviations=True,
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read the texts of --eval; nothing else of the line runs."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        return reading.end("nothing")
