"""Media streaming, transcription, and several connections to one call, with azure-communication-callautomation 1.6.0."""

import base64
import json
import unittest

from azure.communication.callautomation import (
    AudioFormat,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    PhoneNumberIdentifier,
    StreamingTransportType,
    TranscriptionOptions,
)
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from stage import CALLER, NUMBER, Socket
from test_call_automation import COGNITIVE, Scenario, agent


def samples(frame):
    data = base64.b64decode(frame["audioData"]["data"])
    return [int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2)]


class Streams(Scenario):
    client_name = "azure-communication-callautomation 1.6.0, access key"

    def setUp(self):
        super().setUp()
        self.socket = Socket(self.emulator, self.receiver)
        self.addCleanup(self.socket.stop)

    def media(self, **options):
        defaults = {
            "transport_url": self.socket.url,
            "transport_type": StreamingTransportType.WEBSOCKET,
            "content_type": MediaStreamingContentType.AUDIO,
            "audio_channel_type": MediaStreamingAudioChannelType.UNMIXED,
            "start_media_streaming": False,
        }
        return MediaStreamingOptions(**{**defaults, **options})

    def transcription(self, **options):
        defaults = {
            "transport_url": self.socket.url,
            "transport_type": StreamingTransportType.WEBSOCKET,
            "locale": "en-US",
            "start_transcription": False,
        }
        return TranscriptionOptions(**{**defaults, **options})

    def answer(self, script=(), **options):
        phone, context = self.ring(script)
        answered = self.client.answer_call(
            context, self.receiver.url + "/callbacks", cognitive_services_endpoint=COGNITIVE, **options
        )
        self.receiver.next("CallConnected")
        return phone, self.client.get_call_connection(answered.call_connection_id)

    def refused(self, operation, status, code):
        with self.assertRaises(HttpResponseError) as raised:
            operation()
        self.assertEqual((raised.exception.status_code, raised.exception.model.error.code), (status, code))

    def test_media_streaming_is_started_heard_and_stopped(self):
        _, call = self.answer(
            [{"do": "say", "text": "hello there", "after_ms": 1500}],
            media_streaming=self.media(audio_format=AudioFormat.PCM24_K_MONO),
        )
        self.assertEqual(call.get_call_properties().media_streaming_subscription.state, "inactive")
        self.refused(call.stop_media_streaming, 400, "8585")
        call.start_media_streaming(operation_context="on")
        started, _ = self.receiver.next("MediaStreamingStarted")
        self.assertEqual(started["operationContext"], "on")
        self.assertEqual(started["mediaStreamingUpdate"]["mediaStreamingStatusDetails"], "subscriptionStarted")
        subscription = call.get_call_properties().media_streaming_subscription
        self.assertEqual((subscription.state, subscription.subscribed_content_types), ("active", ["audio"]))
        metadata = self.socket.next("AudioMetadata")["audioMetadata"]
        self.assertEqual((metadata["sampleRate"], metadata["length"]), (24000, 960))
        self.assertEqual(metadata["subscriptionId"], subscription.id)
        silent = self.socket.next("AudioData")
        self.assertEqual((silent["audioData"]["silent"], set(samples(silent))), (True, {0}))
        heard = self.socket.next("AudioData", lambda frame: not frame["audioData"]["silent"])
        self.assertEqual(heard["audioData"]["participantRawID"], "4:" + CALLER)
        self.assertEqual(len(samples(heard)), 480)
        self.assertNotEqual(set(samples(heard)), {0})
        self.refused(call.start_media_streaming, 400, "8585")
        call.stop_media_streaming(operation_context="off")
        stopped, _ = self.receiver.next("MediaStreamingStopped")
        self.assertEqual(stopped["operationContext"], "off")
        self.assertEqual(stopped["mediaStreamingUpdate"]["mediaStreamingStatus"], "mediaStreamingStopped")

    def test_media_streaming_in_both_directions_with_digits(self):
        phone, call = self.answer(
            media_streaming=self.media(
                audio_channel_type=MediaStreamingAudioChannelType.MIXED,
                start_media_streaming=True,
                enable_bidirectional=True,
                enable_dtmf_tones=True,
            )
        )
        self.receiver.next("MediaStreamingStarted")
        self.assertNotIn("participantRawID", self.socket.next("AudioData")["audioData"])
        self.emulator.control("POST", f"/pstn-calls/{phone}/digits", {"digits": "5"})
        self.assertEqual(self.socket.next("DtmfData")["dtmfData"], {"data": "5"})
        connection = self.socket.connections.get(timeout=20)
        audio = base64.b64encode(b"\x01\x00" * 16000 * 5).decode()
        connection.send(json.dumps({"kind": "AudioData", "audioData": {"data": audio}}))
        shown = self.shown(call, lambda said: said["waiting_ms"] > 0 and said["heard_ms"] > 0)
        self.assertGreater(shown["waiting_ms"], 1000)
        hears = self.emulator.control("GET", f"/pstn-calls/{phone}")["hears"]["text"]
        self.assertEqual(hears, "[audio of the application]")
        connection.send(json.dumps({"kind": "stopAudio", "stopAudio": {}}))
        self.shown(call, lambda said: said["waiting_ms"] == 0 and said["stops"] == 1)

    def shown(self, call, wanted):
        """What the control API shows of the application's audio, as soon as frames that come show it."""
        while True:
            for one in self.emulator.control("GET", "/calls"):
                said = (one["media_streaming"] or {}).get("application_audio")
                if one["call_connection_id"] == call._call_connection_id and wanted(said):
                    return said
            self.socket.next("AudioData")

    def test_media_streaming_without_options_or_without_a_server(self):
        _, call = self.answer()
        self.refused(call.start_media_streaming, 405, "8522")
        self.refused(call.stop_media_streaming, 405, "8522")
        _, call = self.answer(media_streaming=self.media(transport_url="wss://127.0.0.1:1/"))
        call.start_media_streaming(operation_context="gone")
        failed, _ = self.receiver.next("MediaStreamingFailed")
        self.assertEqual(failed["operationContext"], "gone")
        details = failed["mediaStreamingUpdate"]["mediaStreamingStatusDetails"]
        self.assertEqual(details, "initialWebSocketConnectionFailed")

    def test_transcription_is_started_changed_and_stopped(self):
        phone, call = self.answer(transcription=self.transcription(enable_intermediate_results=True))
        self.refused(lambda: call.update_transcription(locale="de-DE"), 400, "8585")
        call.start_transcription(locale="en-GB", operation_context="on")
        started, _ = self.receiver.next("TranscriptionStarted")
        self.assertEqual(started["operationContext"], "on")
        self.assertEqual(started["transcriptionUpdate"]["transcriptionStatus"], "transcriptionStarted")
        metadata = self.socket.next("TranscriptionMetadata")["transcriptionMetadata"]
        self.assertEqual((metadata["locale"], metadata["callConnectionId"]), ("en-GB", call._call_connection_id))
        self.emulator.control("POST", f"/pstn-calls/{phone}/speak", {"text": "Where is it?"})
        half = self.socket.next("TranscriptionData")["transcriptionData"]
        self.assertEqual((half["resultStatus"], half["text"]), ("Intermediate", "Where is"))
        whole = self.socket.next("TranscriptionData")["transcriptionData"]
        self.assertEqual((whole["resultStatus"], whole["text"]), ("Final", "Where is it?"))
        self.assertEqual(whole["participantRawID"], "4:" + CALLER)
        call.update_transcription(locale="de-DE", operation_context="german")
        updated, _ = self.receiver.next("TranscriptionUpdated")
        self.assertEqual(updated["transcriptionUpdate"]["transcriptionStatusDetails"], "transcriptionLocaleUpdated")
        self.assertEqual(call.get_call_properties().transcription_subscription.locale, "de-DE")
        call.stop_transcription(operation_context="off")
        stopped, _ = self.receiver.next("TranscriptionStopped")
        self.assertEqual(stopped["operationContext"], "off")
        self.assertEqual(call.get_call_properties().transcription_subscription.state, "inactive")

    def test_transcription_without_options(self):
        _, call = self.answer()
        for operation in (
            lambda: call.start_transcription(locale="en-US"),
            call.stop_transcription,
            lambda: call.update_transcription(locale="en-US"),
        ):
            self.refused(operation, 405, "8522")

    def test_second_connection_to_a_call(self):
        phone, first = self.answer()
        server_call = first.get_call_properties().server_call_id
        connected = self.client.connect_call(
            self.receiver.url + "/callbacks", server_call_id=server_call, operation_context="join"
        )
        event, _ = self.receiver.next("CallConnected")
        self.assertEqual((event["callConnectionId"], event["operationContext"]), (connected.call_connection_id, "join"))
        second = self.client.get_call_connection(connected.call_connection_id)
        self.assertEqual([one.identifier.raw_id for one in second.list_participants()], ["4:" + CALLER])
        second.add_participant(agent())
        self.receiver.next("AddParticipantSucceeded")
        self.assertEqual(len(list(first.list_participants())), 2)
        first.hang_up(is_for_everyone=False)
        ended, _ = self.receiver.next("CallDisconnected")
        self.assertEqual(ended["callConnectionId"], first._call_connection_id)
        self.assertEqual(self.emulator.control("GET", f"/pstn-calls/{phone}")["state"], "in_call")
        second.hang_up(is_for_everyone=True)
        self.receiver.next("CallDisconnected")

    def test_connection_to_a_call_that_is_not_there(self):
        self.client.connect_call(self.receiver.url + "/callbacks", room_id="99419200000000000", operation_context="room")
        failed, _ = self.receiver.next("ConnectFailed")
        result = failed["resultInformation"]
        self.assertEqual((failed["operationContext"], result["code"], result["subCode"]), ("room", 404, 8522))

    def test_participant_moves_into_another_call(self):
        _, old = self.answer()
        other = "+12065550161"
        self.emulator.control("POST", "/pstn-calls", {"from": other, "to": NUMBER})
        event = self.receiver.incoming.get(timeout=20)
        answered = self.client.answer_call(event.data["incomingCallContext"], self.receiver.url + "/callbacks")
        self.receiver.next("CallConnected")
        new = self.client.get_call_connection(answered.call_connection_id)
        moving = new.move_participants(
            [PhoneNumberIdentifier(CALLER)], old._call_connection_id, operation_context="move"
        )
        self.assertEqual((moving.from_call, moving.operation_context), (old._call_connection_id, "move"))
        moved, _ = self.receiver.next("MoveParticipantSucceeded")
        self.assertEqual((moved["fromCall"], moved["participant"]["rawId"]), (old._call_connection_id, "4:" + CALLER))
        ended, _ = self.receiver.next("CallDisconnected")
        self.assertEqual(ended["callConnectionId"], old._call_connection_id)
        self.assertEqual(len(list(new.list_participants())), 2)
        with self.assertRaises(ResourceNotFoundError):
            new.move_participants([PhoneNumberIdentifier(CALLER)], "nobody")


if __name__ == "__main__":
    unittest.main()
