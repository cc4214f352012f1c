"""Programs that start another program: what the shell reader says that they start, against what they start.

Each line is written as shell text for the core and started as it is for real. The table of launchers stands in
``flycatcher/core/launchers/table.py`` and ``special.py``.
"""

from __future__ import annotations

import random
import re
from pathlib import PurePath
from typing import ClassVar

from tests.oracle.harness import Case, Grammar, Marks, which

Words = tuple[str, ...]

TEXT = "echo {n} >>${FC_MARK:-.mark}"
"""An empty environment leaves the file in the working folder."""
PERL = 'open(F,">>",$ENV{FC_MARK}||".mark");print F "{n}\\n"'

COMMANDS: tuple[Words, ...] = (
    ("sh", "-c", "{code}"), ("sh", "-c", "{code}"), ("sh", "-ec", "{code}"), ("bash", "-c", "{code}", "x", "y"), ("sh",), ("sh", "-"), ("sh", "-s", "x"),
    ("perl", "-e", "{perl}"), ("perl", "-we{perl}"), ("perl",), ("sh", "script.sh"), ("echo", "{code}"), ("true",), ("/bin/sh", "-c", "{code}"),
    ("env", "sh", "-c", "{code}"), ("nice", "-n", "1", "sh", "-c", "{code}"), ("timeout", "9", "perl", "-e", "{perl}"), ("env", "X=1", "perl", "-e", "{perl}"),
    ("sh", "--", "-c", "{code}"), (), ("none", "-c", "{code}"), ("sh", "-c"),
)  # fmt: skip
WRONG: tuple[Words, ...] = (("--bogus",), ("-~",), ("--",), ("--help",), ("--version",), ("--", "--"), ("-",))


class Launcher:
    """One launcher's options, with the values that they need, and what stands before the command.

    ``texts`` are the ways to hand a text to a shell, in place of the command; ``behind`` may stand behind the command.
    """

    def __init__(
        self,
        options: tuple[Words, ...],
        before: tuple[Words, ...] = ((),),
        *,
        texts: tuple[Words, ...] = (),
        behind: tuple[Words, ...] = ((),),
        commands: tuple[Words, ...] = COMMANDS,
    ) -> None:
        """Keep the columns."""
        self.options, self.before, self.texts, self.behind = options, before, texts, behind
        self.commands = commands


def _words(text: str) -> tuple[Words, ...]:
    """Split a list of options: words of one option are joined by ``~``."""
    return tuple(tuple(each.split("~")) for each in text.split())


_SU = _words(
    "-m -p --preserve-environment --pres -f --fast -P --pty -s~/bin/sh -s/bin/bash --shell=/bin/sh --shell~/bin/bash "
    "--she~/bin/sh -g~root -groot --group=root -G~root --supp-group~root -w~FC_MARK --whitelist-environment=FC_MARK -mp -ps~/bin/sh"
)
_SU_TEXTS = (
    *_words("-c~{code} -c~{code} -c{code} --command={code} --command~{code} --comm~{code} --session-command={code} -pc~{code}"),
    *_words("-mc{code} -c~{code}~-c~{code} -c~echo~-c~{code} --session-command~{code}~-s~/bin/bash"),
)  # fmt: skip

