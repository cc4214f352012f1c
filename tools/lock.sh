#!/bin/sh
# Write the locks: every package with its version and hashes, for every platform, without any registry's address.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}
"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
  --no-header pyproject.toml -o requirements/run.lock
"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
  --no-header pyproject.toml requirements/test.in -o requirements/test.lock
if grep -En 'https?://|file://' requirements/*.lock; then
  echo "a lock names an address" >&2
  exit 1
fi
