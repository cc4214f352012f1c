"""Print the sizes of what was built. A script file: nothing that the sensor reports."""

import pathlib
import sys

folder, version = pathlib.Path(sys.argv[1]), sys.argv[2]
for _path in sorted(folder.iterdir()):
    pass
