//! How a contact looks to people. Names and numbers are looked up before the state is read, so that
//! nothing waits for the store while it is held.

use super::recording::RecordingView;
use crate::api::time::Instant;
use crate::center::Center;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::contact::{Contact, Direction, State as Stage, WrapUp};
use tandem_core::dialing::{self, Dial};
use tandem_core::ids::{AgentId, ContactId, EndpointId, QueueId, SubjectRef};
use tandem_core::limits;
use tandem_core::offer;
use tandem_core::owed::Work;
use tandem_core::prompt::Heard;
use tandem_core::queue::{Queue, WrapUpMode};
use tandem_core::recording::{Consent, Message, Sound};
use tandem_core::state::State;
use tandem_core::talk::{Purpose, Talk, Target, Third, WrapUpWish};
use tandem_core::time::Timestamp;
use tandem_reports::story::Story;
use utoipa::ToSchema;

/// A contact.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ContactView {
    pub(crate) id: u64,
    /// `voice`, or `voicemail`: a message that a caller left.
    pub(crate) channel: &'static str,
    /// Who called whom.
    #[schema(value_type = String)]
    pub(crate) direction: Direction,
    /// The callback that the customer has pending, or of which it is an attempt; changed under `/callbacks`.
    pub(crate) callback_id: Option<u64>,
    /// What it is as a message; of a call nothing.
    pub(crate) message: Option<MessageView>,
    pub(crate) state: ContactState,
    pub(crate) customer: CustomerView,
    pub(crate) queue: Option<Named>,
    pub(crate) agent: Option<Named>,
    pub(crate) endpoint: Named,
    pub(crate) arrived_at: Instant,
    pub(crate) enqueued_at: Option<Instant>,
    pub(crate) connected_at: Option<Instant>,
    pub(crate) customer_left_at: Option<Instant>,
    pub(crate) attributes: BTreeMap<String, String>,
    /// What each party hears at this moment.
    pub(crate) hearing: Vec<Hearing>,
    pub(crate) wrap_up: Option<WrapUpView>,
    /// The attempt to reach the customer, while it goes on.
    pub(crate) dialing: Option<DialingView>,
    /// What goes on beside the talk of customer and agent, while they talk.
    pub(crate) conversation: Option<ConversationView>,
    /// How the recording of the call stands; nothing where none is wanted.
    pub(crate) recording: Option<RecordingView>,
    /// What is known of the customer's consent to being recorded.
    #[schema(value_type = String)]
    pub(crate) consent: Consent,
    /// The other side's id of the call.
    pub(crate) correlation_id: String,
}

/// Where a contact stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ContactState {
    InFlow,
    Queued,
    Offering,
    Connecting,
    /// An agent calls the customer.
    Dialing,
    /// The customer is to be called back: nobody is on the line.
    CallbackPending,
    Connected,
    /// Left to somebody outside; the call is still ours to end.
    Outside,
    WrapUp,
    Ended,
}

/// A customer.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct CustomerView {
    /// None when withheld or erased.
    pub(crate) number: Option<String>,
    pub(crate) name: Option<String>,
}

/// A message that a caller left.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct MessageView {
    /// How long it is.
    seconds: u32,
    state: MessageState,
    /// The contact whose caller left it.
    from_contact_id: u64,
}

/// Whether a message can be heard.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MessageState {
    /// Its sound has not come yet.
    Arriving,
    Ready,
    /// Its sound is not to be had.
    Missing,
}

impl MessageView {
    pub(crate) fn of(message: &Message) -> Self {
        Self {
            seconds: message.seconds,
            state: match message.sound {
                Sound::Arriving { .. } => MessageState::Arriving,
                Sound::Ready => MessageState::Ready,
                Sound::Missing => MessageState::Missing,
            },
            from_contact_id: message.from.0,
        }
    }
}

/// The word for the channel of a contact that is a message, or is none.
pub(crate) const fn channel_word(message: Option<&Message>) -> &'static str {
    match message {
        Some(_) => "voicemail",
        None => "voice",
    }
}

