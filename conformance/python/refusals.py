"""How each condition of conformance/contract/errors.json comes about whose answer is an error. Each returns what is then
refused."""

import time
import uuid

from azure.communication.callautomation import (
    ChannelAffinity,
    DtmfTone,
    MicrosoftTeamsAppIdentifier,
    MicrosoftTeamsUserIdentifier,
    RecognizeInputType,
)
from azure.core.credentials import AccessToken, AzureKeyCredential

from contract import OPERATIONS
from scene import (
    AGENT,
    CALLER,
    NOBODY,
    PLAIN,
    SOMEBODY,
    SOMEBODY_ELSE,
    agent,
    media_streaming,
    phone,
    transcription,
)
from stage import NUMBER, entra_credential

ELSEWHERE = "00000000-0000-4000-8000-000000000000"
RETRY_AFTER_S = 7

REFUSALS = {}


def when(condition):
    def keep(case):
        REFUSALS[condition] = case
        return case

    return keep


class Credential:
    """A token of somebody's own."""

    def __init__(self, token):
        self.token = token

    def get_token(self, *_scopes, **_options):
        return AccessToken(self.token, int(time.time()) + 3600)


def as_stranger(scene, operation, credential):
    client = scene.open_client(credential)
    scene.addCleanup(client.close)
    return scene.asking(operation, client=client)


# Of every operation.


@when("the signature is of another key")
def other_key(scene, operation):
    return as_stranger(scene, operation, AzureKeyCredential("b3RoZXI="))


@when("the token is none of Entra's")
def no_token(scene, operation):
    return as_stranger(scene, operation, Credential("nothing"))


@when("the token is for another service")
def other_token(scene, operation):
    token = entra_credential(scene.emulator).get_token("https://graph.microsoft.com/.default")
    return as_stranger(scene, operation, Credential(token.token))


def without_query(request):
    request.url = request.url.split("?")[0]


def of_another_version(request):
    request.url = request.url.split("?")[0] + "?api-version=1999-01-01"


@when("there is no api-version")
def no_version(scene, operation):
    scene.change.request = without_query
    return scene.asking(operation)


@when("the api-version is none of the service")
def other_version(scene, operation):
    scene.change.request = of_another_version
    return scene.asking(operation)


@when("there were too many requests")
def too_many(scene, operation):
    scene.fault("status", status=429, retry_after_s=RETRY_AFTER_S, match={"operation": operation})
    return scene.asking(operation)


@when("the service fails")
def service_fails(scene, operation):
    scene.fault("status", status=500, match={"operation": operation})
    return scene.asking(operation)


@when("the body is no JSON")
def no_json(scene, operation):
    scene.change.request = lambda request: request.set_text_body("{")
    return scene.asking(operation)


@when("a member that is required is missing")
def member_missing(scene, operation):
    if OPERATIONS[operation].is_of_call:
        scene.connect()

    def each():
        """The last one is left to be refused by whoever counts."""
        *others, last = OPERATIONS[operation].required
        for member in others:
            scene.change_body(lambda body: body.pop(member))
            scene.refused(400, "8523", scene.asking(operation))
        scene.change_body(lambda body: body.pop(last))
        scene.ask(operation)

    return each


@when("the Repeatability-Request-ID is that of another request")
def id_of_another(scene, operation):
    used = str(uuid.uuid4())
    scene.change.request = lambda request: request.headers.update({"Repeatability-Request-ID": used})
    scene.ask("CreateCall")
    return scene.asking(operation, newcomer=phone(SOMEBODY_ELSE))


# Of calls and recordings.


@when("there is no such call")
def no_call(scene, operation):
    return scene.asking(operation)


@when("the call has ended")
def call_ended(scene, operation):
    scene.connect()
    scene.ask("CallConnection_TerminateCall")
    return scene.asking(operation)


@when("the call is not established yet")
def not_established(scene, operation):
    scene.behaves(NOBODY, "no_answer")
    scene.call_id = scene.ask("CreateCall", newcomer=phone(NOBODY)).call_connection_id
    return scene.asking(operation)


@when("the target is not in the call")
@when("nobody in the call has this id")
def target_elsewhere(scene, operation):
    scene.connect()
    return scene.asking(operation, target=phone(NOBODY))


@when("there is no such recording")
def no_recording(scene, operation):
    return scene.asking(operation)


@when("the recording has ended")
def recording_ended(scene, operation):
    scene.record()
    scene.ask("CallRecording_StopRecording")
    return scene.asking(operation)


# Of addresses.


@when("the callback address is plain HTTP")
def plain_callbacks(scene, operation):
    scene.ring()
    return scene.asking(operation, callbacks=PLAIN)


