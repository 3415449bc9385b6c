//! Signing in and out, and the one-time link that makes the first administrator.

use super::administration::note_by;
use super::body::Body;
use super::me::AccountView;
use super::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::config::PasswordSignIn;
use crate::problem::Problem;
use crate::sign_in::{self, ClientAddress, Oneself, SESSION_LIFETIME, TooMany};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_core::input::Input;
use tandem_core::role::{Actor, Role};
use tandem_core::time::Timestamp;
use tandem_store::{
    Account, AccountChange, Accounts, NewAccount, Redemption, Standing, Subjects, Token, TokenHash,
    UnixMicros,
};
use utoipa::ToSchema;

/// Who wants in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    username: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedIn {
    /// For `Authorization: Bearer`; browsers have the cookie.
    token: String,
    expires_at: Instant,
    account: AccountView,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstAccount {
    /// From the one-time link.
    #[schema(value_type = String)]
    token: SecretString,
    username: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    name: String,
}

/// Signs in. Public; whoever fails ten times within five minutes has to wait.
#[utoipa::path(post, path = "/{center}/sign-in", tag = "sign-in", operation_id = "sign_in",
    params(("center" = String, Path)), request_body = Credentials, security(()),
    responses((status = 200, body = SignedIn),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    Path(center): Path<String>,
    ClientAddress(address): ClientAddress,
    Body(credentials): Body<Credentials>,
) -> Result<Response, Problem> {
    let center = app.center(&center)?;
    if center.config.sign_in.password == PasswordSignIn::Refused {
        let detail = "this contact center is signed in to with Microsoft alone";
        return Err(Problem {
            code: "password_sign_in_off",
            ..Problem::forbidden(detail)
        });
    }
    let now = app.clock.now();
    let account = verified(&app, &center, address, now, credentials).await?;
    let token = Token::generate()?;
    let expires = now.plus_micros(lifetime_micros());
    let (opened, until) = (UnixMicros(now.as_micros()), UnixMicros(expires.as_micros()));
    app.store
        .open_session(token.hash(), account.id, opened, until)
        .await?;
    let body = SignedIn {
        token: token.reveal().to_owned(),
        expires_at: expires.into(),
        account: AccountView::of(&center, &account).await?,
    };
    let cookie = sign_in::set(token.reveal(), app.is_https);
    let headers = [
        (header::SET_COOKIE, cookie),
        (
            header::CACHE_CONTROL,
            axum::http::HeaderValue::from_static("no-store"),
        ),
    ];
    Ok((headers, Json(body)).into_response())
}

/// The account, if the password is its own. Both failures look the same and take as long.
async fn verified(
    app: &App,
    center: &Center,
    address: IpAddr,
    now: Timestamp,
    credentials: Credentials,
) -> Result<Account, Problem> {
    let Credentials { username, password } = credentials;
    let id = center.id().as_str();
    app.attempts.check(now, id, &username, address)?;
    let known = app
        .store
        .account_by_username(center.id(), &username)
        .await?;
    // Neither whoever Microsoft vouches for nor an API key has a password here.
    let has_password = |it: &Account| it.person.is_none() && !it.is_key;
    let known = known.filter(|it| it.standing == Standing::Active && has_password(it));
    let hash = known.as_ref().map(|account| account.password_hash.clone());
    let matches = app.passwords.matches(hash, password).await?;
    // Those who waited for their turn meanwhile count as well.
    app.attempts.check(now, id, &username, address)?;
    if let (true, Some(account)) = (matches, known) {
        app.attempts.succeeded(id, &username);
        return Ok(account);
    }
    app.attempts.failed(now, id, &username, address);
    metrics::counter!("tandem_sign_in_failures_total").increment(1);
    let denied = Input::TurnedAway {
        actor: None,
        action: "sign in".to_owned(),
    };
    center.engine.submit(denied).await?;
    let detail = "the username or the password is not right";
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        detail,
    ))
}

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Self {
        let TooMany { retry_after_s } = too_many;
        let detail = format!("too many failed attempts; try again in {retry_after_s} s");
        let retry_after_s = Some(retry_after_s);
        Self {
            retry_after_s,
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
        }
    }
}

