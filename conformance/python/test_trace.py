"""A traced call, exported by the emulator as a test, runs against the emulator and passes."""

import os
import subprocess
import sys
import tempfile
import urllib.request

from test_call_automation import COGNITIVE, Scenario


class ExportedTrace(Scenario):
    # The program takes its callbacks over plain HTTP, which is a shape of our own.
    flags = ()
    is_counted = False
    client_name = "azure-communication-callautomation 1.6.0, and an exported test"

    def test_traced_call_is_repeated_by_its_exported_test(self):
        phone, context = self.ring()
        answered = self.client.answer_call(
            context, self.receiver.url + "/callbacks", cognitive_services_endpoint=COGNITIVE
        )
        self.receiver.next("CallConnected")
        self.emulator.control("POST", f"/pstn-calls/{phone}/speak", {"text": "good morning"})
        self.client.get_call_connection(answered.call_connection_id).hang_up(is_for_everyone=True)
        self.receiver.next("CallDisconnected")
        url = f"{self.emulator.http}/_emulator/calls/{answered.call_connection_id}/test"
        with urllib.request.urlopen(url) as response:
            program = response.read()
        with tempfile.NamedTemporaryFile(suffix=".py") as file:
            file.write(program)
            file.flush()
            outcome = subprocess.run(
                [sys.executable, file.name],
                env={**os.environ, "TANDEM_EMULATOR": self.emulator.http},
                capture_output=True,
                text=True,
                timeout=60,
            )
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
