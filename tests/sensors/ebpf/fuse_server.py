"""A FUSE file system with one program whose times never change, whatever it holds: a hostile server, in small.

    python fuse_server.py MOUNTPOINT CONTENT HANG

CONTENT is the file whose content ``MOUNTPOINT/program`` has. While HANG holds a process's number, that process's attempts
to open it are never answered. Protocol: include/uapi/linux/fuse.h, version 7.31.
"""

import os
import struct
import subprocess
import sys
from pathlib import Path

LOOKUP, FORGET, GETATTR, OPEN, READ, RELEASE, FLUSH, INIT, BATCH_FORGET, INTERRUPT = 1, 2, 3, 14, 15, 18, 25, 26, 42, 36
ROOT, PROGRAM = 1, 2
HEADER = struct.Struct("<IIQQIIII")  # length, opcode, unique, node, uid, gid, pid, padding
NO_ANSWER = {FORGET, BATCH_FORGET, INTERRUPT}


def attributes(node, size):
    mode, links = (0o040755, 2) if node == ROOT else (0o100755, 1)
    return struct.pack("<6Q10I", node, size, 1, 7, 7, 7, 0, 0, 0, mode, links, 0, 0, 0, 4096, 0)


def process_group_of(pid):
    """The thread that asks is named; the process is what HANG holds."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return pid
    return int(next(line for line in status.splitlines() if line.startswith("Tgid")).split()[1])


class Server:
    def __init__(self, descriptor, content, hang):
        self.descriptor, self.content, self.hang = descriptor, content, hang
        self.opened = {}

    def answer(self, code, node, pid, body):
        size = self.content.stat().st_size
        if code == INIT:
            return struct.pack("<IIIIHHIIHHI7I", 7, 31, 65536, 0, 12, 10, 65536, 1, 16, 0, 0, *(0,) * 7)
        if code == LOOKUP:
            if body != b"program\0":
                return -2
            return struct.pack("<QQQQII", PROGRAM, 0, 0, 0, 0, 0) + attributes(PROGRAM, size)
        if code == GETATTR:
            return struct.pack("<QII", 0, 0, 0) + attributes(node, size)
        if code == OPEN:
            if self.hang.exists() and self.hang.read_text() == str(process_group_of(pid)):
                return None
            handle = len(self.opened) + 1
            self.opened[handle] = self.content.read_bytes()
            return struct.pack("<QII", handle, 0, 0)
        if code == READ:
            handle, offset, length = struct.unpack_from("<QQI", body)
            return self.opened[handle][offset : offset + length]
        return b"" if code in {RELEASE, FLUSH} else -38

    def serve(self):
        while True:
            try:
                request = os.read(self.descriptor, 1 << 17)
            except OSError:
                return
            _, code, unique, node, _, _, pid, _ = HEADER.unpack_from(request)
            if code in NO_ANSWER:
                continue
            found = self.answer(code, node, pid, request[HEADER.size :])
            if found is not None:
                error, data = (found, b"") if isinstance(found, int) else (0, found)
                os.write(self.descriptor, struct.pack("<IiQ", 16 + len(data), error, unique) + data)


def main():
    mountpoint, content, hang = sys.argv[1:]
    descriptor = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={descriptor},rootmode=40000,user_id=0,group_id=0,allow_other"
    subprocess.run(["mount", "-i", "-t", "fuse", "-o", options, "test", mountpoint], check=True, pass_fds=[descriptor])
    print("mounted", flush=True)
    Server(descriptor, Path(content), Path(hang)).serve()


if __name__ == "__main__":
    main()
