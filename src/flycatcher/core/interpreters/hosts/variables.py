"""Variables that hold a command, or another program's options: of pagers, editors, remote shells, wrappers.

They belong to programs that have no table of their own. Sources: man(1), psql(1), systemctl(1), sudo(8), the Subversion book,
cvs(1), less(1), fzf(1), bat(1), gh(1), aws(1), hg(1), kubectl, cargo ("Environment Variables"), go(1), borg, restic, mvn, gradle,
prove(1), npm-config(7).
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.options import EXIT, VALUE, Option, Options, each, parse
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine

_TEXTS = (
    # of everybody
    "VISUAL", "EDITOR", "PAGER", "BROWSER",
    # pagers
    "MANPAGER", "PSQL_PAGER", "MYSQL_PAGER", "SYSTEMD_PAGER", "AWS_PAGER", "GH_PAGER", "GLAB_PAGER", "BAT_PAGER", "DELTA_PAGER",
    "HGPAGER", "P4PAGER", "LESSCLOSE", "LESSEDIT", "PERLDOC_PAGER", "RI_PAGER", "JJ_PAGER",
    # editors
    "SYSTEMD_EDITOR", "SUDO_EDITOR", "PSQL_EDITOR", "SVN_EDITOR", "CVSEDITOR", "HGEDITOR", "P4EDITOR", "FCEDIT", "KUBE_EDITOR",
    "GH_EDITOR", "GLAB_EDITOR", "TEXEDIT", "BUNDLER_EDITOR", "GEM_EDITOR", "REACT_EDITOR", "LAUNCH_EDITOR", "OC_EDITOR",
    # other machines, and their passwords
    "SVN_SSH", "CVS_RSH", "BORG_RSH", "BORG_PASSCOMMAND", "RESTIC_PASSWORD_COMMAND", "RCLONE_PASSWORD_COMMAND", "GIT_PROXY_COMMAND",
    "DOCKER_SSH_COMMAND", "PDSH_SSH_ARGS_APPEND", "LIBGIT2_SSH_COMMAND",
    # what a program starts for itself
    "FZF_DEFAULT_COMMAND", "FZF_CTRL_T_COMMAND", "FZF_ALT_C_COMMAND", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC_WRAPPER", "CARGO_BUILD_RUSTC", r"CARGO_TARGET_\w+_(?:RUNNER|LINKER)", "GH_BROWSER", "KDEROOTHOME_COMMAND",
    "CMAKE_C_COMPILER_LAUNCHER", "CMAKE_CXX_COMPILER_LAUNCHER", "npm_config_script_shell", "npm_config_shell", "npm_config_editor",
    "npm_config_git", "npm_config_viewer", "NPM_CONFIG_(?:SCRIPT_SHELL|SHELL|EDITOR|GIT|VIEWER)", "KUBECTL_EXTERNAL_DIFF",
)  # fmt: skip
"""A shell, or execvp(3) with the words, runs the value."""
_OTHERS = {
    **dict.fromkeys(("npm_config_node_options", "NPM_CONFIG_NODE_OPTIONS"), "NODE_OPTIONS"),
    **dict.fromkeys(("MAVEN_OPTS", "GRADLE_OPTS", "JAVA_OPTS", "SBT_OPTS", "ANT_OPTS", "CATALINA_OPTS", "KAFKA_OPTS",
                     "ES_JAVA_OPTS", "LEIN_JVM_OPTS", "JENKINS_JAVA_OPTS", "LS_JAVA_OPTS", "HADOOP_OPTS",
                     "SPARK_SUBMIT_OPTS"), "JDK_JAVA_OPTIONS"),
    "HARNESS_PERL_SWITCHES": "PERL5OPT",
}  # fmt: skip
"""Variables whose value a program gives to another one, as that one reads it in a variable of its own."""
_GO = re.compile(r"-(?:toolexec|exec)=(.+?)(?=\s-[a-z]+=|$)", re.DOTALL)
_TEXT = re.compile("|".join(_TEXTS))


class CommandVariables(Host):
    """No program: what any program inherits, and starts by these variables."""

    id = "command_variables"
    names = ()
    install = "nothing: it is no program"
    options = Options(parser="own")
    variables = (*_TEXTS, *_OTHERS, "GOFLAGS")
    wakes = ((),)

    def read(self, execution: Execution) -> Reading:
        """Read each variable as the program reads it that it belongs to."""
        reading = Reading(self, execution)
        for name, value in execution.env.items():
            if name in _OTHERS:
                self._as_another(reading, name, value)
            elif name == "GOFLAGS":
                for found in _GO.finditer(value):
                    reading.add("environment", found[1].strip("'\""), variable=name, offset=found.start(1))
            elif _TEXT.fullmatch(name):
                reading.add("environment", value, variable=name)
        return reading.finish("nothing")

    @staticmethod
    def _as_another(reading: Reading, name: str, value: str) -> None:
        """Read a value in the place of another variable's."""
        from flycatcher.core.interpreters.carriers import carried  # noqa: PLC0415 - the module above this one

        for found in carried({_OTHERS[name]: value}):
            for snippet in found.snippets:
                reading.snippets.append(replace(snippet, variable=name))
                reading.outcome = "inline"


class Man(Host):
    """man: the pager of -P, or of the words of MANOPT, which stand in front of the line's; the browser of -H.

    It splits the pager into words and starts it without a shell, when it shows a page. Checked with man-db 2.11.
    """

    id = "man"
    names = (r"man",)
    install = "apt: man-db"
    verified = ("2.11",)
    variables = ("MANOPT",)
    hint = re.compile(r"\n-\w*[PH]|\n--pa|\n--h")
    options = Options(
        short={"P": Option("value", "code"), "H": Option("attached", "code"), **each("CRLmMSsepEr", VALUE),
               **each("TX", Option("attached", detail="paper")), **each("Zt", Option(detail="paper")),
               **each("fkwWcK", Option(detail="no page")), **each("V?", EXIT)},
        long={"--pager": Option("value", "code"), "--html": Option("attached", "code"),
              **each(("--apropos", "--whatis", "--where", "--path", "--location", "--where-cat", "--location-cat", "--catman",
                      "--global-apropos"), Option(detail="no page")),
              **each(("--troff", "--ditroff"), Option(detail="paper")),
              **each(("--troff-device", "--gxditview"), Option("attached", detail="paper")),
              **each(("--help", "--usage", "--version"), EXIT)},
        parser="getopt_long", permute=True, unknown="skip",
    )  # fmt: skip

    def read(self, execution: Execution) -> Reading:
        """Read the variable's words, then the line."""
        reading = super().read(execution)
        value = execution.env.get("MANOPT", "")
        try:
            words = shlex.split(value)
        except ValueError:
            words = value.split()
        for given in parse(self.options, ("man", *words)).every("code") if words else ():
            if given.value:
                reading.add("environment", given.value, option=given.name, variable="MANOPT")
        return reading

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the last pager and the last browser, unless no page is shown, or is typeset."""
        if any(given.option.detail in ("paper", "no page") for given in command.given):
            return reading.finish("nothing")
        for name in ("P", "H"):
            chosen = [
                given
                for given in self.texts(command)
                if given.name.lstrip("-")[:1].upper() == ("P" if name == "P" else "H")
            ]
            if chosen and chosen[-1].value:
                reading.code(chosen[-1])
        return reading.finish("nothing")
