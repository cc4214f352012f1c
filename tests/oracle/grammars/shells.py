"""The shells' command lines: the Bourne family shares one generator, each with letters and names of its own."""

from __future__ import annotations

import os
import random
import re

from tests.oracle.harness import STDIN, Case, Grammar, Marks, apart, which

SESSIONS = ("ENV", "PS0", "PS1", "PS2", "PROMPT_COMMAND")
"""Variables that only sessions read."""


class _Shells(Grammar):
    """Clusters in every order around ``-c``, scripts and stdin; the variables that run commands."""

    template = 'echo {n} >>"$FC_MARK" #'
    plain = "echo {n} >>$FC_MARK"
    refusal = re.compile(
        r"(?i)usage|unknown option|invalid option|illegal option|bad option|unrecognized|requires an? argument|not found|no such"
        r"|can't open|cannot open|string expected|invalid shell option|is not a valid|ambiguous|requires argument|cannot be used"
        r"|option name|command is given|no such device"
    )
    commands: tuple[str, ...] = ()
    letters = "aefuvxhmklBEHPbtTnipsc"
    names = ("nounset", "pipefail", "xtrace", "noexec", "posix", "errexit", "interactive", "vi", "emacs", "verbose")
    words: tuple[str, ...] = (
        "--",
        "-",
        "+",
        "--login",
        "--posix",
        "--help",
        "--version",
        "--bogus",
        "-login",
        "--norc",
        "-posix",
    )
    variables: tuple[str, ...] = ("ENV", "PS1", "PS4")
    arg0s: tuple[str, ...] = ("sh", "-sh")
    share = 0.7
    seconds = 5
    follows = False
    """Its expansion is followed into other variables, escapes and quotes."""
    asks_stderr = True
    """A terminal on stdin makes it hold a session only where stderr is one too."""
    brings = True
    """It has the dot and eval of POSIX."""

    def programs(self) -> list[str]:
        """Return the shell where it is installed."""
        return which(*self.commands)

    def refused(self, code: int, stderr: str) -> bool:
        """A restricted shell runs the line, but the marker needs a redirection."""
        return (
            "restricted" in stderr
            or "Permission denied" in stderr
            or "permission denied" in stderr
            or super().refused(code, stderr)
        )

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line: options with the code's letter somewhere among them, then words."""
        del program
        case = Case([self.id], files={"prog.sh": marks(), "rc": marks()})
        if rng.random() < 0.7:
            case.stdin, case.stdin_text = rng.choice(("pipe", "pipe", "file", "socket", "tty")), marks() + "\n"
        if rng.random() < 0.08:
            case.argv0 = rng.choice(self.arg0s)
        for _ in range(rng.randrange(4)):
            case.argv += self.option(rng, marks)
        kind = rng.random()
        if kind < 0.45:
            case.argv += [self.cluster(rng, "c")]
            for _ in range(rng.choice((0, 0, 0, 1, 2))):
                case.argv += self.option(rng, marks)
        elif kind < 0.6:
            case.argv += [rng.choice(("-s", "+s", "-es", "-is"))]
        case.argv += rng.choice(
            ([marks()], [marks()], [marks(), marks()], ["prog.sh"], [rng.choice(STDIN)], [rng.choice(STDIN), marks()], [], [], ["-c", marks()], [""],
             ["nothere"],
             ["--", marks()], ["-", marks()], [marks(), "-c", marks()], ["/dev/fd/{FD}"], ["./prog.sh", marks()], ["-c"],
             ["--", rng.choice(STDIN)], ["/proc/self/root/proc/self/fd/{FD}"], ["-ec", "--", marks()])
        )  # fmt: skip
        if self.brings and rng.random() < 0.12:
            self.bring(rng, marks, case)
        if any("{FD}" in word for word in case.argv):
            case.descriptor_text = marks()
        if rng.random() < 0.25:
            self.variable(rng, marks, case)
        return case

    def bring(self, rng: random.Random, marks: Marks, case: Case) -> None:
        """Make a command that brings further text into the shell."""
        case.stdin, case.stdin_text = rng.choice(("pipe", "file")), marks() + "\n"
        command = rng.choice((". /dev/stdin", "true; . /dev/fd/0", ". /dev/fd/{FD}", 'eval "$1"', "eval $1", 'eval "$EV"', "eval $EV",
                              'eval "${EV}"', 'eval "$(cat)"', "if :; then . /dev/stdin; fi", 'read -r l; eval "$l"', "eval '$EV'",
                              'eval ":; $1"', 'command eval "$EV"', 'echo "$1"', "echo . /dev/stdin", ": $EV", 'eval "$@"'))  # fmt: skip
        case.env["EV"] = marks(self.plain)
        case.argv[1:] = ["-c", command, "x", marks(self.plain)]

    def variable(self, rng: random.Random, marks: Marks, case: Case) -> None:
        """Give a variable that the shell expands or loads."""
        name = rng.choice(self.variables)
        if (
            name in SESSIONS and case.stdin == "tty" and self.asks_stderr
        ):  # a session only where stderr is a terminal too
            return
        if name in ("PS1", "ENV"):  # the profile of a login shell sets them anew
            case.argv0 = case.argv0.removeprefix("-")
            case.argv = [word.replace("l", "") if re.match("[-+][a-zA-Z]", word) else word for word in case.argv]
        code = marks(self.plain)
        if self.follows:
            case.env["VX"] = rng.choice((f"$({code})", f"a[$({code})0]", "./rc", rng.choice(STDIN)))
        values = (f"$({code})", f"`{code}`", code, "./rc", "$HOME/rc", "$((1+1))", f"x${{y:-$({code})}}")
        case.env[name] = rng.choice(values if not self.follows or rng.random() < 0.5 else (
            f"\\$({code})", f"\\`{code}\\`", f"'$({code})'", f"${{HOME:+`{code}`}}", f"$(($({code};echo 1)+1))", f"x$ ({code})",
            "$VX", "${VX}", "$((VX))", "${VX@P}", "$[VX]", "${!VX}", "${VX:-x}", "${NO:-$VX}", f"\\\\$({code})", f"\\044({code})",
        ))  # fmt: skip

    def cluster(self, rng: random.Random, letter: str) -> str:
        """Return a cluster with the letter somewhere in it."""
        others = rng.sample(self.letters, rng.choice((0, 0, 0, 1, 2, 3)))
        others.insert(rng.randrange(len(others) + 1), letter)
        return rng.choice("-----+") + "".join(others)

    def option(self, rng: random.Random, marks: Marks) -> list[str]:
        """Spell one option."""
        del marks
        kind = rng.random()
        if kind < 0.6:
            return [rng.choice("---+") + "".join(rng.sample(self.letters.replace("c", ""), rng.choice((1, 1, 2))))]
        if kind < 0.85:
            return [rng.choice(("-o", "-eo", "+o", "-xo")), rng.choice(self.names)]
        if kind < 0.89:
            return ["-o" + rng.choice(self.names)]
        if kind < 0.92:
            return [rng.choice(("-O", "+O")), rng.choice(("extglob", "globstar", "bogus"))]
        return [rng.choice(self.words)]


