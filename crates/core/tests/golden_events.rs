//! Golden samples: an old journal is readable for ever. Each file in `testdata/events/vN` is one event as
//! version N wrote it; a sample is never changed, a new variant gets a new one.

use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tandem_core::administration::{Administration, TeamsAct};
use tandem_core::agent::{Intent, NotReady};
use tandem_core::balance::{BalancedBy, Objective, Shift};
use tandem_core::callback;
use tandem_core::condition::Condition;
use tandem_core::dialing::NotReached;
use tandem_core::effect::{Effect, Observation, Outcome, Repeat};
use tandem_core::event::{
    EndReason, Event, OfferAnswer, OfferEnd, Promise, Question, RejectReason, Side, SwitchEnd,
};
use tandem_core::flow::{CallbackWhen, HttpMethod, Node, Prompt};
use tandem_core::history::{ExportFormat, HistoryRead};
use tandem_core::input::{MediaEnd, NotJoined};
use tandem_core::plan::StepCause;
use tandem_core::presence::{Doing, Origin, Reach, Status};
use tandem_core::prompt::{Heard, Words};
use tandem_core::queue::{AtClosing, OfferBy, Strategy, WrapUpMode};
use tandem_core::reason::PetitionEnd;
use tandem_core::recording::{
    AfterTransfer, Channels, Consent, Layout, Lost, Needs, NotRecorded, OnFailure, PauseCause,
    Purpose as RecordedFor, ResumeCause, StopCause, Told, When,
};
use tandem_core::routing::Exclusion;
use tandem_core::schedule::{Hours, Repeats};
use tandem_core::scope::Scope;
use tandem_core::settings::{Document, Kind};
use tandem_core::switch::Position;
use tandem_core::talk::{Party, Purpose, Target, ThirdEnd, TransferResult, Who, WrapUpWish};
use tandem_core::trunk::{Codec, Emergency, Headers, NumberFormat, Srtp, Transport, TrunkKind};

#[test]
fn old_samples_still_parse_and_keep_everything_that_they_say() {
    for (name, sample) in samples() {
        let event: Event = serde_json::from_value(sample.clone())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let written = serde_json::to_value(&event).unwrap();
        assert!(
            contains(&written, &sample),
            "{name} says {sample}, and is written as {written}"
        );
    }
}

#[test]
fn every_event_has_a_sample() {
    let shown: BTreeSet<_> = samples().values().map(first_word).collect();
    assert_eq!(missing::<Event>(&shown), [""; 0]);
}

#[test]
fn every_way_not_to_reach_a_customer_has_a_sample() {
    let samples = samples();
    let found = samples.values();
    let found = found.filter_map(|sample| sample.pointer("/customer_not_reached/why"));
    let shown: BTreeSet<_> = found.map(first_word).collect();
    assert_eq!(missing::<NotReached>(&shown), [""; 0]);
}

