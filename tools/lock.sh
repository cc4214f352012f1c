#!/bin/sh
# Write the locks: every package with its version and hashes, for every platform, without any registry's address.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}
lock() {
  out=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
    --no-header "$@" -o "requirements/$out.lock"
}
lock run pyproject.toml
lock test pyproject.toml --all-extras requirements/build.in requirements/test.in
lock extras pyproject.toml --all-extras -c requirements/test.lock
# the Debian package and the image: what is not heavy of the extras; libpq is Debian's
lock host pyproject.toml --extra console --extra hunt --extra lsp --extra sign --extra sinks --extra store --no-emit-package polars --no-emit-package polars-runtime-32 \
  --no-emit-package psycopg-binary --no-emit-package pyarrow -c requirements/test.lock
lock build requirements/build.in -c requirements/test.lock
lock package requirements/build.in requirements/package.in -c requirements/test.lock
lock pyprograms requirements/pyprograms.in
if grep -En 'https?://|file://' requirements/*.lock; then
  echo "a lock names an address" >&2
  exit 1
fi
