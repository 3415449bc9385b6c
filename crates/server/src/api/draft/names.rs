//! Numbers and names: what a route calls `skill_id` and gives a number, a draft calls `skill` and gives a name.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tandem_core::settings::Kind;

/// Members that hold numbers of other documents, what a draft calls them, and what they name.
pub(super) const NUMBERED: [(&str, &str, Kind); 16] = [
    ("skill_id", "skill", Kind::Skill),
    ("site_id", "site", Kind::Site),
    ("team_id", "team", Kind::Team),
    ("team_ids", "teams", Kind::Team),
    (
        "capacity_profile_id",
        "capacity_profile",
        Kind::CapacityProfile,
    ),
    ("hours_id", "hours", Kind::Schedule),
    ("schedule_id", "schedule", Kind::Schedule),
    ("prompt_id", "prompt", Kind::Prompt),
    ("queue_id", "queue", Kind::Queue),
    ("queue_ids", "queues", Kind::Queue),
    ("flow_id", "flow", Kind::Flow),
    ("endpoint_id", "endpoint", Kind::Endpoint),
    ("trunk_id", "trunk", Kind::Trunk),
    ("heading_id", "heading", Kind::Reason),
    ("reason_id", "reason", Kind::Reason),
    ("agent_id", "agent", Kind::Agent),
];

/// What documents are called, by number and by name.
#[derive(Clone, Default)]
pub(super) struct Directory {
    by_number: BTreeMap<(Kind, u64), String>,
    by_name: BTreeMap<(Kind, String), u64>,
}

/// A place in an object at which something is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misnamed {
    /// Keys and places, with points between them.
    pub(super) field: String,
    pub(super) detail: String,
}

/// As names are compared: case says nothing.
pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Directory {
    pub(super) fn add(&mut self, kind: Kind, number: u64, name: &str) {
        self.by_number.insert((kind, number), name.to_owned());
        self.by_name.insert((kind, folded(name)), number);
    }

    pub(super) fn number(&self, kind: Kind, name: &str) -> Option<u64> {
        self.by_name.get(&(kind, folded(name))).copied()
    }

    /// What a document is called.
    pub(super) fn called(&self, kind: Kind, number: u64) -> Option<&str> {
        self.by_number.get(&(kind, number)).map(String::as_str)
    }

    fn name(&self, kind: Kind, number: &Value) -> Option<&str> {
        self.called(kind, number.as_u64()?)
    }

    /// With names for numbers, and without what is not said.
    pub(super) fn told(&self, object: Map<String, Value>) -> Result<Map<String, Value>, Misnamed> {
        let mut told = Map::new();
        for (key, value) in object {
            if value.is_null() {
                continue;
            }
            let Some((_, called, kind)) = NUMBERED.iter().find(|it| it.0 == key) else {
                told.insert(key, self.told_value(value)?);
                continue;
            };
            let name = |number: &Value| {
                let name = self.name(*kind, number);
                let gone = || Misnamed {
                    field: key.clone(),
                    detail: format!("names the {} {number}, which is gone", kind.word()),
                };
                name.map(Value::from).ok_or_else(gone)
            };
            let names = match value.as_array() {
                Some(numbers) => Value::Array(numbers.iter().map(name).collect::<Result<_, _>>()?),
                None => name(&value)?,
            };
            told.insert((*called).to_owned(), names);
        }
        Ok(told)
    }

    fn told_value(&self, value: Value) -> Result<Value, Misnamed> {
        Ok(match value {
            Value::Object(object) => Value::Object(self.told(object)?),
            Value::Array(items) => {
                let items = items.into_iter().map(|it| self.told_value(it));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
        })
    }

    /// With numbers for names; what cannot be found goes to `misnamed`.
    pub(super) fn numbered(
        &self,
        object: Map<String, Value>,
        place: &str,
        misnamed: &mut Vec<Misnamed>,
    ) -> Map<String, Value> {
        let mut numbered = Map::new();
        for (key, value) in object {
            let field = within(place, &key);
            if let Some((_, called, _)) = NUMBERED.iter().find(|it| it.0 == key) {
                let detail =
                    format!("numbers differ between contact centers; write {called} and the name");
                misnamed.push(Misnamed { field, detail });
                continue;
            }
            let Some((number, kind)) = self.reference(&key, &value) else {
                numbered.insert(key, self.numbered_value(value, &field, misnamed));
                continue;
            };
            match self.looked_up(kind, &value) {
                Ok(value) => drop(numbered.insert(number.to_owned(), value)),
                Err(detail) => misnamed.push(Misnamed { field, detail }),
            }
        }
        numbered
    }

    /// A member that names something. A node's `prompt` is an object, and `prompt` within that the name.
    fn reference(&self, key: &str, value: &Value) -> Option<(&'static str, Kind)> {
        let (number, _, kind) = NUMBERED.iter().find(|it| it.1 == key)?;
        let is_many = number.ends_with("_ids");
        let is_it = if is_many {
            value.is_array()
        } else {
            !value.is_object()
        };
        is_it.then_some((*number, *kind))
    }

    fn looked_up(&self, kind: Kind, value: &Value) -> Result<Value, String> {
        let one = |value: &Value| {
            let name = value.as_str();
            let name = name.ok_or_else(|| format!("write the name of a {}", kind.word()))?;
            let number = self.number(kind, name);
            let detail = || format!("there is no {} \"{name}\"", kind.word());
            number.map(Value::from).ok_or_else(detail)
        };
        let Some(names) = value.as_array() else {
            return one(value);
        };
        let numbers = names.iter().map(one);
        Ok(Value::Array(numbers.collect::<Result<_, _>>()?))
    }

    fn numbered_value(&self, value: Value, place: &str, misnamed: &mut Vec<Misnamed>) -> Value {
        match value {
            Value::Object(object) => Value::Object(self.numbered(object, place, misnamed)),
            Value::Array(items) => {
                let items = items.into_iter().enumerate();
                let items = items.map(|(n, it)| {
                    self.numbered_value(it, &within(place, &n.to_string()), misnamed)
                });
                Value::Array(items.collect())
            }
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
        }
    }
}

fn within(place: &str, key: &str) -> String {
    if place.is_empty() {
        key.to_owned()
    } else {
        format!("{place}.{key}")
    }
}

/// A field as the core and the routes call it, as a draft calls it.
pub(super) fn told_field(field: &str) -> String {
    let parts = field.split('.').map(|part| {
        let numbered = NUMBERED.iter().find(|it| it.0 == part);
        numbered.map_or(part, |it| it.1)
    });
    parts.collect::<Vec<_>>().join(".")
}
