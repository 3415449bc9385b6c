//! The presence rules: whom contacts reach by what Teams shows, and how both sides are kept in step.

pub(super) mod chain;

use super::body::{Object, Version};
use super::settings::{self, Resource};
use crate::problem::Problem;
use crate::sign_in::{SettingsEditor, SettingsReader};
use axum::Json;
use serde::{Deserialize, Serialize};
use tandem_core::ids::ReasonId;
use tandem_core::presence::{self, Doing, Permit, Shown, Source, Status, System, When};
use tandem_core::refusal::Refusal;
use tandem_core::settings::{Document, Kind};
use tandem_core::state::State;
use utoipa::ToSchema;

/// What holds of presence.
#[derive(Serialize, ToSchema)]
pub(super) struct PresenceRules {
    /// As it is kept; none while nobody said anything. There is one document, which has no number outside.
    #[serde(skip)]
    id: Option<u64>,
    /// 0: nobody said anything yet.
    version: u64,
    #[serde(flatten)]
    body: PresenceRulesSent,
}

/// What is sent to change it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PresenceRulesSent {
    to_teams: ToTeams,
    from_teams: FromTeams,
    /// `chosen_in_teams`, `calendar_and_calls` and `tandem`, each once: what counts more, first to last. What somebody chose
    /// in Teams is never overwritten, wherever it stands.
    #[schema(value_type = Vec<String>)]
    precedence: [Source; 3],
    /// What lasts shorter is not kept in step, 0 to 600 s.
    ignore_shorter_than_s: u32,
    /// How often Teams is told the same again, 300 to 86,400 s.
    force_every_s: u32,
    /// Whether the time in a state that people see starts again then.
    resets_timer_on_force: bool,
    /// What was seen so many cycles ago is not known any more, 1 to 60.
    max_age_cycles: u32,
    /// How often Tandem looks, 5 to 3,600 s.
    cycle_s: u32,
    #[serde(rename = "loop")]
    loop_guard: LoopGuard,
    /// Whether rules that answer each other for ever are saved all the same.
    #[serde(default)]
    allow_loop: bool,
    /// What stands in the way of contacts; what is not named does not.
    gate: Vec<Gate>,
}

/// What Teams shows because of what Tandem says.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToTeams {
    is_on: bool,
    /// What is not named is not told.
    map: Vec<StatusRule>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusRule {
    from: Standing,
    /// A status of Teams; nothing of ours without.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    to: Option<Status>,
}

/// What Tandem says of an agent.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Standing {
    System {
        /// `available`, `on_contact`, `ringing`, `wrap_up`, `not_ready_signed_in`, `missed_offer` or `signed_out`.
        #[schema(value_type = String)]
        standing: System,
    },
    Reason {
        reason_id: u64,
    },
}

/// What agents become because of what Teams shows.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FromTeams {
    is_on: bool,
    /// By the status; what is not named changes nothing.
    map: Vec<StatusTarget>,
    /// By what Teams adds: where there is such a rule, that of the status does not count.
    #[serde(default)]
    doing: Vec<DoingTarget>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusTarget {
    /// A status of Teams.
    #[schema(value_type = String)]
    from: Status,
    #[serde(default)]
    to: Option<Target>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DoingTarget {
    /// What Teams adds to a status.
    #[schema(value_type = String)]
    from: Doing,
    #[serde(default)]
    to: Option<Target>,
}

/// What an agent becomes.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Target {
    Available,
    NotReady { reason_id: u64 },
    SignedOut,
}

/// When an agent is not kept in step any more because both sides answer each other.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LoopGuard {
    /// Changes by one side and the other in turn, 2 to 100.
    max_changes: u32,
    /// 10 to 3,600 s.
    within_s: u32,
}

