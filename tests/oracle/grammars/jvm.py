"""The command lines of what runs on Java: java itself, Clojure, Rhino, BeanShell, Groovy, jshell, jrunscript, Jython, Scala, Kotlin.

A virtual machine starts in a second or more: a hundred lines each, of words that are listed here.
"""

from __future__ import annotations

import glob
import os
import random
import re
from pathlib import Path
from typing import ClassVar

from tests.oracle.harness import STDIN, Case, Grammar, Marks, which

ERROR = re.compile(
    r"(?i)usage|error|unknown|unrecogni[sz]ed|invalid|ambiguous|requires|cannot|can't|no such|not found|missing|does not exist|"
    r"exception|could ?n.t|expects|not a valid|bad option|not recogni[sz]ed|neither"
)
PROGRAMS = Path(os.environ.get("FLYCATCHER_PROGRAMS", Path.home() / ".cache" / "flycatcher-programs"))
HOME = "/usr/lib/jvm/default-java"
JANSI = "/usr/share/java/jansi1.jar"
"""A library that Debian's jline 2 needs, and on which neither its scala nor its groovy depends."""


class OnJava(Grammar):
    """Words of a list, then a tail, in every kind of environment."""

    refusal = ERROR
    share = 0.01
    seconds = 60
    script = ""
    some: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Words of which a line is made; ``{code}`` in them is program text."""
    tails: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """What may stand behind them, beside the script and stdin's paths."""
    letters = ""
    """Of which random clusters are made."""
    variables: ClassVar[dict[str, tuple[str, ...]]] = {}
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "pipe", "file", "null")
    most = 3

    def programs(self) -> list[str]:
        """Return the program of the same name."""
        return which(self.id) if self.id else []

    def refused(self, code: int, printed: str) -> bool:
        """Count what ends with an error as refused, whatever its exit code: several of them return 0 then."""
        return (code != 0 and self.refusal.search(printed) is not None) or self.broken(printed)

    def broken(self, printed: str) -> bool:
        """Tell whether it says that it did not run the program, and exits with 0 all the same."""
        return "JShell execution engine threw" in printed

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line."""
        del program
        case = Case([self.id], files={self.script: self.file(marks)})
        case.stdin = rng.choice(self.stdins)
        case.stdin_text = "" if case.stdin == "null" else self.file(marks)
        case.env = {name: filled(rng.choice(v), marks) for name, v in self.variables.items() if rng.random() < 0.12}
        case.env["JAVA_HOME"] = HOME
        case.env.setdefault("JAVA_TOOL_OPTIONS", "-Duser.home=.")  # Java takes it from /etc/passwd, and writes there
        for _ in range(rng.randrange(self.most)):
            with_text = [words for words in self.some if "{code}" in words[-1]]
            case.argv += [filled(word, marks) for word in rng.choice((rng.random() < 0.3 and with_text) or self.some)]
        if self.letters and rng.random() < 0.15:
            case.argv.append("-" + "".join(rng.choice(self.letters) for _ in range(rng.randrange(1, 4))))
        case.argv += self.tail(rng, marks)
        return case

    def file(self, marks: Marks) -> str:
        """Make a file's text."""
        return marks() + "\n"

    def tail(self, rng: random.Random, marks: Marks) -> list[str]:
        """Make the operands: mostly such as run something."""
        usual = ((), (), (self.script,), (self.script, "-e", "{code}"), (rng.choice(STDIN),))
        odd = (("--", self.script), ("-",), ("-", "{code}"), ("none.x",), ("", self.script), ("--",))
        kind: tuple[tuple[str, ...], ...] = rng.choice((usual, usual, odd, self.tails or usual))
        return [filled(word, marks) for word in rng.choice(kind)]


def filled(word: str, marks: Marks) -> str:
    """Put program text into a word."""
    while "{code}" in word:
        word = word.replace("{code}", marks(), 1)
    return marks(word) if "{n}" in word else word


