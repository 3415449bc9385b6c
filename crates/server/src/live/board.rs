//! The floor board: the figures of the reports with names. What a figure means is in the catalogue
//! of the reports.

use crate::api::{Instant, Named, SwitchView, switcher_names};
use crate::center::Center;
use crate::problem::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::agent::{Agent, Display, NotReady};
use tandem_core::ids::{AccountId, SubjectRef};
use tandem_core::reason::Petition;
use tandem_core::scope::Scope;
use tandem_core::state::State;
use tandem_reports::live::Level;
use tandem_reports::live::figures::{AgentFigures, Figures, QueueFigures};
use utoipa::ToSchema;

/// The floor at one instant.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct BoardView {
    as_of: Instant,
    center: CenterName,
    headlines: Headlines,
    queues: Vec<QueueLine>,
    agents: AgentCounts,
    agent_list: Vec<AgentLine>,
    series: Series,
    today: Today,
}

#[derive(Clone, Serialize, ToSchema)]
struct CenterName {
    id: String,
    name: String,
}

/// How urgent a figure is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Urgency {
    Ok,
    Watch,
    Act,
}

impl From<Level> for Urgency {
    fn from(level: Level) -> Self {
        match level {
            Level::Ok => Self::Ok,
            Level::Watch => Self::Watch,
            Level::Act => Self::Act,
        }
    }
}

#[derive(Clone, Serialize, ToSchema)]
struct Headlines {
    waiting: WaitingTile,
    longest_wait: LongestWaitTile,
    service_level: ServiceLevelTile,
    available: AvailableTile,
}

#[derive(Clone, Serialize, ToSchema)]
struct WaitingTile {
    value: u64,
    target: u64,
    level: Urgency,
}

#[derive(Clone, Serialize, ToSchema)]
struct LongestWaitTile {
    since: Option<Instant>,
    target_s: u32,
    level: Urgency,
}

#[derive(Clone, Serialize, ToSchema)]
struct ServiceLevelTile {
    percent: Option<u64>,
    target_percent: u64,
    threshold_s: u32,
    variant: &'static str,
    level: Urgency,
}

#[derive(Clone, Serialize, ToSchema)]
struct AvailableTile {
    value: u64,
    of: u64,
    level: Urgency,
}

#[derive(Clone, Serialize, ToSchema)]
struct QueueLine {
    id: u64,
    name: String,
    short_name: String,
    waiting: u64,
    longest_since: Option<Instant>,
    service_level_percent: Option<u64>,
    free: u64,
    offered: u64,
    answered: u64,
    abandoned: u64,
    level: Urgency,
    /// What holds of it for a while; usually nothing.
    switches: Vec<SwitchView>,
}

#[derive(Clone, Serialize, ToSchema)]
struct AgentCounts {
    available: u64,
    on_contact: u64,
    wrap_up: u64,
    not_ready: u64,
    in_teams: u64,
    presence_unknown: u64,
    offering: u64,
    connecting: u64,
    signed_out: u64,
}

#[derive(Clone, Serialize, ToSchema)]
struct AgentLine {
    id: u64,
    name: String,
    state: &'static str,
    since: Instant,
    reason: Option<String>,
    /// Until when that should last at most, where the reason says so.
    not_ready_until: Option<Instant>,
    /// What the agent asks a supervisor for.
    petition: Option<PetitionLine>,
    queue: Option<Named>,
}

/// What an agent asks a supervisor for.
#[derive(Clone, Serialize, ToSchema)]
struct PetitionLine {
    reason: Named,
    since: Instant,
}

impl PetitionLine {
    fn of(state: &State, agent: &Agent) -> Option<Self> {
        let petition = agent.petition().filter(Petition::is_open)?;
        let label = reason_label(state, NotReady::Chosen(petition.reason))?;
        Some(Self {
            reason: Named {
                id: petition.reason.0,
                name: label,
            },
            since: petition.at.into(),
        })
    }
}

#[derive(Clone, Serialize, ToSchema)]
struct Series {
    target: u64,
    /// The last 60 minutes: the most that waited in each; empty for whoever does not see every queue.
    minutes: Vec<Minute>,
}

#[derive(Clone, Serialize, ToSchema)]
struct Minute {
    at: Instant,
    waiting: u32,
}

#[derive(Clone, Serialize, ToSchema)]
struct Today {
    offered: u64,
    answered: u64,
    abandoned: u64,
    short_abandoned: u64,
    in_flow: u64,
    dialed: u64,
    reached: u64,
    asa_s: Option<i64>,
    aht_s: Option<i64>,
}

/// The floor at this moment as a scope shows it, with names.
pub(crate) async fn board_view(center: &Center, scope: &Scope) -> Result<BoardView, Problem> {
    let unknown: Vec<SubjectRef> = center.engine.view().read(|projection| {
        let agents = projection.center.state().agents.iter();
        let persons = agents.map(|(_, agent)| agent.profile.person);
        persons
            .filter(|person| center.people.known(*person).is_none())
            .collect()
    });
    if !unknown.is_empty() {
        center.people.open(&unknown).await?;
    }
    let switchers = center.engine.view().read(|projection| {
        let switches = &projection.center.state().switches;
        switches.iter().map(|(_, it)| it.by).collect::<Vec<_>>()
    });
    let switchers = switcher_names(center, switchers.into_iter()).await?;
    let now = center.clock.now();
    Ok(center.engine.view().read(|projection| {
        let state = projection.center.state();
        let sight = state.sight(scope);
        view(
            center,
            state,
            projection.board.figures_in(now, state, &sight),
            &switchers,
        )
    }))
}

