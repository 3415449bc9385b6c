//! Where a process can be made to end: before and after an append, after a request left, after its
//! answer came. The hook of the crash matrix; it exists here alone.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tandem_store::{
    AppendError, Batch, CenterId, CenterStore, Error, Journal, Lease, LeaseError, LegCheckpoint,
    NodeId, Pending, ReadLimit, Record, SealedSubject, Snapshot, Snapshots, StoredSubject,
    SubjectRef, Subjects,
};
use tokio::sync::Notify;

/// Where a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    BeforeAppend,
    AfterAppend,
    /// Carried out by the other side; the answer never comes.
    AfterRequest,
    /// The answer has come; what it says is not stored.
    BeforeOutcome,
}

/// A trap that ends a process once, at the n-th occasion of a kind.
#[derive(Default)]
pub(crate) struct Trap {
    set: Mutex<Option<(Place, u64)>>,
    sprung: Mutex<Option<String>>,
    told: Notify,
}

impl Trap {
    /// Sets it: the process ends at the `nth` occasion from now on, counted from 1.
    pub(crate) fn set(&self, place: Place, nth: u64) {
        *self.set.lock().unwrap() = Some((place, nth));
        *self.sprung.lock().unwrap() = None;
    }

    /// Takes it away; answers at what it sprang.
    pub(crate) fn take(&self) -> Option<String> {
        *self.set.lock().unwrap() = None;
        self.sprung.lock().unwrap().take()
    }

    /// Waits until it has sprung.
    pub(crate) async fn sprung(&self) {
        self.told.notified().await;
    }

    /// Whether it springs at this occasion.
    fn springs(&self, at: Place) -> bool {
        let mut set = self.set.lock().unwrap();
        let Some((place, left)) = set.as_mut().filter(|(place, _)| *place == at) else {
            return false;
        };
        *left -= 1;
        if *left > 0 {
            return false;
        }
        let place = *place;
        // The answer is let through; the next append is not.
        *set = (place == Place::BeforeOutcome).then_some((Place::BeforeAppend, 1));
        true
    }

    /// The process is over: whoever called is never answered.
    async fn spring<T>(&self, what: String) -> T {
        self.sprung.lock().unwrap().get_or_insert(what);
        self.told.notify_one();
        std::future::pending().await
    }

    fn note(&self, what: String) {
        *self.sprung.lock().unwrap() = Some(what);
    }
}

/// The store of a loop, with the trap before it.
pub(crate) struct TrappedStore {
    pub(crate) inner: Arc<dyn CenterStore>,
    pub(crate) trap: Arc<Trap>,
}

impl Journal for TrappedStore {
    fn acquire<'a>(
        &'a self,
        center: &'a CenterId,
        node: &'a NodeId,
        ttl: Duration,
    ) -> Pending<'a, Result<Lease, LeaseError>> {
        self.inner.acquire(center, node, ttl)
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> Pending<'a, Result<(), LeaseError>> {
        self.inner.renew(lease, ttl)
    }

    fn append<'a>(
        &'a self,
        lease: &'a Lease,
        expect_seq: u64,
        batch: Batch,
    ) -> Pending<'a, Result<(), AppendError>> {
        Box::pin(async move {
            let what = first_input(&batch.body);
            if self.trap.springs(Place::BeforeAppend) {
                return self.trap.spring(what).await;
            }
            let appended = self.inner.append(lease, expect_seq, batch).await;
            if self.trap.springs(Place::AfterAppend) {
                return self.trap.spring(what).await;
            }
            appended
        })
    }

    fn read<'a>(
        &'a self,
        center: &'a CenterId,
        from_seq: u64,
        limit: ReadLimit,
    ) -> Pending<'a, Result<Vec<Record>, Error>> {
        self.inner.read(center, from_seq, limit)
    }

    fn tail<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<u64, Error>> {
        self.inner.tail(center)
    }

    fn checkpoints<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<LegCheckpoint>, Error>> {
        self.inner.checkpoints(center)
    }

    fn release(&self, lease: Lease) -> Pending<'_, Result<(), LeaseError>> {
        self.inner.release(lease)
    }
}

