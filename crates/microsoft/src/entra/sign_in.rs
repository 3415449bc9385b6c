//! Sign-in of people by OpenID Connect: the address that a browser is sent to, the requests for tokens, and
//! what the codes of a refusal mean in plain words (microsoft-graph.md 1.3, 1.4, 1.6).

use super::TokenRequest;
use super::assertion::ASSERTION_TYPE;
use crate::wire::percent_encode;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// What is asked for: who somebody is, and to be told again later without a page.
pub const SCOPE: &str = "openid profile offline_access";

/// What the browser takes to the authorization endpoint.
#[derive(Clone, Copy)]
pub struct Authorize<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub state: &'a str,
    pub nonce: &'a str,
    /// Secret until the code is redeemed; only its hash goes along.
    pub code_verifier: &'a str,
    /// What is asked for, separated by blanks.
    pub scope: &'a str,
    pub answer: AnswerMode,
    pub prompt: Option<Prompt>,
}

/// How the answer comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerMode {
    /// By a form that the browser posts, so that a code never stands in an address (RFC 9700 4.3.1).
    Form,
    /// In the address that the browser is sent to: the code is worth nothing without its verifier.
    Address,
}

/// Which page is wanted, whoever is signed in already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// The list of accounts.
    SelectAccount,
}

impl Authorize<'_> {
    /// The address to go to.
    #[must_use]
    pub fn url(&self, authorization_endpoint: &str) -> String {
        let challenge = code_challenge(self.code_verifier);
        let mut query = vec![
            ("client_id", self.client_id),
            ("response_type", "code"),
            ("redirect_uri", self.redirect_uri),
            (
                "response_mode",
                match self.answer {
                    AnswerMode::Form => "form_post",
                    AnswerMode::Address => "query",
                },
            ),
            ("scope", self.scope),
            ("state", self.state),
            ("nonce", self.nonce),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        query.extend(self.prompt.map(|prompt| match prompt {
            Prompt::SelectAccount => ("prompt", "select_account"),
        }));
        append_query(authorization_endpoint, &query)
    }
}

/// The application that asks the token endpoint.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    pub id: &'a str,
    pub proof: ClientProof<'a>,
}

/// With what it proves who it is.
#[derive(Clone, Copy)]
pub enum ClientProof<'a> {
    Secret(&'a str),
    /// Signed with its certificate's key ([`super::assertion`]).
    Assertion(&'a str),
}

/// Redeems a code. The request's path is empty: the endpoint comes from the discovery document.
#[must_use]
pub fn redeem(
    client: Client<'_>,
    code: &str,
    redirect_uri: &str,
    code_verifier: &str,
    scope: &str,
) -> TokenRequest {
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", code_verifier),
        ("scope", scope),
    ];
    form(client, &grant)
}

/// Asks again who somebody is. The request's path is empty, as above.
#[must_use]
pub fn renew(client: Client<'_>, refresh_token: &str, scope: &str) -> TokenRequest {
    let grant = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
        ("scope", scope),
    ];
    form(client, &grant)
}

/// S256 of RFC 7636 4.2.
#[must_use]
pub fn code_challenge(code_verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, code_verifier.as_bytes()))
}

/// An address with more in its query.
#[must_use]
pub fn append_query(address: &str, query: &[(&str, &str)]) -> String {
    let start = if address.contains('?') { '&' } else { '?' };
    format!("{address}{start}{}", encoded(query))
}

fn form(client: Client<'_>, grant: &[(&str, &str)]) -> TokenRequest {
    let mut fields = grant.to_vec();
    fields.push(("client_id", client.id));
    match client.proof {
        ClientProof::Secret(secret) => fields.push(("client_secret", secret)),
        ClientProof::Assertion(assertion) => fields.extend([
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ]),
    }
    TokenRequest {
        path: String::new(),
        body: encoded(&fields),
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", percent_encode(value)))
        .collect();
    pairs.join("&")
}

/// The answer to a person's token request. It does not print its tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonTokens {
    #[serde(default)]
    pub id_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// For what was asked for beside who somebody is.
    #[serde(default)]
    pub access_token: String,
    /// Seconds for which the access token is good.
    #[serde(default)]
    pub expires_in: u64,
}

impl std::fmt::Debug for PersonTokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PersonTokens")
            .finish_non_exhaustive()
    }
}

/// What kind of trouble a refusal of Entra is. Codes serve for help texts alone: they may change (1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The account may not use the application: nobody gave it a role.
    NotAssigned,
    /// Nobody allowed the application to ask who somebody is.
    ConsentMissing,
    /// A rule of the organization stands against it: device, place, multifactor sign-in.
    ConditionalAccess,
    /// The account was disabled or deleted.
    AccountDisabled,
    /// The account belongs to another organization.
    OtherTenant,
    /// Entra wants the person to sign in afresh.
    SignInAgain,
    /// The code was used, has expired or is not ours.
    CodeSpent,
    /// The application's secret is wrong or has expired.
    Secret,
    /// The application is not registered, was disabled, or its redirect address is not listed.
    Application,
    /// The person broke off.
    Cancelled,
    /// Anything else.
    Other,
}

