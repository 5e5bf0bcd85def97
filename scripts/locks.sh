#!/usr/bin/env bash
# Write requirements/action.txt and requirements/build.txt anew, with the newest versions that pyproject.toml allows. Needs uv.
# requirements/trivy.txt is kept by hand: a new Trivy is tried before its hash is written down.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# `lock FILE WHAT INPUT...`: one lock file, for every platform and every Python that ScanGuard runs on.
lock() {
  local file=requirements/$1 what=$2
  shift 2
  {
    printf '# %s scripts/locks.sh writes it.\n' "$what"
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade "$@"
  } >"$file.new"
  mv "$file.new" "$file"
}

build=$(sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml)
lock action.txt 'What ScanGuard needs, for the action and for its image.' pyproject.toml
lock build.txt "What building ScanGuard's wheel needs." - <<<"$build"
