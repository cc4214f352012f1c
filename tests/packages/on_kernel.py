"""What the kernel in qemu is asked: load each program, then watch a shell start Python twice. One JSON object per line is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from flycatcher.sources.sensors import ebpf
from flycatcher.sources.sensors.ebpf import sensor

CODE, PIPED = 'print("marker")', 'print("piped")'
WATCH = [sys.executable, "-m", "flycatcher", "watch", "--jsonl", "--capture-stdin", "--tree", str(os.getpid())]


def loads() -> None:
    """Print which program is loaded with and without the typed tracepoint, and what the doctor says."""
    for raw in (False, True):
        settings = sensor.SensorSettings(ring_bytes=1 << 16, stdin_bytes=1 << 16, raw=raw)
        program, loaded = sensor.load(sensor.object_bytes(), settings)
        loaded.close()
        print(json.dumps({"kernel": os.uname().release, "raw": raw, "program": program}), flush=True)
    print(json.dumps({"doctor": ebpf.probe().why}), flush=True)


def watch() -> None:
    """Print the texts that are seen, until both have been."""
    with subprocess.Popen(WATCH, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        for line in watching.stderr:
            print(json.dumps({"said": line}), flush=True)
            if "started:" in line:
                break
        subprocess.run(
            ["/bin/sh", "-c", f"python3 -c '{CODE}'; echo '{PIPED}' | python3"], check=True, stdout=subprocess.DEVNULL
        )
        wanted = {CODE, PIPED}
        for line in watching.stdout:
            found = {snippet["text"].strip() for snippet in json.loads(line).get("snippets", [])} & wanted
            for text in sorted(found):
                print(json.dumps({"seen": text}), flush=True)
            wanted -= found
            if not wanted:
                break
        watching.terminate()
        watching.communicate()
        print(json.dumps({"ended": watching.returncode}), flush=True)


if __name__ == "__main__":
    loads()
    watch()
