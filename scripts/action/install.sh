#!/usr/bin/env bash
# The step of the action that installs: ScanGuard from the action's own checkout, its libraries by their hashes, into an
# environment of their own. -I: the working directory is the scanned repository, and a venv.py or pip.py in it must not
# take part.
set -euo pipefail
environment=$RUNNER_TEMP/scanguard

if [ "${RUNNER_OS:-}" = Windows ]; then
  echo '::error title=ScanGuard::The action runs on Linux and on macOS, not on Windows.'
  exit 2
fi

for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
  if "$candidate" -I -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "${python:-}" ]; then
  echo '::error title=ScanGuard::Python 3.11 or later is needed, with venv. Put actions/setup-python before this step.'
  exit 2
fi

install() {
  "$environment/bin/python" -I -m pip install --quiet --disable-pip-version-check --compile "$@"
}

"$python" -I -m venv "$environment"
install --require-hashes --only-binary=:all: \
  --requirement "$SCANGUARD_HOME/requirements/action.txt" --requirement "$SCANGUARD_HOME/requirements/build.txt"
# Nothing is fetched from here on: hatchling is there, by its hash.
install --no-index --no-deps --no-build-isolation "$SCANGUARD_HOME"
