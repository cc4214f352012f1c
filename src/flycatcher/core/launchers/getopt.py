"""Launchers of coreutils, util-linux, shadow, procps and dpkg, whose command lines are read as getopt_long(3) reads them.

Each line of the table is the program's own string of options. Checked by starting the same lines for real against
coreutils 9.1, util-linux 2.38, shadow 4.13, procps 4.0 and dpkg 1.21; an option that they do not know counts as a flag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, CommandLine, Given, Option, Options
from flycatcher.core.interpreters.engine.parsers import parse_line
from flycatcher.core.launchers.command import LaunchedCommand, Reader
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.launchers.command import Stdin

_LETTER = lazy(r"([^:!])(::|:|!|)")
_KINDS = {"": FLAG, ":": Option("value"), "::": Option("attached"), "!": EXIT}
_ALWAYS = "help! version!"
_DIGITS = lazy(r"-[-+]?\d")


def getopt(short: str, long: str = "") -> Options:
    """Return the table of an optstring: ``:`` a value, ``::`` only an attached one, ``!`` nothing is started."""
    names = {name.rstrip(":!"): name[len(name.rstrip(":!")) :] for name in f"{long} {_ALWAYS}".split()}
    return Options(
        short={letter: _KINDS[mark] for letter, mark in _LETTER.findall(short)},
        long={f"--{name}": _KINDS[mark] for name, mark in names.items()},
        parser="getopt_long",
        unknown="skip",
    )


class Line:
    """A launcher's command line, read: its words with their marks, and what the walk over them found."""

    def __init__(self, options: Options, fields: list[str], start: int = 1) -> None:
        """Read the words from ``start`` on."""
        self.fields = fields
        self.command: CommandLine = parse_line(options, [strip_marks(field) for field in fields], start)
        self.stops = bool(self.command.error) or self.command.first("exit") is not None

    def rest(self, skip: int = 0) -> list[str]:
        """Return the operands behind the first few."""
        return [self.fields[index] for index in self.command.operands[skip:]]

    def value(self, *names: str) -> str | None:
        """Return what the last of these options was given, None where none stands there."""
        found = [given for given in self.command.given if given.name in names]
        return self._marked(found[-1]) if found else None

    def _marked(self, given: Given) -> str:
        """Return a value with its marks, where they tell where it begins."""
        field, value = self.fields[given.at], given.value or ""
        return field if not given.offset else field[-len(value) :] if value and field.endswith(value) else value


def shell(env: Mapping[str, str], stdin: Stdin, *words: str) -> list[LaunchedCommand] | None:
    """Return the user's shell, where there is something for it to read."""
    if not words and stdin.text is None and stdin.kind not in ("pipe", "socket"):
        return None
    return [LaunchedCommand([strip_marks(env.get("SHELL", "")) or "sh", *words], env)]