class Dash(_Shells):
    """dash."""

    follows = True

    id = "sh"
    commands = ("dash",)
    letters = "aefuvxmlEVIbCnipsc"


class Bash(_Shells):
    """GNU bash. PS4 is taken from the environment only where it does not run as root."""

    id = "bash"
    follows = True
    commands = ("bash",)
    words = (
        *_Shells.words,
        "--rcfile",
        "--init-file",
        "-norc",
        "--noprofile",
        "-D",
        "--dump-po-strings",
        "--pretty-print",
        "--noediting",
        "--restricted",
        "--protected",
        "--debugger",
        "--wordexp",
        "--rcfile=rc",
    )
    variables = (
        "BASH_ENV",
        "BASH_ENV",
        "ENV",
        "PS0",
        "PROMPT_COMMAND",
        "SHELLOPTS",
        "BASH_FUNC_echo%%",
        "BASH_FUNC_command_not_found_handle%%",
        "POSIXLY_CORRECT",
        "SSH_CLIENT",
        *(("PS4",) if os.geteuid() else ()),
    )
    arg0s = ("sh", "-sh", "-bash", "rbash", "/x/y/sh", "bash")

    def option(self, rng: random.Random, marks: Marks) -> list[str]:
        """Also give files that run first."""
        found = super().option(rng, marks)
        return [*found, "rc"] if found[0] in ("--rcfile", "--init-file") and rng.random() < 0.9 else found

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Also give settings and functions by variables."""
        case = super().case(rng, marks, program)
        if "SHELLOPTS" in case.env:
            case.env["SHELLOPTS"] = rng.choice(
                ("xtrace", "noexec", "posix", "errexit:noexec", "bogus", "braceexpand:posix")
            )
        for name in [name for name in case.env if name.startswith("BASH_FUNC_")]:
            body = marks("builtin echo {n} >>$FC_MARK") + '; builtin echo "$@";'
            form = rng.choice(("() { %s }", "() { %s }", "() {\n%s\n}", "(){ %s }", "() ( %s )", "() { %s }; true"))
            case.env[name] = form % body
            if "not_found" in name and len(case.argv) > 1 and "-c" in case.argv:
                case.argv[-1:] = ["nothing-here-1"] if rng.random() < 0.5 else case.argv[-1:]
        return case


class Zsh(_Shells):
    """zsh."""

    id = "zsh"
    commands = ("zsh",)
    words = (*_Shells.words, "--emulate", "--no-rcs", "--xtrace", "--no-exec", "--sh-word-split", "-f", "-b")
    arg0s = ("sh", "-sh", "-zsh", "ksh")
    asks_stderr = False

    def option(self, rng: random.Random, marks: Marks) -> list[str]:
        """Also give the emulation."""
        found = super().option(rng, marks)
        return [*found, rng.choice(("sh", "ksh", "csh", "zsh"))] if found[0] == "--emulate" else found


class Ksh(_Shells):
    """ksh93."""

    id = "ksh"
    commands = ("ksh93",)
    letters = "abefhkmnptuvxBCGHlisc"
    arg0s = ("ksh", "-ksh", "rksh")


class Mksh(_Shells):
    """mksh."""

    id = "mksh"
    commands = ("mksh",)
    letters = "abefhkmnpuvxCUXlisc"
    arg0s = ("ksh", "-mksh", "mksh")


class Fish(_Shells):
    """fish."""

    id = "fish"
    commands = ("fish",)
    letters = "NPilnv"
    variables = ("XDG_CONFIG_HOME", "ENV", "PS1")
    brings = False

    def option(self, rng: random.Random, marks: Marks) -> list[str]:
        """Spell one option."""
        return rng.choice((
            ["-C", marks()], ["--init-command=" + marks()], ["-N"], ["--no-config"], ["-P"], ["-l"], ["-i"], ["-n"],
            ["--login"], ["-Nc" + marks()],
            ["--command", marks()], ["--comm", marks()], ["-p", "out"], ["-d", "x"], ["-o", "out"], ["--init-co", marks()],
            ["-f", "x"], ["--bogus"],
            ["-v"], ["-Nc", marks()], ["-lNC", marks()], ["--profile=out"], ["-D", "3"], ["-q"],
        ))  # fmt: skip

    def woken(self, case: Case) -> Case:
        """Give each text a line of its own: behind another word it is that command's argument."""
        return apart(case, self.template)