@when("the address of the operation's events is plain HTTP")
def plain_events(scene, operation):
    scene.connect_streams()
    return scene.asking(operation, options={"operation_callback_url": PLAIN})


@when("the address of the recording's events is plain HTTP")
def plain_recording_events(scene, operation):
    scene.connect()
    return scene.asking(operation, callbacks=PLAIN)


@when("the media streaming options name no WebSocket")
def no_socket(scene, operation):
    scene.ring()
    return scene.asking(operation, options={"media_streaming": media_streaming("https://127.0.0.1:1/")})


@when("the transcription options have no language")
def no_language(scene, operation):
    scene.ring()
    scene.change_body(lambda body: body["transcriptionOptions"].pop("locale"))
    return scene.asking(operation, options={"transcription": transcription(scene.socket.url)})


# Who is called.


@when("there is no target")
def no_target(scene, operation):
    scene.change_body(lambda body: body["targets"].clear())
    return scene.asking(operation)


@when("a target is named twice")
def target_twice(scene, operation):
    scene.change_body(lambda body: body["targets"].append(body["targets"][0]))
    return scene.asking(operation)


@when("a caller number stands beside teamsAppSource")
@when("a caller number is given in Teams Phone extensibility")
def caller_number(scene, operation):
    scene.connect()
    return scene.asking(operation, options={"source_caller_id_number": phone(NUMBER)})


@when("a phone is called without a caller number")
def no_caller_number(scene, operation):
    return scene.asking(operation, options={"teams_app_source": None})


@when("teamsAppSource is no resource account of this resource")
def other_account(scene, operation):
    return scene.asking(operation, options={"teams_app_source": MicrosoftTeamsAppIdentifier(ELSEWHERE)})


@when("the agent is of another tenant")
def agent_of_another_tenant(scene, operation):
    return scene.asking(operation, newcomer=agent(tenant=ELSEWHERE))


def connect_unless_ringing(scene, operation):
    if OPERATIONS[operation].is_of_call:
        scene.connect()
    else:
        scene.ring()


@when("a plain Teams user is the target in Teams Phone extensibility")
def plain_teams_user(scene, operation):
    connect_unless_ringing(scene, operation)
    return scene.asking(operation, newcomer=MicrosoftTeamsUserIdentifier(AGENT))


@when("the number is not in E.164 form")
def no_number(scene, operation):
    connect_unless_ringing(scene, operation)
    return scene.asking(operation, newcomer=phone("12065550171"))


@when("whoever shall come is there already")
def there_already(scene, operation):
    scene.connect()
    return scene.asking(operation, newcomer=phone(CALLER))


@when("the custom context has too many headers")
def too_many_headers(scene, operation):
    scene.connect()
    headers = {f"X-MS-Custom-{n}": "x" for n in range(6)}
    return scene.asking(operation, options={"sip_headers": headers})


@when("the invitation shall ring for more than 180 seconds")
def rings_too_long(scene, operation):
    scene.connect()
    return scene.asking(operation, options={"invitation_timeout": 181})


# Calls that come in.


@when("the context is none of this resource")
def no_context(scene, operation):
    return scene.asking(operation)


@when("the incoming call was handled already")
def handled_already(scene, operation):
    scene.ring()
    scene.ask("RejectCall")
    return scene.asking(operation)


@when("the caller has gone")
def caller_gone(scene, operation):
    scene.ring()
    scene.control("POST", f"/pstn-calls/{scene.phone}/hang-up")
    return scene.asking(operation)


@when("the target is the caller")
def target_is_caller(scene, operation):
    scene.ring()
    return scene.asking(operation, newcomer=phone(CALLER))


@when("the locator names no call")
def locator_names_none(scene, operation):
    scene.change_body(lambda body: body["callLocator"].pop("serverCallId"))
    return scene.asking(operation)


# Transfers, moves and mutes.


@when("a transfer is under way")
def transfer_under_way(scene, operation):
    scene.connect()
    scene.behaves(SOMEBODY, "no_answer")
    scene.ask(operation)
    return scene.asking(operation, newcomer=phone(SOMEBODY_ELSE))


@when("nobody is named to leave a group call")
def nobody_named_to_leave(scene, operation):
    scene.connect_with_agent()
    return scene.asking(operation, target=None)


@when("the call is of Teams Phone extensibility")
def mute_in_extension_call(scene, operation):
    scene.connect()
    return scene.asking(operation)


@when("the target is on a phone")
def mute_a_phone(scene, operation):
    source = {"teams_app_source": None, "source_caller_id_number": phone(NUMBER)}
    scene.call_id = scene.ask("CreateCall", options=source).call_connection_id
    scene.advance(100)
    scene.next("CallConnected")
    return scene.asking(operation, target=phone(SOMEBODY))


