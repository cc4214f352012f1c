# The second stage of the demo's poisoned dependency: shaped like the real ones, and harmless.
import os

found = [
    path for path in ("~/.aws/credentials", "~/.npmrc", "~/.ssh/id_ed25519") if os.path.exists(os.path.expanduser(path))
]
