"""Shell text, read as the shell would read it, without running anything: which programs it starts.

``reader.read_shell`` is the door. ``scanner`` and ``parser`` make a syntax tree (POSIX XCU 2.10 and the bash manual),
``machine`` walks it with the values that are known, ``words`` expands, the launchers' room unwraps sudo, env, ssh and their like,
``filters`` computes what ``echo x | base64 -d`` prints. All of it is pure: no file is opened, no program is started.
"""

from flycatcher.core.shell.reader import Limits, ReadResult, SyntaxProblem, read_shell
from flycatcher.core.unknown import UNKNOWN

__all__ = ["UNKNOWN", "Limits", "ReadResult", "SyntaxProblem", "read_shell"]
