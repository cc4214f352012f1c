"""Who started an execution, by what its ancestors are."""

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Process
from flycatcher.core.recipe.starters import facts, identify, points, starters


def process(*argv, exe=""):
    return Process(pid=7, exe=exe, argv=argv, comm=(exe or argv[0]).rpartition("/")[2][:15])


@pytest.mark.parametrize(
    ("exe", "argv", "kind", "name"),
    [
        ("/usr/sbin/php-fpm8.2", ("php-fpm: pool www",), "web server", "php-fpm"),
        ("/usr/sbin/nginx", ("nginx: worker process",), "web server", "nginx"),
        ("/usr/bin/python3.11", ("/usr/bin/python3", "/usr/bin/gunicorn", "app:app"), "web server", "gunicorn"),
        ("/usr/bin/python3.11", ("python3", "-m", "http.server"), "web server", "http.server"),
        ("/usr/bin/php8.2", ("php", "-S", "0.0.0.0:80"), "web server", "http.server"),
        ("/usr/bin/python3.11", ("python3", "manage.py", "runserver"), "web server", "http.server"),
        ("/usr/bin/node", ("npm ci",), "package manager", "npm"),
        ("/usr/bin/node", ("node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "ci"), "package manager", "npm-cli"),
        ("/usr/bin/node", ("npm run build",), "build tool", "npm"),
        ("/usr/bin/python3.11", ("python3", "/usr/bin/pip3", "install", "x"), "package manager", "pip"),
        ("/usr/bin/python3.11", ("python3", "-m", "pip", "install", "x"), "package manager", "pip"),
        ("/usr/bin/ruby3.1", ("ruby", "/usr/bin/gem", "install", "x"), "package manager", "gem"),
        ("/usr/bin/make", ("make", "-j4"), "build tool", "make"),
        ("/usr/lib/jvm/bin/java", ("java", "-jar", "/opt/agent.jar"), "build tool", "java"),
        ("/usr/lib/jvm/bin/java", ("java", "org.apache.catalina.startup.Bootstrap"), "web server", "tomcat"),
        ("/usr/lib/postgresql/15/bin/postgres", ("postgres: checkpointer",), "database server", "postgres"),
        ("/usr/sbin/cron", ("/usr/sbin/cron", "-f"), "job scheduler", "cron"),
        ("/usr/sbin/sshd", ("sshd: root@pts/0",), "remote login", "sshd"),
    ],
)
def test_a_process_is_known_by_what_it_runs(exe, argv, kind, name):
    assert identify(exe, "", argv) == (kind, name)


def test_a_script_of_another_name_is_nobody():
    assert identify("/usr/bin/python3", "", ("python3", "nginx-exporter.py", "make")) is None
    assert identify("/usr/bin/perl", "", ("perl", "-e", "1")) is None


def test_a_hook_says_its_event():
    execution = Execution(
        argv=("sh",), env={"npm_lifecycle_event": "postinstall", "npm_config_user_agent": "yarn/1.22"}
    )
    assert facts(starters(execution)) == {
        "started_by.kind": "package manager",
        "started_by.program": "yarn",
        "started_by.hook": "postinstall",
    }


def test_a_server_below_a_build_is_a_test_of_the_build():
    server, make = process("nginx: worker", exe="/usr/sbin/nginx"), process("make", exe="/usr/bin/make")
    assert list(points(starters(Execution(argv=("sh",), ancestry=(server, make))))) == []
    assert list(points(starters(Execution(argv=("sh",), ancestry=(make, server))))) == [(30, "a web server started it")]


def test_a_scheduled_build_is_a_build():
    cron, make = process("cron", exe="/usr/sbin/cron"), process("make", exe="/usr/bin/make")
    assert list(points(starters(Execution(argv=("sh",), ancestry=(make, cron))))) == []
    assert list(points(starters(Execution(argv=("sh",), ancestry=(cron,))))) == [(12, "a job scheduler started it")]


def test_a_record_says_who_started_it():
    found = detect(
        Execution(
            argv=("php", "-r", "system('id');"),
            ancestry=(process("sh"), process("php-fpm: pool www", exe="/usr/sbin/php-fpm8.2")),
        )
    )
    assert found is not None
    assert found.execution.context["started_by.kind"] == "web server"
    assert found.execution.context["started_by.program"] == "php-fpm"
    assert "a web server started it" in [reason.text for reason in found.risk.reasons]
