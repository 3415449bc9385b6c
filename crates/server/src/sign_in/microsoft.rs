//! Sign-in with Microsoft Entra, of which Tandem is a relying party by OpenID Connect (decision 0020): where
//! a browser is sent, what its answer is worth, and which roles follow. It must not know the store.

mod account;
mod documents;
mod refusal;
mod renewal;
mod routes;
mod visit;

pub(crate) use documents::{Documents, Published};
pub(crate) use renewal::still_vouched;
pub use routes::router;

use crate::center::Center;
use crate::config::{Center as CenterConfig, MicrosoftSignIn};
use crate::edge::teams_phone::Rejected;
use documents::bounded;
use refusal::Refused;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::time::Duration;
use tandem_core::role::Role;
use tandem_core::time::Timestamp;
use tandem_microsoft::entra::jwt::{Claims, Expected, VerifyError};
use tandem_microsoft::entra::sign_in::{
    self as wire, AnswerMode, Authorize, Client, ClientProof, PersonTokens, Prompt, append_query,
};
use tandem_microsoft::entra::{FORM_CONTENT_TYPE, TokenError, TokenRequest};
use tandem_store::DirectoryPerson;
use visit::Visit;

/// How long Entra may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// Bytes of an answer with tokens.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Tolerated difference between Entra's clock and ours, s.
const LEEWAY_S: u64 = 300;

/// The relying party of one contact center.
pub struct Microsoft {
    config: MicrosoftSignIn,
    redirect_uri: String,
    home: String,
    http: reqwest::Client,
    documents: Documents,
    turns: renewal::Turns,
}

/// Somebody for whom Entra vouches.
struct Vouched {
    person: DirectoryPerson,
    username: String,
    name: Option<String>,
    roles: Vec<Role>,
    /// There are groups that the token did not name.
    has_more_groups: bool,
    refresh_token: Option<SecretString>,
}