class Csh(_Shells):
    """tcsh."""

    id = "csh"
    commands = ("tcsh",)
    letters = "bdefimnqvVxXtsc"
    words = ("--", "-", "--help", "--version", "-l", "+", "-f", "-m", "-e", "-v")
    names = ("x",)
    variables = ("ENV", "prompt")
    brings = False

    def option(self, rng: random.Random, marks: Marks) -> list[str]:
        """Spell one option."""
        if rng.random() < 0.9:
            return ["-" + "".join(rng.sample(self.letters.replace("c", ""), rng.choice((1, 1, 2))))]
        return super().option(rng, marks)

    def cluster(self, rng: random.Random, letter: str) -> str:
        """Return a cluster with the letter in it."""
        return "-" + super().cluster(rng, letter)[1:]


class Busybox(_Shells):
    """busybox's shell, by its applet's name in the first word or in argv[0]."""

    follows = True

    id = "busybox"
    commands = ("busybox",)
    letters = "aefuvxmlIbCnisc"
    words = ("--", "-", "+", "--login", "--help", "--bogus")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Put the applet in front."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.2:
            case.argv0 = rng.choice(("sh", "ash", "/bin/ash", "-ash"))
        else:
            case.argv0 = ""
            case.argv[1:1] = rng.choice((["sh"], ["ash"], ["busybox", "sh"], ["/bin/sh"], ["./ash"]))
        return case
