"""What a text makes more of than is remembered is said: what counts may be what comes last."""

from __future__ import annotations

import pytest

from flycatcher.core.shell import read_shell

FLOODS = {
    "links and FIFOs": ("mkfifo f{}\n", 1024),
    "copies of programs": ("cp /bin/true t{}\n", 1024),
    "planted files": ("echo x > /etc/cron.d/a{}\n", 64),
    "items of an array": ("a+=(x{})\n", 1024),
    "names that stand for others": ("declare -n r{}=y\n", 1024),
    "traps": ("trap 'echo {}' EXIT\n", 32),
}


@pytest.mark.parametrize(("what", "line", "most"), [(what, *flood) for what, flood in FLOODS.items()])
def test_more_than_is_remembered_is_said(what: str, line: str, most: int) -> None:
    assert read_shell("".join(map(line.format, range(most)))).truncated == ()
    assert read_shell("".join(map(line.format, range(most + 1)))).truncated == (f"more than {most} {what}",)


def test_an_item_that_is_set_anew_needs_no_room() -> None:
    full = "".join(f"a[{index}]=x\n" for index in range(1024))
    assert read_shell(full + "a[7]=y\n").truncated == ()
    assert read_shell(full + "a[1024]=y\n").truncated == ("more than 1024 items of an array",)
