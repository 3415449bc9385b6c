//! Which contacts a list, its sums and its export mean: one set of words in all three. What an agent may see
//! is part of the filter, so that it holds in the query itself.

use super::behind::FigureAsked;
use crate::api::privacy::may_ask_of;
use crate::api::time;
use crate::center::Center;
use crate::phone::PhoneNumber;
use crate::problem::Problem;
use crate::sign_in::{Admitted, Door};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};
use tandem_core::contact::{Channel, Direction};
use tandem_core::event::EndReason;
use tandem_core::ids::{AgentId, ContactId, DispositionId, QueueId, TeamId};
use tandem_core::permission::Permission;
use tandem_core::scope::{Seen, Sight};
use tandem_store::HistoryFilter;

/// Words of the query that are about the answer and not about which contacts are meant.
const BESIDE: [&str; 4] = ["sort", "limit", "cursor", "format"];

/// Which contacts are meant; everything that is given must hold.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(in crate::api) struct Filters {
    /// Arrived then or later, RFC 3339.
    from: Option<String>,
    /// Arrived before, RFC 3339.
    to: Option<String>,
    /// Was in this queue.
    queue_id: Option<u64>,
    /// This agent had it.
    agent_id: Option<u64>,
    /// An agent who is in this team now had it.
    team_id: Option<u64>,
    /// `in` or `out`.
    #[param(value_type = Option<String>)]
    direction: Option<DirectionWord>,
    /// `voice` or `voicemail`.
    #[param(value_type = Option<String>)]
    channel: Option<ChannelWord>,
    /// Ended for this reason.
    end_reason: Option<String>,
    /// What its agent chose last.
    disposition_id: Option<u64>,
    /// The customer's number in international form; the whole of it.
    number: Option<String>,
    /// Waited at least so many seconds.
    min_wait_s: Option<u64>,
    /// Whether the call was recorded and the recording is here.
    has_recording: Option<bool>,
    /// Whether it has not ended.
    open: Option<bool>,
    /// Is behind this figure of the queue or agent that is named, in the time that is named beside it.
    figure: Option<String>,
    /// Of `figure`: from then on, RFC 3339.
    figure_from: Option<String>,
    /// Of `figure`: before then, RFC 3339.
    figure_to: Option<String>,
}

const WORDS: [&str; 16] = [
    "from",
    "to",
    "queue_id",
    "agent_id",
    "team_id",
    "direction",
    "channel",
    "end_reason",
    "disposition_id",
    "number",
    "min_wait_s",
    "has_recording",
    "open",
    "figure",
    "figure_from",
    "figure_to",
];

/// Who called whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum DirectionWord {
    In,
    Out,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChannelWord {
    #[serde(alias = "call")]
    Voice,
    Voicemail,
}

impl From<Direction> for DirectionWord {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Inbound => Self::In,
            Direction::Outbound => Self::Out,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Filters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let given: Vec<(String, String)> = crate::api::body::query(parts, state).await?;
        // A misspelled condition must not silently mean more contacts.
        let unknown = given
            .iter()
            .find(|(word, _)| !WORDS.contains(&word.as_str()) && !BESIDE.contains(&word.as_str()));
        if let Some((word, _)) = unknown {
            let detail = format!("there is no such condition; known are {}", WORDS.join(", "));
            return Err(Problem::invalid(word, detail));
        }
        crate::api::body::query(parts, state).await
    }
}

impl Filters {
    /// As the store is asked, with what the one who asks may see.
    pub(super) async fn seen_by<D: Door>(
        &self,
        by: &Admitted<D>,
    ) -> Result<HistoryFilter, Problem> {
        let mut filter = self.stored(&by.center)?;
        may_ask_of(by, self.agent_id.map(AgentId)).await?;
        if by
            .actor
            .may_any(&[Permission::SeeContacts, Permission::ExportContacts])
        {
            filter.sight = by.sight();
            return Ok(filter);
        }
        let own = by.agent()?;
        let asked = self.agent_id.map(AgentId);
        if asked.is_some_and(|agent| agent != own) {
            let action = "list contacts of another agent".to_owned();
            let detail = "these are another agent's contacts; the role supervisor may list them";
            return Err(by.turned_away(action, detail).await);
        }
        filter.seen_by = Some(own);
        Ok(filter)
    }

    /// As the store is asked.
    fn stored(&self, center: &Center) -> Result<HistoryFilter, Problem> {
        let number = self.number.as_deref().map(|number| {
            let parsed = PhoneNumber::parse(number);
            parsed.map_err(|error| Problem::invalid("number", error.to_string()))
        });
        let number = number.transpose()?;
        let figure = FigureAsked {
            figure: self.figure.as_deref(),
            from: self.figure_from.as_deref(),
            to: self.figure_to.as_deref(),
        };
        let behind = figure.behind(self.queue_id, self.agent_id)?;
        // What is behind a figure was in the queue by the figure's own reading.
        let by_row = |id: Option<u64>| id.filter(|_| behind.is_none());
        Ok(HistoryFilter {
            behind,
            from: time::asked("from", self.from.as_deref())?,
            to: time::asked("to", self.to.as_deref())?,
            queue: by_row(self.queue_id).map(QueueId),
            agent: by_row(self.agent_id).map(AgentId),
            seen_by: None,
            sight: Sight::Everything,
            team: team_sight(center, self.team_id)?,
            direction: self.direction.map(|it| match it {
                DirectionWord::In => Direction::Inbound,
                DirectionWord::Out => Direction::Outbound,
            }),
            channel: self.channel.map(|it| match it {
                ChannelWord::Voice => Channel::Voice,
                ChannelWord::Voicemail => Channel::Voicemail,
            }),
            end_reason: self.end_reason.as_deref().map(reason).transpose()?,
            disposition: self.disposition_id.map(DispositionId),
            customer: number.map(|it| it.customer(&center.keys, center.id())),
            wait_ms_min: self.min_wait_s.map(|seconds| seconds.saturating_mul(1_000)),
            has_recording: self.has_recording,
            is_open: self.open,
        })
    }

