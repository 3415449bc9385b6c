//! What a draft comes to: the core's documents, the changes that lead there, and everything that is wrong with it.

use super::difference::ProblemView;
use super::kinds::{self, key_of, left_out};
use super::names::{Directory, Misnamed, folded, told_field};
use super::standing::{Standing, name};
use super::{Draft, Piece};
use crate::center::Center;
use crate::problem::Problem;
use axum::http::StatusCode;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::refusal::Refusal;
use tandem_core::settings::{Change, Document, Kind, Misfit};
use tandem_store::SealedSubject;

/// The member by which an object says what it was called before.
const RENAMED_FROM: &str = "renamed_from";

/// A draft that was read.
pub(super) struct Wanted {
    pub(super) changes: Vec<Change>,
    /// Beside each change the place of its object in the draft; none of what is removed.
    places: Vec<Option<usize>>,
    pub(super) problems: Vec<ProblemView>,
    /// Personal data that becomes durable with the changes.
    pub(super) subjects: Vec<SealedSubject>,
    /// What everything would be called.
    pub(super) directory: Directory,
}

/// An object with its place in the draft.
type Placed = (usize, Map<String, Value>);

/// An object of the draft, with the number that it has or gets.
struct Found {
    place: usize,
    kind: Kind,
    id: u64,
    name: String,
    settings: Map<String, Value>,
}

impl Wanted {
    pub(super) async fn of(
        center: &Center,
        standing: &Standing,
        draft: Draft,
    ) -> Result<Self, Problem> {
        let mut wanted = Self {
            changes: Vec::new(),
            places: Vec::new(),
            problems: Vec::new(),
            subjects: Vec::new(),
            directory: Directory::default(),
        };
        let kinds: BTreeSet<Kind> = draft.kinds.into_iter().collect();
        let found = wanted.find(standing, &kinds, draft.objects);
        for found in found {
            wanted.read(center, standing, found).await?;
        }
        Ok(wanted)
    }

    /// Gives every object its number, and finds what is to go.
    fn find(
        &mut self,
        standing: &Standing,
        kinds: &BTreeSet<Kind>,
        pieces: Vec<Piece>,
    ) -> Vec<Found> {
        let mut by_kind: BTreeMap<Kind, Vec<Placed>> = BTreeMap::new();
        for (place, piece) in pieces.into_iter().enumerate() {
            if !kinds.contains(&piece.kind) {
                let name = name(piece.kind, &piece.settings);
                let detail =
                    "is of a kind that \"kinds\" does not name; name it there, or leave this out";
                self.problem(Some(place), piece.kind, name, "kind", detail.to_owned());
                continue;
            }
            let of_kind = by_kind.entry(piece.kind).or_default();
            of_kind.push((place, piece.settings));
        }
        let mut all = Vec::new();
        for kind in Kind::ALL {
            if !kinds.contains(&kind) {
                for (id, name) in standing.names(kind) {
                    self.directory.add(kind, id, &name);
                }
                continue;
            }
            if let Some(twins) = standing.twins(kind) {
                self.problem(None, kind, twins.name, &twins.field, twins.detail);
            }
            let pieces = by_kind.remove(&kind).unwrap_or_default();
            all.extend(self.find_kind(standing, kind, pieces));
        }
        all
    }

    fn find_kind(&mut self, standing: &Standing, kind: Kind, pieces: Vec<Placed>) -> Vec<Found> {
        let mut left: BTreeMap<String, u64> = standing
            .names(kind)
            .map(|(id, name)| (folded(&name), id))
            .collect();
        let names: Vec<String> = pieces.iter().map(|it| name(kind, &it.1)).collect();
        let wanted: BTreeSet<String> = names.iter().map(|it| folded(it)).collect();
        let key = key_of(kind).unwrap_or("kind");
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        let mut next = standing.next.get(&kind).copied().unwrap_or(1);
        for ((place, mut settings), name) in pieces.into_iter().zip(names) {
            if name.is_empty() {
                let detail = "is missing; everything is named by it".to_owned();
                self.problem(Some(place), kind, name, key, detail);
                continue;
            }
            if !seen.insert(folded(&name)) {
                let detail = "stands there twice; leave one out".to_owned();
                self.problem(Some(place), kind, name, key, detail);
                continue;
            }
            let before = settings.remove(RENAMED_FROM);
            let before = before.as_ref().and_then(Value::as_str).map(folded);
            let before = before.filter(|before| !wanted.contains(before));
            let standing = left.remove(&folded(&name));
            let standing = standing.or_else(|| left.remove(&before?));
            let id = match standing {
                Some(id) => id,
                None if kind == Kind::Agent => {
                    let detail = "is no agent of this contact center; make the agent first, with its account: \
                                  passwords stand in no file";
                    self.problem(Some(place), kind, name, key, detail.to_owned());
                    continue;
                }
                None => {
                    next += 1;
                    next - 1
                }
            };
            self.directory.add(kind, id, &name);
            found.push(Found {
                place,
                kind,
                id,
                name,
                settings,
            });
        }
        self.let_go(kind, &left);
        found
    }

