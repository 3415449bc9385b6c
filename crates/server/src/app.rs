//! What every request of the API can reach: the contact centers, the store, the live feed and what
//! this process is. Holds no business state.

use crate::center::{Center, Centers};
use crate::config::Network;
use crate::engine::Clock;
use crate::live::{Hub, Places};
use crate::problem::Problem;
use crate::sign_in::{Attempts, KeyRates, Passwords};
use axum::body::Bytes;
use metrics_exporter_prometheus::PrometheusHandle;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tandem_store::Store;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The shared state of the API.
pub struct App {
    /// The contact centers.
    pub centers: Arc<Centers>,
    /// The live feed of each, by id.
    pub hubs: BTreeMap<String, Arc<Hub>>,
    /// Accounts and tokens.
    pub store: Arc<Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// How often API keys were used of late.
    pub key_rates: KeyRates,
    /// Who failed to sign in of late.
    pub attempts: Attempts,
    /// The address that browsers use.
    pub public_base_url: Url,
    /// Whether browsers use https.
    pub is_https: bool,
    /// Whose word on a client's address counts.
    pub trusted_proxies: Vec<Network>,
    /// One line that every visitor is told.
    pub notice: Option<String>,
    /// Whether every contact center is known to have an account.
    pub has_accounts: AtomicBool,
    /// Places for live feeds.
    pub places: Places,
    /// Reaches the one place that orders test calls.
    pub client: reqwest::Client,
    /// The API's own description.
    pub openapi: Bytes,
    /// Reads the metrics.
    pub metrics: PrometheusHandle,
    /// The process is about to stop.
    pub drain: CancellationToken,
}

impl App {
    /// The contact center that a route names.
    ///
    /// # Errors
    /// 404 when there is none by this id.
    pub fn center(&self, id: &str) -> Result<Arc<Center>, Problem> {
        let center = self.centers.get(id).cloned();
        center
            .ok_or_else(|| Problem::not_found("there is no such contact center; see /api/v1/info"))
    }
}