/// Something with a name.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Named {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// What a party hears.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Hearing {
    /// `customer` or `agent`.
    party: &'static str,
    text: String,
}

/// What goes on beside the talk of customer and agent.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ConversationView {
    /// Since when the customer is on hold.
    held_since: Option<Instant>,
    third: Option<ThirdView>,
    /// Whether the agent asked for wrap-up; none where the queue does not have it on request.
    #[schema(value_type = Option<String>)]
    wrap_up_wish: Option<WrapUpWish>,
}

/// A third party of a conversation.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ThirdView {
    /// A colleague; none when it is a number outside.
    agent: Option<Named>,
    /// As far as it was opened before.
    number: Option<String>,
    /// `transfer`: has the contact as soon as the call is answered; `consult`.
    purpose: &'static str,
    /// `ringing` or `talking`.
    stage: &'static str,
    since: Instant,
    is_held: bool,
}

/// An attempt to reach a customer.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct DialingView {
    /// Whose phone rings: `agent` or `customer`.
    stage: &'static str,
    since: Instant,
}

/// Work after a conversation.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct WrapUpView {
    started_at: Instant,
    until: Option<Instant>,
    mode: &'static str,
    can_extend: bool,
}

/// The customers behind arrivals; those who cannot be read are left out.
pub(crate) async fn customers(
    center: &Center,
    arrivals: &[SubjectRef],
) -> Result<BTreeMap<SubjectRef, CustomerView>, Problem> {
    center.people.open_as(arrivals, reduced).await?;
    let wanted: BTreeSet<SubjectRef> = arrivals.iter().copied().collect();
    let found = wanted.into_iter().filter_map(|arrival| {
        let text = center.people.known(arrival)?;
        Some((arrival, serde_json::from_str(&text).ok()?))
    });
    Ok(found.collect())
}

/// Who calls, without what only an edge needs.
fn reduced(plain: &[u8]) -> Option<String> {
    serde_json::to_string(&customer_of(plain)?).ok()
}

/// Who calls, out of what an arrival told: an [`crate::arrival::ArrivalDetail`], of which the rest is passed over.
pub(super) fn customer_of(plain: &[u8]) -> Option<CustomerView> {
    serde_json::from_slice(plain).ok()
}

/// A contact that is not over.
pub(crate) fn contact_view(
    center: &Center,
    state: &State,
    id: ContactId,
    contact: &Contact,
    customer: CustomerView,
    now: Timestamp,
) -> ContactView {
    let queue_id = contact.stay().map(|stay| stay.queue);
    let (connected_at, wrap_up) = match &contact.state {
        Stage::Connected(_, engagement, _) => (Some(engagement.since), None),
        Stage::WrapUp(_, engagement, wrap_up) => (Some(engagement.since), Some(wrap_up)),
        Stage::Created
        | Stage::InFlow
        | Stage::Queued(_)
        | Stage::Offering(..)
        | Stage::Dialing(..)
        | Stage::Outside(..) => (None, None),
    };
    let rule = queue_id.and_then(|id| state.settings.queue(id));
    ContactView {
        id: id.0,
        direction: contact.direction,
        channel: channel_word(contact.message.as_deref()),
        callback_id: callback_of(state, contact),
        message: contact.message.as_deref().map(MessageView::of),
        state: if contact.is_attempt() && matches!(contact.state, Stage::Queued(_)) {
            ContactState::CallbackPending
        } else {
            stage(&contact.state)
        },
        customer,
        queue: queue_id.map(|id| queue_named(state, id)),
        agent: contact.agent().map(|id| agent_named(center, state, id)),
        endpoint: endpoint_named(state, contact.endpoint),
        arrived_at: contact.arrived_at.into(),
        enqueued_at: contact.stay().map(|stay| stay.since.into()),
        connected_at: connected_at.map(Instant),
        customer_left_at: wrap_up.map(|wrap_up| wrap_up.since.into()),
        attributes: contact.attributes.clone(),
        hearing: hearing(contact),
        wrap_up: wrap_up.map(|wrap_up| wrap_up_view(wrap_up, rule, now)),
        dialing: contact.dial().map(dialing),
        conversation: contact
            .talk()
            .map(|talk| conversation(center, state, talk, rule)),
        recording: RecordingView::of(state, contact),
        consent: contact.consent,
        correlation_id: contact.correlation.clone(),
    }
}

