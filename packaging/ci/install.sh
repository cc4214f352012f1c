#!/usr/bin/env bash
# Install Flycatcher into a virtual environment of its own: install.sh FOLDER [REQUIREMENT [LOCK]]
# Without a requirement: this revision, and its packages by the hashes of a lock (run), so that a cache of downloads need not be trusted.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$1 requirement=${2:-} lock=${3:-run}
python3 -m pip --version >/dev/null 2>&1 || { echo "flycatcher: python3 -m pip is needed (Debian: apt-get install python3-pip)" >&2; exit 1; }
# Debian keeps ensurepip in a package of its own, and lets pip install nothing outside of an environment
python3 -m venv --clear --without-pip "$folder"
install() { python3 -m pip --python "$folder/bin/python" install --quiet --disable-pip-version-check "$@"; }
if [ -n "$requirement" ]; then
  install -- "$requirement"
else
  install --only-binary :all: --require-hashes -r "$here/requirements/build.lock" -r "$here/requirements/$lock.lock"
  install --no-deps --no-build-isolation -- "$here"
fi
