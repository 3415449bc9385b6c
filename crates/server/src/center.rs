//! The contact centers of this process: for each its engine, its keys, the names of its people and
//! its configuration. Shared by the API, the live feed and the Microsoft edge; decides nothing.

use crate::config;
use crate::edge::direct_routing::Line;
use crate::edge::graph::Link;
use crate::engine::{Clock, Engine, Followed};
use crate::forgetting::Reminder;
use crate::health::{Host, Reports, Signals};
use crate::people::People;
use crate::recordings::Keeper;
use crate::sign_in::Microsoft;
use crate::webhooks::Webhooker;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_store::{CenterId, KeyFamily, Store};

/// One contact center.
pub struct Center {
    /// The way to its loop and to what is visible of it.
    pub engine: Engine,
    /// How far its history is.
    pub followed: Followed,
    /// The store of the process.
    pub store: Arc<Store>,
    /// The keys of its personal data.
    pub keys: Arc<KeyFamily>,
    /// The recordings that are kept of its calls.
    pub recordings: Arc<Keeper>,
    /// Has customers forgotten whose time is over.
    pub reminder: Reminder,
    /// The names of its people.
    pub people: People,
    /// What its edges notice of their surroundings.
    pub signals: Arc<Signals>,
    /// How its surroundings do.
    pub reports: Reports,
    /// The machine and the process that it is on.
    pub host: Host,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How its people sign in with Microsoft, if they do.
    pub microsoft: Option<Microsoft>,
    /// The link with the tenant of its Teams account.
    pub(crate) teams: Link,
    /// Tells others what happens.
    pub webhooker: Webhooker,
    /// Its line to the trunks, where the process listens for them.
    pub(crate) line: std::sync::OnceLock<Arc<Line>>,
    /// How it is configured.
    pub config: config::Center,
}

impl Center {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &CenterId {
        &self.config.id
    }
}

/// All of them.
#[derive(Default)]
pub struct Centers {
    by_id: BTreeMap<String, Arc<Center>>,
}

impl Centers {
    /// One, by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Center>> {
        self.by_id.get(id)
    }

    /// All, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Center>> {
        self.by_id.values()
    }
}

impl FromIterator<Arc<Center>> for Centers {
    fn from_iter<T: IntoIterator<Item = Arc<Center>>>(centers: T) -> Self {
        let by_id = centers
            .into_iter()
            .map(|center| (center.id().as_str().to_owned(), center))
            .collect();
        Self { by_id }
    }
}
