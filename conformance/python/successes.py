"""A success of each of the 34 operations: what has changed is read back by another call, and the events that follow tell
of it. Every answer and every event is held against the contract by `scene`."""

from azure.communication.callautomation import CallRejectReason
from azure.core.exceptions import ResourceNotFoundError

from scene import AGENT, CALLER, CONTEXT, SOMEBODY, SOMEBODY_ELSE, agent, phone, text
from stage import RESOURCE, TENANT

AGENT_RAW = f"8:acs:{RESOURCE}_{TENANT}_{AGENT}"
CALLER_RAW = "4:" + CALLER

SUCCESSES = {}


def of(operation):
    def keep(case):
        SUCCESSES[operation] = case
        return case

    return keep


def told(scene, kind, code=200, sub_code=0, context=CONTEXT):
    """The event of this kind, which has this outcome and the context of whoever asked."""
    event = scene.next(kind)
    result = event["resultInformation"]
    scene.assertEqual((result["code"], result["subCode"]), (code, sub_code))
    scene.assertEqual(event.get("operationContext"), context)
    return event


def is_gone(scene):
    with scene.assertRaises(ResourceNotFoundError):
        scene.call.get_call_properties()
    scene.assertEqual(scene.caller(scene.phone)["state"], "ended")


@of("CreateCall")
def create(scene):
    created = scene.ask("CreateCall")
    scene.assertEqual(created.call_connection_state, "connecting")
    scene.call_id = created.call_connection_id
    scene.advance(100)
    told(scene, "CallConnected")
    updated = scene.next("ParticipantsUpdated")
    scene.assertEqual([one["identifier"]["rawId"] for one in updated["participants"]], ["4:" + SOMEBODY])
    scene.assertEqual(scene.call.get_call_properties().call_connection_state, "connected")
    scene.assertEqual(scene.rings(SOMEBODY)["state"], "in_call")


@of("AnswerCall")
def answer(scene):
    scene.ring()
    answered = scene.ask("AnswerCall")
    scene.call_id = answered.call_connection_id
    scene.advance(100)
    told(scene, "CallConnected")
    scene.assertEqual(scene.next("ParticipantsUpdated")["sequenceNumber"], 1)
    properties = scene.call.get_call_properties()
    scene.assertEqual((properties.call_connection_state, properties.source.raw_id), ("connected", CALLER_RAW))
    scene.assertEqual(scene.caller(scene.phone)["state"], "in_call")


@of("RedirectCall")
def redirect(scene):
    scene.ring()
    scene.ask("RedirectCall")
    scene.advance(100)
    scene.assertEqual(scene.caller(scene.phone)["hears"]["with"], [SOMEBODY])
    scene.assertTrue(scene.receiver.callbacks.empty())


@of("RejectCall")
def reject(scene):
    scene.ring()
    scene.ask("RejectCall")
    scene.assertEqual(scene.caller(scene.phone)["ended"], f"rejected: {CallRejectReason.BUSY.value}")
    scene.assertTrue(scene.receiver.callbacks.empty())


@of("Connect")
def connect(scene):
    scene.connect()
    connected = scene.ask("Connect")
    scene.advance(100)
    event = told(scene, "CallConnected")
    scene.assertEqual(event["callConnectionId"], connected.call_connection_id)
    scene.next("ParticipantsUpdated")
    scene.call_id = connected.call_connection_id
    scene.assertEqual(scene.raw_ids(), {CALLER_RAW})


@of("CallConnection_GetCall")
def get_call(scene):
    scene.connect()
    properties = scene.ask("CallConnection_GetCall")
    scene.assertEqual((properties.call_connection_id, properties.call_connection_state), (scene.call_id, "connected"))
    scene.ask("CallConnection_TerminateCall")
    is_gone(scene)


@of("CallConnection_HangupCall")
def hang_up(scene):
    scene.connect_with_agent()
    scene.ask("CallConnection_HangupCall")
    told(scene, "CallDisconnected", sub_code=7000, context=None)
    with scene.assertRaises(ResourceNotFoundError):
        scene.call.get_call_properties()
    # The others of a larger call talk on.
    scene.assertEqual(scene.caller(scene.phone)["state"], "in_call")


