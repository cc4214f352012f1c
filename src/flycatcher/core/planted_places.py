"""The table of planted places: a pattern of paths, the reader of what lies there, and who runs it when.

Sources: cron(8), crontab(5), anacrontab(5), at(1), systemd.unit(5), rc.local(8), the shells' manuals (INVOCATION, FILES),
githooks(5), git-config(1), sshd(8) (AUTHORIZED_KEYS FILE FORMAT), udev(7), pam_exec(8), update-motd(5), the Desktop Application
Autostart Specification, site (Python), perlrun(1), irb(1), npmrc(5), package.json(5), composer.json, incrontab(5),
sshd_config(5), the Dockerfile reference, interfaces(5), core(5), modprobe.d(5), mailcap(5), i3's user guide; ATT&CK T1053,
T1543, T1546, T1547.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache, lru_cache
from typing import NamedTuple

from flycatcher.core.regex import lazy, needles
from flycatcher.core.unknown import UNKNOWN


class Place(NamedTuple):
    """One kind of place."""

    pattern: str
    """Of the end of a path, a slash or the path's beginning in front."""
    reader: str
    """Of :func:`flycatcher.core.planting.readers.reader_of`."""
    sentence: str
    """Who runs it, and when."""
    named: bool = True
    """A program that names such a path may write there. Without it only text that is seen to be written counts: programs name
    such files all day."""


