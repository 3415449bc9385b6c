//! One socket: what it watches, and what it is told. One frame is under way at a time; a viewer that
//! does not take it is cut off.

use super::frame::{self, Kind, Topic, Wanted};
use super::hub::{Hub, Picture, Watching};
use super::me::{Waits, me_view, waits};
use crate::app::App;
use crate::center::Center;
use crate::health::SystemHealth;
use crate::problem::Problem;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::ids::AgentId;
use tandem_core::input::Input;
use tandem_core::permission::{Permission, lacking};
use tandem_core::role::Actor;
use tandem_core::scope::Scope;
use tandem_store::{AccountError, Accounts, TokenHash};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often a viewer is told that the feed lives.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How often an agent's view is refreshed by what the agent did not do itself: who waits.
const REFRESH: Duration = Duration::from_secs(1);
/// How often it is looked up whether the viewer may still watch.
const RECHECK: Duration = Duration::from_secs(15);
/// How long a frame may take to be taken.
const SEND_TIME_MAX: Duration = Duration::from_secs(5);
const TOPICS: &str = "topics are me, board, health and directory";
/// `Going Away` and `Policy Violation` (RFC 6455 7.4.1).
const GOING_AWAY: u16 = 1001;
const POLICY: u16 = 1008;

/// Who watches.
pub(super) enum Who {
    /// Somebody who is signed in.
    Person { actor: Actor, token: TokenHash },
    /// A TV, which may watch one board: what its maker may see.
    Tv { token: TokenHash, scope: Scope },
}

impl Who {
    const fn scope(&self) -> &Scope {
        match self {
            Self::Person { actor, .. } => &actor.scope,
            Self::Tv { scope, .. } => scope,
        }
    }
}

/// One socket.
pub(super) struct Viewer {
    app: Arc<App>,
    center: Arc<Center>,
    hub: Arc<Hub>,
    who: Who,
    socket: WebSocket,
    board: Option<Watching>,
    directory: Option<Watching>,
    me: Option<Me>,
    health: Option<Health>,
    access: watch::Receiver<()>,
}

/// How the system does, as somebody watches it.
struct Health {
    seq: u64,
    reports: watch::Receiver<Option<Arc<SystemHealth>>>,
}

/// The agent's own view, as it was last sent.
struct Me {
    agent: AgentId,
    seq: u64,
    sent: Value,
    /// Who waited then: the one part that changes without the agent.
    waits: Waits,
    changes: watch::Receiver<()>,
}

/// The socket is over.
struct Over;

enum Wake {
    Said(Option<Result<Message, axum::Error>>),
    Board(Result<Utf8Bytes, RecvError>),
    Directory(Result<Utf8Bytes, RecvError>),
    Changed(Result<(), watch::error::RecvError>),
    Health(Result<(), watch::error::RecvError>),
    Access(Result<(), watch::error::RecvError>),
    Heartbeat,
    Refresh,
    Recheck,
    Drain,
}

impl Viewer {
    pub(super) fn new(
        app: Arc<App>,
        center: Arc<Center>,
        hub: Arc<Hub>,
        who: Who,
        socket: WebSocket,
    ) -> Self {
        let mut access = hub.access();
        // Since the door was passed the scope may have become another.
        access.mark_changed();
        Self {
            access,
            app,
            center,
            hub,
            who,
            socket,
            board: None,
            directory: None,
            me: None,
            health: None,
        }
    }

    /// Serves it until it is over.
    pub(super) async fn run(mut self) {
        let (mut beat, mut refresh) = (every(HEARTBEAT), every(REFRESH));
        let mut recheck = every(RECHECK);
        recheck.reset();
        let drain = self.app.drain.clone();
        loop {
            let watches_me = self.me.is_some();
            let wake = tokio::select! {
                () = drain.cancelled() => Wake::Drain,
                said = self.socket.recv() => Wake::Said(said),
                frame = next_frame(&mut self.board) => Wake::Board(frame),
                frame = next_frame(&mut self.directory) => Wake::Directory(frame),
                changed = next_change(&mut self.me) => Wake::Changed(changed),
                changed = next_report(&mut self.health) => Wake::Health(changed),
                _ = beat.tick() => Wake::Heartbeat,
                _ = refresh.tick(), if watches_me => Wake::Refresh,
                changed = self.access.changed() => Wake::Access(changed),
                _ = recheck.tick() => Wake::Recheck,
            };
            if self.woke(wake).await.is_err() {
                return;
            }
        }
    }

