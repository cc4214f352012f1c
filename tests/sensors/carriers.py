"""Carriers of program text, each with interpreters: a shell script whose cases leave a file where their text ran.

A case runs in a folder of its own, by whose name the sensors' executions are told apart. Programs that read what they are
given leave ``ran`` there; nothing else does.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Program(NamedTuple):
    """An interpreter and a text in its language that makes the file ``ran``."""

    words: tuple[str, ...]
    text: str
    file: tuple[str, ...] = ()
    """Words between the program and the file: ``-f``."""
    hidden: str = ""
    """The words with which it looks for the text in a file that begins otherwise: ``-x``."""
    wrapped: str = "{}"
    """The text among other text: ``<?php {} ?>``, a line of its own."""
    loads: tuple[str, ...] = ()
    """Shell words in front of the program that make it load the file {} first, and its script behind them."""
    stdin_alone: bool = False
    """It is no interpreter: some of what it reads on stdin starts a command."""


SECONDS = 60
"""After so long a case is ended that hangs; none does on a machine at rest."""
ENDLESS_SECONDS = 5
"""The same for a case that waits for ever: ruby opens what it requires twice, and waits for a FIFO's second writer."""
SHELL = ": > ran\n"
DEFAULT = (
    Program(("python3",), "open('ran', 'w')\n", wrapped="0\n{}exit()\n#", loads=("PYTHONSTARTUP={} python3 -i",)),
    Program(("perl",), "open F, '>', 'ran'; close F;\n", hidden="-x", wrapped="\n#!perl\n{}__END__\n"),
    Program(
        ("ruby",), "File.write('ran', '')\n", hidden="-x", wrapped="\n#!ruby\n{}__END__\n", loads=("ruby -r{} script",)
    ),
    Program(
        ("node",), "require('fs').writeFileSync('ran', '')\n", wrapped="0\n{}//", loads=("node --require {} script",)
    ),
    Program(("php",), "<?php touch('ran'); ?>\n", loads=("php -d auto_prepend_file={} script",)),
    Program(
        ("lua5.4",), "io.open('ran', 'w'):close()\n", wrapped="0\n{}os.exit()--", loads=("LUA_INIT=@{} lua5.4 script",)
    ),
    Program(("bash",), SHELL, wrapped="\n{}exit\n", loads=("BASH_ENV={} bash script",)),
    Program(("dash",), SHELL, wrapped="\n{}exit\n", loads=("ENV={} dash -i script",)),
    Program(("tclsh",), "close [open ran w]\n", wrapped="\n{}exit\n"),
    Program(("sqlite3",), "select 1;\n.shell touch ran\n", stdin_alone=True),
)
MORE = (
    *(Program((name,), SHELL, wrapped="\n{}exit\n") for name in ("ksh", "mksh", "zsh", "rc")),
    Program(("busybox", "sh"), SHELL, wrapped="\n{}exit\n"),
    Program(("fish",), "echo -n > ran\n"),
    Program(("lua5.1",), DEFAULT[5].text, wrapped="0\n{}os.exit()--"),
    Program(("luajit",), DEFAULT[5].text, wrapped="0\n{}os.exit()--"),
    Program(("expect",), "close [open ran w]\n"),
    Program(("mawk",), 'BEGIN { printf "" > "ran" }\n', file=("-f",)),
    Program(("gawk",), 'BEGIN { printf "" > "ran" }\n', file=("-f",)),
    Program(("guile",), '(close (open-file "ran" "w"))\n'),
    Program(("Rscript",), 'file.create("ran")\n'),
    Program(("gdb", "-q", "-batch"), "shell : > ran\n", file=("-x",)),
    Program(("ocaml",), 'close_out (open_out "ran");;\n'),
    Program(("elixir",), 'File.write("ran", "")\n'),
    Program(("clisp",), '(close (open "ran" :direction :output))\n'),
    Program(("sbcl", "--script"), '(close (open "ran" :direction :output))\n'),
    Program(("newlisp",), '(write-file "ran" "")(exit)\n'),
    Program(("raku",), 'spurt "ran", ""\n'),
    Program(("dc",), "1 p\n!touch ran\n", stdin_alone=True),
    Program(("ed", "-s"), "!touch ran\n", stdin_alone=True),
    Program(("m4",), "syscmd(touch ran)\n", stdin_alone=True),
    Program(("jimsh",), "close [open ran w]\n"),
    Program(("mruby",), 'File.open("ran", "w") {}\n'),
    Program(("slsh",), '() = fclose(fopen("ran", "w"));\n'),
    Program(("tarantool",), 'io.open("ran", "w"):close() os.exit()\n'),
    Program(("octave-cli", "-q"), 'fclose(fopen("ran", "w"));\n'),
    Program(("gnuplot",), 'set print "ran"; print 1\n'),
    Program(("gforth",), 's" ran" w/o create-file 2drop bye\n'),
    Program(("tcsh", "-f"), "echo > ran\n"),
    Program(("elvish",), "print x > ran\n"),
    Program(("csi", "-q"), '(open-output-file "ran")(exit)\n'),
    Program(("ecl",), '(close (open "ran" :direction :output))(quit)\n', file=("--shell",)),
    Program(("gsi",), '(close-output-port (open-output-file "ran"))\n'),
    Program(("racket",), '(close-output-port (open-output-file "ran"))\n', file=("-f",)),
    Program(("mit-scheme", "--quiet"), '(close-port (open-output-file "ran"))(exit)\n', file=("--load",)),
    Program(("swipl",), ":- open(ran, write, S), close(S), halt.\n"),
    Program(("gp", "-q"), 'write("ran", "1")\n'),
    Program(("pike",), 'int main() { Stdio.write_file("ran", ""); }\n'),
    Program(("gjs",), 'imports.gi.GLib.file_set_contents("ran", "")\n'),
    Program(("php-cgi", "-q"), '<?php touch("ran"); ?>\n'),
    Program(("erb",), '<% File.write("ran", "") %>\n'),
    Program(("tcc",), '#include <stdio.h>\nint main() { fopen("ran", "w"); }\n', file=("-run",)),
    Program(("original-awk",), 'BEGIN { printf "" > "ran" }\n', file=("-f",)),
    Program(("irb", "-f"), "File.write('ran', '')\n"),
)

