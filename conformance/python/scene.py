"""The stage of a documented case: a strict emulator on a stepped clock, its people, and how each of the 34 operations is
asked for by Microsoft's client. Nothing happens until `advance`, so that no case waits."""

import contextlib
import http.server
import json
import unittest
import uuid
import warnings

from azure.communication.callautomation import (
    CallAutomationClient,
    CommunicationUserIdentifier,
    DtmfTone,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    MicrosoftTeamsAppIdentifier,
    PhoneNumberIdentifier,
    RecognizeInputType,
    StreamingTransportType,
    TeamsExtensionUserIdentifier,
    TextSource,
    TranscriptionOptions,
)
from azure.communication.identity import CommunicationIdentityClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.eventgrid import SystemEventNames

from contract import Watch
from stage import (
    ACCOUNT,
    AGENT,
    CALLER,
    DEADLINE_S,
    KEY,
    NUMBER,
    RESOURCE,
    STRICT,
    TENANT,
    Emulator,
    Receiver,
    Socket,
    serve,
)

COGNITIVE = "https://cognitive.example"
CONTEXT = "asked for"
SOMEBODY = "+12065550171"
SOMEBODY_ELSE = "+12065550172"
NOBODY = "+12065550173"
# Nobody listens there.
GONE = "https://127.0.0.1:1/gone.wav"
PLAIN = "http://127.0.0.1:1/callbacks"


def phone(number):
    return PhoneNumberIdentifier(number)


def agent(oid=AGENT, tenant=TENANT):
    return TeamsExtensionUserIdentifier(user_id=oid, tenant_id=tenant, resource_id=RESOURCE)


def text(words):
    return TextSource(text=words, voice_name="en-US-AvaNeural")


def media_streaming(url):
    return MediaStreamingOptions(
        transport_url=url,
        transport_type=StreamingTransportType.WEBSOCKET,
        content_type=MediaStreamingContentType.AUDIO,
        audio_channel_type=MediaStreamingAudioChannelType.MIXED,
        start_media_streaming=False,
    )


def transcription(url):
    return TranscriptionOptions(
        transport_url=url, transport_type=StreamingTransportType.WEBSOCKET, locale="en-US", start_transcription=False
    )


class Change(SansIOHTTPPolicy):
    """A policy of the application's own that may change a request before it is signed."""

    def __init__(self):
        self.request = None

    def on_request(self, request):
        if self.request:
            self.request(request.http_request)


class Ask:
    """What an operation is asked with: as it succeeds, but for what a case changes."""

    def __init__(self, scene, changes):
        self.client = scene.client
        self.call_id = scene.call_id
        self.from_call = scene.from_call
        self.context = scene.context
        self.recording = scene.recording
        self.invitation = "nothing"
        self.callbacks = scene.callbacks
        self.locator = {"server_call_id": scene.server_call}
        self.recorded = {"call_connection_id": scene.call_id}
        # Who is there, and who shall come.
        self.target = phone(CALLER)
        self.newcomer = phone(SOMEBODY)
        self.source = text("Hello")
        self.input = RecognizeInputType.DTMF
        self.tones = [DtmfTone.ONE, DtmfTone.POUND]
        self.options = {}
        vars(self).update(changes)

    @property
    def call(self):
        return self.client.get_call_connection(self.call_id)

    @property
    def told(self):
        """What every operation takes that has events of its own."""
        return {"operation_context": CONTEXT, **self.options}

    @property
    def outbound(self):
        return {"teams_app_source": MicrosoftTeamsAppIdentifier(ACCOUNT), **self.told}

    @property
    def kind(self):
        kind = {"recording_content_type": "audio", "recording_channel_type": "mixed", "recording_format_type": "wav"}
        return {**kind, **self.recorded, "recording_state_callback_url": self.callbacks, **self.options}


