//! What a contact center tells of its agents, and how long it keeps what it knows of customers.

use super::body::{Object, Version};
use super::settings::{self, Resource};
use crate::problem::Problem;
use crate::sign_in::{Admitted, Door, SettingsEditor, SettingsReader};
use axum::Json;
use serde::{Deserialize, Serialize};
use tandem_core::ids::AgentId;
use tandem_core::privacy::{AgentFigures, Privacy};
use tandem_core::refusal::Refusal;
use tandem_core::settings::{Document, Kind};
use tandem_core::state::State;
use utoipa::ToSchema;

/// What is told of agents, and how long customers' data is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct PrivacyView {
    /// As it is kept; none while nobody said anything. There is one document, which has no number outside.
    #[serde(skip)]
    id: Option<u64>,
    /// 0: nobody said anything yet.
    version: u64,
    /// `each`, or `team`: nobody but the agent sees figures of one agent.
    #[schema(value_type = String)]
    agent_figures: AgentFigures,
    /// Days after a contact is over; none: for good.
    keep_customers_days: Option<u32>,
    /// Days after a message was left; none: for good. For messages that are left from then on.
    keep_messages_days: Option<u32>,
}

/// What is sent to change it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PrivacySent {
    /// `each` or `team`.
    #[schema(value_type = String)]
    agent_figures: AgentFigures,
    /// 1 to 36,500; none: for good.
    keep_customers_days: Option<u32>,
    /// 1 to 36,500; none: for good.
    keep_messages_days: Option<u32>,
}

impl PrivacyView {
    fn of(state: &State) -> Self {
        let said = state.settings.privacies.iter().next();
        let privacy = state.settings.privacy();
        Self {
            id: said.map(|(id, _)| id.0),
            version: said.map_or(0, |(_, it)| it.version),
            agent_figures: privacy.agent_figures,
            keep_customers_days: privacy.keep_customers_days,
            keep_messages_days: privacy.keep_messages_days,
        }
    }
}

impl Resource for PrivacyView {
    type Sent = PrivacySent;
    const KIND: Kind = Kind::Privacy;

    /// Nothing while nobody said anything.
    fn all(state: &State) -> Vec<Self> {
        let said = state.settings.privacies.keys().next();
        said.map(|_| Self::of(state)).into_iter().collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        Self::all(state).into_iter().find(|it| it.id == Some(id))
    }

    fn document(sent: PrivacySent, _state: &State) -> Result<Document, Problem> {
        let PrivacySent {
            agent_figures,
            keep_customers_days,
            keep_messages_days,
        } = sent;
        Ok(Document::Privacy(Privacy {
            agent_figures,
            keep_customers_days,
            keep_messages_days,
        }))
    }
}

/// As it stands. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/privacy", tag = "privacy", operation_id = "privacy_read",
    params(("center" = String, Path)),
    responses((status = 200, body = PrivacyView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: SettingsReader) -> Json<PrivacyView> {
    let view = by.center.engine.view();
    Json(view.read(|projection| PrivacyView::of(projection.center.state())))
}

/// Changes it, on the version that was read. A shorter time for customers erases
/// what is older, for good; legal holds stay. That of messages holds for those left from then on.
/// Permission: edit_settings.
#[utoipa::path(put, path = "/{center}/privacy", tag = "privacy", operation_id = "privacy_update",
    params(("center" = String, Path), ("If-Match" = String, Header)), request_body = PrivacySent,
    responses((status = 200, body = PrivacyView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn update(
    by: SettingsEditor,
    version: Version,
    sent: Object,
) -> Result<Json<PrivacyView>, Problem> {
    let center = &by.center;
    let (document, _) = settings::document::<PrivacyView>(center, sent).await?;
    let view = center.engine.view();
    let said = view.read(|projection| {
        let said = &projection.center.state().settings.privacies;
        said.keys().next().copied()
    });
    let standing = match (said, version.0) {
        (Some(id), version) => Some((id.0, version)),
        (None, 0) => None,
        (None, _) => {
            let what = "privacy settings";
            return Err(Refusal::Conflict { what, actual: 0 }.into());
        }
    };
    settings::save(center, by.actor.clone(), standing, document, Vec::new()).await?;
    center.reminder.wake();
    Ok(Json(view.read(|projection| {
        PrivacyView::of(projection.center.state())
    })))
}

/// Whether figures of single agents are for nobody but them.
pub(super) fn is_by_team<D>(by: &Admitted<D>) -> bool {
    let view = by.center.engine.view();
    let privacy = view.read(|projection| projection.center.state().settings.privacy());
    privacy.agent_figures == AgentFigures::Team
}

/// Turns away whoever asks for what one agent had, where that is nobody's to know.
pub(super) async fn may_ask_of<D: Door>(
    by: &Admitted<D>,
    agent: Option<AgentId>,
) -> Result<(), Problem> {
    let Some(agent) = agent.filter(|agent| by.actor.agent != Some(*agent)) else {
        return Ok(());
    };
    if !is_by_team(by) {
        return Ok(());
    }
    let action = format!("ask for what agent {agent} had, where figures are of teams");
    let detail =
        "this contact center tells figures of teams and not of single agents; filter by team_id";
    Err(Problem {
        code: "team_figures",
        ..by.turned_away(action, detail).await
    })
}
