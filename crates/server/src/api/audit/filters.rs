//! Which entries of the audit a list and a file mean: one set of words in both.

use crate::api::time;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use tandem_core::ids::AccountId;
use tandem_store::{Accounts, AuditFilter};

const WORDS: [&str; 6] = ["actor", "action", "kind", "id", "from", "until"];
/// Words of the query that are about the answer and not about which entries are meant.
const BESIDE: [&str; 3] = ["before", "limit", "format"];
const PAGE: usize = 100;
const PAGE_MAX: usize = 200;

/// Which entries are meant; everything that is given must hold.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(in crate::api) struct Filters {
    /// The username of whoever did it; `system` for the process itself.
    actor: Option<String>,
    /// The code of what was done.
    action: Option<String>,
    /// The kind of what it was done to.
    kind: Option<String>,
    /// The number of what it was done to; with its kind.
    id: Option<u64>,
    /// Then or later, RFC 3339.
    from: Option<String>,
    /// Before, RFC 3339.
    until: Option<String>,
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(in crate::api) struct Page {
    /// Entries before this one: the `next_before` of the page before.
    pub(super) before: Option<u64>,
    /// How many at most, 1 to 200; 100 when left out.
    limit: Option<usize>,
}

impl Page {
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(PAGE);
        if (1..=PAGE_MAX).contains(&limit) {
            return Ok(limit);
        }
        let detail = format!("ask for 1 to {PAGE_MAX} at once");
        Err(Problem::invalid("limit", detail))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Filters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let given: Vec<(String, String)> = crate::api::body::query(parts, state).await?;
        // A misspelled condition must not silently mean more entries.
        let is_known = |word: &str| WORDS.contains(&word) || BESIDE.contains(&word);
        if let Some((word, _)) = given.iter().find(|(word, _)| !is_known(word)) {
            let detail = format!("there is no such condition; known are {}", WORDS.join(", "));
            return Err(Problem::invalid(word, detail));
        }
        let filters: Self = crate::api::body::query(parts, state).await?;
        if filters.id.is_some() && filters.kind.is_none() {
            let detail = "numbers are counted for each kind: name the kind as well";
            return Err(Problem::invalid("id", detail));
        }
        Ok(filters)
    }
}

impl Filters {
    /// As the store is asked.
    pub(super) async fn stored(&self, app: &App, center: &Center) -> Result<AuditFilter, Problem> {
        let by = match self.actor.as_deref() {
            None => None,
            Some("system") => Some(AccountId(0)),
            Some(name) => Some(account(app, center, name).await?),
        };
        Ok(AuditFilter {
            below: None,
            by,
            action: self.action.clone(),
            kind: self.kind.clone(),
            object: self.id,
            version: None,
            from: time::asked("from", self.from.as_deref())?,
            until: time::asked("until", self.until.as_deref())?,
        })
    }

    /// As it stands on record: names become numbers.
    pub(super) fn told(&self, filter: &AuditFilter) -> String {
        let given = [
            ("actor", filter.by.map(|by| by.to_string())),
            ("action", self.action.clone()),
            ("kind", self.kind.clone()),
            ("id", self.id.map(|id| id.to_string())),
            ("from", self.from.clone()),
            ("until", self.until.clone()),
        ];
        let given = given.into_iter();
        let told: Vec<String> = given
            .filter_map(|(word, value)| Some(format!("{word}={}", value?)))
            .collect();
        told.join("&")
    }
}

async fn account(app: &App, center: &Center, name: &str) -> Result<AccountId, Problem> {
    let account = app.store.account_by_username(center.id(), name).await?;
    let unknown = || Problem::invalid("actor", "nobody has this username here");
    account.map(|it| it.id).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_on_record_names_nobody() {
        let filters = Filters {
            actor: Some("alex@contoso.com".to_owned()),
            kind: Some("queue".to_owned()),
            id: Some(3),
            from: Some("2026-11-01T00:00:00Z".to_owned()),
            ..Filters::default()
        };
        let stored = AuditFilter {
            by: Some(AccountId(7)),
            ..AuditFilter::default()
        };
        let told = "actor=7&kind=queue&id=3&from=2026-11-01T00:00:00Z";
        assert_eq!(filters.told(&stored), told);
        assert_eq!(Filters::default().told(&AuditFilter::default()), "");
    }

    #[test]
    fn page_has_between_one_entry_and_the_most() {
        for limit in [0, 201, usize::MAX] {
            let page = Page {
                before: None,
                limit: Some(limit),
            };
            assert!(page.limit().is_err(), "{limit}");
        }
        assert_eq!(Page::default().limit().ok(), Some(PAGE));
    }
}
