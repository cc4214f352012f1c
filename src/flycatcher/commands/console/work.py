"""The work of ``flycatcher console``: the options judged, the store opened, the users managed."""

from __future__ import annotations

import getpass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from flycatcher.config import load
from flycatcher.console import app, serve
from flycatcher.console.security import audit, passwords, users
from flycatcher.console.settings import LOOPBACK, Network, Role, Settings
from flycatcher.core.errors import FlycatcherError
from flycatcher.delivery import Wanted, spool_file
from flycatcher.layout import echo
from flycatcher.sinks.store.database import open_store, shown
from flycatcher.sinks.store.location import default_store
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

    from flycatcher.console.serve import Listening

_HOW = "docs/how-to/console.md"


class Work:
    """One console."""

    def __init__(self, address: str) -> None:
        """``address`` empty: the user's own store."""
        self._address = address or default_store()

    def serve(  # noqa: PLR0913 - the options of the command
        self,
        *,
        listen: str,
        allow_remote: bool,
        hosts: Sequence[str],
        tls_cert: str | None,
        tls_key: str | None,
        https: bool,
        proxies: Sequence[str],
        user_header: str,
        header_role: Role | None,
        config_path: Path | None,
        spool: str,
    ) -> None:
        """Serve until a signal ends it. Raises FlycatcherError."""
        host, port = _address(listen)
        secure = https or bool(tls_cert)
        _check_remote(host, allowed=allow_remote, secure=secure)
        _check_header(user_header, proxies)
        loaded = load(config_path)
        settings = Settings(
            store=shown(self._address),
            hosts=LOOPBACK | {name.lower() for name in hosts} | ({host.lower()} if not _is_any(host) else set()),
            secure=secure,
            spool=spool_file(Wanted((), spool), loaded.config, loaded.path),
            proxies=tuple(map(_network, proxies)),
            user_header=user_header,
            header_role=header_role,
        )
        engine = open_store(self._address)
        audit.forget_old(engine)
        where = serve.listen(host, port)
        self._greet(engine, where, settings)
        serve.serve(app.build(engine, settings), where, tls_cert or "", tls_key or "")

    def _greet(self, engine: Engine, where: Listening, settings: Settings) -> None:
        """Print where it is, and the first user's password where this is the first start."""
        password = "" if settings.user_header else users.first_password(engine)
        if password:
            echo(f"user {users.FIRST}, password {password}  (printed this once; change it under your name)")
        name = f"[{where.host}]" if ":" in where.host else where.host
        echo(
            f"console of {visible(settings.store)}: http{'s' if settings.secure else ''}://{visible(name)}:{where.port}/"
        )

    def users(self) -> None:
        """Print all users."""
        for row in users.everyone(self._open()):
            echo(f"{row['name']}  {row['role']}  {'password' if row['local'] else 'through the proxy'}")

    def add(self, name: str, role: str, *, by_proxy: bool) -> None:
        """Add a user. Raises FlycatcherError."""
        password = "" if by_proxy else passwords.generated()
        self._change(lambda connection: users.add(connection, name, role, password), "user added", f"{name} {role}")
        echo(f"user {name}, role {role}" + (f", password {password}" if password else ", through the proxy"))

    def password(self, name: str) -> None:
        """Make a new password. Raises FlycatcherError."""
        made = passwords.generated()
        self._change(lambda connection: users.set_password(connection, name, made), "password", name)
        echo(f"user {visible(name)}, password {made}")

    def role(self, name: str, role: str) -> None:
        """Change a role. Raises FlycatcherError."""
        self._change(lambda connection: users.set_role(connection, name, role), "user changed", f"{name} {role}")
        echo(f"user {visible(name)}, role {role}")

    def remove(self, name: str) -> None:
        """Remove a user. Raises FlycatcherError."""
        self._change(lambda connection: users.remove(connection, name), "user removed", name)
        echo(f"user {visible(name)} removed")

    def _open(self) -> Engine:
        return open_store(self._address, create=False)

    def _change(self, change: Callable[[Connection], None], action: audit.Action, target: str) -> None:
        """Change something, and write down who did."""
        with self._open().begin() as connection:
            change(connection)
            audit.write(connection, getpass.getuser(), "command line", action, target)


def _address(text: str) -> tuple[str, int]:
    """Return host and port. Raises FlycatcherError."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise FlycatcherError(
            f"--listen {text}: no address", hint="HOST:PORT, such as 127.0.0.1:8650 or [::1]:8650", code=2
        )
    return host, int(port)


def _check_remote(host: str, *, allowed: bool, secure: bool) -> None:
    """Refuse to be reached from elsewhere by accident, or without TLS. Raises FlycatcherError."""
    if host == "localhost" or _is_loopback(host):
        return
    if not allowed:
        raise FlycatcherError(
            f"{host} is reached by other machines", hint=f"--allow-remote says that this is meant; see {_HOW}", code=2
        )
    if not secure:
        raise FlycatcherError(
            "other machines would send passwords in clear text",
            hint=f"give --tls-cert and --tls-key, or --https behind a proxy; see {_HOW}",
            code=2,
        )


def _check_header(header: str, proxies: Sequence[str]) -> None:
    if header and not proxies:
        raise FlycatcherError(
            "--user-header believes nobody without --trusted-proxy", hint="name the proxy's address", code=2
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_any(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _network(text: str) -> Network:
    """Return an address or a network. Raises FlycatcherError."""
    try:
        return ip_network(text)
    except ValueError as error:
        raise FlycatcherError(
            f"--trusted-proxy {text}: {error}", hint="an address, or a network such as 10.0.0.0/24", code=2
        ) from error