LAUNCHERS: dict[str, Launcher] = {
    "timeout": Launcher(
        _words("-k~1 -k1 --kill-after=1 --kill-after~1 --kill~1 -s~TERM -s9 --signal=9 --sig~9 -v --foreground --fore -vk~1 -vk1 --preserve-status"),
        _words("5 5s 0.9m 0 x -1"),
    ),
    "nice": Launcher(_words("-n~5 -n5 -5 --adjustment=3 --adj~3 -n~-1 --5 -+5 -n~x -19 -n~1~-n~2")),
    "nohup": Launcher(()),
    "setsid": Launcher(_words("-w --wait --wa -w")),
    "stdbuf": Launcher(_words("-oL -o~L -e0 -i~0 --output=L --out~0 --input~0 --error=0 -o0e0")),
    "ionice": Launcher(_words("-c~2 -c2 -n~7 -n7 -t -c~3 --class=2 --class~3 --classdata~4 -tc2 --ignore --ign -c~idle -p~1")),
    "chrt": Launcher(_words("-o -b -i -v --other --batch --oth -ov -m --max -a -R -bR"), _words("0 0 0 x")),
    "taskset": Launcher(_words("-c -a --cpu-list --cpu -ac"), _words("1 0 0-1 0x1 3")),
    "prlimit": Launcher(
        _words("--nofile=64 --nofile=64:64 -n64 --core=0 -c0 -c=0 -n=64 --nofile --core -v --verbose --cpu=20 -t20 --noheadings --raw -o~RESOURCE --output~SOFT")
    ),
    "setarch": Launcher(_words("-R -v --addr-no-randomize --addr-no -3 -B --uname-2.6 -RX --verb"), _words("x86_64 linux64 x86_64 nope")),
    "linux64": Launcher(_words("-R -v --addr-no-randomize -RX")),
    "env": Launcher(
        (
            *_words("-i -u~X -uX --unset=X --uns~X -C~. --chdir=. --chd~. -C. A=1 FC_X=2~B=3 -v --debug --block-signal --block-signal=INT --default-signal=PIPE -iu~X - -0 --ignore-env"),
            ("-S", "A=1 sh -c 'echo {n} >>.mark'"), ("-S-i sh -c 'echo {n} >>.mark'",), ("--split-string=sh -c 'echo {n} >>.mark'",), ("-vS", "perl -e 'system(q(echo {n} >>.mark))' x"),
            ("-S", "-u X"), ("-iS", "A=1"), ("--split=sh -ec 'echo\\_{n} >>.mark'",), ("-S", 'sh -c "echo {n} >>.mark" # x'), ("-S",), ("=x",),
        )
    ),
    "flock": Launcher(
        _words("-n -s -x -e -u -w~5 -w5 --timeout=5 --timeout~5 --wait~5 --tim~5 -E~9 -E9 --conflict-exit-code=9 --conf~9 -o -F --no-fork --close --verbose -nx -nE~9 -xw5 --shared"),
        _words("lock . lock ./lock 0"),
        texts=_words("-c~{code} -c{code} --command={code} --command~{code} -c~{code}~x -c --comm~{code}"),
    ),
    "script": Launcher(
        _words("-q -a -e -f --force --quiet -E~never --echo=never --echo~auto -Enever -m~classic --logging-format=classic -o~999k --output-limit=999k -qe -B~b.log -O~o.log --log-out=o.log "
               "-T~t.log --log-timing~t.log -I~i.log -t -tt.log --timing=t.log -qefa --log-io~b.log"),
        ((),),
        texts=_words("-c~{code} -c{code} --command={code} --command~{code} --comm~{code} -qc~{code} -qc{code} -c~{code}~out -c~{code}~-q~out -c~echo~-c~{code} out~-c~{code} -c~{code}~-- out~-qec~{code}"),
        behind=((), ("out",), ("out", "-q"), ("out", "x")),
        commands=((),),
    ),
    "unshare": Launcher(
        _words("-m -u -i -n -U -r -f -c --fork --mount --map-root-user --map-root -R~/ -R/ --root=/ -w~. -w. --wd=. --wd~. -S~0 -G~0 --setuid=0 --setuid~0 --setgid~0 -rm -ur -ruw. --keep-caps "
               "--propagation~private --propagation=slave --setgroups~deny --kill-child --kill-child=TERM --map-user~0 --map-user=0 --map-group~0 -T --monotonic~0 --boottime~0 -p"),
    ),
    "nsenter": Launcher(
        _words("-r/ -r --root=/ --wd=. --wd -w. -S~0 -S0 -G~0 --setuid=0 --setuid~0 --setgid~0 -F --no-fork --no-f -FS0 -t~1 -t1 -t~self --target=1 --target~1 -u -u/proc/self/ns/uts --uts=/proc/self/ns/uts "
               "--preserve-credentials -W~. --wdns~. --wdns=. -Z"),
    ),
    "setpriv": Launcher(
        _words("--nnp --no-new-privs --no-new --reuid~0 --reuid=0 --regid~0 --regid=root --ruid~0 --euid=0 --rgid~0 --egid~0 --clear-groups --keep-groups --groups~0 --groups=0,1 --init-groups "
               "--inh-caps~-all --inh-caps=-all --ambient-caps~-all --bounding-set=-mknod --bounding-set~-mknod --securebits~+noroot --securebits=+noroot --pdeathsig~keep --pdeathsig=TERM --reset-env "
               "-d --dump --selinux-label~x --apparmor-profile~x --reui~0"),
    ),
    "chroot": Launcher(_words("--userspec=0:0 --userspec~0:0 --user~0 --groups~0 --groups=0 --skip-chdir --skip --gr~0"), _words("/ / // /. none")),
    "runuser": Launcher(
        (*_SU, *_words("-u~root -uroot --user=root --user~root")), ((),),
        texts=_SU_TEXTS, behind=((), ("root",), ("-", "root"), ("root", "x"), ("--", "root")),
        commands=(*(("root", *words) for words in COMMANDS[:3]), *(("-u", "root", *words) for words in COMMANDS[:12]), *(("-u", "root", "--", *words) for words in COMMANDS[:12])),
    ),
    "su": Launcher(
        _SU, ((),), texts=_SU_TEXTS, behind=((), ("root",), ("root", "x"), ("--", "root"), ("root", "-c", "{code}"), ("root", "-s", "/bin/bash"), ("none",)),
        commands=((), ("root",), ("root", "-s"), ("root", "script.sh"), ("--", "root", "-c", "{code}"), ("root", "--", "-c", "{code}"), ("-s", "/bin/bash", "root", "script.sh")),
    ),
    "sg": Launcher(
        (), (("root",), ("root",), ("none",), ("-", "root")), texts=_words("-c~{code} {code} -c~{code}~x -c{code} -c"),
        commands=(("sh", "-c", "{code}"), (), ("sh", "script.sh"), ("true",)),
    ),
    "start-stop-daemon": Launcher(
        _words("-v -q -o --quiet --verbose --oknodo -m -C --no-close -d~. --chdir=. --chdir~. -N~1 --nicelevel=1 -k~022 --umask=022 -c~root --chuid=root -u~root -g~root -P~other -I~idle -r~/ --chroot=/ --chd~. "
               "-t --test -n~xyz -O~o.log --output=o.log"),
        (*_words("-S~-p~none.pid --start~--pidfile=none.pid -Sp~none.pid -pnone.pid~--start -p~none.pid -Sqp~none.pid"),),
        commands=tuple(
            (*named, *words)
            for named in _words("-x~/bin/sh --exec=/bin/sh -x/bin/sh --exec~/bin/sh -a~/bin/sh --startas=/bin/sh -a/bin/sh~-x~/bin/true --ex~/bin/sh")
            for words in (("--", "-c", "{code}"), ("--", "script.sh"), ("--",), (), ("-c", "{code}"), ("--", "-e", "-c", "{code}", "x"))
        ),
    ),
    "time": Launcher(_words("-p -v -f~%e -f%e --format=%e --format~%e --form~%e -o~o.log -oo.log --output=o.log --output~o.log -a -q -qo~o.log -ao~o.log --quiet")),
    "xargs": Launcher(
        _words("-0 -r -t -n~1 -n1 -n~2 --max-args=1 --max-args~1 -P~2 -P2 -L~1 -L1 -l -l1 -I~% -I% -i -i% --replace --replace=% -s~4000 -x -d~, -d, --delimiter=, --delim~, -a~in.txt --arg-file=in.txt "
               "-E~c -Ec -eb --eof=b -e --process-slot-var=X --process-slot-var~X --no-run-if-empty --null -rt -tn1 -0n1 -trI% --verbose --max-lines=1 --max-chars~4000 -o"),
        commands=(*COMMANDS, ("sh", "-c"), ("sh", "-c"), ("sh", "-c", "%"), ("sh", "-c", "{}"), ("perl", "-e"), ("env", "sh", "-c"), ("perl", "-e", "%")),
    ),
    "find": Launcher(
        _words("-H -L -P -O2 -D~tree"),
        _words(". .~-maxdepth~0 f.txt~-name~f.txt .~-name~*.txt .~-type~f~-name~f.txt f.txt~-true f.txt~-false~-o f.txt~( . -maxdepth~0"),
        commands=tuple(
            (*start, *words, *end)
            for start in (("-exec",), ("-execdir",), ("-exec", "true", ";", "-exec"), ("-print", "-exec"))
            for words in (("sh", "-c", "{code}"), ("perl", "-e", "{perl}"), ("sh", "-c", "{code}", "x"), ("env", "sh", "-c", "{code}"), ("echo", "{code}"), ("sh", "script.sh"))
            for end in ((";",), ("{}", ";"), ("{}", "+"), ("+",), ())
        ),
    ),
    "parallel": Launcher(
        _words("-j~1 -j1 --jobs~1 --jobs=1 -k -N~1 -n1 -X -m -q --will-cite -0 -a~in.txt -r -t --dry-run --pipe --line-buffer --ungroup --retries~1 --delay~0 -I~% --halt~now,fail=1 --timeout~9 -u -kj1"),
        commands=(("-q", "sh", "-c", "{code}", ":::", "a"), ("-q", "perl", "-e", "{perl}", ":::", "a"), (":::", "{code}"), ("{code}", ";", ":::", "1", "2"), ("sh", ":::", "script.sh"), ("{code}; true {}", ":::", "a"), ("sh", "-c"), (),
                  ("{}", ":::", "{code}"), ("eval", ":::", "{code}"), ("{code}",), ("true", ":::", "a", ":::", "b"), ("{code};echo {1}", ":::", "a", ":::+", "b"), ("{code};:", "::::", "in.txt")),
    ),
    "watch": Launcher(
        _words("-g -e -t -n~1 -n1 --interval=1 --interval~1 --int~1 -b -c -d -d=x --differences -p -w --no-title -q~1 -tg --exec -x -tx -gn~1 --errexit"),
        commands=(("{code}",), ("sh", "-c", "'{code}'"), ("{code};", "true"), ("-x", "sh", "-c", "{code}"), ("true",), ("--exec", "perl", "-e", "{perl}"), ("--", "{code}")),
    ),
    "busybox": Launcher(
        (), (),
        commands=tuple(
            (*applet, *words)
            for applet in _words("timeout~5 timeout~-s~9~5 timeout~-k~1~5 nice nice~-n~2 env env~-i env~-u~X env~A=1 nohup setsid setsid~-c ionice~-c~2 chrt~-o~0 taskset~1 taskset~0x1 setpriv~--nnp chroot~/ "
                                 "unshare~-m unshare~-f nsenter~-r/ flock~lock flock~-n~lock time time~-p xargs xargs~-n~1 xargs~-r~-0 find~f.txt~-exec busybox busybox~nice softlimit softlimit~-o~99 stdbuf~-oL "
                                 "linux64 setarch~x86_64 start-stop-daemon~-S~-x chpst chpst~-n~1 envdir~. setuidgid~root")
            for words in (*COMMANDS[:12], ("sh", "-c", "{code}", ";"))
        ),
        texts=_words('flock~lock~-c~{code} script~-qc~{code} script~-c~{code}~/dev/null sh~-c~{code} ash~-c~{code} awk~BEGIN{system("{code}")} start-stop-daemon~-S~-p~none.pid~-x~/bin/sh~--~-c~{code} --list hush~-c~{code} su~-c~{code} su~root~-c~{code} xargs~sh~-c'),
    ),
}  # fmt: skip


