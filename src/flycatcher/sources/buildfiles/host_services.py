"""What starts programs on a host, in files of lines: supervisors, super-servers, device managers, login. Each by its manual page."""

from __future__ import annotations

import re
from typing import ClassVar

from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.lines import Lines, line

_CONTINUED = (re.compile(r"\\\n[ \t]*"), " ")
_LINES = r"(?:[^\n\\]|\\.|\\\n)*"


class Supervisord(Lines):
    """supervisord (configuration file): ``command`` is words."""

    id = "supervisord"
    comments: ClassVar[tuple[str, ...]] = (";", "#")
    rank = 30
    names: ClassVar[tuple[str, ...]] = (
        "supervisord.conf",
        "supervisor*.conf",
        "*.supervisor.conf",
        "conf.d/*.conf",
        "supervisord.d/*.ini",
    )
    marks = (re.compile(r"^\[(?:program|eventlistener|fcgi-program|supervisord)\b", re.MULTILINE),)
    replaced = ((re.compile(r"\n[ \t]+"), " "), (re.compile(r"%\(\w+\)[sd]"), UNKNOWN))
    lines = (line(r"^command[ \t]*=[ \t]*(?P<words>[^\n;]+(?:\n[ \t]+[^\n]+)*)", symbol="command"),)


class Quadlet(Lines):
    """podman-systemd.unit(5): a container's ``Exec``, its health check."""

    id = "quadlet"
    comments: ClassVar[tuple[str, ...]] = ("#", ";")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.container", "*.pod", "*.kube", "*.build")
    marks = (re.compile(r"^\[(?:Container|Pod|Kube|Build)\]", re.MULTILINE),)
    replaced = (_CONTINUED,)
    lines = (
        line(rf"^Exec[ \t]*=[ \t]*(?P<words>{_LINES})", symbol="Exec"),
        line(rf"^(?:HealthCmd|HealthStartupCmd)[ \t]*=[ \t]*(?P<text>{_LINES})", symbol="HealthCmd"),
        line(
            rf"^Exec(?:StartPre|StartPost|Stop|StopPost|Reload)[ \t]*=[ \t]*[-+!@:]*(?P<words>{_LINES})", symbol="Exec"
        ),
    )


class DesktopEntry(Lines):
    """Desktop entries, and what a session starts by itself (Desktop Entry Specification, Exec key)."""

    id = "desktop-entry"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.desktop", "*.desktop.in")
    marks = (re.compile(r"^\[Desktop Entry\]", re.MULTILINE),)
    replaced = ((re.compile(r"\\\\"), r"\\"), (re.compile(r"%[fFuUdDnNickvm]"), UNKNOWN))
    lines = (line(r"^Exec[ \t]*=[ \t]*(?P<words>[^\n]+)", symbol="Exec"),)


class DbusService(Lines):
    """D-Bus activation files (D-Bus specification, message bus starting services): ``Exec`` is words."""

    id = "dbus-service"
    rank = 15
    names: ClassVar[tuple[str, ...]] = ("dbus-1/*/*.service", "*.dbus.service", "dbus-1/*/*.service.in")
    marks = (re.compile(r"^\[D-BUS Service\]", re.MULTILINE),)
    lines = (line(r"^Exec[ \t]*=[ \t]*(?P<words>[^\n]+)", symbol="Exec"),)


class Inetd(Lines):
    """inetd.conf(5): after six fields the words, the program's name first; xinetd.conf(5); inittab(5)."""

    id = "inetd"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("inetd.conf", "inetd.d/*", "inittab", "xinetd.conf", "xinetd.d/*")
    lines = (
        line(r"^[^#\s]\S*[ \t]+(?:stream|dgram|raw|rdm|seqpacket)\S*[ \t]+\S+[ \t]+\S+[ \t]+\S+[ \t]+/\S+[ \t]+(?P<words>[^\n]+)"),
        line(r"^[^#:\n]*:[^:\n]*:(?:respawn|wait|once|boot|bootwait|sysinit|ctrlaltdel|powerfail|powerwait|shutdown|askfirst):"
             r"(?P<text>[^\n]+)"),
        line(r"^[ \t]*server[ \t]*=[ \t]*(?P<words>[^\n]+(?:\n(?![ \t]*\})[^\n]*)*?\n[ \t]*server_args[ \t]*=[ \t]*[^\n]+)"),
    )  # fmt: skip
    replaced = ((re.compile(r"\n(?:[^\n]*\n)*?[ \t]*server_args[ \t]*=[ \t]*"), " "),)


