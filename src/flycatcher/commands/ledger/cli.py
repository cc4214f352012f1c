"""``flycatcher ledger``: check and show what was logged with ``--ledger``, prove parts of it, and witness it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flycatcher.front import Group

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_FILE = click.Path(path_type=Path, dir_okay=False)
_OUT = click.option("--output", "-o", type=_FILE, metavar="FILE", help="Write to this file instead of stdout.")


@click.group(
    cls=Group, name="ledger", short_help="Check, show, prove and witness what run and watch have logged with --ledger."
)
def command() -> None:
    """Check, show, prove and witness a ledger: what run and watch have logged with --ledger DIR, in a Merkle log of plain files."""


@command.command()
@_FOLDER
@click.option("--key", metavar="VKEY", help="Who must have signed it: a verifier key, or a file that holds it.")
@click.option(
    "--since-checkpoint",
    "--checkpoint",
    "kept",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="Also check that the ledger continues this checkpoint, which was kept elsewhere. Repeatable.",
)
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="VKEY",
    help="Count this witness's signature under one of these checkpoints. Repeatable.",
)
@click.option(
    "--quorum", type=click.IntRange(1), metavar="N", help="How many witnesses must have signed; all, if not given."
)
def verify(folder: Path, **options: Any) -> None:  # noqa: ANN401 - click's options, typed below
    """Check all entries, from the files alone; exit with 1 if one was changed, removed or put in, and name the first.

    Whoever may write to DIR can make all of it anew: that shows only with --key, if the key is out of their reach, and with
    --since-checkpoint.
    """
    from flycatcher.commands.ledger.work import Wanted  # noqa: PLC0415
    from flycatcher.commands.ledger.work import verify as work  # noqa: PLC0415

    work(folder, Wanted(**options))


@command.command()
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(folder: Path, *, as_json: bool) -> None:
    """Print how many entries there are, of which kinds, from when to when, and the head of the tree. Checks nothing."""
    from flycatcher.commands.ledger.work import status as work  # noqa: PLC0415

    work(folder, as_json=as_json)


@command.command()
@_FOLDER
@click.argument("number", metavar="[N]", type=click.IntRange(0), required=False)
def show(folder: Path, number: int | None) -> None:
    """Print a line for each entry, or the record of entry N as JSON."""
    from flycatcher.commands.ledger.work import show as work  # noqa: PLC0415

    work(folder, number)


@command.command()
@click.argument("path", metavar="FILE")
@click.option("--name", required=True, help="The key's name, such as ci.example.com/ledger; that of the ledger, too.")
@click.option("--witness", is_flag=True, help="Make the key of a witness, for ledger cosign.")
def keygen(path: str, name: str, *, witness: bool) -> None:
    """Write a new private key to FILE, for its owner alone, and print the verifier key."""
    from flycatcher.commands.ledger.keys import keygen as work  # noqa: PLC0415

    work(path, name, witness=witness)


@command.command(name="public-key")
@click.argument("path", metavar="FILE")
def public_key(path: str) -> None:
    """Print the verifier key of the private key in FILE."""
    from flycatcher.commands.ledger.keys import public_key as work  # noqa: PLC0415

    work(path)


@command.group(cls=Group)
def prove() -> None:
    """Write a proof that anybody can check without the ledger."""


@prove.command()
@_FOLDER
@click.argument("number", metavar="N", type=click.IntRange(0))
@_OUT
def inclusion(folder: Path, number: int, output: Path | None) -> None:
    """Prove that entry N is in the ledger; its record is in the proof (C2SP tlog-proof)."""
    from flycatcher.commands.ledger.proofs import inclusion as work  # noqa: PLC0415

    work(folder, number, output)


@prove.command()
@_FOLDER
@click.argument("old")
@click.argument("new", metavar="[NEW]", type=_FILE, required=False)
@_OUT
def consistency(folder: Path, old: str, new: Path | None, output: Path | None) -> None:
    """Prove that the ledger's checkpoint, or the file NEW, continues OLD: a checkpoint file, or a number of entries."""
    from flycatcher.commands.ledger.proofs import consistency as work  # noqa: PLC0415

    work(folder, old, new, output)


@command.command(name="check-proof")
@click.argument("proof", type=_FILE)
@click.option(
    "--key", metavar="VKEY", help="Who must have signed its checkpoint: a verifier key, or a file that holds it."
)
@click.option(
    "--since-checkpoint", "kept", type=_FILE, metavar="FILE", help="The older checkpoint, for a proof of consistency."
)
def check_proof(proof: Path, key: str | None, kept: Path | None) -> None:
    """Check a proof, from files alone; exit with 1 if it does not hold. Prints the record of an entry that is proved."""
    from flycatcher.commands.ledger.proofs import check as work  # noqa: PLC0415

    work(proof, key, kept)


@command.command()
@click.argument("file", metavar="CHECKPOINT", type=_FILE)
@click.option("--key", required=True, metavar="FILE", help="The witness's private key (ledger keygen --witness).")
@click.option("--log", required=True, metavar="VKEY", help="The ledger's verifier key, or a file that holds it.")
@click.option(
    "--seen",
    required=True,
    metavar="FILE",
    help="Where the last checkpoint is kept that was signed; made at the first.",
)
@_OUT
def cosign(file: Path, key: str, log: str, seen: str, output: Path | None) -> None:
    """Sign somebody else's checkpoint as a witness, if it continues the last one that was signed (C2SP tlog-cosignature).

    CHECKPOINT is the ledger's checkpoint the first time, later what ledger prove consistency writes.
    """
    from flycatcher.commands.ledger.witness import cosign as work  # noqa: PLC0415

    work(file, key=key, log=log, seen=seen, output=output)
