//! `tandem bench ingest`: from a delivery of Event Grid to the answer request at the service, over
//! real sockets, authenticated and durable.

use super::engine::save;
use super::{Error, Latency, tell};
use crate::config::BusinessSystem;
use crate::edge::Edges;
use crate::edge::business::BusinessSystems;
use crate::edge::teams_phone::{Credential, EventGridAuthentication, Settings, TeamsPhone, router};
use crate::effects;
use crate::engine::{Clock, Engine, SystemClock, spawn};
use crate::health::Signals;
use crate::recordings::Keeper;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tandem_core::endpoint::Endpoint;
use tandem_core::flow::{Flow, Node};
use tandem_core::ids::FlowId;
use tandem_core::settings::Document;
use tandem_microsoft::acs::hmac::AccessKey;
use tandem_store::{CenterId, DataKey, KeyFamily, RecordingFiles, Store};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// The pace at which latency is measured, deliveries per second.
const PACE_PER_SECOND: u32 = 35;
/// Deliveries under way at once when throughput is measured.
const AT_ONCE: u64 = 64;
const SECRET: &str = "bench-secret";
const RESOURCE_ACCOUNT: &str = "cc123456-5678-5678-1234-ccc123456789";

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct IngestReport {
    /// Deliveries whose answer request arrived.
    pub deliveries: u64,
    /// Deliveries per second, 64 at once, each durable before it is acknowledged.
    pub deliveries_per_second: f64,
    /// From the delivery's first byte to the answer request, at 35 per second.
    pub delivery_to_answer: Latency,
}

/// Measures with `deliveries` deliveries and a store below `folder`.
///
/// # Errors
/// When a socket or the store cannot be used.
pub async fn ingest(folder: &Path, deliveries: u64) -> Result<IngestReport, Error> {
    let bench = Bench::start(&folder.join("ingest"), &BTreeMap::new()).await?;
    let delivery_to_answer = bench.pace(Duration::from_secs(10)).await?;
    let began = Instant::now();
    bench.flood(RESOURCE_ACCOUNT, deliveries).await?;
    let elapsed = began.elapsed();
    bench.stop.cancel();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    let deliveries_per_second = deliveries as f64 / elapsed.as_secs_f64();
    Ok(IngestReport {
        deliveries,
        deliveries_per_second,
        delivery_to_answer,
    })
}

/// Those who wait for the answer request of a call, by its context.
type Awaited = Arc<Mutex<BTreeMap<String, oneshot::Sender<Instant>>>>;

pub(super) struct Bench {
    pub(super) engine: Engine,
    http: reqwest::Client,
    url: String,
    awaited: Awaited,
    pub(super) stop: CancellationToken,
    n_paced: AtomicU64,
}

impl Bench {
    /// An edge in front of an engine, with these business systems.
    pub(super) async fn start(
        folder: &Path,
        systems: &BTreeMap<String, BusinessSystem>,
    ) -> Result<Self, Error> {
        let awaited = Awaited::default();
        let service = serve(
            Router::new()
                .route("/calling/{*operation}", post(answered))
                .with_state(Arc::clone(&awaited)),
        )
        .await?;
        let stop = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let business = BusinessSystems::new(systems, None)?;
        let edge = edge(folder, service, address, business, &stop).await?;
        let engine = edge.engine.clone();
        let edges = Arc::new(BTreeMap::from([("bench".to_owned(), edge)]));
        tokio::spawn(async move { axum::serve(listener, router(edges)).await });
        let url = format!("http://{address}/api/event-grid/bench");
        Ok(Self {
            engine,
            http: reqwest::Client::new(),
            url,
            awaited,
            stop,
            n_paced: AtomicU64::new(0),
        })
    }

    /// From a delivery to the answer request, at a steady pace.
    pub(super) async fn pace(&self, length: Duration) -> Result<Latency, Error> {
        let mut tick = tokio::time::interval(Duration::from_secs(1) / PACE_PER_SECOND);
        let mut under_way = tokio::task::JoinSet::new();
        let began = Instant::now();
        let mut n = 1_000_000_000 * (1 + self.n_paced.fetch_add(1, Ordering::Relaxed));
        while began.elapsed() < length {
            tick.tick().await;
            n += 1;
            under_way.spawn(self.delivery(RESOURCE_ACCOUNT, n));
        }
        let mut times = Vec::new();
        while let Some(done) = under_way.join_next().await {
            times.push(done??);
        }
        Ok(Latency::of(times))
    }

    /// As many deliveries as fast as they are taken, for this resource account.
    pub(super) async fn flood(&self, account: &'static str, deliveries: u64) -> Result<(), Error> {
        let mut under_way = tokio::task::JoinSet::new();
        for n in 0..deliveries {
            if n >= AT_ONCE
                && let Some(done) = under_way.join_next().await
            {
                done??;
            }
            under_way.spawn(self.delivery(account, n));
        }
        while let Some(done) = under_way.join_next().await {
            done??;
        }
        Ok(())
    }