#[test]
fn every_order_and_every_document_has_a_sample() {
    let under = |place: &str| -> BTreeSet<String> {
        let samples = samples();
        let found = samples.values().filter_map(|sample| sample.pointer(place));
        found.map(first_word).collect()
    };
    assert_eq!(missing::<Effect>(&under("/effect_ordered/effect")), [""; 0]);
    assert_eq!(missing::<Document>(&under("/saved/document")), [""; 0]);
    assert_eq!(missing::<Kind>(&under("/removed/kind")), [""; 0]);
    assert_eq!(
        missing::<Outcome>(&under("/effect_settled/outcome")),
        [""; 0]
    );
    assert_eq!(
        missing::<Observation>(&under("/effect_settled/outcome/observed/call")),
        [""; 0]
    );
    assert_eq!(missing::<MediaEnd>(&under("/media_ended/end")), [""; 0]);
    assert_eq!(
        missing::<EndReason>(&under("/contact_ended/reason")),
        [""; 0]
    );
    assert_eq!(missing::<OfferEnd>(&under("/offer_ended/why")), [""; 0]);
    assert_eq!(
        missing::<RejectReason>(&under("/arrival_rejected/why")),
        [""; 0]
    );
    assert_eq!(missing::<Side>(&under("/conversation_ended/by")), [""; 0]);
    assert_eq!(missing::<NotJoined>(&under("/ring_ended/why")), [""; 0]);
    assert_eq!(missing::<OfferBy>(&under("/offered/by")), [""; 0]);
    assert_eq!(missing::<Intent>(&under("/intent_set/intent")), [""; 0]);
    let not_ready = under("/intent_set/intent/not_ready");
    assert_eq!(missing::<NotReady>(&not_ready), [""; 0]);
    let queue = "/saved/document/queue";
    assert_eq!(
        missing::<Strategy>(&under(&format!("{queue}/strategy"))),
        [""; 0]
    );
    assert_eq!(
        missing::<WrapUpMode>(&under(&format!("{queue}/wrap_up/mode"))),
        [""; 0]
    );
    assert_eq!(
        missing::<AtClosing>(&under(&format!("{queue}/at_closing"))),
        ["finish_waiting"],
        "the default is not written"
    );
    assert_eq!(missing::<Hours>(&under("/hours_checked/hours")), [""; 0]);
    let repeats = "/saved/document/schedule/exceptions";
    let repeats = [0, 1].map(|n| under(&format!("{repeats}/{n}/repeats")));
    assert_eq!(
        missing::<Repeats>(&repeats.into_iter().flatten().collect()),
        [""; 0]
    );
    every_word_of_a_talk_has_a_sample(&under);
    assert_eq!(
        missing::<HttpMethod>(&under("/effect_ordered/effect/request/request/method")),
        [""; 0]
    );
}

#[test]
fn every_end_of_a_petition_has_a_sample() {
    let samples = samples();
    let found = samples.values();
    let found = found.filter_map(|sample| sample.pointer("/petition_ended/end"));
    let shown: BTreeSet<_> = found.map(first_word).collect();
    assert_eq!(missing::<PetitionEnd>(&shown), [""; 0]);
}

#[test]
fn every_act_of_administration_has_a_sample() {
    let samples = samples();
    let under = |place: &str| -> BTreeSet<String> {
        let found = samples.values().filter_map(|sample| sample.pointer(place));
        found.map(first_word).collect()
    };
    assert_eq!(
        missing::<HistoryRead>(&under("/history_read/what")),
        [""; 0]
    );
    assert_eq!(
        missing::<Administration>(&under("/administration_noted/act")),
        [""; 0]
    );
    assert_eq!(
        missing::<TeamsAct>(&under("/administration_noted/act/teams")),
        [""; 0]
    );
    assert_eq!(
        missing::<ExportFormat>(&under("/history_read/what/export/format")),
        [""; 0]
    );
    assert_eq!(missing::<Scope>(&under("/scope_set/scope")), [""; 0]);
}

#[test]
fn every_prompt_has_a_sample() {
    let samples = samples();
    let under = |place: &str| -> BTreeSet<String> {
        let found = samples.values().filter_map(|sample| sample.pointer(place));
        found.map(first_word).collect()
    };
    let play = "/effect_ordered/effect/play";
    assert_eq!(
        missing::<Repeat>(&under(&format!("{play}/repeat"))),
        [""; 0]
    );
    assert_eq!(missing::<Heard>(&under(&format!("{play}/prompt"))), [""; 0]);
    let say = ["sorry", "say"].map(|node| format!("/saved/document/flow/nodes/{node}/prompt"));
    let say = under(&say[0]).into_iter().chain(under(&say[1]));
    let say = say.chain(under("/saved/document/queue/music")).collect();
    assert_eq!(missing::<Prompt>(&say), ["url"], "shown where it is heard");
    let words =
        ["en-US", "de-DE"].map(|it| under(&format!("/saved/document/prompt/languages/{it}")));
    assert_eq!(
        missing::<Words>(&words.into_iter().flatten().collect()),
        [""; 0]
    );
}

