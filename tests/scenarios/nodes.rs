//! Every kind of node, told in a text: what stands in a file of `nodes/` is done line by line, and what comes of it
//! has to be what stands below each line there. A file is three parts with `---` between them: a sentence; what is
//! set up, as JSON; and acts, each with what happens (indented, orders begin with `>`, words with `says`).
//! `TANDEM_SNAPSHOTS=write` writes what happens into the files, to be read before it is kept.

use crate::scene::Scene;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tandem_core::contact::Caller;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::flow::Flow;
use tandem_core::ids::{AgentId, ContactId, EffectId};
use tandem_core::input::{CallFact, Input, MediaEnd, NotJoined};
use tandem_core::prompt::Heard;
use tandem_core::queue::Queue;
use tandem_core::settings::Document;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

#[test]
fn nodes_do_what_their_texts_say() {
    let mut differ = Vec::new();
    for path in texts() {
        let text = std::fs::read_to_string(&path).expect("the text is there");
        let happened = lived_through(&text);
        if std::env::var("TANDEM_SNAPSHOTS").is_ok_and(|it| it == "write") {
            std::fs::write(&path, &happened).expect("the text can be written");
        }
        if happened != text {
            differ.push(format!("{}: this happened\n{happened}", path.display()));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn every_kind_of_node_has_a_text() {
    for kind in crate::kinds::kinds() {
        let path = directory().join(format!("{kind}.txt"));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let node = format!("\"kind\": \"{kind}\"");
        assert!(text.contains(&node), "{} lacks {node}", path.display());
    }
}

#[test]
fn act_that_nobody_knows_is_refused() {
    let text = "Nothing.\n---\n{\"flow\": {\"name\": \"N\", \"start\": \"e\", \"nodes\": {\"e\": {\"kind\": \"end\"}}}}\n---\ndances\n";
    assert!(std::panic::catch_unwind(|| lived_through(text)).is_err());
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/nodes")
}

fn texts() -> Vec<PathBuf> {
    let files = std::fs::read_dir(directory()).expect("the texts are in the repository");
    let files = files.map(|it| it.expect("the directory can be read").path());
    let mut files: Vec<_> = files
        .filter(|it| it.extension().is_some_and(|it| it == "txt"))
        .collect();
    files.sort();
    files
}

/// The text with what happened below each act.
fn lived_through(text: &str) -> String {
    let mut parts = text.splitn(3, "---\n");
    let (title, setup, acts) = (parts.next(), parts.next(), parts.next());
    let (Some(title), Some(setup), Some(acts)) = (title, setup, acts) else {
        panic!("a text has a sentence, a set-up and acts, with --- between them:\n{text}")
    };
    let mut stage = Stage::set_up(serde_json::from_str(setup).expect("the set-up is JSON"));
    let mut told = format!("{title}---\n{setup}---\n");
    for act in acts.lines().filter(|it| !it.starts_with(' ')) {
        stage.act(act);
        told += &format!("{act}\n");
        for line in stage.happened() {
            told += &format!("    {line}\n");
        }
    }
    told
}

struct Stage {
    scene: Scene,
    caller: Option<Caller>,
    agent: Option<AgentId>,
    n_seen: usize,
}

/// The contact that every text is about.
const CONTACT: ContactId = ContactId(1);

impl Stage {
    /// `queue` is what is different of the queue, `also` other documents, `caller` the phone of who calls.
    fn set_up(mut setup: Map<String, Value>) -> Self {
        let mut scene = Scene::with(queue("Support"));
        for document in setup.remove("also").into_iter().flat_map(array) {
            scene.saved(serde_json::from_value(document).expect("a document"));
        }
        if let Some(different) = setup.remove("queue") {
            let queue = patched(&queue("Support"), different);
            saved(scene.change(1, 1, Document::Queue(queue)));
        }
        if let Some(flow) = setup.remove("flow") {
            let flow: Flow = serde_json::from_value(flow).expect("a flow");
            saved(scene.change(1, 1, Document::Flow(flow)));
        }
        let caller = setup.remove("caller");
        let caller = caller.map(|it| serde_json::from_value(it).expect("a caller"));
        assert!(setup.is_empty(), "nobody reads {setup:?}");
        scene.skip();
        let n_seen = scene.journal.len();
        Self {
            scene,
            caller,
            agent: None,
            n_seen,
        }
    }

    /// What came of the last act, with the words that the caller hears.
    fn happened(&mut self) -> Vec<String> {
        let told = self.scene.told();
        self.scene.skip();
        let new = self.scene.journal.get(self.n_seen..).unwrap_or_default();
        let words = new
            .iter()
            .filter_map(|(_, event)| words(&event.as_order()?.effect));
        let mut words: Vec<_> = words.collect();
        self.n_seen = self.scene.journal.len();
        words.reverse();
        let lines = told.lines().map(|line| {
            let speaks = line.starts_with("> play") || line.starts_with("> collect");
            let words = if speaks { words.pop() } else { None };
            let words = words.map_or_else(String::new, |it| format!(" says {it:?}"));
            format!("{line}{words}")
        });
        lines.collect()
    }

    fn act(&mut self, act: &str) {
        let (verb, rest) = act.split_once(' ').unwrap_or((act, ""));
        match verb {
            "rings" => self.rings(),
            "calls" => {
                self.rings();
                self.scene.comes_up(CONTACT);
            }
            "up" => self.scene.comes_up(CONTACT),
            "hears" => drop(self.scene.hears(CONTACT)),
            "deaf" => self.cannot_hear(rest),
            "presses" if rest == "nothing" => drop(self.scene.presses(CONTACT, "")),
            "presses" => drop(self.scene.presses(CONTACT, rest)),
            "waits" => self.scene.pass(rest.parse().expect("seconds")),
            "hangs" => drop(self.scene.fact(CONTACT, CallFact::LegDown)),
            "agent" => {
                self.agent = Some(self.scene.agent(rest, 5));
                self.scene.skip();
            }
            "ready" => drop(self.scene.ready(self.agent.expect("an agent is there"))),
            "accepts" => self.accepts(),
            "system" => self.system(rest),
            "phone" => self.phone(rest),
            "records" => self.records(),
            other => panic!("nobody knows how to act {other:?}"),
        }
    }

    fn rings(&mut self) {
        let mut arrival = self.scene.arrival();
        arrival.caller.clone_from(&self.caller);
        self.scene.give(Input::Arrived(arrival));
    }

    fn last(&self, is_it: impl Fn(&Effect) -> bool) -> EffectId {
        self.scene.last_order(is_it)
    }

    fn cannot_hear(&mut self, code: &str) {
        let code = code.to_owned();
        self.scene.prompt_ends(CONTACT, MediaEnd::Failed { code });
    }

    /// The agent takes the offer and is in the call.
    fn accepts(&mut self) {
        let agent = self.agent.expect("an agent is there");
        self.scene.accept(agent, CONTACT);
        self.scene.joins(CONTACT, "agent-1");
    }

    /// The business system answers with values, or fails with a code.
    fn system(&mut self, answer: &str) {
        let effect = self.last(|it| matches!(it, Effect::Request { .. }));
        let outcome = match serde_json::from_str::<BTreeMap<String, String>>(answer) {
            Ok(values) => Outcome::Answered { values },
            Err(_) => Outcome::Failed {
                code: answer.into(),
            },
        };
        self.scene.settle(effect, outcome);
    }

    /// The phone outside answers, or does not.
    fn phone(&mut self, what: &str) {
        let effect = self.last(|it| matches!(it, Effect::AddNumber { .. }));
        self.scene.done(effect, "invitation");
        let fact = match what {
            "answers" => CallFact::AgentJoined {
                effect,
                address: "phone-77".into(),
            },
            "busy" => CallFact::AgentNotJoined {
                effect,
                why: NotJoined::Busy,
            },
            other => panic!("a phone answers or is busy, not {other:?}"),
        };
        self.scene.fact(CONTACT, fact);
    }

    /// The other side says that it records.
    fn records(&mut self) {
        let effect = self.last(|it| matches!(it, Effect::StartRecording { .. }));
        self.scene.done(effect, "rec-1");
        let reference = "rec-1".to_owned();
        let fact = CallFact::RecordingActive { reference };
        self.scene.fact(CONTACT, fact);
    }
}

/// What an order says to the caller.
fn words(effect: &Effect) -> Option<String> {
    let (Effect::Play { prompt, .. } | Effect::Collect { prompt, .. }) = effect else {
        return None;
    };
    Some(match prompt {
        Heard::Text(text) => text.clone(),
        Heard::Said { text, language } => format!("{text} ({language})"),
        Heard::Url(url) => url.clone(),
        Heard::Sound { .. } => "a sound".to_owned(),
    })
}

fn array(value: Value) -> Vec<Value> {
    serde_json::from_value(value).expect("a list")
}

fn saved(reply: Reply) {
    assert!(matches!(reply, Reply::Saved { .. }), "not saved: {reply:?}");
}

fn patched(queue: &Queue, different: Value) -> Queue {
    let mut document = serde_json::to_value(queue).expect("a queue is JSON");
    let different: Map<String, Value> = serde_json::from_value(different).expect("fields");
    for (field, value) in different {
        document[field] = value;
    }
    serde_json::from_value(document).expect("a queue")
}
