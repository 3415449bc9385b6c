"""Runs every case and writes this client's share of docs/emulator-conformance.md: which operation which client used,
and what came of it.

    TANDEM_BIN=target/debug/tandem conformance/python/run.sh --table python.share

The operations are those that the emulator recorded while a case ran. Cases in shapes of the emulator's own
(`is_counted`) run all the same, and have no row.
"""

import collections
import sys
import unittest


# What a client with an Entra credential fetches before its own requests.
ON_THE_WAY = {"EntraDiscovery", "Token"}


class Recorder(unittest.TextTestResult):
    """Asks the emulator of each case what was requested meanwhile."""

    rows = collections.defaultdict(lambda: collections.defaultdict(set))

    def startTest(self, test):
        super().startTest(test)
        self.before = self.last(test)

    def stopTest(self, test):
        seen = collections.defaultdict(set)
        if not getattr(type(test), "is_counted", True):
            return super().stopTest(test)
        for request in self.requests(test):
            if request["n"] > self.before and "status" in request:
                seen[request["operation"]].add(request["status"])
        case = test.id().rsplit(".", 1)[1].removeprefix("test_").replace("_", " ")
        for operation, statuses in seen.items():
            if operation in ON_THE_WAY and type(test).client_name.endswith(", Entra"):
                continue
            result = ", ".join(str(status) for status in sorted(statuses))
            self.rows[operation][case, result].add(type(test).client_name)
        super().stopTest(test)

    @staticmethod
    def requests(test):
        return type(test).emulator.control("GET", "/requests")

    def last(self, test):
        return max((request["n"] for request in self.requests(test)), default=0)


def names(clients):
    """`NAME: way, way` of clients that are named `NAME, way`."""
    ways = collections.defaultdict(list)
    for client in sorted(clients):
        name, _, way = client.partition(", ")
        ways[name].append(way)
    return "; ".join(f"{name}: {', '.join(those)}" if those[0] else name for name, those in ways.items())


def main(path):
    suite = unittest.defaultTestLoader.discover(".")
    outcome = unittest.TextTestRunner(resultclass=Recorder).run(suite)
    if not outcome.wasSuccessful():
        sys.exit(1)
    with open(path, "w", encoding="utf-8") as file:
        for operation, cases in Recorder.rows.items():
            for (case, result), clients in cases.items():
                file.write(f"| {operation} | {case} | {result} | {names(clients)} |\n")


if __name__ == "__main__":
    main(sys.argv[1])