fn every_word_of_a_talk_has_a_sample(under: &dyn Fn(&str) -> BTreeSet<String>) {
    let at = |places: &[&str]| -> BTreeSet<String> {
        places.iter().flat_map(|place| under(place)).collect()
    };
    let why = at(&["/third_left/why"]);
    assert_eq!(missing::<ThirdEnd>(&why), [""; 0]);
    let result = at(&["/transfer_ended/result"]);
    assert_eq!(missing::<TransferResult>(&result), [""; 0]);
    let party = at(&["/held/party", "/resumed/party"]);
    assert_eq!(missing::<Party>(&party), [""; 0]);
    let wish = at(&["/wrap_up_wished/wish"]);
    assert_eq!(missing::<WrapUpWish>(&wish), [""; 0]);
    let purpose = at(&["/third_asked/purpose"]);
    assert_eq!(missing::<Purpose>(&purpose), [""; 0]);
    let target = at(&["/handed_over/to", "/third_asked/third"]);
    assert_eq!(missing::<Target>(&target), [""; 0]);
    let who =
        ["hold", "unhold", "send_digits"].map(|it| format!("/effect_ordered/effect/{it}/who"));
    let who = at(&who.each_ref().map(String::as_str));
    assert_eq!(missing::<Who>(&who), [""; 0]);
    assert_eq!(missing::<Lost>(&under("/recording_lost/why")), [""; 0]);
    assert_eq!(
        missing::<RecordedFor>(&under("/recording_started/purpose")),
        [""; 0]
    );
}

#[test]
fn every_word_about_recording_by_rule_has_a_sample() {
    let samples = samples();
    let under = |place: &str| -> BTreeSet<String> {
        let found = samples.values().filter_map(|sample| sample.pointer(place));
        found.map(first_word).collect()
    };
    let consent = under("/consent_noted/consent");
    assert_eq!(missing::<Consent>(&consent), [""; 0]);
    let why = under("/not_recorded/why");
    assert_eq!(missing::<NotRecorded>(&why), [""; 0]);
    let cause = under("/recording_pause_asked/cause");
    assert_eq!(missing::<PauseCause>(&cause), [""; 0]);
    let cause = under("/recording_resume_asked/cause");
    assert_eq!(missing::<ResumeCause>(&cause), [""; 0]);
    let cause = under("/recording_stopped/cause");
    assert_eq!(
        missing::<StopCause>(&cause),
        ["ordered"],
        "the default is not written"
    );
    let told = under("/effect_settled/outcome/observed/call/up/recording");
    assert_eq!(missing::<Told>(&told), [""; 0]);
    let rule = "/saved/document/queue/recording";
    let at = |field: &str| under(&format!("{rule}/{field}"));
    assert_eq!(missing::<When>(&at("when")), [""; 0]);
    assert_eq!(missing::<Layout>(&at("channels")), [""; 0]);
    assert_eq!(missing::<Needs>(&at("consent")), [""; 0]);
    assert_eq!(missing::<OnFailure>(&at("on_failure")), [""; 0]);
    assert_eq!(missing::<AfterTransfer>(&at("after_transfer")), [""; 0]);
    let channels = under("/effect_ordered/effect/start_recording/channels");
    assert_eq!(
        missing::<Channels>(&channels),
        ["mixed"],
        "the default is not written"
    );
}

#[test]
fn every_word_about_plans_has_a_sample() {
    let samples = samples();
    let why = samples.values();
    let why = why.filter_map(|sample| sample.pointer("/plan_step_entered/why"));
    let why: BTreeSet<_> = why.map(first_word).collect();
    assert_eq!(missing::<StepCause>(&why), [""; 0]);
    let words: BTreeSet<_> = samples.values().flat_map(words).collect();
    assert_eq!(missing::<Condition>(&words), [""; 0]);
}