CARRIERS = {
    "pipe": "cat text | {program}",
    "redirected": "{program} < text",
    "here-document": "{program} <<'END'\n{text}END",
    "standard input of the shell": "exec < text; {program}",
    "coprocess": "coproc {{ cat text; }}; {program} <&${{COPROC[0]}}",
    "descriptor": "{file} /dev/fd/3 3< text",
    "descriptor of a pipe": "cat text | {file} /proc/self/fd/0",
    "process substitution": "{file} <(cat text)",
    "link to stdin": "ln -s /dev/stdin l; cat text | {file} l",
    "copy of a link to stdin": "cp -a /dev/stdin l; cat text | {file} l",
    "link to a folder of descriptors": "ln -s /dev/fd d; {file} d/3 3< text",
    "link to a link": "mkdir d; ln -s /proc/self d/s; ln -s d/s/fd/3 l; {file} ./l 3< text",
    "FIFO": "mkfifo p; cat text > p & {file} p; kill $! 2>/dev/null",
    "FIFO by its path": "mkfifo p; cat text > p & {file} $PWD/p; kill $! 2>/dev/null",
    "link to a FIFO": "mkfifo p; ln -s p l; cat text > p & {file} ./l; kill $! 2>/dev/null",
    "hard link to a FIFO": "mkfifo p; ln p l; cat text > p & {file} l; kill $! 2>/dev/null",
    "file without a name": "{python} ../unnamed.py {file}",
    "unlinked file": "cp text gone; exec 3< gone; rm gone; {file} /proc/self/fd/3; exec 3<&-",
    "memory": "{python} ../memory.py {file}",
    "link to memory": "ln -s /proc/self/fd/9 l; {python} ../memory.py {file} l",
    "terminal": "{python} ../terminal.py {file} /dev/tty",
    "socket": "{python} ../socketpair.py {program}",
    "in a folder that is open": "mkdir d; ln -s /dev/stdin d/l; exec 6< d; cat text | {file} /proc/self/fd/6/l; exec 6<&-",
    "in another process's folder": "mkdir d; mkfifo p; cat text > p & (cd d; {file} /proc/$$/cwd/p; mv ran ..); kill $! 2>/dev/null",
    "mapped memory": "{python} ../mapped.py {file}",
}
HIDING = {
    "environment in procfs": "env -i X={wrapped} {hidden} /proc/self/environ",
    "link to procfs": "ln -s /proc/self/environ l; env -i X={wrapped} {hidden} l",
    "words in procfs": "{hidden} /proc/self/cmdline {wrapped}",
}
MOUNTED = {
    "another procfs": "mkdir pp; unshare -m sh -c 'mount -t proc p pp && \"$@\"; :' sh {file} pp/self/fd/3 3< text",
    "folder of descriptors under another name": (
        "mkdir ff; exec 3< text; unshare -m sh -c 'mount --bind /proc/'$$'/fd ff && \"$@\"; :' sh {file} ff/3"
    ),
}
"""Where mounts may be made; in namespaces of their own, where nobody looks once the program has ended."""
LOADING = {
    "FIFO loaded first": "mkfifo p.{suffix}; cat text > p.{suffix} & {load_p}; kill $! 2>/dev/null",
    "link loaded first": "ln -s /dev/fd/3 l.{suffix}; {load_l} 3< text",
    "descriptor loaded first": "{load_fd} 3< text",
    "procfs loaded first": "env -i X={wrapped} {load_procfs}",
}
BY_NAME = {
    "python3": "cp text sitecustomize.py; PYTHONPATH=$PWD python3 script",
    "python3 user": (
        "d=home/.local/lib/$(ls /usr/lib | grep -m1 '^python3[.]')/site-packages; mkdir -p $d; echo import foo > $d/x.pth; "
        "cp text $d/foo.py; HOME=$PWD/home python3 script"
    ),
    "python3 archive": (
        "cp text sitecustomize.py; python3 -m zipfile -c m.zip sitecustomize.py; rm sitecustomize.py; PYTHONPATH=$PWD/m.zip python3 script"
    ),
    "python3 compiled": (
        "cp text sitecustomize.py; python3 -m compileall -qb sitecustomize.py; rm sitecustomize.py; PYTHONPATH=$PWD python3 script"
    ),
    "python3 breakpoint": (
        "echo 'breakpoint()' > s.py; cp text foo.py; echo 'def f(): pass' >> foo.py; "
        "PYTHONPATH=$PWD PYTHONBREAKPOINT=foo.f python3 s.py"
    ),
    "perl": "cp text foo.pm; echo '1;' >> foo.pm; PERL5LIB=$PWD perl -Mfoo script",
    "perl debugger": (
        "mkdir Devel; cp text Devel/Foo.pm; echo 'sub DB::DB {} 1;' >> Devel/Foo.pm; PERL5LIB=$PWD perl -d:Foo script"
    ),
    "ruby": "cp text foo.rb; RUBYLIB=$PWD ruby -rfoo script",
    "ruby unasked": "mkdir -p rubygems/defaults; cp text rubygems/defaults/operating_system.rb; RUBYLIB=$PWD ruby script",
    "node": "mkdir -p m/foo; cp text m/foo/index.js; NODE_PATH=$PWD/m node -r foo script",
    "lua5.4": "cp text foo.lua; LUA_PATH=$PWD'/?.lua' lua5.4 -l foo script",
    "php": "cp text p.php; mkdir i; echo auto_prepend_file=$PWD/p.php > i/x.ini; PHP_INI_SCAN_DIR=$PWD/i php script",
    "tclsh": (
        "echo 'package ifneeded foo 1.0 [list source [file join $dir text]]' > pkgIndex.tcl; echo 'package require foo' > s; "
        "TCLLIBPATH=$PWD tclsh s"
    ),
    "bash": "cp text .profile; HOME=$PWD bash -l script",
    "zsh": "cp text .zshenv; HOME=$PWD zsh script",
    "fish": "mkdir -p .config/fish; cp text .config/fish/config.fish; env -u XDG_CONFIG_HOME HOME=$PWD fish script",
    "Rscript": "R_TESTS=$PWD/text Rscript script",
}