impl Microsoft {
    /// That of a contact center, if its people sign in so.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn of(center: &CenterConfig) -> Result<Option<Self>, reqwest::Error> {
        let Some(config) = &center.sign_in.microsoft else {
            return Ok(None);
        };
        let mut builder = reqwest::Client::builder()
            .timeout(ANSWER_TIME_MAX)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Tandem/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = &center.trust_root {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(pem)?);
        }
        let http = builder.build()?;
        let mut redirect_uri = center.public_base_url.clone();
        redirect_uri.set_path(&format!("/sign-in/{}/microsoft/callback", center.id));
        let mut home = center.public_base_url.clone();
        home.set_path(&format!("/{}/sign-in", center.id));
        // Several tenants share the one door for all organizations; who comes is checked afterwards.
        let tenants = &config.tenants;
        let tenant = match tenants.first() {
            Some(only) if tenants.len() == 1 => only.as_str(),
            Some(_) | None => "organizations",
        };
        Ok(Some(Self {
            documents: Documents::new(&http, &center.entra_authority, tenant),
            redirect_uri: redirect_uri.to_string(),
            home: home.to_string(),
            config: config.clone(),
            http,
            turns: renewal::Turns::default(),
        }))
    }

    /// How long Entra's word holds.
    const fn confirmed_for(&self) -> Duration {
        self.config.confirmed_for
    }

    fn client(&self) -> Client<'_> {
        Client {
            id: &self.config.client_id,
            proof: ClientProof::Secret(self.config.client_secret.expose_secret()),
        }
    }

    /// Where the browser is sent to sign in.
    async fn entrance(&self, visit: &Visit, prompt: Option<Prompt>) -> Result<String, Refused> {
        let published = self.documents.published().await?;
        let authorize = Authorize {
            client_id: &self.config.client_id,
            redirect_uri: &self.redirect_uri,
            state: &visit.state,
            nonce: &visit.nonce,
            code_verifier: &visit.verifier,
            scope: wire::SCOPE,
            answer: AnswerMode::Form,
            prompt,
        };
        Ok(authorize.url(published.authorization.as_str()))
    }

    /// Where the browser is sent to sign out there as well; none when Entra does not say.
    pub(crate) async fn exit(&self) -> Option<String> {
        let published = self.documents.published().await.ok()?;
        let exit = published.end_session.as_ref()?;
        let query = [("post_logout_redirect_uri", self.home.as_str())];
        Some(append_query(exit.as_str(), &query))
    }

    /// Who brought a code.
    async fn redeem(&self, visit: &Visit, code: &str, now: Timestamp) -> Result<Vouched, Refused> {
        let request = wire::redeem(
            self.client(),
            code,
            &self.redirect_uri,
            &visit.verifier,
            wire::SCOPE,
        );
        let published = self.documents.published().await?;
        let tokens = self.ask(&published, request).await?;
        let claims = self.claims(&published, &tokens, now).await?;
        if claims.nonce.as_deref() != Some(visit.nonce.as_str()) {
            return Err(Refused::Forged("the nonce is not that of this sign-in"));
        }
        self.vouched(&published, claims, tokens)
    }

    /// Who it is that a refresh token was given to, and what holds of them now.
    async fn ask_again(&self, refresh: &SecretString, now: Timestamp) -> Result<Vouched, Refused> {
        let request = wire::renew(self.client(), refresh.expose_secret(), wire::SCOPE);
        let published = self.documents.published().await?;
        let tokens = self.ask(&published, request).await?;
        let claims = self.claims(&published, &tokens, now).await?;
        self.vouched(&published, claims, tokens)
    }

    async fn ask(
        &self,
        published: &Published,
        request: TokenRequest,
    ) -> Result<PersonTokens, Refused> {
        let unreached =
            |error: reqwest::Error| Refused::Unreachable(error.without_url().to_string());
        let sent = self
            .http
            .post(published.token.clone())
            .header(reqwest::header::CONTENT_TYPE, FORM_CONTENT_TYPE)
            .body(request.body)
            .send();
        let answer = sent.await.map_err(unreached)?;
        let status = answer.status();
        let body = bounded(answer, ANSWER_BYTES_MAX).await?;
        if status.is_success() {
            let tokens = serde_json::from_slice(&body);
            return tokens.map_err(|_not_tokens| Refused::Forged("the answer holds no tokens"));
        }
        match serde_json::from_slice::<TokenError>(&body) {
            Ok(error) if status.is_client_error() && status.as_u16() != 429 => {
                Err(Refused::by_entra(&error.error, &error.error_description))
            }
            Ok(_) | Err(_) => Err(Refused::Unreachable(format!("Entra answered {status}"))),
        }
    }

    async fn claims(
        &self,
        published: &Published,
        tokens: &PersonTokens,
        now: Timestamp,
    ) -> Result<Claims, Refused> {
        let issuers: Vec<String> = self.issuers(published).map(|(_, issuer)| issuer).collect();
        let issuers: Vec<&str> = issuers.iter().map(String::as_str).collect();
        let expected = Expected {
            issuers: &issuers,
            audiences: &[self.config.client_id.as_str()],
            now_s: u64::try_from(now.as_micros() / 1_000_000).unwrap_or(0),
            leeway_s: LEEWAY_S,
        };
        let verified = published.keys.verify(&tokens.id_token, &expected).await;
        verified.map_err(|rejected| match rejected {
            // The signature was checked before: Entra says so of somebody else's people.
            Rejected::Token(VerifyError::Issuer) => Refused::OtherTenant,
            Rejected::Token(error) => {
                tracing::warn!(%error, "an id token was not accepted");
                Refused::Forged("the id token is not acceptable")
            }
            Rejected::Keys(error) => Refused::Unreachable(error.to_string()),
        })
    }

    /// The tenants that may come, each with its issuer.
    fn issuers(&self, published: &Published) -> impl Iterator<Item = (&String, String)> {
        let template = published.issuer.clone();
        let tenants = self.config.tenants.iter();
        tenants.map(move |tenant| (tenant, template.replace("{tenantid}", tenant)))
    }

    fn vouched(
        &self,
        published: &Published,
        claims: Claims,
        tokens: PersonTokens,
    ) -> Result<Vouched, Refused> {
        let tenant = claims.tid.as_deref().unwrap_or_default().to_lowercase();
        let is_issuers =
            |(allowed, issuer): (&String, String)| *allowed == tenant && issuer == claims.iss;
        if !self.issuers(published).any(is_issuers) {
            return Err(Refused::OtherTenant);
        }
        let has_more_groups = claims.groups_are_elsewhere();
        let roles = self.roles(&claims);
        let object = claims.oid.filter(|oid| !oid.is_empty());
        let object = object.ok_or(Refused::Forged("the id token names nobody"))?;
        let object = object.to_lowercase();
        Ok(Vouched {
            username: claims.preferred_username.unwrap_or_else(|| object.clone()),
            name: claims.name.filter(|name| !name.trim().is_empty()),
            person: DirectoryPerson { tenant, object },
            roles,
            has_more_groups,
            refresh_token: tokens.refresh_token.map(SecretString::from),
        })
    }

    /// B-043 to B-045: what Entra gives by name or through a group (`roles` has both), and what the
    /// configuration gives to groups.
    fn roles(&self, claims: &Claims) -> Vec<Role> {
        let by_role = claims
            .roles
            .iter()
            .filter_map(|it| self.config.roles.get(it));
        let groups = claims.groups.iter().map(|it| it.to_lowercase());
        let by_group = groups.filter_map(|it| self.config.groups.get(&it));
        let roles: BTreeSet<Role> = by_role.chain(by_group).copied().collect();
        roles.into_iter().collect()
    }

    /// The values that an administrator of Entra can assign.
    fn role_values(&self) -> String {
        let values: Vec<&str> = self.config.roles.keys().map(String::as_str).collect();
        values.join(", ")
    }
}

/// The relying party of a contact center.
fn microsoft(center: &Center) -> Result<&Microsoft, Refused> {
    center.microsoft.as_ref().ok_or(Refused::NotOffered)
}

#[cfg(test)]
mod tests;
