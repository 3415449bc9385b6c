//! The balance itself (B-004): what each queue of a group got of the agents whom it shares, against its weight.

use super::Objective;
use crate::api::contacts::{Named, queue_named};
use crate::api::time::Instant;
use crate::sign_in::FloorReader;
use axum::Json;
use serde::Serialize;
use tandem_core::balance::{BalanceGroup, Member};
use tandem_core::ids::BalanceGroupId;
use tandem_core::scope::Sight;
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use utoipa::ToSchema;

/// The balances of all groups in sight.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Balances {
    items: Vec<BalanceView>,
}

/// How the agents whom queues share are shared, in the last hour.
#[derive(Serialize, ToSchema)]
struct BalanceView {
    group: Named,
    objective: Objective,
    bound_s: u32,
    /// What shared agents did since then is counted.
    since: Instant,
    /// Those in sight; shares are of all queues of the group.
    queues: Vec<BalancedQueue>,
}

/// A queue of a group.
#[derive(Serialize, ToSchema)]
struct BalancedQueue {
    queue: Named,
    weight: u32,
    /// What it counts for now: more than its weight while it borrows.
    weight_in_force: u32,
    /// Since when it borrows; none: it does not.
    borrows_since: Option<Instant>,
    /// The share of all weights in force, in tenths of a percent.
    weight_permille: u64,
    /// The share of the time that shared agents spent on queues of the group, those included who have a contact now.
    /// None where they spent none.
    time_permille: Option<u64>,
    /// The share of the contacts that they had.
    contacts_permille: Option<u64>,
    /// That time.
    time_s: u64,
    /// Those contacts.
    contacts: u32,
    /// How many shared agents have a contact of it now.
    agents_now: usize,
    waiting: usize,
    /// Since when who waits longest does so.
    oldest_since: Option<Instant>,
    /// How many were answered in time in the last half hour.
    in_time: u32,
    /// Of how many who were answered or gave up.
    judged: u32,
}

/// How the agents whom queues share are shared: what each queue got of their time and contacts in the last hour, against
/// its weight. Permission: see_floor; queues in scope.
#[utoipa::path(get, path = "/{center}/balances", tag = "floor", operation_id = "balances",
    params(("center" = String, Path)),
    responses((status = 200, body = Balances),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn list(by: FloorReader) -> Json<Balances> {
    let now = by.center.clock.now();
    let sight = by.sight();
    let items = by.center.engine.view().read(|projection| {
        let state = projection.center.state();
        let groups = state.settings.balance_groups.iter();
        let views = groups.map(|(id, it)| view(state, now, (*id, &it.document), &sight));
        views.filter(|it| !it.queues.is_empty()).collect()
    });
    Json(Balances { items })
}

fn view(
    state: &State,
    now: Timestamp,
    (id, group): (BalanceGroupId, &BalanceGroup),
    sight: &Sight,
) -> BalanceView {
    let members = || group.members.iter();
    let spent = members().map(|it| state.balances.spent_on(now, it.queue));
    let whole = spent.fold(Whole::default(), |whole, it| Whole {
        us: whole.us + it.us.unsigned_abs(),
        n: whole.n + u64::from(it.n),
        ..whole
    });
    let weights = members().map(|it| state.balances.weight_in_force(group, it.queue));
    let whole = Whole {
        weight: weights.map(u64::from).sum(),
        ..whole
    };
    let seen = members().filter(|it| sight.has_contact([it.queue], []));
    let queues = seen.map(|it| queue(state, now, (group, *it), &whole));
    BalanceView {
        group: Named {
            id: id.0,
            name: group.name.clone(),
        },
        objective: group.objective.into(),
        bound_s: group.bound_s,
        since: tandem_core::balance::Balances::shown_since(now).into(),
        queues: queues.collect(),
    }
}

/// What the queues of a group come to together.
#[derive(Default)]
struct Whole {
    weight: u64,
    us: u64,
    n: u64,
}

fn queue(
    state: &State,
    now: Timestamp,
    (group, member): (&BalanceGroup, Member),
    whole: &Whole,
) -> BalancedQueue {
    let balances = &state.balances;
    let id = member.queue;
    let spent = balances.spent_on(now, id);
    let learned = balances.of(id);
    let (in_time, judged) = learned.map_or((0, 0), |it| it.judged(now));
    let weight_in_force = balances.weight_in_force(group, id);
    let permille = |part: u64, of: u64| part.saturating_mul(1_000).checked_div(of);
    let us = spent.us.unsigned_abs();
    BalancedQueue {
        queue: queue_named(state, id),
        weight: member.weight,
        weight_in_force,
        borrows_since: learned.and_then(|it| it.borrows_since).map(Into::into),
        weight_permille: permille(weight_in_force.into(), whole.weight).unwrap_or(0),
        time_permille: permille(us, whole.us),
        contacts_permille: permille(spent.n.into(), whole.n),
        time_s: us / 1_000_000,
        contacts: spent.n,
        agents_now: balances.n_engaged(id),
        waiting: state.n_waiting(id),
        oldest_since: state.oldest_in(id).map(Into::into),
        in_time,
        judged,
    }
}
