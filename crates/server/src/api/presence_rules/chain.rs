//! What would follow from one change of presence, by the rules that stand or by others.

use super::super::body::Body;
use super::{PresenceRulesSent, Standing};
use crate::problem::Problem;
use crate::sign_in::SettingsReader;
use axum::Json;
use serde::{Deserialize, Serialize};
use tandem_core::presence::{self, ChainStep, Ends, Status, Why};
use utoipa::ToSchema;

/// What is asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ChainAsked {
    /// Those that stand without.
    #[serde(default)]
    rules: Option<PresenceRulesSent>,
    start: Shown,
}

/// What one side shows.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "side", rename_all = "snake_case", deny_unknown_fields)]
enum Shown {
    Teams {
        /// A status of Teams.
        #[schema(value_type = String)]
        status: Status,
    },
    Tandem {
        standing: Standing,
    },
}

/// What follows.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ChainTold {
    /// In order; the last says why nothing follows.
    steps: Vec<StepTold>,
    ends: EndTold,
    /// What follows each other for ever.
    cycle: Option<Vec<Shown>>,
}

#[derive(Serialize, ToSchema)]
struct StepTold {
    /// When at the latest, s after the start.
    at_s: u32,
    shows: Shown,
    /// The key of a message: `presence.why.start`, `.mapped`, `.same`, `.off`, `.no_rule` or `.outranked`.
    why: &'static str,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EndTold {
    Settled,
    Loops,
}

impl From<Shown> for presence::Shown {
    fn from(sent: Shown) -> Self {
        match sent {
            Shown::Teams { status } => Self::Teams { status },
            Shown::Tandem { standing } => Self::Tandem {
                standing: standing.into(),
            },
        }
    }
}

impl From<presence::Shown> for Shown {
    fn from(it: presence::Shown) -> Self {
        match it {
            presence::Shown::Teams { status } => Self::Teams { status },
            presence::Shown::Tandem { standing } => Self::Tandem {
                standing: standing.into(),
            },
        }
    }
}

const fn why_key(why: Why) -> &'static str {
    match why {
        Why::Start => "presence.why.start",
        Why::Mapped => "presence.why.mapped",
        Why::Same => "presence.why.same",
        Why::Off => "presence.why.off",
        Why::NoRule => "presence.why.no_rule",
        Why::Outranked => "presence.why.outranked",
    }
}

impl StepTold {
    fn of(step: &ChainStep) -> Self {
        Self {
            at_s: step.at_s,
            shows: step.shows.into(),
            why: why_key(step.why),
        }
    }
}

/// What would follow from one change, on both sides, until nothing changes any more; nothing is changed by asking.
/// Permission: read_settings.
#[utoipa::path(post, path = "/{center}/presence-rules/chain", tag = "presence", operation_id = "presence_rules_chain",
    params(("center" = String, Path)), request_body = ChainAsked,
    responses((status = 200, body = ChainTold),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn run(
    by: SettingsReader,
    Body(asked): Body<ChainAsked>,
) -> Result<Json<ChainTold>, Problem> {
    let view = by.center.engine.view();
    let rules = asked.rules.map(presence::PresenceRules::from);
    let rules = rules.unwrap_or_else(|| {
        view.read(|projection| projection.center.state().settings.presence_rules())
    });
    let chain = rules.chain(asked.start.into());
    let steps = chain.steps.iter().map(StepTold::of).collect();
    let (ends, cycle) = match chain.ends {
        Ends::Settled => (EndTold::Settled, None),
        Ends::Loops(cycle) => {
            let cycle = cycle.into_iter().map(Into::into).collect();
            (EndTold::Loops, Some(cycle))
        }
    };
    Ok(Json(ChainTold { steps, ends, cycle }))
}
