"""Hosts: lines on which text starts a command or runs an embedded language, and lines like them on which it does not."""

from __future__ import annotations

import random
import re

from tests.oracle.harness import Case, Grammar, Marks, which


class _Hosts(Grammar):
    """A line is made of groups; each is a choice of words, in which ``{code}`` stands for a marker."""

    template = "echo {n} >>$FC_MARK"
    refusal = re.compile(
        r"(?i)error|unknown|invalid|not found|no such|usage|cannot|unrecognized|fatal|can't|requires|E\d+:|does not|no rule"
    )
    commands: tuple[str, ...] = ()
    lines: tuple[tuple[tuple[str, ...], ...], ...] = ()
    """Each: alternatives of words for one place."""
    files = {"f.txt": "a\nb\n", "x.lua": "", "Makefile": "all:\n\t@true;: $(info $(X))\n"}  # noqa: RUF012 - never changed
    shape: tuple[int, ...] = ()
    share = 0.15

    def programs(self) -> list[str]:
        """Return the program where it is installed."""
        return which(*self.commands)

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Choose the words of each place."""
        del program
        case = Case([self.id], files=dict(self.files))
        for place in self.lines:
            chosen = rng.choice(place)
            case.argv += [re.sub(r"\{code\}", lambda _: marks(), word) for word in chosen]
        return case


class Gdb(_Hosts):
    """gdb's commands."""

    id = "gdb"
    commands = ("gdb",)
    _some = (
        ("-ex", "shell {code}"), ("-ex", "!{code}"), ("--eval-command=she {code}",), ("-iex", "shell {code}"), ("-ex", "help {code}"),
        ("-ex", "python import os; os.system('{code}')"), ("-ex", "py import os; os.system('{code}')"), ("-ex", "echo {code}"),
        ("-ex", "pipe help | {code}"), ("-ex", "| help | {code}"), ("--ex", "  shell {code}"), ("-eval-c", "shell {code}"), ("-nx",), (),
        ("-ex", "python-interactive import os; os.system('{code}')"), ("-q",), ("-ex", "set $x = 1"), ("-init-eval-command=!{code}",),
        ("-cd", "."), ("-d", "shell {code}"),
    )  # fmt: skip
    lines = (
        ((("-batch",)), ("--batch", "-nx")),
        _some,
        _some,
        ((), (), ("--version",), ("--args", "true", "-ex", "shell {code}"), ("f.txt",)),
    )


class _Vims(_Hosts):
    """Ex commands."""

    _some = (
        ("-c", "!{code}"), ("+!{code}",), ("--cmd", "!{code}"), ("-c", 'call system("{code}")'), ("-c", "silent !{code}"), ("-c", "r !{code}"),
        ("-c", "w !{code}"), ("-c", "%!{code}"), ("-c", "set number"), ("+2",), ("-c", "exe '!{code}'"), ("-c!{code}",), ("f.txt",), ("-n",), ("-R",),
        ("-c", 'let x=system("{code}")'), ("-c", "echo '{code}'"), ("-u", "NONE"), ("-i", "NONE"), ("+/a",), (),
    )  # fmt: skip
    lines = (
        (("-es",), ("-e", "-s"), ("-es", "-n")),
        _some,
        _some,
        ((), ("--", "f.txt"), ("--", "-c", "!{code}")),
        (("-c", "qa!"),),
    )

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give Ex commands on stdin too, in silent mode."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.3:
            case.stdin, case.stdin_text = "pipe", f"!{marks()}\nqa!\n"
            case.argv.remove("-c") if case.argv[-2:] == ["-c", "qa!"] else None
            case.argv = case.argv[:-1] if case.argv[-1] == "qa!" else case.argv
        return case


class Vim(_Vims):
    """Vim."""

    id = "vim"
    commands = ("vim.basic", "vim")

    def programs(self) -> list[str]:
        """Return the first that is installed."""
        return super().programs()[:1]


class Nvim(_Vims):
    """Neovim."""

    id = "nvim"
    commands = ("nvim",)