    async fn woke(&mut self, wake: Wake) -> Result<(), Over> {
        match wake {
            Wake::Said(Some(Ok(message))) => self.said(message).await,
            Wake::Said(Some(Err(_)) | None) => Err(Over),
            Wake::Board(Ok(frame)) | Wake::Directory(Ok(frame)) => self.send(frame).await,
            Wake::Board(Err(_lagged)) => self.watch_board().await,
            Wake::Directory(Err(_lagged)) => self.watch_directory().await,
            Wake::Heartbeat => {
                let text = frame::heartbeat(self.center.clock.now());
                self.send(text.into()).await
            }
            Wake::Changed(Ok(())) => self.show_me().await,
            Wake::Health(Ok(())) => self.show_health().await,
            Wake::Access(Ok(())) => self.recheck().await,
            Wake::Changed(Err(_ended)) | Wake::Health(Err(_ended)) | Wake::Access(Err(_ended)) => {
                self.close(GOING_AWAY, "the server stops").await
            }
            Wake::Refresh => {
                let view = self.center.engine.view();
                let now = self.center.clock.now();
                let is_other = |me: &Me| view.read(|it| waits(it, me.agent, now)) != me.waits;
                if self.me.as_ref().is_some_and(is_other) {
                    return self.show_me().await;
                }
                Ok(())
            }
            Wake::Recheck => self.recheck().await,
            Wake::Drain => self.close(GOING_AWAY, "the server restarts").await,
        }
    }

