"""MSAL for Python, unmodified, signs people in: authorization code with PKCE and nonce, refresh, refusals."""

import unittest

import msal
import requests

from browser import way_back
from certificate import new_certificate
from stage import AGENT, APP, SECRET, TENANT, Emulator

REDIRECT = "http://localhost:9/back"


class SignIn(unittest.TestCase):
    client_name = "msal 1.39.0"

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator()

    @classmethod
    def tearDownClass(cls):
        cls.emulator.stop()

    def application(self, secret=SECRET, tenant=TENANT):
        session = requests.Session()
        session.verify = self.emulator.ca
        session.trust_env = False
        return msal.ConfidentialClientApplication(
            APP,
            client_credential=secret,
            authority=f"{self.emulator.https}/{tenant}",
            instance_discovery=False,
            http_client=session,
        )

    def browser(self, address):
        return way_back(self.emulator, address)

    def test_code_flow_gives_roles_and_refresh_tokens(self):
        self.emulator.control("PUT", "/entra/groups/dd123456-1234-1234-1234-ddd123456789", {"app_roles": ["Supervisor"]})
        person = {"app_roles": ["Administrator"], "groups": ["dd123456-1234-1234-1234-ddd123456789"]}
        self.emulator.control("PUT", f"/entra/people/{AGENT}", person)
        application = self.application()
        flow = application.initiate_auth_code_flow(["User.Read"], redirect_uri=REDIRECT)
        result = application.acquire_token_by_auth_code_flow(flow, self.browser(flow["auth_uri"]))
        self.assertNotIn("error", result)
        claims = result["id_token_claims"]
        self.assertEqual(claims["roles"], ["Administrator", "Supervisor"])
        self.assertEqual((claims["oid"], claims["tid"]), (AGENT, TENANT))
        account = application.get_accounts()[0]
        renewed = application.acquire_token_silent(["User.Read"], account, force_refresh=True)
        self.assertIn("access_token", renewed)
        self.emulator.control("PUT", f"/entra/people/{AGENT}", {"disabled": True})
        refused = application.acquire_token_silent_with_error(["User.Read"], account, force_refresh=True)
        self.emulator.control("PUT", f"/entra/people/{AGENT}", {"disabled": False})
        self.assertIn("AADSTS50057", refused["error_description"])

    def test_nonce_of_another_flow_is_noticed(self):
        application = self.application()
        flow = application.initiate_auth_code_flow(["User.Read"], redirect_uri=REDIRECT)
        answer = self.browser(flow["auth_uri"])
        flow["nonce"] = "another"
        with self.assertRaises(RuntimeError) as wrong:
            application.acquire_token_by_auth_code_flow(flow, answer)
        self.assertIn("nonce", str(wrong.exception))

    def test_state_verifier_and_second_use_are_refused(self):
        application = self.application()
        flow = application.initiate_auth_code_flow(["User.Read"], redirect_uri=REDIRECT)
        answer = self.browser(flow["auth_uri"])
        with self.assertRaises(ValueError):
            application.acquire_token_by_auth_code_flow(flow, {**answer, "state": "forged"})
        wrong = application.acquire_token_by_auth_code_flow({**flow, "code_verifier": "x" * 43}, answer)
        self.assertIn("AADSTS501481", wrong["error_description"])
        again = application.acquire_token_by_auth_code_flow(flow, answer)
        self.assertIn("AADSTS54005", again["error_description"])

    def test_wrong_secret_is_refused(self):
        application = self.application(secret="wrong")
        flow = application.initiate_auth_code_flow(["User.Read"], redirect_uri=REDIRECT)
        result = application.acquire_token_by_auth_code_flow(flow, self.browser(flow["auth_uri"]))
        self.assertEqual(result["error"], "invalid_client")

    def test_app_token_by_client_credentials(self):
        result = self.application().acquire_token_for_client(["https://graph.microsoft.com/.default"])
        self.assertIn("access_token", result)

    def test_any_tenant_of_an_organization(self):
        application = self.application(tenant="organizations")
        flow = application.initiate_auth_code_flow(["User.Read"], redirect_uri=REDIRECT)
        result = application.acquire_token_by_auth_code_flow(flow, self.browser(flow["auth_uri"]))
        self.assertEqual(result["id_token_claims"]["iss"], f"https://login.microsoftonline.com/{TENANT}/v2.0")

    def test_certificate_instead_of_a_secret(self):
        certificate = new_certificate()
        credentials = (
            {"private_key": certificate.private, "thumbprint": certificate.sha1},
            {"private_key": certificate.private, "public_certificate": certificate.public},
        )
        scope = ["https://graph.microsoft.com/.default"]
        for credential in credentials:
            refused = self.application(secret=credential).acquire_token_for_client(scope)
            self.assertIn("AADSTS700027", refused["error_description"])
        self.emulator.control("PUT", "/entra/application", {"certificates": [certificate.public]})
        self.addCleanup(self.emulator.control, "PUT", "/entra/application", {})
        for credential in credentials:
            result = self.application(secret=credential).acquire_token_for_client(scope)
            self.assertIn("access_token", result, result)

    def test_on_behalf_of_a_person(self):
        application = self.application()
        own = f"api://{APP}/access_as_user"
        flow = application.initiate_auth_code_flow([own], redirect_uri=REDIRECT)
        result = application.acquire_token_by_auth_code_flow(flow, self.browser(flow["auth_uri"]))
        further = self.application().acquire_token_on_behalf_of(result["access_token"], ["User.Read"])
        self.assertEqual(further["id_token_claims"]["oid"], AGENT)
        again = self.application().acquire_token_on_behalf_of(further["access_token"], ["User.Read"])
        self.assertIn("AADSTS50013", again["error_description"])


if __name__ == "__main__":
    unittest.main()