ASKED = {
    "CreateCall": lambda it: it.client.create_call(it.newcomer, it.callbacks, **it.outbound),
    "AnswerCall": lambda it: it.client.answer_call(it.context, it.callbacks, **it.told),
    "RedirectCall": lambda it: it.client.redirect_call(it.context, it.newcomer),
    "RejectCall": lambda it: it.client.reject_call(it.context, call_reject_reason="busy"),
    "Connect": lambda it: it.client.connect_call(it.callbacks, **it.locator, **it.told),
    "CallConnection_GetCall": lambda it: it.call.get_call_properties(),
    "CallConnection_HangupCall": lambda it: it.call.hang_up(is_for_everyone=False),
    "CallConnection_TerminateCall": lambda it: it.call.hang_up(is_for_everyone=True),
    "CallConnection_TransferToParticipant": lambda it: it.call.transfer_call_to_participant(
        it.newcomer, transferee=it.target, **it.told
    ),
    "CallConnection_GetParticipants": lambda it: list(it.call.list_participants()),
    "CallConnection_AddParticipant": lambda it: it.call.add_participant(it.newcomer, **it.told),
    "CallConnection_RemoveParticipant": lambda it: it.call.remove_participant(it.target, **it.told),
    "CallConnection_Mute": lambda it: it.call.mute_participant(it.target, **it.told),
    "CallConnection_CancelAddParticipant": lambda it: it.call.cancel_add_participant_operation(it.invitation, **it.told),
    "CallConnection_MoveParticipants": lambda it: it.call.move_participants([it.target], it.from_call, **it.told),
    "CallConnection_GetParticipant": lambda it: it.call.get_participant(it.target),
    "CallMedia_Play": lambda it: it.call.play_media([it.source], [it.target], **it.told),
    "CallMedia_StartTranscription": lambda it: it.call.start_transcription(**{"locale": "en-GB", **it.told}),
    "CallMedia_StopTranscription": lambda it: it.call.stop_transcription(**it.told),
    "CallMedia_UpdateTranscription": lambda it: it.call.update_transcription(**{"locale": "de-DE", **it.told}),
    "CallMedia_CancelAllMediaOperations": lambda it: it.call.cancel_all_media_operations(),
    "CallMedia_Recognize": lambda it: it.call.start_recognizing_media(
        it.input, it.target, **{"dtmf_max_tones_to_collect": 2, **it.told}
    ),
    "CallMedia_StartContinuousDtmfRecognition": lambda it: it.call.start_continuous_dtmf_recognition(it.target, **it.told),
    "CallMedia_StopContinuousDtmfRecognition": lambda it: it.call.stop_continuous_dtmf_recognition(it.target, **it.told),
    "CallMedia_SendDtmfTones": lambda it: it.call.send_dtmf_tones(it.tones, it.target, **it.told),
    "CallMedia_Hold": lambda it: it.call.hold(it.target, **{"play_source": it.source, **it.told}),
    "CallMedia_Unhold": lambda it: it.call.unhold(it.target, **it.told),
    "CallMedia_StartMediaStreaming": lambda it: it.call.start_media_streaming(**it.told),
    "CallMedia_StopMediaStreaming": lambda it: it.call.stop_media_streaming(**it.told),
    "CallRecording_StartRecording": lambda it: it.client.start_recording(**it.kind),
    "CallRecording_GetRecordingProperties": lambda it: it.client.get_recording_properties(it.recording),
    "CallRecording_StopRecording": lambda it: it.client.stop_recording(it.recording),
    "CallRecording_PauseRecording": lambda it: it.client.pause_recording(it.recording),
    "CallRecording_ResumeRecording": lambda it: it.client.resume_recording(it.recording),
}


