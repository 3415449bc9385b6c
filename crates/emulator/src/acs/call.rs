//! A call as Call Automation has it: created or answered, looked at, left, ended.
//!
//! Owns the record of a call and its end. Ringing is in `incoming` and `invitation`, membership in
//! `participant`, sound in `media`.

use super::announce;
use super::callback::{Emission, Line, check_url, emit};
use super::connect;
use super::digits::Listening;
use super::invitation::{self, Goal, Invitation};
use super::media::Media;
use super::participant::{self, Participant};
use super::recording;
use super::speech::Utterance;
use super::streaming::{self, Streaming};
use super::transcription::{self, Transcription};
use super::{feed, incoming, invalid, live_call, parse};
use crate::answer::Answer;
use crate::fault::{Effect, Symptom};
use crate::limits;
use crate::people::{Person, phone};
use crate::pipeline::Received;
use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::BTreeSet;
use tandem_microsoft::acs::call::{
    CallConnectionProperties, CallConnectionState, CallIntelligenceOptions, CreateCallRequest,
};
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::{
    CommunicationUser, Identifier, Identity, PhoneNumber, resource_account,
};

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) server_call_id: String,
    pub(crate) correlation_id: String,
    /// The api-version of the request that made the call; events repeat it.
    pub(crate) version: String,
    pub(crate) callback_uri: String,
    pub(crate) state: CallConnectionState,
    /// Teams Phone extensibility: the rules of reference 7.4 hold.
    pub(crate) is_tpe: bool,
    pub(crate) source: Option<Identifier>,
    pub(crate) targets: Vec<Identifier>,
    pub(crate) answered_by: Option<CommunicationUser>,
    pub(crate) answered_for: Option<String>,
    /// `operationContext` of create or answer.
    pub(crate) context: Option<String>,
    /// A cognitive services endpoint was given: texts can be spoken and speech recognized.
    pub(crate) can_speak: bool,
    /// The party on whose behalf the call exists; everybody else counts as an agent to it.
    pub(crate) customer: Option<Person>,
    pub(crate) participants: Vec<Participant>,
    pub(crate) invitations: Vec<Invitation>,
    pub(crate) media: Media,
    /// Continuous recognition of digits, by participant.
    pub(crate) listening: Vec<Listening>,
    pub(crate) streaming: Option<Streaming>,
    pub(crate) transcription: Option<Transcription>,
    /// What its people say, have just said, or are going to say.
    pub(crate) speech: Vec<Utterance>,
    pub(crate) line: Line,
    pub(crate) sequence_number: u32,
}

impl Call {
    pub(crate) fn properties(&self) -> CallConnectionProperties {
        CallConnectionProperties {
            call_connection_id: Some(self.id.clone()),
            server_call_id: Some(self.server_call_id.clone()),
            targets: self.targets.clone(),
            call_connection_state: Some(self.visible_state()),
            callback_uri: Some(self.callback_uri.clone()),
            source: self.source.clone(),
            correlation_id: Some(self.correlation_id.clone()),
            answered_by: self.answered_by.clone(),
            media_streaming_subscription: self.streaming.as_ref().map(Streaming::model),
            transcription_subscription: self.transcription.as_ref().map(Transcription::model),
            answered_for: self.answered_for.as_ref().map(|number| PhoneNumber {
                value: number.clone(),
                is_anonymous: None,
                asserted_id: None,
            }),
            ..CallConnectionProperties::default()
        }
    }

    /// A call of two that is being transferred says so; a larger one stays connected.
    fn visible_state(&self) -> CallConnectionState {
        let is_two_party = self.participants.len() == 1;
        if self.state == CallConnectionState::Connected
            && is_two_party
            && invitation::is_transferring(self)
        {
            CallConnectionState::Transferring
        } else {
            self.state
        }
    }

    pub(crate) fn participant_mut(&mut self, raw_id: &str) -> Option<&mut Participant> {
        self.participants
            .iter_mut()
            .find(|participant| participant.raw_id().eq_ignore_ascii_case(raw_id))
    }

    /// What a participant hears of the application: on hold only what is meant for them.
    pub(crate) fn words_for(&self, participant: &Participant) -> Option<String> {
        let raw_id = participant.raw_id();
        match &participant.held {
            Some(held) => self.media.aimed_at(&raw_id).or_else(|| held.hears.clone()),
            None => self.media.heard_by(&raw_id).or_else(|| self.streamed()),
        }
    }

    /// An application that speaks over its stream has no words, but can be heard.
    fn streamed(&self) -> Option<String> {
        let speaks = self.streaming.as_ref().is_some_and(Streaming::speaks);
        speaks.then(|| "[audio of the application]".to_owned())
    }