@of("CallConnection_TerminateCall")
def terminate(scene):
    scene.connect_with_agent()
    scene.ask("CallConnection_TerminateCall")
    told(scene, "CallDisconnected", sub_code=7000, context=None)
    is_gone(scene)


@of("CallConnection_TransferToParticipant")
def transfer(scene):
    scene.connect()
    scene.assertEqual(scene.ask("CallConnection_TransferToParticipant").operation_context, CONTEXT)
    scene.assertEqual(scene.call.get_call_properties().call_connection_state, "transferring")
    scene.advance(100)
    accepted = told(scene, "CallTransferAccepted")
    named = (accepted["transferTarget"]["rawId"], accepted["transferee"]["rawId"])
    scene.assertEqual(named, ("4:" + SOMEBODY, CALLER_RAW))
    scene.next("CallDisconnected")
    scene.assertEqual(scene.caller(scene.phone)["hears"]["with"], [SOMEBODY])


@of("CallConnection_GetParticipants")
def list_participants(scene):
    scene.connect_with_agent()
    listed = {one.identifier.raw_id for one in scene.ask("CallConnection_GetParticipants")}
    scene.assertEqual(listed, {CALLER_RAW, AGENT_RAW})


@of("CallConnection_AddParticipant")
def add(scene):
    scene.connect()
    added = scene.ask("CallConnection_AddParticipant", newcomer=agent())
    scene.assertEqual((added.operation_context, bool(added.invitation_id)), (CONTEXT, True))
    scene.advance(100)
    scene.assertEqual(told(scene, "AddParticipantSucceeded")["participant"]["rawId"], AGENT_RAW)
    scene.assertEqual(len(scene.next("ParticipantsUpdated")["participants"]), 2)
    scene.assertEqual(scene.raw_ids(), {CALLER_RAW, AGENT_RAW})


@of("CallConnection_RemoveParticipant")
def remove(scene):
    scene.connect_with_agent()
    scene.assertEqual(scene.ask("CallConnection_RemoveParticipant", target=agent()).operation_context, CONTEXT)
    scene.advance(100)
    scene.assertEqual(told(scene, "RemoveParticipantSucceeded")["participant"]["rawId"], AGENT_RAW)
    scene.assertEqual(len(scene.next("ParticipantsUpdated")["participants"]), 1)
    scene.assertEqual(scene.raw_ids(), {CALLER_RAW})


@of("CallConnection_Mute")
def mute(scene):
    _, two = scene.call_users()
    scene.assertEqual(scene.ask("CallConnection_Mute", target=two).operation_context, CONTEXT)
    updated = scene.next("ParticipantsUpdated")
    muted = {one["identifier"]["rawId"] for one in updated["participants"] if one["isMuted"]}
    scene.assertEqual(muted, {two.raw_id})
    scene.assertTrue(scene.call.get_participant(two).is_muted)


@of("CallConnection_CancelAddParticipant")
def cancel_add(scene):
    scene.connect()
    scene.user_behaves(AGENT, "no_answer")
    invitation = scene.ask("CallConnection_AddParticipant", newcomer=agent()).invitation_id
    canceled = scene.ask("CallConnection_CancelAddParticipant", invitation=invitation)
    scene.assertEqual(canceled.invitation_id, invitation)
    scene.assertEqual(told(scene, "CancelAddParticipantSucceeded")["invitationId"], invitation)
    shown = next(one for one in scene.control("GET", "/calls") if one["call_connection_id"] == scene.call_id)
    scene.assertEqual(shown["ringing"], [])


@of("CallConnection_MoveParticipants")
def move(scene):
    scene.connect_two_calls()
    moving = scene.ask("CallConnection_MoveParticipants")
    scene.assertEqual((moving.from_call, moving.operation_context), (scene.from_call, CONTEXT))
    scene.advance(100)
    moved = told(scene, "MoveParticipantSucceeded")
    scene.assertEqual((moved["fromCall"], moved["participant"]["rawId"]), (scene.from_call, CALLER_RAW))
    scene.assertEqual(scene.raw_ids(), {CALLER_RAW, "4:" + SOMEBODY_ELSE})