class Scene(unittest.TestCase):
    client_name = "azure-communication-callautomation 1.6.0, access key"

    @classmethod
    def setUpClass(cls):
        # What is deprecated in the client is an operation all the same.
        warnings.simplefilter("ignore", DeprecationWarning)
        cls.emulator = Emulator((*STRICT, "--clock", "stepped"))
        cls.receiver = Receiver(cls.emulator)
        cls.socket = Socket(cls.emulator, cls.receiver)
        cls.emulator.control("POST", "/event-subscriptions", {"endpoint": cls.receiver.url + "/events"})

    @classmethod
    def tearDownClass(cls):
        cls.socket.stop()
        cls.receiver.stop()
        cls.emulator.stop()

    def setUp(self):
        self.callbacks = self.receiver.begin(f"/callbacks/{uuid.uuid4()}")
        self.control("DELETE", "/faults")
        self.behaves(SOMEBODY, "answer")
        self.user_behaves(AGENT, "answer")
        self.watch = Watch()
        self.change = Change()
        self.client = self.open_client(AzureKeyCredential(KEY))
        self.addCleanup(self.client.close)
        # Until a case makes them, there are none.
        self.call_id = self.from_call = self.context = self.recording = "nothing"
        self.server_call = "bm90aGluZw=="

    def tearDown(self):
        self.change.request = None
        for one in self.control("GET", "/calls"):
            if one["callback_uri"] == self.callbacks and one["state"] != "disconnected":
                # It may have ended with another connection to the same call.
                with contextlib.suppress(ResourceNotFoundError):
                    self.client.get_call_connection(one["call_connection_id"]).hang_up(is_for_everyone=True)
        for one in self.control("GET", "/pstn-calls?live=true"):
            self.control("POST", f"/pstn-calls/{one['id']}/hang-up")
        self.assertEqual(self.receiver.refused + self.watch.faults, [])

    def open_client(self, credential):
        return CallAutomationClient(
            self.emulator.https,
            credential,
            connection_verify=self.emulator.ca,
            per_call_policies=[self.change],
            per_retry_policies=[self.watch],
            # What is refused is seen at once.
            retry_total=0,
        )

    def ask(self, operation, **changes):
        return ASKED[operation](Ask(self, changes))

    def asking(self, operation, **changes):
        """The same, to be tried later."""
        return lambda: self.ask(operation, **changes)

    def control(self, method, path, body=None):
        return self.emulator.control(method, path, body)

    def advance(self, ms):
        self.control("POST", "/clock/advance", {"ms": ms})

    def next(self, kind):
        """The next callback of this kind: what it tells."""
        event, _ = self.receiver.next(kind)
        return event

    def fault(self, kind, **more):
        self.control("POST", "/faults", {"kind": kind, **more})

    def change_body(self, change):
        """What the client sends is another body than it made."""

        def changed(request):
            body = json.loads(request.body)
            change(body)
            request.set_json_body(body)

        self.change.request = changed

    def behaves(self, number, does):
        self.control("PUT", f"/phones/{number}/behaviour", {"behaviour": behaviour(does)})

    def user_behaves(self, oid, does, has_teams_phone=True):
        habit = {"behaviour": behaviour(does), "teams_phone": has_teams_phone}
        self.control("PUT", f"/teams-users/{oid}/behaviour", habit)

    def caller(self, phone_id):
        return self.control("GET", f"/pstn-calls/{phone_id}")

    def rings(self, number):
        """The phone that an application calls."""
        return next(one for one in self.control("GET", "/pstn-calls?live=true") if one["to"] == number)

    def ring(self, script=(), number=CALLER):
        placed = self.control("POST", "/pstn-calls", {"from": number, "to": NUMBER, "script": list(script)})
        self.phone = placed["id"]
        event = self.event(lambda event: event.event_type == SystemEventNames.AcsIncomingCallEventName)
        self.context = event.data["incomingCallContext"]

    def connect(self, script=(), number=CALLER, cognitive=COGNITIVE, **options):
        """A customer calls and is answered."""
        self.ring(script, number)
        answered = self.client.answer_call(self.context, self.callbacks, cognitive_services_endpoint=cognitive, **options)
        self.advance(100)
        self.next("CallConnected")
        self.next("ParticipantsUpdated")
        self.call_id, self.server_call = answered.call_connection_id, answered.server_call_id

    def connect_streams(self):
        self.connect(media_streaming=media_streaming(self.socket.url), transcription=transcription(self.socket.url))

    def connect_with_agent(self, **options):
        self.connect(**options)
        self.ask("CallConnection_AddParticipant", newcomer=agent())
        self.advance(100)
        self.next("AddParticipantSucceeded")
        self.next("ParticipantsUpdated")

    def connect_two_calls(self):
        """Somebody's call, out of which others may be moved, and another one."""
        self.connect()
        self.from_call = self.call_id
        self.connect(number=SOMEBODY_ELSE)

    def call_users(self):
        """An application's call with two users of the communication resource."""
        key = AzureKeyCredential(KEY)
        identity = CommunicationIdentityClient(self.emulator.https, key, connection_verify=self.emulator.ca)
        users = [CommunicationUserIdentifier(identity.create_user().properties["id"]) for _ in range(2)]
        created = self.client.create_call(users[0], self.callbacks)
        self.call_id = created.call_connection_id
        self.advance(2000)
        self.next("CallConnected")
        self.call.add_participant(users[1])
        self.advance(2000)
        self.next("AddParticipantSucceeded")
        self.next("ParticipantsUpdated")
        return users

    def record(self):
        self.connect()
        self.recording = self.ask("CallRecording_StartRecording").recording_id
        self.next("RecordingStateChanged")

    def event(self, wanted):
        """The next event of Event Grid that is wanted: files of recordings come late, and may be of earlier cases."""
        while True:
            event = self.receiver.incoming.get(timeout=DEADLINE_S)
            if wanted(event):
                return event

    def file_of_recording(self):
        """What Event Grid tells of the recording's file."""
        return self.event(lambda event: event.subject.endswith(self.recording)).data

    @property
    def call(self):
        return self.client.get_call_connection(self.call_id)

    def raw_ids(self):
        return {participant.identifier.raw_id for participant in self.call.list_participants()}

    def serve_file(self, content):
        """The address of a file that the application serves."""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        server, url = serve(self.emulator, Handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return url + "/prompt.wav"


def behaviour(does):
    return does if isinstance(does, dict) else {"do": does, **({} if does == "no_answer" else {"after_ms": 50})}