class Launchers(Grammar):
    """A line of a launcher's options, what stands before the command, and the command."""

    id = "launchers"
    as_shell = True
    share = 0.2
    template = TEXT
    seconds = 4
    refusal = re.compile(
        r"(?i)usage|unknown|invalid|unrecogni[sz]ed|requires an argument|try |no command|not found|no such|cannot|failed|"
        r"permitted|ambiguous|denied|unsupported|requires?|duplicate|neither|no architecture|exists|not running|not enabled|bad |missing|only one|must be|need|does not exist|exclusive|unable|too many|not a |empty"
    )
    stdins: ClassVar[Words] = ("null", "null", "pipe")

    def programs(self) -> list[str]:
        """Return those that are installed."""
        return which(*(name for name in LAUNCHERS if name != "watch"))

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line."""
        launcher = LAUNCHERS[PurePath(program).name]
        case = Case(
            ["x"], stdin=rng.choice(self.stdins), files={"f.txt": "", "in.txt": "a\n", "script.sh": marks() + "\n"}
        )
        if case.stdin == "pipe":
            case.stdin_text = (
                rng.choice((marks(), f"a\n'{marks()}'\n" if "xargs" in program else "", "a b\nc\n")) + "\n"
            )
        words: list[str] = []
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3)) if launcher.options else 0):
            words += rng.choice(launcher.options)
        if rng.random() < 0.08:
            words += rng.choice(WRONG)
        if launcher.before:
            words += rng.choice(launcher.before)
        if rng.random() < 0.04:
            words += rng.choice(WRONG)
        words += self._command(rng, launcher)
        if words[-1:] == ["perl"] and case.stdin_text:
            case.stdin_text = marks(PERL) + "\n"
        case.argv += [self._filled(word, marks) for word in words]
        return case

    @staticmethod
    def _command(rng: random.Random, launcher: Launcher) -> list[str]:
        """Choose a command, or a text for a shell."""
        if launcher.texts and rng.random() < 0.6:
            return [*rng.choice(launcher.texts), *rng.choice(launcher.behind)]
        return [*rng.choice(launcher.commands)]

    @staticmethod
    def _filled(word: str, marks: Marks) -> str:
        """Put markers into a word."""
        word = word.replace("{code}", marks() if "{code}" in word else "").replace(
            "{perl}", marks(PERL) if "{perl}" in word else ""
        )
        return marks(word) if "{n}" in word else word


class Watch(Launchers):
    """watch goes on until it is stopped: each case takes seconds."""

    id = "watch"
    share = 0.01

    def programs(self) -> list[str]:
        """Return watch."""
        return which("watch")
