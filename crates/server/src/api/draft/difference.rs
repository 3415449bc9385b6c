//! What a draft changes, field by field, by names.

use super::kinds;
use super::standing::{Standing, name};
use super::wanted::Wanted;
use crate::problem::FieldProblem;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ContactCenter;
use tandem_core::event::Event;
use tandem_core::ids::AccountId;
use tandem_core::settings::{Change, Kind};
use tandem_core::time::Timestamp;
use utoipa::ToSchema;

/// Members by which the items of a list are told apart, so that one that comes in between moves no other.
const ITEM_KEYS: [&str; 4] = ["id", "skill", "name", "key"];

/// One object that is made, changed or removed.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangedView {
    what: What,
    #[schema(value_type = String)]
    kind: Kind,
    name: String,
    /// What it is called now, if that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_from: Option<String>,
    /// Of a change, in order of the fields.
    fields: Vec<FieldChange>,
}

/// What becomes of an object.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SettingsChange)]
enum What {
    Create,
    Change,
    Remove,
}

/// One field that changes.
#[derive(Serialize, ToSchema)]
struct FieldChange {
    /// Keys with points between them; items of a list by what tells them apart, or by their place.
    field: String,
    /// None when nothing was said.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// None when nothing is said any more.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
}

/// Something that keeps a draft from being applied.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct ProblemView {
    /// The place of the object in the draft; none when the draft does not have it.
    pub(super) object: Option<usize>,
    #[schema(value_type = String)]
    pub(super) kind: Kind,
    pub(super) name: String,
    /// Keys and places with points between them; empty for the object as a whole.
    pub(super) field: String,
    pub(super) detail: String,
}

impl ProblemView {
    pub(super) fn field_problem(&self) -> FieldProblem {
        let object = self.object.map(|n| format!("objects.{n}"));
        let object = object.unwrap_or_else(|| format!("{} {}", self.kind.word(), self.name));
        let field = if self.field.is_empty() {
            object
        } else {
            format!("{object}.{}", self.field)
        };
        FieldProblem {
            field,
            detail: self.detail.clone(),
        }
    }
}

/// The changes in the order of their kinds, removals last.
pub(super) fn of(standing: &Standing, wanted: &Wanted) -> Vec<ChangedView> {
    let after = prospect(&wanted.changes);
    let mut removed = Vec::new();
    let mut changed = Vec::new();
    for change in &wanted.changes {
        let (kind, id) = (change.kind(), change.id());
        let before = standing.named_one(kind, id);
        match change {
            Change::Remove { .. } => {
                let name = name(kind, &before.unwrap_or_default());
                removed.push(view(What::Remove, kind, name));
            }
            Change::Save { .. } => {
                let after = after.get(&(kind, id)).cloned().unwrap_or_default();
                let after = wanted.directory.told(after).unwrap_or_default();
                changed.push(saved(kind, before, &after));
            }
        }
    }
    changed.append(&mut removed);
    changed
}

fn view(what: What, kind: Kind, name: String) -> ChangedView {
    ChangedView {
        what,
        kind,
        name,
        renamed_from: None,
        fields: Vec::new(),
    }
}

fn saved(
    kind: Kind,
    before: Option<Map<String, Value>>,
    after: &Map<String, Value>,
) -> ChangedView {
    let called = name(kind, after);
    let Some(before) = before else {
        return view(What::Create, kind, called);
    };
    let called_before = name(kind, &before);
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    spread(&Value::Object(before), String::new(), &mut old);
    spread(&Value::Object(after.clone()), String::new(), &mut new);
    let fields: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let fields = fields.into_iter().filter(|it| old.get(*it) != new.get(*it));
    let fields = fields.map(|field| FieldChange {
        field: field.clone(),
        before: old.get(field).cloned(),
        after: new.get(field).cloned(),
    });
    ChangedView {
        fields: fields.collect(),
        renamed_from: (called_before != called).then_some(called_before),
        ..view(What::Change, kind, called)
    }
}

/// The saved documents as their routes would tell them: told by the same code, out of a contact center that has
/// nothing else.
fn prospect(changes: &[Change]) -> BTreeMap<(Kind, u64), Map<String, Value>> {
    let events = changes.iter().filter_map(|change| match change {
        Change::Remove { .. } => None,
        Change::Save { id, document } => Some(Event::Saved {
            id: *id,
            version: 1,
            document: document.clone(),
            by: AccountId(0),
        }),
    });
    let mut center = ContactCenter::new();
    center.apply(Timestamp::from_micros(0), &events.collect::<Vec<_>>());
    let all = Kind::ALL.into_iter().flat_map(|kind| {
        let told = kinds::told(center.state(), kind).into_iter();
        told.map(move |(id, object)| ((kind, id), object))
    });
    all.collect()
}

/// Every leaf by its field. A list of plain values is one leaf.
fn spread(value: &Value, field: String, leaves: &mut BTreeMap<String, Value>) {
    let within = |key: &str| match field.as_str() {
        "" => key.to_owned(),
        field => format!("{field}.{key}"),
    };
    let object = value.as_object().filter(|it| !it.is_empty());
    if let Some(object) = object {
        for (key, value) in object {
            spread(value, within(key), leaves);
        }
        return;
    }
    let are_objects = |items: &&Vec<Value>| !items.is_empty() && items.iter().all(Value::is_object);
    let Some(items) = value.as_array().filter(are_objects) else {
        leaves.insert(field, value.clone());
        return;
    };
    let key = item_key(items);
    for (n, item) in items.iter().enumerate() {
        let name = key.and_then(|key| item.get(key)?.as_str());
        let name = name.map_or_else(|| n.to_string(), str::to_owned);
        spread(item, within(&name), leaves);
    }
}

/// What tells the items apart, if anything does.
fn item_key(items: &[Value]) -> Option<&'static str> {
    let tells = |key: &&str| {
        let mut seen = BTreeSet::new();
        let mut items = items.iter();
        items.all(|it| {
            it.get(*key)
                .and_then(Value::as_str)
                .is_some_and(|it| seen.insert(it))
        })
    };
    ITEM_KEYS.into_iter().find(|key| tells(key))
}
