#!/bin/sh
# Installs the project's packages when they are missing or older than the lock file, so that every `npm run` works from a fresh clone.
# `npm run` has node_modules/.bin first on PATH, so the node that follows this script is the pinned one.
set -eu
cd "$(dirname "$0")/.."
stamp=node_modules/.package-lock.json
if [ ! -f "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
  echo "setup: installing npm packages" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch "$stamp"
fi
