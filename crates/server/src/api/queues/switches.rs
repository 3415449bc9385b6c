//! Switches of a queue: what holds for a while instead of what its schedule and settings say, since when, until when,
//! why and by whom; and what would become of those who wait.

use crate::api::body::{At, Body};
use crate::api::refusal::done;
use crate::api::schedules::preview::HoursState;
use crate::api::time::{self, Instant};
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{FloorReader, HoursCloser};
use axum::Json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::ids::{AccountId, QueueId};
use tandem_core::input::{Input, Request, SwitchQueue};
use tandem_core::limits;
use tandem_core::role::Actor;
use tandem_core::state::State;
use tandem_core::switch;
use tandem_core::time::Timestamp;
use utoipa::ToSchema;

/// How a queue is switched, and what it would come to if it were switched now.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct QueueSwitches {
    /// Whether it takes contacts, by its switch or its schedule.
    hours: HoursState,
    /// At most one about its hours, and one about callbacks.
    items: Vec<SwitchView>,
    /// For each position.
    outlook: Vec<SwitchOutlook>,
    /// For how long it may be switched at most, s.
    seconds_max: u32,
}

/// A switch that stands.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct SwitchView {
    position: SwitchPosition,
    since: Instant,
    /// It ends then by itself.
    until: Instant,
    reason: String,
    /// Who did it; null when that account is gone.
    by: Option<String>,
}

/// What a queue can be switched to. `open`: it takes contacts although its schedule says closed. `closed`: it takes nobody,
/// and those who wait are treated as when its schedule closes (`at_closing`). `emergency`: it takes nobody, and all who
/// wait are sent on. `no_callbacks`: nobody new is to be called back.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SwitchPosition {
    Open,
    Closed,
    Emergency,
    NoCallbacks,
}

/// What would become of those who wait if the queue were switched now. Messages wait, whatever it is switched to.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SwitchOutlook {
    position: SwitchPosition,
    /// Callers who would leave at once, by the exit `closed` of their flow.
    leave: usize,
    /// Callers who would be served.
    stay: usize,
    /// Callers whom an agent is being offered: they may still be taken.
    offered: usize,
    /// Callbacks in the line that would be put off, or expire.
    put_off: usize,
    /// Callbacks in the line that would be called.
    called: usize,
}

/// What is sent to switch a queue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SwitchSent {
    position: SwitchPosition,
    /// Needed, and at most 24 hours ahead: 2026-11-27T18:00:00Z.
    #[serde(default)]
    #[schema(required = true, nullable = false)]
    until: Option<String>,
    /// Needed: 1 to 200 characters. Everybody who sees the queue reads it.
    #[serde(default)]
    #[schema(required = true, nullable = false)]
    reason: Option<String>,
}

/// Which of a queue's switches is to end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SwitchEnding {
    position: SwitchPosition,
}

/// How a queue is switched, and what would become of those who wait. Permission: see_floor; queues in scope.
#[utoipa::path(get, path = "/{center}/queues/{id}/switches", tag = "floor", operation_id = "queue_switches",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = QueueSwitches),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(
    by: FloorReader,
    At(id): At<u64>,
) -> Result<Json<QueueSwitches>, Problem> {
    let (center, queue) = (&by.center, QueueId(id));
    if !by.sight().has_contact([queue], []) {
        return Err(by.out_of_scope(format!("queue {id}")).await);
    }
    switches(center, queue).await.map(Json)
}

