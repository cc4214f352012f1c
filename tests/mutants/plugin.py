"""pytest's plugin for the run under coverage.py: says which test runs, here and in the programs that it starts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.mutants.mapping import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    from coverage import Coverage  # noqa: PLC0415 - only where it is installed

    os.environ[NAME] = item.nodeid
    current = Coverage.current()
    if current is not None:
        current.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        os.environ[NAME] = ""
