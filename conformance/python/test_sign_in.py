"""MSAL for Python, unmodified, signs people in: authorization code with PKCE and nonce, refresh, refusals."""

import unittest
import urllib.error
import urllib.parse
import urllib.request

import msal
import requests

from stage import AGENT, APP, DEADLINE_S, SECRET, TENANT, Emulator

REDIRECT = "http://localhost:9/back"


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class SignIn(unittest.TestCase):
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
        """Follows the address as a browser does, up to the way back."""
        self.emulator.control("POST", "/entra/sign-ins", {"oid": AGENT})
        https = urllib.request.HTTPSHandler(context=self.emulator.tls)
        opener = urllib.request.build_opener(StayHere, https)
        with self.assertRaises(urllib.error.HTTPError) as sent:
            opener.open(address, timeout=DEADLINE_S)
        with sent.exception as answer:
            self.assertEqual(answer.code, 302)
            back = urllib.parse.urlsplit(answer.headers["Location"])
        return dict(urllib.parse.parse_qsl(back.query))

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


if __name__ == "__main__":
    unittest.main()