PLACES: tuple[Place, ...] = (
    Place(r"(?:etc/crontab|etc/cron\.d/[^/]+)", "system table", "cron runs it at its times"),
    Place(r"(?:etc/anacrontab|anacrontab|var/spool/anacron/[^/]+)", "anacron table", "anacron runs it on its days"),
    Place(r"(?:var/spool/cron/(?:crontabs/)?[^/]+|etc/crontabs/[^/]+|crontab:)", "user table", "cron runs it at its times"),
    Place(r"etc/cron\.(?:hourly|daily|weekly|monthly)/[^/]+", "script", "cron runs it at its times"),
    Place(r"(?:at|batch):|var/spool/(?:cron/atjobs|at|atjobs)/[^/]+", "text of sh", "atd runs it at its time"),
    Place(r"(?:var/spool/fcron/[^/]+|fcrontab:)", "user table", "fcron runs it at its times"),
    Place(r"(?:var/spool/incron/[^/]+|etc/incron\.d/[^/]+|incrontab:)", "incron table", "incrond runs it when a file changes"),
    Place(r"(?:systemd/(?:system|user|network)/.+|[^/]+\.(?:service|timer|socket|path|mount))", "unit", "systemd starts it"),
    Place(r"etc/(?:rc\.local|rc\.d/.+|rc\d?\.d/[^/]+|init\.d/[^/]+|local\.d/[^/]+|boot\.d/.+)", "script",
          "it runs when the system starts"),
    Place(r"etc/inittab", "inittab", "init runs it when the system starts"),
    Place(
        r"(?:etc/(?:profile|profile\.d/[^/]+|bash\.bashrc|bashrc|bash_completion\.d/[^/]+|environment\.d/[^/]+\.sh|ksh\.kshrc)|"
        r"\.(?:bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|shinit|shrc|kshrc|mkshrc|xprofile|xinitrc|xsession|xsessionrc|envrc))",
        "text of sh", "every shell or session of a user runs it when it starts",
    ),
    Place(r"(?:etc/(?:zsh/)?z(?:shrc|shenv|profile|login|logout)|\.z(?:shrc|shenv|profile|login|logout))", "text of zsh",
          "every zsh runs it when it starts"),
    Place(r"(?:etc/csh\.(?:cshrc|login|logout)|etc/csh/login\.d/[^/]+|\.(?:cshrc|tcshrc|login|logout))", "text of csh",
          "every csh runs it when it starts"),
    Place(r"(?:fish/(?:config\.fish|conf\.d/[^/]+\.fish|functions/[^/]+\.fish))", "text of fish",
          "every fish runs it when it starts"),
    Place(r"(?:\.git/hooks|hooks\.d|\.githooks|\.husky(?:/_)?|githooks)/[^/]+", "script", "git runs it as a hook"),
    Place(r"(?:\.gitconfig|\.git/config|etc/gitconfig|\.config/git/config)", "git settings", "git runs it"),
    Place(r"(?:\.ssh/authorized_keys2?|authorized_keys:)", "authorized keys", "sshd runs it for whoever logs in with the key"),
    Place(r"(?:\.ssh/config|ssh_config|ssh_config\.d/[^/]+)", "ssh settings", "ssh runs it when it connects"),
    Place(r"(?:sshd_config|sshd_config\.d/[^/]+)", "ssh settings", "sshd runs it when somebody logs in"),
    Place(r"(?:\.ssh/rc|etc/ssh/sshrc)", "text of sh", "sshd runs it for every login"),
    Place(r"udev/rules\.d/[^/]+", "udev rules", "udev runs it when a device appears"),
    Place(r"(?:etc/pam\.d/[^/]+|etc/pam\.conf)", "pam", "PAM runs it at every login"),
    Place(r"(?:update-motd\.d/[^/]+)", "script", "it runs at every login"),
    Place(r"(?:autostart/[^/]+\.desktop|applications/[^/]+\.desktop)", "desktop entry", "the desktop starts it"),
    Place(r"(?:dispatcher\.d/.+|if-(?:up|down|pre-up|post-down)\.d/[^/]+|dhclient-(?:enter|exit)-hooks(?:\.d/[^/]+)?|ip-(?:up|down)\.d/[^/]+)",
          "script", "it runs when the network changes"),
    Place(r"etc/network/interfaces(?:\.d/[^/]+)?", "network settings", "it runs when the network changes"),
    Place(r"(?:\.?(?:i3|sway)/config(?:\.d/[^/]+)?|hypr/[^/]+\.conf)", "window manager settings", "the window manager runs it"),
    Place(r"(?:openbox/autostart(?:\.sh)?|bspwm/bspwmrc|herbstluftwm/autostart|river/init)", "script",
          "the window manager runs it"),
    Place(r"proc/sys/kernel/(?:core_pattern|modprobe|hotplug|poweroff_cmd)|sys/kernel/uevent_helper", "kernel helper",
          "the kernel starts it as root"),
    Place(r"(?:etc/sysctl\.conf|sysctl\.d/[^/]+)", "kernel settings", "the kernel starts it as root"),
    Place(r"modprobe\.d/[^/]+", "modules", "modprobe runs it as root when a module is loaded"),
    Place(r"(?:etc/apt/apt\.conf|apt\.conf\.d/[^/]+)", "apt settings", "apt or dpkg runs it when packages change"),
    Place(r"(?:etc/logrotate\.conf|logrotate\.d/[^/]+)", "logrotate", "logrotate runs it when it rotates"),
    Place(r"(?:\.forward|etc/aliases|\.procmailrc)", "mail", "it runs for every mail"),
    Place(r"(?:etc/environment|environment\.d/[^/]+\.conf|\.pam_environment|etc/default/[^/]+|\.ssh/environment)", "variables",
          "every session gets it"),
    Place(r"_runner_file_commands/set_env[^/]*", "variables", "every later step of the job gets it"),
    Place(r"\.env(?:\.[\w.-]+)?", "variables", "whatever loads the file gets it"),
    Place(r"(?:site|user)customize\.py", "text of python", "every Python runs it when it starts"),
    Place(r"[^/]+\.pth", "pth", "every Python runs it when it starts"),
    Place(r"\.?(?:ipython/profile_[^/]+/startup/[^/]+\.py|pythonrc(?:\.py)?)", "text of python", "every Python session runs it"),
    Place(r"sitecustomize\.pl", "text of perl", "every Perl runs it when it starts"),
    Place(r"\.(?:irbrc|pryrc|rdbgrc)", "text of ruby", "every Ruby session runs it"),
    Place(r"\.Rprofile|Rprofile\.site", "text of r", "every R runs it when it starts"),
    Place(r"(?:\.vimrc|\.vim/(?:vimrc|plugin/.+)|nvim/init\.vim|etc/vim/vimrc(?:\.local)?)", "vim settings",
          "every Vim runs it when it starts"),
    Place(r"(?:\.emacs|\.emacs\.d/init\.el|\.config/emacs/init\.el)", "text of emacs", "every Emacs runs it when it starts"),
    Place(r"\.gdbinit", "text of gdb", "every gdb runs it when it starts"),
    Place(r"\.lldbinit", "text of lldb", "every lldb runs it when it starts"),
    Place(r"\.psqlrc", "psql settings", "every psql runs it when it starts"),
    Place(r"\.sqliterc|sqlite3/sqliterc", "text of sqlite3", "every sqlite3 runs it when it starts"),
    Place(r"\.perldb", "text of perl", "every Perl debugger runs it when it starts"),
    Place(r"\.pdbrc", "text of pdb", "every Python debugger runs it when it starts"),
    Place(r"\.octaverc", "text of octave", "every Octave runs it when it starts"),
    Place(r"\.screenrc", "screen settings", "every screen runs it when it starts"),
    Place(r"(?:\.mailcap|etc/mailcap)", "mail types", "it runs for a file of its type"),
    Place(r"(?:\.npmrc|etc/npmrc)", "npm settings", "npm reads it at every call"),
    Place(r"package\.json", "package scripts", "npm runs it when the package is installed or built"),
    Place(r"composer\.json", "package scripts", "Composer runs it when the package is installed or built"),
    Place(r"(?:GNU)?[Mm]akefile|[\w.-]+\.mk", "makefile", "make runs it"),
    Place(r"(?:(?:[\w.-]+\.)?(?:Dockerfile|Containerfile)|(?:Dockerfile|Containerfile)\.[\w.-]+)", "container recipe",
          "a container build runs it", named=False),
    Place(r"setup\.py", "text of python", "pip or a build runs it when the package is installed", named=False),
    Place(r"(?:\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci/config\.yml|azure-pipelines\.yml|bitbucket-pipelines\.yml)",
          "pipeline", "the build system runs it"),
    Place(r"(?:supervisord:|supervisor/conf\.d/[^/]+|supervisord?\.conf|supervisord\.d/[^/]+)", "supervisor settings",
          "supervisord starts it"),
    Place(r"(?:\.tmux\.conf|etc/tmux\.conf)", "tmux settings", "every tmux runs it when it starts"),
)  # fmt: skip
"""One row a kind of place; what comes first holds."""
_DROP = lazy(rf"[{UNKNOWN}]+|(?<=/)\./|^\./")