class Clojure(OnJava):
    """clojure."""

    id = "clojure"
    template = '(spit (System/getenv "FC_MARK") "{n}\\n" :append true)'
    script = "script.clj"
    some = (
        ("-e", "{code}"), ("-e", "{code}"), ("--eval", "{code}"), ("-i", "script.clj"), ("--init", "script.clj"), ("-i", "-"),
        ("--report", "stderr"), ("--report", "none"), ("-e{code}",), ("--eval={code}",), ("-e", ""), ("-e", "nil"), ("-i", "none.clj"),
        ("-e", "{code}{code}"), ("-cp", "."), ("-e",), ("-x",), ("--version",), ("-i", "/dev/stdin"), ("--eva", "{code}"), ("-ie", "{code}"),
    )  # fmt: skip
    tails = (("-r",), ("--repl",), ("-m", "clojure.main"), ("-h",), ("-?",), ("--help", "{code}"), ("--",), ("-r", "-e", "{code}"),
             ("-m", "clojure.main", "-e", "{code}"), ("-m",), ("--main", "none"), ("@script.clj",), ("-r", "script.clj"))  # fmt: skip


class Rhino(OnJava):
    """rhino."""

    id = "rhino"
    template = 'var w=new java.io.FileWriter(java.lang.System.getenv("FC_MARK"),true);w.write("{n}\\n");w.close();'
    script = "script.js"
    some = (
        ("-e", "{code}"), ("-e", "{code}"), ("-f", "script.js"), ("-f", "-"), ("-f", "/dev/stdin"), ("-opt", "0"), ("-O", "-1"), ("-opt", "x"),
        ("-version", "180"), ("-version", "200"), ("-version", "1"), ("-w",), ("-strict",), ("-debug",), ("-fatal-warnings",), ("-require",), ("-sandbox",),
        ("-modules", "."), ("-encoding", "utf-8"), ("-e{code}",), ("-?",), ("-help",), ("-x",), ("-e",), ("-f", "none.js"), ("-main", "script.js"),
        ("-continuations",), ("-e", "quit()"), ("-e", "load('script.js')"), ("-opt", "+1"), ("-sealedlib",),
    )  # fmt: skip

    def broken(self, printed: str) -> bool:
        """Tell whether a file is missing."""
        return "Couldn't" in printed or "not found" in printed


class Bsh(OnJava):
    """bsh."""

    id = "bsh"
    template = 'w=new java.io.FileWriter(System.getenv("FC_MARK"),true);w.write("{n}\\n");w.close();'
    script = "script.bsh"
    some = (
        ("script.bsh",),
        ("none.bsh",),
        ("-x",),
        ("-e", "{code}"),
        ("-classpath", "."),
        ("--help",),
        ("-",),
        ("--",),
    )
    most = 3

    def broken(self, printed: str) -> bool:
        """Tell whether a file is missing: it exits with 0."""
        return "File not found" in printed


class Jrunscript(OnJava):
    """jrunscript, with the engine that Jython's jar brings."""

    id = "jrunscript"
    template = 'import os;f=open(os.environ["FC_MARK"],"a");f.write("{n}\\n");f.close()'
    script = "script.py"
    jar = "/usr/share/java/jython.jar"
    some = (
        ("-e", "{code}"), ("-e", "{code}"), ("-f", "script.py"), ("-f", "-"), ("-encoding", "utf-8"), ("-e{code}",), ("-q",), ("-?",), ("-x",), ("-Da=b",),
        ("-e",), ("-l", "python"), ("-l", "none"), ("-J-Dx=y",), ("--help",), ("-f", "/dev/stdin"), ("-f", "none.py"), ("-help",), ("-h",), ("-cp", jar),
        ("-l",), ("-encoding", "none"), ("-e", ""),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line for Jython's engine."""
        case = super().case(rng, marks, program)
        case.argv[1:1] = ["-cp", self.jar, "-l", "python"]
        return case


class Jython(OnJava):
    """jython."""

    id = "jython"
    template = 'import os;f=open(os.environ["FC_MARK"],"a");f.write("{n}\\n");f.close()'
    script = "script.py"
    some = (
        ("-c", "{code}"), ("-c", "{code}"), ("-c{code}",), ("-S",), ("-u", "-c", "{code}"), ("-Wignore",), ("-W", "ignore"), ("-Sc", "{code}"), ("-Qold",),
        ("-Q", "warn"), ("-Qx",), ("-Dx=y",), ("-D", "x=y"), ("-i",), ("-E",), ("-s",), ("-B",), ("-3",), ("-v",), ("-b",), ("-d",), ("-O",), ("-R",), ("-t",),
        ("-U",), ("-x",), ("-X",), ("-J-Xmx1g",), ("-m", "none"), ("-m", "timeit"), ("-h",), ("-V",), ("--version",), ("--help",), ("--",), ("-c",), ("-jar", "none.jar"),
        ("-Dpython.inspect=1",), ("-Dpython.startup=script.py",), ("--vers",), ("-ic", "{code}"), ("-VSc", "{code}"),
    )  # fmt: skip
    letters = "cimSuvEVhsBW"
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "PYTHONINSPECT": ("1", ""), "JYTHONSTARTUP": ("script.py", "/dev/stdin"), "JYTHONPATH": (".",),
    }  # fmt: skip