    async fn said(&mut self, message: Message) -> Result<(), Over> {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(Over),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(_) => {
                return self.error("", "invalid", "send frames as text").await;
            }
        };
        let Ok(wanted) = serde_json::from_str::<Wanted>(&text) else {
            let detail = "send {\"subscribe\":[..]} or {\"unsubscribe\":[..]}";
            return self.error("", "invalid", detail).await;
        };
        for word in &wanted.unsubscribe {
            match Topic::parse(word) {
                Some(Topic::Board) => self.board = None,
                Some(Topic::Me) => self.me = None,
                Some(Topic::Health) => self.health = None,
                Some(Topic::Directory) => self.directory = None,
                None => self.error("", "unknown_topic", TOPICS).await?,
            }
        }
        for word in &wanted.subscribe {
            match Topic::parse(word) {
                Some(Topic::Board) => self.subscribe_board().await?,
                Some(Topic::Me) => self.subscribe_me().await?,
                Some(Topic::Health) => self.subscribe_health().await?,
                Some(Topic::Directory) => self.watch_directory().await?,
                None => self.error("", "unknown_topic", TOPICS).await?,
            }
        }
        Ok(())
    }

    async fn subscribe_board(&mut self) -> Result<(), Over> {
        let may = match &self.who {
            Who::Tv { .. } => true,
            Who::Person { actor, .. } => actor.may(Permission::SeeFloor),
        };
        if may {
            self.watch_board().await
        } else {
            self.forbid(Topic::Board, Permission::SeeFloor).await
        }
    }

    async fn watch_board(&mut self) -> Result<(), Over> {
        self.board = None;
        let picture = Picture::Board(self.who.scope().clone());
        match self.hub.watch(picture).await {
            Ok((snapshot, watching)) => {
                self.board = Some(watching);
                self.send(snapshot).await
            }
            Err(problem) => {
                self.error(Topic::Board.word(), problem.code, &problem.detail)
                    .await
            }
        }
    }

    /// The directory is for whoever has Teams switched on (B-061).
    async fn watch_directory(&mut self) -> Result<(), Over> {
        self.directory = None;
        let watched = match may_see_directory(&self.center, &self.who).await {
            Ok(()) => self.hub.watch(Picture::Directory).await,
            Err(problem) => Err(problem),
        };
        match watched {
            Ok((snapshot, watching)) => {
                self.directory = Some(watching);
                self.send(snapshot).await
            }
            Err(problem) => {
                let topic = Topic::Directory.word();
                self.error(topic, problem.code, &problem.detail).await
            }
        }
    }

    /// Whoever switched Teams off sees it no longer; a store that does not answer says nothing.
    async fn recheck_directory(&mut self) -> Result<(), Over> {
        if self.directory.is_none() {
            return Ok(());
        }
        match may_see_directory(&self.center, &self.who).await {
            Err(problem) if problem.code != "unavailable" => {
                self.directory = None;
                let topic = Topic::Directory.word();
                self.error(topic, problem.code, &problem.detail).await
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn subscribe_health(&mut self) -> Result<(), Over> {
        let may = match &self.who {
            Who::Tv { .. } => false,
            Who::Person { actor, .. } => actor.may(Permission::SeeHealth),
        };
        if !may {
            return self.forbid(Topic::Health, Permission::SeeHealth).await;
        }
        let reports = self.center.reports.watch();
        self.health = Some(Health { seq: 0, reports });
        self.show_health().await
    }

    async fn show_health(&mut self) -> Result<(), Over> {
        let Some(health) = &mut self.health else {
            return Ok(());
        };
        health.seq += 1;
        let seq = health.seq;
        let last = health.reports.borrow_and_update().clone();
        let report = match last {
            Some(last) => last,
            None => Arc::new(crate::health::report(&self.center).await),
        };
        let data = serde_json::to_value(&*report).expect("a report has string keys only");
        let now = self.center.clock.now();
        let text = frame::text(Topic::Health, seq, Kind::Snapshot, &data, now);
        self.send(text.into()).await
    }

    async fn subscribe_me(&mut self) -> Result<(), Over> {
        let agent = match &self.who {
            Who::Person { actor, .. } if actor.may(Permission::TakeContacts) => actor.agent,
            Who::Person { .. } | Who::Tv { .. } => None,
        };
        let Some(agent) = agent else {
            return self.forbid(Topic::Me, Permission::TakeContacts).await;
        };
        self.me = Some(Me {
            agent,
            seq: 0,
            sent: Value::Null,
            waits: Waits::default(),
            changes: self.hub.changes_for(agent),
        });
        self.show_me().await
    }

    /// Sends the agent's own view, if it is not what was sent last.
    async fn show_me(&mut self) -> Result<(), Over> {
        let Some(me) = &mut self.me else {
            return Ok(());
        };
        let view = self.center.engine.view();
        let now = self.center.clock.now();
        let waits = view.read(|projection| waits(projection, me.agent, now));
        let view = match me_view(&self.center, me.agent).await {
            Ok(Some(view)) => serde_json::to_value(view).expect("a view has string keys only"),
            Ok(None) => {
                self.me = None;
                let detail = "this agent was removed";
                return self.error(Topic::Me.word(), "not_an_agent", detail).await;
            }
            Err(problem) => {
                return self
                    .error(Topic::Me.word(), problem.code, &problem.detail)
                    .await;
            }
        };
        me.waits = waits;
        if me.sent == view {
            return Ok(());
        }
        me.seq += 1;
        let text = frame::text(Topic::Me, me.seq, Kind::Snapshot, &view, now);
        me.sent = view;
        self.send(text.into()).await
    }

    async fn forbid(&mut self, topic: Topic, needs: Permission) -> Result<(), Over> {
        let actor = match &self.who {
            Who::Person { actor, .. } => Some(actor.clone()),
            Who::Tv { .. } => None,
        };
        let denied = Input::TurnedAway {
            actor,
            action: format!("watch {}", topic.word()),
        };
        if let Err(error) = self.center.engine.submit(denied).await {
            tracing::warn!(center = %self.center.id(), %error, "a denial could not be recorded");
        }
        let detail = lacking(&[needs]);
        self.error(topic.word(), "forbidden", &detail).await
    }

    /// Whoever was signed out, or whose link was revoked, watches no longer; whose scope is another sees what is in
    /// that one.
    async fn recheck(&mut self) -> Result<(), Over> {
        let scope = match &self.who {
            Who::Person { actor, token } => {
                match standing_of(&self.app, &self.center, *token).await {
                    Ok(now) => {
                        let scope = now.scope.clone();
                        let before = Actor {
                            scope: now.scope.clone(),
                            ..actor.clone()
                        };
                        (before == now).then_some(scope)
                    }
                    // A store that does not answer says nothing about the viewer.
                    Err(problem) => (problem.code == "unavailable").then(|| actor.scope.clone()),
                }
            }
            Who::Tv { token, scope } => match scope_of_link(&self.app, *token).await {
                Ok(now) => now,
                Err(_no_answer) => Some(scope.clone()),
            },
        };
        match scope {
            None => self.close(POLICY, "sign in again").await,
            Some(scope) if scope == *self.who.scope() => self.recheck_directory().await,
            Some(scope) => self.sees_now(scope).await,
        }
    }

    async fn sees_now(&mut self, now: Scope) -> Result<(), Over> {
        match &mut self.who {
            Who::Person { actor, .. } => actor.scope = now,
            Who::Tv { scope, .. } => *scope = now,
        }
        if self.board.is_some() {
            return self.watch_board().await;
        }
        Ok(())
    }

    async fn error(&mut self, topic: &str, code: &str, detail: &str) -> Result<(), Over> {
        let text = frame::error(topic, code, detail, self.center.clock.now());
        self.send(text.into()).await
    }

    async fn send(&mut self, text: Utf8Bytes) -> Result<(), Over> {
        let sent = tokio::time::timeout(SEND_TIME_MAX, self.socket.send(Message::Text(text))).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_gone)) => Err(Over),
            Err(_slow) => {
                metrics::counter!("tandem_live_slow_viewers_total").increment(1);
                Err(Over)
            }
        }
    }

    async fn close(&mut self, code: u16, reason: &'static str) -> Result<(), Over> {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        let closing = self.socket.send(Message::Close(Some(frame)));
        // Whether the other side takes it or not, this is the end.
        drop(tokio::time::timeout(Duration::from_secs(1), closing).await);
        Err(Over)
    }
}

