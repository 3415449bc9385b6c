//! That a draft has every field of every kind of settings. A field that is new in the core does not compile here until
//! it is named; one that is new in the API fails until `testdata/draft.json` gives it a value.

use super::EVERYTHING;
use crate::server::Server;
use serde_json::Value;
use std::collections::BTreeSet;
use tandem_core::agent::Profile;
use tandem_core::balance::{BalanceGroup, Borrowing, Member};
use tandem_core::callback::{AttemptRules, CallbackRules, CustomerFirst};
use tandem_core::calling_out::CallingOut;
use tandem_core::capacity::{Capacity, CapacityProfile, ChannelRule, Demand, LabelRule};
use tandem_core::condition::{Preference, Term};
use tandem_core::endpoint::Endpoint;
use tandem_core::flow::Flow;
use tandem_core::plan::PlanStep;
use tandem_core::preferred::PreferredRule;
use tandem_core::presence::{
    FromTeams, Gate, LoopGuard, PresenceRules, StatusRule, TargetRule, ToTeams,
};
use tandem_core::privacy::Privacy;
use tandem_core::prompt::KeptPrompt;
use tandem_core::queue::{Announce, Chance, Queue, Sentences, ServiceLevel, WaitWords, WrapUpRule};
use tandem_core::recording::RecordingRule;
use tandem_core::schedule::{Block, Exception, Schedule, Week};
use tandem_core::settings::{Disposition, Document, Kind, Reason};
use tandem_core::skill::{Proficiency, Requirement, Skill};
use tandem_core::team::{Site, Team};
use tandem_core::trunk::{EmergencyRoute, NumberRange, Phone, Trunk, Waiver};

/// Every field of a type, and that it is another one than usual in this value.
macro_rules! differ {
    ($type:ident { $($field:ident),+ } of $found:expr, from $usual:expr) => {{
        let ($type { $($field),+ }, usual) = ($found, $usual);
        $(assert_ne!($field, &usual.$field, concat!(stringify!($type), ".", stringify!($field)));)+
    }};
}

/// Every field of a type, to be named where it is new. Whether its value comes through is seen by the schema.
macro_rules! named {
    ($($type:ident { $($field:ident),+ })+) => {$(
        const _: fn($type) = |it| { let $type { $($field: _),+ } = it; };
    )+};
}

named! {
    Skill { name }
    Site { name }
    Team { name, site }
    Schedule { name, time_zone, weekly, exceptions, closed_now }
    Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
    Block { from, to }
    Exception { name, first, last, repeats, open }
    KeptPrompt { name, default_language, languages }
    Flow { name, start, nodes }
    Endpoint { name, address, flow }
    Trunk {
        name, enabled, kind, hosts, transport, is_probed, sources, certificate_names, own_name, digest_user, codecs, srtp, headers,
        number_format, numbers, phones, calls_max, emergency
    }
    NumberRange { first, last, note }
    EmergencyRoute { trunk, numbers, call_back_minutes }
    Waiver { signed_by, why }
    Phone { trunk, user }
    Reason { label, heading, productive, paid, max_minutes, needs_supervisor }
    Disposition { label, queues }
    Privacy { agent_figures, keep_customers_days, keep_messages_days }
    PresenceRules {
        to_teams, from_teams, precedence, ignore_shorter_than_s, force_every_s, resets_timer_on_force, max_age_cycles, cycle_s,
        loop_guard, allow_loop, gate
    }
    ToTeams { is_on, map }
    StatusRule { from, to }
    FromTeams { is_on, map, doing }
    LoopGuard { max_changes, within_s }
    Gate { when, voice, messages }
    Profile { person, address, phone, skills, enabled, team, capacity }
    CapacityProfile { name, capacity }
    LabelRule { max, interrupts }
    Proficiency { skill, level }
    Requirement { skill, min_level }
    Term { skill, min_level, max_level }
    Preference { skill, weight }
    PlanStep { after_s, condition, teams, preferences, strategy, priority, boost_s, prompt }
    WrapUpRule { mode, seconds }
    ServiceLevel { threshold_s, target_percent }
    Announce { first_s, every_s, sentences, language, languages, growth }
    Sentences { position, wait }
    WaitWords { under_a_minute, minutes, over_an_hour }
    CallingOut { endpoint, countries, ring_s }
    CallbackRules {
        max_pending, attempts, hours, zones, duplicate, at_closing, expires_after_s, promise_s, on_return, customer_first
    }
    CustomerFirst { greeting, nobody_free, wait_s, at_once_max }
    AttemptRules { max, per_day, no_answer_s, busy_s, declined_s }
    RecordingRule { when, channels, consent, on_failure, pause_max_s, after_transfer, keep_days }
    Demand { units, label, exclusive, message_wrap_up }
    PreferredRule { last_agent_days, for_s, max_not_ready_s, max_wait_if_busy_s }
    Chance { agent, weight }
    BalanceGroup { name, objective, members, bound_s, borrowing }
    Member { queue, weight }
    Borrowing { below_percent, above_percent, factor, dwell_s }
}