    /// One delivery: from its first byte to the answer request.
    fn delivery(
        &self,
        account: &'static str,
        n: u64,
    ) -> impl Future<Output = Result<Duration, Error>> + Send + 'static {
        let (http, url) = (self.http.clone(), self.url.clone());
        let context = format!("context-{n}");
        let (told, answered) = oneshot::channel();
        let mut awaited = self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        awaited.insert(context.clone(), told);
        drop(awaited);
        async move {
            let began = Instant::now();
            let sent = http
                .post(url)
                .header("x-secret", SECRET)
                .header("content-type", "application/json")
                .body(incoming_call(account, &context))
                .send()
                .await?;
            sent.error_for_status()?;
            Ok(answered.await?.duration_since(began))
        }
    }
}

pub(super) async fn serve(app: Router) -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// The service: notes when the answer request of a call arrived.
async fn answered(
    State(awaited): State<Awaited>,
    body: Bytes,
) -> ([(&'static str, &'static str); 1], String) {
    let now = Instant::now();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let context = body["incomingCallContext"].as_str().unwrap_or_default();
    let told = awaited
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(context);
    if let Some(told) = told {
        tell(told, now);
    }
    let connection = format!(r#"{{"callConnectionId":"connection-{context}"}}"#);
    ([("content-type", "application/json")], connection)
}

async fn edge(
    folder: &Path,
    service: SocketAddr,
    own: SocketAddr,
    business: BusinessSystems,
    stop: &CancellationToken,
) -> Result<Arc<TeamsPhone>, Error> {
    let store = Arc::new(Store::open(folder).await?);
    let (give, orders) = mpsc::unbounded_channel();
    let options = super::options(CenterId::parse("bench")?, &store, give, stop)?;
    let (engine, _) = spawn(options).await?;
    furnish(&engine).await?;
    let keys = Arc::new(KeyFamily::new(DataKey::new(1, [7; 32])));
    let settings = settings(service, own)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let signals = Arc::new(Signals::new(Arc::clone(&clock)));
    let files = RecordingFiles::in_directory(&folder.join("recordings"))?;
    let center = engine.center().clone();
    let keeper = Keeper::new(center, Arc::clone(&store), files, Arc::clone(&keys));
    let recordings = Arc::new(keeper);
    let edge = TeamsPhone::new(engine, store, keys, settings, signals, recordings, clock)?;
    let edge = Arc::new(edge);
    let edges = Edges {
        teams_phone: Arc::clone(&edge),
        direct_routing: None,
    };
    drop(effects::spawn(
        Arc::new(edges),
        business,
        orders,
        stop.clone(),
    ));
    Ok(edge)
}

fn settings(service: SocketAddr, own: SocketAddr) -> Result<Settings, Error> {
    Ok(Settings {
        public_base_url: format!("http://{own}"),
        endpoint: format!("http://{service}/").parse()?,
        resource_id: "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".to_owned(),
        tenant_id: "87d349ed-44d7-43e1-9a83-5f2406dee5bd".to_owned(),
        credential: Credential::AccessKey(Box::new(AccessKey::from_base64("YmVuY2gta2V5")?)),
        callback_keys_url: format!("http://{service}/keys").parse()?,
        callback_issuer: "bench".to_owned(),
        event_grid: EventGridAuthentication::SecretHeader {
            name: "x-secret".to_owned(),
            value: SECRET.to_owned().into(),
        },
        cognitive_services_endpoint: None,
        prompt_locale: "en-US".to_owned(),
        context_headers: std::collections::BTreeSet::new(),
        trust_root: None,
    })
}

async fn furnish(engine: &Engine) -> Result<(), Error> {
    let flow = Flow {
        name: "End".to_owned(),
        start: "end".to_owned(),
        nodes: [("end".to_owned(), Node::End)].into(),
    };
    let endpoint = Endpoint {
        name: "Line".to_owned(),
        address: RESOURCE_ACCOUNT.to_owned(),
        flow: FlowId(1),
    };
    for document in [Document::Flow(flow), Document::Endpoint(endpoint)] {
        save(engine, document).await?;
    }
    Ok(())
}

/// A delivery as Event Grid sends it (acs-call-automation 6.3).
fn incoming_call(account: &str, context: &str) -> String {
    serde_json::json!([{
        "id": context,
        "topic": "/subscriptions/bench",
        "subject": "/caller/4:+12065551212/recipient/28:orgid",
        "eventType": "Microsoft.Communication.IncomingCall",
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": "2026-01-01T00:00:00Z",
        "data": {
            "to": { "kind": "unknown", "rawId": format!("28:orgid:{account}") },
            "from": {
                "kind": "phoneNumber",
                "rawId": "4:+12065551212",
                "phoneNumber": { "value": "+12065551212" },
            },
            "serverCallId": "aHR0cHM6Ly9leGFtcGxl",
            "callerDisplayName": "+12065551212",
            "customContext": { "voipHeaders": { "X-myCustomVoipHeaderName": "myValue" } },
            "incomingCallContext": context,
            "correlationId": "0269be4d-5be0-4770-bf9c-a1bf50ee78d5",
        },
    }])
    .to_string()
}
