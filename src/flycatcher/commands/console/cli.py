"""``flycatcher console``: look at stored detections in a browser, and judge them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flycatcher.extras import needed
from flycatcher.front import Group

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.commands.console.work import Work

_ROLES = ("viewer", "analyst", "admin")


def _store(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--store",
        "address",
        envvar="FLYCATCHER_STORE",
        default="",
        metavar="ADDRESS",
        help="store:///FILE or postgresql://USER@HOST/NAME.",
    )(command)


def _work(address: str) -> Work:
    with needed("Starlette", "console"):
        from flycatcher.commands.console.work import Work  # noqa: PLC0415 - a web server takes a while

    return Work(address)


@click.group(
    cls=Group,
    name="console",
    invoke_without_command=True,
    short_help="Look at stored detections in a browser, and judge them.",
)
@_store
@click.option("--listen", default="127.0.0.1:8650", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@click.option("--allow-remote", is_flag=True, help="Listen on an address that other machines reach.")
@click.option("--host", "hosts", multiple=True, metavar="NAME", help="A name by which browsers reach it. Repeatable.")
@click.option("--tls-cert", type=click.Path(dir_okay=False), help="Serve TLS with this certificate (PEM).")
@click.option("--tls-key", type=click.Path(dir_okay=False), help="The certificate's key (PEM).")
@click.option("--https", is_flag=True, help="A proxy in front of it serves TLS: browsers get cookies for TLS alone.")
@click.option(
    "--trusted-proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="Believe the headers of this address or network. Repeatable.",
)
@click.option("--user-header", default="", metavar="NAME", help="The header in which a trusted proxy names the user.")
@click.option(
    "--header-role", type=click.Choice(_ROLES), help="The role of users whom the proxy names and nobody has added."
)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Show the sinks of this configuration.")
@click.option("--spool", default="", metavar="FILE", help="Show the sinks of this spool.")
@click.pass_context
def command(ctx: click.Context, /, address: str, **how: Any) -> None:  # noqa: ANN401 - click's options, typed in Work.serve
    """Look at stored detections in a browser: what is new, what is worst, what it would do, what to do now.

    \b
    flycatcher store import detections.jsonl
    flycatcher console
    flycatcher console user add ada --role analyst

    The first start makes the user admin and prints a password, once. It listens on this machine alone; docs/how-to/console.md
    says how other machines reach it, by TLS or behind a proxy.
    """  # noqa: D301 - click\'s own mark for lines to be kept
    if ctx.invoked_subcommand is None:
        _work(address).serve(**how)
    else:
        ctx.obj = address


@command.group(cls=Group)
def user() -> None:
    """Manage the users: viewers look, analysts judge, admins manage users and read the audit."""


@user.command(name="list")
@_store
@click.pass_obj
def list_(inherited: str, address: str) -> None:
    """List all users with their roles."""
    _work(address or inherited).users()


@user.command()
@_store
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), default="viewer", show_default=True)
@click.option("--by-proxy", is_flag=True, help="Without a password: a trusted proxy names this user.")
@click.pass_obj
def add(inherited: str, address: str, name: str, role: str, *, by_proxy: bool) -> None:
    """Add a user, and print the password."""
    _work(address or inherited).add(name, role, by_proxy=by_proxy)


@user.command()
@_store
@click.argument("name")
@click.pass_obj
def password(inherited: str, address: str, name: str) -> None:
    """Make a new password, print it, and end the user's sessions."""
    _work(address or inherited).password(name)


@user.command()
@_store
@click.argument("name")
@click.argument("role", type=click.Choice(_ROLES))
@click.pass_obj
def role(inherited: str, address: str, name: str, role: str) -> None:
    """Change the role of a user, and end the user's sessions."""
    _work(address or inherited).role(name, role)


@user.command()
@_store
@click.argument("name")
@click.pass_obj
def remove(inherited: str, address: str, name: str) -> None:
    """Remove a user."""
    _work(address or inherited).remove(name)