impl Trouble {
    /// By the number in the description (`AADSTS50105: ...`), else by the word of the error.
    #[must_use]
    pub fn of(error: &str, description: &str) -> Self {
        match code_of(description) {
            Some(50105) => Self::NotAssigned,
            Some(65001 | 90094) => Self::ConsentMissing,
            Some(53000..=53004 | 50076 | 50079 | 50158 | 530_003) => Self::ConditionalAccess,
            Some(50057 | 50034) => Self::AccountDisabled,
            Some(50020) => Self::OtherTenant,
            Some(50058 | 50173 | 700_082 | 70043 | 50078) => Self::SignInAgain,
            Some(54005 | 70008 | 70000 | 501_481) => Self::CodeSpent,
            Some(7_000_215 | 7_000_222 | 7_000_218 | 700_027) => Self::Secret,
            Some(700_016 | 7_000_112 | 50011 | 70001) => Self::Application,
            Some(65004) => Self::Cancelled,
            Some(_) | None => match error {
                "consent_required" => Self::ConsentMissing,
                "login_required" => Self::SignInAgain,
                "access_denied" => Self::Cancelled,
                "interaction_required" => Self::ConditionalAccess,
                "invalid_client" => Self::Secret,
                "unauthorized_client" => Self::Application,
                _ => Self::Other,
            },
        }
    }
}

/// The number in `AADSTSnnnn`.
#[must_use]
pub fn code_of(description: &str) -> Option<u32> {
    let (_, rest) = description.split_once("AADSTS")?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit());
    rest.get(..end.unwrap_or(rest.len()))?.parse().ok()
}

/// What support asks for: the id behind `Correlation ID: `, if it is one.
#[must_use]
pub fn correlation_of(description: &str) -> Option<&str> {
    let (_, rest) = description.split_once("Correlation ID: ")?;
    let id = rest.get(..36)?;
    let is_guid = id.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-');
    is_guid.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    #[test]
    fn challenge_is_that_of_the_standard() {
        assert_eq!(
            code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn browser_takes_the_challenge_and_not_the_verifier() {
        let authorize = Authorize {
            client_id: "app",
            redirect_uri: "https://x.example/back",
            state: "s t",
            nonce: "n",
            code_verifier: "verifier",
            scope: SCOPE,
            answer: AnswerMode::Form,
            prompt: None,
        };
        let url = authorize.url("https://login.example/authorize?p=1");
        assert!(url.starts_with("https://login.example/authorize?p=1&client_id=app&"));
        assert!(url.contains("&state=s%20t&") && !url.contains("verifier"));
        assert!(url.contains("redirect_uri=https%3A%2F%2Fx.example%2Fback"));
        assert!(url.contains("&response_mode=form_post&"));
    }

    #[test]
    fn trouble_is_told_by_its_number_and_else_by_its_word() {
        let text = "AADSTS50105: Not assigned. Trace ID: 1 Correlation ID: \
                    5f2406de-44d7-43e1-9a83-0123456789ab Timestamp: 2026-08-01 10:00:00Z";
        assert_eq!(Trouble::of("access_denied", text), Trouble::NotAssigned);
        assert_eq!(
            correlation_of(text),
            Some("5f2406de-44d7-43e1-9a83-0123456789ab")
        );
        assert_eq!(Trouble::of("access_denied", "no"), Trouble::Cancelled);
        assert_eq!(Trouble::of("x", "AADSTS"), Trouble::Other);
        assert_eq!(correlation_of("Correlation ID: <script>"), None);
        assert_eq!(correlation_of("Correlation ID: \u{fc}"), None);
    }

    #[test]
    fn tokens_are_not_printed() {
        let tokens: PersonTokens =
            serde_json::from_str(r#"{"id_token":"hush","refresh_token":"hush"}"#).unwrap();
        assert!(!format!("{tokens:?}").contains("hush"));
        let client = Client {
            id: "app",
            proof: ClientProof::Secret("hush"),
        };
        let asked = renew(client, "hush", SCOPE);
        assert!(!format!("{asked:?}").contains("hush"));
        assert!(asked.body.contains("&client_secret=hush"));
        let client = Client {
            proof: ClientProof::Assertion("a.b.c"),
            ..client
        };
        let asked = redeem(client, "code", "https://x.example/back", "verifier", SCOPE);
        assert!(asked.body.contains("&client_assertion=a.b.c"));
        assert!(!asked.body.contains("secret"));
    }
}
