"""``flycatcher respond``: a playbook for a detection, an archive of what a process leaves when it ends, and its containment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flycatcher.commands.respond.contain.expiry import Length
from flycatcher.front import Group
from flycatcher.layout import echo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.commands.respond.wanted import Wanted


@click.group(
    cls=Group, name="respond", short_help="Show what to do about a detection, keep its evidence, and contain it."
)
def command() -> None:
    """Show what to do about a detection, keep the evidence of a running process tree, and contain it."""


@command.command()
@click.argument("target", required=False, metavar="[PID|ID]")
@click.option(
    "--match", "query", default="", metavar="QUERY", help="Capture what runs code on the fly that this query finds."
)
@click.option(
    "--from",
    "source",
    default="",
    metavar="SOURCE",
    help="Where ID is recorded: a report, the DIR of a ledger, or a store; without it, your own store.",
)
@click.option(
    "-o", "--output", default="", metavar="FILE", help="A new file; without it, capture-TARGET-TIME.tar.gz here."
)
@click.option(
    "--freeze/--no-freeze",
    default=True,
    help="Stop the tree while it is read (cgroup freezer or SIGSTOP), or do not touch it.",
)
@click.option("--keep-frozen", is_flag=True, help="Leave it stopped afterwards.")
@click.option("--kill", is_flag=True, help="Kill it afterwards.")
@click.option(
    "--memory",
    is_flag=False,
    flag_value=str(64 << 20),
    default=0,
    type=click.IntRange(0),
    metavar="[=BYTES]",
    help="Also copy memory: code of no file, stacks, heaps and data (67108864 bytes of it).",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(1),
    default=1 << 30,
    show_default=True,
    help="What the members may have together.",
)
@click.option("--max-file", type=click.IntRange(1), default=64 << 20, show_default=True, help="What one may have.")
@click.option(
    "--seconds", type=click.FloatRange(0.1), default=30.0, show_default=True, help="Take no more after so long."
)
@click.option("--key", default="", metavar="FILE", help="Sign it with this private key (flycatcher ledger keygen).")
@click.option("--start", type=click.IntRange(0), default=0, hidden=True)
@click.option("--taken-over", is_flag=True, hidden=True)
def capture(target: str | None, **wishes: Any) -> None:  # noqa: ANN401 - click's options, typed in Wishes
    """Freeze a process and its descendants, and write what is lost when they end to an archive.

    ID is a record's (its first digits are enough): captured are the process that it names, if that still runs, and all that
    run the same text now. QUERY is one of the store (flycatcher store query --help).

    Taken are command lines, environments, memory maps, sockets, open files, memfds, deleted programs and files, text on
    stdin, scripts, threads, namespaces, cgroups, containers, working folders, lists of files that changed lately, and who is
    logged in. The archive holds secrets as they are.

    \b
    sudo flycatcher respond capture 4711 -o evidence.tar.gz
    sudo flycatcher respond capture 7c2e0987 --from detections.jsonl
    sudo flycatcher respond capture --match "level>=high user:ci" --memory
    flycatcher respond inspect evidence.tar.gz
    """  # noqa: D301 - click's own mark for lines to be kept
    from flycatcher.commands.respond.capture import Wishes  # noqa: PLC0415 - only this command needs it
    from flycatcher.commands.respond.capture import capture as captured  # noqa: PLC0415

    query, source, start = (wishes.pop(name) for name in ("query", "source", "start"))
    if wishes["kill"] and (wishes["keep_frozen"] or not wishes["freeze"]):
        raise click.UsageError("--kill goes with neither --keep-frozen nor --no-freeze")
    _print(captured(_wanted(target, query, source, start), Wishes(**wishes)))


def _wanted(target: str | None, query: str, source: str, start: int) -> Wanted:
    """Return what is to be captured. Raises UsageError, FlycatcherError."""
    from flycatcher.commands.respond import wanted  # noqa: PLC0415 - only capture needs it

    if (target is None) == (not query):
        raise click.UsageError("give PID, ID or --match QUERY" if target is None else "a target or --match, not both")
    if start and target is not None:
        return wanted.by_pid(int(target), start)
    return wanted.by_query(query) if target is None else wanted.wanted(target, source)


@command.command()
@click.argument("file", metavar="FILE")
@click.option("--key", metavar="VKEY", help="Who must have signed it: a verifier key, or a file that holds it.")
def inspect(file: str, key: str | None) -> None:
    """Check every digest of an archive, and show what is in it; nothing is unpacked. Exit code 1: it was changed."""
    from flycatcher.commands.respond.inspect import Checked  # noqa: PLC0415 - only this command needs it
    from flycatcher.signing.files import read_verifier  # noqa: PLC0415

    checked = Checked(file, read_verifier(key) if key else None)
    for line in checked.lines():
        echo(line)
    if checked.faults:
        sys.exit(1)


@command.command()
@click.argument("identity", metavar="ID")
@click.argument("report", type=click.Path(path_type=Path), metavar="REPORT")
def show(identity: str, report: Path) -> None:
    """Print the playbook for a saved detection as Markdown: what to do, in order, with the commands.

    ID is the record's id (its first digits are enough), REPORT a .jsonl or .json file of run, watch or hunt.
    """
    from flycatcher.commands.respond.playbook import playbook  # noqa: PLC0415 - only this command needs it

    for line in playbook(identity, report):
        click.echo(line)


_STATE = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep what is contained here (as root, /var/lib/flycatcher/contained).",
)


_LEDGER_KEY = click.option("--ledger-key", default="", metavar="FILE", help="Sign the ledger with this private key.")


@command.command()
@click.argument("target", required=False, metavar="[PID|cgroup:PATH|container:ID|user:NAME]")
@click.option("--freeze", is_flag=True, help="Stop the processes until they are released.")
@click.option("--quarantine", is_flag=True, help="Close the network, but for loopback (nftables).")
@click.option("--kill", is_flag=True, help="End the processes.")
@click.option(
    "--management",
    multiple=True,
    metavar="ADDRESS",
    help="With --quarantine: leave this address, or range, open. That of your SSH session is. Repeatable.",
)
@click.option(
    "--for", "seconds", type=Length(), metavar="TIME", help="Release it after 30m, 1h, 2d (by systemd, else at)."
)
@click.option("--enforce", is_flag=True, help="Do it; without this, print the commands that would do it.")
@click.option("--ledger", default="", metavar="DIR", help="Log each act to this ledger (flycatcher ledger show).")
@_LEDGER_KEY
@_STATE
@click.option("--status", "is_status", is_flag=True, help="Show what is contained, and whether it still holds.")
@click.option("--json", "as_json", is_flag=True, help="With --status: write one JSON document.")
def contain(target: str | None, *, is_status: bool, as_json: bool, **wishes: Any) -> None:  # noqa: ANN401 - click's options, typed in Wishes
    """Freeze, kill or quarantine a process with its descendants, a control group, a container, or what a user runs.

    Without --enforce nothing is done: it prints the commands. Never touched are pid 1, threads of the kernel, this program,
    what started it, and the sshd of its session.

    \b
    sudo flycatcher respond contain 4711 --freeze --enforce
    sudo flycatcher respond contain user:ci --quarantine --management 10.0.0.5 --for 1h --enforce
    sudo flycatcher respond contain --status
    """  # noqa: D301 - click's own mark for lines to be kept
    if is_status or as_json:
        if target is not None or not is_status:
            raise click.UsageError("--json needs --status" if not is_status else "--status takes no target")
        _status(wishes["state"], as_json=as_json)
        return
    _check(target, wishes)
    from flycatcher.commands.respond.contain.acts import Wishes  # noqa: PLC0415 - only this command needs it
    from flycatcher.commands.respond.contain.acts import contain as contained  # noqa: PLC0415

    _print(contained(str(target), Wishes(**wishes)))


def _check(target: str | None, wishes: dict[str, Any]) -> None:
    """Refuse options that do not fit each other."""
    if target is None:
        raise click.UsageError("name what to contain: PID, cgroup:PATH, container:ID or user:NAME")
    if not (wishes["kill"] or wishes["freeze"] or wishes["quarantine"]):
        raise click.UsageError("say how: --freeze, --quarantine or --kill")
    if wishes["kill"] and wishes["freeze"]:
        raise click.UsageError("--kill or --freeze, not both")
    if wishes["seconds"] and not (wishes["freeze"] or wishes["quarantine"]):
        raise click.UsageError("--for needs --freeze or --quarantine: nothing undoes --kill")
    if wishes["ledger_key"] and not wishes["ledger"]:
        raise click.UsageError("--ledger-key signs a ledger: give --ledger DIR with it")
    if wishes["management"] and not wishes["quarantine"]:
        raise click.UsageError("--management needs --quarantine")


def _status(state: Path | None, *, as_json: bool) -> None:
    from flycatcher.commands.respond.contain.release import status  # noqa: PLC0415 - only this command needs it

    for line in status(state, as_json=as_json):
        click.echo(line) if as_json else _print([line])


def _print(lines: Iterable[str]) -> None:
    """Print lines of which some are commands of several lines."""
    from flycatcher.terminal import line_start  # noqa: PLC0415 - only these commands need it

    for text in lines:
        for line in text.split("\n"):
            click.echo(line_start(line))


@command.command()
@click.argument("identity", metavar="ID")
@click.option("--enforce", is_flag=True, help="Do it; without this, print the commands that would do it.")
@click.option("--ledger", default="", metavar="DIR", help="Log to this ledger, not to that of contain.")
@_LEDGER_KEY
@_STATE
def release(identity: str, *, enforce: bool, ledger: str, ledger_key: str, state: Path | None) -> None:
    """End a containment: thaw, let go on, delete the table, and take its timer away.

    A process or group that has ended, and whose number another one has by now, is left alone.
    """
    from flycatcher.commands.respond.contain.release import release as released  # noqa: PLC0415 - only this command needs it

    _print(released(identity, state, (ledger, ledger_key), enforce=enforce))
