//! What the viewers of one contact center share. The board is worked out once for all who watch it:
//! at most once a second, not at all when nobody watches, and nothing is sent when nothing changed.
//! Changes are looked at once, and wake those agents alone whom they concern.

use super::board::board_view;
use super::frame::{self, Kind, Topic};
use super::merge_patch;
use crate::center::Center;
use crate::engine::Change;
use crate::problem::Problem;
use axum::extract::ws::Utf8Bytes;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as SyncMutex};
use std::time::Duration;
use tandem_core::ids::AgentId;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, broadcast, watch};
use tokio_util::sync::CancellationToken;

/// How often the board may change.
const PERIOD: Duration = Duration::from_secs(1);
/// Frames that a slow viewer may be behind before it gets a snapshot instead.
const FRAMES_KEPT: usize = 16;

/// The board of one contact center.
pub struct Hub {
    center: Arc<Center>,
    shown: Mutex<Shown>,
    frames: broadcast::Sender<Utf8Bytes>,
    viewers: watch::Sender<usize>,
    /// Agents whose own view somebody watches.
    agents: SyncMutex<BTreeMap<AgentId, watch::Sender<()>>>,
}

#[derive(Default)]
struct Shown {
    seq: u64,
    /// None while nobody watches.
    board: Option<Value>,
}

/// Somebody watches the board.
pub(super) struct Watching {
    hub: Arc<Hub>,
    /// What comes after the snapshot.
    pub(super) frames: broadcast::Receiver<Utf8Bytes>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.hub.viewers.send_modify(|n| *n = n.saturating_sub(1));
    }
}

impl Hub {
    /// That of a contact center.
    #[must_use]
    pub fn new(center: Arc<Center>) -> Arc<Self> {
        Arc::new(Self {
            center,
            shown: Mutex::default(),
            frames: broadcast::Sender::new(FRAMES_KEPT),
            viewers: watch::Sender::new(0),
            agents: SyncMutex::default(),
        })
    }

    /// Watches the board: the frame with all of it, and what follows.
    ///
    /// # Errors
    /// When the names cannot be read.
    pub(super) async fn watch(self: &Arc<Self>) -> Result<(Utf8Bytes, Watching), Problem> {
        let mut shown = self.shown.lock().await;
        let board = match shown.board.take() {
            Some(board) => board,
            None => {
                shown.seq += 1;
                value(&self.center).await?
            }
        };
        let now = self.center.clock.now();
        let text = frame::text(Topic::Board, shown.seq, Kind::Snapshot, &board, now);
        shown.board = Some(board);
        self.viewers.send_modify(|n| *n += 1);
        let frames = self.frames.subscribe();
        Ok((
            text.into(),
            Watching {
                hub: Arc::clone(self),
                frames,
            },
        ))
    }

    /// Keeps the board up to date while somebody watches.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut viewers = self.viewers.subscribe();
        let mut period = tokio::time::interval(PERIOD);
        period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let anybody = async { viewers.wait_for(|n| *n > 0).await.is_ok() };
            tokio::select! {
                () = stop.cancelled() => return,
                watched = anybody => if !watched { return },
            }
            tokio::select! {
                () = stop.cancelled() => return,
                _ = period.tick() => {}
            }
            if let Err(problem) = self.refresh().await {
                tracing::warn!(center = %self.center.id(), code = problem.code, "no board");
            }
        }
    }

    /// Tells when something changes that concerns an agent's own view.
    pub(super) fn changes_for(&self, agent: AgentId) -> watch::Receiver<()> {
        let mut agents = self
            .agents
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        agents.entry(agent).or_default().subscribe()
    }

    /// Passes changes on to those whom they concern.
    pub async fn follow(self: Arc<Self>, stop: CancellationToken) {
        let mut changes = self.center.engine.view().changes();
        loop {
            let change = tokio::select! {
                () = stop.cancelled() => return,
                change = changes.recv() => change,
            };
            match change {
                Ok(change) => self.pass_on(Some(&change)),
                Err(RecvError::Lagged(_)) => self.pass_on(None),
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Without a change, everybody is told: some were missed.
    fn pass_on(&self, change: Option<&Change>) {
        let mut agents = self
            .agents
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match change.filter(|change| !change.settings) {
            Some(change) => {
                for agent in &change.agents {
                    if let Some(told) = agents.get(agent)
                        && told.send(()).is_err()
                    {
                        agents.remove(agent);
                    }
                }
            }
            None => agents.retain(|_, told| told.send(()).is_ok()),
        }
    }

    async fn refresh(&self) -> Result<(), Problem> {
        let mut shown = self.shown.lock().await;
        if *self.viewers.borrow() == 0 {
            shown.board = None;
            return Ok(());
        }
        let Some(before) = &shown.board else {
            return Ok(());
        };
        let after = value(&self.center).await?;
        if is_same_but_for_its_instant(before, &after) {
            return Ok(());
        }
        let Some(patch) = merge_patch::between(before, &after) else {
            return Ok(());
        };
        shown.seq += 1;
        let now = self.center.clock.now();
        let text = frame::text(Topic::Board, shown.seq, Kind::Delta, &patch, now);
        shown.board = Some(after);
        // Nobody listening is fine: the last viewer just left.
        drop(self.frames.send(text.into()));
        Ok(())
    }
}

async fn value(center: &Center) -> Result<Value, Problem> {
    let board = board_view(center).await?;
    Ok(serde_json::to_value(board).expect("a board has string keys only"))
}

fn is_same_but_for_its_instant(before: &Value, after: &Value) -> bool {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return false;
    };
    before.len() == after.len()
        && before
            .iter()
            .all(|(key, value)| key == "as_of" || after.get(key) == Some(value))
}
