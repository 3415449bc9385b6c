//! What happened in a call, in order: requests, callbacks, events, what people did, and what went over WebSockets.
//!
//! The control API shows it, the operator's page draws it, and an export makes a test of it. Sound is not kept: frames of a
//! kind that follow each other are one entry with a count.

use crate::acs::operation::Calling;
use crate::identify::{Identified, Operation};
use crate::limits;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::world::World;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, VecDeque};

/// The program that carries an exported trace out.
const REPLAY: &str = include_str!("trace/replay.py");
/// Where its steps go.
const STEPS: &str = "[]  # the steps of the trace";
/// Ids that an answer gives and later requests name.
const IDS: [&str; 3] = ["callConnectionId", "recordingId", "invitationId"];

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    ToApplication,
    ToService,
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Self::ToApplication => "to_application",
            Self::ToService => "to_service",
        }
    }
}

/// Frames that follow each other and say the same.
#[derive(Debug, Clone)]
struct Run {
    entry: Value,
    what: &'static str,
    frames: u64,
}

/// What people did, and frames; the other steps stand in the records of requests and deliveries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    entries: VecDeque<Value>,
    runs: BTreeMap<(u64, Way), Run>,
}

impl Trace {
    fn push(&mut self, entry: Value) {
        if self.entries.len() == limits::RECORDS_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// One more frame of sound; a new entry begins when it is another kind than the one before.
    fn sound(&mut self, socket: u64, way: Way, what: &'static str) -> bool {
        match self.runs.get_mut(&(socket, way)) {
            Some(run) if run.what == what => {
                run.frames += 1;
                false
            }
            Some(_) | None => true,
        }
    }

    fn begin(&mut self, socket: u64, way: Way, run: Run) {
        self.end(socket, way);
        self.runs.insert((socket, way), run);
    }

    fn end(&mut self, socket: u64, way: Way) {
        if let Some(run) = self.runs.remove(&(socket, way)) {
            self.push(run.show());
        }
    }

    fn of<'a>(&'a self, call_id: &'a str) -> impl Iterator<Item = Value> + 'a {
        let entries = self.entries.iter().cloned();
        entries
            .chain(self.runs.values().map(Run::show))
            .filter(move |entry| entry["call"] == call_id)
    }
}

impl Run {
    fn show(&self) -> Value {
        let mut entry = self.entry.clone();
        entry["frames"] = json!(self.frames);
        entry
    }
}

/// Somebody did something in a call.
pub(crate) fn person(world: &mut World, call_id: &str, who: &str, does: &Value) {
    let mut entry = json!({"kind": "person", "call": call_id, "who": who});
    let does = does.as_object().cloned().unwrap_or_default();
    entry.as_object_mut().expect("it is an object").extend(does);
    let entry = stamped(world, entry);
    world.trace.push(entry);
}

fn stamped(world: &mut World, mut entry: Value) -> Value {
    entry["n"] = json!(world.records.next());
    entry["time"] = json!(crate::stamp::callback(world.wall));
    entry
}

/// 20 ms of sound went over a WebSocket.
pub(crate) fn sound(world: &mut World, call_id: &str, socket: u64, way: Way, is_silent: bool) {
    let what = if is_silent { "silence" } else { "sound" };
    if world.trace.sound(socket, way, what) {
        let entry = json!({
            "kind": "frames", "call": call_id, "way": way.name(), "frame": "AudioData", "what": what,
        });
        let entry = stamped(world, entry);
        let run = Run {
            entry,
            what,
            frames: 1,
        };
        world.trace.begin(socket, way, run);
    }
}

/// A frame that is no sound.
pub(crate) fn frame(world: &mut World, call_id: &str, way: Way, frame: &str, what: &str) {
    let entry = json!({
        "kind": "frames", "call": call_id, "way": way.name(), "frame": frame, "what": what, "frames": 1,
    });
    let entry = stamped(world, entry);
    world.trace.push(entry);
}

/// A WebSocket is gone: what it carried is complete.
pub(crate) fn closed(world: &mut World, socket: u64) {
    for way in [Way::ToApplication, Way::ToService] {
        world.trace.end(socket, way);
    }
}

/// Which call a request was about, and the ids that its answer gave.
pub(crate) fn about(
    world: &World,
    identified: &Identified,
    received: &Received,
    answer: &[u8],
) -> Option<(String, Value)> {
    let Operation::Calling(calling) = identified.operation else {
        return None;
    };
    let answered: Value = serde_json::from_slice(answer).unwrap_or_default();
    let given: Map<String, Value> = IDS
        .iter()
        .filter(|id| answered[**id].is_string())
        .map(|id| ((*id).to_owned(), answered[*id].clone()))
        .collect();
    let first = identified.parameters.first();
    let makes_one = matches!(
        calling,
        Calling::CreateCall | Calling::AnswerCall | Calling::Connect
    );
    let is_of_recording = matches!(
        calling,
        Calling::GetRecording
            | Calling::StopRecording
            | Calling::PauseRecording
            | Calling::ResumeRecording
    );
    let call = if makes_one {
        answered["callConnectionId"].as_str().map(str::to_owned)
    } else if calling == Calling::StartRecording {
        let body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
        body["callConnectionId"].as_str().map(str::to_owned)
    } else if is_of_recording {
        let recording = first.and_then(|id| world.recordings.get(id));
        recording.map(|recording| recording.call().to_owned())
    } else {
        // Redirect and reject name no call, and have no parameter.
        first.cloned()
    };
    call.map(|call| (call, Value::Object(given)))
}

/// The steps of a call, as far as the records go back. `None`: there is no such call.
pub(crate) fn steps(world: &World, call_id: &str) -> Option<Vec<Value>> {
    let call = world.calls.get(call_id)?;
    let of_call = |entry: &&Value| {
        entry["call"] == call_id || entry["correlation"] == call.correlation_id.as_str()
    };
    let as_step = |kind: &str, entry: &Value| {
        let mut step = entry.clone();
        step["kind"] = json!(kind);
        step
    };
    let requests = world.records.all_requests().filter(of_call);
    let mut steps: Vec<Value> = requests.map(|it| as_step("request", it)).collect();
    for delivery in world.records.all_deliveries().filter(of_call) {
        let kind = if delivery["call"].is_string() {
            "callback"
        } else {
            "event"
        };
        steps.push(as_step(kind, delivery));
    }
    steps.extend(world.trace.of(call_id));
    steps.sort_by_key(|step| step["n"].as_u64());
    Some(steps)
}

/// The call as a test: a program for Python, without any package, that does the same again with another call.
pub(crate) fn as_test(world: &World, call_id: &str) -> Option<String> {
    let steps = steps(world, call_id)?;
    let call = world.calls.get(call_id)?;
    let kept = steps.iter().filter_map(replayed);
    let mut all: Vec<Value> = Vec::new();
    if let (Some(customer), Some(number)) = (&call.customer, &call.answered_for) {
        let from = customer.phone().map(|id| world.phones.number(id));
        all.extend(from.map(|from| json!({"do": "call", "from": from, "to": number})));
    }
    all.extend(kept);
    let lines: Vec<String> = all
        .iter()
        .map(|step| format!("    {}", python(step)))
        .collect();
    let steps = format!("[\n{},\n]", lines.join(",\n"));
    let text = REPLAY.replace(STEPS, &steps);
    Some(text.replace("ACCESS_KEY_OF_THE_EMULATOR", defaults::ACCESS_KEY))
}

/// What an exported test does or awaits at this step.
fn replayed(step: &Value) -> Option<Value> {
    match step["kind"].as_str()? {
        "request" => Some(json!({
            "do": "request", "operation": step["operation"], "method": step["method"], "path": step["path"],
            "body": step["body"], "status": step["status"], "ids": step["ids"],
        })),
        "callback" if step["status"].is_u64() => {
            Some(json!({"do": "await", "event": step["event"]}))
        }
        "person" => Some(
            json!({"do": "person", "who": step["who"], "keys": step["keys"],
            "says": step["says"], "hangs_up": step["hangs_up"]}),
        ),
        _ => None,
    }
}

/// JSON as a literal of Python.
fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        // A JSON string is a literal of Python, too.
        Value::String(_) => value.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(python).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                format!("{}: {}", Value::String(name.clone()), python(value))
            };
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_a_literal_of_python() {
        let value = json!({"a": [null, true, 1], "b": "it's \"so\"\n"});
        assert_eq!(
            python(&value),
            r#"{"a": [None, True, 1], "b": "it's \"so\"\n"}"#
        );
        assert!(REPLAY.contains(STEPS));
    }
}
