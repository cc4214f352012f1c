"""Histories that the installed shells write themselves: what was typed is found, whatever its lines are."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.hunt.helpers import detections

TYPED = 'perl -e "1;\n2"\npython3 -c \'print("a b\\n")\'\ncat <<E | perl\n3;\nE\nexit\n'
TEXTS = ["1;\n2", 'print("a b\\n")', "3;\n"]
SHELLS = {
    "bash": (["bash", "--norc", "-i"], {"HISTTIMEFORMAT": "%s "}, ""),
    "bash without times": (["bash", "--norc", "-i"], {}, ""),
    "zsh": (["zsh", "-f", "-i"], {}, "SAVEHIST=99 HISTSIZE=99\nsetopt EXTENDED_HISTORY INC_APPEND_HISTORY\n"),
    "zsh without times": (["zsh", "-f", "-i"], {}, "SAVEHIST=99 HISTSIZE=99\nsetopt INC_APPEND_HISTORY\n"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_what_was_typed_is_found_in_the_shell_s_own_history(tmp_path, shell):
    command, env, first = SHELLS[shell]
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]}")
    history = tmp_path / (".bash_history" if command[0] == "bash" else ".zsh_history")
    subprocess.run(
        command, input=(f"HISTFILE={history}\n{first}" + TYPED).encode(), env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TERM": "dumb", **env},
        cwd=tmp_path, capture_output=True, timeout=60, check=False, start_new_session=True,
    )  # fmt: skip
    assert history.exists()
    texts = [each.snippets[0].text for each in detections(history, shells=True)]
    assert [text for text in texts if text in TEXTS] == TEXTS
