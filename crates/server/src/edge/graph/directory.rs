//! The people of the tenant, as they were read last. In memory alone: it is read anew after a restart, nothing of it is
//! ever journaled, and what it costs is bounded. Who has no Teams is not listed (B-195).

mod lines;
mod number;
mod person;
mod sync;

pub(crate) use lines::keep as keep_lines;
pub(crate) use number::Country;
pub(crate) use person::Person;
pub(crate) use sync::keep;

use lines::Lines;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::user::UserSaid;
use tokio::sync::watch;

/// People who are kept; what the tenant has beyond is not read, and the problem says so.
pub(super) const PEOPLE_MAX: usize = 200_000;

/// The directory of one contact center.
pub(crate) struct Directory {
    standing: watch::Sender<Arc<Standing>>,
    /// The numbers of lines in Teams, as they were read last. Held while people are given theirs.
    lines: Mutex<Lines>,
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            standing: watch::Sender::new(Arc::default()),
            lines: Mutex::default(),
        }
    }
}

/// How it stands at one moment.
#[derive(Clone, Default)]
pub(crate) struct Standing {
    /// When the last round ended well.
    pub(crate) synced: Option<Timestamp>,
    /// How many rounds ended well.
    pub(super) n_rounds: u64,
    /// Since when it could not be read.
    pub(crate) behind_since: Option<Timestamp>,
    /// What is wrong, in words.
    pub(crate) problem: Option<String>,
    /// Why the numbers of lines in Teams are not those of now, in words.
    pub(crate) lines_problem: Option<String>,
    /// Everybody by object id, lower case.
    people: Arc<BTreeMap<String, Arc<Person>>>,
    /// Those who have Teams, by name.
    listed: Arc<Vec<Arc<Person>>>,
}

impl Standing {
    /// Those who have Teams.
    pub(crate) fn listed(&self) -> &[Arc<Person>] {
        &self.listed
    }

    /// Somebody, with Teams or without.
    pub(crate) fn person(&self, id: &str) -> Option<&Arc<Person>> {
        self.people.get(id)
    }

    /// Those who have Teams and one of whose words begins with each of the searched ones; everybody where nothing is
    /// searched.
    pub(crate) fn search<'a>(&'a self, wanted: &str) -> impl Iterator<Item = &'a Arc<Person>> {
        let words = person::words(wanted);
        let listed = self.listed.iter();
        listed.filter(move |person| words.iter().all(|word| person.has_word(word)))
    }
}

impl Directory {
    /// As it stands now.
    pub(crate) fn standing(&self) -> Arc<Standing> {
        Arc::clone(&self.standing.borrow())
    }

    /// Whoever waits for other people.
    pub(super) fn watch(&self) -> watch::Receiver<Arc<Standing>> {
        self.standing.subscribe()
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        self.standing.send_modify(|standing| {
            let mut next = Standing::clone(standing);
            change(&mut next);
            *standing = Arc::new(next);
        });
    }

    /// A round ended well: these are the people from now on.
    fn is(&self, mut people: BTreeMap<String, Arc<Person>>, now: Timestamp) {
        let lines = self.lines();
        lines.give(&mut people);
        let listed = listed(&people);
        let problem = (people.len() >= PEOPLE_MAX).then(|| {
            format!("The tenant has more than {PEOPLE_MAX} people: the others are not read")
        });
        self.change(|standing| {
            *standing = Standing {
                synced: Some(now),
                n_rounds: standing.n_rounds + 1,
                behind_since: None,
                problem,
                lines_problem: standing.lines_problem.take(),
                people: Arc::new(people),
                listed: Arc::new(listed),
            };
        });
    }

    /// These are the lines from now on. Nobody has to be asked anything because of it: who waits for people is not woken.
    fn lines_are(&self, read: Lines) {
        let mut lines = self.lines();
        *lines = read;
        self.change_quietly(|standing| {
            let people = Arc::make_mut(&mut standing.people);
            lines.give(people);
            standing.listed = Arc::new(listed(people));
            standing.lines_problem = None;
        });
    }

