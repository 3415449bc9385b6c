//! An administrator of the tenant lets the application in (B-037, B-038): where to send the browser, and what to make
//! of what it brings back. The state is good once and for an hour; the tenant of the answer is a hint and no proof.

use super::findings::Consent;
use super::link::{Applied, Link};
use super::returning::{self, hash, is_state_of};
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;
use tandem_core::administration::{ConsentOutcome, TeamsAct};
use tandem_core::ids::AccountId;
use tandem_core::time::Timestamp;
use tandem_microsoft::entra::consent;
use tandem_store::Token;
use url::Url;

/// How long an administrator may take.
const ANSWER_S: u32 = 3_600;
/// Characters that are kept of what a browser brings.
const BROUGHT_CHARS_MAX: usize = 200;
/// Where the browser goes on to; pages have no contact center in their addresses: the session knows it.
const PAGE: &str = "/admin/integrations/teams";
/// Where the browser comes back to, as it is registered for the application.
const WAY_BACK: &str = "/auth/teams/consent";

/// The route of all contact centers: which one is meant, the state says.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route(WAY_BACK, get(answered))
        .with_state(Arc::clone(app))
}

/// What Microsoft says.
#[derive(Default, Deserialize)]
struct Answer {
    #[serde(default)]
    state: String,
    tenant: Option<String>,
    error: Option<String>,
    admin_consent: Option<String>,
}

/// Where an administrator is sent; none when the account has no client id.
pub(crate) async fn begin(
    link: &Link,
    applied: &Applied,
    base: &Url,
    by: AccountId,
) -> Result<Option<Url>, tandem_store::Error> {
    let Some(client_id) = &applied.account.client_id else {
        return Ok(None);
    };
    let secret = Token::generate()?;
    let state = format!("{}.{}", link.center, secret.reveal());
    let tenant = applied.account.tenant_id.as_deref();
    let path = consent::path(tenant, client_id, &way_back(base), &state);
    let asked = Consent {
        asked: link.clock.now(),
        asked_by: by,
        state_hash: Some(hash(&state)),
        answered: None,
        outcome: None,
        error: None,
        tenant: None,
    };
    link.note(applied, |findings| findings.consent = Some(asked))
        .await;
    Ok(link.cloud.authority.join(&path).ok())
}

/// The address that has to be registered for the application.
pub(crate) fn way_back(base: &Url) -> String {
    returning::way_back(base, WAY_BACK)
}

async fn answered(
    State(app): State<Arc<App>>,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(answer) = answer.unwrap_or_default();
    let named = answer.state.split('.').next().unwrap_or_default();
    let Some(center) = app.centers.get(named).cloned() else {
        // Nobody here asked for it.
        return Ok(back("forged"));
    };
    let word = match take(&app, &center, &answer).await? {
        Some(outcome) => outcome.word(),
        None => "forged",
    };
    Ok(back(word))
}

/// What the answer is worth; none when nobody asked for it, or it came before.
async fn take(
    app: &App,
    center: &Center,
    answer: &Answer,
) -> Result<Option<ConsentOutcome>, Problem> {
    let link = &center.teams;
    let Some(applied) = link.applied().await? else {
        return Ok(None);
    };
    let now = link.clock.now();
    let outcome = outcome_of(answer);
    let mut asked_by = None;
    link.note(&applied, |findings| {
        let consent = findings.consent.as_mut();
        let Some(consent) = consent.filter(|it| is_asked(it, &answer.state, now)) else {
            return;
        };
        asked_by = Some(consent.asked_by);
        consent.state_hash = None;
        consent.answered = Some(now);
        consent.outcome = Some(outcome);
        consent.error = answer.error.as_deref().map(cut);
        consent.tenant = answer.tenant.as_deref().map(cut);
    })
    .await;
    let Some(asked_by) = asked_by else {
        tracing::info!(center = %center.id(), "an answer about consent that nobody waits for");
        return Ok(None);
    };
    let act = TeamsAct::ConsentAnswered { outcome };
    returning::note(app, center, asked_by, act).await?;
    link.look();
    Ok(Some(outcome))
}

/// An error is no consent, whatever `admin_consent` says beside it (microsoft-graph.md 1.5).
fn outcome_of(answer: &Answer) -> ConsentOutcome {
    let is_said =
        { answer.admin_consent.as_deref() }.is_some_and(|it| it.eq_ignore_ascii_case("true"));
    if answer.error.is_none() && is_said {
        ConsentOutcome::Granted
    } else {
        ConsentOutcome::Refused
    }
}

fn is_asked(consent: &Consent, state: &str, now: Timestamp) -> bool {
    let kept = consent.state_hash.as_ref();
    kept.is_some_and(|it| is_state_of(it, state)) && now < consent.asked.plus_seconds(ANSWER_S)
}

fn cut(text: &str) -> String {
    text.chars().take(BROUGHT_CHARS_MAX).collect()
}

fn back(word: &'static str) -> Response {
    returning::back(PAGE, "consent", word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Timestamp = Timestamp::from_micros(1_000_000);

    fn asked(state: &str) -> Consent {
        Consent {
            asked: ASKED,
            asked_by: AccountId(1),
            state_hash: Some(hash(state)),
            answered: None,
            outcome: None,
            error: None,
            tenant: None,
        }
    }

    // B-038
    #[test]
    fn answer_counts_with_its_state_within_an_hour_and_once() {
        let consent = asked("contoso.abc");
        assert!(is_asked(&consent, "contoso.abc", ASKED));
        assert!(!is_asked(&consent, "contoso.abd", ASKED));
        assert!(!is_asked(&consent, "", ASKED));
        let late = ASKED.plus_seconds(ANSWER_S);
        assert!(!is_asked(&consent, "contoso.abc", late));
        let answered = Consent {
            state_hash: None,
            ..consent
        };
        assert!(!is_asked(&answered, "contoso.abc", ASKED));
    }

    // B-038
    #[test]
    fn error_is_no_consent_though_the_answer_says_true() {
        let answer = |error: Option<&str>, said: Option<&str>| {
            outcome_of(&Answer {
                error: error.map(str::to_owned),
                admin_consent: said.map(str::to_owned),
                ..Answer::default()
            })
        };
        assert_eq!(answer(None, Some("True")), ConsentOutcome::Granted);
        assert_eq!(
            answer(Some("access_denied"), Some("True")),
            ConsentOutcome::Refused
        );
        assert_eq!(answer(None, None), ConsentOutcome::Refused);
    }
}
