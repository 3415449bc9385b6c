//! The link of a contact center with the tenant of its Teams account: the account as it was applied, and who asks
//! Microsoft in its name. There is one or none at a time.

use super::account::{Account, Ends, EndsBy, Proof};
use super::client::{ATTEMPT_TIME_MAX, Client, Patience};
use super::credential::Credential;
use super::delegates::Delegation;
use super::directory::{Country, Directory};
use super::findings::Findings;
use super::presence::Presences;
use super::token::Applicant;
use super::trouble::Trouble;
use crate::config::{Center as CenterConfig, MicrosoftCloud};
use crate::engine::Clock;
use serde::de::DeserializeOwned;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::organization::Organization;
use tandem_microsoft::request::Request;
use tandem_store::{
    CenterId, KeyFamily, NewTeamsAccount, SealedFor, Store, TeamsAccountError, TeamsAccounts,
    UnixMicros,
};
use tokio::sync::{Mutex, RwLock, watch};

/// The link of one contact center.
pub(crate) struct Link {
    pub(super) center: CenterId,
    pub(super) store: Arc<Store>,
    pub(super) keys: Arc<KeyFamily>,
    pub(super) clock: Arc<dyn Clock>,
    pub(crate) cloud: MicrosoftCloud,
    http: reqwest::Client,
    applied: RwLock<Option<Arc<Applied>>>,
    /// The people of its tenant.
    pub(crate) directory: Directory,
    /// What Teams shows of them.
    pub(crate) presences: Presences,
    /// Who signs in to Teams for the contact center.
    pub(crate) delegation: Delegation,
    /// Where numbers without a country are dialed from, as the tenant says.
    country: std::sync::Mutex<Option<Country>>,
    /// The account was applied anew, or is gone, or is to be looked at.
    pub(super) changed: watch::Sender<u64>,
    /// Somebody switched Teams on or off.
    pub(super) switched: watch::Sender<()>,
}

/// The account as it was applied.
pub(crate) struct Applied {
    pub(crate) version: u64,
    pub(crate) account: Account,
    pub(crate) findings: Mutex<Findings>,
    /// Who asks in its name; why nobody can, where something is missing.
    pub(super) client: Result<Client, Trouble>,
}

/// Why an account was not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    #[error(transparent)]
    Store(#[from] TeamsAccountError),
    #[error("the credential could not be sealed")]
    Sealing,
}

