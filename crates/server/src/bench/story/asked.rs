//! A process that is asked over HTTP, and who asks: an administrator, and people whose scope is a part of it.

use super::super::engine::save;
use super::{CENTER, Error};
use crate::center::Center;
use crate::config;
use crate::{Options, Running, start};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tandem_core::agent::Profile;
use tandem_core::ids::{QueueId, TeamId};
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::Document;
use tandem_core::team::Team;
use tandem_store::{
    AccountChange, Accounts, CenterId, DataKey, KeyFamily, NewAccount, Subjects, UnixMicros,
};

const PASSWORD: &str = "a long password of a benchmark";
/// The first agents of the history, who are a team.
const TEAM_AGENTS: u64 = 15;

/// Parts of the whole, each with a name.
pub(super) fn scopes() -> [(&'static str, Parts); 2] {
    let team = Parts {
        teams: [TeamId(1)].into(),
        ..Parts::default()
    };
    let both = Parts {
        queues: [QueueId(1)].into(),
        ..team.clone()
    };
    [("of_a_team", team), ("of_a_queue_and_a_team", both)]
}

/// A process, and an administrator who asks it.
pub(super) struct Asked {
    pub(super) running: Running,
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Asked {
    pub(super) async fn start(data_dir: &Path) -> Result<Self, Error> {
        let token = crate::setup::issue(data_dir, CENTER).await?;
        let token = token.ok_or("the data directory is not new")?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let options = Options {
            listener: Some(listener),
            ..Options::new(configured(data_dir, &url)?)
        };
        let running = start(options).await?;
        let mut asked = Self {
            running,
            http: reqwest::Client::new(),
            url: format!("{url}/api/v1/{CENTER}"),
            token: String::new(),
        };
        let set_up = json!({
            "token": token.reveal(), "username": "alex", "password": PASSWORD, "name": "Alex",
        });
        asked.post("/setup", &set_up).await?;
        asked.token = asked.sign_in("alex").await?;
        Ok(asked)
    }

    pub(super) fn center(&self) -> Result<Arc<Center>, Error> {
        let center = self.running.centers().get(CENTER);
        Ok(Arc::clone(center.ok_or("there is no contact center")?))
    }

    /// The administrator's question, from it to the last byte of its answer.
    pub(super) async fn time(&self, path: &str) -> Result<Duration, Error> {
        self.time_of(&self.token, path).await
    }

    /// The same of somebody who has signed in.
    pub(super) async fn time_of(&self, token: &str, path: &str) -> Result<Duration, Error> {
        let began = Instant::now();
        let request = self.http.get(format!("{}{path}", self.url));
        let answer = request.bearer_auth(token).send().await?;
        let mut answer = answer.error_for_status()?;
        while answer.chunk().await?.is_some() {}
        Ok(began.elapsed())
    }

    /// Has a supervisor with a scope sign in.
    pub(super) async fn scoped(&self, username: &str, parts: Parts) -> Result<String, Error> {
        let center = self.center()?;
        let accounts = center.store.accounts(center.id(), None).await?;
        let first = accounts.first().ok_or("there is no account")?;
        let account = NewAccount {
            center: center.id().clone(),
            username: username.to_owned(),
            password_hash: first.password_hash.clone(),
            roles: vec!["supervisor".to_owned()],
            agent: None,
            name: None,
        };
        let account = center.store.create_account(account, UnixMicros(0)).await?;
        let scope = AccountChange::Scope(Scope::Parts(parts));
        center.store.change_account(account, scope).await?;
        self.sign_in(username).await
    }

    async fn sign_in(&self, username: &str) -> Result<String, Error> {
        let sign_in = json!({"username": username, "password": PASSWORD});
        let signed_in: Value = self.post("/sign-in", &sign_in).await?.json().await?;
        Ok(signed_in["token"].as_str().unwrap_or_default().to_owned())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<reqwest::Response, Error> {
        let request = self.http.post(format!("{}{path}", self.url));
        Ok(request.json(body).send().await?.error_for_status()?)
    }
}

/// Makes a team of the first agents.
pub(super) async fn team(center: &Center) -> Result<(), Error> {
    let team = Team {
        name: "Early".to_owned(),
        site: None,
    };
    save(&center.engine, Document::Team(team)).await?;
    for n in 1..=TEAM_AGENTS {
        let (person, sealed) = center.people.seal(&format!("Agent {n}")).await?;
        center.store.put(center.id(), vec![sealed]).await?;
        let profile = Profile {
            person,
            address: format!("agent-{n}"),
            phone: None,
            skills: Vec::new(),
            enabled: true,
            team: Some(TeamId(1)),
            capacity: None,
        };
        save(&center.engine, Document::Agent(profile)).await?;
    }
    Ok(())
}

/// A contact center whose Microsoft side nobody calls.
fn configured(data_dir: &Path, url: &str) -> Result<config::Config, Error> {
    let nowhere: url::Url = "http://127.0.0.1:9".parse()?;
    let center = config::Center {
        id: CenterId::parse(CENTER)?,
        name: "The benchmark".to_owned(),
        time_zone: "UTC".to_owned(),
        public_base_url: url.parse()?,
        acs: config::Acs {
            endpoint: nowhere.clone(),
            resource_id: "bench".to_owned(),
            tenant_id: "bench".to_owned(),
            credential: config::Credential::AccessKey("c2VjcmV0".into()),
            cognitive_services_endpoint: None,
        },
        callback_keys_url: nowhere.join("/keys")?,
        callback_issuer: "https://issuer.example".to_owned(),
        event_grid: config::EventGrid::SecretHeader {
            name: axum::http::HeaderName::from_static("x-secret"),
            value: "secret".into(),
        },
        microsoft: config::MicrosoftCloud {
            authority: nowhere.clone(),
            graph: nowhere.clone(),
        },
        entra_authority: nowhere,
        trust_root: None,
        context_headers: BTreeSet::new(),
        business_systems: BTreeMap::new(),
        test_calls_url: None,
        sign_in: config::SignIn::default(),
        webhook_reach: crate::webhooks::Reach::Public,
    };
    Ok(config::Config {
        direct_routing: None,
        server: config::Server {
            listen: ([127, 0, 0, 1], 0).into(),
            public_base_url: url.parse()?,
            transport: config::Transport::Plain,
        },
        store: config::Store {
            data_dir: data_dir.to_owned(),
            keys: KeyFamily::new(DataKey::new(1, [7; 32])),
            key_files: Vec::new(),
            recordings: config::RecordingPlace::Directory(data_dir.join("recordings")),
        },
        centers: vec![center],
        log: config::Log::default(),
    })
}
