//! Teams Phone extensibility: calls of a Teams resource account, by way of Event Grid and Azure
//! Communication Services Call Automation.
//!
//! In come deliveries of Event Grid and callbacks of Call Automation, both authenticated; out go the
//! operations that [`crate::effects`] asks for.

mod callbacks;
mod client;
mod dial;
mod download;
mod event_grid;
mod inquiry;
mod keys;
mod operations;
mod quiet;
mod recording;
mod settings;
mod talk;
mod token;
mod translate;

pub(crate) use callbacks::now_s;
pub use client::{CallError, Client};
pub(crate) use keys::Rejected;
pub use keys::{KeySet, KeysUnavailable};
pub use operations::{effect_key, perform};
pub use settings::{Credential, EventGridAuthentication, Settings, UnusableKey};

use crate::center::Center;
use crate::engine::{Clock, Engine};
use crate::health::Signals;
use crate::media::link;
use crate::recordings::Keeper;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::effect::{Outcome, Repeat};
use tandem_core::ids::SubjectRef;
use tandem_core::prompt::SoundId;
use tandem_microsoft::limits;
use tandem_store::{KeyFamily, Subjects};

/// Why an edge cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// The access key is not one.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The HTTP client cannot be made.
    #[error("the trust root is not a certificate in PEM form, or TLS cannot be set up: {0}")]
    Http(#[from] reqwest::Error),
}

/// The edge of one contact center.
pub struct TeamsPhone {
    pub(crate) engine: Engine,
    pub(crate) subjects: Arc<dyn Subjects>,
    pub(crate) keys: Arc<KeyFamily>,
    pub(crate) settings: Settings,
    pub(crate) client: Client,
    pub(crate) signals: Arc<Signals>,
    recordings: Arc<Keeper>,
    clock: Arc<dyn Clock>,
    callback_keys: KeySet,
    event_grid_keys: Option<KeySet>,
}

impl TeamsPhone {
    /// The edge of the contact center behind `engine`.
    ///
    /// # Errors
    /// When the HTTP client cannot be made: a trust root that is no certificate, for instance.
    pub fn new(
        engine: Engine,
        subjects: Arc<dyn Subjects>,
        keys: Arc<KeyFamily>,
        settings: Settings,
        signals: Arc<Signals>,
        recordings: Arc<Keeper>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::new(&settings)?;
        let callback_keys = KeySet::new(client.http(), settings.callback_keys_url.clone());
        let event_grid_keys = match &settings.event_grid {
            EventGridAuthentication::Entra { keys_url, .. } => {
                Some(KeySet::new(client.http(), keys_url.clone()))
            }
            EventGridAuthentication::SecretHeader { .. } => None,
        };
        Ok(Self {
            engine,
            subjects,
            keys,
            settings,
            signals,
            recordings,
            clock,
            client,
            callback_keys,
            event_grid_keys,
        })
    }

    /// The edge of a contact center as it is configured.
    ///
    /// # Errors
    /// When the access key or the trust root is not usable.
    pub fn of(center: &Center) -> Result<Self, EdgeError> {
        let settings = Settings::of(&center.config)?;
        let subjects: Arc<dyn Subjects> = Arc::clone(&center.store) as _;
        Ok(Self::new(
            center.engine.clone(),
            subjects,
            Arc::clone(&center.keys),
            settings,
            Arc::clone(&center.signals),
            Arc::clone(&center.recordings),
            Arc::clone(&center.clock),
        )?)
    }

    /// Reads what the service says of a contact's call, in which a phone may be one that we called.
    fn telling_phones_apart<T>(
        &self,
        contact: tandem_core::ids::ContactId,
        read: impl FnOnce(&translate::Phones<'_>) -> T,
    ) -> T {
        let called: Vec<_> = self.engine.view().read(|projection| {
            let contact = projection.center.state().contacts.get(contact);
            let numbers = contact.into_iter().flat_map(|it| it.numbers());
            numbers.map(|number| number.address.clone()).collect()
        });
        let center = self.engine.center();
        read(&translate::Phones {
            called: &called,
            address_of: &|number| crate::phone::address(&self.keys, center, number),
        })
    }

    /// Where the service fetches a sound of ours, for as long as it may need to.
    pub(crate) fn link_to(&self, id: &SoundId, repeat: Repeat) -> String {
        let seconds = match repeat {
            Repeat::Once => link::ONCE_SECONDS,
            Repeat::Loop => link::LOOP_SECONDS,
        };
        let expires_s = self.clock.now().as_micros() / 1_000_000 + seconds;
        let (base, center) = (&self.settings.public_base_url, self.engine.center());
        link::made(&self.keys, center, base, id, expires_s)
    }

    /// Texts that lie among the personal data under these references.
    pub(crate) async fn texts_under(
        &self,
        subjects: &BTreeMap<String, SubjectRef>,
    ) -> Result<BTreeMap<String, String>, Outcome> {
        let mut texts = BTreeMap::new();
        for (name, subject) in subjects {
            texts.insert(name.clone(), talk::text_under(self, *subject).await?);
        }
        Ok(texts)
    }

    /// Where Call Automation sends what happens to a contact's call (B-171).
    pub(crate) fn callback_uri(&self, contact: tandem_core::ids::ContactId) -> String {
        let base = self.settings.public_base_url.trim_end_matches('/');
        format!("{base}/api/callbacks/{}/{contact}", self.engine.center())
    }
}

/// The edges of all contact centers of the process, by center id.
pub type Edges = Arc<BTreeMap<String, Arc<TeamsPhone>>>;

/// The routes that the Microsoft cloud calls.
pub fn router(edges: Edges) -> Router {
    Router::new()
        .route(
            "/api/event-grid/{center}",
            post(event_grid::deliver).layer(DefaultBodyLimit::max(limits::EVENT_GRID_BYTES_MAX)),
        )
        .route(
            "/api/callbacks/{center}/{contact}",
            post(callbacks::receive).layer(DefaultBodyLimit::max(limits::CALLBACK_BYTES_MAX)),
        )
        .with_state(edges)
}
