//! Agent performance: what each agent came to in a period, or each team where figures are of teams.

use super::asked::{self, Days};
use super::{EngagementFigures, MetricView, PeriodView, RatioView, metrics};
use crate::api::body::Query;
use crate::api::contacts::{Named, agent_named, filters::team_sight};
use crate::api::privacy::{is_by_team, may_ask_of};
use crate::api::time::Instant;
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::Json;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::agent::Display;
use tandem_core::ids::{AgentId, ReasonId, SubjectRef, TeamId};
use tandem_core::performance::OfferSums;
use tandem_core::state::State;
use tandem_reports::performance::interval::Interval;
use tandem_reports::performance::rates::{ReasonKey, ReasonTime, TimeSums, answer_rate};
use tandem_reports::performance::tables::{AgentRow, AgentSums, agent_rows};
use tandem_store::{Figures, UnixMicros};
use utoipa::ToSchema;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Which agents.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(in crate::api) struct AgentsAsked {
    /// Numbers of agents with commas between them; all in scope when left out. Refused where figures are of teams.
    agent_ids: Option<String>,
    /// Those who are in this team now.
    team_id: Option<u64>,
}

/// Agent performance.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AgentPerformance {
    pub(super) period: PeriodView,
    /// Of whom each row is: `agent`, or `team` where this contact center tells no figures of single agents.
    pub(super) by: RowsOf,
    pub(super) rows: Vec<AgentRowView>,
    /// All of them together.
    pub(super) all: AgentIntervals,
    /// What each figure means.
    pub(super) metrics: Vec<MetricView>,
}

/// Of whom a row is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RowsOf {
    Agent,
    Team,
}

impl RowsOf {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Team => "team",
        }
    }
}

/// An agent, or a team.
#[derive(Serialize, ToSchema)]
pub(super) struct AgentRowView {
    /// None: agents who are in no team.
    pub(super) of: Option<Named>,
    #[serde(flatten)]
    pub(super) figures: AgentIntervals,
}

/// The whole and its parts.
#[derive(Serialize, ToSchema)]
pub(super) struct AgentIntervals {
    pub(super) total: AgentFigures,
    pub(super) intervals: Vec<AgentInterval>,
}

/// An interval.
#[derive(Serialize, ToSchema)]
pub(super) struct AgentInterval {
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) figures: AgentFigures,
}

/// What an agent came to.
#[derive(Serialize, ToSchema)]
pub(super) struct AgentFigures {
    #[serde(flatten)]
    engagements: EngagementFigures,
    offers: u64,
    accepted: u64,
    missed: u64,
    declined: u64,
    /// Accepted, and the agent's client did not answer.
    not_joined: u64,
    ring_failed: u64,
    customer_left: u64,
    answer_rate: RatioView,
    signed_in_s: i64,
    talking_s: i64,
    connecting_s: i64,
    wrapping_up_s: i64,
    offering_s: i64,
    available_s: i64,
    not_ready_s: i64,
    /// Ready, and Teams showed that calls were not to come.
    in_teams_s: i64,
    /// Ready, and it was not known what Teams showed.
    presence_unknown_s: i64,
    /// Not ready for reasons that count as work.
    productive_s: i64,
    /// Signed in, without time not ready for reasons that are not paid.
    paid_s: i64,
    occupancy: RatioView,
    utilization: RatioView,
    not_ready: Vec<NotReadyTime>,
}

/// How long somebody was not ready for one reason.
#[derive(Serialize, ToSchema)]
struct NotReadyTime {
    /// `chosen`, `signed_in`, `missed_offer` or `ring_failed`.
    why: &'static str,
    /// The reason that was chosen, as it was called when the agent chose it; after a rename it has a row for each name.
    reason: Option<Named>,
    seconds: i64,
    /// Of these, while the reason counted as work.
    productive_s: i64,
    /// Of these, while the reason was not paid.
    unpaid_s: i64,
}