fn view(
    center: &Center,
    state: &State,
    figures: Figures,
    switchers: &BTreeMap<AccountId, String>,
) -> BoardView {
    let config = &center.config;
    let agents = &figures.agents;
    let today = &figures.today;
    let minutes = figures.series.minutes.iter();
    BoardView {
        as_of: figures.as_of.into(),
        center: CenterName {
            id: config.id.to_string(),
            name: config.name.clone(),
        },
        headlines: headlines(&figures),
        queues: figures
            .queues
            .iter()
            .map(|queue| queue_line(state, queue, switchers))
            .collect(),
        agents: AgentCounts {
            available: agents.available,
            on_contact: agents.on_contact,
            wrap_up: agents.wrap_up,
            not_ready: agents.not_ready,
            in_teams: agents.in_teams,
            presence_unknown: agents.presence_unknown,
            offering: agents.offering,
            connecting: agents.connecting,
            signed_out: agents.signed_out,
        },
        agent_list: figures
            .agent_list
            .iter()
            .map(|it| agent_line(center, state, it))
            .collect(),
        series: Series {
            target: figures.series.target,
            minutes: minutes
                .map(|it| Minute {
                    at: it.at.into(),
                    waiting: it.waiting,
                })
                .collect(),
        },
        today: Today {
            offered: today.offered,
            answered: today.answered,
            abandoned: today.abandoned,
            short_abandoned: today.short_abandoned,
            in_flow: today.in_flow,
            dialed: today.dialed,
            reached: today.reached,
            asa_s: today.asa_s,
            aht_s: today.aht_s,
        },
    }
}

fn headlines(figures: &Figures) -> Headlines {
    let it = &figures.headlines;
    Headlines {
        waiting: WaitingTile {
            value: it.waiting.value,
            target: it.waiting.target,
            level: it.waiting.level.into(),
        },
        longest_wait: LongestWaitTile {
            since: it.longest_wait.since.map(Instant),
            target_s: it.longest_wait.target_s,
            level: it.longest_wait.level.into(),
        },
        service_level: ServiceLevelTile {
            percent: it.service_level.percent,
            target_percent: it.service_level.target_percent,
            threshold_s: it.service_level.threshold_s,
            variant: it.service_level.variant,
            level: it.service_level.level.into(),
        },
        available: AvailableTile {
            value: it.available.value,
            of: it.available.of,
            level: it.available.level.into(),
        },
    }
}

fn queue_line(
    state: &State,
    figures: &QueueFigures,
    switchers: &BTreeMap<AccountId, String>,
) -> QueueLine {
    let queue = state.settings.queue(figures.id);
    let switches = state.switches.of(figures.id);
    QueueLine {
        id: figures.id.0,
        name: queue.map(|queue| queue.name.clone()).unwrap_or_default(),
        short_name: queue
            .map(|queue| queue.short_name.clone())
            .unwrap_or_default(),
        waiting: figures.waiting,
        longest_since: figures.longest_since.map(Instant),
        service_level_percent: figures.service_level_percent,
        free: figures.free,
        offered: figures.offered,
        answered: figures.answered,
        abandoned: figures.abandoned,
        level: figures.level.into(),
        switches: switches.map(|it| SwitchView::of(it, switchers)).collect(),
    }
}

fn agent_line(center: &Center, state: &State, figures: &AgentFigures) -> AgentLine {
    let named = crate::api::agent_named(center, state, figures.id);
    let agent = state.agents.get(figures.id);
    let not_ready_until = agent.and_then(|it| state.settings.not_ready_until(it));
    AgentLine {
        id: named.id,
        name: named.name,
        state: display_word(figures.state),
        since: figures.since.into(),
        reason: figures
            .reason
            .and_then(|reason| reason_label(state, reason)),
        not_ready_until: not_ready_until.map(Instant),
        petition: agent.and_then(|it| PetitionLine::of(state, it)),
        queue: figures
            .queue
            .map(|queue| crate::api::queue_named(state, queue)),
    }
}

/// What a reason is called; a missed offer and having just come have no label of the settings.
pub(super) fn reason_label(state: &State, reason: NotReady) -> Option<String> {
    match reason {
        NotReady::Chosen(id) => state
            .settings
            .reasons
            .get(&id)
            .map(|reason| reason.document.label.clone()),
        NotReady::SignedIn => None,
        NotReady::MissedOffer => Some("Missed offer".to_owned()),
        NotReady::RingFailed => Some("Teams could not be rung".to_owned()),
    }
}

/// The word for what a one-line board shows.
pub(crate) const fn display_word(display: Display) -> &'static str {
    match display {
        Display::OnContact => "on_contact",
        Display::Connecting => "connecting",
        Display::WrapUp => "wrap_up",
        Display::Offering => "offering",
        Display::NotReady => "not_ready",
        Display::InTeams => "in_teams",
        Display::PresenceUnknown => "presence_unknown",
        Display::Available => "available",
        Display::SignedOut => "signed_out",
    }
}
