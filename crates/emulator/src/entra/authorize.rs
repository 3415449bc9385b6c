//! The authorization endpoint (microsoft-graph.md 1.3): who signs in, whether they may, and the way
//! back with a code or an error. What cannot go back is shown on a page.

use super::directory::{Browser, Code, Person};
use super::{description, is_any_tenant, known_tenant, page};
use crate::answer::Answer;
use crate::fault::Symptom;
use crate::graph::permission;
use crate::identify::field;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::world::World;
use tandem_microsoft::entra::aadsts;
use tandem_microsoft::entra::sign_in::append_query;

/// The cookie of a browser in which somebody is signed in.
const COOKIE: &str = "ESTSAUTH";

/// Scopes that are known beside the permissions of Graph and those of a resource of our own.
const SCOPES: [&str; 8] = [
    "openid",
    "profile",
    "email",
    "offline_access",
    "https://graph.microsoft.com/.default",
    "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
    "https://auth.msft.communication.azure.com/Teams.ManageCalls",
    "https://auth.msft.communication.azure.com/Teams.ManageChats",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Query,
    Fragment,
    FormPost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prompt {
    /// Whoever is signed in, else the page.
    Default,
    /// No page at all.
    None,
    /// The page, whoever is signed in.
    Page,
}

/// Where the browser goes back to.
#[derive(Clone)]
struct Back {
    redirect_uri: String,
    state: Option<String>,
    mode: Mode,
}

/// An error that the client is told.
struct Refused {
    error: &'static str,
    code: u32,
    text: &'static str,
}

/// `GET /{tenant}/oauth2/v2.0/authorize`
pub(crate) fn authorize(world: &mut World, tenant: &str, received: &Received) -> Answer {
    let query = received.query.clone();
    let back = match back(world, tenant, &query) {
        Ok(back) => back,
        Err(answer) => return answer,
    };
    let prompt = match checked(&query) {
        Ok(prompt) => prompt,
        Err(refused) => return refuse(world, &back, &refused),
    };
    let hint = field(&query, "login_hint").filter(|hint| !hint.is_empty());
    if let Some(oid) = world.directory.take_scripted(hint.as_deref()) {
        return sign_in(world, tenant, &query, &back, &oid, None);
    }
    let browser = cookie(received).and_then(|key| world.directory.browsers.get(key));
    let browser = browser.filter(|it| fits(world, tenant, hint.as_deref(), it));
    match (prompt, browser.cloned()) {
        (Prompt::Default | Prompt::None, Some(browser)) => {
            let oid = browser.oid.clone();
            sign_in(world, tenant, &query, &back, &oid, Some(browser))
        }
        (Prompt::None, None) => refuse(
            world,
            &back,
            &Refused {
                error: "login_required",
                code: aadsts::NOBODY_SIGNED_IN,
                text: "nobody is signed in, and no page may be shown",
            },
        ),
        (Prompt::Page, _) | (Prompt::Default, None) => {
            let here = |person: &Person| person.signs_in() && belongs(person, tenant);
            let people = world.directory.people.iter();
            let people = people.filter(|(_, person)| here(person));
            page::people(&format!("/{tenant}/login"), &query, people)
        }
    }
}

/// `POST /{tenant}/login`: a button of the page was pressed.
pub(crate) fn pressed(world: &mut World, tenant: &str, received: &Received) -> Answer {
    let form = String::from_utf8_lossy(&received.body).into_owned();
    let query = field(&form, "query").unwrap_or_default();
    let back = match back(world, tenant, &query) {
        Ok(back) => back,
        Err(answer) => return answer,
    };
    if let Err(refused) = checked(&query) {
        return refuse(world, &back, &refused);
    }
    let oid = field(&form, "oid").unwrap_or_default().to_lowercase();
    sign_in(world, tenant, &query, &back, &oid, None)
}

/// `GET /{tenant}/oauth2/v2.0/logout`
pub(crate) fn logout(world: &mut World, tenant: &str, received: &Received) -> Answer {
    if let Err(answer) = known_tenant(world, tenant) {
        return answer;
    }
    if let Some(key) = cookie(received) {
        world.directory.browsers.remove(key);
    }
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    let to = field(&received.query, "post_logout_redirect_uri");
    let answer = match to.filter(|uri| is_registered(world, uri)) {
        Some(uri) => Answer::empty(302).with_header("location", uri),
        None => page::signed_out(),
    };
    answer.with_header("set-cookie", gone)
}

/// What must be right before the browser may be sent anywhere: where that is.
pub(super) fn registered_redirect(
    world: &World,
    tenant: &str,
    query: &str,
) -> Result<String, Answer> {
    let trouble =
        |status, code, text: &str| Err(page::trouble(status, &description(world, code, text)));
    if tenant.eq_ignore_ascii_case("consumers") {
        return trouble(400, 9_001_023, "personal accounts have no tenant here");
    }
    if !is_any_tenant(tenant) && !world.directory.has_tenant(tenant) {
        return trouble(400, aadsts::TENANT_NOT_FOUND, "the tenant was not found");
    }
    let client = field(query, "client_id").unwrap_or_default();
    if !client.eq_ignore_ascii_case(defaults::APP) {
        let text = "the application was not found in the tenant";
        return trouble(400, aadsts::APP_NOT_FOUND, text);
    }
    let redirect_uri = field(query, "redirect_uri").unwrap_or_default();
    if !is_registered(world, &redirect_uri) {
        let text = "the redirect URI of the request is not registered for the application";
        return trouble(400, aadsts::REDIRECT_MISMATCH, text);
    }
    Ok(redirect_uri)
}

fn back(world: &World, tenant: &str, query: &str) -> Result<Back, Answer> {
    let redirect_uri = registered_redirect(world, tenant, query)?;
    let mode = match field(query, "response_mode").as_deref() {
        None | Some("" | "query") => Mode::Query,
        Some("fragment") => Mode::Fragment,
        Some("form_post") => Mode::FormPost,
        Some(_) => {
            let text = "response_mode is query, fragment or form_post";
            let text = description(world, aadsts::PARAMETER_INVALID, text);
            return Err(page::trouble(400, &text));
        }
    };
    Ok(Back {
        redirect_uri,
        state: field(query, "state"),
        mode,
    })
}

/// Any https and any loopback address, unless the application has a list.
fn is_registered(world: &World, uri: &str) -> bool {
    // What is not visible ASCII has no place in a URI, nor in the header that sends a browser there.
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let listed = &world.directory.application.redirect_uris;
    if !listed.is_empty() {
        return listed.iter().any(|it| it == uri);
    }
    let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    uri.starts_with("https://")
        || loopback.iter().any(|host| {
            let rest = uri.strip_prefix(host);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        })
}

fn checked(query: &str) -> Result<Prompt, Refused> {
    let refused = |error, code, text| Err(Refused { error, code, text });
    if field(query, "response_type").as_deref() != Some("code") {
        let text = "response_type must be code: other flows are not built";
        return refused("unsupported_response_type", 70_005, text);
    }
    let scope = field(query, "scope").unwrap_or_default();
    let own = format!("api://{}/", defaults::APP);
    let is_of_graph = |it: &str| {
        let name = it
            .strip_prefix("https://graph.microsoft.com/")
            .unwrap_or(it);
        permission::named(permission::DELEGATED, name).is_some()
    };
    let is_known = |it: &str| {
        is_of_graph(it)
            || SCOPES.iter().any(|known| known.eq_ignore_ascii_case(it))
            || it.starts_with(&own)
            || it.strip_suffix("/.default") == Some(defaults::APP)
    };
    if scope.trim().is_empty() || !scope.split_whitespace().all(is_known) {
        let text = "a scope is not known; the emulator has openid, profile, email, \
                    offline_access, permissions of Graph, those of Teams calling and the application's own";
        return refused("invalid_scope", aadsts::INVALID_SCOPE, text);
    }
    let method = field(query, "code_challenge_method");
    let has_challenge = field(query, "code_challenge").is_some_and(|it| !it.is_empty());
    if has_challenge && method.as_deref() != Some("S256") {
        let text = "code_challenge_method must be S256";
        return refused("invalid_request", aadsts::PARAMETER_INVALID, text);
    }
    match field(query, "prompt").as_deref() {
        None | Some("") => Ok(Prompt::Default),
        Some("none") => Ok(Prompt::None),
        Some("login" | "select_account" | "consent") => Ok(Prompt::Page),
        Some(_) => {
            let text = "prompt is none, login, select_account or consent";
            refused("invalid_request", aadsts::PARAMETER_INVALID, text)
        }
    }
}

fn belongs(person: &Person, tenant: &str) -> bool {
    is_any_tenant(tenant) || person.tenant.eq_ignore_ascii_case(tenant)
}

/// Whether somebody who is signed in is whom the request asks for.
fn fits(world: &World, tenant: &str, hint: Option<&str>, browser: &Browser) -> bool {
    world.directory.people.get(&browser.oid).is_some_and(|it| {
        belongs(it, tenant) && hint.is_none_or(|hint| it.upn.eq_ignore_ascii_case(hint))
    })
}

/// Signs somebody in, in a browser where they are already or in a new one, and goes back with a code.
fn sign_in(
    world: &mut World,
    tenant: &str,
    query: &str,
    back: &Back,
    oid: &str,
    browser: Option<Browser>,
) -> Answer {
    if let Err(refused) = may(world, tenant, oid) {
        return refuse(world, back, &refused);
    }
    let mut set_cookie = None;
    let browser = browser.unwrap_or_else(|| {
        let key = world.dice.uuid();
        let browser = Browser {
            oid: oid.to_owned(),
            sid: world.dice.uuid(),
        };
        set_cookie = Some(format!("{COOKIE}={key}; Path=/; HttpOnly; SameSite=Lax"));
        world.directory.browsers.insert(key, browser.clone());
        browser
    });
    let code = format!("1.{}{}", world.dice.uuid(), world.dice.uuid());
    let stands_for = Code {
        oid: browser.oid,
        sid: browser.sid.clone(),
        redirect_uri: back.redirect_uri.clone(),
        scope: field(query, "scope").unwrap_or_default(),
        nonce: field(query, "nonce"),
        challenge: field(query, "code_challenge").filter(|it| !it.is_empty()),
        issued_ms: world.now_ms(),
        is_redeemed: false,
    };
    world.directory.codes.insert(code.clone(), stands_for);
    let mut fields = vec![("code", code)];
    if field(query, "client_info").as_deref() == Some("1") {
        fields.push(("client_info", super::client_info(world, oid)));
    }
    fields.push(("session_state", browser.sid));
    let answer = go_back(back, fields);
    match set_cookie {
        Some(cookie) => answer.with_header("set-cookie", cookie),
        None => answer,
    }
}

/// Whether somebody may sign in to the application now.
fn may(world: &mut World, tenant: &str, oid: &str) -> Result<(), Refused> {
    let refused = |error, code, text| Err(Refused { error, code, text });
    let Some(person) = world.directory.people.get(oid) else {
        let text = "the account was not found";
        return refused("access_denied", aadsts::USER_NOT_FOUND, text);
    };
    if !belongs(person, tenant) {
        let text = "the account does not exist in this tenant";
        return refused("access_denied", aadsts::USER_OF_OTHER_TENANT, text);
    }
    if person.disabled {
        return refused(
            "access_denied",
            aadsts::USER_DISABLED,
            "the account is disabled",
        );
    }
    if !world.directory.application.consented {
        let text = "nobody has consented to the application's permissions";
        return refused("consent_required", aadsts::NO_CONSENT, text);
    }
    let has_role = !world.directory.roles(person).is_empty();
    if world.directory.application.assignment_required && !has_role {
        let text = "the account is not assigned to a role for the application";
        return refused("access_denied", aadsts::NOT_ASSIGNED, text);
    }
    if world.draw_symptom("Authorize", Symptom::ConditionalAccess) {
        let text = "access has been blocked by conditional access policies";
        return refused("interaction_required", aadsts::CONDITIONAL_ACCESS, text);
    }
    Ok(())
}

fn refuse(world: &World, back: &Back, refused: &Refused) -> Answer {
    let text = description(world, refused.code, refused.text);
    let fields = vec![
        ("error", refused.error.to_owned()),
        ("error_description", text),
        (
            "error_uri",
            format!(
                "https://login.microsoftonline.com/error?code={}",
                refused.code
            ),
        ),
    ];
    go_back(back, fields)
}

fn go_back(back: &Back, mut fields: Vec<(&'static str, String)>) -> Answer {
    fields.extend(back.state.clone().map(|state| ("state", state)));
    let query: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let to = match back.mode {
        Mode::FormPost => return page::post_back(&back.redirect_uri, &fields),
        Mode::Query => append_query(&back.redirect_uri, &query),
        Mode::Fragment => {
            let fragment = append_query("", &query).replacen('?', "#", 1);
            format!("{}{fragment}", back.redirect_uri)
        }
    };
    Answer::empty(302)
        .with_header("location", to)
        .with_header("cache-control", "no-store".to_owned())
}

fn cookie(received: &Received) -> Option<&str> {
    received
        .header("cookie")?
        .split(';')
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}
