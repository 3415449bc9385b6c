#!/bin/sh
# Drives the emulator with Microsoft's own JavaScript clients, unmodified.
#   TANDEM_BIN=path/to/tandem conformance/javascript/run.sh [test files]
#   TANDEM_BIN=... conformance/javascript/run.sh --table SHARE    its share of docs/emulator-conformance.md
#   conformance/javascript/run.sh --set-up    installs what it needs, and no more
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
if ! cmp -s "$here/package-lock.json" "$here/node_modules/package-lock.json"; then
    npm ci --prefix "$here" --no-audit --no-fund --ignore-scripts --silent
    cp "$here/package-lock.json" "$here/node_modules/package-lock.json"
fi
[ "${1:-}" != --set-up ] || exit 0
if [ -z "${TANDEM_BIN:-}" ]; then
    echo "TANDEM_BIN must name the tandem binary, e.g. TANDEM_BIN=target/debug/tandem $0" >&2
    exit 2
fi
TANDEM_BIN=$(CDPATH= cd -- "$(dirname -- "$TANDEM_BIN")" && pwd)/$(basename -- "$TANDEM_BIN")
export TANDEM_BIN
share=
if [ "${1:-}" = --table ]; then
    share=$(CDPATH= cd -- "$(dirname -- "$2")" && pwd)/$(basename -- "$2")
    shift 2
fi
cd "$here"
scratch=$(mktemp -d)
runner=
trap 'rm -rf "$scratch"' EXIT
trap '[ -z "$runner" ] || kill "$runner"; exit 1' HUP INT TERM
# All that this run writes lies there.
export TMPDIR="$scratch"
# Node reads the authorities that it trusts when it starts: all emulators of this run share one.
node authority.js "$scratch/authority"
export TANDEM_AUTHORITY="$scratch/authority"
export NODE_EXTRA_CA_CERTS="$scratch/authority/ca.pem"
export TANDEM_SEEN="$scratch/seen"
mkdir "$TANDEM_SEEN"
node --test --test-reporter=spec --test-concurrency=4 "$@" &
runner=$!
wait "$runner"
[ -z "$share" ] || node table.js "$TANDEM_SEEN" "$share"
