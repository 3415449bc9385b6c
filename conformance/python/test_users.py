"""azure-communication-identity 1.5.0 makes users and tokens; azure-communication-callautomation 1.6.0 calls them."""

import datetime
import unittest

from azure.communication.callautomation import CommunicationUserIdentifier as Callee
from azure.communication.identity import CommunicationIdentityClient, CommunicationTokenScope
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from stage import KEY, entra_credential
from test_call_automation import Scenario


class Users(Scenario):
    client_name = "azure-communication-identity 1.5.0 with azure-communication-callautomation 1.6.0, access key"

    def setUp(self):
        super().setUp()
        self.identity = self.make_identity_client()

    def make_identity_client(self):
        return CommunicationIdentityClient(
            self.emulator.https, AzureKeyCredential(KEY), connection_verify=self.emulator.ca
        )

    def new_user(self):
        return self.identity.create_user().properties["id"]

    def test_user_with_a_token_that_is_revoked(self):
        user, token = self.identity.create_user_and_token(
            [CommunicationTokenScope.VOIP], token_expires_in=datetime.timedelta(hours=1)
        )
        self.assertTrue(user.raw_id.startswith("8:acs:"))
        issued = self.identity.get_token(user, [CommunicationTokenScope.CHAT])
        self.assertNotEqual(issued.token, token.token)
        self.assertGreater(issued.expires_on, token.expires_on)
        self.identity.revoke_tokens(user)
        shown = self.emulator.control("GET", f"/acs-users/{user.raw_id}")
        self.assertEqual([one["revoked"] for one in shown["tokens"]], [True, True])
        self.identity.delete_user(user)
        for gone in (
            lambda: self.identity.delete_user(user),
            lambda: self.identity.revoke_tokens(user),
            lambda: self.identity.get_token(user, [CommunicationTokenScope.VOIP]),
        ):
            with self.assertRaises(ResourceNotFoundError):
                gone()

    def test_token_of_an_unknown_scope_or_life(self):
        user = self.identity.create_user()
        for scopes, hours in (([], None), (["everything"], None), (["voip"], 25)):
            life = hours and datetime.timedelta(hours=hours)
            with self.assertRaises((HttpResponseError, ValueError)):
                self.identity.get_token(user, scopes, token_expires_in=life)

    def test_user_is_called_added_and_muted(self):
        one, two = self.new_user(), self.new_user()
        created = self.client.create_call(Callee(one), self.receiver.url + "/callbacks", operation_context="out")
        connected, _ = self.receiver.next("CallConnected")
        self.assertEqual(connected["operationContext"], "out")
        call = self.client.get_call_connection(created.call_connection_id)
        call.add_participant(Callee(two))
        self.receiver.next("AddParticipantSucceeded")
        self.receiver.next("ParticipantsUpdated")
        muted = call.mute_participant(Callee(two), operation_context="quiet")
        self.assertEqual(muted.operation_context, "quiet")
        updated, _ = self.receiver.next("ParticipantsUpdated")
        quiet = {one["identifier"]["rawId"]: one["isMuted"] for one in updated["participants"]}
        self.assertEqual(quiet, {one: False, two: True})
        self.assertTrue(call.get_participant(Callee(two)).is_muted)
        call.hang_up(is_for_everyone=True)
        self.receiver.next("CallDisconnected")

    def test_call_of_a_user_is_answered(self):
        caller, bot = self.new_user(), self.new_user()
        placed = self.emulator.control("POST", "/voip-calls", {"from": caller, "to": bot})
        self.assertEqual(placed["state"], "calling")
        event = self.receiver.incoming.get(timeout=20)
        self.assertEqual(event.data["to"]["communicationUser"]["id"], bot)
        self.client.answer_call(event.data["incomingCallContext"], self.receiver.url + "/callbacks")
        connected, _ = self.receiver.next("CallConnected")
        call = self.client.get_call_connection(connected["callConnectionId"])
        self.assertEqual([one.identifier.raw_id for one in call.list_participants()], [caller])
        self.emulator.control("POST", f"/acs-users/{caller}/hang-up")
        self.receiver.next("CallDisconnected")


class UsersWithEntra(Users):
    client_name = "azure-communication-identity 1.5.0 with azure-communication-callautomation 1.6.0, Entra"

    def make_identity_client(self):
        return CommunicationIdentityClient(
            self.emulator.https, entra_credential(self.emulator), connection_verify=self.emulator.ca
        )


if __name__ == "__main__":
    unittest.main()