class Tar(_Hosts):
    """tar's commands."""

    id = "tar"
    commands = ("tar",)
    lines = (
        (("-cf", "/dev/null"), ("cf", "/dev/null"), ("-c", "--file=/dev/null"), ("-cvf", "/dev/null")),
        (("--checkpoint=1",), ("--checkpoint=1",), ()),
        (
            ("--checkpoint-action=exec={code}",), ("--checkpoint-action", "exec={code}"), ("--checkpoint-act=exec={code}",),
            ("--checkpoint-action=echo={code}",), ("--checkpoint=1", "--checkpoint-action=exec={code}", "--checkpoint=1"), ("-v",), ("-C", "."),
            ("-I", "{code}; cat"), ("--use-compress-program={code};cat",), ("--use-comp", "{code};cat"), ("-I", "gzip -9"), ("--exclude", "exec={code}"),
        ),
        (("f.txt",), ("f.txt", "-v"), ("f.txt", "--version")),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give actions a checkpoint; sometimes by the variable."""
        case = super().case(rng, marks, program)
        if any("exec=" in word for word in case.argv):
            case.argv.append("--checkpoint=1")
        if rng.random() < 0.15:
            case.env["TAR_OPTIONS"] = f'--checkpoint=1 "--checkpoint-action=exec={marks()}"'
        return case


class Make(_Hosts):
    """make's text."""

    id = "make"
    commands = ("make",)
    lines = (
        ((), ("-s",), ("-j2",), ("-k", "-B"), ("-C", ".")),
        (
            ("--eval=$(shell {code})",), ("--eval", "$(shell {code})"), ("-E", "$(shell {code})"), ("X=$(shell {code})",), ("X:=$(shell {code})",),
            ("X!={code}",), ("X={code}",), ("--ev=$(shell {code})",), ("-sE", "$(shell {code})"), ("-f", "Makefile"), ("X=${shell {code}}",),
            ("--file=Makefile",), ("-sf", "Makefile", "X=$(shell {code})"), ("--version",),
        ),
        (("all",), (), ("--", "all")),
    )  # fmt: skip
    template = "echo {n} >>$$FC_MARK"

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give a makefile on stdin too. A dollar is one in shell text only where make does not read it."""
        case = super().case(rng, marks, program)
        case.env["SHELL"] = "/bin/sh"
        if rng.random() < 0.3:
            name, value = rng.choice((
                ("X", "$(shell {code})"), ("X", "${shell {code}}"), ("MAKEFLAGS", "--eval=$(shell {code})"), ("X", "{code}"), ("MAKEFLAGS", "-k"), ("GNUMAKEFLAGS", "$(shell {code})"),
                ("MFLAGS", "$(shell {code})"), ("X", "a$(call x)"),
            ))  # fmt: skip
            case.env[name] = value.replace("{code}", marks())
        if rng.random() < 0.1:  # what other text calls, the shell then reads in another way
            flags = rng.choice(("-c :; {code};: #", "-ec", "-e -c '{code}'", "-eu -o pipefail -c"))
            word = ".SHELLFLAGS=" + flags.replace("{code}", marks())
            case.argv, case.env = ["make", *rng.choice(([], ["-s"], ["all"]))], {"SHELL": "/bin/sh"}
            if rng.random() < 0.5:
                case.env["MAKEFLAGS"] = word.replace(" ", "\\ ").replace("$", "$$")
            else:
                case.argv.append(word)
            return case
        if rng.random() < 0.25:
            case.argv += rng.choice((["-f", "-"], ["-f-"], ["--file=/dev/stdin"]))
            case.stdin, case.stdin_text = "pipe", f"all:\n\t@{marks()};: $(info $(X))\n"
            case.argv = [word for word in case.argv if word != "all"]
        return case


class Git(_Hosts):
    """git's settings."""

    id = "git"
    commands = ("git",)
    template = "echo {n} >>$FC_MARK;:"
    lines = (
        (
            ("-c", "alias.x=!{code}"), ("-c", "alias.x=!{code}"), ("-c", "alias.y=!{code}"), ("-c", "core.sshCommand={code};"), ("-c", "user.name={code}"),
            ("-c", "protocol.ext.allow=always"), ("-c", "alias.x=status"), ("-p",), ("-C", "."), ("-c", "core.editor={code}"),
        ),
        (
            ("x",), ("x",), ("ls-remote", "git@nowhere.invalid:x"), ("ls-remote", "--upload-pack={code};", "."), ("version",), ("help",),
            ("ls-remote", "ext::sh -c echo% hi"), ("--version",), ("x", "{code}"), ("y",),
        ),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Also give the variables."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.2:
            case.env["GIT_SSH_COMMAND"] = marks() + ";"
        if rng.random() < 0.2:
            key = rng.choice(("alias.x", "alias.y", "core.sshCommand"))
            case.argv = [word for word in case.argv if not word.startswith(key)]
            case.argv = [
                word for index, word in enumerate(case.argv) if word != "-c" or "=" in ([*case.argv, ""])[index + 1]
            ]
            case.env |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": key,
                "GIT_CONFIG_VALUE_0": "!" * (key[0] == "a") + marks() + ";",
            }
        return case


class Emacs(_Hosts):
    """Emacs Lisp."""

    id = "emacs"
    commands = ("emacs",)
    share = 0.05
    _lisp = '(shell-command "{code}")'
    lines = (
        (("--batch", "-Q"), ("-batch", "-q"), ("-Q", "--batch")),
        (
            ("--eval", _lisp),
            ("-eval", _lisp),
            ("--eval=" + _lisp,),
            ("--execute", _lisp),
            ("--ev", _lisp),
            ("-l", "f.el"),
            ("--insert", _lisp),
            (),
        ),
        ((), ("f.txt",), ("--eval", _lisp), ("--version",), ("--", "--eval", _lisp), ("-f", "ignore")),
    )
    files = {"f.txt": "a\n", "f.el": "(+ 1 1)"}  # noqa: RUF012 - never changed


class Sqlite3(_Hosts):
    """sqlite3's dot commands."""

    id = "sqlite3"
    commands = ("sqlite3",)
    lines = (
        ((), ("-batch",), ("-cmd", ".shell {code}"), ("-safe",), ("-bail", "-csv"), ("--cmd", ".system {code}"), ("-separator", ".shell {code}")),
        ((":memory:",),),
        (
            (".shell {code}",), (".system {code}",), (".sh {code}",), (".sy {code}",), ("select 1", ".shell {code}"), ("select '.shell {code}'",),
            (".once '|cat; {code}'", "select 1"), (".output '|cat; {code}'", "select 1"), (".read '|{code}'",), (".print {code}",), (".import '|{code}' t",),
        ),
    )  # fmt: skip


class Rpm(_Hosts):
    """rpm's macros."""

    id = "rpm"
    commands = ("rpm",)
    lines = (
        (("--eval", "%({code})"), ("-E", "%({code})"), ("--eval=%({code})",), ("-E", '%{lua:os.execute("{code}")}'), ("-E", "{code}"), ("-qa",),
         ("--define", "x %({code})", "-E", "%x"), ("-D", "y {code}", "-E", "%y")),
        ((), ("--pipe", "{code}"), ("--version",)),
    )  # fmt: skip