/// To the nearest second.
const fn seconds(us: i64) -> i64 {
    (us + MICROS_PER_SECOND / 2) / MICROS_PER_SECOND
}

impl AgentFigures {
    fn of(sums: &AgentSums, state: &State) -> Self {
        let AgentSums {
            engagements,
            offers,
            time,
        } = sums;
        let OfferSums {
            accepted,
            missed,
            declined,
            not_joined,
            ring_failed,
            customer_left,
        } = *offers;
        Self {
            engagements: EngagementFigures::of(engagements),
            offers: offers.offers(),
            accepted,
            missed,
            declined,
            not_joined,
            ring_failed,
            customer_left,
            answer_rate: answer_rate(offers).into(),
            signed_in_s: seconds(time.signed_in_us()),
            talking_s: seconds(time.of(Display::OnContact)),
            connecting_s: seconds(time.of(Display::Connecting)),
            wrapping_up_s: seconds(time.of(Display::WrapUp)),
            offering_s: seconds(time.of(Display::Offering)),
            available_s: seconds(time.of(Display::Available)),
            not_ready_s: seconds(time.of(Display::NotReady)),
            in_teams_s: seconds(time.of(Display::InTeams)),
            presence_unknown_s: seconds(time.of(Display::PresenceUnknown)),
            productive_s: seconds(time.productive_us),
            paid_s: seconds(time.paid_us()),
            occupancy: time.occupancy().into(),
            utilization: time.utilization().into(),
            not_ready: not_ready(time, state),
        }
    }
}

fn not_ready(time: &TimeSums, state: &State) -> Vec<NotReadyTime> {
    // Versions of a reason that are called the same are one row.
    let mut rows: BTreeMap<(ReasonKey, Option<&str>), ReasonTime> = BTreeMap::new();
    for (key, time) in &time.by_reason {
        let row = match key {
            ReasonKey::Chosen { id, version } => {
                let label = state.settings.reason_label(ReasonId(*id), *version);
                (
                    ReasonKey::Chosen {
                        id: *id,
                        version: 0,
                    },
                    label,
                )
            }
            ReasonKey::SignedIn | ReasonKey::MissedOffer | ReasonKey::RingFailed => (*key, None),
        };
        rows.entry(row).or_default().plus(*time);
    }
    let rows = rows.into_iter().map(|((key, label), time)| {
        let (why, chosen) = match key {
            ReasonKey::SignedIn => ("signed_in", None),
            ReasonKey::MissedOffer => ("missed_offer", None),
            ReasonKey::RingFailed => ("ring_failed", None),
            ReasonKey::Chosen { id, .. } => ("chosen", Some(id)),
        };
        let named = |id| Named {
            id,
            name: label.map_or_else(|| format!("Reason {id}"), str::to_owned),
        };
        NotReadyTime {
            why,
            reason: chosen.map(named),
            seconds: seconds(time.us),
            productive_s: seconds(time.productive_us),
            unpaid_s: seconds(time.unpaid_us),
        }
    });
    rows.collect()
}

impl AgentIntervals {
    fn of(row: &AgentRow, intervals: &[Interval], state: &State) -> Self {
        let parts = row.intervals.iter().zip(intervals);
        let parts = parts.map(|(sums, interval)| AgentInterval {
            from: interval.from.into(),
            to: interval.to.into(),
            figures: AgentFigures::of(sums, state),
        });
        Self {
            intervals: parts.collect(),
            total: AgentFigures::of(&row.total, state),
        }
    }
}

