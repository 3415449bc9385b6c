//! What the viewers of one contact center share. A board is worked out once for all who see the same of it:
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
use tandem_core::scope::Scope;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, broadcast, watch};
use tokio_util::sync::CancellationToken;

/// How often the board may change.
const PERIOD: Duration = Duration::from_secs(1);
/// Frames that a slow viewer may be behind before it gets a snapshot instead.
const FRAMES_KEPT: usize = 16;

/// The boards of one contact center: one for each scope in which somebody watches.
pub struct Hub {
    center: Arc<Center>,
    rooms: SyncMutex<BTreeMap<Scope, Room>>,
    viewers: watch::Sender<usize>,
    /// Agents whose own view somebody watches.
    agents: SyncMutex<BTreeMap<AgentId, watch::Sender<()>>>,
    /// Told whenever somebody's scope was changed.
    access: watch::Sender<()>,
}

/// Where those watch who see the same.
struct Room {
    wall: Arc<Wall>,
    n_viewers: usize,
}

/// The board that hangs in a room.
struct Wall {
    scope: Scope,
    shown: Mutex<Shown>,
    frames: broadcast::Sender<Utf8Bytes>,
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
    scope: Scope,
    /// What comes after the snapshot.
    pub(super) frames: broadcast::Receiver<Utf8Bytes>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.hub.leave(&self.scope);
    }
}

impl Hub {
    /// That of a contact center.
    #[must_use]
    pub fn new(center: Arc<Center>) -> Arc<Self> {
        Arc::new(Self {
            center,
            rooms: SyncMutex::default(),
            viewers: watch::Sender::new(0),
            agents: SyncMutex::default(),
            access: watch::Sender::new(()),
        })
    }

    /// Watches the board of a scope: the frame with all of it, and what follows.
    ///
    /// # Errors
    /// When the names cannot be read.
    pub(super) async fn watch(
        self: &Arc<Self>,
        scope: &Scope,
    ) -> Result<(Utf8Bytes, Watching), Problem> {
        let wall = self.enter(scope);
        // From here on the place is given back, whatever comes.
        let mut watching = Watching {
            hub: Arc::clone(self),
            scope: scope.clone(),
            frames: wall.frames.subscribe(),
        };
        let mut shown = wall.shown.lock().await;
        let board = match shown.board.take() {
            Some(board) => board,
            None => {
                shown.seq += 1;
                value(&self.center, scope).await?
            }
        };
        let now = self.center.clock.now();
        let text = frame::text(Topic::Board, shown.seq, Kind::Snapshot, &board, now);
        shown.board = Some(board);
        // What went out before the snapshot is in it.
        watching.frames = wall.frames.subscribe();
        Ok((text.into(), watching))
    }

    fn enter(&self, scope: &Scope) -> Arc<Wall> {
        let mut rooms = self.rooms();
        let room = rooms.entry(scope.clone()).or_insert_with(|| Room {
            wall: Arc::new(Wall {
                scope: scope.clone(),
                shown: Mutex::default(),
                frames: broadcast::Sender::new(FRAMES_KEPT),
            }),
            n_viewers: 0,
        });
        room.n_viewers += 1;
        self.viewers.send_modify(|n| *n += 1);
        Arc::clone(&room.wall)
    }

    /// The room of those who see everything stays: its frames go on counting.
    fn leave(&self, scope: &Scope) {
        let mut rooms = self.rooms();
        if let Some(room) = rooms.get_mut(scope) {
            room.n_viewers = room.n_viewers.saturating_sub(1);
            if room.n_viewers == 0 && !scope.is_everything() {
                rooms.remove(scope);
            }
        }
        self.viewers.send_modify(|n| *n = n.saturating_sub(1));
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, BTreeMap<Scope, Room>> {
        self.rooms
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Somebody's scope was changed: whoever watches is looked at again, now.
    pub fn access_changed(&self) {
        self.access.send_replace(());
    }

    /// Tells when somebody's scope was changed.
    pub(super) fn access(&self) -> watch::Receiver<()> {
        self.access.subscribe()
    }

    /// Keeps the boards up to date while somebody watches.
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
            for (wall, watched) in self.walls() {
                if let Err(problem) = self.refresh(&wall, watched).await {
                    tracing::warn!(center = %self.center.id(), code = problem.code, "no board");
                }
            }
        }
    }

    fn walls(&self) -> Vec<(Arc<Wall>, Watched)> {
        let rooms = self.rooms();
        let walls = rooms.values().map(|room| {
            let watched = if room.n_viewers == 0 {
                Watched::ByNobody
            } else {
                Watched::BySomebody
            };
            (Arc::clone(&room.wall), watched)
        });
        walls.collect()
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

    async fn refresh(&self, wall: &Wall, watched: Watched) -> Result<(), Problem> {
        let mut shown = wall.shown.lock().await;
        if watched == Watched::ByNobody {
            shown.board = None;
            return Ok(());
        }
        let Some(before) = &shown.board else {
            return Ok(());
        };
        let after = value(&self.center, &wall.scope).await?;
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
        drop(wall.frames.send(text.into()));
        Ok(())
    }
}

/// Whether a board is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watched {
    ByNobody,
    BySomebody,
}

async fn value(center: &Center, scope: &Scope) -> Result<Value, Problem> {
    let board = board_view(center, scope).await?;
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