/// Switches a queue until a stated time, for a stated reason. Who waits is treated as at a boundary of hours. 409
/// `already_switched` while another switch about the same stands, `closed_by_emergency` where its schedule is closed by
/// one, `no_callbacks`. Permission: close_hours; queues in scope.
#[utoipa::path(post, path = "/{center}/queues/{id}/switches", tag = "floor", operation_id = "switch_queue",
    params(("center" = String, Path), ("id" = u64, Path)), request_body = SwitchSent,
    responses((status = 200, body = QueueSwitches),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn switch(
    by: HoursCloser,
    At(id): At<u64>,
    Body(sent): Body<SwitchSent>,
) -> Result<Json<QueueSwitches>, Problem> {
    let until = time::asked("until", sent.until.as_deref())?.ok_or_else(|| {
        let detail = "say until when, for example 2026-11-27T18:00:00Z; it ends by itself then";
        Problem::invalid("until", detail)
    })?;
    let request = Request::SwitchQueue(SwitchQueue {
        queue: QueueId(id),
        to: sent.position.into(),
        until: Timestamp::from_micros(until.0),
        reason: sent.reason.unwrap_or_default(),
    });
    ask(&by.center, by.actor, QueueId(id), request).await
}

/// Ends a switch of a queue before its time. 409 `not_switched` where it is over already. Permission: close_hours; queues
/// in scope.
#[utoipa::path(post, path = "/{center}/queues/{id}/switches/end", tag = "floor", operation_id = "end_switch",
    params(("center" = String, Path), ("id" = u64, Path)), request_body = SwitchEnding,
    responses((status = 200, body = QueueSwitches),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn end(
    by: HoursCloser,
    At(id): At<u64>,
    Body(sent): Body<SwitchEnding>,
) -> Result<Json<QueueSwitches>, Problem> {
    let request = Request::EndSwitch {
        queue: QueueId(id),
        position: sent.position.into(),
    };
    ask(&by.center, by.actor, QueueId(id), request).await
}

async fn ask(
    center: &Center,
    actor: Actor,
    queue: QueueId,
    request: Request,
) -> Result<Json<QueueSwitches>, Problem> {
    let input = Input::Asked { actor, request };
    done(center.engine.submit_and_see(input, Vec::new()).await?)?;
    switches(center, queue).await.map(Json)
}

async fn switches(center: &Center, queue: QueueId) -> Result<QueueSwitches, Problem> {
    let found = center.engine.view().read(|projection| {
        let state = projection.center.state();
        state.settings.queue(queue)?;
        Some(state.switches.of(queue).cloned().collect::<Vec<_>>())
    });
    let unknown = || Problem::not_found(&format!("there is no queue {queue}"));
    let standing = found.ok_or_else(unknown)?;
    let names = names(center, standing.iter().map(|it| it.by)).await?;
    let now = center.clock.now();
    Ok(center.engine.view().read(|projection| {
        let state = projection.center.state();
        QueueSwitches {
            hours: HoursState::of(&state.hours_of(now, queue)),
            items: standing
                .iter()
                .map(|it| SwitchView::of(it, &names))
                .collect(),
            outlook: switch::Position::ALL
                .map(|it| SwitchOutlook::of(state, queue, it))
                .into(),
            seconds_max: limits::SWITCH_SECONDS_MAX,
        }
    }))
}

/// What those are called who switched something.
pub(crate) async fn names(
    center: &Center,
    accounts: impl Iterator<Item = AccountId>,
) -> Result<BTreeMap<AccountId, String>, Problem> {
    let mut names = BTreeMap::new();
    for account in accounts {
        if !names.contains_key(&account)
            && let Some(name) = center.people.of_account(account).await?
        {
            names.insert(account, name);
        }
    }
    Ok(names)
}

impl SwitchView {
    pub(crate) fn of(it: &switch::Switch, names: &BTreeMap<AccountId, String>) -> Self {
        Self {
            position: it.position.into(),
            since: it.since.into(),
            until: it.until.into(),
            reason: it.reason.clone(),
            by: names.get(&it.by).cloned(),
        }
    }
}

impl SwitchOutlook {
    fn of(state: &State, queue: QueueId, position: switch::Position) -> Self {
        let it = state.outlook(queue, position);
        Self {
            position: position.into(),
            leave: it.n_leave,
            stay: it.n_stay,
            offered: it.n_offered,
            put_off: it.n_put_off,
            called: it.n_called,
        }
    }
}

same_words! {
    SwitchPosition = switch::Position { Open, Closed, Emergency, NoCallbacks }
}