def _plainly(short: str, long: str = "", *, skip: int = 0, needs: bool = True) -> Reader:
    """Make the reader of a launcher that starts its operands; ``needs``: without any it starts nothing, else a shell."""
    options = getopt(short, long)

    def read(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
        line = Line(options, fields)
        if line.stops or len(line.command.operands) < skip:
            return None
        words = line.rest(skip)
        if words:
            return [LaunchedCommand(words, env)]
        return None if needs else shell(env, stdin)

    return read


_NICE = getopt("n:", "adjustment:")


def _nice(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """nice(1): ``-5``, ``--5`` and ``-+5`` are adjustments too."""
    del stdin
    words, at = list(fields), 1
    while at < len(words) and (word := strip_marks(words[at])).startswith("-") and word != "--":
        if _DIGITS.match(word):
            words[at] = "-n0"
        at += 2 if word == "-n" or (word.startswith("--a") and "=" not in word) else 1
    line = Line(_NICE, words)
    return [LaunchedCommand(line.rest(), env)] if not line.stops and line.rest() else None


_ARCH = getopt("h!V!v3BFILRSTXZ", "32bit fdpic-funcptrs short-inode addr-compat-layout addr-no-randomize whole-seconds "
               "sticky-timeouts read-implies-exec mmap-page-zero 3gb 4gb uname-2.6 verbose list!")  # fmt: skip

_MACHINES = ("i386", "x86_64")


def _setarch(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """setarch(8): the architecture stands in front of the options, or is the program's own name."""
    name = strip_marks(fields[0]).rpartition("/")[2]
    start = 1 + (name == "setarch" and len(fields) > 1 and not strip_marks(fields[1]).startswith("-"))
    line = Line(_ARCH, fields, start)
    words = line.rest()
    if line.stops:
        return None
    if words and strip_marks(words[0]).rpartition("/")[2] in _MACHINES:  # ``setarch -R x86_64``: a program of that name
        return _setarch(["linux64", *words[1:]], env, stdin)
    if words:
        return [LaunchedCommand(words, env)]
    return None if name in _MACHINES else shell(env, stdin)  # the words stand everywhere, and mean a machine


_FLOCK = getopt(
    "sexnoFuw:E:h!V!", "shared exclusive unlock nonblocking nb timeout: wait: conflict-exit-code: close no-fork verbose"
)


def _flock(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """flock(1): FILE, then a command, or ``-c`` and one word of shell text, spelt so and behind FILE."""
    del stdin
    line = Line(_FLOCK, fields)
    words = line.rest(1)
    if line.stops or not words:
        return None
    if strip_marks(words[0]) in ("-c", "--command"):
        return (
            [LaunchedCommand([strip_marks(env.get("SHELL", "")) or "sh", "-c", words[1]], env)]
            if len(words) == 2
            else None
        )
    return [LaunchedCommand(words, env)]


_WATCH = getopt(
    "bced::gh!n:pq:tv!wx", "beep color differences:: errexit chgexit equexit: exec interval: precise no-title no-wrap"
)


def _watch(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """watch(1): the words joined are a shell's text, but for ``-x``."""
    del stdin
    line = Line(_WATCH, fields)
    words = line.rest()
    if line.stops or not words:
        return None
    return [LaunchedCommand(words if line.command.has("-x", "--exec") else ["sh", "-c", " ".join(words)], env)]


_SCRIPT = replace(
    getopt("aB:c:eE:fI:O:o:qm:T:t::h!V!", "append command: echo: return flush force log-in: log-out: log-io: log-timing: logging-format: "
           "output-limit: quiet timing::"),
    permute=True,
)  # fmt: skip


def _script(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """script(1): the last ``-c`` is a shell's text; without it the shell reads stdin. One operand is allowed."""
    line = Line(_SCRIPT, fields)
    if line.stops or len(line.command.operands) > 1:
        return None
    text = line.value("-c", "--command")
    return shell(env, stdin) if text is None else shell(env, stdin, "-c", text)


_SUDO = getopt(
    "Aa:BbC:c:D:Ee!g:Hh:iK!kl!NnPp:R:r:SsT:t:U:u:V!v!",
    "askpass auth-type: bell background close-from: login-class: chdir: preserve-env:: edit! group: set-home host: login "
    "remove-timestamp! reset-timestamp list! no-update non-interactive preserve-groups prompt: chroot: role: stdin shell "
    "command-timeout: type: other-user: user: validate!",
)
_ASSIGNMENT = lazy(r"([A-Za-z_]\w*)=")


def _sudo(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """sudo(8): assignments stand among the options; ``-s`` and ``-i`` without a command start a shell (parse_args.c)."""
    line, asked, given = Line(_SUDO, fields), False, dict(env)
    while True:
        asked |= line.command.has("-s", "--shell", "-i", "--login")
        words = line.rest()
        match = _ASSIGNMENT.match(strip_marks(words[0])) if words else None
        if line.stops or match is None:
            break
        given[match[1]] = strip_marks(words[0])[match.end() :]
        line = Line(_SUDO, fields, line.command.operands[0] + 1)
    if line.stops:
        return None
    if words:
        return [LaunchedCommand(words, given)]
    return shell(given, stdin) if asked else None


_SU_LONG = ("command: session-command: fast login preserve-environment shell: group: supp-group: user: pty "
            "whitelist-environment:")  # fmt: skip
_SU = replace(getopt("c:fg:G:lmpPs:h!V!w:", _SU_LONG.replace("user: ", "")), permute=True)
_RUNUSER = replace(getopt("c:fg:G:lmpPs:u:h!V!w:", _SU_LONG), permute=True)


def _su(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """su(1) and runuser(1): a user, then words for the user's shell; ``runuser -u`` starts its operands."""
    runuser = strip_marks(fields[0]).rpartition("/")[2] == "runuser"
    line = Line(_RUNUSER if runuser else _SU, fields)
    words = line.rest()
    if line.stops:
        return None
    if words[:1] and strip_marks(words[0]) == "-":
        words = words[1:]
    text = line.value("-c", "--command", "--session-command")
    if line.value("-u", "--user") is not None:
        return [LaunchedCommand(words, env)] if words and text is None else None
    own = line.value("-s", "--shell")
    inner = {**env, "SHELL": own or "sh"}
    commands = shell(inner, stdin, *([] if text is None else ["-c", text]), *words[1:])
    return [LaunchedCommand(command.words, env) for command in commands or []] or None


def _sg(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """sg(1): a group, then one word of shell text, with or without ``-c`` in front of it."""
    words = fields[1:]
    words = words[1:] if words and strip_marks(words[0]) in ("-", "-l") else words
    texts = words[2:] if len(words) > 2 and strip_marks(words[1]) == "-c" else words[1:]
    if not words or (len(words) < 2 and stdin.text is None):
        return None
    return [LaunchedCommand(["sh", "-c", texts[0]] if texts else ["sh"], env)]


_DAEMON = replace(
    getopt("HKSVTa:n:op:qr:s:tu:vx:c:N:bmR:g:d:P:I:k:CO:", "help stop start version status startas: name: oknodo pid: ppid: pidfile: quiet "
           "retry: signal: test user: group: chroot: verbose exec: chuid: nicelevel: background make-pidfile remove-pidfile chdir: "
           "procsched: iosched: umask: no-close output: notify-await notify-timeout:"),
    permute=True,
)  # fmt: skip


def _daemon(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """start-stop-daemon(8): the file of --startas, else of --exec, with the operands."""
    del stdin
    line = Line(_DAEMON, fields)
    if line.stops or not line.command.has("-S", "--start") or line.command.has("-t", "--test", "-H", "-V"):
        return None
    program = line.value("-a", "--startas") or line.value("-x", "--exec")
    return [LaunchedCommand([program, *line.rest()], env)] if program else None


READERS: dict[str, Reader] = {
    **dict.fromkeys(("timeout", "gtimeout"), _plainly("k:s:v", "kill-after: signal: foreground preserve-status verbose", skip=1)),
    "nice": _nice,
    "nohup": _plainly(""),
    "choom": _plainly("n:p!h!V!", "adjust: pid!"),
    "stdbuf": _plainly("i:o:e:", "input: output: error:"),
    "chroot": _plainly("", "userspec: groups: skip-chdir", skip=1, needs=False),
    "time": _plainly("af:o:pqvh!V!", "append format: output: portability quiet verbose"),
    "setsid": _plainly("cfwh!V!", "ctty fork wait"),
    "ionice": _plainly("n:c:p!P!u!th!V!", "classdata: class: ignore pid! pgid! uid!"),
    "chrt": _plainly("abdD:fioP:T:rRvm!p!h!V!", "all-tasks batch deadline fifo idle other rr sched-runtime: sched-period: sched-deadline: "
                     "pid! max! reset-on-fork verbose", skip=1),
    "taskset": _plainly("acp!h!V!", "all-tasks pid! cpu-list", skip=1),
    "prlimit": _plainly("c::d::e::f::i::l::m::n::q::r::s::t::u::v::x::y::o:p!h!V!", "core:: data:: nice:: fsize:: sigpending:: memlock:: rss:: "
                        "nofile:: msgqueue:: rtprio:: stack:: cpu:: nproc:: as:: locks:: rttime:: pid! output: noheadings raw verbose"),
    "unshare": _plainly("fh!V!muinpCTUrR:w:S:G:c", "mount:: uts:: ipc:: net:: pid:: user:: cgroup:: time:: fork kill-child:: mount-proc:: "
                        "map-user: map-users: map-group: map-groups: map-root-user map-current-user map-auto propagation: setgroups: keep-caps "
                        "setuid: setgid: root: wd: monotonic: boottime:", needs=False),
    "nsenter": _plainly("ah!V!t:m::u::i::n::p::C::U::T::S:G:r::w::W:FZ", "all target: mount:: uts:: ipc:: net:: pid:: user:: cgroup:: time:: "
                        "setuid: setgid: root:: wd:: wdns:: no-fork preserve-credentials follow-context", needs=False),
    "setpriv": _plainly("d!h!V!", "dump! nnp no-new-privs inh-caps: ambient-caps: bounding-set: ruid: euid: rgid: egid: reuid: regid: clear-groups "
                        "keep-groups init-groups groups: securebits: pdeathsig: selinux-label: apparmor-profile: list-caps! reset-env"),
    **dict.fromkeys(("setarch", "linux32", "linux64", "i386", "x86_64", "uname26"), _setarch),
    "flock": _flock, "watch": _watch, "script": _script, "su": _su, "runuser": _su, "sg": _sg, "sudo": _sudo, "start-stop-daemon": _daemon,
}  # fmt: skip
