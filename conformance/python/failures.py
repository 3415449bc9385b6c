"""How each condition of conformance/contract/errors.json comes about that a callback tells of, after the operation was
taken."""

from azure.communication.callautomation import DtmfTone, FileSource, RecognitionChoice, RecognizeInputType

from scene import AGENT, GONE, NOBODY, SOMEBODY, SOMEBODY_ELSE, agent, media_streaming, phone, text, transcription

# The call is forwarded from each to the next of these.
AGENTS = [AGENT[:-1] + digit for digit in "56789ab"]

FAILURES = {}


def when(condition):
    def keep(case):
        FAILURES[condition] = case
        return case

    return keep


# Who is called.


def connect_unless_created(scene, operation):
    if operation != "CreateCall":
        scene.connect()


def ask_somebody(scene, operation, does):
    connect_unless_created(scene, operation)
    scene.behaves(SOMEBODY, does)
    scene.ask(operation)


@when("the phone is declined")
@when("the target declines")
def declines(scene, operation):
    ask_somebody(scene, operation, "decline")
    scene.advance(100)


@when("the phone is busy")
@when("the target is busy")
def is_busy(scene, operation):
    ask_somebody(scene, operation, "busy")
    scene.advance(100)


@when("the phone is not answered")
def is_not_answered(scene, operation):
    ask_somebody(scene, operation, "no_answer")
    scene.advance(120_000)


@when("the target does not answer within a minute")
def transfer_is_not_answered(scene, operation):
    ask_somebody(scene, operation, "no_answer")
    scene.advance(60_000)


@when("the target does not answer within the invitation's time")
def invitation_is_not_answered(scene, operation):
    scene.connect()
    scene.user_behaves(AGENT, "no_answer")
    scene.ask(operation, newcomer=agent(), options={"invitation_timeout": 5})
    scene.advance(5_000)


@when("the agent has no Teams Phone license")
def agent_has_no_license(scene, operation):
    connect_unless_created(scene, operation)
    scene.user_behaves(AGENT, "answer", has_teams_phone=False)
    scene.ask(operation, newcomer=agent())
    scene.advance(1_000)


@when("the call is forwarded too often")
def forwarded_too_often(scene, operation):
    scene.connect()
    for one, next_one in zip(AGENTS, AGENTS[1:]):
        scene.user_behaves(one, {"do": "forward", "to": next_one, "after_ms": 10})
        scene.addCleanup(scene.user_behaves, one, "answer")
    scene.ask(operation, newcomer=agent())
    scene.advance(1_000)


# Calls.


@when("the caller hangs up before the call is up")
def caller_hangs_up(scene, operation):
    scene.ring()
    scene.ask(operation)
    scene.control("POST", f"/pstn-calls/{scene.phone}/hang-up")


@when("the answer comes to nothing")
def answer_fails(scene, operation):
    scene.fault("answer_failed")
    scene.ring()
    scene.ask(operation)
    scene.advance(100)


@when("there is no such server call")
def no_server_call(scene, operation):
    scene.ask(operation)
    scene.advance(100)


@when("nobody is in the group")
def nobody_in_group(scene, operation):
    scene.ask(operation, locator={"group_call_id": "0f4a4e5e-6f3a-4a3e-8d8e-0a5b9f0d1c2b"})
    scene.advance(100)


@when("the call ends as it should")
def call_ends(scene, operation):
    scene.connect()
    scene.ask(operation)


@when("whoever shall leave is not in the call")
def removes_nobody(scene, operation):
    scene.connect()
    scene.ask(operation, target=phone(NOBODY))
    scene.advance(100)


@when("the invitation has ended")
def invitation_ended(scene, operation):
    scene.connect()
    scene.ask(operation)


@when("whoever shall move is not in that call")
def moves_nobody(scene, operation):
    scene.connect_two_calls()
    scene.ask(operation, target=phone(NOBODY))
    scene.advance(100)


@when("whoever shall move is here already")
def moves_who_is_here(scene, operation):
    scene.connect_two_calls()
    scene.ask(operation, target=phone(SOMEBODY_ELSE))
    scene.advance(100)


# Prompts.


