//! The settings that stand, looked at once: what a draft is held against.

use super::kinds::{self, key_of};
use super::names::{Directory, Misnamed, folded};
use crate::center::Center;
use crate::problem::Problem;
use axum::http::StatusCode;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::settings::{Document, Kind, Mark};
use tandem_core::state::State;

/// An object with its number.
pub(super) type Told = (u64, Map<String, Value>);

/// What stands, by kind.
pub(super) struct Standing {
    pub(super) mark: Mark,
    /// With numbers, as routes tell it.
    told: BTreeMap<Kind, Vec<Told>>,
    /// The numbers that new objects get.
    pub(super) next: BTreeMap<Kind, u64>,
    documents: BTreeMap<(Kind, u64), Document>,
    pub(super) directory: Directory,
}

/// What keeps settings from being told by name.
pub(super) struct Nameless {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) field: String,
    pub(super) detail: String,
}

impl Standing {
    pub(super) fn of(center: &Center, kinds: &BTreeSet<Kind>) -> Self {
        let view = center.engine.view();
        view.read(|projection| Self::read(projection.center.state(), kinds))
    }

    /// Agents, of whom there may be very many, are read only when `kinds` has them. What queues name them by is known
    /// when it has queues.
    fn read(state: &State, kinds: &BTreeSet<Kind>) -> Self {
        let mut standing = Self {
            mark: state.settings_mark(),
            told: BTreeMap::new(),
            next: BTreeMap::new(),
            documents: BTreeMap::new(),
            directory: Directory::default(),
        };
        let read = |kind: &Kind| *kind != Kind::Agent || kinds.contains(kind);
        for kind in Kind::ALL.into_iter().filter(read) {
            let told = kinds::told(state, kind);
            for (id, object) in &told {
                standing.directory.add(kind, *id, &name(kind, object));
                if let Some(document) = state.document(kind, *id) {
                    standing.documents.insert((kind, *id), document);
                }
            }
            standing.next.insert(kind, state.next_document(kind));
            standing.told.insert(kind, told);
        }
        if kinds.contains(&Kind::Queue) && !kinds.contains(&Kind::Agent) {
            let key = key_of(Kind::Agent).unwrap_or_default();
            let named = state.agents.iter().map(|(id, agent)| {
                let address = agent.profile.address.clone();
                (id.0, Map::from_iter([(key.to_owned(), address.into())]))
            });
            let named: Vec<Told> = named.collect();
            for (id, object) in &named {
                let address = name(Kind::Agent, object);
                standing.directory.add(Kind::Agent, *id, &address);
            }
            standing.told.insert(Kind::Agent, named);
        }
        standing
    }

    pub(super) fn document(&self, kind: Kind, id: u64) -> Option<&Document> {
        self.documents.get(&(kind, id))
    }

    /// All objects of a kind, with their names and numbers.
    pub(super) fn names(&self, kind: Kind) -> impl Iterator<Item = (u64, String)> + '_ {
        let told = self.told.get(&kind).into_iter().flatten();
        told.map(move |(id, object)| (*id, name(kind, object)))
    }

    /// One object, with names for numbers.
    pub(super) fn named_one(&self, kind: Kind, id: u64) -> Option<Map<String, Value>> {
        let told = self.told.get(&kind)?;
        let (_, object) = told.iter().find(|it| it.0 == id)?;
        self.directory.told(object.clone()).ok()
    }

    /// All objects of a kind, with names for numbers.
    pub(super) fn named(&self, kind: Kind) -> Result<Vec<Told>, Nameless> {
        if let Some(twins) = self.twins(kind) {
            return Err(twins);
        }
        let told = self.told.get(&kind).into_iter().flatten();
        let named = told.map(|(id, object)| {
            let told = self.directory.told(object.clone());
            let told = told.map_err(|Misnamed { field, detail }| Nameless {
                kind,
                name: name(kind, object),
                field,
                detail,
            });
            Ok((*id, told?))
        });
        named.collect()
    }

    /// Two objects that a name does not tell apart.
    pub(super) fn twins(&self, kind: Kind) -> Option<Nameless> {
        let mut seen = BTreeSet::new();
        let mut names = self.names(kind);
        let (_, name) = names.find(|(_, name)| !seen.insert(folded(name)))?;
        let field = key_of(kind).unwrap_or("kind").to_owned();
        let detail = "belongs to two; rename one in the administration, since settings are named by their names";
        Some(Nameless {
            kind,
            name,
            field,
            detail: detail.to_owned(),
        })
    }
}

impl Nameless {
    pub(super) fn problem(self) -> Problem {
        let Self {
            kind,
            name,
            field,
            detail,
        } = self;
        let detail = format!("{} \"{name}\": {field} {detail}", kind.word());
        Problem::new(StatusCode::CONFLICT, "settings_nameless", detail)
    }
}

/// What an object is called; nothing that there is one of, which is called by its kind.
pub(super) fn name(kind: Kind, object: &Map<String, Value>) -> String {
    let Some(key) = key_of(kind) else {
        return kind.word().to_owned();
    };
    let name = object.get(key).and_then(Value::as_str);
    name.unwrap_or_default().trim().to_owned()
}
