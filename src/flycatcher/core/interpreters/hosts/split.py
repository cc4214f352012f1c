"""split(1): what --filter names is a shell's text, run for each piece.

Source: src/split.c (main, create) of GNU coreutils; checked with marker code against 9.1.
"""

from __future__ import annotations

import re

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host


class Split(Host):
    """split, with ``--filter``: each piece goes to a command."""

    id = "split"
    names = (r"g?split",)
    install = "apt: coreutils"
    verified = ("9.1",)
    hint = re.compile(r"\n--f")
    options = Options(
        short={**each("abClnt", VALUE), **each("deux", FLAG), **each("0123456789", FLAG)},
        long={
            "--filter": Option("value", "code"),
            **each(("--suffix-length", "--additional-suffix", "--bytes", "--line-bytes", "--lines", "--number"), VALUE),
            "--separator": VALUE,
            **each(("--numeric-suffixes", "--hex-suffixes"), Option("attached")),
            **each(("--elide-empty-files", "--unbuffered", "--verbose", "--io-blksize"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="getopt_long",
    )

    codes = "last"
    operand = "none"
    reads_stdin = False