/// A contact that is over, as far as its story tells.
pub(super) fn view_of_story(
    center: &Center,
    state: &State,
    id: ContactId,
    story: &Story,
    customer: CustomerView,
) -> ContactView {
    ContactView {
        id: id.0,
        direction: story.direction,
        channel: channel_word(story.message.as_ref()),
        callback_id: None,
        message: story.message.as_ref().map(MessageView::of),
        state: ContactState::Ended,
        customer,
        queue: story.queue.map(|id| queue_named(state, id)),
        agent: story.agent.map(|id| agent_named(center, state, id)),
        endpoint: endpoint_named(state, story.endpoint),
        arrived_at: story.arrived_at.into(),
        enqueued_at: story.enqueued_at.map(Instant),
        connected_at: story.connected_at.map(Instant),
        customer_left_at: story.conversation_ended_at.map(Instant),
        attributes: BTreeMap::new(),
        hearing: Vec::new(),
        wrap_up: None,
        dialing: None,
        conversation: None,
        recording: None,
        consent: story.consent,
        correlation_id: story.correlation.clone(),
    }
}

/// A contact that went on, or ended, as the agent sees it who owes wrap-up for it.
pub(crate) fn after_hand_over(
    center: &Center,
    state: &State,
    (id, story, customer): (ContactId, &Story, CustomerView),
    (agent, work): (AgentId, &Work),
    now: Timestamp,
) -> ContactView {
    let rule = state.settings.queue(work.queue);
    ContactView {
        state: ContactState::WrapUp,
        queue: Some(queue_named(state, work.queue)),
        agent: Some(agent_named(center, state, agent)),
        connected_at: Some(work.talked_since.into()),
        customer_left_at: Some(work.wrap_up.since.into()),
        wrap_up: Some(wrap_up_view(&work.wrap_up, rule, now)),
        ..view_of_story(center, state, id, story, customer)
    }
}

/// Of whoever withholds the number nothing is known.
fn callback_of(state: &State, contact: &Contact) -> Option<u64> {
    let is_known = contact.caller.is_some() || contact.dialed.is_some();
    let pending = state.callbacks.of_customer(contact.customer).next();
    let pending = pending.filter(|_| is_known).map(|(id, _)| id);
    contact.callback.or(pending).map(|id| id.0)
}

fn dialing(dial: &Dial) -> DialingView {
    DialingView {
        stage: match dial.stage {
            dialing::Stage::Agent => "agent",
            dialing::Stage::Customer(_) => "customer",
        },
        since: dial.since.into(),
    }
}

fn conversation(
    center: &Center,
    state: &State,
    talk: &Talk,
    rule: Option<&Queue>,
) -> ConversationView {
    let is_on_request = rule.is_some_and(|it| it.wrap_up.mode == WrapUpMode::OnRequest);
    ConversationView {
        held_since: talk.held_since.map(Instant),
        third: talk
            .third
            .as_ref()
            .map(|third| third_view(center, state, third)),
        wrap_up_wish: is_on_request.then_some(talk.wrap_up),
    }
}

fn third_view(center: &Center, state: &State, third: &Third) -> ThirdView {
    let number = match &third.target {
        Target::Number(number) => center.people.known(number.subject),
        Target::Agent(_) | Target::Queue(_) => None,
    };
    ThirdView {
        agent: third.agent().map(|id| agent_named(center, state, id)),
        number: number.map(|number| number.to_string()),
        purpose: match third.purpose {
            Purpose::Transfer => "transfer",
            Purpose::Consult => "consult",
        },
        stage: if third.is_talking() {
            "talking"
        } else {
            "ringing"
        },
        since: third.since.into(),
        is_held: third.is_held(),
    }
}