@when("the file cannot be fetched")
def file_is_gone(scene, operation):
    scene.connect()
    scene.ask(operation, source=FileSource(url=GONE))


@when("the file is no sound")
def file_is_no_sound(scene, operation):
    scene.connect()
    scene.ask(operation, source=FileSource(url=scene.serve_file(b"no sound")))


@when("the text is empty")
def text_is_empty(scene, operation):
    scene.connect()
    scene.ask(operation, source=text(" "))


@when("it is canceled")
def canceled(scene, operation):
    scene.connect()
    scene.ask(operation)
    scene.ask("CallMedia_CancelAllMediaOperations")


# Recognition.


def recognize(scene, operation, *deeds, script=(), **changes):
    scene.connect(script)
    scene.ask(operation, **changes)
    scene.advance(10)
    for path, body in deeds:
        scene.control("POST", f"/pstn-calls/{scene.phone}/{path}", body)


def choose(scene, operation, *deeds):
    choices = [RecognitionChoice(label="Billing", phrases=["my bill"], tone=DtmfTone.ONE)]
    recognize(scene, operation, *deeds, input=RecognizeInputType.CHOICES, options={"choices": choices})


@when("nothing is pressed")
def nothing_pressed(scene, operation):
    recognize(scene, operation, options={"initial_silence_timeout": 2})
    scene.advance(2_000)


@when("the next key does not come")
def next_key_does_not_come(scene, operation):
    recognize(scene, operation, ("digits", {"digits": "1"}), options={"dtmf_inter_tone_timeout": 2})
    scene.advance(2_000)


@when("the key is none of the choices")
def key_is_no_choice(scene, operation):
    choose(scene, operation, ("digits", {"digits": "9"}))


@when("the words are none of the choices")
def words_are_no_choice(scene, operation):
    choose(scene, operation, ("speak", {"text": "something else"}))


@when("the key of a choice is pressed")
def key_is_a_choice(scene, operation):
    choose(scene, operation, ("digits", {"digits": "1"}))


@when("the words of a choice are said")
def words_are_a_choice(scene, operation):
    choose(scene, operation, ("speak", {"text": "it is about my bill"}))


@when("the speech is not understood")
def speech_is_not_understood(scene, operation):
    scene.fault("recognize_failed", sub_code=8563)
    recognize(scene, operation, input=RecognizeInputType.SPEECH)


@when("something is said")
def something_is_said(scene, operation):
    recognize(scene, operation, ("speak", {"text": "good morning"}), input=RecognizeInputType.SPEECH)


@when("the prompt cannot be played")
def prompt_is_gone(scene, operation):
    recognize(scene, operation, options={"play_prompt": FileSource(url=GONE)})


@when("the last key that fits is pressed")
def last_key(scene, operation):
    recognize(scene, operation, ("digits", {"digits": "42"}))


@when("a stop tone is pressed")
def stop_tone(scene, operation):
    recognize(scene, operation, ("digits", {"digits": "4#"}), options={"dtmf_stop_tones": [DtmfTone.POUND]})


@when("a key is not understood")
def key_is_not_understood(scene, operation):
    scene.fault("tone_failed")
    recognize(scene, operation, ("digits", {"digits": "4"}))


@when("the hold fails")
def hold_fails(scene, operation):
    scene.fault("hold_failed")
    scene.connect()
    scene.ask(operation)


# Streams and recordings.


@when("the call has no cognitive services")
def no_cognitive_services(scene, operation):
    scene.connect(cognitive=None, transcription=transcription(scene.socket.url))
    scene.ask(operation)


@when("nobody takes the WebSocket")
def nobody_takes_the_socket(scene, operation):
    url = "wss://127.0.0.1:1/"
    scene.connect(media_streaming=media_streaming(url), transcription=transcription(url))
    scene.ask(operation)


@when("the address of the WebSocket is not to be used")
def socket_is_not_to_be_used(scene, operation):
    scene.fault("media_streaming_failed", sub_code=8581)
    scene.connect_streams()
    scene.ask(operation)


@when("the recording does not begin")
def recording_does_not_begin(scene, operation):
    scene.fault("start_recording_failed")
    scene.connect()
    scene.ask(operation)
