"""Every block of Python in the section "Pointing an SDK at it" of docs/emulator.md, run as it stands at the addresses of this run."""

import os
import re
import subprocess
import sys
import unittest

from stage import Emulator

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "emulator.md")


def blocks():
    with open(PAGE, encoding="utf-8") as file:
        section = file.read().split("### Pointing an SDK at it\n")[1].split("\n## ")[0]
    return re.findall(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


class Newcomer(unittest.TestCase):
    client_name = "docs/emulator.md with azure-communication-callautomation 1.6.0"
    # The page begins with callbacks over plain HTTP, which is a shape of our own.
    is_counted = False

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(flags=())

    @classmethod
    def tearDownClass(cls):
        cls.emulator.stop()

    def here(self, block):
        replaced = (
            ("https://127.0.0.1:8443", self.emulator.https),
            ("http://127.0.0.1:8080", self.emulator.http),
            ("emulator-data/", self.emulator.directory.name + "/"),
        )
        for stands, wanted in replaced:
            block = block.replace(stands, wanted)
        return block

    # B-142, B-164
    def test_every_block_of_the_page_runs_as_it_stands(self):
        found = blocks()
        self.assertEqual(len(found), 4)
        said = []
        for block in found:
            outcome = subprocess.run(
                [sys.executable, "-c", self.here(block)], capture_output=True, text=True, timeout=60
            )
            self.assertEqual(outcome.returncode, 0, outcome.stderr)
            said.append(outcome.stdout.strip())
        self.assertIn(said[0], ("connecting", "connected"))
        self.assertEqual(said[1].count("."), 2, "a token has three parts")
        self.assertIn("Adele Vance", said[2])


if __name__ == "__main__":
    unittest.main()