    /// Why they could not be read: those of before are kept.
    fn lines_are_behind(&self, problem: String) {
        self.change_quietly(|standing| standing.lines_problem = Some(problem));
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_quietly(&self, change: impl FnOnce(&mut Standing)) {
        self.standing.send_if_modified(|standing| {
            let mut next = Standing::clone(standing);
            change(&mut next);
            *standing = Arc::new(next);
            false
        });
    }

    /// A round did not end well: what was known stays, and is behind since the last good one, or since now.
    fn is_behind(&self, problem: String, now: Timestamp) {
        self.change(|standing| {
            let since = standing.behind_since.or(standing.synced);
            standing.behind_since = Some(since.unwrap_or(now));
            standing.problem = Some(problem);
        });
    }

    /// Nobody is read any more.
    fn is_nobody(&self) {
        let standing = self.standing();
        if standing.synced.is_some() || standing.behind_since.is_some() {
            self.change(|standing| {
                *standing = Standing {
                    n_rounds: standing.n_rounds,
                    ..Standing::default()
                };
            });
        }
    }

    fn everybody(&self) -> BTreeMap<String, Arc<Person>> {
        BTreeMap::clone(&self.standing().people)
    }
}

/// Those who have Teams, by name.
fn listed(people: &BTreeMap<String, Arc<Person>>) -> Vec<Arc<Person>> {
    let mut listed: Vec<Arc<Person>> = { people.values() }
        .filter(|person| person.is_listed())
        .cloned()
        .collect();
    listed.sort_by(|left, right| left.place().cmp(&right.place()));
    listed
}

/// Takes what was said of somebody; somebody who is gone is taken out.
fn take(people: &mut BTreeMap<String, Arc<Person>>, said: UserSaid) {
    let id = said.id.to_lowercase();
    if said.removed.is_some() {
        people.remove(&id);
        return;
    }
    if let Some(known) = people.get_mut(&id) {
        Arc::make_mut(known).change(said);
    } else if people.len() < PEOPLE_MAX {
        let mut person = Person::new(id.clone());
        person.change(said);
        people.insert(id, Arc::new(person));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::time::{Duration, Instant};

    fn said(value: Value) -> UserSaid {
        serde_json::from_value(value).unwrap()
    }

    fn teams(id: &str, name: &str) -> Value {
        json!({
            "id": id, "displayName": name, "accountEnabled": true,
            "userPrincipalName": format!("{id}@tandem.example"),
            "assignedPlans": [{"servicePlanId": "57ff2da0-773e-42df-b2af-ffb7a2317929", "capabilityStatus": "Enabled"}],
        })
    }

    fn directory(people: impl IntoIterator<Item = Value>) -> Directory {
        let mut all = BTreeMap::new();
        for person in people {
            take(&mut all, said(person));
        }
        let directory = Directory::default();
        directory.is(all, Timestamp::from_micros(1));
        directory
    }

    fn found(directory: &Directory, wanted: &str) -> Vec<String> {
        let standing = directory.standing();
        standing
            .search(wanted)
            .map(|it| it.name().to_owned())
            .collect()
    }

    // B-195
    #[test]
    fn who_has_no_working_teams_is_not_listed() {
        let mut left = teams("b", "Ben");
        left["accountEnabled"] = json!(false);
        let mut suspended = teams("c", "Cid");
        suspended["assignedPlans"][0]["capabilityStatus"] = json!("Suspended");
        let nothing = json!({"id": "d", "displayName": "Dan"});
        let directory = directory([teams("a", "Ann"), left, suspended, nothing]);
        assert_eq!(found(&directory, ""), ["Ann"]);
        assert!(directory.standing().person("d").is_some());
    }

    // B-232
    #[test]
    fn change_says_what_changed_alone_and_whoever_is_gone_is_taken_out() {
        let directory = directory([teams("a", "Ann"), teams("b", "Ben")]);
        let mut people = directory.everybody();
        take(&mut people, said(json!({"id": "A", "displayName": "Anna"})));
        take(
            &mut people,
            said(json!({"id": "b", "@removed": {"reason": "changed"}})),
        );
        directory.is(people, Timestamp::from_micros(2));
        assert_eq!(found(&directory, ""), ["Anna"]);
    }

    #[test]
    fn search_takes_beginnings_of_words_in_any_case_and_order() {
        let people = [
            teams("a", "Ann-Sophie Übel"),
            teams("b", "Ben Anders"),
            teams("annex", "Zoe Quist"),
        ];
        let directory = directory(people);
        assert_eq!(
            found(&directory, "AN"),
            ["Ann-Sophie Übel", "Ben Anders", "Zoe Quist"]
        );
        assert_eq!(found(&directory, "üb ann"), ["Ann-Sophie Übel"]);
        assert_eq!(found(&directory, "soph"), ["Ann-Sophie Übel"]);
        assert_eq!(found(&directory, "nders"), Vec::<String>::new());
        assert_eq!(found(&directory, "  "), found(&directory, ""));
    }

    #[test]
    fn search_over_twenty_thousand_people_is_quick() {
        let many =
            (0..20_000).map(|n| teams(&format!("p{n}"), &format!("Person{n} Family{}", n % 977)));
        let directory = directory(many);
        let began = Instant::now();
        assert_eq!(found(&directory, "pers family97").len(), 21 + 7 * 20);
        // The goal is 150 ms in a release build; a debug build on a busy machine is slower.
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "{:?}",
            began.elapsed()
        );
    }

    #[test]
    fn what_was_known_stays_while_it_cannot_be_read() {
        let directory = directory([teams("a", "Ann")]);
        let at = Timestamp::from_micros;
        directory.is_behind("no answer".to_owned(), at(5));
        directory.is_behind("no answer".to_owned(), at(9));
        let standing = directory.standing();
        assert_eq!(
            (standing.synced, standing.behind_since),
            (Some(at(1)), Some(at(1)))
        );
        assert_eq!(found(&directory, ""), ["Ann"]);
        directory.is(directory.everybody(), at(10));
        assert_eq!(directory.standing().behind_since, None);
    }
}
