"""Runs every case and writes this client's share of docs/emulator-conformance.md: which operation which client used,
and what came of it. Fails when an operation or a kind of callback of the contract was not seen.

    TANDEM_BIN=target/debug/tandem conformance/python/run.sh --table python.share

The operations are those that the emulator recorded while a case ran. A documented case (test_documented) is of one
operation, and all of an operation's errors are one row. Cases in shapes of the emulator's own (`is_counted`) run all the
same, and have no row.
"""

import collections
import sys
import unittest

from contract import EVENT_KINDS, OPERATIONS
from stage import Receiver

# What a client with an Entra credential fetches before its own requests.
ON_THE_WAY = {"EntraDiscovery", "Token"}


class Recorder(unittest.TextTestResult):
    """Asks the emulator of each case what was requested meanwhile."""

    # Operation, case and client to the statuses.
    rows = collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(set)))

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.emulator, self.last = None, 0

    def startTest(self, test):
        super().startTest(test)
        emulator = getattr(type(test), "emulator", None)
        if emulator is not self.emulator:
            self.emulator = emulator
            self.last = max((request["n"] for request in self.requests()), default=0)

    def stopTest(self, test):
        requests = [request for request in self.requests() if request["n"] > self.last]
        self.last = max((request["n"] for request in requests), default=self.last)
        if getattr(type(test), "is_counted", True):
            self.count(test, [request for request in requests if "status" in request])
        super().stopTest(test)

    def count(self, test, requests):
        client = type(test).client_name
        method = test.id().rsplit(".", 1)[1]
        case = getattr(test, method)
        name = getattr(case, "row", method.removeprefix("test_").replace("_", " "))
        only = getattr(case, "operation", None)
        for request in requests:
            operation = request["operation"]
            is_on_the_way = operation in ON_THE_WAY and client.endswith(", Entra")
            if only in (None, operation) and not is_on_the_way:
                self.rows[operation][name][client].add(request["status"])

    def requests(self):
        return self.emulator.control("GET", "/requests") if self.emulator else []


def names(clients):
    """`NAME: way, way` of clients that are named `NAME, way`."""
    ways = collections.defaultdict(list)
    for client in sorted(clients):
        name, _, way = client.partition(", ")
        ways[name].append(way)
    return "; ".join(f"{name}: {', '.join(those)}" if those[0] else name for name, those in ways.items())


def not_seen():
    """Operations that no case shows with success, and kinds of callbacks that none has brought."""
    seen = {
        operation
        for operation, cases in Recorder.rows.items()
        if any(status < 300 for clients in cases.values() for statuses in clients.values() for status in statuses)
    }
    return sorted(set(OPERATIONS) - seen) + sorted(set(EVENT_KINDS) - Receiver.kinds)


def lines():
    for operation, cases in Recorder.rows.items():
        for case, by_client in cases.items():
            by_result = collections.defaultdict(list)
            for client, statuses in by_client.items():
                by_result[", ".join(str(status) for status in sorted(statuses))].append(client)
            for result, clients in by_result.items():
                yield f"| {operation} | {case} | {result} | {names(clients)} |\n"


def main(path):
    suite = unittest.defaultTestLoader.discover(".")
    outcome = unittest.TextTestRunner(resultclass=Recorder).run(suite)
    if not outcome.wasSuccessful():
        sys.exit(1)
    missing = not_seen()
    if missing:
        sys.exit(f"no case shows {', '.join(missing)}")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines())


if __name__ == "__main__":
    main(sys.argv[1])