class Groovy(OnJava):
    """groovy."""

    id = "groovy"
    template = "new File(System.getenv('FC_MARK')).append('{n}\\n');"
    script = "script.groovy"
    some = (
        ("-e", "{code}"), ("-e", "{code}"), ("-de", "{code}"), ("-e{code}",), ("-v",), ("-n",), ("-p",), ("-d",), ("--debug",), ("--deb",), ("-c", "UTF-8"), ("-cUTF-8",),
        ("--encoding", "UTF-8"), ("--encoding=UTF-8",), ("-D", "a=b"), ("-Da=b",), ("--define", "a=b"), ("-i", ".bak"), ("-i",), ("-a",), ("-a", ","), ("-ane", "{code}"),
        ("-b", "groovy.lang.Script"), ("--basescript", "none"), ("--configscript", "script.groovy"), ("--indy",), ("-cp", "."), ("-classpath", "."), ("--classpath", "."),
        ("--disableopt", "all"), ("-h",), ("--help",), ("-x",), ("--none",), ("-e",), ("-", "script.groovy"), ("-pe", "{code}"), ("-ne", "{code}"), ("-ea", "{code}"),
        ("-e", "-n"), ("-ev", "{code}"), ("--version",), ("-debug",), ("-conf", "script.groovy"),
    )  # fmt: skip
    letters = "endpaicDbh"
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "JAVA_OPTS": ("-Da=b", "-Da=$(echo {n} >>$FC_MARK)", "; echo {n} >>$FC_MARK ;"), "PROFILER": ("none", "script.sh"),
        "JAVA_TOOL_OPTIONS": ("-Da=b",),
    }  # fmt: skip
    tails = (("file:script.groovy",), ("script",), ("x.java",), ("--", "-e", "{code}"), ("script.groovy", "--", "x"))


class GroovyShell(OnJava):
    """groovysh."""

    id = "groovysh"
    template = "new File(System.getenv('FC_MARK')).append('{n}\\n');"
    script = "script.groovy"
    some = (
        ("-e", "{code}"), ("-e", "{code}"), ("--evaluate", "{code}"), ("--evaluate={code}",), ("-e{code}",), ("-q",), ("-d",), ("-v",), ("-C",), ("--color=no",), ("-T", "none"),
        ("-Tdumb",), ("--terminal=dumb",), ("-D", "a=b"), ("-Da=b",), ("--define=a=b",), ("-cp", JANSI), ("-h",), ("-V",), ("--help",), ("--version",), ("-qe", "{code}"), ("-x",),
        ("--eval", "{code}"), ("--quiet",), ("-e",),
    )  # fmt: skip
    letters = "eqdvC"

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line, with the library that Debian's jline misses."""
        case = super().case(rng, marks, program)
        case.env["CLASSPATH"] = JANSI
        return case


class JShell(OnJava):
    """jshell."""

    id = "jshell"
    template = (
        'java.nio.file.Files.writeString(java.nio.file.Path.of(System.getenv("FC_MARK")),"{n}\\n",java.nio.file.StandardOpenOption.CREATE,'
        "java.nio.file.StandardOpenOption.APPEND)"
    )
    script = "script.jsh"
    some = (
        ("-",), ("script.jsh",), ("-s",), ("--startup", "script.jsh"), ("--startup=script.jsh",), ("--start", "script.jsh"), ("--startup", "DEFAULT"), ("--no-startup",), ("-q",),
        ("-v",), ("-sv",), ("--feedback", "silent"), ("--feedback", "none"), ("-R-Da=b",), ("-J-Da=b",), ("-C-g",), ("--class-path", "."), ("--enable-preview",), ("-h",), ("--version",),
        ("--show-version",), ("--help-extra",), ("-X",), ("--execution", "local"), ("--execution", "none"), ("--add-modules", "java.base"), ("--startup", "none"), ("PRINTING",), ("-x",),
        ("--startup", "/dev/stdin"), ("--module-path", "."),
    )  # fmt: skip
    letters = "qsv"
    tails = (("-", "script.jsh"), ("script.jsh", "script.jsh"))


