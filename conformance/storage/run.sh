#!/bin/sh
# Runs a command twice, with recordings kept in Azure Blob Storage (Azurite) and in S3 (moto), neither of them ours:
#   conformance/storage/run.sh cargo test --package tandem-tests --test end_to_end -- recording:: voicemail::
#   conformance/storage/run.sh --set-up    installs what it needs, and no more
# The command finds the storage in TANDEM_STORAGE. Afterwards Microsoft's and Amazon's own SDKs look at what lies there.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
if ! "$here/.venv/bin/python" -c '' 2>/dev/null; then
    python3 -m venv "$here/.venv"
fi
if ! cmp -s "$here/requirements.txt" "$here/.venv/requirements.txt"; then
    "$here/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$here/.venv/requirements.txt"
fi
if ! cmp -s "$here/package-lock.json" "$here/node_modules/package-lock.json"; then
    npm ci --prefix "$here" --no-audit --no-fund --ignore-scripts --silent
    cp "$here/package-lock.json" "$here/node_modules/package-lock.json"
fi
[ "${1:-}" != --set-up ] || exit 0
exec "$here/.venv/bin/python" "$here/storage.py" "$@"
