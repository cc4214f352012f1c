"""Print the sizes of what was built. A script file: nothing that the sensor reports."""

import pathlib
import sys

folder, version = pathlib.Path(sys.argv[1]), sys.argv[2]
for path in sorted(folder.iterdir()):
    print(f"{path.name}: {path.stat().st_size} bytes (python {version})")