/// Signed out here; somebody who signed in with Microsoft is signed in there still.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedOut {
    /// Where the browser goes to sign out of Microsoft too; it comes back to the sign-in page.
    continue_at: String,
}

/// Signs out. Anybody who is signed in. 204, or where to go on to sign out of Microsoft.
#[utoipa::path(post, path = "/{center}/sign-out", tag = "sign-in", operation_id = "sign_out",
    params(("center" = String, Path)),
    responses((status = 200, body = SignedOut), (status = 204),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    by: Oneself,
) -> Result<Response, Problem> {
    app.store.revoke_session(by.token).await?;
    let cookie = [(header::SET_COOKIE, sign_in::clear(app.is_https))];
    let exit = match &by.center.microsoft {
        Some(microsoft) if by.account.person.is_some() => microsoft.exit().await,
        Some(_) | None => None,
    };
    Ok(match exit {
        Some(continue_at) => (cookie, Json(SignedOut { continue_at })).into_response(),
        None => (StatusCode::NO_CONTENT, cookie).into_response(),
    })
}

/// Makes the first administrator. For the owner of the one-time link, once.
#[utoipa::path(post, path = "/{center}/setup", tag = "sign-in", operation_id = "set_up",
    params(("center" = String, Path)), request_body = FirstAccount, security(()),
    responses((status = 201, body = AccountView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn set_up(
    State(app): State<Arc<App>>,
    Path(center): Path<String>,
    ClientAddress(address): ClientAddress,
    Body(first): Body<FirstAccount>,
) -> Result<(StatusCode, Json<AccountView>), Problem> {
    use secrecy::ExposeSecret;
    let center = app.center(&center)?;
    let now = app.clock.now();
    // Counted by address: nobody can keep the owner of the link from using it.
    let guesser = format!("one-time link from {address}");
    app.attempts
        .check(now, center.id().as_str(), &guesser, address)?;
    let token = TokenHash::of(first.token.expose_secret());
    let micros = UnixMicros(now.as_micros());
    let link = app.store.setup_token(token, micros).await?;
    if link.is_none_or(|link| link.center != *center.id() || link.account.is_some()) {
        app.attempts
            .failed(now, center.id().as_str(), &guesser, address);
        let detail = "the link is not valid: it was used or has expired; make a new one with \
                      `tandem init --link`";
        return Err(Problem::conflict("link_invalid", detail));
    }
    if first.name.trim().is_empty() {
        return Err(Problem::invalid("name", "write a name"));
    }
    let password_hash = app.passwords.hash(first.password).await?;
    let (name, sealed) = center.people.seal(first.name.trim()).await?;
    app.store.put(center.id(), vec![sealed]).await?;
    let account = NewAccount {
        center: center.id().clone(),
        username: first.username,
        password_hash,
        roles: first_roles(),
        agent: None,
        name: Some(name),
    };
    let redeemed = app
        .store
        .redeem_setup_token(token, Redemption::Create(account), micros)
        .await;
    let id = match redeemed {
        Ok(id) => id,
        Err(error) => {
            app.store.erase(center.id(), name).await?;
            return Err(error.into());
        }
    };
    let made = Administration::AccountMade {
        account: id,
        roles: first_roles(),
    };
    if let Err(problem) = note_by(&center, Actor::system(), made).await {
        // Nobody comes in of whom nothing is on record; another link makes another account.
        let closed = AccountChange::Standing(Standing::Disabled);
        app.store.change_account(id, closed).await?;
        return Err(problem);
    }
    tracing::info!(center = %center.id(), account = id.0, "first administrator made");
    let account = app.store.account(id).await?;
    let account = account.ok_or_else(|| Problem::not_found("the account is gone"))?;
    Ok((
        StatusCode::CREATED,
        Json(AccountView::of(&center, &account).await?),
    ))
}

fn first_roles() -> Vec<String> {
    [Role::Administrator, Role::Supervisor]
        .map(|role| role.word().to_owned())
        .to_vec()
}

fn lifetime_micros() -> i64 {
    i64::try_from(SESSION_LIFETIME.as_micros()).unwrap_or(i64::MAX)
}
