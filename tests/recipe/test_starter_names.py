"""Who started it: every name that means somebody, as a program, as a title, and with a version."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.recipe.starters import NAMES, identify, starters

KNOWN = {
    "web server": """
        apache apache2 caddy catalina daphne flask gunicorn http-server http.server httpd hypercorn hypnotoad jetty
        lighttpd lsphp mod_wsgi-express nginx passenger php-cgi php-fpm plackup pm2 puma starman thin tomcat traefik
        unicorn uvicorn uwsgi waitress-serve
    """,
    "database server": """
        mariadbd memcached mongod mysqld postgres redis-server valkey-server
    """,
    "job scheduler": """
        anacron atd bcron-exec cron crond fcron incrond supercronic
    """,
    "package manager": """
        apk bun bundle bundler cargo composer conda cpan cpanm cpanminus dpkg easy_install gem luarocks mamba npm
        npm-cli npx npx-cli pacman pdm pip pip3 pnpm poetry rpm uv yarn yarnpkg
    """,
    "build tool": """
        ansible-playbook ant autoreconf bazel buildah cargo-build cmake configure ctest debuild dh dpkg-buildpackage
        gmake gradle gradlew grunt gulp jest just lerna make meson mocha mvn mvnw ninja node-gyp nox nx pre-commit prove
        py.test pytest rake rpmbuild rspec samu sbt scons task tox turbo vite vitest waf webpack
    """,
    "CI runner": """
        Agent.Listener Agent.Worker Runner.Listener Runner.Worker act_runner build-agent buildkite-agent circleci-agent
        drone-runner-exec forgejo-runner gitlab-runner woodpecker-agent
    """,
    "remote login": """
        dropbear in.telnetd mosh-server sshd sshd-session telnetd
    """,
    "container": """
        catatonit conmon containerd-shim containerd-shim-runc-v2 docker-init dumb-init tini
    """,
}


SHORT = {"apache2": "apache", "pip3": "pip"}
"""By which name a program with a version in its own is known."""


@pytest.mark.parametrize("kind", KNOWN)
def test_every_known_program_is_somebody(kind: str) -> None:
    names = KNOWN[kind].split()
    assert sorted(NAMES[kind]) == sorted(names)
    for name in names:
        known = (kind, SHORT.get(name, name))
        assert identify(f"/usr/bin/{name}", "", (name,)) == known
        assert identify("", name, ()) == known


def test_a_version_in_the_name_is_no_part_of_it() -> None:
    assert identify("/usr/sbin/php-fpm8.2", "", ("php-fpm: master process",)) == ("web server", "php-fpm")
    assert identify("/usr/bin/pip3.11", "", ("pip3.11",)) == ("package manager", "pip")


def test_a_program_that_nobody_knows_is_nobody() -> None:
    assert identify("/usr/bin/somebody", "somebody", ("somebody",)) is None


@pytest.mark.parametrize(
    "word", ["run", "run-script", "rum", "urn", "exec", "x", "test", "t", "tst", "start", "restart", "stop"]
)
def test_a_package_manager_that_runs_a_script_of_the_project_is_a_build_tool(word: str) -> None:
    assert identify("/usr/bin/npm", "", ("npm", "--silent", word)) == ("build tool", "npm")
    assert identify("/usr/bin/npm", "", ("another name", word)) == ("build tool", "npm")
    assert identify("/usr/bin/node", "", ("npm " + word,)) == ("build tool", "npm")
    assert identify("/usr/bin/node", "", ("node", "/usr/lib/npm-cli.js", word)) == ("build tool", "npm-cli")


def test_a_package_manager_that_installs_is_one() -> None:
    assert identify("/usr/bin/npm", "", ("npm", "install", "run")) == ("package manager", "npm")
    assert identify("/usr/bin/npm", "", ("npm",)) == ("package manager", "npm")


@pytest.mark.parametrize(
    ("argv", "known"),
    [
        (("python3", "manage.py", "runserver"), ("web server", "http.server")),
        (("python3", "-c", "npm"), None),
        (("python3", "manage.py", "migrate"), None),
        (("python3", "-m", "http.server"), ("web server", "http.server")),
        (("python3", "-m", "pytest.x"), ("build tool", "pytest")),
        (("python3", "-c", "1", "manage.py", "runserver"), None),
        (("php", "-S", "127.0.0.1:80"), ("web server", "http.server")),
        (("php", "artisan", "serve"), ("web server", "http.server")),
        (("ruby", "/srv/bin/rails", "s"), ("web server", "http.server")),
        (("node", "/x/node_modules/.bin/webpack.js"), ("build tool", "webpack")),
        (("java", "-jar", "agent.jar"), ("build tool", "java")),
        (("java", "-cp", "x", "org.apache.catalina.startup.Bootstrap"), ("web server", "tomcat")),
        (("java", "-jar", "app.jar"), ("web server", "java")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "nobody",
)
def test_a_process_is_known_by_the_script_or_module_that_it_runs(
    argv: tuple[str, ...], known: tuple[str, str] | None
) -> None:
    assert identify(f"/usr/bin/{argv[0]}", "", argv) == known


def told(**env: str) -> list[tuple[str, str, str]]:
    """Return what an environment says of who started it."""
    found = starters(Execution(argv=("sh", "-c", "x"), env=env))
    return [(starter.kind, starter.program, starter.hook) for starter in found]


@pytest.mark.parametrize(
    "event",
    ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare", "prepublish", "dependencies"],
)
def test_an_event_of_an_install_is_a_package_managers(event: str) -> None:
    assert told(npm_lifecycle_event=event) == [("package manager", "npm", event)]
    agent = "pnpm/9.1.0 npm/? node/v20"
    assert told(npm_lifecycle_event=event, npm_config_user_agent=agent) == [("package manager", "pnpm", event)]


def test_another_event_is_a_build_tools() -> None:
    assert told(npm_lifecycle_event="test") == [("build tool", "npm", "test")]
    assert told(npm_lifecycle_event="test", npm_config_user_agent="/x") == [("build tool", "npm", "test")]


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("PIP_BUILD_TRACKER", "/tmp/x", [("package manager", "pip", "build")]),
        ("_PYPROJECT_HOOKS_BUILD_BACKEND", "x", [("package manager", "pip", "build")]),
        ("COMPOSER_DEV_MODE", "1", [("package manager", "composer", "script")]),
        ("COMPOSER_BINARY", "/x", [("package manager", "composer", "script")]),
        ("MAKELEVEL", "1", [("build tool", "make", "")]),
        ("MAKELEVEL", "x", []),
        ("PATH", "/bin", []),
    ],
)
def test_a_variable_says_who_started_it(variable: str, value: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(**{variable: value}) == expected
