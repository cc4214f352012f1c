"""Options that take a password, by the program they belong to: short ones, which no name gives away.

Sources: the programs' own manuals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence


class SecretOptions(NamedTuple):
    """How one program takes its passwords."""

    apart: tuple[str, ...] = ()
    """The next word is one."""
    attached: tuple[str, ...] = ()
    """The rest of the word is one."""
    pairs: tuple[str, ...] = ()
    """The next word, or the rest of the word, is ``user:password``."""
    sign: str = ":"
    """What stands between the two."""
    operands: bool = False
    """An operand is ``user/password@database``."""


_LOGIN = SecretOptions(apart=("-p",))
_MYSQL = SecretOptions(attached=("-p",))
_ARCHIVE = SecretOptions(attached=("-p", "-hp"))
_HTTP = SecretOptions(pairs=("-u", "-U", "--user", "--proxy-user"))
_LDAP = SecretOptions(apart=("-w",), attached=("-w",))
_OPENSSL = SecretOptions(apart=("-k", "-K", "-pass", "-passin", "-passout", "-pwd"))
PROGRAMS = {
    **dict.fromkeys(
        ("docker", "podman", "buildah", "skopeo", "nerdctl", "helm", "crane", "oc", "az", "twine", "cf"), _LOGIN
    ),
    **dict.fromkeys(
        ("mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump", "mariadb-admin", "mycli"), _MYSQL
    ),
    **dict.fromkeys(("mongo", "mongosh", "mongodump", "mongorestore"), SecretOptions(apart=("-p",))),
    **dict.fromkeys(("7z", "7za", "7zr", "7zz", "rar", "unrar"), _ARCHIVE),
    **dict.fromkeys(
        ("zip", "unzip", "sqlcmd", "bcp", "ipmitool", "mosquitto_pub", "mosquitto_sub"),
        SecretOptions(apart=("-P",), attached=("-P",)),
    ),
    **dict.fromkeys(("curl", "httpie", "http", "https", "xh"), _HTTP._replace(pairs=(*_HTTP.pairs, "-a", "--auth"))),
    **dict.fromkeys(("ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami"), _LDAP),
    **dict.fromkeys(("smbclient", "rpcclient", "net", "mount.cifs"), SecretOptions(pairs=("-U", "--user"), sign="%")),
    "sshpass": SecretOptions(apart=("-p",), attached=("-p",)),
    "redis-cli": SecretOptions(apart=("-a", "--pass")),
    "openssl": _OPENSSL,
    "keytool": SecretOptions(apart=("-storepass", "-keypass", "-srcstorepass", "-deststorepass")),
    "jarsigner": SecretOptions(apart=("-storepass", "-keypass")),
    "lftp": SecretOptions(pairs=("-u",), sign=","),
    "vault": SecretOptions(),
    **dict.fromkeys(("sqlplus", "sqlldr", "expdp", "impdp", "rman", "exp", "imp"), SecretOptions(operands=True)),
}
"""Base names; ``login`` of docker and its like is not asked for: no other command of theirs takes a harmless ``-p`` with a word
that anybody would miss in a record, except ports, which are digits."""

_CONNECT = lazy(r"[A-Za-z0-9_$#]{1,64}/([^\s@/$][^\s@/]{0,255})(?:@\S{0,512})?")
"""Oracle's connect string."""


class Reader:
    """Reads a command line word by word; a program after ``sudo``, ``env`` or ``docker exec`` counts as well."""

    def __init__(self) -> None:
        """Start before the first word."""
        self._options = SecretOptions()
        self._waiting: tuple[str, str] | None = None

    def secret(self, word: str) -> tuple[int, int] | None:
        """Return the part of the word that is a password; None for none."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            return self._part(word, 0, *waiting)
        if not word.startswith("-"):
            if self._options.operands and (found := _CONNECT.fullmatch(word)):
                return found.span(1)
            self._options = PROGRAMS.get(word.rpartition("/")[2], self._options)
            return None
        return self._option(word)

    def _option(self, word: str) -> tuple[int, int] | None:
        """Read an option's word."""
        if word in self._options.apart:
            self._waiting = ("apart", "")
            return None
        if word in self._options.pairs:
            self._waiting = ("pair", self._options.sign)
            return None
        for option in self._options.attached:
            if word.startswith(option) and len(word) > len(option):
                return self._part(word, len(option), "apart", "")
        for option in self._options.pairs:
            if word.startswith(option) and not word.startswith("--"):
                return self._part(word, len(option), "pair", self._options.sign)
        return None

    @staticmethod
    def _part(word: str, start: int, kind: str, sign: str) -> tuple[int, int] | None:
        """Return where the password is in the word."""
        if kind == "pair":
            at = word.find(sign, start)
            return (at + 1, len(word)) if 0 <= at < len(word) - 1 else None
        value = word[start:]
        published = all(part.isdigit() for part in value.replace(".", ":").split(":"))  # docker run -p 80:80
        return None if published or value.startswith("$") else (start, len(word))


def passwords(words: Sequence[str]) -> list[tuple[int, int] | None]:
    """Return beside each word which part of it is a password."""
    reader = Reader()
    return [reader.secret(word) for word in words]
