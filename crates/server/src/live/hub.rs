//! What the viewers of one contact center share. A board, and the directory, is worked out once for all who see the same of it:
//! at most once a second, not at all when nobody watches, and nothing is sent when nothing changed.
//! Changes are looked at once, and wake those agents alone whom they concern.

use super::board::board_view;
use super::directory::directory_view;
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

/// The boards of one contact center, one for each scope in which somebody watches, and its directory.
pub struct Hub {
    center: Arc<Center>,
    rooms: SyncMutex<BTreeMap<Picture, Room>>,
    viewers: watch::Sender<usize>,
    /// Agents whose own view somebody watches.
    agents: SyncMutex<BTreeMap<AgentId, watch::Sender<()>>>,
    /// Told whenever somebody's scope was changed.
    access: watch::Sender<()>,
}

/// What hangs in a room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Picture {
    /// The board of a scope.
    Board(Scope),
    /// What Teams shows of people, which is the same for all who may see it.
    Directory,
}

impl Picture {
    const fn topic(&self) -> Topic {
        match self {
            Self::Board(_) => Topic::Board,
            Self::Directory => Topic::Directory,
        }
    }

    /// Whether its frames go on counting when nobody watches.
    fn stays(&self) -> bool {
        match self {
            Self::Board(scope) => scope.is_everything(),
            Self::Directory => true,
        }
    }

    async fn value(&self, center: &Center) -> Result<Value, Problem> {
        let value = match self {
            Self::Board(scope) => serde_json::to_value(board_view(center, scope).await?),
            Self::Directory => serde_json::to_value(directory_view(center).await?),
        };
        Ok(value.expect("a picture has string keys only"))
    }
}

/// Where those watch who see the same.
struct Room {
    wall: Arc<Wall>,
    n_viewers: usize,
}

/// The picture that hangs in a room.
struct Wall {
    picture: Picture,
    shown: Mutex<Shown>,
    frames: broadcast::Sender<Utf8Bytes>,
}

#[derive(Default)]
struct Shown {
    seq: u64,
    /// None while nobody watches.
    value: Option<Value>,
}

/// Somebody watches a picture.
pub(super) struct Watching {
    hub: Arc<Hub>,
    picture: Picture,
    /// What comes after the snapshot.
    pub(super) frames: broadcast::Receiver<Utf8Bytes>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.hub.leave(&self.picture);
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

    /// Watches a picture: the frame with all of it, and what follows.
    ///
    /// # Errors
    /// When it cannot be worked out.
    pub(super) async fn watch(
        self: &Arc<Self>,
        picture: Picture,
    ) -> Result<(Utf8Bytes, Watching), Problem> {
        let wall = self.enter(&picture);
        // From here on the place is given back, whatever comes.
        let mut watching = Watching {
            hub: Arc::clone(self),
            picture,
            frames: wall.frames.subscribe(),
        };
        let mut shown = wall.shown.lock().await;
        let value = match shown.value.take() {
            Some(value) => value,
            None => {
                shown.seq += 1;
                wall.picture.value(&self.center).await?
            }
        };
        let (topic, now) = (wall.picture.topic(), self.center.clock.now());
        let text = frame::text(topic, shown.seq, Kind::Snapshot, &value, now);
        shown.value = Some(value);
        // What went out before the snapshot is in it.
        watching.frames = wall.frames.subscribe();
        Ok((text.into(), watching))
    }

    fn enter(&self, picture: &Picture) -> Arc<Wall> {
        let mut rooms = self.rooms();
        let room = rooms.entry(picture.clone()).or_insert_with(|| Room {
            wall: Arc::new(Wall {
                picture: picture.clone(),
                shown: Mutex::default(),
                frames: broadcast::Sender::new(FRAMES_KEPT),
            }),
            n_viewers: 0,
        });
        room.n_viewers += 1;
        self.viewers.send_modify(|n| *n += 1);
        Arc::clone(&room.wall)
    }

    fn leave(&self, picture: &Picture) {
        let mut rooms = self.rooms();
        if let Some(room) = rooms.get_mut(picture) {
            room.n_viewers = room.n_viewers.saturating_sub(1);
            if room.n_viewers == 0 && !picture.stays() {
                rooms.remove(picture);
            }
        }
        self.viewers.send_modify(|n| *n = n.saturating_sub(1));
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, BTreeMap<Picture, Room>> {
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

    /// Keeps the pictures up to date while somebody watches.
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
                    self.is_over(&wall, &problem).await;
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

    /// A picture that there is not: a board is tried again, a directory is over for those who watched it.
    async fn is_over(&self, wall: &Wall, problem: &Problem) {
        match wall.picture {
            Picture::Board(_) => {
                tracing::warn!(center = %self.center.id(), code = problem.code, "no board");
            }
            Picture::Directory => {
                wall.shown.lock().await.value = None;
                let (topic, now) = (wall.picture.topic().word(), self.center.clock.now());
                let text = frame::error(topic, problem.code, &problem.detail, now);
                drop(wall.frames.send(text.into()));
            }
        }
    }

    async fn refresh(&self, wall: &Wall, watched: Watched) -> Result<(), Problem> {
        let mut shown = wall.shown.lock().await;
        if watched == Watched::ByNobody {
            shown.value = None;
            return Ok(());
        }
        let Some(before) = &shown.value else {
            return Ok(());
        };
        let after = wall.picture.value(&self.center).await?;
        if is_same_but_for_its_instant(before, &after) {
            return Ok(());
        }
        let Some(patch) = merge_patch::between(before, &after) else {
            return Ok(());
        };
        shown.seq += 1;
        let (topic, now) = (wall.picture.topic(), self.center.clock.now());
        let text = frame::text(topic, shown.seq, Kind::Delta, &patch, now);
        shown.value = Some(after);
        // Nobody listening is fine: the last viewer just left.
        drop(wall.frames.send(text.into()));
        Ok(())
    }
}

/// Whether a picture is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watched {
    ByNobody,
    BySomebody,
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