impl From<tandem_store::Error> for ApplyError {
    fn from(error: tandem_store::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A new credential, or the one that is kept.
pub(crate) enum Proving {
    With(Credential),
    AsBefore,
}

/// On which version an account is applied: a new one on none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Onto {
    Nothing,
    Version(u64),
}

impl Link {
    /// The link of a contact center; nothing is read yet.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub(crate) fn new(
        config: &CenterConfig,
        store: Arc<Store>,
        keys: Arc<KeyFamily>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .timeout(ATTEMPT_TIME_MAX)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Tandem/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = &config.trust_root {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(pem)?);
        }
        Ok(Self {
            center: config.id.clone(),
            store,
            keys,
            clock,
            cloud: config.microsoft.clone(),
            http: builder.build()?,
            applied: RwLock::new(None),
            directory: Directory::default(),
            presences: Presences::default(),
            delegation: Delegation::default(),
            country: std::sync::Mutex::default(),
            changed: watch::Sender::new(0),
            switched: watch::Sender::new(()),
        })
    }

    /// The account, if there is one.
    pub(crate) async fn applied(&self) -> Result<Option<Arc<Applied>>, tandem_store::Error> {
        if let Some(applied) = self.applied.read().await.as_ref() {
            return Ok(Some(Arc::clone(applied)));
        }
        let mut kept = self.applied.write().await;
        if kept.is_none() {
            *kept = self.read().await?.map(Arc::new);
        }
        Ok(kept.clone())
    }

    async fn read(&self) -> Result<Option<Applied>, tandem_store::Error> {
        let Some(stored) = self.store.teams_account(&self.center).await? else {
            return Ok(None);
        };
        let account: Account = serde_json::from_str(&stored.document).map_err(|error| {
            let (what, reason) = ("the Teams account".to_owned(), error.to_string());
            tandem_store::Error::Damaged { what, reason }
        })?;
        let findings = stored.findings.as_deref().unwrap_or("{}");
        // What was found out is found out again.
        let findings = serde_json::from_str(findings).unwrap_or_default();
        let credential = stored.secret.map(|sealed| {
            let text = self
                .keys
                .open_text(&self.center, SealedFor::TeamsAccount, &sealed);
            text.and_then(|it| Credential::of_text(&it))
        });
        Ok(Some(Applied {
            version: stored.version,
            client: self.client(&account, credential),
            account,
            findings: Mutex::new(findings),
        }))
    }

    fn client(
        &self,
        account: &Account,
        credential: Option<Option<Credential>>,
    ) -> Result<Client, Trouble> {
        let (Some(tenant), Some(client_id), Some(credential)) =
            (&account.tenant_id, &account.client_id, credential)
        else {
            return Err(Trouble::Incomplete);
        };
        let applicant = Applicant {
            authority: self.cloud.authority.clone(),
            tenant: tenant.clone(),
            client_id: client_id.clone(),
            credential: credential.ok_or(Trouble::Unreadable)?,
        };
        let (http, graph) = (self.http.clone(), self.cloud.graph.clone());
        Ok(Client::new(http, graph, applicant))
    }

    /// Keeps an account: from now on it is the one that counts. Answers what stands.
    pub(crate) async fn apply(
        &self,
        onto: Onto,
        account: &Account,
        proving: Proving,
    ) -> Result<Arc<Applied>, ApplyError> {
        let mut kept = self.applied.write().await;
        let before = self.store.teams_account(&self.center).await?;
        // A secret that was entered again is looked at again.
        let is_same = matches!(proving, Proving::AsBefore)
            && before.as_ref().is_some_and(|before| {
                let said: Option<Account> = serde_json::from_str(&before.document).ok();
                said.is_some_and(|said| identity(&said) == identity(account))
            });
        let secret = match proving {
            Proving::With(credential) => Some(self.sealed(&credential)?),
            Proving::AsBefore => before.as_ref().and_then(|it| it.secret.clone()),
        };
        let new = NewTeamsAccount {
            document: serde_json::to_string(account).expect("it has string keys only"),
            secret,
            findings: before.filter(|_| is_same).and_then(|it| it.findings),
        };
        let now = UnixMicros(self.clock.now().as_micros());
        match onto {
            Onto::Nothing => {
                self.store
                    .create_teams_account(&self.center, new, now)
                    .await?
            }
            Onto::Version(version) => {
                let changed = self
                    .store
                    .change_teams_account(&self.center, version, new, now);
                changed.await?
            }
        };
        let applied = self.read().await?.map(Arc::new);
        kept.clone_from(&applied);
        drop(kept);
        self.look();
        applied.ok_or(ApplyError::Store(TeamsAccountError::NotFound))
    }

    /// Removes the account; Teams is switched off for everybody (B-060).
    pub(crate) async fn remove(&self, version: u64) -> Result<(), TeamsAccountError> {
        let mut kept = self.applied.write().await;
        let now = UnixMicros(self.clock.now().as_micros());
        let removed = self.store.remove_teams_account(&self.center, version, now);
        removed.await?;
        *kept = None;
        drop(kept);
        self.look();
        Ok(())
    }

    fn sealed(&self, credential: &Credential) -> Result<String, ApplyError> {
        let text = credential.to_text();
        let sealed = self
            .keys
            .seal_text(&self.center, SealedFor::TeamsAccount, &text);
        sealed.map_err(|error| {
            tracing::error!(%error, "the Teams account's credential could not be sealed");
            ApplyError::Sealing
        })
    }

    /// Has everything looked at anew, soon.
    pub(crate) fn look(&self) {
        self.changed.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// Has whoever has just switched Teams on looked at, and nobody looked at who has switched it off.
    pub(crate) fn look_at_switches(&self) {
        self.switched.send_replace(());
    }

    /// Where numbers without a country are dialed from, as far as it is known.
    pub(crate) fn country(&self) -> Option<Country> {
        *self.country.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note_country(&self, organization: Option<Organization>) {
        let country = organization.and_then(|it| {
            let said = it.country_letter_code.or(it.default_usage_location);
            Country::of(&said?)
        });
        *self.country.lock().unwrap_or_else(PoisonError::into_inner) = country;
    }

    /// Changes what was found out, and keeps it.
    pub(super) async fn note(&self, applied: &Applied, change: impl FnOnce(&mut Findings)) {
        // Held until it is kept: what was found out later is kept later.
        let mut findings = applied.findings.lock().await;
        let before = findings.clone();
        change(&mut findings);
        if *findings == before {
            return;
        }
        let text = serde_json::to_string(&*findings).expect("it has string keys only");
        let noted = self
            .store
            .note_teams_findings(&self.center, applied.version, text);
        if let Err(error) = noted.await {
            // It is found out again after a restart.
            tracing::warn!(center = %self.center, %error, "findings about the Teams account were not kept");
        }
    }
}

/// What findings are about, beside the secret: another application makes them worthless.
fn identity(account: &Account) -> (&Option<String>, &Option<String>, &Option<String>) {
    (&account.tenant_id, &account.client_id, &account.object_id)
}

impl Applied {
    /// Asks Graph for something of a type.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        request: &Request,
        patience: Patience,
        now: Timestamp,
    ) -> Result<T, Trouble> {
        let client = self.client.as_ref().map_err(Clone::clone)?;
        let body = client.ask(request, patience, now).await?;
        serde_json::from_slice(&body).map_err(|_not_one| Trouble::Unexpected)
    }

    /// When the credential ends, as far as it is known.
    pub(crate) fn ends(&self, findings: &Findings) -> Option<Ends> {
        let by_directory = || {
            let at = findings.expiry.as_ref()?.ends?;
            Some(Ends {
                at,
                source: EndsBy::Directory,
            })
        };
        match &self.account.proof {
            Some(Proof::Certificate { .. }) => self.account.entered_end(),
            Some(Proof::Secret { .. }) => by_directory().or_else(|| self.account.entered_end()),
            None => None,
        }
    }
}
