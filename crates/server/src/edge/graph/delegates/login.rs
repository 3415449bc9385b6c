//! Somebody signs in to Teams for the contact center (B-218, B-219): where to send the browser, and what the code that it
//! brings back is worth. A sign-in belongs to whoever began it, is good once, and for ten minutes.

use super::problem::LoginProblem;
use super::{SignIn, keep, renewing};
use crate::app::App;
use crate::center::Center;
use crate::edge::graph::link::{Applied, Link};
use crate::edge::graph::returning::{self, hash, is_state_of};
use crate::edge::graph::token::Grant;
use crate::edge::graph::trouble::Trouble;
use crate::edge::graph::watch::sender;
use crate::edge::teams_phone::now_s;
use crate::problem::Problem;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tandem_core::administration::TeamsAct;
use tandem_core::ids::AccountId;
use tandem_core::time::Timestamp;
use tandem_microsoft::entra::jwt::{Claims, Expected};
use tandem_microsoft::entra::sign_in::{AnswerMode, Authorize, PersonTokens, Prompt};
use tandem_microsoft::graph::PERSON_SCOPE;
use tandem_store::{Account, Accounts, Token};
use url::Url;

/// How long somebody may take to sign in: as long as Entra's codes live.
const VISIT_S: u32 = 600;
/// Tolerated difference between Entra's clock and ours, s.
const LEEWAY_S: u64 = 300;
/// Where the browser goes on to.
const PAGE: &str = "/profile";
/// Where the browser comes back to, as it is registered for the application.
const WAY_BACK: &str = "/auth/teams/login";

/// The route of all contact centers: which one is meant, the state says.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route(WAY_BACK, get(answered))
        .with_state(Arc::clone(app))
}

/// Sign-ins that were begun, one at most for each who was chosen.
#[derive(Default)]
pub(super) struct Visits(Mutex<BTreeMap<AccountId, Visit>>);

struct Visit {
    state_hash: Vec<u8>,
    nonce: String,
    verifier: String,
    began: Timestamp,
}

impl Visit {
    fn is_over(&self, now: Timestamp) -> bool {
        self.began.plus_seconds(VISIT_S) <= now
    }
}

impl Visits {
    /// The one that somebody began before is worth nothing any more.
    fn begin(&self, account: AccountId, visit: Visit) {
        let mut visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        visits.retain(|_, it| !it.is_over(visit.began));
        visits.insert(account, visit);
    }

    /// The one that an answer belongs to; it is gone with that.
    fn take(&self, state: &str, now: Timestamp) -> Option<(AccountId, Visit)> {
        let mut visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut its = visits
            .iter()
            .filter(|(_, it)| is_state_of(&it.state_hash, state));
        let account = *its.next()?.0;
        let visit = visits.remove(&account)?;
        (!visit.is_over(now)).then_some((account, visit))
    }
}

/// The address that has to be registered for the application.
pub(crate) fn way_back(base: &Url) -> String {
    returning::way_back(base, WAY_BACK)
}

/// Where somebody signs in; none when the account has no client id or tenant.
pub(crate) fn begin(
    link: &Link,
    applied: &Applied,
    base: &Url,
    by: AccountId,
) -> Result<Option<Url>, tandem_store::Error> {
    let account = &applied.account;
    let (Some(client_id), Some(tenant)) = (&account.client_id, &account.tenant_id) else {
        return Ok(None);
    };
    let random = || Token::generate().map(|token| token.reveal().to_owned());
    let state = format!("{}.{}", link.center, random()?);
    let visit = Visit {
        state_hash: hash(&state),
        nonce: random()?,
        verifier: random()?,
        began: link.clock.now(),
    };
    let authorize = Authorize {
        client_id,
        redirect_uri: &way_back(base),
        state: &state,
        nonce: &visit.nonce,
        code_verifier: &visit.verifier,
        scope: PERSON_SCOPE,
        answer: AnswerMode::Address,
        prompt: Some(Prompt::SelectAccount),
    };
    let path = format!("/{tenant}/oauth2/v2.0/authorize");
    let endpoint = link.cloud.authority.join(&path);
    let url = endpoint.and_then(|it| Url::parse(&authorize.url(it.as_str())));
    link.delegation.visits.begin(by, visit);
    Ok(url.ok())
}

/// What Microsoft says: a code, or an error.
#[derive(Default, Deserialize)]
struct Answer {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    error: Option<String>,
    #[serde(default)]
    error_description: String,
}

async fn answered(
    State(app): State<Arc<App>>,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(answer) = answer.unwrap_or_default();
    let named = answer.state.split('.').next().unwrap_or_default();
    let Some(center) = app.centers.get(named).cloned() else {
        return Ok(back("forged"));
    };
    let link = &center.teams;
    let visit = link.delegation.visits.take(&answer.state, link.clock.now());
    let (Some((by, visit)), Some(applied)) = (visit, link.applied().await?) else {
        tracing::info!(center = %center.id(), "an answer to a sign-in to Teams that nobody waits for");
        return Ok(back("forged"));
    };
    match take(&app, &center, &applied, (by, &visit), &answer).await {
        Ok(()) => {
            link.delegation.all_refused().remove(&by);
            returning::note(&app, &center, by, TeamsAct::SignedIn).await?;
            link.look();
            Ok(back("done"))
        }
        Err(problem) => {
            tracing::info!(center = %center.id(), account = by.0, ?problem, "a sign-in to Teams came to nothing");
            link.delegation.all_refused().insert(by, problem);
            Ok(back("refused"))
        }
    }
}

