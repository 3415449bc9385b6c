//! The numbers of people's lines in Teams: read beside the directory, which does not tell them, and only where they are
//! shown (B-079). Without the permission for it everything else of the directory goes on.

use super::number::line;
use super::sync::{PAGES_MAX, People, follow};
use crate::edge::graph::account::NumberType;
use crate::edge::graph::client::Patience;
use crate::edge::graph::link::{Applied, Link};
use crate::edge::graph::trouble::{Explanation, Trouble};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_microsoft::graph::Page;
use tandem_microsoft::graph::permission::TEAMS_USERS_READ;
use tandem_microsoft::graph::user_configuration::{self, AssignedNumber, UserConfiguration};

/// Lines that are kept of one person.
const LINES_MAX: usize = 4;

/// By object id, lower case; who has none is not in it.
#[derive(Default)]
pub(super) struct Lines(BTreeMap<String, Vec<String>>);

impl Lines {
    pub(super) fn of(&self, id: &str) -> &[String] {
        self.0.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Of whoever is one of the people: others are not kept.
    fn take(&mut self, people: &People, said: &UserConfiguration) {
        let id = said.id.to_lowercase();
        let public = said.telephone_numbers.iter().filter(|it| it.is_public());
        let numbers = public.filter_map(
            |AssignedNumber {
                 telephone_number, ..
             }| line(telephone_number),
        );
        let numbers: Vec<String> = numbers.take(LINES_MAX).collect();
        if !numbers.is_empty() && people.contains_key(&id) {
            self.0.insert(id, numbers);
        }
    }

    /// Gives everybody theirs; of whom nothing changed, nothing is copied.
    pub(super) fn give(&self, people: &mut People) {
        for person in people.values_mut() {
            if !person.has_lines_of(self) {
                Arc::make_mut(person).take_lines(self);
            }
        }
    }
}

/// Reads them anew, if they are shown. Answers why they could not be read: those of before are kept then.
pub(super) async fn read(
    link: &Link,
    applied: &Applied,
    people: &People,
    lines: &mut Lines,
) -> Option<String> {
    if !applied.account.shows(NumberType::Teams) {
        *lines = Lines::default();
        return None;
    }
    match all(link, applied, people).await {
        Ok(read) => {
            *lines = read;
            None
        }
        Err(trouble) => {
            let problem = told(&trouble);
            tracing::info!(center = %link.center, problem, "the numbers of Teams lines were not read");
            Some(problem)
        }
    }
}

async fn all(link: &Link, applied: &Applied, people: &People) -> Result<Lines, Trouble> {
    let now = link.clock.now();
    let request = user_configuration::list();
    let mut page: Page<UserConfiguration> = applied.ask(&request, Patience::Some, now).await?;
    let mut lines = Lines::default();
    for _ in 0..PAGES_MAX {
        page.value.iter().for_each(|said| lines.take(people, said));
        let Some(following) = page.next_link else {
            return Ok(lines);
        };
        page = follow(link, applied, &following).await?;
    }
    Err(Trouble::Unexpected)
}

fn told(trouble: &Trouble) -> String {
    if trouble.explanation() != Explanation::PermissionMissing {
        return format!("Teams numbers were not read. {}", trouble.message());
    }
    let name = TEAMS_USERS_READ.name;
    format!(
        "Teams numbers are not read: grant the application {name}, or hide the number type teams"
    )
}

#[cfg(test)]
mod tests {
    use super::super::Person;
    use super::*;
    use serde_json::json;

    // B-079
    #[test]
    fn lines_are_given_to_those_who_have_them_and_taken_from_those_who_have_none_any_more() {
        let ids = ["a", "b"];
        let mut people: People = { ids.into_iter() }
            .map(|id| (id.to_owned(), Arc::new(Person::new(id.to_owned()))))
            .collect();
        let mut lines = Lines::default();
        for said in [
            json!({"id": "A", "telephoneNumbers": [
                {"telephoneNumber": "+14255550109", "assignmentCategory": "private"},
                {"telephoneNumber": "14255550101", "assignmentCategory": "primary"}]}),
            json!({"id": "b", "telephoneNumbers": []}),
            json!({"id": "stranger", "telephoneNumbers": [{"telephoneNumber": "+14255550105"}]}),
        ] {
            lines.take(&people, &serde_json::from_value(said).unwrap());
        }
        lines.give(&mut people);
        let of = |people: &People, id: &str| people[id].numbers(NumberType::Teams, None);
        assert_eq!(of(&people, "a"), ["+14255550101"]);
        assert!(of(&people, "b").is_empty() && lines.0.len() == 1);
        Lines::default().give(&mut people);
        assert!(of(&people, "a").is_empty());
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        let denied = Trouble::Graph {
            status: 403,
            code: "Authorization_RequestDenied".to_owned(),
        };
        assert!(told(&denied).contains("TeamsUserConfiguration.Read.All"));
        assert!(told(&Trouble::Unexpected).contains("cannot be read"));
    }
}