    /// Somebody takes a place, with a voice of their own.
    pub(crate) fn seat(&mut self, person: Person, identifier: Identifier) {
        let taken: BTreeSet<u32> = self.participants.iter().map(|one| one.voice).collect();
        let voice = (0..).find(|voice| !taken.contains(voice)).unwrap_or(0);
        self.participants.push(Participant {
            voice,
            ..Participant::new(person, identifier)
        });
    }

    pub(crate) fn has(&self, person: &Person) -> bool {
        self.participants
            .iter()
            .any(|participant| participant.person == *person)
    }

    /// Whether anybody but this person is in the call.
    pub(crate) fn has_others_than(&self, person: &Person) -> bool {
        self.participants
            .iter()
            .any(|participant| participant.person != *person)
    }
}

/// What a new call is made of.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) server_call_id: String,
    pub(crate) correlation_id: String,
    pub(crate) version: String,
    pub(crate) callback_uri: String,
    pub(crate) is_tpe: bool,
    pub(crate) source: Option<Identifier>,
    pub(crate) targets: Vec<Identifier>,
    pub(crate) answered_by: Option<CommunicationUser>,
    pub(crate) answered_for: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) can_speak: bool,
    pub(crate) customer: Option<Person>,
    pub(crate) streaming: Option<streaming::Plan>,
    pub(crate) transcription: Option<transcription::Plan>,
}

pub(crate) fn open(world: &mut World, origin: Origin) -> String {
    let id = world.dice.uuid();
    let streaming = origin
        .streaming
        .map(|plan| Streaming::new(plan, world.dice.uuid()));
    let transcription = origin
        .transcription
        .map(|plan| Transcription::new(plan, world.dice.uuid()));
    let call = Call {
        id: id.clone(),
        server_call_id: origin.server_call_id,
        correlation_id: origin.correlation_id,
        version: origin.version,
        callback_uri: origin.callback_uri,
        state: CallConnectionState::Connecting,
        is_tpe: origin.is_tpe,
        source: origin.source,
        targets: origin.targets,
        answered_by: origin.answered_by,
        answered_for: origin.answered_for,
        context: origin.context,
        can_speak: origin.can_speak,
        customer: origin.customer,
        participants: Vec::new(),
        invitations: Vec::new(),
        media: Media::default(),
        listening: Vec::new(),
        streaming,
        transcription,
        speech: Vec::new(),
        line: Line::default(),
        sequence_number: 0,
    };
    world.calls.insert(id.clone(), call);
    id
}

/// What a conversation without Call Automation came from.
#[derive(Clone)]
pub(crate) enum Kind {
    TeamsPhone,
    Other,
    /// Users called each other: the call has its id already.
    Voip {
        server_call_id: String,
    },
}

impl Kind {
    pub(crate) fn of(world: &World, call_id: &str) -> Self {
        let call = world.calls.get(call_id);
        if call.is_some_and(|call| call.is_tpe) {
            Self::TeamsPhone
        } else {
            Self::Other
        }
    }
}

/// Two who were put through, or called each other, talk without Call Automation, until one of them hangs up.
pub(crate) fn outside(world: &mut World, kind: Kind, people: [Participant; 2]) -> String {
    let [first, second] = &people;
    let ends = [first.identifier.clone(), second.identifier.clone()];
    let id = open_outside(world, kind, ends, &first.person);
    talk_outside(world, &id, people);
    id
}

/// The record of a conversation that Call Automation is not in: nobody talks yet.
pub(crate) fn open_outside(
    world: &mut World,
    kind: Kind,
    [source, target]: [Identifier; 2],
    customer: &Person,
) -> String {
    let is_tpe = matches!(kind, Kind::TeamsPhone);
    let origin = Origin {
        source: Some(source),
        targets: vec![target],
        customer: Some(customer.clone()),
        server_call_id: match kind {
            Kind::Voip { server_call_id } => server_call_id,
            Kind::TeamsPhone | Kind::Other => server_call_id(world),
        },
        correlation_id: world.dice.uuid(),
        version: String::new(),
        callback_uri: String::new(),
        is_tpe,
        answered_by: None,
        answered_for: None,
        context: None,
        can_speak: false,
        streaming: None,
        transcription: None,
    };
    let id = open(world, origin);
    if let Some(call) = world.calls.get_mut(&id) {
        call.state = CallConnectionState::Disconnected;
    }
    id
}

pub(crate) fn talk_outside(world: &mut World, id: &str, people: [Participant; 2]) {
    if let Some(call) = world.calls.get_mut(id) {
        for one in people.clone() {
            call.seat(one.person, one.identifier);
        }
    }
    for one in &people {
        announce::came(world, id, &one.person);
    }
    retire(world, id);
}

/// Opaque to clients; base64 of an address, as in the recordings.
pub(crate) fn server_call_id(world: &mut World) -> String {
    let id = world.dice.uuid();
    STANDARD.encode(format!("https://api.flightproxy.teams.microsoft.com/api/v2/ep/conv-emulator.conv.skype.com/conv/{id}"))
}