@of("CallConnection_GetParticipant")
def get_participant(scene):
    scene.connect()
    found = scene.ask("CallConnection_GetParticipant")
    scene.assertEqual((found.identifier.raw_id, found.is_muted, found.is_on_hold), (CALLER_RAW, False, False))


@of("CallMedia_Play")
def play(scene):
    scene.connect()
    scene.ask("CallMedia_Play", source=text("Only you"))
    told(scene, "PlayStarted")
    scene.assertEqual(scene.caller(scene.phone)["hears"]["text"], "Only you")
    scene.advance(1000)
    told(scene, "PlayCompleted")
    scene.assertIsNone(scene.caller(scene.phone)["hears"].get("text"))


@of("CallMedia_StartTranscription")
def start_transcription(scene):
    scene.connect_streams()
    scene.ask("CallMedia_StartTranscription")
    update = told(scene, "TranscriptionStarted")["transcriptionUpdate"]
    scene.assertEqual(tuple(update.values()), ("transcriptionStarted", "subscriptionStarted"))
    subscription = scene.call.get_call_properties().transcription_subscription
    scene.assertEqual((subscription.state, subscription.locale), ("active", "en-GB"))


@of("CallMedia_StopTranscription")
def stop_transcription(scene):
    start_transcription(scene)
    scene.ask("CallMedia_StopTranscription")
    update = told(scene, "TranscriptionStopped")["transcriptionUpdate"]
    scene.assertEqual(tuple(update.values()), ("transcriptionStopped", "subscriptionStopped"))
    scene.assertEqual(scene.call.get_call_properties().transcription_subscription.state, "inactive")


@of("CallMedia_UpdateTranscription")
def update_transcription(scene):
    start_transcription(scene)
    scene.ask("CallMedia_UpdateTranscription")
    update = told(scene, "TranscriptionUpdated")["transcriptionUpdate"]
    scene.assertEqual(tuple(update.values()), ("transcriptionUpdated", "transcriptionLocaleUpdated"))
    scene.assertEqual(scene.call.get_call_properties().transcription_subscription.locale, "de-DE")


@of("CallMedia_CancelAllMediaOperations")
def cancel_all(scene):
    scene.connect()
    scene.ask("CallMedia_Play", source=text("Music without an end"), options={"loop": True})
    scene.next("PlayStarted")
    scene.ask("CallMedia_CancelAllMediaOperations")
    told(scene, "PlayCanceled", code=400, sub_code=8508)
    scene.assertIsNone(scene.caller(scene.phone)["hears"].get("text"))


@of("CallMedia_Recognize")
def recognize(scene):
    scene.connect([{"do": "digits", "keys": "42", "after_ms": 50}])
    scene.ask("CallMedia_Recognize")
    scene.advance(1000)
    completed = told(scene, "RecognizeCompleted", sub_code=8531)
    scene.assertEqual((completed["recognitionType"], completed["dtmfResult"]["tones"]), ("dtmf", ["four", "two"]))


@of("CallMedia_StartContinuousDtmfRecognition")
def start_keys(scene):
    scene.connect()
    scene.ask("CallMedia_StartContinuousDtmfRecognition")
    scene.control("POST", f"/pstn-calls/{scene.phone}/digits", {"digits": "4"})
    received = told(scene, "ContinuousDtmfRecognitionToneReceived")
    scene.assertEqual((received["tone"], received["sequenceId"]), ("four", 1))


@of("CallMedia_StopContinuousDtmfRecognition")
def stop_keys(scene):
    start_keys(scene)
    scene.ask("CallMedia_StopContinuousDtmfRecognition")
    told(scene, "ContinuousDtmfRecognitionStopped")
    scene.control("POST", f"/pstn-calls/{scene.phone}/digits", {"digits": "5"})
    # Whatever that had told would have come before this.
    scene.ask("CallConnection_TerminateCall")
    _, before = scene.receiver.next("CallDisconnected")
    scene.assertEqual(before, [])