impl Subjects for TrappedStore {
    fn draw<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<SubjectRef, Error>> {
        self.inner.draw(center)
    }

    fn put<'a>(
        &'a self,
        center: &'a CenterId,
        subjects: Vec<SealedSubject>,
    ) -> Pending<'a, Result<(), Error>> {
        self.inner.put(center, subjects)
    }

    fn get<'a>(
        &'a self,
        center: &'a CenterId,
        subject: SubjectRef,
    ) -> Pending<'a, Result<Option<StoredSubject>, Error>> {
        self.inner.get(center, subject)
    }

    fn get_many<'a>(
        &'a self,
        center: &'a CenterId,
        subjects: &'a [SubjectRef],
    ) -> Pending<'a, Result<Vec<StoredSubject>, Error>> {
        self.inner.get_many(center, subjects)
    }

    fn erase<'a>(
        &'a self,
        center: &'a CenterId,
        subject: SubjectRef,
    ) -> Pending<'a, Result<(), Error>> {
        self.inner.erase(center, subject)
    }
}

impl Snapshots for TrappedStore {
    fn put_snapshot<'a>(
        &'a self,
        center: &'a CenterId,
        snapshot: Snapshot,
    ) -> Pending<'a, Result<(), Error>> {
        self.inner.put_snapshot(center, snapshot)
    }

    fn newest_snapshot<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<Snapshot>, Error>> {
        self.inner.newest_snapshot(center)
    }
}

/// What the first input of a record is, in words: `call: leg_up`, `settled: done`.
fn first_input(body: &[u8]) -> String {
    let record: Value = serde_json::from_slice(body).unwrap_or_default();
    let input = &record["turns"][0]["input"];
    let word = |value: &Value| {
        let key = value.as_object().and_then(|fields| fields.keys().next());
        let word = key.map(String::as_str).or(value.as_str());
        word.unwrap_or_default().to_owned()
    };
    let family = word(input);
    let detail = match family.as_str() {
        "call" => word(&input["call"]["fact"]),
        "settled" => word(&input["settled"]["outcome"]),
        "asked" => word(&input["asked"]["request"]),
        _ => return family,
    };
    format!("{family}: {detail}")
}

/// A proxy before the cloud, with the trap in it; answers its address. It lives as long as the runtime.
pub(crate) async fn proxy(target: String, trap: Arc<Trap>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let way = Way {
        target,
        trap,
        http: reqwest::Client::new(),
    };
    let router = Router::new().fallback(pass).with_state(Arc::new(way));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

struct Way {
    target: String,
    trap: Arc<Trap>,
    http: reqwest::Client,
}

async fn pass(State(way): State<Arc<Way>>, request: Request) -> Response {
    const BODY_BYTES_MAX: usize = 1024 * 1024;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    let url = format!("{}{}", way.target, parts.uri);
    let operation = parts.uri.path().rsplit(['/', ':']).next();
    let what = operation.unwrap_or_default().to_owned();
    let sent = way.http.request(parts.method.clone(), url);
    // The host is signed: it goes on as it came.
    let answer = sent.headers(parts.headers).body(body).send().await;
    let Ok(answer) = answer else {
        return status_alone(StatusCode::BAD_GATEWAY);
    };
    if parts.method != Method::GET {
        if way.trap.springs(Place::AfterRequest) {
            return way.trap.spring(what).await;
        }
        if way.trap.springs(Place::BeforeOutcome) {
            way.trap.note(what);
        }
    }
    let mut passed = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != "transfer-encoding" && name != "content-length" {
            passed = passed.header(name, value);
        }
    }
    let body = answer.bytes().await.unwrap_or_default();
    passed.body(Body::from(body)).unwrap()
}

fn status_alone(status: StatusCode) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}
