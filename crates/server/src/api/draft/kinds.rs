//! Each kind of settings in a draft: what names an object, how it is told and how it is read. What the object's own
//! route says of it is what a draft says: there is no second list of fields.

use super::super::agents::settings::AgentSettings;
use super::super::balance_groups::BalanceGroup;
use super::super::body::Object;
use super::super::capacity_profiles::CapacityProfile;
use super::super::dispositions::Disposition;
use super::super::endpoints::Endpoint;
use super::super::flows::Flow;
use super::super::presence_rules::PresenceRules;
use super::super::privacy::PrivacyView;
use super::super::prompts::KeptPrompt;
use super::super::queues::Queue;
use super::super::reasons::Reason;
use super::super::schedules::Schedule;
use super::super::settings::{Resource, document};
use super::super::sites::Site;
use super::super::skills::Skill;
use super::super::teams::Team;
use super::super::trunks::Trunk;
use super::Piece;
use crate::center::Center;
use crate::problem::Problem;
use serde_json::{Map, Value};
use tandem_core::settings::{Document, Kind};
use tandem_core::state::State;
use tandem_store::SealedSubject;

/// The member that names an object; none of what there is one of.
pub(super) const fn key_of(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Skill
        | Kind::Site
        | Kind::Team
        | Kind::CapacityProfile
        | Kind::BalanceGroup
        | Kind::Schedule
        | Kind::Prompt
        | Kind::Queue
        | Kind::Flow
        | Kind::Trunk
        | Kind::Endpoint => Some("name"),
        Kind::Reason | Kind::Disposition => Some("label"),
        Kind::Agent => Some("teams_user_id"),
        Kind::Privacy | Kind::Presence => None,
    }
}

/// What routes tell and drafts do not: what follows from the rest, and what is no setting but an act.
pub(super) const fn left_out(kind: Kind) -> &'static [&'static str] {
    match kind {
        // The first queue of the flow.
        Kind::Endpoint => &["id", "version", "queue_id"],
        // An emergency closure is an act, and applying a draft must not end it.
        Kind::Schedule => &["id", "version", "closed_now"],
        Kind::Flow => &["id", "version", "warnings"],
        // Whose secrets are there is not said by a file, and what is to be shown follows from the kind.
        Kind::Trunk => &["id", "version", "has_secret", "support"],
        Kind::Skill
        | Kind::Site
        | Kind::Team
        | Kind::CapacityProfile
        | Kind::BalanceGroup
        | Kind::Prompt
        | Kind::Queue
        | Kind::Reason
        | Kind::Disposition
        | Kind::Privacy
        | Kind::Presence
        | Kind::Agent => &["id", "version"],
    }
}

/// All objects of a kind with their numbers, as their routes tell them.
pub(super) fn told(state: &State, kind: Kind) -> Vec<(u64, Map<String, Value>)> {
    let told = match kind {
        Kind::Skill => all::<Skill>(state),
        Kind::Site => all::<Site>(state),
        Kind::Team => all::<Team>(state),
        Kind::CapacityProfile => all::<CapacityProfile>(state),
        Kind::BalanceGroup => all::<BalanceGroup>(state),
        Kind::Schedule => all::<Schedule>(state),
        Kind::Prompt => all::<KeptPrompt>(state),
        Kind::Queue => all::<Queue>(state),
        Kind::Flow => all::<Flow>(state),
        Kind::Endpoint => all::<Endpoint>(state),
        Kind::Reason => all::<Reason>(state),
        Kind::Disposition => all::<Disposition>(state),
        Kind::Privacy => all::<PrivacyView>(state),
        Kind::Presence => all::<PresenceRules>(state),
        Kind::Trunk => all::<Trunk>(state),
        Kind::Agent => all::<AgentSettings>(state),
    };
    let told = told.into_iter().map(|mut object| {
        let id = object.get("id").and_then(Value::as_u64);
        let id = id.or_else(|| only(state, kind)).unwrap_or(0);
        for key in left_out(kind) {
            object.remove(*key);
        }
        shape(kind, &mut object);
        (id, object)
    });
    told.collect()
}

/// The number of what there is one document of: its route tells none.
fn only(state: &State, kind: Kind) -> Option<u64> {
    let settings = &state.settings;
    let presence = settings.presences.keys().next().map(|it| it.0);
    let privacy = settings.privacies.keys().next().map(|it| it.0);
    { kind == Kind::Presence }
        .then_some(presence)
        .or_else(|| { kind == Kind::Privacy }.then_some(privacy))
        .flatten()
}

