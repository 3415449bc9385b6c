//! `tandem bench business`: from a delivery of Event Grid to the answer request while calls wait in their flows for a
//! business system that does not answer, and while none does.

use super::engine::save;
use super::ingest::{Bench, serve};
use super::{Error, Latency};
use crate::config::BusinessSystem;
use axum::Router;
use axum::routing::get;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tandem_core::contact::State;
use tandem_core::endpoint::Endpoint;
use tandem_core::flow::{Flow, HttpMethod, HttpRequest, Node};
use tandem_core::ids::FlowId;
use tandem_core::input::{CallFact, Input};
use tandem_core::settings::Document;

/// For how long a flow waits for the system, and the system for nothing, s.
const SLOW_S: u32 = 30;
/// How long each pace lasts: less than the system, so that everybody waits all the time.
const PACED: Duration = Duration::from_secs(10);
/// The resource account of the line whose flow asks the system.
const LINE: &str = "dd123456-5678-5678-1234-ddd123456789";
/// The name of the system.
const SYSTEM: &str = "slow";

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct BusinessReport {
    /// Calls that waited for the system all the while.
    pub waiting: u64,
    /// From a delivery to the answer request with nobody waiting.
    pub alone: Latency,
    /// The same beside them.
    pub beside: Latency,
    /// The 99th percentile of the second divided by that of the first.
    pub p99_ratio: f64,
}

/// Measures with `waiting` calls and a store below `folder`.
///
/// # Errors
/// When a socket or the store cannot be used, or a call does not wait.
pub async fn business(folder: &Path, waiting: u64) -> Result<BusinessReport, Error> {
    let answer = get(|| async {
        tokio::time::sleep(Duration::from_secs(SLOW_S.into())).await;
        "{}"
    });
    let system = serve(Router::new().fallback_service(answer)).await?;
    let system = BusinessSystem {
        base_url: format!("http://{system}/").parse()?,
        secret_headers: Vec::new(),
    };
    let systems = BTreeMap::from([(SYSTEM.to_owned(), system)]);
    let bench = Bench::start(&folder.join("business"), &systems).await?;
    open_line(&bench).await?;
    let alone = bench.pace(PACED).await?;
    bench.flood(LINE, waiting).await?;
    while n_waiting(&bench) < waiting {
        come_up(&bench).await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let beside = bench.pace(PACED).await?;
    let still = n_waiting(&bench);
    bench.stop.cancel();
    if still < waiting {
        return Err(format!("{still} calls of {waiting} waited to the end").into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people to read")]
    let p99_ratio = beside.p99_us as f64 / alone.p99_us.max(1) as f64;
    Ok(BusinessReport {
        waiting,
        alone,
        beside,
        p99_ratio,
    })
}

async fn open_line(bench: &Bench) -> Result<(), Error> {
    let node = Node::Http {
        request: HttpRequest {
            system: SYSTEM.to_owned(),
            method: HttpMethod::Get,
            path: "/".to_owned(),
            body: None,
        },
        prompt: None,
        timeout_s: SLOW_S,
        save: BTreeMap::new(),
        next: "end".to_owned(),
        failed: "end".to_owned(),
    };
    let flow = Flow {
        name: "Slow".to_owned(),
        start: "ask".to_owned(),
        nodes: [("ask".to_owned(), node), ("end".to_owned(), Node::End)].into(),
    };
    let endpoint = Endpoint {
        name: "Slow line".to_owned(),
        address: LINE.to_owned(),
        flow: FlowId(2),
    };
    for document in [Document::Flow(flow), Document::Endpoint(endpoint)] {
        save(&bench.engine, document).await?;
    }
    Ok(())
}

/// Every call that was answered comes up, and its flow asks the system.
async fn come_up(bench: &Bench) -> Result<(), Error> {
    let answered: Vec<_> = bench.engine.view().read(|it| {
        let contacts = it.center.state().contacts.iter();
        let coming = contacts.filter(|(_, it)| matches!(it.state, State::Created));
        coming
            .filter_map(|(id, it)| Some((id, it.call.leg.clone()?)))
            .collect()
    });
    for (contact, leg) in answered {
        let fact = CallFact::LegUp { leg };
        bench.engine.submit(Input::Call { contact, fact }).await?;
    }
    Ok(())
}

fn n_waiting(bench: &Bench) -> u64 {
    let waits = bench.engine.view().read(|it| {
        let contacts = it.center.state().contacts.iter();
        let in_flow = contacts.filter(|(_, it)| matches!(it.state, State::InFlow));
        let asks = in_flow.filter(|(_, it)| it.run.as_ref().is_some_and(|it| it.awaits.is_some()));
        asks.count()
    });
    u64::try_from(waits).unwrap_or(u64::MAX)
}
