"""azure-communication-callautomation 1.6.0 against the emulator: TLS and plain HTTP, key and Entra."""

import contextlib
import json
import socket
import unittest
from unittest import mock

from azure.communication.callautomation import (
    AzureBlobContainerRecordingStorage,
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
from azure.eventgrid import SystemEventNames

from contract import Watch
from stage import ACCOUNT, AGENT, CALLER, KEY, NUMBER, RESOURCE, STRICT, TENANT, Emulator, Receiver, entra_credential

COGNITIVE = "https://cognitive.example"


def agent():
    return TeamsExtensionUserIdentifier(user_id=AGENT, tenant_id=TENANT, resource_id=RESOURCE)


@contextlib.contextmanager
def storage_on_loopback():
    """What a line in the hosts file does: the storage host is this machine."""
    resolve = socket.getaddrinfo

    def loopback(host, *arguments, **options):
        named = "127.0.0.1" if str(host).endswith(".asm.skype.com") else host
        return resolve(named, *arguments, **options)

    with mock.patch("socket.getaddrinfo", loopback):
        yield


class Scenario(unittest.TestCase):
    flags = STRICT

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(cls.flags)
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
        self.watch = Watch()
        self.client = self.make_client(**self.watched())

    def tearDown(self):
        self.client.close()
        for phone in self.emulator.control("GET", "/pstn-calls?live=true"):
            self.emulator.control("POST", f"/pstn-calls/{phone['id']}/hang-up")
        self.assertEqual(self.receiver.refused + self.watch.faults, [])

    def watched(self):
        """Options of a client whose answers are held against the contract: a policy, which the SDK lets applications add."""
        return {"per_retry_policies": [self.watch]}

    def make_client(self, **options):
        key = AzureKeyCredential(KEY)
        return CallAutomationClient(self.emulator.https, key, connection_verify=self.emulator.ca, **options)

    def ring(self, script=()):
        phone = self.emulator.control("POST", "/pstn-calls", {"from": CALLER, "to": NUMBER, "script": list(script)})
        event = self.receiver.incoming.get(timeout=20)
        self.assertEqual(event.event_type, SystemEventNames.AcsIncomingCallEventName)
        self.assertEqual(event.data["to"]["rawId"], f"28:orgid:{ACCOUNT}")
        return phone["id"], event.data["incomingCallContext"]

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

    client_name = "azure-communication-callautomation 1.6.0, access key"

    # B-142: an official SDK of the named version or a later one drives the emulator unmodified.
    # B-164: no tunnel and no tenant; the service and the application meet on loopback.
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
        call.play_media_to_all(FileSource(url="https://127.0.0.1:1/gone.wav"), operation_context="gone")
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
        number = "+12065550177"
        self.emulator.control("PUT", f"/phones/{number}/behaviour", {"behaviour": {"do": "no_answer"}})
        self.client.redirect_call(context, PhoneNumberIdentifier(number))
        rings = next(one for one in self.emulator.control("GET", "/pstn-calls?live=true") if one["to"] == number)
        self.assertEqual((rings["state"], rings["from"]), ("ringing", CALLER))
        self.emulator.control("POST", f"/pstn-calls/{rings['id']}/answer")
        self.assertEqual(self.emulator.control("GET", f"/pstn-calls/{phone}")["hears"]["with"], [number])
        with self.assertRaises(ResourceExistsError):
            self.client.redirect_call(context, PhoneNumberIdentifier(number))

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

    def test_agent_is_called_from_the_resource_account_and_then_the_customer(self):
        customer = PhoneNumberIdentifier("+12065550124")
        create = lambda **more: self.client.create_call(
            agent(),
            self.receiver.url + "/callbacks",
            operation_context="agent",
            teams_app_source=MicrosoftTeamsAppIdentifier(ACCOUNT),
            **more,
        )
        with self.assertRaises(HttpResponseError) as raised:
            create(source_caller_id_number=PhoneNumberIdentifier(NUMBER))
        self.assertEqual(raised.exception.model.error.code, "8523")
        created = create()
        connected, _ = self.receiver.next("CallConnected")
        self.assertEqual(connected["operationContext"], "agent")
        call = self.client.get_call_connection(created.call_connection_id)
        call.add_participant(customer, invitation_timeout=20, operation_context="customer")
        succeeded, _ = self.receiver.next("AddParticipantSucceeded")
        self.assertEqual(succeeded["operationContext"], "customer")
        listed = {participant.identifier.raw_id for participant in call.list_participants()}
        self.assertEqual(listed, {"4:+12065550124", f"8:acs:{RESOURCE}_{TENANT}_{AGENT}"})
        call.hang_up(is_for_everyone=True)
        self.receiver.next("CallDisconnected")

    def test_rules_of_teams_phone_extensibility(self):
        _, call = self.connect()
        for refused in (
            lambda: call.add_participant(MicrosoftTeamsUserIdentifier(AGENT)),
            lambda: call.add_participant(agent(), source_caller_id_number=PhoneNumberIdentifier(NUMBER)),
            lambda: call.mute_participant(PhoneNumberIdentifier(CALLER)),
            lambda: call.transfer_call_to_participant(MicrosoftTeamsUserIdentifier(AGENT)),
            lambda: call.transfer_call_to_participant(
                PhoneNumberIdentifier("+12065550141"), source_caller_id_number=PhoneNumberIdentifier(NUMBER)
            ),
        ):
            with self.assertRaises(HttpResponseError) as raised:
                refused()
            self.assertEqual(raised.exception.status_code, 400)
            self.assertEqual(raised.exception.model.error.code, "8523")

    def test_customer_is_held_and_taken_back(self):
        phone, call = self.connect()
        call.add_participant(agent())
        self.receiver.next("ParticipantsUpdated")
        call.hold(PhoneNumberIdentifier(CALLER), play_source=TextSource(text="Soft music", voice_name="x"), operation_context="hold")
        updated, _ = self.receiver.next("ParticipantsUpdated")
        held = {one["identifier"]["rawId"]: one["isOnHold"] for one in updated["participants"]}
        self.assertEqual((held["4:" + CALLER], len(held)), (True, 2))
        self.assertTrue(call.get_participant(PhoneNumberIdentifier(CALLER)).is_on_hold)
        self.assertEqual(self.emulator.control("GET", f"/pstn-calls/{phone}")["hears"]["text"], "Soft music")
        call.unhold(PhoneNumberIdentifier(CALLER))
        self.receiver.next("ParticipantsUpdated")
        self.assertFalse(call.get_participant(PhoneNumberIdentifier(CALLER)).is_on_hold)
        self.emulator.control("POST", "/faults", {"kind": "hold_failed"})
        call.hold(PhoneNumberIdentifier(CALLER), operation_context="again")
        failed, _ = self.receiver.next("HoldFailed")
        self.assertEqual(failed["operationContext"], "again")

    def test_transfer_of_a_call_of_two_and_out_of_a_group(self):
        for number, group in (("+12065550141", False), ("+12065550142", True)):
            phone, call = self.connect()
            if group:
                call.add_participant(agent())
                self.receiver.next("AddParticipantSucceeded")
            accepted_context = "group" if group else "two"
            transferred = call.transfer_call_to_participant(
                PhoneNumberIdentifier(number),
                transferee=PhoneNumberIdentifier(CALLER) if group else None,
                operation_context=accepted_context,
            )
            self.assertEqual(transferred.operation_context, accepted_context)
            accepted, _ = self.receiver.next("CallTransferAccepted")
            self.assertEqual(accepted["transferTarget"]["rawId"], "4:" + number)
            self.assertEqual(accepted["transferee"]["rawId"], "4:" + CALLER)
            if group:
                self.assertEqual(len(list(call.list_participants())), 1)
                call.hang_up(is_for_everyone=True)
            self.receiver.next("CallDisconnected")
            self.assertEqual(self.emulator.control("GET", f"/pstn-calls/{phone}")["hears"]["with"], [number])

    def test_transfer_that_is_declined_and_one_at_a_time(self):
        number = "+12065550143"
        self.emulator.control("PUT", f"/phones/{number}/behaviour", {"behaviour": {"do": "busy", "after_ms": 300}})
        _, call = self.connect()
        call.transfer_call_to_participant(PhoneNumberIdentifier(number), operation_context="busy")
        with self.assertRaises(ResourceExistsError) as raised:
            call.transfer_call_to_participant(PhoneNumberIdentifier("+12065550144"))
        self.assertEqual(json.loads(raised.exception.response.text())["error"]["code"], "8607")
        failed, _ = self.receiver.next("CallTransferFailed")
        result = failed["resultInformation"]
        self.assertEqual((failed["operationContext"], result["code"], result["subCode"]), ("busy", 486, 8539))
        self.assertEqual(call.get_call_properties().call_connection_state, "connected")

    def test_digits_are_sent_and_reported(self):
        phone, call = self.connect()
        target = PhoneNumberIdentifier(CALLER)
        sent = call.send_dtmf_tones([DtmfTone.ONE, DtmfTone.POUND], target, operation_context="send")
        self.assertEqual(sent.operation_context, "send")
        completed, _ = self.receiver.next("SendDtmfTonesCompleted")
        self.assertEqual(completed["operationContext"], "send")
        self.assertEqual(self.emulator.control("GET", f"/pstn-calls/{phone}")["digits_received"], "1#")
        call.start_continuous_dtmf_recognition(target, operation_context="keys")
        self.emulator.control("POST", f"/pstn-calls/{phone}/digits", {"digits": "4*"})
        tones = [self.receiver.next("ContinuousDtmfRecognitionToneReceived")[0] for _ in range(2)]
        self.assertEqual([(one["tone"], one["sequenceId"]) for one in tones], [("four", 1), ("asterisk", 2)])
        self.assertEqual(tones[0]["operationContext"], "keys")
        call.stop_continuous_dtmf_recognition(target, operation_context="enough")
        stopped, _ = self.receiver.next("ContinuousDtmfRecognitionStopped")
        self.assertEqual(stopped["operationContext"], "enough")
        with self.assertRaises(HttpResponseError) as raised:
            call.send_dtmf_tones([DtmfTone.ONE] * 19, target)
        self.assertEqual((raised.exception.status_code, raised.exception.model.error.code), (400, "8523"))

    def test_targeted_media_excludes_tones(self):
        _, call = self.connect()
        target = PhoneNumberIdentifier(CALLER)
        call.send_dtmf_tones([DtmfTone.ONE] * 18, target)
        for refused in (
            lambda: call.send_dtmf_tones([DtmfTone.ONE], target),
            lambda: call.play_media([TextSource(text="x", voice_name="x")], [target]),
            lambda: call.start_continuous_dtmf_recognition(target),
        ):
            with self.assertRaises(HttpResponseError) as raised:
                refused()
            self.assertEqual((raised.exception.status_code, raised.exception.model.error.code), (412, "8583"))
        call.play_media_to_all(TextSource(text="Hello", voice_name="x"))
        self.receiver.next("PlayStarted")

    def test_caller_follows_a_menu(self):
        script = [
            {"do": "await_prompt", "says": "account", "within_ms": 15000},
            {"do": "press", "keys": "42", "pace_ms": 50, "after_ms": 50},
            {"do": "await_prompt", "says": "goodbye", "within_ms": 15000},
            {"do": "leave"},
        ]
        phone, call = self.connect(script)
        call.start_recognizing_media(
            RecognizeInputType.DTMF,
            PhoneNumberIdentifier(CALLER),
            play_prompt=TextSource(text="Account?", voice_name="x"),
            dtmf_max_tones_to_collect=2,
        )
        completed, _ = self.receiver.next("RecognizeCompleted")
        self.assertEqual(completed["dtmfResult"]["tones"], ["four", "two"])
        call.play_media_to_all(TextSource(text="Goodbye", voice_name="x"))
        self.receiver.next("CallDisconnected")
        self.assertEqual(self.emulator.control("GET", f"/pstn-calls/{phone}")["ended"], "the script hung up")

    def record(self, call, **options):
        kind = {"recording_content_type": "audio", "recording_channel_type": "mixed", "recording_format_type": "wav"}
        return self.client.start_recording(
            call_connection_id=call._call_connection_id,
            recording_state_callback_url=self.receiver.url + "/callbacks",
            **{**kind, **options},
        )

    def test_recording_is_started_paused_resumed_stopped_and_fetched(self):
        _, call = self.connect()
        started = self.record(call)
        self.assertEqual((started.recording_state, started.recording_kind), ("active", "azureCommunicationServices"))
        changed, _ = self.receiver.next("RecordingStateChanged")
        self.assertEqual((changed["recordingId"], changed["state"]), (started.recording_id, "active"))
        self.client.pause_recording(started.recording_id)
        self.receiver.next("RecordingStateChanged")
        self.assertEqual(self.client.get_recording_properties(started.recording_id).recording_state, "inactive")
        self.client.resume_recording(started.recording_id)
        self.receiver.next("RecordingStateChanged")
        self.client.stop_recording(started.recording_id)
        changed, _ = self.receiver.next("RecordingStateChanged")
        self.assertEqual(changed["state"], "inactive")
        with self.assertRaises(ResourceNotFoundError):
            self.client.get_recording_properties(started.recording_id)
        event = self.receiver.incoming.get(timeout=20)
        self.assertEqual(event.event_type, SystemEventNames.AcsRecordingFileStatusUpdatedEventName)
        chunk = event.data["recordingStorageInfo"]["recordingChunks"][0]
        with storage_on_loopback():
            whole = self.client.download_recording(chunk["contentLocation"]).read()
            self.assertEqual(whole[:4] + whole[8:12], b"RIFFWAVE")
            self.assertEqual((len(whole) - 44) // 32, event.data["recordingDurationMs"])
            part = self.client.download_recording(chunk["contentLocation"], offset=4, length=8).read()
            self.assertEqual(part, whole[4:12])
            metadata = json.loads(self.client.download_recording(chunk["metadataLocation"]).read())
            self.assertEqual(len(metadata["pauseResumeIntervals"]), 1)
            self.client.delete_recording(chunk["deleteLocation"])
            with self.assertRaises(ResourceNotFoundError):
                self.client.download_recording(chunk["contentLocation"])

    def test_recording_of_another_kind_is_refused_and_a_failure_is_told(self):
        _, call = self.connect()
        server_call = call.get_call_properties().server_call_id
        for refused in (
            lambda: self.record(call, recording_content_type="audioVideo", recording_format_type="mp4"),
            lambda: self.record(call, recording_format_type="mp3"),
            lambda: self.client.start_recording(server_call_id=server_call, recording_content_type="audio", recording_format_type="wav"),
        ):
            with self.assertRaises(HttpResponseError) as raised:
                refused()
            self.assertEqual((raised.exception.status_code, raised.exception.model.error.code), (400, "8523"))
        self.emulator.control("POST", "/faults", {"kind": "start_recording_failed"})
        failing = self.record(call)
        failed, _ = self.receiver.next("StartRecordingFailed")
        self.assertEqual(failed["recordingId"], failing.recording_id)

    def test_phone_that_is_called_is_busy(self):
        number = "+12065550145"
        self.emulator.control("PUT", f"/phones/{number}/behaviour", {"behaviour": {"do": "busy", "after_ms": 50}})
        self.client.create_call(
            PhoneNumberIdentifier(number),
            self.receiver.url + "/callbacks",
            operation_context="out",
            teams_app_source=MicrosoftTeamsAppIdentifier(ACCOUNT),
        )
        failed, _ = self.receiver.next("CreateCallFailed")
        self.assertEqual((failed["operationContext"], failed["resultInformation"]["code"]), ("out", 486))
        self.receiver.next("CallDisconnected")
        _, call = self.connect()
        call.add_participant(PhoneNumberIdentifier(number), operation_context="add")
        failed, _ = self.receiver.next("AddParticipantFailed")
        self.assertEqual((failed["operationContext"], failed["resultInformation"]["subCode"]), ("add", 8539))

    def test_what_is_not_built_says_so(self):
        created = self.client.create_call(
            PhoneNumberIdentifier("+12065550146"),
            self.receiver.url + "/callbacks",
            source_caller_id_number=PhoneNumberIdentifier(NUMBER),
        )
        self.receiver.next("CallConnected")
        elsewhere = AzureBlobContainerRecordingStorage(container_url="https://storage.example/recordings")
        sound = {"recording_content_type": "audio", "recording_format_type": "wav"}
        for options, member in (
            ({}, "recordingContentType"),
            ({**sound, "recording_format_type": "mp3"}, "recordingFormatType"),
            ({**sound, "recording_storage": elsewhere}, "externalStorage"),
        ):
            with self.assertRaises(HttpResponseError) as raised:
                self.client.start_recording(call_connection_id=created.call_connection_id, **options)
            self.assertEqual((raised.exception.status_code, raised.exception.model.error.code), (501, "8520"))
            self.assertIn(member, raised.exception.model.error.message)

    def test_operation_that_the_service_does_not_have_is_not_implemented(self):
        def elsewhere(request):
            request.http_request.url = request.http_request.url.replace(":terminate", ":explode")

        # Not held against the contract, which does not have it either.
        client = self.make_client()
        with client, self.assertRaises(HttpResponseError) as raised:
            client.get_call_connection("nobody").hang_up(is_for_everyone=True, raw_request_hook=elsewhere)
        self.assertEqual((raised.exception.status_code, raised.exception.model.error.code), (501, "8520"))
        self.assertIn(":explode", raised.exception.model.error.message)

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

    client_name = "azure-communication-callautomation 1.6.0, connection string"

    def make_client(self, **options):
        text = f"endpoint={self.emulator.https}/;accesskey={KEY}"
        return CallAutomationClient.from_connection_string(text, connection_verify=self.emulator.ca, **options)


class WithEntra(WithAccessKey):
    """HTTPS with an Entra app token."""

    client_name = "azure-communication-callautomation 1.6.0, Entra"

    def make_client(self, **options):
        credential = entra_credential(self.emulator)
        return CallAutomationClient(self.emulator.https, credential, connection_verify=self.emulator.ca, **options)


class OverPlainHttp(WithAccessKey):
    """Plain HTTP on loopback, HMAC. The service has no such address: it is not counted."""

    is_counted = False
    client_name = "azure-communication-callautomation 1.6.0, plain HTTP"

    def make_client(self, **options):
        # Files of recordings are fetched over TLS all the same.
        key = AzureKeyCredential(KEY)
        return CallAutomationClient(self.emulator.http, key, connection_verify=self.emulator.ca, **options)


if __name__ == "__main__":
    unittest.main()
