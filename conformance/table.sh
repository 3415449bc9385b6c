#!/bin/sh
# docs/emulator-conformance.md out of the shares that the clients' runs wrote:
#   TANDEM_BIN=target/debug/tandem conformance/python/run.sh --table python.share
#   TANDEM_BIN=target/debug/tandem conformance/javascript/run.sh --table javascript.share
#   conformance/table.sh python.share javascript.share > docs/emulator-conformance.md
set -eu
cat <<'HEAD'
# What Microsoft's clients did with the emulator

Made by `conformance/table.sh` from the runs of `conformance/python` and `conformance/javascript`; do not edit. Each line is an operation that the
emulator recorded while a case ran, with the statuses that it answered and the clients whose run showed it. Every case passed: what a case asserts stands
in its code. The emulator is strict: rows are made with TLS for callbacks and WebSockets alone; what was done over plain HTTP is not here. Tokens that a client fetches on the way to something else are left out. The
documented errors of an operation are one row: [errors.json](../conformance/contract/errors.json) lists them, and each is a case of its own. `cargo xtask test --only conformance` fails when a run makes another table. .NET clients are not run.

| operation | case | result | clients |
|---|---|---|---|
HEAD
LC_ALL=C sort "$@"