async fn may_see_directory(center: &Center, who: &Who) -> Result<(), Problem> {
    match who {
        Who::Person { actor, .. } => crate::api::must_have_teams(center, actor.account).await,
        Who::Tv { .. } => Err(Problem::forbidden("a TV shows the board alone")),
    }
}

/// As whom somebody watches, as that stands.
async fn standing_of(app: &App, center: &Center, token: TokenHash) -> Result<Actor, Problem> {
    let session = crate::sign_in::session_of(app, center, token).await?;
    let standpoint = crate::sign_in::standpoint_of(app, session).await?;
    Ok(standpoint.actor)
}

/// What a link shows: what its maker may see, as that stands. None: it was revoked.
pub(super) async fn scope_of_link(
    app: &App,
    token: TokenHash,
) -> Result<Option<Scope>, AccountError> {
    let Some(link) = app.store.tv_token(token).await? else {
        return Ok(None);
    };
    let maker = app.store.account(link.created_by).await?;
    Ok(maker.map(|maker| crate::sign_in::actor_of(&maker).scope))
}

fn every(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

async fn next_frame(board: &mut Option<Watching>) -> Result<Utf8Bytes, RecvError> {
    match board {
        Some(watching) => watching.frames.recv().await,
        None => std::future::pending().await,
    }
}

async fn next_change(me: &mut Option<Me>) -> Result<(), watch::error::RecvError> {
    match me {
        Some(me) => me.changes.changed().await,
        None => std::future::pending().await,
    }
}

async fn next_report(health: &mut Option<Health>) -> Result<(), watch::error::RecvError> {
    match health {
        Some(health) => health.reports.changed().await,
        None => std::future::pending().await,
    }
}
