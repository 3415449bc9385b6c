//! A company with nobody but its administrator, whose tenant has many people: for measuring what they cost.

use super::callers::Phones;
use super::company::{self, CENTER};
use super::teams;
use crate::api::Api;
use anyhow::Context;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The company, and the cloud that it lives in.
pub(crate) struct Office {
    cloud: Phones,
    api: Api,
}

/// Requests to Microsoft by their operation, and how many of all were put off.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) by_operation: BTreeMap<String, usize>,
    pub(crate) throttled: usize,
}

impl Asked {
    pub(crate) fn of(&self, operation: &str) -> usize {
        self.by_operation.get(operation).copied().unwrap_or(0)
    }
}

impl Office {
    /// Waits for the contact center, and signs its administrator in.
    pub(crate) async fn open(
        url: &str,
        emulator: &str,
        setup_token: &str,
        start_max: Duration,
    ) -> anyhow::Result<Self> {
        let cloud = Phones::new(emulator)?;
        let anybody = Api::new(url, CENTER)?;
        anybody.ready(start_max).await?;
        let api = company::open(&anybody, Some(setup_token)).await?;
        Ok(Self { cloud, api })
    }

    /// The administrator's account.
    pub(crate) const fn administrator(&self) -> &Api {
        &self.api
    }

    /// Connects the tenant: from now on people and presence are read.
    pub(crate) async fn connect(&self) -> anyhow::Result<()> {
        teams::connect(&self.api).await
    }

    /// Reads presence so often.
    pub(crate) async fn read_every(&self, cycle_s: u32) -> anyhow::Result<()> {
        self.api
            .change("/presence-rules", &json!({ "cycle_s": cycle_s }))
            .await
    }

    /// What the drawer is told, of those whom a word finds.
    pub(crate) async fn directory(&self, search: &str) -> anyhow::Result<Value> {
        self.api.get(&format!("/directory?search={search}")).await
    }

    /// What Microsoft was asked. The cloud keeps the last thousand requests.
    pub(crate) async fn asked(&self) -> anyhow::Result<Asked> {
        let requests = self.cloud.get("/_emulator/requests").await?;
        let mut asked = Asked::default();
        for request in requests.as_array().context("requests are a list")? {
            let operation = request["operation"].as_str().unwrap_or("other");
            *asked.by_operation.entry(operation.to_owned()).or_default() += 1;
            asked.throttled += usize::from(request["status"] == 429);
        }
        Ok(asked)
    }

    /// Somebody's Teams client says this from now on.
    pub(crate) async fn client_says(&self, oid: &str, what: &str) -> anyhow::Result<()> {
        let path = format!("/_emulator/people/{oid}/presence");
        let change = json!({ "client": what });
        self.cloud.put(&path, &change).await.map(drop)
    }
}
