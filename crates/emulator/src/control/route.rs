//! The table of the control API: route, purpose and an example body of each operation.
//!
//! `identify` routes by it and `openapi` documents it, so that the two cannot differ.

pub(crate) struct Route {
    pub(crate) control: Control,
    pub(crate) method: &'static str,
    pub(crate) template: &'static str,
    pub(crate) purpose: &'static str,
    /// An example of the body, as JSON; empty when there is none.
    pub(crate) example: &'static str,
}

macro_rules! routes {
    ($($variant:ident $method:literal $template:literal $purpose:literal $example:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Control { $($variant,)+ }

        impl Control {
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }
        }

        pub(crate) const TABLE: &[Route] = &[$(Route {
            control: Control::$variant, method: $method, template: $template, purpose: $purpose, example: $example,
        },)+];
    };
}

routes! {
    Page "GET" "/_emulator" "A page to place calls and to play callers and Teams users by hand" "";
    PageStyle "GET" "/_emulator/page.css" "A part of the page" "";
    PageScript "GET" "/_emulator/page.js" "A part of the page" "";
    PageDiagram "GET" "/_emulator/diagram.js" "A part of the page" "";
    PageSip "GET" "/_emulator/sip.js" "A part of the page" "";
    Ready "GET" "/_emulator/ready" "200 when the emulator serves" "";
    OpenApi "GET" "/_emulator/openapi.json" "This document" "";
    Tenant "GET" "/_emulator/tenant" "Ids, Teams users, resource accounts and numbers" "";
    Subscribe "POST" "/_emulator/event-subscriptions" "Subscribe a webhook to events; the answer follows the validation handshake: 201 active, 202 when somebody must GET the validationUrl, 400 when it failed" r#"{"endpoint": "http://127.0.0.1:8000/api/incomingCall", "headers": {"x-secret": "s"}, "entra": {"audience": "api://app"}, "filter": {"includedEventTypes": ["Microsoft.Communication.IncomingCall"], "advancedFilters": [{"operatorType": "StringIn", "key": "data.to.rawId", "values": ["28:orgid:cc123456-5678-5678-1234-ccc123456789"]}]}, "dead_letter": true}"#;
    Subscriptions "GET" "/_emulator/event-subscriptions" "All subscriptions" "";
    Unsubscribe "DELETE" "/_emulator/event-subscriptions/{id}" "Delete a subscription" "";
    DeadLetters "GET" "/_emulator/dead-letters" "Events that could not be delivered to a subscription with dead_letter, and why" "";
    PlaceCall "POST" "/_emulator/pstn-calls" "A customer dials a number of the tenant, and follows a script" r#"{"from": "+12065551212", "to": "+14255550100", "script": [{"do": "patience", "ms": 60000}, {"do": "digits", "keys": "1", "after_ms": 800}, {"do": "speak", "text": "billing"}, {"do": "talk", "ms": 30000}], "voip_headers": {"X-myCustomVoipHeaderName": "myValue"}}"#;
    PhoneCalls "GET" "/_emulator/pstn-calls" "All phone calls; ?live=true leaves the ended ones out" "";
    PhoneCall "GET" "/_emulator/pstn-calls/{id}" "State of a phone call, and what its owner hears now" "";
    PressDigits "POST" "/_emulator/pstn-calls/{id}/digits" "Press keys by hand" r#"{"digits": "12#"}"#;
    Speak "POST" "/_emulator/pstn-calls/{id}/speak" "Say something by hand" r#"{"text": "billing please"}"#;
    HangUpPhone "POST" "/_emulator/pstn-calls/{id}/hang-up" "Hang up by hand" "";
    AnswerPhone "POST" "/_emulator/pstn-calls/{id}/answer" "Answer a phone that is being called" "";
    DeclinePhone "POST" "/_emulator/pstn-calls/{id}/decline" "Decline a phone that is being called" "";
    PhoneBehaviour "PUT" "/_emulator/phones/{number}/behaviour" "What a number does when it is called" r#"{"behaviour": {"do": "answer", "after_ms": 1200}, "script": [{"do": "talk", "ms": 20000}]}"#;
    TeamsUsers "GET" "/_emulator/teams-users" "All Teams users: behaviour, state, and what they hear" "";
    TeamsUser "GET" "/_emulator/teams-users/{oid}" "One Teams user" "";
    UserBehaviour "PUT" "/_emulator/teams-users/{oid}/behaviour" "What a Teams user does when it rings, and whether they have Teams Phone" r#"{"behaviour": {"do": "decline", "after_ms": 500}, "teams_phone": true}"#;
    UserAnswers "POST" "/_emulator/teams-users/{oid}/answer" "Answer as this Teams user" "";
    UserDeclines "POST" "/_emulator/teams-users/{oid}/decline" "Decline as this Teams user" "";
    UserForwards "POST" "/_emulator/teams-users/{oid}/forward" "Forward what rings for this Teams user to a number or to another Teams user" r#"{"to": "+12065550177"}"#;
    VoipCall "POST" "/_emulator/voip-calls" "A user of the communication resource calls another one; with a token only if it is good for voip" r#"{"from": "8:acs:e5b7f628-ea94-4fdc-b3d9-1af1fe231111_1", "to": "8:acs:e5b7f628-ea94-4fdc-b3d9-1af1fe231111_2", "token": "ey"}"#;
    AcsUsers "GET" "/_emulator/acs-users" "All users of the communication resource: state, what they hear, and their tokens" "";
    AcsUser "GET" "/_emulator/acs-users/{id}" "One user of the communication resource" "";
    AcsUserBehaviour "PUT" "/_emulator/acs-users/{id}/behaviour" "What a user does when an application calls" r#"{"behaviour": {"do": "decline", "after_ms": 500}}"#;
    AcsUserAnswers "POST" "/_emulator/acs-users/{id}/answer" "Answer as this user" "";
    AcsUserDeclines "POST" "/_emulator/acs-users/{id}/decline" "Decline the call of an application or of another user as this user" "";
    AcsUserSpeaks "POST" "/_emulator/acs-users/{id}/speak" "Say something as this user" r#"{"text": "hello"}"#;
    AcsUserHangsUp "POST" "/_emulator/acs-users/{id}/hang-up" "Hang up as this user" "";
    UserSpeaks "POST" "/_emulator/teams-users/{oid}/speak" "Say something as this Teams user" r#"{"text": "let me see"}"#;
    UserHangsUp "POST" "/_emulator/teams-users/{oid}/hang-up" "Hang up as this Teams user" "";
    SipOverview "GET" "/_emulator/sip" "The neighbors of SIP trunks (a carrier, phones, Teams' proxies): calls, counters, phones that registered, SBCs that Teams has heard" "";
    SipCalls "GET" "/_emulator/sip/calls" "All calls by SIP: state, who, which tones each party says and hears, digits, how it ended" "";
    SipPlaceCall "POST" "/_emulator/sip/calls" "Begin a call by SIP. by: carrier (from a number, or anonymous), phone (from its user), teams_user (from an object id; with a location it is an emergency call)" r#"{"by": "carrier", "from": "+4915112345678", "to": "+498912345", "name": "Ada", "over": "udp", "tone_hz": 700, "gives_up_after_ms": 20000, "headers": {"Diversion": "<sip:+49891@carrier.example>"}, "srtp": false, "script": [{"do": "press", "keys": "1#", "after_ms": 500}, {"do": "hold", "after_ms": 1000}, {"do": "resume", "after_ms": 1000}, {"do": "say", "hz": null}, {"do": "leave", "after_ms": 2000}]}"#;
    SipCall "GET" "/_emulator/sip/calls/{id}" "One call by SIP, with the INVITE as it was received" "";
    SipCallMessages "GET" "/_emulator/sip/calls/{id}/messages" "The messages of a call as they went over the wire, secrets masked" "";
    SipMessages "GET" "/_emulator/sip/messages" "The last 1000 messages of each neighbor" "";
    SipAnswer "POST" "/_emulator/sip/calls/{id}/answer" "Answer a call that rings" "";
    SipDecline "POST" "/_emulator/sip/calls/{id}/decline" "Decline a call that rings (603)" "";
    SipHangUp "POST" "/_emulator/sip/calls/{id}/hang-up" "Hang up, or give up calling" "";
    SipHold "POST" "/_emulator/sip/calls/{id}/hold" "Put the other side on hold, by re-INVITE with inactive" "";
    SipResume "POST" "/_emulator/sip/calls/{id}/resume" "End the hold" "";
    SipDigits "POST" "/_emulator/sip/calls/{id}/digits" "Press keys (RFC 4733)" r#"{"digits": "12#"}"#;
    SipSay "POST" "/_emulator/sip/calls/{id}/say" "Say another tone, 300 to 3400 Hz in steps of 10; null is silence" r#"{"hz": 700}"#;
    SipTransfer "POST" "/_emulator/sip/calls/{id}/transfer" "Ask the other side by REFER to call somebody else; to: a number, or the object id of a Teams user" r#"{"to": "+498955501"}"#;
    SipNumberHabit "PUT" "/_emulator/sip/numbers/{number}/habit" "What a number at the carrier does when it is called, as it is dialed. do: answer (early_media), decline, busy, no_answer, refuse (status, cause, text, retry_after_s)" r#"{"when_called": {"do": "answer", "after_ms": 200, "early_media": false}, "script": [{"do": "leave", "after_ms": 20000}], "tone_hz": 900}"#;
    SipPhone "PUT" "/_emulator/sip/phones/{user}" "Add a phone: it registers, and again before the SBC forgets it. GET /_emulator/sip tells how that went" r#"{"secret": "a secret", "over": "udp", "expires_s": 600}"#;
    SipRemovePhone "DELETE" "/_emulator/sip/phones/{user}" "A phone takes its registration back, and is gone" "";
    SipPhoneHabit "PUT" "/_emulator/sip/phones/{user}/habit" "What a phone does when it is called" r#"{"when_called": {"do": "decline", "after_ms": 200}}"#;
    SipUserHabit "PUT" "/_emulator/sip/teams-users/{oid}/habit" "What a Teams user does with calls by SIP, in place of the behavior in other calls; how many clients ring at once" r#"{"when_called": {"do": "answer", "after_ms": 200}, "clients": 3}"#;
    SipSbc "PUT" "/_emulator/sip/sbc" "Where the SBC is that carrier and phones stand beside; Teams finds it by OPTIONS" r#"{"host": "127.0.0.1", "udp": 5060, "tcp": 5060}"#;
    SipDigest "PUT" "/_emulator/sip/digest" "As whom the SBC has to prove itself to the carrier (RFC 3261 22)" r#"{"user": "tandem", "secret": "a secret"}"#;
    SipRemoveDigest "DELETE" "/_emulator/sip/digest" "The carrier believes everybody again" "";
    SipDomains "PUT" "/_emulator/sip/domains" "Domains that the tenant has registered: whose SBCs Teams knows. At the start tandem.example" r#"{"domains": ["tandem.example"]}"#;
    SipListener "PUT" "/_emulator/sip/listeners/{name}" "How a listener serves: serve, refuse (503 with Retry-After), silent. name: carrier, phones, proxy-1, proxy-2, proxy-3" r#"{"does": "refuse", "retry_after_s": 1}"#;
    Locations "PUT" "/_emulator/locations" "Where the data of the communication resource and of the tenant lies; a mismatch is a warning" r#"{"resource": "europe", "country": "US", "preferred": "EUR"}"#;
    Presence "GET" "/_emulator/people/{oid}/presence" "What speaks for a person's presence, and what comes of it" "";
    SetPresence "PUT" "/_emulator/people/{oid}/presence" "Change a person's presence by hand. client: active, inactive, away, signed_out; calendar: free, in_a_meeting, presenting; chosen in Teams: nothing, available, busy, do_not_disturb, be_right_back, away, appear_offline; an empty automatic_reply ends it; what is left out stays" r#"{"client": "active", "calendar": "free", "chosen": "do_not_disturb", "automatic_reply": "Back on Monday", "status_message": "At my desk"}"#;
    Wander "PUT" "/_emulator/presence/wander" "Let somebody with Teams change their presence by chance, every so many milliseconds; 0 ends it" r#"{"every_ms": 1000, "seed": 7}"#;
    Graph "GET" "/_emulator/graph" "Microsoft Graph: whether its limits hold, its subscriptions, the application and its permissions" "";
    GraphLifecycle "POST" "/_emulator/graph/subscriptions/{id}/lifecycle" "Tell a subscriber what becomes of a subscription: reauthorizationRequired, subscriptionRemoved (and it is), missed" r#"{"event": "missed"}"#;
    GraphSettings "PUT" "/_emulator/graph" "Whether the published limits of Graph hold (published) or none (off)" r#"{"throttling": "off"}"#;
    Entra "GET" "/_emulator/entra" "The application, people and groups of Entra" "";
    EntraPerson "PUT" "/_emulator/entra/people/{oid}" "Add or change a person: name, numbers, roles of the application, groups, tenant, licenses (enabled, warning, suspended, deleted, locked_out); what is left out stays" r#"{"name": "Ann", "upn": "ann@tandem.example", "tenant": "87d349ed-44d7-43e1-9a83-5f2406dee5bd", "app_roles": ["Administrator"], "groups": ["dd123456-1234-1234-1234-ddd123456789"], "disabled": false, "is_administrator": false, "job_title": "Buyer", "business_phone": "+14255560123", "licenses": {"teams": "enabled", "teams_phone": "deleted"}}"#;
    EntraRemovePerson "DELETE" "/_emulator/entra/people/{oid}" "A person leaves the directory; ?for_good=true when they cannot be restored" "";
    EntraRevoke "POST" "/_emulator/entra/people/{oid}/revoke" "End a person's browsers and refresh tokens" "";
    EntraGroup "PUT" "/_emulator/entra/groups/{id}" "Add or change a group: the roles it gives its members" r#"{"app_roles": ["Supervisor"]}"#;
    EntraApplication "PUT" "/_emulator/entra/application" "What the tenant's administrator set on the application; what is left out is as at the start. standing: enabled, disabled, absent" r#"{"assignment_required": false, "consented": true, "group_claims": true, "redirect_uris": [], "secret_expires_at": "2027-01-01T00:00:00Z", "standing": "enabled", "application_permissions": ["User.Read.All", "Presence.Read.All"], "delegated_permissions": ["User.Read"]}"#;
    EntraSignIn "POST" "/_emulator/entra/sign-ins" "The next browser that comes (with this person's login_hint, or without one) is signed in as this person, without the page" r#"{"oid": "0269be4d-5be0-4770-bf9c-a1bf50ee78d5"}"#;
    Calls "GET" "/_emulator/calls" "All calls with participants, who rings, and running media operations" "";
    CallTrace "GET" "/_emulator/calls/{id}/trace" "What happened in a call, in order: requests, callbacks, events, people, frames of WebSockets" "";
    CallTest "GET" "/_emulator/calls/{id}/test" "The call as a test: a Python program without packages that does the same again" "";
    ApplicationAudio "GET" "/_emulator/calls/{id}/application-audio" "The last 30 seconds of what an application said over its media stream, as it was heard" "";
    Recordings "GET" "/_emulator/recordings" "All recordings: state, length, pauses, and where the file is" "";
    RecordingContent "GET" "/_emulator/recordings/{id}/content" "The WAV file of a recording, as far as it has come" "";
    Clock "GET" "/_emulator/clock" "The clock of behavior timers" "";
    Advance "POST" "/_emulator/clock/advance" "Stepped clock: fire every timer of the next ms, one at a time, each after the answers to the deliveries of the one before" r#"{"ms": 1000}"#;
    AddFault "POST" "/_emulator/faults" "Inject a fault. kind: status, latency, callback_lost, callback_doubled, callback_late, callback_reordered, event_lost, event_doubled, event_late, play_failed, recognize_failed, hold_failed, transfer_failed, connect_failed, answer_failed, move_failed, media_streaming_failed, transcription_failed, stream_breaks_off (ms), send_tones_failed, tone_failed, start_recording_failed, start_recording_unnamed, recording_ignores_pause, recording_stops, download_breaks_off, recording_truncated, recording_shortened, sync_state_lost, secret_expired, consent_revoked, conditional_access, token_refused (aadsts)" r#"{"kind": "status", "status": 429, "retry_after_s": 1, "executed": false, "match": {"operation": "AnswerCall"}, "count": 2}"#;
    Faults "GET" "/_emulator/faults" "All faults, and how often they struck" "";
    ClearFaults "DELETE" "/_emulator/faults" "Remove all faults" "";
    RemoveFault "DELETE" "/_emulator/faults/{id}" "Remove one fault" "";
    Requests "GET" "/_emulator/requests" "The last 1000 requests to the Microsoft services, without secrets" "";
    Deliveries "GET" "/_emulator/deliveries" "The last 1000 attempts to deliver events and callbacks" "";
    Counters "GET" "/_emulator/counters" "Repeats, second executions, refused operations, deliveries" "";
}