type VoiceCapacity = Capacity<tandem_core::contact::Channel>;
type VoiceRule = ChannelRule<tandem_core::contact::Channel>;
type RuleOfStatus = TargetRule<tandem_core::presence::Status>;
named! {
    VoiceCapacity { units_total, channels, labels }
    VoiceRule { max, beside, interrupts }
    RuleOfStatus { from, to }
}

/// Where a draft of everything stands, no field of its queue is what it would be without it.
pub(super) fn all_differ_from_what_is_usual(server: &Server) {
    let center = server.running.centers().get("contoso").unwrap();
    let queue = |id| {
        let view = center.engine.view();
        let found = view.read(|projection| projection.center.state().document(Kind::Queue, id));
        let Some(Document::Queue(queue)) = found else {
            panic!("there is no queue {id}");
        };
        queue
    };
    let (support, billing) = (queue(1), queue(2));
    differ!(Queue {
        name, short_name, requirements, condition, teams, preferences, plan, strategy, offer_by, offer_timeout_s, join_timeout_s,
        wrap_up, service_level, short_abandon_s, max_wait_s, max_waiting, priority, cooldown_s, message_misses, music,
        waiting_target, longest_wait_target_s, hours, at_closing, announce, calling_out, callbacks, recording, demand, preferred, chances,
        unknown_presence
    } of &support, from &billing);
}

/// What a draft leaves out on purpose, as the description of the API calls it.
const LEFT_OUT: [&str; 3] = [
    // It follows from the flow.
    "EndpointSent.queue_id",
    // It is an act.
    "ScheduleSent.closed_now",
    // Another way to say `sound_id`.
    "WordsSent.sound",
];

/// What is sent of each kind. Agents have more routes than settings.
const SENT: [(&str, &str); 15] = [
    ("skill", "SkillSent"),
    ("site", "SiteSent"),
    ("team", "TeamSent"),
    ("capacity_profile", "CapacityProfileSent"),
    ("schedule", "ScheduleSent"),
    ("prompt", "KeptPromptSent"),
    ("queue", "QueueSent"),
    ("balance_group", "BalanceGroupSent"),
    ("flow", "FlowSent"),
    ("trunk", "TrunkSent"),
    ("endpoint", "EndpointSent"),
    ("reason", "ReasonSent"),
    ("disposition", "DispositionSent"),
    ("privacy", "PrivacySent"),
    ("presence", "PresenceRulesSent"),
];

