"""Microsoft Graph's own client for Python, unmodified, with tokens that MSAL fetches: pointed at an emulator by its public
options."""

import asyncio
import unittest
import urllib.parse
import warnings

import httpx
import msal
import requests
from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_http.middleware.options import RetryHandlerOption
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_core import GraphClientFactory

from stage import AGENT, APP, SECRET, TENANT, Emulator

SCOPES = ["https://graph.microsoft.com/.default"]
CLIENT = "msgraph-sdk 1.65.0 with msal 1.39.0"


def application(emulator, secret=SECRET):
    session = requests.Session()
    session.verify = emulator.ca
    session.trust_env = False
    return msal.ConfidentialClientApplication(
        APP,
        client_credential=secret,
        authority=f"{emulator.https}/{TENANT}",
        instance_discovery=False,
        http_client=session,
    )


class OfMsal(AccessTokenProvider):
    """Gives the client the token that a flow of MSAL ended with."""

    def __init__(self, flow):
        self.flow = flow

    async def get_authorization_token(self, uri, additional_authentication_context=None):
        return self.flow()["access_token"]

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator(["127.0.0.1"])


def asking(builder, query=None, headers=None):
    """What a request is configured with: query options of its builder, and headers."""
    configuration = RequestConfiguration()
    if query is not None:
        configuration.query_parameters = query
    for name, value in (headers or {}).items():
        configuration.headers.add(name, value)
    return configuration


EVENTUALLY = {"ConsistencyLevel": "eventual"}


class GraphCase(unittest.IsolatedAsyncioTestCase):
    """Cases of one emulator. What is refused is refused once: nothing is tried again."""

    client_name = f"{CLIENT}, Entra"
    flags = ("--strict",)

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(cls.flags)

    @classmethod
    def tearDownClass(cls):
        cls.emulator.stop()

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)
        # The client warns of classes of its own, and leaves connections to the collector.
        for category in (DeprecationWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        self.emulator.control("DELETE", "/faults")
        self.graph = self.client()

    def client(self, version="v1.0", flow=None, retries=0):
        app = application(self.emulator)
        flow = flow or (lambda: app.acquire_token_for_client(scopes=SCOPES))
        transport = httpx.AsyncClient(verify=self.emulator.tls, trust_env=False)
        options = {RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=retries, should_retry=retries > 0)}
        client = GraphClientFactory.create_with_default_middleware(client=transport, options=options)
        adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(OfMsal(flow)), client=client)
        adapter.base_url = f"{self.emulator.https}/{version}"
        self.addAsyncCleanup(client.aclose)
        return GraphServiceClient(request_adapter=adapter)

    def client_of(self, scopes, person=AGENT, version="v1.0"):
        """A client with the token of somebody who signs in on a device."""
        app = application(self.emulator)
        form = {"client_id": APP, "scope": " ".join(scopes)}
        verify = self.emulator.ca
        authority = f"{self.emulator.https}/{TENANT}/oauth2/v2.0"
        self.emulator.control("POST", "/entra/sign-ins", {"oid": person})
        address = urllib.parse.urlencode(
            {"client_id": APP, "response_type": "code", "redirect_uri": "http://localhost:9/back", "scope": form["scope"]}
        )
        landed = requests.get(f"{authority}/authorize?{address}", verify=verify, allow_redirects=False, timeout=20)
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(landed.headers["location"]).query)["code"][0]
        tokens = app.acquire_token_by_authorization_code(code, scopes, redirect_uri="http://localhost:9/back")
        return self.client(version, lambda: tokens)

    async def refused(self, status, code, attempt):
        """The client raises this error of the service."""
        with self.assertRaises(ODataError) as raised:
            await attempt
        error = raised.exception
        self.assertEqual((error.response_status_code, error.error.code), (status, code), error.error.message)
        self.assertTrue(error.error.inner_error.request_id)
        return error
