//! The two addresses that a browser comes to: one leads to Microsoft, the other takes its answer. Whatever
//! goes wrong ends on a page that says what and what to do.

use super::account::open;
use super::microsoft;
use super::refusal::Refused;
use super::visit::{self, Visit, path_of_ours};
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Form, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;
use tandem_core::input::Input;
use tandem_core::time::Timestamp;
use tandem_microsoft::entra::sign_in::Prompt;

/// Bytes of an answer: a code has some two thousand.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// The routes of all contact centers.
pub fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/sign-in/{center}/microsoft", get(start))
        .route(
            "/sign-in/{center}/microsoft/callback",
            get(answered_by_address).post(answered_by_form),
        )
        .layer(DefaultBodyLimit::max(ANSWER_BYTES_MAX))
        .with_state(Arc::clone(app))
}

/// Where to go afterwards, and whether another account is wanted.
#[derive(Default, Deserialize)]
struct Wish {
    return_to: Option<String>,
    prompt: Option<String>,
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

async fn start(
    State(app): State<Arc<App>>,
    Path(center): Path<String>,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Result<Response, Problem> {
    let center = app.center(&center)?;
    let Query(wish) = wish.unwrap_or_default();
    let led = lead(&app, &center, &wish).await;
    Ok(led.unwrap_or_else(|refused| turned_away(&center, &refused)))
}

/// Leads to Microsoft, with a cookie that the answer is compared with.
async fn lead(app: &App, center: &Center, wish: &Wish) -> Result<Response, Refused> {
    let microsoft = microsoft(center)?;
    let return_to = path_of_ours(&app.public_base_url, wish.return_to.as_deref());
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a sign-in could not be begun");
        Refused::Store
    };
    let visit = Visit::begin(return_to, app.clock.now()).map_err(|error| failed(&error))?;
    let prompt = wish.prompt.as_deref() == Some("select_account");
    let prompt = prompt.then_some(Prompt::SelectAccount);
    let entrance = microsoft.entrance(&visit, prompt).await?;
    let cookie = visit.cookie(&center.keys, center.id(), app.is_https);
    let cookie = cookie.map_err(|error| failed(&error))?;
    redirect(&entrance, vec![cookie]).ok_or(Refused::Store)
}

async fn answered_by_address(
    State(app): State<Arc<App>>,
    Path(center): Path<String>,
    headers: HeaderMap,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(answer) = answer.unwrap_or_default();
    take(&app, &center, &headers, answer).await
}

async fn answered_by_form(
    State(app): State<Arc<App>>,
    Path(center): Path<String>,
    headers: HeaderMap,
    answer: Result<Form<Answer>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(answer) = answer.unwrap_or_default();
    take(&app, &center, &headers, answer).await
}

async fn take(
    app: &App,
    center: &str,
    headers: &HeaderMap,
    answer: Answer,
) -> Result<Response, Problem> {
    let center = app.center(center)?;
    let now = app.clock.now();
    let mut response = match let_in(app, &center, headers, &answer, now).await {
        Ok(response) => response,
        Err(refused) => {
            if refused.is_denial() {
                let denied = Input::TurnedAway {
                    actor: None,
                    action: format!("sign in with Microsoft: {}", refused.word()),
                };
                center.engine.submit(denied).await?;
            }
            turned_away(&center, &refused)
        }
    };
    let gone = visit::clear(app.is_https);
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

async fn let_in(
    app: &App,
    center: &Center,
    headers: &HeaderMap,
    answer: &Answer,
    now: Timestamp,
) -> Result<Response, Refused> {
    let microsoft = microsoft(center)?;
    let (keys, id) = (&center.keys, center.id());
    // First of all: what was not begun in this browser is not looked at any further.
    let visit = Visit::of(headers, keys, id, app.is_https, &answer.state, now)?;
    if let Some(error) = &answer.error {
        return Err(Refused::by_entra(error, &answer.error_description));
    }
    if answer.code.is_empty() {
        return Err(Refused::Forged("the answer has neither code nor error"));
    }
    let vouched = microsoft.redeem(&visit, &answer.code, now).await?;
    let opened = open(app, center, microsoft, &vouched, now).await?;
    tracing::info!(center = %id, account = opened.account.0, "signed in with Microsoft");
    let session = crate::sign_in::set(opened.token.reveal(), app.is_https);
    redirect(&visit.return_to, vec![session]).ok_or(Refused::Store)
}

fn turned_away(center: &Center, refused: &Refused) -> Response {
    metrics::counter!("tandem_sign_in_failures_total").increment(1);
    let why = refused.word();
    match refused {
        Refused::Unreachable(detail) => {
            tracing::warn!(center = %center.id(), why, detail, "a sign-in with Microsoft failed");
        }
        Refused::ByEntra { code, .. } => {
            tracing::info!(center = %center.id(), why, code, "a sign-in with Microsoft failed");
        }
        Refused::NotOffered
        | Refused::NotBegunHere
        | Refused::Forged(_)
        | Refused::OtherTenant
        | Refused::NoRole { .. }
        | Refused::AccountDisabled
        | Refused::Store => {
            tracing::info!(center = %center.id(), why, "a sign-in with Microsoft failed");
        }
    }
    refused.page(center)
}

fn redirect(to: &str, cookies: Vec<HeaderValue>) -> Option<Response> {
    let to = HeaderValue::from_str(to).ok()?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Some(response)
}