/// What agents came to in a period, by interval; teams, where figures are of teams. Permission: see_floor; agents
/// in scope.
#[utoipa::path(get, path = "/{center}/figures/agents", tag = "figures",
    operation_id = "agent_figures",
    params(("center" = String, Path), Days, AgentsAsked),
    responses((status = 200, body = AgentPerformance),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(
    by: FloorReader,
    Query(days): Query<Days>,
    Query(asked): Query<AgentsAsked>,
) -> Result<Json<AgentPerformance>, Problem> {
    performance(&by, &days, &asked).await.map(Json)
}

/// The same, whatever it is told as.
pub(super) async fn performance(
    by: &FloorReader,
    days: &Days,
    asked: &AgentsAsked,
) -> Result<AgentPerformance, Problem> {
    let counted = days.counted(&by.center)?;
    let agents = agents(by, asked).await?;
    counted.check_size(agents.len())?;
    let (store, center) = (&by.center.store, &by.center);
    let now = UnixMicros(counted.now.as_micros());
    let (cells, time) = tokio::try_join!(
        store.agent_cells(center.id(), &agents, counted.stretch),
        store.agent_time(center.id(), &agents, counted.stretch, now),
    )?;
    open_names(by, &agents).await?;
    let intervals = &counted.intervals;
    let is_by_team = is_by_team(by);
    let (rows, all) = center.engine.view().read(|it| {
        let state = it.center.state();
        let (rows, all) = if is_by_team {
            let (rows, all) = agent_rows(intervals, &cells, &time, |it| Some(team_of(state, it)));
            (
                views(rows, intervals, state, |it| named_team(state, it)),
                all,
            )
        } else {
            let (rows, all) = agent_rows(intervals, &cells, &time, Some);
            let named = |it| Some(agent_named(center, state, it));
            (views(rows, intervals, state, named), all)
        };
        (rows, AgentIntervals::of(&all, intervals, state))
    });
    Ok(AgentPerformance {
        by: if is_by_team {
            RowsOf::Team
        } else {
            RowsOf::Agent
        },
        rows,
        all,
        metrics: metrics("agent", None),
        period: counted.period,
    })
}

/// Those in scope of whom there is anything, and whom the question means.
async fn agents(by: &FloorReader, asked: &AgentsAsked) -> Result<BTreeSet<AgentId>, Problem> {
    let named = asked::ids("agent_ids", asked.agent_ids.as_deref())?;
    for id in named.iter().flatten() {
        may_ask_of(by, Some(AgentId(*id))).await?;
    }
    let team = team_sight(&by.center, asked.team_id)?;
    let sight = by.sight();
    let found = by.center.store.agents_with_facts(by.center.id()).await?;
    let is_named = |id: &AgentId| named.as_ref().is_none_or(|it| it.contains(&id.0));
    let meant = found.into_iter().filter(is_named);
    Ok(meant
        .filter(|id| sight.has_agent(*id) && team.has_agent(*id))
        .collect())
}

async fn open_names(by: &FloorReader, agents: &BTreeSet<AgentId>) -> Result<(), Problem> {
    let persons: Vec<SubjectRef> = by.center.engine.view().read(|it| {
        let known = &it.center.state().agents;
        let found = agents.iter().filter_map(|agent| known.get(*agent));
        found.map(|agent| agent.profile.person).collect()
    });
    by.center.people.open(&persons).await?;
    Ok(())
}

fn team_of(state: &State, agent: AgentId) -> Option<TeamId> {
    state.agents.get(agent)?.profile.team
}

fn named_team(state: &State, team: Option<TeamId>) -> Option<Named> {
    let team = team?;
    let name = { state.settings.teams.get(&team) }.map(|it| it.document.name.clone());
    Some(Named {
        id: team.0,
        name: name.unwrap_or_else(|| format!("Team {team}")),
    })
}

fn views<K>(
    rows: BTreeMap<K, AgentRow>,
    intervals: &[Interval],
    state: &State,
    named: impl Fn(K) -> Option<Named>,
) -> Vec<AgentRowView> {
    let rows = rows.into_iter().map(|(key, row)| AgentRowView {
        of: named(key),
        figures: AgentIntervals::of(&row, intervals, state),
    });
    rows.collect()
}