pub(crate) const fn stage(state: &Stage) -> ContactState {
    match state {
        Stage::Created | Stage::InFlow => ContactState::InFlow,
        Stage::Queued(_) => ContactState::Queued,
        Stage::Offering(_, offer) => match &offer.stage {
            offer::Stage::InTandem | offer::Stage::InTeams(_) => ContactState::Offering,
            offer::Stage::Joining { .. } => ContactState::Connecting,
        },
        Stage::Dialing(..) => ContactState::Dialing,
        Stage::Connected(..) => ContactState::Connected,
        Stage::Outside(..) => ContactState::Outside,
        Stage::WrapUp(..) => ContactState::WrapUp,
    }
}

/// The demo has no sound in the browser: what is heard stands there as text.
fn hearing(contact: &Contact) -> Vec<Hearing> {
    let customer = |text: String| Hearing {
        party: "customer",
        text,
    };
    if let Some(media) = &contact.media {
        let text = match &media.prompt {
            Heard::Text(text) | Heard::Said { text, .. } => text.clone(),
            Heard::Url(url) => format!("♪ {url}"),
            Heard::Sound { language, .. } => format!("♪ recorded, {language}"),
        };
        return vec![customer(text)];
    }
    if contact.message.is_some() {
        return Vec::new();
    }
    match &contact.state {
        Stage::Connected(_, _, talk) if talk.is_held() => vec![customer("♪ on hold".to_owned())],
        Stage::Dialing(..) => Vec::new(),
        Stage::Outside(..) => vec![customer("somebody outside".to_owned())],
        Stage::Connected(..) => vec![
            customer("the agent".to_owned()),
            Hearing {
                party: "agent",
                text: "the customer".to_owned(),
            },
        ],
        Stage::Created
        | Stage::InFlow
        | Stage::Queued(_)
        | Stage::Offering(..)
        | Stage::WrapUp(..) => Vec::new(),
    }
}

fn wrap_up_view(wrap_up: &WrapUp, rule: Option<&Queue>, now: Timestamp) -> WrapUpView {
    let mode = rule.map_or(WrapUpMode::Optional, |queue| queue.wrap_up.mode);
    let is_open = wrap_up.until.is_some_and(|until| until > now);
    let can_extend = is_open
        && mode == WrapUpMode::RequiredTimeboxed
        && wrap_up.extensions < limits::WRAP_UP_EXTENSIONS_MAX;
    WrapUpView {
        started_at: wrap_up.since.into(),
        until: wrap_up.until.map(Instant),
        mode: mode_word(mode),
        can_extend,
    }
}

const fn mode_word(mode: WrapUpMode) -> &'static str {
    match mode {
        WrapUpMode::None => "none",
        WrapUpMode::Optional => "optional",
        WrapUpMode::Required => "required",
        WrapUpMode::RequiredTimeboxed => "required_timeboxed",
        WrapUpMode::RequiredFixed => "required_fixed",
        WrapUpMode::OnRequest => "on_request",
    }
}

pub(crate) fn queue_named(state: &State, id: QueueId) -> Named {
    let name = state.settings.queue(id).map(|queue| queue.name.clone());
    Named {
        id: id.0,
        name: name.unwrap_or_else(|| format!("Queue {id}")),
    }
}

/// The agent's name as far as it was opened before.
pub(crate) fn agent_named(center: &Center, state: &State, id: AgentId) -> Named {
    let person = state.agents.get(id).map(|agent| agent.profile.person);
    let name = person.and_then(|person| center.people.known(person));
    Named {
        id: id.0,
        name: name.map_or_else(|| format!("Agent {id}"), |name| name.to_string()),
    }
}

pub(super) fn endpoint_named(state: &State, id: EndpointId) -> Named {
    let name = state
        .settings
        .endpoints
        .get(id)
        .map(|it| it.document.name.clone());
    Named {
        id: id.0,
        name: name.unwrap_or_else(|| format!("Endpoint {id}")),
    }
}
