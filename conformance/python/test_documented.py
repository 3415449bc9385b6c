"""Each of the 34 operations of the contract, with azure-communication-callautomation 1.6.0: a success that is read back,
and each error that is documented for it. The tests are made of the contract and of conformance/contract/errors.json; an
operation or a condition without a case is a test that fails."""

import json
import re
import unittest

from azure.core.exceptions import HttpResponseError

from contract import OPERATIONS, read
from failures import FAILURES
from refusals import REFUSALS, RETRY_AFTER_S
from scene import ASKED, Scene
from successes import SUCCESSES

DOCUMENTED = read("errors.json")

# What `of` may say beside names of operations.
TRAITS = {
    "every": lambda operation: True,
    "body": lambda operation: operation.body is not None,
    "required": lambda operation: bool(operation.required),
    "call": lambda operation: operation.is_of_call,
    "recording": lambda operation: operation.is_of_recording,
    "repeatable": lambda operation: operation.is_repeatable,
}


def is_of(entry, operation):
    return any(TRAITS[of](operation) if of in TRAITS else of == operation.name for of in entry["of"])


class Documented(Scene):
    def refused(self, status, code, attempt, has_retry_after=False):
        """The client raises this error of the service, whose body is that of the contract."""
        with self.assertRaises(HttpResponseError) as raised:
            attempt()
        response = raised.exception.response
        error = json.loads(response.text())["error"]
        self.assertEqual((raised.exception.status_code, error["code"]), (status, code), error["message"])
        self.assertTrue(error["message"])
        if has_retry_after:
            self.assertEqual(response.headers["Retry-After"], str(RETRY_AFTER_S))


def success(operation):
    return lambda scene: SUCCESSES[operation](scene)


def refusal(operation, entry):
    def case(scene):
        attempt = REFUSALS[entry["when"]](scene, operation)
        scene.refused(entry["status"], entry["code"], attempt, "retryAfter" in entry)

    return case


def failure(operation, entry):
    def case(scene):
        FAILURES[entry["when"]](scene, operation)
        result = scene.next(entry["event"])["resultInformation"]
        scene.assertEqual((result["code"], result["subCode"]), (entry["code"], entry["subCode"]))
        scene.assertTrue(result["message"])

    return case


def add(operation, name, case, row):
    """A test of the class; `row` is what the table of conformance puts it under."""
    words = re.sub(r"\W+", "_", name)
    case.operation, case.row = operation, row
    setattr(Documented, f"test_{operation}_{words}", case)


for named, operation_of_contract in OPERATIONS.items():
    add(named, "succeeds", success(named), "a success that is read back")
    for outcome in DOCUMENTED["errors"] + DOCUMENTED["results"]:
        if is_of(outcome, operation_of_contract):
            made = refusal if "status" in outcome else failure
            add(named, f"when {outcome['when']}", made(named, outcome), "each documented error and result")


class List(unittest.TestCase):
    """The list itself, against the contract and against the cases."""

    client_name = "none"
    is_counted = False

    def entries(self):
        return DOCUMENTED["errors"] + DOCUMENTED["results"]

    def test_every_operation_of_the_contract_has_a_success_and_a_way_to_ask_for_it(self):
        self.assertEqual(set(SUCCESSES), set(OPERATIONS))
        self.assertEqual(set(ASKED), set(OPERATIONS))

    def test_every_condition_has_a_case_and_every_case_a_condition(self):
        refused = {entry["when"] for entry in self.entries() if "status" in entry}
        told = {entry["when"] for entry in self.entries() if "event" in entry}
        self.assertEqual(refused, set(REFUSALS))
        self.assertEqual(told, set(FAILURES))

    def test_every_condition_is_of_an_operation_and_has_a_source(self):
        for entry in self.entries():
            for of in entry["of"]:
                self.assertTrue(of in TRAITS or of in OPERATIONS, entry)
            self.assertIn(entry["source"], DOCUMENTED["sources"], entry)

    def test_no_code_is_both_shown_and_not_shown(self):
        shown = {int(entry.get("subCode", entry["code"])) for entry in self.entries()}
        others = [code for entry in DOCUMENTED["notShown"] for code in entry["codes"]]
        self.assertEqual(len(others), len(set(others)))
        self.assertEqual(shown & set(others), set())


if __name__ == "__main__":
    unittest.main()
