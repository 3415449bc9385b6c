//! A contact center's line to the exchange: its orders go there, what happened comes from there, and its trunks are kept
//! as its settings say.

use super::exchange::Exchange;
use super::order::{HostTried, TrunkState};
use super::roll::{Left, Roll};
use super::sounds::Sounds;
use super::teller::{self, Teller};
use super::trunks::Configured;
use super::{is_ours, perform};
use crate::center::Center;
use crate::engine::{Clock, Engine};
use crate::recordings::Keeper;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::endpoint::Model;
use tandem_core::ids::{SubjectRef, TrunkId};
use tandem_core::trunk::Trunk;
use tandem_store::{KeyFamily, Subjects};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What the line of a contact center needs.
pub(super) struct Parts {
    pub(super) engine: Engine,
    pub(super) subjects: Arc<dyn Subjects>,
    pub(super) keys: Arc<KeyFamily>,
    pub(super) recordings: Arc<Keeper>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sounds: Sounds,
    pub(super) exchange: Exchange,
    /// Names of headers that may be journalled and routed by (B-170); lower case.
    pub(super) context_headers: BTreeSet<String>,
}

impl Parts {
    pub(super) fn center(&self) -> Arc<str> {
        self.engine.center().as_str().into()
    }
}

/// A contact center's line.
pub struct Line {
    parts: Arc<Parts>,
}

impl Line {
    /// The line of a contact center to the exchange of the process.
    #[must_use]
    pub fn new(center: &Center, exchange: Exchange) -> Self {
        let subjects: Arc<dyn Subjects> = Arc::clone(&center.store) as _;
        let (id, store) = (center.id().clone(), Arc::clone(&center.store));
        let sounds = Sounds::new(id, store, exchange.speech());
        let parts = Parts {
            engine: center.engine.clone(),
            subjects,
            keys: Arc::clone(&center.keys),
            recordings: Arc::clone(&center.recordings),
            clock: Arc::clone(&center.clock),
            sounds,
            exchange,
            context_headers: center.config.context_headers.clone(),
        };
        Self {
            parts: Arc::new(parts),
        }
    }

    /// Has the core told what happens, and the exchange what the trunks are.
    #[must_use]
    pub fn keep(&self, stop: &CancellationToken) -> [JoinHandle<()>; 2] {
        let (teller, told) = Teller::new();
        [
            tokio::spawn(teller::run(Arc::clone(&self.parts), told, stop.clone())),
            tokio::spawn(keep_trunks(Arc::clone(&self.parts), teller, stop.clone())),
        ]
    }

    /// Whether an order is this edge's: by the leg, the recording, the number that calls, or the call that arrived.
    pub(crate) async fn takes(&self, effect: &Effect) -> bool {
        match effect {
            Effect::Answer { arrival, .. } | Effect::RejectArrival { arrival } => {
                self.has_arrived(*arrival).await
            }
            Effect::CallAgent { from, .. } | Effect::CallCustomer { from, .. } => {
                Model::of(from) == Model::DirectRouting
            }
            Effect::PauseRecording { reference, .. }
            | Effect::ResumeRecording { reference, .. }
            | Effect::StopRecording { reference, .. } => is_ours(reference),
            Effect::FetchRecording { location, .. } => is_ours(location),
            Effect::Play { leg, .. }
            | Effect::Collect { leg, .. }
            | Effect::StopMedia { leg, .. }
            | Effect::AddAgent { leg, .. }
            | Effect::CancelAddAgent { leg, .. }
            | Effect::RemoveAgent { leg, .. }
            | Effect::Hold { leg, .. }
            | Effect::Unhold { leg, .. }
            | Effect::AddNumber { leg, .. }
            | Effect::RemoveNumber { leg, .. }
            | Effect::TransferAway { leg, .. }
            | Effect::SendDigits { leg, .. }
            | Effect::StartRecording { leg, .. }
            | Effect::Listen { leg, .. }
            | Effect::HangUp { leg, .. }
            | Effect::Inquire { leg, .. } => is_ours(leg),
            Effect::Request { .. } | Effect::Forget { .. } | Effect::ForgetCallback { .. } => false,
        }
    }