    /// As it stands on record: in the words that it was asked in, without a number.
    pub(super) fn told(&self) -> String {
        let number = |id: Option<u64>| id.map(|id| id.to_string());
        let flag = |is: Option<bool>| is.map(|is| is.to_string());
        let given = [
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("queue_id", number(self.queue_id)),
            ("agent_id", number(self.agent_id)),
            ("team_id", number(self.team_id)),
            (
                "direction",
                self.direction.map(|it| match it {
                    DirectionWord::In => "in".to_owned(),
                    DirectionWord::Out => "out".to_owned(),
                }),
            ),
            (
                "channel",
                self.channel.map(|it| match it {
                    ChannelWord::Voice => "voice".to_owned(),
                    ChannelWord::Voicemail => "voicemail".to_owned(),
                }),
            ),
            ("end_reason", self.end_reason.clone()),
            ("disposition_id", number(self.disposition_id)),
            ("number", self.number.as_ref().map(|_| "given".to_owned())),
            ("min_wait_s", number(self.min_wait_s)),
            ("has_recording", flag(self.has_recording)),
            ("open", flag(self.open)),
            ("figure", self.figure.clone()),
            ("figure_from", self.figure_from.clone()),
            ("figure_to", self.figure_to.clone()),
        ];
        let given = given.into_iter();
        let told: Vec<String> = given
            .filter_map(|(word, value)| Some(format!("{word}={}", value?)))
            .collect();
        told.join("&")
    }
}

/// The agents of a team, as it is now.
pub(in crate::api) fn team_sight(center: &Center, team: Option<u64>) -> Result<Sight, Problem> {
    let Some(team) = team.map(TeamId) else {
        return Ok(Sight::Everything);
    };
    let agents = center.engine.view().read(|projection| {
        let state = projection.center.state();
        let is_there = state.settings.teams.contains_key(&team);
        let members = { state.agents.iter() }.filter(|(_, it)| it.profile.team == Some(team));
        is_there.then(|| members.map(|(agent, _)| agent).collect())
    });
    let agents =
        agents.ok_or_else(|| Problem::invalid("team_id", format!("there is no team {team}")))?;
    Ok(Sight::Of(Seen {
        agents,
        ..Seen::default()
    }))
}

fn reason(word: &str) -> Result<EndReason, Problem> {
    let deserializer: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        word.into_deserializer();
    EndReason::deserialize(deserializer)
        .map_err(|error| Problem::invalid("end_reason", error.to_string()))
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(in crate::api) struct Paging {
    /// The one order that there is: `-arrived_at`, the newest first.
    sort: Option<String>,
    /// How many at most, 1 to 200; 50 when left out.
    limit: Option<usize>,
    /// Where the page before ended: its `next_cursor`.
    cursor: Option<String>,
}

const PAGE: usize = 50;
const PAGE_MAX: usize = 200;

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let paging: Self = crate::api::body::query(parts, state).await?;
        if paging.sort.as_deref().is_some_and(|it| it != "-arrived_at") {
            let detail = "contacts are sorted by -arrived_at only, the newest first";
            return Err(Problem::invalid("sort", detail.to_owned()));
        }
        if paging.limit.is_some_and(|it| !(1..=PAGE_MAX).contains(&it)) {
            let detail = format!("ask for 1 to {PAGE_MAX} at once");
            return Err(Problem::invalid("limit", detail));
        }
        Ok(paging)
    }
}

impl Paging {
    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(PAGE)
    }

    /// Where the page before ended.
    pub(super) fn cursor(&self) -> Result<Option<u64>, Problem> {
        let cursor = self.cursor.as_deref().map(str::parse::<u64>).transpose();
        cursor.map_err(|_not_ours| {
            let detail = "send the next_cursor of the page before as it was";
            Problem::invalid("cursor", detail.to_owned())
        })
    }

    pub(super) fn below(&self) -> Result<Option<ContactId>, Problem> {
        Ok(self.cursor()?.map(ContactId))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_on_record_has_every_condition_and_no_number() {
        let filters = Filters {
            from: Some("2026-11-01T00:00:00Z".into()),
            queue_id: Some(3),
            direction: Some(DirectionWord::Out),
            number: Some("+12065550100".into()),
            open: Some(false),
            ..Filters::default()
        };
        let told = "from=2026-11-01T00:00:00Z&queue_id=3&direction=out&number=given&open=false";
        assert_eq!(filters.told(), told);
        assert_eq!(Filters::default().told(), "");
    }

    #[test]
    fn instants_and_reasons_that_are_none_name_their_field() {
        assert!(time::asked("from", Some("yesterday")).is_err());
        assert!(time::asked("from", Some("2026-11-01T08:00:00+01:00")).is_ok());
        assert!(reason("gone_fishing").is_err());
        assert_eq!(reason("timeout").ok(), Some(EndReason::Timeout));
    }
}
