"""What holds for all tests."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Give ignored signals their meaning back: under nohup, or in the background of a script, a shell cannot trap them."""
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