/// Redeems the code, looks who it is, and keeps what is needed to ask again.
async fn take(
    app: &App,
    center: &Center,
    applied: &Applied,
    (by, visit): (AccountId, &Visit),
    answer: &Answer,
) -> Result<(), LoginProblem> {
    if let Some(error) = &answer.error {
        return Err(LoginProblem::of_words(error, &answer.error_description));
    }
    let link = &center.teams;
    let now = link.clock.now();
    let of = |trouble: Trouble| LoginProblem::of_trouble(&trouble);
    let client = sender(applied).map_err(of)?;
    let grant = Grant::Code {
        code: &answer.code,
        way_back: &way_back(&app.public_base_url),
        verifier: &visit.verifier,
    };
    let applicant = &client.tokens.applicant;
    let tokens = applicant.ask_for_person(client.http(), grant, now).await;
    let tokens = tokens.map_err(of)?;
    let object = who(app, center, applied, (by, visit), &tokens).await?;
    let refresh = tokens.refresh_token.clone();
    let sign_in = SignIn {
        object,
        tenant: applicant.tenant.clone(),
        client_id: applicant.client_id.clone(),
        refresh: refresh.ok_or(LoginProblem::ConsentMissing)?,
        used: now,
        ended: None,
    };
    let mut spoken = link.delegation.voices.lock().await;
    { keep(link, by, &sign_in).await }.map_err(|_not_kept| LoginProblem::Other)?;
    renewing::remember(&mut spoken, by, &tokens, now, applied.version);
    Ok(())
}

/// Who it is, by object id: somebody of the tenant, and the one who began where it is known who that is.
async fn who(
    app: &App,
    center: &Center,
    applied: &Applied,
    (by, visit): (AccountId, &Visit),
    tokens: &PersonTokens,
) -> Result<String, LoginProblem> {
    let claims = claims(applied, tokens).await?;
    if claims.nonce.as_deref() != Some(visit.nonce.as_str()) {
        return Err(LoginProblem::NotVerified);
    }
    let tenant = applied.account.tenant_id.as_deref().unwrap_or_default();
    if !claims.tid.is_some_and(|it| it.eq_ignore_ascii_case(tenant)) {
        return Err(LoginProblem::OtherTenant);
    }
    let object = claims.oid.filter(|it| !it.is_empty());
    let object = object.ok_or(LoginProblem::NotVerified)?.to_lowercase();
    let account = app.store.account(by).await;
    let account = account.ok().flatten().ok_or(LoginProblem::Other)?;
    match known_as(center, &account) {
        Some(known) if !known.eq_ignore_ascii_case(&object) => Err(LoginProblem::OtherPerson),
        Some(_) | None => Ok(object),
    }
}

/// Who an account is at Microsoft's, as far as it is known.
fn known_as(center: &Center, account: &Account) -> Option<String> {
    if let Some(person) = &account.person {
        return Some(person.object.clone());
    }
    let agent = account.agent?;
    let view = center.engine.view();
    let address = view.read(|projection| {
        let agent = projection.center.state().agents.get(agent)?;
        Some(agent.profile.address.clone())
    });
    address.filter(|it| uuid::Uuid::try_parse(it).is_ok())
}

async fn claims(applied: &Applied, tokens: &PersonTokens) -> Result<Claims, LoginProblem> {
    let client = sender(applied).map_err(|trouble| LoginProblem::of_trouble(&trouble))?;
    let published = client.documents.published().await;
    let published = published.map_err(|_refused| LoginProblem::Unreachable)?;
    let applicant = &client.tokens.applicant;
    let issuer = published.issuer.replace("{tenantid}", &applicant.tenant);
    let expected = Expected {
        issuers: &[issuer.as_str()],
        audiences: &[applicant.client_id.as_str()],
        now_s: now_s(),
        leeway_s: LEEWAY_S,
    };
    let verified = published.keys.verify(&tokens.id_token, &expected).await;
    verified.map_err(|error| {
        tracing::warn!(%error, "an id token was not accepted");
        LoginProblem::NotVerified
    })
}

fn back(word: &'static str) -> Response {
    returning::back(PAGE, "teams", word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn visit(state: &str) -> Visit {
        Visit {
            state_hash: hash(state),
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
            began: NOW,
        }
    }

    // B-219
    #[test]
    fn answer_belongs_to_the_last_sign_in_that_somebody_began_and_counts_once() {
        let visits = Visits::default();
        let (ann, ben) = (AccountId(1), AccountId(2));
        visits.begin(ann, visit("c.first"));
        visits.begin(ann, visit("c.second"));
        visits.begin(ben, visit("c.other"));
        let taken = |state: &str, now| visits.take(state, now).map(|(by, _)| by);
        assert_eq!(taken("c.first", NOW), None);
        assert_eq!(taken("", NOW), None);
        assert_eq!(taken("c.second", NOW), Some(ann));
        assert_eq!(taken("c.second", NOW), None);
        assert_eq!(taken("c.other", NOW.plus_seconds(VISIT_S)), None);
    }
}