PLANTING = {
    "tee": "echo 'python3 -c 1' | tee .bashrc; test -s .bashrc && : > ran",
    "tee in another folder": "mkdir cron.d etc; mv cron.d etc; cd etc/cron.d; tee x <<< '* * * * * root python3 -c 1'; test -s x && : > ../../ran",
    "crontab": "cp /bin/cat crontab; ./crontab - <<< '* * * * * python3 -c 1' > t; test -s t && : > ran",
    "crontab, later": "cp /bin/cat crontab; (sleep .05; echo '* * * * * perl -e 1') | ./crontab > t; test -s t && : > ran",
    "at": "cp /bin/cat at; echo 'perl -e 1' | ./at - > t; test -s t && : > ran",
    "crontab from a FIFO": (
        "cp /bin/cat crontab; mkfifo p; echo '* * * * * python3 -c 1' > p & ./crontab p > t; kill $! 2>/dev/null; test -s t && : > ran"
    ),
    "dd": "echo 'python3 -c 1' | dd of=.bashrc; test -s .bashrc && : > ran",
    "cp": "echo 'python3 -c 1' | cp /dev/stdin .bashrc; test -s .bashrc && : > ran",
    "tee behind dots": "mkdir -p cron.d etc; mv cron.d etc; cd etc/cron.d; tee ../cron.d/x <<< '* * * * * root python3 -c 1'; test -s x && : > ../../ran",
    "batch": "cp /bin/cat batch; ./batch <<< 'perl -e 1' > t; test -s t && : > ran",
    "sh -c": "sh -c 'echo \"python3 -c 1\" >> .profile'; test -s .profile && : > ran",
    "git config": "git init -q .; git config alias.x '!python3 -c 1'; grep -q python3 .git/config && : > ran",
    "sed -i": "echo > .bashrc; sed -i '1i python3 -c 1' .bashrc; grep -q python3 .bashrc && : > ran",
}
"""Text that is put where something runs it later: ``ran`` says that it lies there. The schedulers are copies of cat."""