pub(crate) fn create(
    world: &mut World,
    received: &Received,
    version: &str,
) -> Result<Answer, Answer> {
    let request: CreateCallRequest = parse(received)?;
    check_url(world, &request.callback_uri)
        .map_err(|text| invalid(format!("callbackUri: {text}")))?;
    let source = source(world, &request)?;
    let is_tpe = request.teams_app_source.is_some();
    if request.targets.is_empty() {
        return Err(invalid("targets must not be empty"));
    }
    let mut identities = Vec::new();
    for target in &request.targets {
        let identity = participant::check_target(world, target, is_tpe)?;
        if identities.contains(&identity) {
            return Err(Answer::acs(
                400,
                subcode::DUPLICATE_DIAL_OUT,
                "a target is named twice",
            ));
        }
        identities.push(identity);
    }
    let origin = Origin {
        streaming: streaming::plan(world, request.media_streaming_options)?,
        transcription: transcription::plan(world, request.transcription_options)?,
        server_call_id: server_call_id(world),
        correlation_id: world.dice.uuid(),
        version: version.to_owned(),
        callback_uri: request.callback_uri,
        is_tpe,
        source,
        targets: request.targets,
        answered_by: None,
        answered_for: None,
        context: request.operation_context,
        can_speak: can_speak(request.call_intelligence_options),
        customer: None,
    };
    let id = open(world, origin);
    for identity in identities {
        let from = caller_number(world, &id);
        invitation::ring(world, &id, &identity, Goal::Create, None, from.as_deref());
    }
    let call = world.calls.get(&id).expect("the call was just opened");
    Ok(Answer::model(201, &call.properties()))
}

/// Whether texts can be spoken and what is said understood.
pub(super) fn can_speak(options: Option<CallIntelligenceOptions>) -> bool {
    options.is_some_and(|options| options.cognitive_services_endpoint.is_some())
}

/// The resource account of a TPE call, or the number of another one (reference 3, createCall).
fn source(world: &World, request: &CreateCallRequest) -> Result<Option<Identifier>, Answer> {
    if let Some(app) = &request.teams_app_source {
        if request.source_caller_id_number.is_some() || request.source_display_name.is_some() {
            return Err(invalid(
                "Invalid request, SourceCallerIdNumber and SourceDisplayName are not supported with TeamsAppSource.",
            ));
        }
        let is_known = world.tenant.account(&app.app_id).is_some();
        if !is_known || !world.assignments.serves(&app.app_id) {
            return Err(Answer::acs(
                403,
                subcode::CALL_SOURCE_IDENTITY,
                "TeamsAppSource is not a resource account of this resource.",
            ));
        }
        return Ok(Some(resource_account(&app.app_id)));
    }
    let to_phone = request
        .targets
        .iter()
        .any(|target| target.phone().is_some());
    match &request.source_caller_id_number {
        Some(number) => Ok(Some(
            Identity::Phone {
                number: number.value.clone(),
            }
            .to_identifier(),
        )),
        None if to_phone => Err(invalid(
            "SourceCallerIdNumber is required for phone number targets.",
        )),
        None => Ok(request
            .source
            .as_ref()
            .map(|user| Identity::parse(&user.id).to_identifier())),
    }
}

/// The number that somebody who rings sees.
pub(crate) fn caller_number(world: &World, call_id: &str) -> Option<String> {
    let call = world.calls.get(call_id)?;
    let source = call.source.as_ref()?;
    match source.identity()? {
        Identity::Phone { number } => Some(number),
        Identity::TeamsApp { oid, .. } => world
            .tenant
            .account(&oid)
            .map(|account| account.number.clone()),
        Identity::AnonymousPhone
        | Identity::TeamsUser { .. }
        | Identity::TeamsVisitor { .. }
        | Identity::AcsUser { .. }
        | Identity::TeamsExtensionUser { .. }
        | Identity::Unknown { .. } => None,
    }
}

pub(crate) fn get(world: &mut World, id: &str) -> Result<Answer, Answer> {
    Ok(Answer::model(200, &live_call(world, id)?.properties()))
}

/// DELETE: Call Automation leaves. A call of two ends; in a larger one the others talk on.
pub(crate) fn hang_up(world: &mut World, id: &str) -> Result<Answer, Answer> {
    let people = live_call(world, id)?.participants.len();
    let connections = connect::others(world, id);
    if people > 1 || !connections.is_empty() {
        disconnect(world, id, &Ending::graceful());
        connect::hand_over(world, id, &connections);
    } else {
        end(world, id, Ending::graceful());
    }
    Ok(Answer::empty(204))
}