/// What stands in the way of contacts while Teams shows something.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Gate {
    /// A status, or what Teams adds to it.
    #[schema(value_type = String)]
    when: When,
    /// `route` or `no_route`.
    #[schema(value_type = String)]
    voice: Permit,
    /// `route` or `no_route`.
    #[schema(value_type = String)]
    messages: Permit,
}

impl From<Standing> for presence::Standing {
    fn from(sent: Standing) -> Self {
        match sent {
            Standing::System { standing } => Self::System { standing },
            Standing::Reason { reason_id } => Self::Reason {
                reason: ReasonId(reason_id),
            },
        }
    }
}

impl From<presence::Standing> for Standing {
    fn from(it: presence::Standing) -> Self {
        match it {
            presence::Standing::System { standing } => Self::System { standing },
            presence::Standing::Reason { reason } => Self::Reason {
                reason_id: reason.0,
            },
        }
    }
}

impl From<Target> for presence::Target {
    fn from(sent: Target) -> Self {
        match sent {
            Target::Available => Self::Available,
            Target::NotReady { reason_id } => Self::NotReady {
                reason: ReasonId(reason_id),
            },
            Target::SignedOut => Self::SignedOut,
        }
    }
}

impl From<presence::Target> for Target {
    fn from(it: presence::Target) -> Self {
        match it {
            presence::Target::Available => Self::Available,
            presence::Target::NotReady { reason } => Self::NotReady {
                reason_id: reason.0,
            },
            presence::Target::SignedOut => Self::SignedOut,
        }
    }
}

impl From<PresenceRulesSent> for presence::PresenceRules {
    fn from(sent: PresenceRulesSent) -> Self {
        let to_teams = sent.to_teams.map.into_iter();
        let to_teams = to_teams.map(|it| presence::StatusRule {
            from: it.from.into(),
            to: it.to,
        });
        let from_teams = sent.from_teams.map.into_iter();
        let from_teams = from_teams.map(|it| presence::TargetRule {
            from: it.from,
            to: it.to.map(Into::into),
        });
        let doing = sent.from_teams.doing.into_iter();
        let doing = doing.map(|it| presence::TargetRule {
            from: it.from,
            to: it.to.map(Into::into),
        });
        let gate = sent.gate.into_iter().map(|it| presence::Gate {
            when: it.when,
            voice: it.voice,
            messages: it.messages,
        });
        Self {
            to_teams: presence::ToTeams {
                is_on: sent.to_teams.is_on,
                map: to_teams.collect(),
            },
            from_teams: presence::FromTeams {
                is_on: sent.from_teams.is_on,
                map: from_teams.collect(),
                doing: doing.collect(),
            },
            precedence: sent.precedence,
            ignore_shorter_than_s: sent.ignore_shorter_than_s,
            force_every_s: sent.force_every_s,
            resets_timer_on_force: sent.resets_timer_on_force,
            max_age_cycles: sent.max_age_cycles,
            cycle_s: sent.cycle_s,
            loop_guard: presence::LoopGuard {
                max_changes: sent.loop_guard.max_changes,
                within_s: sent.loop_guard.within_s,
            },
            allow_loop: sent.allow_loop,
            gate: gate.collect(),
        }
    }
}

impl From<presence::PresenceRules> for PresenceRulesSent {
    fn from(it: presence::PresenceRules) -> Self {
        let to_teams = it.to_teams.map.into_iter().map(|it| StatusRule {
            from: it.from.into(),
            to: it.to,
        });
        let from_teams = it.from_teams.map.into_iter().map(|it| StatusTarget {
            from: it.from,
            to: it.to.map(Into::into),
        });
        let doing = it.from_teams.doing.into_iter().map(|it| DoingTarget {
            from: it.from,
            to: it.to.map(Into::into),
        });
        let gate = it.gate.into_iter().map(|it| Gate {
            when: it.when,
            voice: it.voice,
            messages: it.messages,
        });
        Self {
            to_teams: ToTeams {
                is_on: it.to_teams.is_on,
                map: to_teams.collect(),
            },
            from_teams: FromTeams {
                is_on: it.from_teams.is_on,
                map: from_teams.collect(),
                doing: doing.collect(),
            },
            precedence: it.precedence,
            ignore_shorter_than_s: it.ignore_shorter_than_s,
            force_every_s: it.force_every_s,
            resets_timer_on_force: it.resets_timer_on_force,
            max_age_cycles: it.max_age_cycles,
            cycle_s: it.cycle_s,
            loop_guard: LoopGuard {
                max_changes: it.loop_guard.max_changes,
                within_s: it.loop_guard.within_s,
            },
            allow_loop: it.allow_loop,
            gate: gate.collect(),
        }
    }
}