MEMORY = """import os, sys
memory = os.memfd_create("harmless", 0)
os.write(memory, open("text", "rb").read())
os.lseek(memory, 0, 0)
os.dup2(memory, 9, inheritable=True)
words = sys.argv[1:]
if words[-1] != "l":
    words.append("/proc/self/fd/9")
os.execvp(words[0], words)
"""
UNNAMED = """import os, sys
file = os.open(".", os.O_TMPFILE | os.O_RDWR)
os.write(file, open("text", "rb").read())
os.dup2(file, 9, inheritable=True)
os.execvp(sys.argv[1], [*sys.argv[1:], "/proc/self/fd/9"])
"""
SOCKETPAIR = """import os, socket, sys
here, there = socket.socketpair()
child = os.fork()
if not child:
    os.dup2(there.fileno(), 0)
    here.close()
    os.execvp(sys.argv[1], sys.argv[1:])
there.close()
here.sendall(open("text", "rb").read())
here.shutdown(socket.SHUT_WR)
os.waitpid(child, 0)
"""
MAPPED = """import mmap, os, subprocess, sys
memory = os.memfd_create("harmless", 0)
text = open("text", "rb").read()
os.write(memory, text + b"\\n" * (mmap.PAGESIZE - len(text)))
with mmap.mmap(memory, mmap.PAGESIZE):
    line = next(line for line in open("/proc/self/maps") if "memfd:harmless" in line)
    first, last = (int(part, 16) for part in line.split()[0].split("-"))
    subprocess.run([*sys.argv[1:], f"/proc/{os.getpid()}/map_files/{first:x}-{last:x}"])
"""
TERMINAL = """import os, pty, sys
child, master = pty.fork()
if not child:
    os.execvp(sys.argv[1], sys.argv[1:])
os.write(master, open("text", "rb").read() + b"\\n\\x04\\x04")
try:
    while os.read(master, 4096):
        pass
except OSError:
    pass
os.waitpid(child, 0)
"""


class Case(NamedTuple):
    """One line of the script."""

    folder: str
    carrier: str
    program: str


def programs() -> list[Program]:
    """Return the interpreters that are installed: the most used ones, or all with FLYCATCHER_CARRIERS=all."""
    return [
        program
        for program in (*DEFAULT, *(() if _part() is None else MORE))
        if shutil.which(program.words[0]) is not None
    ]