class Scala(OnJava):
    """scala; -nc: Debian's compile server does not start on its Java."""

    id = "scala"
    template = 'locally{ val w = new java.io.FileWriter(System.getenv("FC_MARK"),true); w.write("{n}\\n"); w.close() }'
    script = "script.scala"
    seconds = 90
    some = (
        ("-e", "{code}"), ("-e", "{code}"), ("-nc",), ("-Da=b",), ("-J-Da=b",), ("-deprecation",), ("-feature",), ("-howtorun", "script"), ("-howtorun:script",), ("-howtorun:guess",),
        ("-i", "script.scala"), ("-I", "script.scala"), ("-cp", "."), ("-classpath", "."), ("-Xnojline",), ("-Xnojline",), ("-version",), ("-help",), ("-x",), ("-e",), ("-e{code}",), ("-save",), ("-nobootcp",),
        ("-encoding", "UTF-8"), ("-e={code}",), ("-howtorun:jar",), ("-g:none",), ("-d", "."), ("--",), ("-debug",), ("-toolcp", "."), ("-usebootcp",), ("-Ydebug",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line that needs no compile server, with the library that Debian's jline misses."""
        case = super().case(rng, marks, program)
        case.argv[1:1] = ["-nc", "-toolcp", JANSI]
        return case

    def broken(self, printed: str) -> bool:
        """Tell whether the console misses a library, or a mistake was found: it exits with 0 then."""
        return "NoClassDefFoundError" in printed or "error:" in printed or "bad option" in printed


class Kotlin(OnJava):
    """kotlin."""

    id = "kotlin"
    template = 'java.io.File(System.getenv("FC_MARK")).appendText("{n}\\n")'
    script = "script.kts"
    seconds = 120
    some = (
        ("-e", "{code}"), ("-e", "{code}"), ("-expression", "{code}"), ("-e{code}",), ("-e={code}",), ("-cp", "."), ("-classpath", "."), ("-Da=b",), ("-J-Da=b",), ("-no-reflect",), ("-no-stdlib",),
        ("-howtorun", "script"), ("-howtorun", "guess"), ("-howtorun", "jar"), ("-Xrepl",), ("-Xrepl",), ("-Xallow-any-scripts-in-source-roots",), ("-h",), ("-help",), ("-version",), ("-x",),
        ("-e",), ("--",),
    )  # fmt: skip
    most = 3
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "null")

    def programs(self) -> list[str]:
        """Return the ones of npm and of Debian."""
        own = PROGRAMS / "kotlin" / "bin" / self.id
        return [*([str(own)] if own.exists() else []), *which(self.id)]

    def tail(self, rng: random.Random, marks: Marks) -> list[str]:
        """Make the operands."""
        return rng.choice(
            ([], [], [], [self.script], ["none.kts"], ["-"], [rng.choice(STDIN)], [self.script, "-e", marks()])
        )


class KotlinCompiler(Kotlin):
    """kotlinc; no null: the console of 1.3 goes on at the end of what it reads."""

    id = "kotlinc"
    stdins = ("pipe", "pipe", "file")
    some = (
        ("-e", "{code}"), ("-e", "{code}"), ("-expression", "{code}"), ("-e{code}",), ("-script",), ("-script", "script.kts"), ("-nowarn",), ("-cp", "."), ("-Xrepl",), ("-Xrepl",), ("-no-reflect",),
        ("-Da=b",), ("-J-Da=b",), ("-jvm-target", "11"), ("-help",), ("-version",), ("-X",), ("-x",), ("-e",), ("-verbose",), ("-no-stdlib",), ("-P", "plugin:a:b=c"), ("-expression={code}",), ("-d", "out"),
    )  # fmt: skip


LANGUAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    Clojure.template: ("clojure", ("-cp", "/usr/share/java/clojure.jar", "clojure.main")),
    Rhino.template: ("rhino", ("-cp", "/usr/share/java/js.jar", "org.mozilla.javascript.tools.shell.Main")),
    Jython.template: ("jython", ("-cp", "/usr/share/java/jython.jar", "org.python.util.jython")),
    Bsh.template: ("bsh", ("-cp", "/usr/share/java/jline.jar:/usr/share/java/bsh.jar", "jline.ConsoleRunner", "bsh.Interpreter")),
    Groovy.template: ("groovy", ("-cp", "/usr/share/java/groovy-all.jar", "groovy.ui.GroovyMain")),
    JShell.template: ("jshell", ("-m", "jdk.jshell/jdk.internal.jshell.tool.JShellToolProvider")),
}  # fmt: skip
"""A marker's text -> whose it is, and java's words that start it."""
JARS = {"clojure": "clojure.jar", "rhino": "js.jar", "jython": "jython.jar"}
"""Debian's jars that name their main class; groovy-all's does so in a way that Java does not read."""