/// A change of a chain that never ends, as a problem with the rules of one direction.
pub(super) fn change_told(change: Shown) -> (&'static str, String) {
    match change {
        Shown::Teams { status } => {
            let detail = format!("makes Teams show {}", status.word());
            ("to_teams.map", detail)
        }
        Shown::Tandem {
            standing: presence::Standing::System { standing },
        } => {
            let detail = format!("makes Tandem say {}", standing.word());
            ("from_teams.map", detail)
        }
        Shown::Tandem {
            standing: presence::Standing::Reason { reason },
        } => {
            let detail = format!("makes Tandem say not ready for reason {reason}");
            ("from_teams.map", detail)
        }
    }
}

impl PresenceRules {
    fn of(state: &State) -> Self {
        let said = state.settings.presences.iter().next();
        Self {
            id: said.map(|(id, _)| id.0),
            version: said.map_or(0, |(_, it)| it.version),
            body: state.settings.presence_rules().into(),
        }
    }
}

impl Resource for PresenceRules {
    type Sent = PresenceRulesSent;
    const KIND: Kind = Kind::Presence;

    /// Nothing while nobody said anything.
    fn all(state: &State) -> Vec<Self> {
        let said = state.settings.presences.keys().next();
        said.map(|_| Self::of(state)).into_iter().collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        Self::all(state).into_iter().find(|it| it.id == Some(id))
    }

    fn document(sent: PresenceRulesSent, _state: &State) -> Result<Document, Problem> {
        Ok(Document::Presence(Box::new(sent.into())))
    }
}

/// As they stand, or the usual ones. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/presence-rules", tag = "presence", operation_id = "presence_rules_read",
    params(("center" = String, Path)),
    responses((status = 200, body = PresenceRules),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: SettingsReader) -> Json<PresenceRules> {
    let view = by.center.engine.view();
    Json(view.read(|projection| PresenceRules::of(projection.center.state())))
}

/// Changes them, on the version that was read. Rules that answer each other for ever are refused as `presence_loop`, with
/// each change of the cycle. Agents who were not kept in step because of such a loop are again. Permission: edit_settings.
#[utoipa::path(put, path = "/{center}/presence-rules", tag = "presence", operation_id = "presence_rules_update",
    params(("center" = String, Path), ("If-Match" = String, Header)), request_body = PresenceRulesSent,
    responses((status = 200, body = PresenceRules),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn update(
    by: SettingsEditor,
    version: Version,
    sent: Object,
) -> Result<Json<PresenceRules>, Problem> {
    let center = &by.center;
    let (document, _) = settings::document::<PresenceRules>(center, sent).await?;
    let view = center.engine.view();
    let said = view.read(|projection| {
        let said = &projection.center.state().settings.presences;
        said.keys().next().copied()
    });
    let standing = match (said, version.0) {
        (Some(id), version) => Some((id.0, version)),
        (None, 0) => None,
        (None, _) => {
            let what = "presence rules";
            return Err(Refusal::Conflict { what, actual: 0 }.into());
        }
    };
    settings::save(center, by.actor.clone(), standing, document, Vec::new()).await?;
    center.teams.presences.rules_saved();
    Ok(Json(view.read(|projection| {
        PresenceRules::of(projection.center.state())
    })))
}