#[test]
fn every_word_about_balance_has_a_sample() {
    let samples = samples();
    let under = |place: &str| -> BTreeSet<String> {
        let found = samples.values().filter_map(|sample| sample.pointer(place));
        found.map(first_word).collect()
    };
    let objectives = under("/saved/document/balance_group/objective");
    assert_eq!(missing::<Objective>(&objectives), [""; 0]);
    assert_eq!(missing::<Shift>(&under("/balance_shifted/to")), [""; 0]);
    let by = under("/decided/balanced/by");
    assert_eq!(missing::<BalancedBy>(&by), [""; 0]);
}

#[test]
fn every_word_about_switches_and_offers_of_callbacks_has_a_sample() {
    let samples = samples();
    let under = |place: &str| -> BTreeSet<String> {
        let found = samples.values().filter_map(|sample| sample.pointer(place));
        found.map(first_word).collect()
    };
    let positions = under("/queue_switched/to");
    assert_eq!(missing::<Position>(&positions), [""; 0]);
    assert_eq!(missing::<SwitchEnd>(&under("/switch_ended/why")), [""; 0]);
    let questions = under("/callback_offered/question");
    assert_eq!(missing::<Question>(&questions), [""; 0]);
    let answers = under("/callback_offer_ended/answer");
    assert_eq!(missing::<OfferAnswer>(&answers), [""; 0]);
    let promises = under("/promise_judged/promise");
    assert_eq!(missing::<Promise>(&promises), [""; 0]);
}

#[test]
fn every_word_about_presence_has_a_sample() {
    let samples = samples();
    let under = |place: &str| -> BTreeSet<String> {
        let found = samples.values().filter_map(|sample| sample.pointer(place));
        found.map(first_word).collect()
    };
    assert_eq!(
        missing::<Doing>(&under("/presence_seen/seen/doing")),
        [""; 0]
    );
    assert_eq!(missing::<Origin>(&under("/presence_seen/origin")), [""; 0]);
    assert_eq!(missing::<Reach>(&under("/reach_changed/reach")), [""; 0]);
    assert_eq!(
        missing::<Status>(&under("/presence_wanted/wanted")),
        [""; 0]
    );
}

#[test]
fn every_exclusion_and_every_node_has_a_sample() {
    let words: BTreeSet<_> = samples().values().flat_map(words).collect();
    assert_eq!(missing::<Exclusion>(&words), [""; 0]);
    let kinds = variants::<Node>(&serde_json::json!({ "kind": "?" }));
    let unseen: Vec<_> = kinds.into_iter().filter(|it| !words.contains(it)).collect();
    assert_eq!(unseen, [""; 0]);
}

#[test]
fn every_word_about_callbacks_has_a_sample() {
    let samples = samples();
    let under = |place: &str| -> BTreeSet<String> {
        let found = samples.values().filter_map(|sample| sample.pointer(place));
        found.map(first_word).collect()
    };
    let kinds = under("/callback_booked/kind");
    assert_eq!(missing::<callback::Kind>(&kinds), [""; 0]);
    let origins = under("/callback_booked/origin");
    assert_eq!(missing::<callback::Origin>(&origins), [""; 0]);
    let why = under("/callback_put_off/why");
    assert_eq!(missing::<callback::PutOff>(&why), [""; 0]);
    let early = under("/early_failed/why");
    assert_eq!(missing::<callback::EarlyEnd>(&early), [""; 0]);
    let ends = under("/callback_ended/end");
    assert_eq!(missing::<callback::End>(&ends), [""; 0]);
    let causes = under("/callback_ended/end/cancelled");
    assert_eq!(missing::<callback::CancelCause>(&causes), [""; 0]);
    let rules = "/saved/document/queue/callbacks";
    let duplicate = under(&format!("{rules}/duplicate"));
    assert_eq!(missing::<callback::Duplicate>(&duplicate), [""; 0]);
    let closing = under(&format!("{rules}/at_closing"));
    assert_eq!(missing::<callback::AtClosing>(&closing), [""; 0]);
    let on_return = under(&format!("{rules}/on_return"));
    assert_eq!(
        missing::<callback::OnReturn>(&on_return),
        ["takes_place"],
        "left out"
    );
    let when = ["hold", "soon", "later"];
    let when = when.map(|it| under(&format!("/saved/document/flow/nodes/{it}/when")));
    let when = when.into_iter().flatten().collect();
    assert_eq!(missing::<CallbackWhen>(&when), [""; 0]);
}

