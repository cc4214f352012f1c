# The second stage of the demo's poisoned dependency: shaped like the real ones, and harmless.
import os
import platform

found = [
    path for path in ("~/.aws/credentials", "~/.npmrc", "~/.ssh/id_ed25519") if os.path.exists(os.path.expanduser(path))
]
print(f"left-padder: stage 2 on {platform.system()}, {len(found)} credential files exist (none was read)")