    async fn has_arrived(&self, arrival: SubjectRef) -> bool {
        let Parts {
            engine,
            subjects,
            keys,
            ..
        } = &*self.parts;
        let read = crate::arrival::read(subjects.as_ref(), keys, engine.center(), arrival).await;
        read.is_ok_and(|it| is_ours(&it.incoming_call_context))
    }

    /// Carries an order out and says how it ended.
    pub(crate) async fn perform(&self, order: &Order) -> Outcome {
        perform::perform(&self.parts, order).await
    }

    /// Asks each host of a trunk whether it is there.
    pub(crate) async fn tried(&self, trunk: TrunkId, within: Duration) -> Vec<HostTried> {
        let exchange = &self.parts.exchange;
        exchange.tried(self.parts.center(), trunk, within).await
    }

    /// How the trunks do.
    pub(crate) async fn trunks(&self) -> Vec<TrunkState> {
        self.parts.exchange.look(self.parts.center()).await
    }
}

/// Gives the exchange the trunks, at the start and whenever they have changed.
async fn keep_trunks(parts: Arc<Parts>, teller: Teller, stop: CancellationToken) {
    let mut changes = parts.engine.view().changes();
    let mut known: Option<Stamp> = None;
    let (roll, mut left) = roll(&parts);
    loop {
        let (stamp, trunks) = as_they_stand(&parts);
        if known.as_ref() != Some(&stamp) {
            let trunks = opened(&parts, trunks).await;
            parts
                .exchange
                .set_trunks(parts.center(), (teller.clone(), roll.clone()), trunks)
                .await;
            known = Some(stamp);
        }
        // Answers are heard from where trunks are.
        if let Some(mut left) = left.take() {
            let farewells = std::mem::take(&mut left.farewells);
            if !farewells.is_empty() {
                let (center, n) = (parts.engine.center(), farewells.len());
                tracing::warn!(%center, n, "calls of a process that is gone are ended");
            }
            parts.exchange.says_goodbye(farewells).await;
            left.forget();
        }
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                change = changes.recv() => match change {
                    Ok(change) if !change.settings => {}
                    Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => break,
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
                },
            }
        }
    }
}

/// Without a roll calls go on; a process that is killed leaves their ends to the other sides' timers.
fn roll(parts: &Parts) -> (Option<Roll>, Option<Left>) {
    let center = parts.engine.center();
    match Roll::open(parts.exchange.folder(), center, &parts.keys) {
        Ok((roll, left)) => (Some(roll), Some(left)),
        Err(error) => {
            tracing::error!(%center, %error, "the roll of calls cannot be kept");
            (None, None)
        }
    }
}

type Stamp = BTreeMap<TrunkId, (u64, BTreeMap<String, SubjectRef>)>;
type Standing = Vec<(TrunkId, Trunk, BTreeMap<String, SubjectRef>)>;

fn as_they_stand(parts: &Parts) -> (Stamp, Standing) {
    parts.engine.view().read(|projection| {
        let settings = &projection.center.state().settings;
        let trunks = settings.trunks.iter().map(|(id, it)| {
            let secrets = settings.trunk_secrets.get(id).cloned().unwrap_or_default();
            (*id, it, secrets)
        });
        let all: Vec<_> = trunks.collect();
        let stamp = { all.iter() }
            .map(|(id, it, secrets)| (*id, (it.version, secrets.clone())))
            .collect();
        let standing = all.into_iter();
        let standing = standing.map(|(id, it, secrets)| (id, it.document.clone(), secrets));
        (stamp, standing.collect())
    })
}

/// With the secrets opened; one that cannot be is missing, and whoever needs it is refused.
async fn opened(parts: &Parts, standing: Standing) -> Vec<Configured> {
    let center = parts.engine.center();
    let mut trunks = Vec::new();
    for (id, trunk, references) in standing {
        let mut secrets = BTreeMap::new();
        for (user, subject) in references {
            let stored = parts.subjects.get(center, subject).await;
            let plain = stored
                .ok()
                .flatten()
                .and_then(|it| parts.keys.open(center, &it).ok());
            match plain.flatten().and_then(|it| String::from_utf8(it).ok()) {
                Some(secret) => drop(secrets.insert(user, secret)),
                None => {
                    tracing::error!(%center, trunk = %id, "a secret of a trunk cannot be opened")
                }
            }
        }
        trunks.push(Configured { id, trunk, secrets });
    }
    trunks
}
