"""pytest's plugin for the run under coverage.py: says which test runs, here and in the programs that it starts; what it costs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.mutants.mapping import COSTS, NAME

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    from coverage import Coverage  # noqa: PLC0415 - only where it is installed

    os.environ[NAME] = item.nodeid
    current = Coverage.current()
    if current is not None:
        current.switch_context(item.nodeid)
    began = sum(os.times()[:4])
    try:
        return (yield)
    finally:
        with open(os.environ[COSTS], "a", encoding="utf-8") as costs:
            costs.write(f"{item.nodeid} {sum(os.times()[:4]) - began:.2f}\n")
        os.environ[NAME] = ""
        if current is not None:
            current.switch_context("")