class Udev(Lines):
    """udev(7): RUN, PROGRAM and IMPORT start words without a shell; in single quotes stands one word."""

    id = "udev"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.rules", "*.rules.in")
    marks = (re.compile(r"\b(?:RUN|PROGRAM|IMPORT)(?:\{program\})?[ \t]*(?:\+|:|=)?="),)
    replaced = (
        (re.compile(r"\\\""), '"'),
        (re.compile(r"\$(?:env|attr)\{[^}]*\}|%[a-zA-Z](?:\{[^}]*\})?|\$(?!\$)\w+"), UNKNOWN),
    )
    lines = (
        line(r"^(?![ \t]*#)[^\n]*?\bRUN(?:\{program\})?[ \t]*(?:\+|:)?=[ \t]*e?\"(?P<words>(?:\\.|[^\"\\\n])*)\"", symbol="RUN"),
        line(r"^(?![ \t]*#)[^\n]*?\bPROGRAM[ \t]*=?=[ \t]*e?\"(?P<words>(?:\\.|[^\"\\\n])*)\"", symbol="PROGRAM"),
        line(r"^(?![ \t]*#)[^\n]*?\bIMPORT\{program\}[ \t]*=?=[ \t]*e?\"(?P<words>(?:\\.|[^\"\\\n])*)\"", symbol="IMPORT"),
    )  # fmt: skip


class Sudoers(Lines):
    """sudoers(5): the commands that a user may run, with their arguments."""

    id = "sudoers"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("sudoers", "sudoers.d/*", "*.sudoers")
    replaced = (_CONTINUED, (re.compile(r"\\([,:=\\#])"), r"\1"))
    lines = (
        line(r"^(?!#|Defaults|Host_Alias|User_Alias|Runas_Alias)[^\n=]*?=[ \t]*(?:\([^)\n]*\)[ \t]*)?(?:[A-Z_]+:[ \t]*)*"
             r"(?P<words>/(?:[^\n,\\]|\\.|\\\n)+)", symbol="command"),
        line(r"^(?!#)[^\n]*,[ \t]*(?:[A-Z_]+:[ \t]*)*(?P<words>/(?:[^\n,\\]|\\.|\\\n)+)", symbol="command"),
    )  # fmt: skip


class Pam(Lines):
    """pam_exec(8): a command and its words, without a shell, at every login."""

    id = "pam"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("pam.d/*", "pam.conf", "*.pam")
    replaced = (_CONTINUED,)
    lines = (
        line(r"^(?![ \t]*#)[^\n]*\bpam_exec\.so(?:[ \t]+(?:debug|expose_authtok|seteuid|quiet|quiet_log|stdout|type=\S+|log=\S+))*"
             rf"[ \t]+(?P<words>{_LINES})", symbol="pam_exec", hook="login"),
    )  # fmt: skip


class Logrotate(Lines):
    """logrotate(8): scripts between a word and ``endscript``, for sh."""

    id = "logrotate"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("logrotate.conf", "logrotate.d/*", "*.logrotate", "*logrotate*.conf")
    lines = (
        line(r"^[ \t]*(?P<name>prerotate|postrotate|firstaction|lastaction|preremove)[ \t]*\n(?P<text>(?:(?![ \t]*endscript)[^\n]*\n)*)"),
    )  # fmt: skip