fn all<R: Resource>(state: &State) -> Vec<Map<String, Value>> {
    let objects = R::all(state).into_iter().map(|it| {
        let told = serde_json::to_value(it).expect("settings have string keys only");
        let object = told.as_object().cloned();
        object.expect("settings are objects")
    });
    objects.collect()
}

/// What a text file cannot have as it is: a document that may hold nothing, and figures that follow from a sound.
fn shape(kind: Kind, object: &mut Map<String, Value>) {
    if kind == Kind::Flow {
        for node in nodes(object) {
            if let Some(body) = node.get("body").filter(|_| is_http(node)) {
                let text = body.to_string();
                node["body"] = Value::String(text);
            }
        }
    }
    if kind == Kind::Prompt {
        let languages = object.get_mut("languages").and_then(Value::as_object_mut);
        for words in languages.into_iter().flat_map(Map::values_mut) {
            if let Some(id) = words.get("sound").and_then(|it| it.get("id")) {
                *words = serde_json::json!({ "sound_id": id });
            }
        }
    }
}

fn nodes(flow: &mut Map<String, Value>) -> impl Iterator<Item = &mut Value> {
    let nodes = flow.get_mut("nodes").and_then(Value::as_array_mut);
    nodes.into_iter().flatten()
}

fn is_http(node: &Value) -> bool {
    node.get("kind").and_then(Value::as_str) == Some("http")
}

/// The reverse: answers the field and what is wrong with it.
pub(super) fn unshape(kind: Kind, object: &mut Map<String, Value>) -> Result<(), (String, String)> {
    if kind != Kind::Flow {
        return Ok(());
    }
    for (n, node) in nodes(object).enumerate() {
        if !is_http(node) {
            continue;
        }
        let Some(body) = node.get("body") else {
            continue;
        };
        let text = body.as_str();
        let parsed = text.and_then(|text| serde_json::from_str(text).ok());
        let Some(parsed) = parsed else {
            let detail = "write a JSON document as a text: '{\"account\": \"{account}\"}'";
            return Err((format!("nodes.{n}.body"), detail.to_owned()));
        };
        node["body"] = parsed;
    }
    Ok(())
}

/// The core's document of an object with numbers, and the personal data that becomes durable with it.
pub(super) async fn read(
    center: &Center,
    kind: Kind,
    object: Map<String, Value>,
) -> Result<(Document, Vec<SealedSubject>), Problem> {
    let sent = Object(Value::Object(object));
    match kind {
        Kind::Skill => document::<Skill>(center, sent).await,
        Kind::Site => document::<Site>(center, sent).await,
        Kind::Team => document::<Team>(center, sent).await,
        Kind::CapacityProfile => document::<CapacityProfile>(center, sent).await,
        Kind::BalanceGroup => document::<BalanceGroup>(center, sent).await,
        Kind::Schedule => document::<Schedule>(center, sent).await,
        Kind::Prompt => document::<KeptPrompt>(center, sent).await,
        Kind::Queue => document::<Queue>(center, sent).await,
        Kind::Flow => document::<Flow>(center, sent).await,
        Kind::Endpoint => document::<Endpoint>(center, sent).await,
        Kind::Reason => document::<Reason>(center, sent).await,
        Kind::Disposition => document::<Disposition>(center, sent).await,
        Kind::Privacy => document::<PrivacyView>(center, sent).await,
        Kind::Presence => document::<PresenceRules>(center, sent).await,
        Kind::Trunk => document::<Trunk>(center, sent).await,
        Kind::Agent => document::<AgentSettings>(center, sent).await,
    }
}

/// People are known by name to those who read the draft.
pub(super) async fn add_names(center: &Center, objects: &mut [Piece]) -> Result<(), Problem> {
    let persons: Vec<_> = center.engine.view().read(|projection| {
        let agents = projection.center.state().agents.iter();
        agents
            .map(|(_, agent)| (agent.profile.address.clone(), agent.profile.person))
            .collect()
    });
    let subjects: Vec<_> = persons.iter().map(|(_, person)| *person).collect();
    center.people.open(&subjects).await?;
    let persons: std::collections::BTreeMap<_, _> = persons.into_iter().collect();
    for piece in objects.iter_mut().filter(|it| it.kind == Kind::Agent) {
        let address = piece.settings.get("teams_user_id").and_then(Value::as_str);
        let person = address.and_then(|it| persons.get(it));
        if let Some(name) = person.and_then(|person| center.people.known(*person)) {
            let name = Value::String(name.to_string());
            piece.settings.insert("name".to_owned(), name);
        }
    }
    Ok(())
}
