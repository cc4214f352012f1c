"""README's two commands on a bare Debian 12, as root and as a user with sudo. FLYCATCHER_WHOLE=1: the whole suite, not a part."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.console import blocks
from tests.packages import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.packages.machine import Machine

PART = "tests/test_completeness.py tests/test_service_unit.py tests/interpreters/test_identify.py tests/sensors/audit"


@pytest.fixture(scope="module", params=["root", "dev"])
def newcomer(request: pytest.FixtureRequest, bare: Path, checkout: Path) -> Iterator[tuple[Machine, str]]:
    """Return a machine with what README names, a checkout there, and who works on it."""
    made = machine.on_top("newcomer", bare)
    made.install("python3", "python3-pip", "git", "make", "sudo")
    made.add_user("dev")
    home = Path("root" if request.param == "root" else f"home/{request.param}")
    shutil.copytree(checkout, made.root / home / "flycatcher", symlinks=True)
    made.run("chown", "-R", request.param, f"/{home}/flycatcher")
    yield made, request.param
    machine.removed(made.root)


def test_the_demo_runs_and_package_managers_are_quiet(newcomer: tuple[Machine, str]) -> None:
    host, user = newcomer
    said = host.run("make", "-C", "flycatcher", "demo", user=user).stdout
    before, _, demo = said.partition("\n=== 1.")
    installed = [line for line in before.splitlines() if line and not line.startswith("make: ")]
    assert installed == [
        "setup: installing curl nodejs",
        "setup: installing the Python packages of requirements/run.lock",
    ]
    assert "exit code 10" in demo


def test_the_tutorial_s_first_step_sets_the_checkout_up(newcomer: tuple[Machine, str]) -> None:
    host, user = newcomer
    page = (host.root / ("root" if user == "root" else f"home/{user}") / "flycatcher/docs/tutorial.md").read_text()
    first, then = blocks(page)[:2]
    assert "sets up the checkout" in first.clauses["skip"]
    typed = "\n".join(command.text for block in (first, then) for command in block.commands)
    said = host.run("bash", "-ec", f"cd flycatcher\n{typed}", user=user).stdout
    assert "seccomp" in said


def test_the_tests_pass(newcomer: tuple[Machine, str]) -> None:
    host, user = newcomer
    chosen = "" if os.environ.get("FLYCATCHER_WHOLE") else PART
    said = host.run("make", "-C", "flycatcher", "test", f"TESTS={chosen}", user=user).stdout
    assert " passed" in said
