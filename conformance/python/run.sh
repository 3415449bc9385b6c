#!/bin/sh
# Drives the emulator with Microsoft's own Python SDK, unmodified.
#   TANDEM_BIN=path/to/tandem conformance/python/run.sh [unittest arguments]
#   TANDEM_BIN=... conformance/python/run.sh --table SHARE    its share of docs/emulator-conformance.md
#   conformance/python/run.sh --set-up    installs what it needs, and no more
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
if ! "$here/.venv/bin/python" -c '' 2>/dev/null; then
    python3 -m venv "$here/.venv"
fi
stamp="$here/.venv/requirements.txt"
if ! cmp -s "$here/requirements.txt" "$stamp"; then
    "$here/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$stamp"
fi
[ "${1:-}" != --set-up ] || exit 0
if [ -z "${TANDEM_BIN:-}" ]; then
    echo "TANDEM_BIN must name the tandem binary, e.g. TANDEM_BIN=target/debug/tandem $0" >&2
    exit 2
fi
if [ "${1:-}" = --table ]; then
    table=$(CDPATH= cd -- "$(dirname -- "$2")" && pwd)/$(basename -- "$2")
    binary=$(CDPATH= cd -- "$(dirname -- "$TANDEM_BIN")" && pwd)/$(basename -- "$TANDEM_BIN")
    cd "$here"
    TANDEM_BIN=$binary exec "$here/.venv/bin/python" table.py "$table"
fi
cd "$here"
exec "$here/.venv/bin/python" -m unittest "${@:-discover}"
