"""Runs every case and writes docs/emulator-conformance.md: which operation which client used, and what came of it.

    TANDEM_BIN=target/debug/tandem conformance/python/run.sh --table docs/emulator-conformance.md

The operations are those that the emulator recorded while a case ran.
"""

import collections
import sys
import unittest

HEAD = """# What Microsoft's clients did with the emulator

Made by `conformance/python/run.sh --table`; do not edit. Each line is an operation that the emulator recorded while a
case of `conformance/python` ran, with the statuses that it answered. Every case passed: what a case asserts stands in its code.
.NET and JavaScript clients are not run.

| operation | case | result | clients |
|---|---|---|---|
"""


class Recorder(unittest.TextTestResult):
    """Asks the emulator of each case what was requested meanwhile."""

    rows = collections.defaultdict(lambda: collections.defaultdict(set))

    def startTest(self, test):
        super().startTest(test)
        self.before = self.last(test)

    def stopTest(self, test):
        seen = collections.defaultdict(set)
        for request in self.requests(test):
            if request["n"] > self.before and "status" in request:
                seen[request["operation"]].add(request["status"])
        case = test.id().rsplit(".", 1)[1].removeprefix("test_").replace("_", " ")
        for operation, statuses in seen.items():
            result = ", ".join(str(status) for status in sorted(statuses))
            self.rows[operation][case, result].add(type(test).client_name)
        super().stopTest(test)

    @staticmethod
    def requests(test):
        return type(test).emulator.control("GET", "/requests")

    def last(self, test):
        return max((request["n"] for request in self.requests(test)), default=0)


def main(path):
    suite = unittest.defaultTestLoader.discover(".")
    outcome = unittest.TextTestRunner(resultclass=Recorder).run(suite)
    if not outcome.wasSuccessful():
        sys.exit(1)
    lines = []
    for operation, cases in sorted(Recorder.rows.items()):
        for (case, result), clients in sorted(cases.items()):
            lines.append(f"| {operation} | {case} | {result} | {'; '.join(sorted(clients))} |\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(lines))


if __name__ == "__main__":
    main(sys.argv[1])