fn samples() -> BTreeMap<String, Value> {
    let versions = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/events");
    let files = entries(Path::new(versions)).into_iter();
    let files = files.flat_map(|version| entries(&version));
    let files = files.map(|path| {
        let text = std::fs::read_to_string(&path).expect("a sample can be read");
        let sample = serde_json::from_str(&text).expect("a sample is JSON");
        (path.to_string_lossy().into_owned(), sample)
    });
    files.collect()
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("the samples are in the repository");
    let paths = entries.map(|entry| entry.expect("the directory can be read").path());
    paths.collect()
}

/// The name of the variant that a value is.
fn first_word(value: &Value) -> String {
    let keys = value.as_object().and_then(|object| object.keys().next());
    match (value.as_str(), keys) {
        (Some(word), _) => word.to_owned(),
        (None, Some(key)) => key.clone(),
        (None, None) => String::new(),
    }
}

/// Every word in a value, keys included.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
        Value::String(word) => vec![word.clone()],
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| std::iter::once(key.clone()).chain(words(value)))
            .collect(),
    }
}

/// Whether `new` says everything that `old` says.
fn contains(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => old
            .iter()
            .all(|(key, value)| new.get(key).is_some_and(|it| contains(it, value))),
        (Value::Array(new), Value::Array(old)) => {
            new.len() == old.len() && new.iter().zip(old).all(|(new, old)| contains(new, old))
        }
        (new, old) => new == old,
    }
}

fn missing<T: DeserializeOwned>(shown: &BTreeSet<String>) -> Vec<String> {
    let variants = variants::<T>(&Value::String("?".to_owned()));
    variants
        .into_iter()
        .filter(|it| !shown.contains(it))
        .collect()
}

/// The names of all variants: the error about an unknown one lists them.
fn variants<T: DeserializeOwned>(unknown: &Value) -> Vec<String> {
    let Err(error) = serde_json::from_value::<T>(unknown.clone()) else {
        panic!("{unknown} is no variant")
    };
    let text = error.to_string();
    let list = text
        .split_once("expected")
        .expect("the error lists the variants")
        .1;
    let names: Vec<_> = list
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    assert!(!names.is_empty(), "{text}");
    names
}

#[test]
fn every_word_of_a_trunk_has_a_sample() {
    let samples = samples();
    let trunks = samples
        .values()
        .filter_map(|it| it.pointer("/saved/document/trunk"));
    let trunks: Vec<_> = trunks.collect();
    let words = |place: &str| -> BTreeSet<String> {
        trunks
            .iter()
            .filter_map(|it| it.pointer(place))
            .map(first_word)
            .collect()
    };
    assert_eq!(missing::<TrunkKind>(&words("/kind")), [""; 0]);
    assert_eq!(missing::<Transport>(&words("/transport")), [""; 0]);
    assert_eq!(missing::<Srtp>(&words("/srtp")), [""; 0]);
    assert_eq!(missing::<Headers>(&words("/headers")), [""; 0]);
    assert_eq!(missing::<NumberFormat>(&words("/number_format")), [""; 0]);
    assert_eq!(missing::<Emergency>(&words("/emergency")), [""; 0]);
    let codecs = ["/codecs/0", "/codecs/1", "/codecs/2"].map(words);
    assert_eq!(
        missing::<Codec>(&codecs.into_iter().flatten().collect()),
        [""; 0]
    );
}