class Anacron(Lines):
    """anacrontab(5): period, delay, name, and text for a shell."""

    id = "anacrontab"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("anacrontab", "anacrontab.*", "*.anacrontab")
    lines = (line(r"^[ \t]*(?:@\w+|\d+)[ \t]+\d+[ \t]+(?P<name>\S+)[ \t]+(?P<text>[^\n]+)"),)


class Execline(Lines):
    """execlineb (s6): words and blocks of words; every line's own command."""

    id = "execline"
    rank = 20
    names: ClassVar[tuple[str, ...]] = tuple(
        f"{folder}/*/{name}" for folder in ("s6-rc", "s6-rc.d", "s6-rc/source", "s6-rc/*") for name in ("up", "down")
    )
    shebangs: ClassVar[tuple[str, ...]] = ("execlineb",)
    lines = (line(r"^(?!#)[ \t]*(?:[\w.-]+[ \t]+(?:-\w+[ \t]+)*\{[ \t]*)?(?P<words>[^\n}]+)"),)


class AptHooks(Lines):
    """apt.conf(5): text for sh around installations and updates; hooks of pacman (alpm-hooks(5))."""

    id = "package-manager-hooks"
    comments: ClassVar[tuple[str, ...]] = ("//", "#", "/*")
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "apt.conf",
        "apt.conf.d/*",
        "*.apt.conf",
        "apt.conf.*",
        "hooks/*.hook",
        "alpm/*.hook",
        "*.hook",
    )
    replaced = ((re.compile(r"\\\""), '"'),)
    lines = (
        line(r"^(?!//|#)[ \t]*(?:DPkg|Dpkg|APT|Unattended-Upgrade)::(?P<name>[\w:-]+)[ \t]*\{?\s*\"(?P<text>(?:\\.|[^\"\\])*)\"", hook="install"),
        line(r"^Exec[ \t]*=[ \t]*(?P<words>[^\n]+)", symbol="Exec", hook="install"),
    )  # fmt: skip


class MailDelivery(Lines):
    """aliases(5), forward(5), procmailrc(5): text for a shell behind ``|``."""

    id = "mail-delivery"
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        ".forward",
        "aliases",
        ".procmailrc",
        "procmailrc",
        "*.aliases",
        ".qmail",
        ".qmail-*",
    )
    replaced = ((re.compile(r"\\\""), '"'),)
    lines = (
        line(r"^(?![ \t]*#)[^\n]*?\"\|[ \t]*(?P<text>(?:\\.|[^\"\\\n])+)\"", hook="mail"),
        line(r"^[ \t]*\|[ \t]*(?P<text>[^\n]+)", hook="mail"),
    )


class Monitoring(Lines):
    """snmpd.conf(5) ``exec`` and ``extend``, fail2ban's actions, monit's ``exec``, Nagios' commands: what a watcher starts."""

    id = "monitoring"
    rank = 30
    names: ClassVar[tuple[str, ...]] = ("snmpd.conf", "action.d/*.conf", "action.d/*.local", "monitrc", "monit.d/*", "*.monitrc", "nrpe.cfg",
        "nrpe.d/*.cfg", "commands.cfg", "nagios/*.cfg")  # fmt: skip
    replaced = ((re.compile(r"\n[ \t]+"), "\n"), (re.compile(r"<\w+>|\$\w+\$"), UNKNOWN))
    lines = (
        line(r"^[ \t]*(?:exec|extend|extend-sh|sh|pass|pass_persist)[ \t]+(?:-\S+[ \t]+)*\S+[ \t]+(?P<words>/[^\n]+)", symbol="extend"),
        line(r"^action(?:start|stop|check|ban|unban|flush|reload)[ \t]*=[ \t]*(?P<text>[^\n]+(?:\n[ \t]+[^\n]+)*)", symbol="action"),
        line(r"\b(?:then|else)[ \t]+exec[ \t]+\"(?P<words>[^\"\n]+)\"", symbol="exec"),
        line(r"^[ \t]*command(?:\[\w+\][ \t]*=|_line[ \t])[ \t]*(?P<text>[^\n]+)", symbol="command"),
    )  # fmt: skip