@when("two are to be muted")
def mute_two(scene, operation):
    one, two = scene.call_users()
    scene.change_body(lambda body: body["targetParticipants"].append({"rawId": two.raw_id}))
    return scene.asking(operation, target=one)


@when("there is no call to move from")
def no_call_to_move_from(scene, operation):
    scene.connect()
    return scene.asking(operation)


@when("the call to move from is this call")
def moves_from_itself(scene, operation):
    scene.connect()
    return scene.asking(operation, from_call=scene.call_id)


@when("nobody is named")
def moves_nobody(scene, operation):
    scene.connect_two_calls()
    scene.change_body(lambda body: body["targetParticipants"].clear())
    return scene.asking(operation)


# Media.


@when("a targeted operation runs")
def targeted_runs(scene, operation):
    scene.connect_with_agent()
    scene.ask("CallMedia_SendDtmfTones", tones=[DtmfTone.ONE] * 18)
    return scene.asking(operation)


@when("a play source lacks what its kind names")
def source_lacks_its_kind(scene, operation):
    def lacking(body):
        (body["playSources"][0] if "playSources" in body else body["playSourceInfo"]).pop("text")

    scene.connect()
    scene.change_body(lacking)
    return scene.asking(operation)


@when("it is for two")
def play_for_two(scene, operation):
    scene.connect()
    scene.change_body(lambda body: body["playTo"].append(body["playTo"][0]))
    return scene.asking(operation)


@when("there is nothing to choose from")
def nothing_to_choose(scene, operation):
    scene.connect()
    scene.change_body(lambda body: body["recognizeOptions"].pop("choices", None))
    return scene.asking(operation, input=RecognizeInputType.CHOICES)


@when("the first silence may last more than 300 seconds")
def silence_too_long(scene, operation):
    scene.connect()
    return scene.asking(operation, options={"initial_silence_timeout": 301})


@when("the pause between keys may last more than 60 seconds")
def pause_too_long(scene, operation):
    scene.connect()
    return scene.asking(operation, options={"dtmf_inter_tone_timeout": 61})


@when("speech is asked for without cognitive services")
def speech_without_services(scene, operation):
    scene.connect(cognitive=None)
    return scene.asking(operation, input=RecognizeInputType.SPEECH)


@when("it was not started")
def keys_not_started(scene, operation):
    scene.connect()
    return scene.asking(operation)


@when("there are nineteen tones")
def nineteen_tones(scene, operation):
    scene.connect()
    return scene.asking(operation, tones=[DtmfTone.ONE] * 19)


@when("there is no tone")
def no_tone(scene, operation):
    scene.connect()
    return scene.asking(operation, tones=[])


@when("the target is on no phone")
def tones_to_an_agent(scene, operation):
    scene.connect_with_agent()
    return scene.asking(operation, target=agent())


# Streams.


@when("the call was made without its options")
def without_options(scene, operation):
    scene.connect()
    return scene.asking(operation)


@when("it is started already")
def started_already(scene, operation):
    scene.connect_streams()
    scene.ask(operation)
    return scene.asking(operation)


@when("it is not started")
def not_started(scene, operation):
    scene.connect_streams()
    return scene.asking(operation)


@when("the language is none")
def language_is_none(scene, operation):
    scene.connect_streams()
    return scene.asking(operation, options={"locale": "English, please"})


# Recordings.


@when("no call is named")
def records_no_call(scene, operation):
    scene.change_body(lambda body: body.pop("callConnectionId"))
    return scene.asking(operation)


@when("there is no such server call")
def records_no_server_call(scene, operation):
    return scene.asking(operation, recorded={"server_call_id": scene.server_call})


@when("the call is recorded already")
def recorded_already(scene, operation):
    scene.record()
    return scene.asking(operation)


@when("a call of Teams Phone extensibility is named by its server call")
def records_by_server_call(scene, operation):
    scene.connect()
    return scene.asking(operation, recorded={"server_call_id": scene.server_call})


@when("a call of Teams Phone extensibility shall be recorded with pictures")
def records_pictures(scene, operation):
    scene.connect()
    pictures = {"recording_content_type": "audioVideo", "recording_format_type": "mp4"}
    return scene.asking(operation, options=pictures)


@when("a channel is named that there is not")
def no_such_channel(scene, operation):
    scene.connect()
    affinity = [ChannelAffinity(phone(CALLER), channel=5)]
    return scene.asking(operation, options={"recording_channel_type": "unmixed", "channel_affinity": affinity})


@when("it is paused already")
def paused_already(scene, operation):
    scene.record()
    scene.ask(operation)
    return scene.asking(operation)


@when("it is not paused")
def not_paused(scene, operation):
    scene.record()
    return scene.asking(operation)
