"""The credentials of azure-identity 1.27.0, unmodified: each asks the emulated Entra by itself."""

import unittest
import urllib.parse

import jwt
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    AuthorizationCodeCredential,
    CertificateCredential,
    ChainedTokenCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    OnBehalfOfCredential,
)

from browser import way_back
from certificate import new_certificate
from stage import AGENT, APP, SECRET, TENANT, Emulator, entra_credential, entra_options

GRAPH = "https://graph.microsoft.com/.default"
CALLING = "https://communication.azure.com//.default"
OWN = f"api://{APP}/access_as_user"
REDIRECT = "http://localhost:9/back"


def claims(token):
    return jwt.decode(token.token, options={"verify_signature": False})


class Credentials(unittest.TestCase):
    client_name = "azure-identity 1.27.0"

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator()

    @classmethod
    def tearDownClass(cls):
        cls.emulator.stop()

    def options(self):
        return entra_options(self.emulator)

    def refused(self, code, credential, scope=GRAPH):
        with self.assertRaises(ClientAuthenticationError) as refused:
            credential.get_token(scope)
        self.assertIn(f"AADSTS{code}:", str(refused.exception))

    def test_secret_is_a_credential_for_each_resource(self):
        credential = entra_credential(self.emulator)
        graph = claims(credential.get_token(GRAPH))
        self.assertEqual((graph["aud"], graph["appid"], graph["tid"]), ("https://graph.microsoft.com", APP, TENANT))
        self.assertEqual((graph["idtyp"], graph["appidacr"]), ("app", "1"))
        calling = credential.get_token_info(CALLING)
        self.assertEqual(claims(calling)["aud"], "https://communication.azure.com/")

    def test_secret_that_is_wrong_or_expired_is_refused(self):
        self.refused(7000215, entra_credential(self.emulator, "wrong"))
        self.emulator.control("PUT", "/entra/application", {"secret_expires_at": "2026-01-01T00:00:00Z"})
        self.addCleanup(self.emulator.control, "PUT", "/entra/application", {})
        self.refused(7000222, entra_credential(self.emulator))

    def test_application_or_resource_that_is_not_there_is_refused(self):
        nobody = "00000000-0000-0000-0000-000000000001"
        self.refused(700016, ClientSecretCredential(TENANT, nobody, SECRET, **self.options()))
        # The client asks the authority for its document first, and tells no code.
        with self.assertRaisesRegex(ClientAuthenticationError, "Unable to get authority configuration"):
            ClientSecretCredential(nobody, APP, SECRET, **self.options()).get_token(GRAPH)
        self.refused(500011, entra_credential(self.emulator), "https://nothing.example/.default")

    def test_certificate_is_a_credential_once_it_is_registered(self):
        certificate = new_certificate()
        pem = (certificate.private + certificate.public).encode()
        certified = lambda: CertificateCredential(TENANT, APP, certificate_data=pem, **self.options())
        self.refused(700027, certified())
        self.emulator.control("PUT", "/entra/application", {"certificates": [certificate.public]})
        self.addCleanup(self.emulator.control, "PUT", "/entra/application", {})
        token = claims(certified().get_token(GRAPH))
        self.assertEqual((token["appid"], token["appidacr"]), (APP, "2"))

    def test_assertion_that_the_application_signs_itself_is_a_credential(self):
        certificate = new_certificate()
        self.emulator.control("PUT", "/entra/application", {"certificates": [certificate.public]})
        self.addCleanup(self.emulator.control, "PUT", "/entra/application", {})
        audience = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"

        def signed(**other):
            told = {"aud": audience, "iss": APP, "sub": APP, "nbf": 0, "exp": 4102444800, **other}
            return lambda: jwt.encode(told, certificate.private, algorithm="RS256")

        credential = lambda func: ClientAssertionCredential(TENANT, APP, func, **self.options())
        self.assertEqual(claims(credential(signed()).get_token(GRAPH))["appid"], APP)
        self.refused(700024, credential(signed(exp=1)))
        self.refused(700023, credential(signed(aud="https://elsewhere.example")))

    def test_next_credential_of_a_chain_is_not_asked_after_a_refusal(self):
        chain = ChainedTokenCredential(entra_credential(self.emulator, "wrong"), entra_credential(self.emulator))
        self.refused(7000215, chain)

    def test_code_is_a_credential_and_what_it_gives_is_one_on_behalf_of_the_person(self):
        query = {"client_id": APP, "response_type": "code", "redirect_uri": REDIRECT, "scope": f"{OWN} openid"}
        address = f"{self.emulator.https}/{TENANT}/oauth2/v2.0/authorize?{urllib.parse.urlencode(query)}"
        code = way_back(self.emulator, address)["code"]
        by_code = AuthorizationCodeCredential(TENANT, APP, code, REDIRECT, client_secret=SECRET, **self.options())
        token = by_code.get_token(OWN)
        self.assertEqual((claims(token)["oid"], claims(token)["aud"]), (AGENT, f"api://{APP}"))
        further = OnBehalfOfCredential(
            TENANT, APP, client_secret=SECRET, user_assertion=token.token, **self.options()
        )
        self.assertEqual(claims(further.get_token("https://graph.microsoft.com/User.Read"))["oid"], AGENT)
        again = AuthorizationCodeCredential(TENANT, APP, code, REDIRECT, client_secret=SECRET, **self.options())
        self.refused(54005, again, OWN)


if __name__ == "__main__":
    unittest.main()
