"""Who started it: every name that means somebody, as a program, as a title, and with a version."""

from __future__ import annotations

import pytest

from flycatcher.core.recipe.starters import NAMES, identify

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
        anacron atd cron crond fcron supercronic
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