pub(crate) fn terminate(world: &mut World, id: &str) -> Result<Answer, Answer> {
    live_call(world, id)?;
    end(world, id, Ending::graceful());
    Ok(Answer::empty(204))
}

/// The answered call is up: its customer is in it.
pub(crate) fn connected(world: &mut World, id: &str) {
    let Some(call) = world.calls.get_mut(id) else {
        return;
    };
    if call.state != CallConnectionState::Connecting {
        return;
    }
    if let Some(Effect::AnswerFailed { sub_code }) = world.strike(Symptom::AnswerFailed) {
        let sub_code = sub_code.unwrap_or(subcode::UNKNOWN);
        let message = "Action failed by a fault of the emulator.";
        return incoming::answer_fails(world, id, Ending::new(400, sub_code, message));
    }
    let Some(call) = world.calls.get_mut(id) else {
        return;
    };
    call.state = CallConnectionState::Connected;
    let (context, customer) = (call.context.clone(), call.customer.clone());
    emit(world, id, "CallConnected", Emission::success(context, None));
    if let Some(customer) = customer {
        let identity = customer.identity(world);
        participant::join(world, id, customer, &identity);
    }
    feed::connected(world, id);
}

/// How a call ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    code: i32,
    sub_code: u32,
    message: &'static str,
}

impl Ending {
    pub(crate) const fn graceful() -> Self {
        Self {
            code: 200,
            sub_code: subcode::GRACEFUL,
            message: "The conversation has ended. DiagCode: 0#7000.@",
        }
    }

    pub(crate) const fn new(code: i32, sub_code: u32, message: &'static str) -> Self {
        Self {
            code,
            sub_code,
            message,
        }
    }

    /// The same for Event Grid.
    pub(crate) fn reason(self) -> Value {
        serde_json::json!({"code": self.code, "subCode": self.sub_code, "phrase": self.message})
    }

    /// An event that tells this outcome of the operation that made the call.
    pub(crate) fn told(self, context: Option<String>) -> Emission {
        Emission::success(context, None).result(self.code, self.sub_code, self.message)
    }
}

/// Ends the call for everybody. After CallDisconnected no callback follows (reference 4.2).
pub(crate) fn end(world: &mut World, id: &str, ending: Ending) {
    for connection in connect::connections(world, id) {
        disconnect(world, &connection, &ending);
        let Some(call) = world.calls.get_mut(&connection) else {
            continue;
        };
        let people: Vec<Person> = call
            .participants
            .drain(..)
            .map(|participant| participant.person)
            .collect();
        let customer = call.customer.clone();
        for person in people.into_iter().chain(customer) {
            if let Person::Phone(phone) = person {
                phone::released(world, &phone, "the call ended");
            }
        }
    }
    announce::ended(world, id, ending);
}

fn disconnect(world: &mut World, id: &str, ending: &Ending) {
    let Some(call) = world.calls.get_mut(id) else {
        return;
    };
    if call.state == CallConnectionState::Disconnected {
        return;
    }
    super::media::cancel_everything(world, id);
    invitation::withdraw_all(world, id);
    recording::call_ends(world, id);
    feed::call_ends(world, id);
    if let Some(call) = world.calls.get_mut(id) {
        call.state = CallConnectionState::Disconnected;
    }
    let emission = Emission::default().result(ending.code, ending.sub_code, ending.message);
    emit(world, id, "CallDisconnected", emission);
    connect::forget(world, id);
    retire(world, id);
}

/// Call Automation is not in it: it can be looked at for a while.
fn retire(world: &mut World, id: &str) {
    world.ended_calls.push_back(id.to_owned());
    while world.ended_calls.len() > limits::ENDED_MAX {
        if let Some(oldest) = world.ended_calls.pop_front() {
            world.calls.remove(&oldest);
        }
    }
}

/// For the control API.
pub(crate) fn show(world: &World, call: &Call) -> Value {
    let participants: Vec<Value> = call
        .participants
        .iter()
        .map(|participant| {
            serde_json::json!({
                "raw_id": participant.raw_id(),
                "name": participant.person.name(world),
                "is_on_hold": participant.held.is_some(),
                "is_customer": call.customer.as_ref() == Some(&participant.person),
            })
        })
        .collect();
    let ringing: Vec<Value> = call
        .invitations
        .iter()
        .map(|invitation| invitation.person.name(world).into())
        .collect();
    serde_json::json!({
        "call_connection_id": call.id,
        "state": call.state.as_str(),
        "teams_phone_extensibility": call.is_tpe,
        "correlation_id": call.correlation_id,
        "callback_uri": call.callback_uri,
        "participants": participants,
        "ringing": ringing,
        "media": call.media.show(),
        "media_streaming": call.streaming.as_ref().map(Streaming::show),
        "transcription": call.transcription.as_ref().map(Transcription::show),
    })
}