@cache
def _mounts() -> bool:
    """Whether a procfs may be mounted here."""
    command = ["unshare", "-m", "sh", "-c", "mount -t proc p /proc"]
    return (
        shutil.which("unshare") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


def _part() -> tuple[int, int] | None:
    """Return which part of all interpreters each carrier is tried with (``all`` is 1/1), None where two are enough."""
    asked = os.environ.get("FLYCATCHER_CARRIERS", "")
    if not asked:
        return None
    which, _, parts = asked.replace("all", "1/1").partition("/")
    return int(which) - 1, int(parts)


def quiet(cases: list[Case]) -> set[str]:
    """Return the carriers that may run nothing with any interpreter that is tried: in a part of them, every one."""
    return {"FIFO loaded first"} if _part() in (None, (0, 1)) else {case.carrier for case in cases}


def written(folder: Path) -> list[Case]:
    """Write the script and its cases' folders; return the cases: for each carrier two interpreters, or all of them."""
    (folder / "memory.py").write_text(MEMORY)
    (folder / "terminal.py").write_text(TERMINAL)
    (folder / "unnamed.py").write_text(UNNAMED)
    (folder / "socketpair.py").write_text(SOCKETPAIR)
    (folder / "mapped.py").write_text(MAPPED)
    by_carrier: dict[str, list[tuple[Program, str]]] = {}
    for program in programs():
        for carrier, line in _lines(program):
            by_carrier.setdefault(carrier, []).append((program, line))
    by_carrier |= {f"planted by {name}": [(Program((name,), ""), line)] for name, line in PLANTING.items()}
    cases, lines, part = [], [], _part()
    for number, (carrier, tried) in enumerate(by_carrier.items()):
        chosen = [tried[(2 * number + turn) % len(tried)] for turn in range(min(2, len(tried)))]
        if part is not None:
            chosen = tried[(part[0] - number) % part[1] :: part[1]]
        for program, line in chosen:
            case = Case(f"case{len(cases)}", carrier, program.words[0])
            place = folder / case.folder
            place.mkdir()
            (place / "text").write_text(program.text)
            (place / "script").write_text("")
            (place / "case.sh").write_text(line + "\n")
            endless = carrier == "FIFO loaded first" and program.words == ("ruby",)
            seconds = ENDLESS_SECONDS if endless else SECONDS
            lines.append(
                f"cd {shlex.quote(str(place))} && timeout {seconds} bash case.sh < /dev/null > /dev/null 2>&1\n"
            )
            cases.append(case)
    (folder / "build.sh").write_text("".join(lines))
    return cases


def _lines(program: Program) -> list[tuple[str, str]]:
    """Return the lines of one interpreter, with the name of the carrier of each."""
    words = shlex.join(program.words)
    file = shlex.join((*program.words, *program.file))
    facts = {
        "program": file if program.file else words, "file": file, "text": program.text, "python": shlex.quote(sys.executable),
        "hidden": f"{file} {program.hidden}".strip(),
        "wrapped": shlex.quote(program.wrapped.format(program.text)), "suffix": "js" if words == "node" else "rb",
    }  # fmt: skip
    found = [
        (name, line.format(**facts))
        for name, line in (*CARRIERS.items(), *(MOUNTED.items() if _mounts() else ()))
        if ("{program}" in line and not program.file) or ("{file}" in line and not program.stdin_alone)
    ]
    if program.stdin_alone:
        return found
    found += [(name, line.format(**facts)) for name, line in HIDING.items()]
    for load in program.loads:
        suffix = facts["suffix"]
        loads = {"load_fd": load.format("/dev/fd/3"), "load_p": load.format(f"./p.{suffix}"), "load_l": load.format(f"./l.{suffix}"),
                 "load_procfs": load.format("/proc/self/environ")}  # fmt: skip
        found += [(name, line.format(**facts, **loads)) for name, line in LOADING.items()]
    found += [(f"by name: {name}", line) for name, line in BY_NAME.items() if name.split()[0] == words]
    return found


def ran(folder: Path, cases: list[Case]) -> set[Case]:
    """Return the cases whose text ran."""
    return {case for case in cases if (folder / case.folder / "ran").exists()}
