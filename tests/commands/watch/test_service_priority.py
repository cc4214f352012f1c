"""The reader of a sensor is served before builds; what it starts is not."""

import os
import subprocess
import sys

import pytest

SAY = """
import os, sys, threading
from flycatcher.commands.watch.service import stay_ahead
def say(): print(os.getpriority(os.PRIO_PROCESS, 0), flush=True)
os.setpriority(os.PRIO_PROCESS, 0, int(sys.argv[1]))
stay_ahead()
say()
thread = threading.Thread(target=say); thread.start(); thread.join()
if os.fork() == 0: say(); os._exit(0)
os.wait()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs CAP_SYS_NICE")
@pytest.mark.parametrize(("chosen", "said"), [("0", ["-5", "-5", "0"]), ("7", ["7", "7", "7"])])
def test_the_reader_is_served_first_unless_somebody_chose_otherwise(chosen, said):
    done = subprocess.run([sys.executable, "-c", SAY, chosen], capture_output=True, text=True, check=True)
    assert done.stdout.split() == said