#[test]
fn draft_of_everything_has_every_field_that_the_api_has() {
    let api: Value = serde_json::from_str(&tandem_server::api::openapi()).unwrap();
    let everything: Value = serde_json::from_str(EVERYTHING).unwrap();
    let objects = everything["objects"].as_array().unwrap();
    let mut walk = Walk {
        schemas: &api["components"]["schemas"],
        all: BTreeSet::new(),
        given: BTreeSet::new(),
        without_values: BTreeSet::new(),
    };
    for (kind, schema) in SENT {
        let values = objects.iter().filter(|it| it["kind"] == kind);
        let values = values.map(|it| &it["settings"]).collect();
        walk.schema(&walk.schemas[schema], values, schema);
    }
    let missing: Vec<_> = walk.all.difference(&walk.given).collect();
    assert!(
        missing.is_empty(),
        "the API has these fields, and testdata/draft.json does not: {missing:#?}\n\
         Give each a value there that is not the usual one; a number of another document (*_id) needs a line in \
         NUMBERED of crates/server/src/api/draft/names.rs, with the name that a draft uses."
    );
    assert!(
        walk.all.len() > 200,
        "the description of the API is walked through"
    );
}

/// Goes through schemas together with the values that stand at their places. A place is a schema with its fields, so
/// that what is used in several places needs each field once.
struct Walk<'a> {
    schemas: &'a Value,
    all: BTreeSet<String>,
    given: BTreeSet<String>,
    without_values: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    fn schema(&mut self, schema: &'a Value, values: Vec<&'a Value>, place: &str) {
        if let Some(name) = referred(schema) {
            if !values.is_empty() || self.without_values.insert(name.to_owned()) {
                self.schema(&self.schemas[name], values, name);
            }
            return;
        }
        for part in list(schema, "allOf") {
            self.schema(part, values.clone(), place);
        }
        for variant in list(schema, "oneOf") {
            self.variant(variant, &values, place);
        }
        if let Some(items) = schema.get("items") {
            let values = values.iter().filter_map(|it| it.as_array());
            self.schema(items, values.flatten().collect(), place);
        }
        if let Some(rest) = schema
            .get("additionalProperties")
            .filter(|it| it.is_object())
        {
            let values = values.iter().filter_map(|it| it.as_object());
            self.schema(rest, values.flat_map(|it| it.values()).collect(), place);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let place = format!("{place}.{name}");
            let called = called(name, property);
            let values: Vec<_> = values.iter().filter_map(|it| it.get(called)).collect();
            if LEFT_OUT.contains(&place.as_str()) {
                continue;
            }
            self.all.insert(place.clone());
            if !values.is_empty() {
                self.given.insert(place.clone());
            }
            self.schema(property, values, &place);
        }
    }

    /// One of several shapes: those values have it that have what it requires.
    fn variant(&mut self, variant: &'a Value, values: &[&'a Value], place: &str) {
        let shape = referred(variant).map_or(variant, |name| &self.schemas[name]);
        let properties = &shape["properties"];
        let kind = properties["kind"]["enum"][0].as_str();
        let required = list(shape, "required").filter_map(Value::as_str);
        let required: Vec<_> = required.map(|it| called(it, &properties[it])).collect();
        let is_it = |it: &&Value| match shape["type"].as_str() {
            Some("null") => it.is_null(),
            Some("string") => it.is_string(),
            _ => {
                let is_kind = kind.is_none_or(|kind| it["kind"] == kind);
                is_kind && it.is_object() && required.iter().all(|key| it.get(key).is_some())
            }
        };
        let found: Vec<_> = values.iter().copied().filter(is_it).collect();
        let place = kind.map_or_else(|| place.to_owned(), |kind| format!("{place}.{kind}"));
        self.schema(variant, found, &place);
    }
}

fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn list<'a>(schema: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    schema[name].as_array().into_iter().flatten()
}

/// What a draft calls a member: a number of another document is a name there.
fn called<'a>(name: &'a str, property: &Value) -> &'a str {
    let is_number = property["type"] == "integer" || property["type"][0] == "integer";
    match name {
        "queue_ids" => "queues",
        "team_ids" => "teams",
        name if is_number => name.strip_suffix("_id").unwrap_or(name),
        name => name,
    }
}