    /// Agents who are not named stay as they are: they have accounts.
    fn let_go(&mut self, kind: Kind, left: &BTreeMap<String, u64>) {
        for (name, id) in left {
            if kind == Kind::Agent {
                self.directory.add(kind, *id, name);
                continue;
            }
            let id = *id;
            self.changes.push(Change::Remove { kind, id });
            self.places.push(None);
        }
    }

    /// Reads an object, and notes what it changes.
    async fn read(
        &mut self,
        center: &Center,
        standing: &Standing,
        found: Found,
    ) -> Result<(), Problem> {
        let Found {
            place,
            kind,
            id,
            name,
            settings,
        } = found;
        for key in left_out(kind)
            .iter()
            .filter(|it| settings.contains_key(**it))
        {
            let detail = "stands in no draft; leave it out".to_owned();
            self.problem(Some(place), kind, name.clone(), key, detail);
        }
        let mut misnamed = Vec::new();
        let mut object = self.directory.numbered(settings, "", &mut misnamed);
        if let Err((field, detail)) = kinds::unshape(kind, &mut object) {
            misnamed.push(Misnamed { field, detail });
        }
        if !misnamed.is_empty() {
            for Misnamed { field, detail } in misnamed {
                self.problem(Some(place), kind, name.clone(), &field, detail);
            }
            return Ok(());
        }
        let (document, subjects) = match kinds::read(center, kind, object).await {
            Ok(read) => read,
            Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
                self.refused(place, kind, &name, problem);
                return Ok(());
            }
            Err(problem) => return Err(problem),
        };
        let document = kept(document, standing.document(kind, id));
        if standing.document(kind, id) != Some(&document) {
            self.changes.push(Change::Save { id, document });
            self.places.push(Some(place));
            self.subjects.extend(subjects);
        }
        Ok(())
    }

    fn refused(&mut self, place: usize, kind: Kind, name: &str, problem: Problem) {
        if problem.errors.is_empty() {
            self.problem(Some(place), kind, name.to_owned(), "", problem.detail);
            return;
        }
        for error in problem.errors {
            let field = told_field(&error.field);
            self.problem(Some(place), kind, name.to_owned(), &field, error.detail);
        }
    }

    /// Notes what the core has against the changes.
    pub(super) fn note(&mut self, standing: &Standing, misfits: Vec<Misfit>) {
        for Misfit { change, refusal } in misfits {
            let place = self.places.get(change).copied().flatten();
            let about = self.changes.get(change);
            let kind = about.map_or(Kind::Privacy, Change::kind);
            let name = about.and_then(|it| self.directory.called(kind, it.id()));
            let name = name.or_else(|| standing.directory.called(kind, about?.id()));
            let name = name.unwrap_or_default().to_owned();
            let (field, detail) = if let Refusal::Invalid { field, detail } = refusal {
                (told_field(&field), detail)
            } else {
                (String::new(), refusal.to_string())
            };
            self.problem(place, kind, name, &field, detail);
        }
    }

    fn problem(
        &mut self,
        place: Option<usize>,
        kind: Kind,
        name: String,
        field: &str,
        detail: String,
    ) {
        self.problems.push(ProblemView {
            object: place,
            kind,
            name,
            field: field.to_owned(),
            detail,
        });
    }
}

/// What a draft does not say stays as it is.
fn kept(mut document: Document, standing: Option<&Document>) -> Document {
    if let (Document::Schedule(schedule), Some(Document::Schedule(before))) =
        (&mut document, standing)
    {
        schedule.closed_now.clone_from(&before.closed_now);
    }
    document
}
