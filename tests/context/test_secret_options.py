"""Passwords behind the options of programs: one line for each program and option, of which only the password goes."""

from __future__ import annotations

from pathlib import Path

from flycatcher.sources.context.redact import redact_argv
from flycatcher.sources.context.secret_options import PROGRAMS

LINES = Path(__file__).with_name("secret_options.txt").read_text().splitlines()
"""Command lines with the password ``hunter22``."""


def test_of_every_line_the_password_alone_is_taken_out() -> None:
    for line in LINES:
        words = [*line.split(), "after"]
        assert redact_argv(words) == [word.replace("hunter22", "[redacted:option]") for word in words]
        assert redact_argv(["sudo", f"/usr/bin/{words[0]}", *words[1:]])[2:] == redact_argv(words)[1:]


def test_every_program_and_option_has_a_line() -> None:
    found = {(line.split()[0], line.split(maxsplit=1)[1].removesuffix("hunter22").strip()) for line in LINES}
    for program, options in PROGRAMS.items():
        for option in (*options.apart, *options.attached):
            assert (program, option) in found
        for option in options.pairs:
            assert (program, f"{option} me{options.sign}") in found
        assert not options.operands or f"{program} me/hunter22@db" in LINES
    assert len(LINES) == 141


def test_what_only_looks_like_a_password_stays() -> None:
    for line in (
        "docker run -p 8080:80 image", "docker run -p 127.0.0.1:80:80 image", "mysql -u root -p shop", "curl -u me https://x.example",
        "sqlplus me@db", "keytool -storepass $PASS", "python3 -p hunter22", "lftp -u me host", "smbclient -U me //host/share",
    ):  # fmt: skip
        assert redact_argv(line.split()) == line.split()
