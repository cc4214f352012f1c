"""Programs of builds whose file of tasks may be a descriptor, a FIFO or a link to one: nobody can review it then.

Only that counts: what such a file on a disk says is the program's own business. Sources: the programs' manuals; ant, thor,
scons, invoke, fab and npm checked with marker code; nox and doit open theirs twice, scons asks for a plain file unless it is named.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.paths import is_special
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Tool(Struct, frozen=True):
    """One program: the files that it looks for, the first of which counts, and the options that name another."""

    files: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()
    """Options that name the folder in which it looks."""
    variables: tuple[str, ...] = ()
    language: str = "shell"


TOOLS: dict[str, Tool] = {
    "ant": Tool(("build.xml",), ("-f", "-file", "-buildfile", "-propertyfile"), language="ant"),
    "thor": Tool(("Thorfile", "thorfile"), language="ruby"),
    "guard": Tool(("Guardfile",), ("-G", "--guardfile"), language="ruby"),
    "cap": Tool(("Capfile", "capfile", "Capfile.rb", "capfile.rb"), ("-f", "--rakefile"), language="ruby"),
    "vagrant": Tool(("Vagrantfile",), variables=("VAGRANT_VAGRANTFILE",), language="ruby"),
    "scons": Tool((), ("-f", "--file", "--makefile", "--sconstruct"), ("-C", "--directory"), language="python"),
    "waf": Tool(("wscript",), language="python"),
    "invoke": Tool(("tasks.py",), language="python"),
    "inv": Tool(("tasks.py",), language="python"),
    "fab": Tool(("fabfile.py",), language="python"),
    "locust": Tool(("locustfile.py",), ("-f", "--locustfile"), variables=("LOCUST_LOCUSTFILE",), language="python"),
    "tox": Tool(("tox.ini", "pyproject.toml", "setup.cfg"), ("-c", "--conf", "--config-file")),
    "meson": Tool(("meson.build",), language="meson"),
    "just": Tool(("justfile", "Justfile", ".justfile"), ("-f", "--justfile"), ("-d", "--working-directory"), ("JUST_JUSTFILE",)),
    "task": Tool(("Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml"),
        ("-t", "--taskfile"), ("-d", "--dir")),
    "mask": Tool(("maskfile.md",), ("--maskfile",)),
    "grunt": Tool(("Gruntfile.js", "Gruntfile.coffee", "gruntfile.js"), ("--gruntfile",), ("--base",), language="javascript"),
    "gulp": Tool(("gulpfile.js", "gulpfile.mjs", "gulpfile.cjs", "Gulpfile.js"), ("-f", "--gulpfile"),
        ("--cwd",), language="javascript"),
    "jake": Tool(("Jakefile", "jakefile", "Jakefile.js", "jakefile.js"), ("-f", "--jakefile"),
        ("-C", "--directory"), language="javascript"),
    "webpack": Tool(("webpack.config.js",), ("-c", "--config"), language="javascript"),
    "rollup": Tool((), ("-c", "--config"), language="javascript"),
    "npm": Tool((), ("--init-module", "--script-shell"), variables=("npm_config_init_module",
        "npm_config_script_shell"), language="javascript"),
    "gradle": Tool(("build.gradle", "build.gradle.kts", "settings.gradle"), ("-b", "--build-file", "-I", "--init-script"),
        ("-p", "--project-dir"), language="groovy"),
    "premake5": Tool(("premake5.lua", "premake4.lua"), ("--file",), language="lua"),
    "xmake": Tool(("xmake.lua",), ("-F", "--file"), ("-P", "--project"), language="lua"),
    "tup": Tool(("Tupfile", "Tupfile.lua")),
    "earthly": Tool(("Earthfile",)),
    "mage": Tool(("magefile.go",)),
    "hatch": Tool(("hatch_build.py",), language="python"),
}  # fmt: skip
_ALIASES = {"gradlew": "gradle", "go-task": "task", "grunt-cli": "grunt", "capistrano": "cap"}


class BuildPrograms(Host):
    """Programs that read a file of tasks, where it is no file."""

    id = "build_programs"
    names = (r"ant|thor|guard|cap|vagrant|scons|waf|inv(?:oke)?|fab|locust|tox|meson|just|(?:go-)?task|mask",
             r"grunt|gulp|jake|webpack|rollup|npm|gradlew?|premake5|xmake|tup|earthly|mage|hatch")  # fmt: skip
    install = "apt: ant, ruby-thor, meson, npm; pip: scons, invoke, fabric, tox"
    verified = ("ant 1.10", "thor 1.2", "scons 4.10", "invoke 3.0", "npm 9")
    variables = tuple(dict.fromkeys(name for tool in TOOLS.values() for name in tool.variables))
    options = Options(parser="own")
    unasked = True
    reads_stdin = False

    def read(self, execution: Execution) -> Reading:
        """Read the options that name a file, the variables, then the files that are looked for."""
        reading = Reading(self, execution)
        name = execution.argv[0].rpartition("/")[2]
        tool = TOOLS.get(_ALIASES.get(name, name))
        if tool is None:
            return reading
        reading.language = tool.language
        named = self.named(reading, tool)
        if not named and not any(word in ("--help", "-h", "--version") for word in execution.argv[1:]):
            argv = execution.argv
            folders = [argv[at + 1] for at, word in enumerate(argv[:-1]) if word in tool.folder]
            reading.looked_for(posixpath.join(*folders, name) for name in tool.files)
        return reading.finish("nothing")

    @staticmethod
    def named(reading: Reading, tool: Tool) -> bool:
        """Read the options and variables that name a file; return whether one does."""
        found, argv, env = False, reading.execution.argv, reading.execution.env
        for at, word in enumerate(argv):
            option, sign, value = word.partition("=")
            if at and option in tool.options:
                place, offset = (at, len(option) + 1) if sign else (at + 1, 0)
                path = value if sign else argv[place] if place < len(argv) else ""
                found = True
                if is_special(path, reading.execution):
                    reading.descriptor(path, index=place, option=option, offset=offset)
        for variable in tool.variables if not found else ():
            path = env.get(variable, "")
            found |= bool(path)
            if is_special(path, reading.execution):
                reading.descriptor(path, variable=variable)
        return found