@cache
def _pattern() -> re.Pattern[str]:
    """Match the end of a path, and tell by the group which row it is."""
    return re.compile("(?:^|.*/)(?:" + "|".join(f"({place.pattern})" for place in PLACES) + ")$", re.DOTALL)


def some_place() -> re.Pattern[str]:
    """Return what finds such a path among words that are joined by line ends, or a variable that holds one."""
    return re.compile(r"(?m:GITHUB_ENV|^(?:.*/)?(?:" + "|".join(place.pattern for place in PLACES) + ")$)")


@cache
def _needles() -> tuple[str, ...]:
    """Return texts of which every such path holds one."""
    return tuple({needle for place in PLACES for needle in needles(place.pattern)})


def held_needles(text: str) -> tuple[str, ...]:
    """Return, of the texts of which every such path holds one, those that stand in a text; what may hold any has ``""``."""
    return ("",) if UNKNOWN in text or "/./" in text else tuple(needle for needle in _needles() if needle in text)


@lru_cache(maxsize=4096)
def place_of(path: str) -> Place | None:
    """Return the row of a path; the folder of a home, or a name, may be unknown."""
    if len(path) > 4096:
        return None
    known = path.replace(UNKNOWN, "x") if path.endswith(UNKNOWN) else _DROP.sub("", path)
    known = posixpath.normpath(known) if "/../" in known or "//" in known else known
    found = _pattern().match(known)
    if found is None or found.lastindex is None:
        return None
    return PLACES[next(at for at, each in enumerate(found.groups()) if each is not None)]
