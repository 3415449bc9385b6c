"""azure-communication-callautomation 1.6.0 against the emulator: TLS and plain HTTP, key and Entra."""

import unittest

from azure.communication.callautomation import (
    CallAutomationClient,
    CallRejectReason,
    DtmfTone,
    FileSource,
    MicrosoftTeamsAppIdentifier,
    MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier,
    RecognitionChoice,
    RecognizeInputType,
    TeamsExtensionUserIdentifier,
    TextSource,
)
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)

from stage import ACCOUNT, AGENT, CALLER, KEY, NUMBER, RESOURCE, TENANT, EntraCredential, Emulator, Receiver

COGNITIVE = "https://cognitive.example"


def agent():
    return TeamsExtensionUserIdentifier(user_id=AGENT, tenant_id=TENANT, resource_id=RESOURCE)


class Scenario(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator()
        cls.receiver = Receiver(cls.emulator)
        cls.emulator.control("POST", "/event-subscriptions", {"endpoint": cls.receiver.url + "/events"})

    @classmethod
    def tearDownClass(cls):
        cls.receiver.stop()
        cls.emulator.stop()

    def setUp(self):
        for waiting in (self.receiver.callbacks, self.receiver.incoming):
            while not waiting.empty():
                waiting.get()
        self.emulator.control("DELETE", "/faults")
        self.client = self.make_client()

    def tearDown(self):
        self.client.close()
        for phone in self.emulator.control("GET", "/pstn-calls?live=true"):
            self.emulator.control("POST", f"/pstn-calls/{phone['id']}/hang-up")
        self.assertEqual(self.receiver.refused, [])

    def make_client(self):
        return CallAutomationClient(self.emulator.https, AzureKeyCredential(KEY), connection_verify=self.emulator.ca)

    def ring(self, script=()):
        phone = self.emulator.control("POST", "/pstn-calls", {"from": CALLER, "to": NUMBER, "script": list(script)})
        event = self.receiver.incoming.get(timeout=20)
        self.assertEqual(event["eventType"], "Microsoft.Communication.IncomingCall")
        self.assertEqual(event["data"]["to"]["rawId"], f"28:orgid:{ACCOUNT}")
        return phone["id"], event["data"]["incomingCallContext"]

    def connect(self, script=()):
        phone, context = self.ring(script)
        answered = self.client.answer_call(
            context,
            self.receiver.url + "/callbacks",
            operation_context="answer",
            cognitive_services_endpoint=COGNITIVE,
        )
        connected, _ = self.receiver.next("CallConnected")
        self.assertEqual(connected["callConnectionId"], answered.call_connection_id)
        self.assertEqual(connected["operationContext"], "answer")
        self.assertEqual(connected["resultInformation"]["code"], 200)
        updated, _ = self.receiver.next("ParticipantsUpdated")
        self.assertEqual(updated["sequenceNumber"], 1)
        return phone, self.client.get_call_connection(answered.call_connection_id)


class WithAccessKey(Scenario):
    """HTTPS with the emulator's own authority, HMAC."""

    def test_properties_of_an_answered_call(self):
        _, call = self.connect()
        properties = call.get_call_properties()
        self.assertEqual(properties.call_connection_state, "connected")
        self.assertEqual(properties.source.raw_id, "4:" + CALLER)
        self.assertEqual(properties.answered_for.properties["value"], NUMBER)
        self.assertIsInstance(properties.targets[0], MicrosoftTeamsAppIdentifier)
        self.assertEqual(properties.targets[0].properties["app_id"], ACCOUNT)

    def test_play_to_all_and_to_one(self):
        phone, call = self.connect()
        call.play_media_to_all(TextSource(text="Hello", voice_name="en-US-AvaNeural"), operation_context="hello")
        completed, before = self.receiver.next("PlayCompleted")
        self.assertEqual(completed["operationContext"], "hello")
        self.assertIn("PlayStarted", before)
        call.play_media([TextSource(text="Only you", voice_name="x")], [PhoneNumberIdentifier(CALLER)], operation_context="you")
        completed, _ = self.receiver.next("PlayCompleted")
        self.assertEqual(completed["operationContext"], "you")
        call.play_media_to_all(FileSource(url="http://127.0.0.1:1/gone.wav"), operation_context="gone")
        failed, _ = self.receiver.next("PlayFailed")
        self.assertEqual((failed["resultInformation"]["subCode"], failed["failedPlaySourceIndex"]), (8536, 0))
        call.play_media_to_all(TextSource(text="Music without an end", voice_name="x"), loop=True, operation_context="loop")
        self.receiver.next("PlayStarted")
        self.assertEqual(
            self.emulator.control("GET", f"/pstn-calls/{phone}")["hears"]["text"], "Music without an end"
        )
        call.cancel_all_media_operations()
        canceled, _ = self.receiver.next("PlayCanceled")
        self.assertEqual(canceled["resultInformation"]["subCode"], 8508)

    def test_recognize_digits_and_choices(self):
        script = [{"do": "digits", "keys": "42", "after_ms": 50}, {"do": "speak", "text": "my bill", "after_ms": 50}]
        _, call = self.connect(script)
        call.start_recognizing_media(
            RecognizeInputType.DTMF,
            PhoneNumberIdentifier(CALLER),
            play_prompt=TextSource(text="Code", voice_name="x"),
            dtmf_max_tones_to_collect=2,
            dtmf_stop_tones=[DtmfTone.POUND],
            interrupt_prompt=True,
            operation_context="code",
        )
        completed, _ = self.receiver.next("RecognizeCompleted")
        self.assertEqual(completed["recognitionType"], "dtmf")
        self.assertEqual(completed["dtmfResult"]["tones"], ["four", "two"])
        self.assertEqual((completed["resultInformation"]["subCode"], completed["operationContext"]), (8531, "code"))
        call.start_recognizing_media(
            RecognizeInputType.CHOICES,
            PhoneNumberIdentifier(CALLER),
            choices=[RecognitionChoice(label="Billing", phrases=["bill"], tone=DtmfTone.ONE), RecognitionChoice(label="Sales", phrases=["buy"])],
            operation_context="choice",
        )
        completed, _ = self.receiver.next("RecognizeCompleted")
        self.assertEqual(completed["choiceResult"]["label"], "Billing")
        call.start_recognizing_media(
            RecognizeInputType.DTMF, PhoneNumberIdentifier(CALLER), initial_silence_timeout=1, dtmf_max_tones_to_collect=1
        )
        failed, _ = self.receiver.next("RecognizeFailed")
        self.assertEqual(failed["resultInformation"]["subCode"], 8510)

    def test_agent_joins_is_listed_and_is_removed(self):
        _, call = self.connect()
        added = call.add_participant(agent(), invitation_timeout=20, operation_context="agent")
        self.assertEqual(added.operation_context, "agent")
        self.assertTrue(added.invitation_id)
        self.assertIsInstance(added.participant.identifier, TeamsExtensionUserIdentifier)
        succeeded, _ = self.receiver.next("AddParticipantSucceeded")
        self.assertEqual(succeeded["operationContext"], "agent")
        raw_id = f"8:acs:{RESOURCE}_{TENANT}_{AGENT}"
        self.assertEqual(succeeded["participant"]["rawId"], raw_id)
        updated, _ = self.receiver.next("ParticipantsUpdated")
        self.assertEqual(len(updated["participants"]), 2)
        listed = {participant.identifier.raw_id for participant in call.list_participants()}
        self.assertEqual(listed, {"4:" + CALLER, raw_id})
        self.assertEqual(call.get_participant(PhoneNumberIdentifier(CALLER)).identifier.raw_id, "4:" + CALLER)
        call.remove_participant(agent(), operation_context="out")
        removed, _ = self.receiver.next("RemoveParticipantSucceeded")
        self.assertEqual(removed["operationContext"], "out")
        self.assertEqual(len(list(call.list_participants())), 1)

    def test_invitation_is_canceled(self):
        _, call = self.connect()
        self.emulator.control("PUT", f"/teams-users/{AGENT}/behaviour", {"behaviour": {"do": "no_answer"}})
        self.addCleanup(
            self.emulator.control, "PUT", f"/teams-users/{AGENT}/behaviour", {"behaviour": {"do": "answer", "after_ms": 100}}
        )
        added = call.add_participant(agent())
        canceled = call.cancel_add_participant_operation(added.invitation_id, operation_context="back")
        self.assertEqual(canceled.invitation_id, added.invitation_id)
        event, _ = self.receiver.next("CancelAddParticipantSucceeded")
        self.assertEqual((event["invitationId"], event["operationContext"]), (added.invitation_id, "back"))

    def test_hang_up_ends_the_call_for_the_caller(self):
        phone, call = self.connect()
        call.hang_up(is_for_everyone=True)
        ended, _ = self.receiver.next("CallDisconnected")
        self.assertEqual(ended["resultInformation"]["subCode"], 7000)
        self.assertEqual(self.emulator.control("GET", f"/pstn-calls/{phone}")["state"], "ended")
        with self.assertRaises(ResourceNotFoundError):
            call.get_call_properties()

    def test_reject_and_redirect(self):
        phone, context = self.ring()
        self.client.reject_call(context, call_reject_reason=CallRejectReason.BUSY)
        self.assertEqual(self.emulator.control("GET", f"/pstn-calls/{phone}")["ended"], "rejected: busy")
        with self.assertRaises(ResourceExistsError):
            self.client.answer_call(context, self.receiver.url + "/callbacks")
        phone, context = self.ring()
        self.client.redirect_call(context, PhoneNumberIdentifier("+12065550177"))
        self.assertIn("redirected", self.emulator.control("GET", f"/pstn-calls/{phone}")["ended"])

    def test_outbound_call_from_the_resource_account(self):
        created = self.client.create_call(
            PhoneNumberIdentifier("+12065550123"),
            self.receiver.url + "/callbacks",
            operation_context="out",
            teams_app_source=MicrosoftTeamsAppIdentifier(ACCOUNT),
        )
        self.assertEqual(created.call_connection_state, "connecting")
        connected, _ = self.receiver.next("CallConnected")
        self.assertEqual(connected["operationContext"], "out")
        self.client.get_call_connection(created.call_connection_id).hang_up(is_for_everyone=False)
        self.receiver.next("CallDisconnected")

    def test_rules_of_teams_phone_extensibility(self):
        _, call = self.connect()
        for refused in (
            lambda: call.add_participant(MicrosoftTeamsUserIdentifier(AGENT)),
            lambda: call.add_participant(agent(), source_caller_id_number=PhoneNumberIdentifier(NUMBER)),
        ):
            with self.assertRaises(HttpResponseError) as raised:
                refused()
            self.assertEqual(raised.exception.status_code, 400)
            self.assertEqual(raised.exception.model.error.code, "8523")

    def test_what_is_not_built_says_so(self):
        _, call = self.connect()
        with self.assertRaises(HttpResponseError) as raised:
            call.start_media_streaming()
        self.assertEqual((raised.exception.status_code, raised.exception.model.error.code), (501, "8520"))

    def test_lost_answer_is_repeated_by_the_sdk_and_executed_once(self):
        before = self.emulator.control("GET", "/counters")
        _, context = self.ring()
        fault = {"kind": "status", "status": 503, "executed": True, "match": {"operation": "AnswerCall"}}
        self.emulator.control("POST", "/faults", fault)
        self.client.answer_call(context, self.receiver.url + "/callbacks")
        self.receiver.next("CallConnected")
        after = self.emulator.control("GET", "/counters")
        self.assertEqual(after["repeats"], before["repeats"] + 1)
        self.assertEqual(after["second_executions"], before["second_executions"])

    def test_throttled_request_is_tried_again(self):
        _, call = self.connect()
        fault = {"kind": "status", "status": 429, "retry_after_s": 1, "match": {"operation": "GetCall"}}
        self.emulator.control("POST", "/faults", fault)
        self.assertEqual(call.get_call_properties().call_connection_state, "connected")

    def test_wrong_key_is_an_authentication_error(self):
        client = CallAutomationClient(self.emulator.https, AzureKeyCredential("b3RoZXI="), connection_verify=self.emulator.ca)
        with client, self.assertRaises(ClientAuthenticationError):
            client.get_call_connection("nobody").get_call_properties()

    def test_trailing_slash_in_the_endpoint_is_named_in_the_record(self):
        client = CallAutomationClient(
            self.emulator.https + "/", AzureKeyCredential(KEY), connection_verify=self.emulator.ca
        )
        with client, self.assertRaises(ClientAuthenticationError):
            client.get_call_connection("nobody").get_call_properties()
        self.assertIn("trailing slash", self.emulator.control("GET", "/requests")[-1]["note"])


class WithConnectionString(WithAccessKey):
    """The same over a connection string."""

    def make_client(self):
        text = f"endpoint={self.emulator.https}/;accesskey={KEY}"
        return CallAutomationClient.from_connection_string(text, connection_verify=self.emulator.ca)


class WithEntra(WithAccessKey):
    """HTTPS with an Entra app token."""

    def make_client(self):
        return CallAutomationClient(
            self.emulator.https, EntraCredential(self.emulator), connection_verify=self.emulator.ca
        )


class OverPlainHttp(WithAccessKey):
    """Plain HTTP on loopback, HMAC."""

    def make_client(self):
        return CallAutomationClient(self.emulator.http, AzureKeyCredential(KEY))


if __name__ == "__main__":
    unittest.main()