class Java(OnJava):
    """java: source files, main classes, jars, agents, and the commands for when it fails."""

    id = "java"
    template = (
        'java.nio.file.Files.writeString(java.nio.file.Path.of(System.getenv("FC_MARK")),"{n}\\n",'
        "java.nio.file.StandardOpenOption.CREATE,java.nio.file.StandardOpenOption.APPEND);"
    )
    script = "Script.java"
    command = "echo {n} >>$FC_MARK"
    some = (
        ("--source", "17"), ("--source", "17"), ("--source=17",), ("-Da=b",), ("-cp", "."), ("--class-path", "."), ("-classpath", "."), ("--class-path=.",), ("-ea",), ("-Xmx200m",), ("-Xint",),
        ("-XX:+UseSerialGC",), ("--add-modules", "ALL-SYSTEM"), ("--add-opens", "java.base/java.lang=ALL-UNNAMED"), ("-showversion",), ("--show-version",), ("-verbose:gc",), ("-version",), ("--version",),
        ("-X",), ("-h",), ("--dry-run",), ("@args",), ("-x",), ("-agentlib:none",), ("-XshowSettings:vm",), ("--enable-preview",), ("-p", "."), ("-server",), ("-esa",), ("-XX:-UsePerfData",),
        ("-XX:OnOutOfMemoryError=" + command, "-XX:MaxMetaspaceSize=4m"), ("-XX:OnError=" + command,), ("-XX:OnOutOfMemoryError=kill -9 %p",),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "JDK_JAVA_OPTIONS": ("--source 17", "-Da='b c'", "-jar x.jar", "Script.java", "@args", f'-XX:OnOutOfMemoryError="{command}" -XX:MaxMetaspaceSize=4m'),
        "JAVA_TOOL_OPTIONS": ("-Da=b", f"'-XX:OnOutOfMemoryError={command}' -XX:MaxMetaspaceSize=4m", "-javaagent:none.jar", "--source 17"),
        "_JAVA_OPTIONS": ("-Da=b", f'-XX:OnOutOfMemoryError="{command}" -XX:MaxMetaspaceSize=4m'),
    }  # fmt: skip

    def programs(self) -> list[str]:
        """Return java of every JDK."""
        found = (*which("java"), *sorted(glob.glob("/usr/lib/jvm/*/bin/java")))
        return list(dict.fromkeys(os.path.realpath(path) for path in found))

    def file(self, marks: Marks) -> str:
        """Make a class."""
        return f"class Script {{ public static void main(String[] a) throws Exception {{ {marks()} }} }}\n"

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line for a source file, or for a main class."""
        if rng.random() < 0.5:
            return self.started(rng, marks)
        case = super().case(rng, marks, program)
        case.files["args"] = "--source 17\n"
        if rng.random() < 0.6:
            case.argv[1:1] = ["--source", "17"]
        return case

    def started(self, rng: random.Random, marks: Marks) -> Case:
        """Make a line that starts another language."""
        marks.template = rng.choice(list(LANGUAGES))
        name, words = LANGUAGES[marks.template]
        grammar = next(g for g in (Clojure(), Rhino(), Jython(), Bsh(), Groovy(), JShell()) if g.id == name)
        case = grammar.case(rng, marks, "")
        case.env = {key: case.env[key] for key in ("JAVA_HOME", "JAVA_TOOL_OPTIONS")}
        case.files["args"] = "-Da=b\n"
        if name in JARS and rng.random() < 0.3:
            words = ("-jar", "/usr/share/java/" + JARS[name])
        case.argv[1:1] = [*rng.choice(((), ("-Da=b",), ("-Xint",), ("@args",), ("-ea", "-Xss2m"))), *words]
        return case

    def tail(self, rng: random.Random, marks: Marks) -> list[str]:
        """Make the operands."""
        return rng.choice((["Script.java"], ["Script.java", "-e", marks()], [rng.choice(STDIN)], [rng.choice(STDIN)], [rng.choice(STDIN), "x"], ["none.java"], [],
                           ["-"], ["Script"], ["-jar", "none.jar"], ["-m", "none"]))  # fmt: skip