@of("CallMedia_SendDtmfTones")
def send_keys(scene):
    scene.connect()
    scene.assertEqual(scene.ask("CallMedia_SendDtmfTones").operation_context, CONTEXT)
    scene.advance(1000)
    told(scene, "SendDtmfTonesCompleted")
    scene.assertEqual(scene.caller(scene.phone)["digits_received"], "1#")


@of("CallMedia_Hold")
def hold(scene):
    scene.connect()
    scene.ask("CallMedia_Hold", source=text("Soft music"))
    updated = scene.next("ParticipantsUpdated")
    scene.assertEqual([one["isOnHold"] for one in updated["participants"]], [True])
    scene.assertTrue(scene.call.get_participant(phone(CALLER)).is_on_hold)
    scene.assertEqual(scene.caller(scene.phone)["hears"]["text"], "Soft music")


@of("CallMedia_Unhold")
def unhold(scene):
    hold(scene)
    scene.ask("CallMedia_Unhold")
    updated = scene.next("ParticipantsUpdated")
    scene.assertEqual([one["isOnHold"] for one in updated["participants"]], [False])
    scene.assertFalse(scene.call.get_participant(phone(CALLER)).is_on_hold)


@of("CallMedia_StartMediaStreaming")
def start_streaming(scene):
    scene.connect_streams()
    scene.ask("CallMedia_StartMediaStreaming")
    update = told(scene, "MediaStreamingStarted")["mediaStreamingUpdate"]
    scene.assertEqual(set(update.values()), {"Audio", "mediaStreamingStarted", "subscriptionStarted"})
    scene.assertEqual(scene.call.get_call_properties().media_streaming_subscription.state, "active")


@of("CallMedia_StopMediaStreaming")
def stop_streaming(scene):
    start_streaming(scene)
    scene.ask("CallMedia_StopMediaStreaming")
    update = told(scene, "MediaStreamingStopped")["mediaStreamingUpdate"]
    scene.assertEqual(set(update.values()), {"Audio", "mediaStreamingStopped", "subscriptionStopped"})
    scene.assertEqual(scene.call.get_call_properties().media_streaming_subscription.state, "inactive")


def recording_state(scene):
    return scene.client.get_recording_properties(scene.recording).recording_state


@of("CallRecording_StartRecording")
def start_recording(scene):
    scene.connect()
    started = scene.ask("CallRecording_StartRecording")
    scene.assertEqual((started.recording_state, started.recording_kind), ("active", "azureCommunicationServices"))
    changed = told(scene, "RecordingStateChanged", context=None)
    scene.assertEqual((changed["recordingId"], changed["state"]), (started.recording_id, "active"))
    scene.recording = started.recording_id
    scene.assertEqual(recording_state(scene), "active")


@of("CallRecording_GetRecordingProperties")
def get_recording(scene):
    scene.record()
    found = scene.ask("CallRecording_GetRecordingProperties")
    scene.assertEqual((found.recording_id, found.recording_state), (scene.recording, "active"))
    scene.ask("CallRecording_PauseRecording")
    scene.assertEqual(recording_state(scene), "inactive")


@of("CallRecording_StopRecording")
def stop_recording(scene):
    scene.record()
    scene.advance(1000)
    scene.ask("CallRecording_StopRecording")
    scene.assertEqual(told(scene, "RecordingStateChanged", context=None)["state"], "inactive")
    with scene.assertRaises(ResourceNotFoundError):
        recording_state(scene)
    scene.advance(2000)
    scene.assertEqual(scene.file_of_recording()["recordingDurationMs"], 1000)


@of("CallRecording_PauseRecording")
def pause_recording(scene):
    scene.record()
    scene.ask("CallRecording_PauseRecording")
    scene.assertEqual(told(scene, "RecordingStateChanged", context=None)["state"], "inactive")
    scene.assertEqual(recording_state(scene), "inactive")


@of("CallRecording_ResumeRecording")
def resume_recording(scene):
    pause_recording(scene)
    scene.ask("CallRecording_ResumeRecording")
    scene.assertEqual(told(scene, "RecordingStateChanged", context=None)["state"], "active")
    scene.assertEqual(recording_state(scene), "active")
