//! What the edge of one contact center needs to know, as values.

use crate::config;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use tandem_microsoft::acs::hmac::AccessKey;
use url::Url;

/// Why settings cannot be made from a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the access key is not usable: it must be the base64 text that the Azure portal shows")]
pub struct UnusableKey;

/// What the edge needs to know.
pub struct Settings {
    /// Where customers of the process's own HTTP server reach it from outside; callbacks go below.
    pub public_base_url: String,
    /// The Azure Communication Services resource.
    pub endpoint: Url,
    /// Its immutable id: the audience of callback tokens, and part of every agent's identifier.
    pub resource_id: String,
    /// The Teams tenant.
    pub tenant_id: String,
    /// How requests to the resource are authenticated.
    pub credential: Credential,
    /// The keys that callback tokens are signed with.
    pub callback_keys_url: Url,
    /// Who signs callback tokens.
    pub callback_issuer: String,
    /// How deliveries of Event Grid are authenticated.
    pub event_grid: EventGridAuthentication,
    /// The speech resource that reads texts aloud, if there is one.
    pub cognitive_services_endpoint: Option<String>,
    /// The language that texts are read in, such as `en-US`.
    pub prompt_locale: String,
    /// Context headers that may enter the journal and be routed by (B-170), lower case; all others stay
    /// among the personal data.
    pub context_headers: BTreeSet<String>,
    /// A certificate (PEM) to trust beside the public ones.
    pub trust_root: Option<Vec<u8>>,
}

/// How requests to the Azure Communication Services resource are authenticated.
pub enum Credential {
    /// By the resource's access key (HMAC).
    AccessKey(Box<AccessKey>),
    /// As an application of Entra.
    Entra {
        /// Where tokens are given out, such as `https://login.microsoftonline.com`.
        authority: Url,
        /// The application.
        client_id: String,
        /// Its secret.
        client_secret: SecretString,
    },
}

/// How deliveries of Event Grid are authenticated.
pub enum EventGridAuthentication {
    /// By a token of Entra: deliveries secured with an application.
    Entra {
        /// The application that the subscription names.
        audience: String,
        /// Who gives out the tokens.
        issuer: String,
        /// The keys that they are signed with.
        keys_url: Url,
    },
    /// By a secret in a header: a delivery property of the subscription.
    SecretHeader {
        /// The header's name, lower case.
        name: String,
        /// The secret.
        value: SecretString,
    },
}

impl Settings {
    /// What the configuration of a contact center says of the edge.
    ///
    /// # Errors
    /// When the access key is not base64.
    pub fn of(center: &config::Center) -> Result<Self, UnusableKey> {
        Ok(Self {
            public_base_url: center.public_base_url.to_string(),
            endpoint: center.acs.endpoint.clone(),
            resource_id: center.acs.resource_id.clone(),
            tenant_id: center.acs.tenant_id.clone(),
            credential: credential(center)?,
            callback_keys_url: center.callback_keys_url.clone(),
            callback_issuer: center.callback_issuer.clone(),
            event_grid: event_grid(&center.event_grid),
            cognitive_services_endpoint: speech(center),
            prompt_locale: "en-US".to_owned(),
            context_headers: center.context_headers.clone(),
            trust_root: center.trust_root.clone(),
        })
    }
}

fn speech(center: &config::Center) -> Option<String> {
    let url = center.acs.cognitive_services_endpoint.as_ref()?;
    Some(url.to_string())
}

fn credential(center: &config::Center) -> Result<Credential, UnusableKey> {
    match &center.acs.credential {
        config::Credential::AccessKey(key) => AccessKey::from_base64(key.expose_secret())
            .map(|key| Credential::AccessKey(Box::new(key)))
            .or(Err(UnusableKey)),
        config::Credential::Entra {
            client_id,
            client_secret,
            ..
        } => Ok(Credential::Entra {
            authority: center.entra_authority.clone(),
            client_id: client_id.clone(),
            client_secret: client_secret.clone(),
        }),
    }
}

fn event_grid(settings: &config::EventGrid) -> EventGridAuthentication {
    match settings {
        config::EventGrid::Entra {
            audience,
            issuer,
            keys_url,
        } => EventGridAuthentication::Entra {
            audience: audience.clone(),
            issuer: issuer.clone(),
            keys_url: keys_url.clone(),
        },
        config::EventGrid::SecretHeader { name, value } => EventGridAuthentication::SecretHeader {
            name: name.as_str().to_owned(),
            value: value.clone(),
        },
    }
}
