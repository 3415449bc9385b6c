//! `tandem bench story`: finding contacts in a long history, the lanes of one of them, and a file of many, asked
//! over HTTP of a whole process.

mod filling;

use super::{Error, Latency};
use crate::center::Center;
use crate::config;
use crate::{Options, Running, start};
use filling::{LONG_STORY, fill};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tandem_store::{CenterId, DataKey, KeyFamily};

const CENTER: &str = "bench";
const PASSWORD: &str = "a long password of a benchmark";
/// How often each filter is asked with, each time for something else.
const ROUNDS: u64 = 25;
/// Contacts of the export.
pub(super) const EXPORTED: u64 = 200_000;
/// Queues and agents of the history.
const QUEUES: u64 = 20;
const AGENTS: u64 = 300;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct StoryReport {
    /// Contacts in the history.
    pub contacts: u64,
    /// Contacts written per second.
    pub written_per_second: u64,
    /// Bytes of the history's file for each contact.
    pub bytes_per_contact: u64,
    /// Searches with eight filters, each with its page of 50 and its count.
    pub search: Latency,
    /// The same, filter by filter.
    pub search_by_filter: BTreeMap<&'static str, Latency>,
    /// One contact of 200 events, with its lanes.
    pub timeline: Latency,
    /// Contacts of the export.
    pub exported: u64,
    /// Contacts exported per second as CSV, with their numbers opened.
    pub exported_csv_per_second: u64,
    /// The same as a workbook.
    pub exported_xlsx_per_second: u64,
}

/// Measures with a history of `contacts` contacts below `folder`.
///
/// # Errors
/// When the process cannot be started or asked.
pub async fn story(folder: &Path, contacts: u64) -> Result<StoryReport, Error> {
    let data_dir = folder.join("data");
    let asked = Asked::start(&data_dir).await?;
    let center = asked.center()?;
    let began = Instant::now();
    fill(&center, contacts).await?;
    let filled = began.elapsed();
    let mut all = Vec::new();
    let mut search_by_filter = BTreeMap::new();
    for (name, filter) in FILTERS {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            times.push(
                asked
                    .time(&format!("/contacts{}", filter(round, contacts)))
                    .await?,
            );
        }
        all.extend_from_slice(&times);
        search_by_filter.insert(name, Latency::of(times));
    }
    let mut timeline = Vec::new();
    for _ in 0..ROUNDS {
        timeline.push(asked.time(&format!("/contacts/{LONG_STORY}")).await?);
    }
    let exported = EXPORTED.min(contacts);
    let first = filling::arrived_at(contacts - exported + 1);
    let from = crate::api::Instant(tandem_core::time::Timestamp::from_micros(first));
    let csv = asked.time(&format!("/contacts/export?from={from}")).await?;
    let xlsx = format!("/contacts/export?format=xlsx&from={from}");
    let xlsx = asked.time(&xlsx).await?;
    let report = StoryReport {
        contacts,
        written_per_second: rate(contacts, filled),
        bytes_per_contact: file_bytes(&data_dir) / contacts.max(1),
        search: Latency::of(all),
        search_by_filter,
        timeline: Latency::of(timeline),
        exported,
        exported_csv_per_second: rate(exported, csv),
        exported_xlsx_per_second: rate(exported, xlsx),
    };
    drop(center);
    asked.running.shutdown().await;
    Ok(report)
}

/// The query of a round, of a history of so many contacts.
type Asking = fn(u64, u64) -> String;

/// Eight questions that people ask, each with a parameter that goes round.
const FILTERS: [(&str, Asking); 8] = [
    ("everything", |_, _| String::new()),
    ("queue_of_a_day", |round, contacts| {
        let (from, to) = span(round, contacts, 86_400);
        format!("?queue_id={}&from={from}&to={to}", 1 + round % QUEUES)
    }),
    ("agent_of_a_week", |round, contacts| {
        let (from, to) = span(round, contacts, 7 * 86_400);
        format!("?agent_id={}&from={from}&to={to}", 1 + round % AGENTS)
    }),
    ("number", |round, _| {
        format!("?number={}", filling::number(round).replace('+', "%2B"))
    }),
    ("abandoned_after_two_minutes", |_, _| {
        "?end_reason=abandoned_queue&min_wait_s=120".to_owned()
    }),
    ("disposition_of_calls", |round, _| {
        format!("?disposition_id={}&channel=voice", 1 + round % 10)
    }),
    ("calls_out_of_a_queue", |round, _| {
        format!("?direction=out&queue_id={}", 1 + round % QUEUES)
    }),
    ("long_waits_of_an_agent", |round, _| {
        format!("?min_wait_s=600&agent_id={}", 1 + round % AGENTS)
    }),
];

/// Some days out of the history.
fn span(round: u64, contacts: u64, seconds: i64) -> (String, String) {
    let from = filling::arrived_at(1 + contacts / ROUNDS * round);
    let at = |us| crate::api::Instant(tandem_core::time::Timestamp::from_micros(us)).to_string();
    (at(from), at(from + seconds * 1_000_000))
}

fn rate(n: u64, time: Duration) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
    n.saturating_mul(1_000_000) / micros
}

fn file_bytes(data_dir: &Path) -> u64 {
    let files = ["history.db", "history.db-wal"].into_iter();
    files
        .map(|file| std::fs::metadata(data_dir.join(file)).map_or(0, |it| it.len()))
        .sum()
}

/// A process, and an administrator who asks it.
struct Asked {
    running: Running,
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Asked {
    async fn start(data_dir: &Path) -> Result<Self, Error> {
        let token = crate::setup::issue(data_dir, CENTER).await?;
        let token = token.ok_or("the data directory is not new")?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let options = Options {
            listener: Some(listener),
            ..Options::new(configured(data_dir, &url)?)
        };
        let running = start(options).await?;
        let http = reqwest::Client::new();
        let url = format!("{url}/api/v1/{CENTER}");
        let set_up = json!({
            "token": token.reveal(), "username": "alex", "password": PASSWORD, "name": "Alex",
        });
        let post = |path: &str, body: &Value| http.post(format!("{url}{path}")).json(body).send();
        post("/setup", &set_up).await?.error_for_status()?;
        let sign_in = json!({"username": "alex", "password": PASSWORD});
        let signed_in = post("/sign-in", &sign_in).await?.error_for_status()?;
        let signed_in: Value = signed_in.json().await?;
        let token = signed_in["token"].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            running,
            http,
            url,
            token,
        })
    }

    fn center(&self) -> Result<Arc<Center>, Error> {
        let center = self.running.centers().get(CENTER);
        Ok(Arc::clone(center.ok_or("there is no contact center")?))
    }

    /// From the question to the last byte of its answer.
    async fn time(&self, path: &str) -> Result<Duration, Error> {
        let began = Instant::now();
        let request = self.http.get(format!("{}{path}", self.url));
        let answer = request.bearer_auth(&self.token).send().await?;
        let mut answer = answer.error_for_status()?;
        while answer.chunk().await?.is_some() {}
        Ok(began.elapsed())
    }
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
        entra_authority: nowhere,
        trust_root: None,
        context_headers: BTreeSet::new(),
        business_systems: BTreeMap::new(),
        test_calls_url: None,
        sign_in: config::SignIn::default(),
        webhook_reach: crate::webhooks::Reach::Public,
    };
    Ok(config::Config {
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
