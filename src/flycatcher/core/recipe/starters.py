"""Who started an execution, by what its ancestors are: a package manager's hook, a build tool's recipe, a web server, ...

The one table of starters. A process is known by its executable, by the script that an interpreter runs, by the module that
``python -m`` names, and by the title that a daemon gives itself (``php-fpm: pool www``, ``npm ci``). Nothing here lowers a
score by a mere name: a build tool only answers for a server that was started below it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from flycatcher.core import interpreters
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters.names import base
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flycatcher.core.execution import Process
    from flycatcher.core.interpreters import Reading

Kind = Literal[
    "web server",
    "database server",
    "job scheduler",
    "package manager",
    "build tool",
    "CI runner",
    "remote login",
    "container",
]

DEPTH = 32
"""Ancestors that are looked at."""
NAMES: Mapping[Kind, frozenset[str]] = {
    "web server": frozenset({
        "nginx", "apache2", "httpd", "php-fpm", "php-cgi", "lsphp", "gunicorn", "uwsgi", "uvicorn", "hypercorn", "daphne",
        "waitress-serve", "unicorn", "puma", "thin", "passenger", "caddy", "lighttpd", "tomcat", "catalina", "jetty", "http.server",
        "http-server", "pm2", "apache", "traefik", "starman", "plackup", "hypnotoad", "mod_wsgi-express", "flask",
    }),
    "database server": frozenset({"postgres", "mysqld", "mariadbd", "redis-server", "valkey-server", "mongod", "memcached"}),
    "job scheduler": frozenset({"cron", "crond", "atd", "anacron", "fcron", "supercronic", "incrond", "bcron-exec"}),
    "package manager": frozenset({
        "npm", "npm-cli", "npx", "npx-cli", "yarn", "yarnpkg", "pnpm", "pip", "pip3", "uv", "gem", "bundle", "bundler", "composer",
        "cargo", "easy_install", "bun", "cpan", "cpanm", "cpanminus", "luarocks", "dpkg", "rpm", "apk", "pacman", "conda", "mamba",
        "poetry", "pdm",
    }),
    "build tool": frozenset({
        "make", "gmake", "ninja", "samu", "cmake", "ctest", "meson", "scons", "waf", "bazel", "gradle", "gradlew", "mvn", "mvnw",
        "ant", "sbt", "rake", "just", "task", "tox", "nox", "pytest", "py.test", "nx", "turbo", "grunt", "gulp", "webpack",
        "dpkg-buildpackage", "debuild", "rpmbuild", "dh", "node-gyp", "pre-commit", "buildah", "autoreconf", "configure",
        "ansible-playbook", "vite", "lerna", "jest", "vitest", "mocha", "prove", "rspec", "cargo-build",
    }),
    "CI runner": frozenset({
        "Runner.Worker", "Runner.Listener", "gitlab-runner", "buildkite-agent", "Agent.Worker", "Agent.Listener",
        "drone-runner-exec", "woodpecker-agent", "act_runner", "forgejo-runner", "circleci-agent", "build-agent",
    }),
    "remote login": frozenset({"sshd", "sshd-session", "dropbear", "in.telnetd", "telnetd", "mosh-server"}),
    "container": frozenset({
        "containerd-shim", "containerd-shim-runc-v2", "conmon", "tini", "dumb-init", "docker-init", "catatonit",
    }),
}  # fmt: skip
"""Names without a version, as :func:`_names` gives them."""
_BY_NAME: Mapping[str, Kind] = {name: kind for kind, names in NAMES.items() for name in names}
POINTS: Mapping[Kind, tuple[int, str]] = {
    "web server": (30, "a web server started it"),
    "database server": (30, "a database server started it"),
    "job scheduler": (12, "a job scheduler started it"),
    "package manager": (8, "a package manager's install started it"),
}
"""What a starter is worth; the others are facts only."""
_BUILDS = frozenset({"build tool", "CI runner", "package manager"})
_RUNS_A_SCRIPT = frozenset(
    {"run", "run-script", "rum", "urn", "exec", "x", "test", "t", "tst", "start", "restart", "stop"}
)
"""Subcommands by which npm and its like run a project's own script: a build tool's work."""
_INSTALL_EVENTS = frozenset({
    "preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare", "prepublish", "dependencies",
})  # fmt: skip
_JAVA_SERVERS = lazy(r"org\.apache\.catalina\.|org\.eclipse\.jetty\.|jetty|tomcat|org\.jboss\.|wildfly|weblogic\.")
_JAVA_BUILDS = lazy(
    r"org\.gradle\.|gradle-|plexus\.classworlds|org\.apache\.(?:maven|tools\.ant)|surefire|sbt-launch|bazel|hudson\.remoting|"
    r"remoting\.jar|agent\.jar|kotlin"
)
_SERVE = frozenset({("manage", "runserver"), ("artisan", "serve"), ("rails", "server"), ("rails", "s")})
"""Scripts and the subcommands by which frameworks serve."""
_VERSION = lazy(r"[-.]?\d[\d.]*$")
_ENDING = lazy(r"\.(?:c?js|mjs|py|rb|php|pl|phar|sh)$")


class Starter(Struct, frozen=True, kw_only=True):
    """One ancestor that means something, or what the environment says of one."""

    kind: Kind
    program: str
    hook: str = ""
    """The event of a package manager's hook: ``postinstall``."""
    pid: int = 0


def starters(execution: Execution) -> list[Starter]:
    """Return who started an execution, nearest first, each kind once."""
    found: dict[Kind, Starter] = {}
    for starter in (*_from_environment(execution.env), *_from_ancestors(execution.ancestry[:DEPTH])):
        found.setdefault(starter.kind, starter)
    return list(found.values())


def points(found: Iterable[Starter]) -> Iterator[tuple[int, str]]:
    """Yield points and reasons. A scheduler counts where it started the thing itself, a server where no build runs it."""
    chain = list(found)
    for at, starter in enumerate(chain):
        if starter.kind not in POINTS:
            continue
        if starter.kind == "job scheduler" and at and any(each.kind in _BUILDS for each in chain[:at]):
            continue
        if starter.kind in {"web server", "database server"} and any(each.kind in _BUILDS for each in chain[at + 1 :]):
            continue
        yield POINTS[starter.kind]


def facts(found: list[Starter]) -> dict[str, str]:
    """Return the nearest starter as facts of the context: ``started_by.kind``, ``.program``, ``.hook``, ``.pid``."""
    if not found:
        return {}
    nearest = found[0]
    named = {
        "kind": nearest.kind,
        "program": nearest.program,
        "hook": nearest.hook,
        "pid": str(nearest.pid) if nearest.pid else "",
    }
    return {f"started_by.{name}": value for name, value in named.items() if value}


def _from_environment(env: Mapping[str, str]) -> Iterator[Starter]:
    """Yield what a package manager tells its hooks. Sources: npm-scripts(7), PEP 517 hooks as pyproject-hooks calls them."""
    event = env.get("npm_lifecycle_event", "")
    if event:
        agent = env.get("npm_config_user_agent", "npm").partition("/")[0] or "npm"
        install = event in _INSTALL_EVENTS
        yield Starter(kind="package manager" if install else "build tool", program=agent, hook=event)
    if "PIP_BUILD_TRACKER" in env or "_PYPROJECT_HOOKS_BUILD_BACKEND" in env:
        yield Starter(kind="package manager", program="pip", hook="build")
    if "COMPOSER_DEV_MODE" in env or "COMPOSER_BINARY" in env:
        yield Starter(kind="package manager", program="composer", hook="script")
    if env.get("MAKELEVEL", "").isdigit():
        yield Starter(kind="build tool", program="make")


def _from_ancestors(ancestry: tuple[Process, ...]) -> Iterator[Starter]:
    for process in ancestry:
        known = identify(process.exe, process.comm, process.argv)
        if known is not None:
            yield Starter(kind=known[0], program=known[1], pid=process.pid)


@lru_cache(maxsize=2048)
def identify(exe: str, comm: str, argv: tuple[str, ...]) -> tuple[Kind, str] | None:
    """Return what a process is, and the name it is known by; None for nothing that is known."""
    for name in _names(exe, comm, argv):
        short = _VERSION.sub("", name)
        kind = _BY_NAME.get(short) or _BY_NAME.get(name)
        if kind == "package manager" and _runs_a_script(name, argv):
            return "build tool", name
        if kind is not None:
            return kind, short if short in _BY_NAME else name
    return _java(argv) if base(exe or comm) == "java" else None


def _names(exe: str, comm: str, argv: tuple[str, ...]) -> Iterator[str]:
    """Yield the names of a program: its file's, its title's, its script's or module's."""
    program = exe.removesuffix(" (deleted)") or comm
    yield base(program)
    if argv:
        yield base(argv[0].partition(" ")[0]).rstrip(":").removeprefix("-")
    interpreter = interpreters.by_name(program) or (interpreters.by_name(argv[0]) if argv and not exe else None)
    if interpreter is None or len(argv) < 2:
        return
    reading = interpreters.read(Execution(argv=argv, exe=exe))
    at = _script(reading, argv)
    if at is not None:
        script = _ENDING.sub("", base(argv[at]))
        yield script
        if (script, *argv[at + 1 : at + 2]) in _SERVE:
            yield "http.server"
    if interpreter.id == "python" and "-m" in argv[:-1]:
        module = argv[argv.index("-m") + 1]
        yield module
        yield module.partition(".")[0]
    if interpreter.id == "php" and any(word.startswith("-S") for word in argv[1:]):
        yield "http.server"


def _script(reading: Reading | None, argv: tuple[str, ...]) -> int | None:
    """Return the index of the word that names the script; where no table says, the first that is no option."""
    if reading is not None and (reading.script is not None or reading.snippets):
        return reading.script if reading.script is not None and reading.script < len(argv) else None
    return next((at for at, word in enumerate(argv) if at and not word.startswith("-")), None)


def _runs_a_script(name: str, argv: tuple[str, ...]) -> bool:
    """Whether npm or one of its like runs a script of the project (``npm run build``), rather than installing."""
    words = argv[0].split() if len(argv) == 1 and " " in argv[0] else list(argv)
    named = [at for at, word in enumerate(words) if _ENDING.sub("", base(word)) == name]
    after = (word for word in words[(named[0] if named else 0) + 1 :] if not word.startswith("-"))
    return next(after, "") in _RUNS_A_SCRIPT


def _java(argv: tuple[str, ...]) -> tuple[Kind, str]:
    """Say what a Java virtual machine runs: builds and their test workers, else an application that serves somebody."""
    line = " ".join(argv)[:65_536]
    if _JAVA_BUILDS.search(line):
        return "build tool", "java"
    return "web server", "tomcat" if _JAVA_SERVERS.search(line) else "java"
