//! How a recording looks to people, and what was done with it.

use crate::api::accounts::usernames;
use crate::api::contacts::past;
use crate::api::time::Instant;
use crate::api::{CustomerView, Named, agent_named, customers, queue_named};
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::recordings::cause_word;
use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::access::{Access, Aim};
use tandem_core::ids::{AccountId, ContactId, EffectId, SubjectRef};
use tandem_core::recording::Lost;
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_reports::story::{Recorded, RecordedState, Story, What};
use tandem_store::{Channel, KeptRecording, Pause};
use utoipa::ToSchema;

/// A recording.
#[derive(Serialize, ToSchema)]
pub(super) struct KeptRecordingView {
    id: u64,
    contact_id: u64,
    from: Instant,
    until: Option<Instant>,
    /// `recording`, `arriving`, `kept`, `lost` or `erased`.
    state: &'static str,
    /// Why it is lost.
    code: Option<&'static str>,
    erased_at: Option<Instant>,
    seconds: Option<f64>,
    /// How long Microsoft said that it is, when the file that came was not: something may be missing.
    told_seconds: Option<f64>,
    channels: Vec<ChannelView>,
    pauses: Vec<SilenceView>,
    /// Of the sound, hexadecimal.
    sha256: Option<String>,
    chain: Option<ChainView>,
    queue: Option<Named>,
    hold: Option<HoldView>,
    keep_until: Option<Instant>,
    /// Whose contact it was; none when that is no longer known.
    customer: Option<CustomerView>,
    agents: Vec<Named>,
}

/// Who is heard on a channel.
#[derive(Serialize, ToSchema)]
struct ChannelView {
    index: usize,
    /// `customer`, `agent` or `mixed`.
    who: &'static str,
    agent: Option<Named>,
}

/// A span in which nothing was recorded.
#[derive(Serialize, ToSchema)]
struct SilenceView {
    from_s: f64,
    until_s: f64,
    cause: String,
}

/// Its place in the chain of recordings.
#[derive(Serialize, ToSchema)]
struct ChainView {
    n: u64,
    /// The link that vouches for it and all before it, hexadecimal.
    sha256: String,
}

/// A legal hold.
#[derive(Serialize, ToSchema)]
struct HoldView {
    reason: Option<String>,
    by: Option<String>,
    at: Instant,
}

/// Something that was done with a recording.
#[derive(Serialize, ToSchema)]
pub(super) struct AccessView {
    at: Instant,
    /// The username; none: the system itself.
    by: Option<String>,
    kind: &'static str,
    purpose: Option<&'static str>,
    /// The note, or the reason.
    note: Option<String>,
}

/// Makes views; names are looked up before the state is read.
pub(super) async fn views(
    app: &App,
    center: &Center,
    rows: Vec<KeptRecording>,
) -> Result<Vec<KeptRecordingView>, Problem> {
    let reasons: Vec<SubjectRef> = rows.iter().filter_map(|it| it.hold?.reason).collect();
    center.people.open(&reasons).await?;
    let names = usernames(app, rows.iter().filter_map(|it| Some(it.hold?.by))).await?;
    let arrivals: BTreeMap<ContactId, SubjectRef> = center.engine.view().read(|projection| {
        let arrival = |row: &KeptRecording| {
            let contact = row.sheet.contact;
            Some((contact, projection.stories.story(contact)?.arrival))
        };
        rows.iter().filter_map(arrival).collect()
    });
    let wanted: Vec<SubjectRef> = arrivals.values().copied().collect();
    let customers = customers(center, &wanted).await?;
    Ok(center.engine.view().read(|projection| {
        let state = projection.center.state();
        let made = rows.into_iter().map(|row| {
            let customer = arrivals.get(&row.sheet.contact);
            let customer = customer.and_then(|arrival| customers.get(arrival).cloned());
            view(center, state, row, customer, &names)
        });
        made.collect()
    }))
}

fn view(
    center: &Center,
    state: &State,
    row: KeptRecording,
    customer: Option<CustomerView>,
    names: &BTreeMap<AccountId, String>,
) -> KeptRecordingView {
    let sheet = row.sheet;
    let named = |agent| agent_named(center, state, agent);
    let channel = |(index, channel): (usize, &Channel)| match channel {
        Channel::Mixed => channel_view(index, "mixed", None),
        Channel::Customer => channel_view(index, "customer", None),
        Channel::Agent(agent) => channel_view(index, "agent", agent.map(named)),
    };
    let channels = sheet.channels.iter().enumerate().map(channel).collect();
    let agents = sheet.agents().map(named).collect();
    let hold = row.hold.map(|hold| HoldView {
        reason: hold
            .reason
            .and_then(|it| center.people.known(it))
            .map(|it| it.to_string()),
        by: names.get(&hold.by).cloned(),
        at: hold.since.into(),
    });
    KeptRecordingView {
        id: sheet.recording.0,
        contact_id: sheet.contact.0,
        from: Timestamp::from_micros(sheet.started).into(),
        until: Some(Timestamp::from_micros(sheet.ended).into()),
        state: if row.erased.is_some() {
            "erased"
        } else {
            "kept"
        },
        code: None,
        erased_at: row.erased.map(Instant::from),
        seconds: Some(seconds(sheet.length_ms)),
        told_seconds: sheet.told_ms.map(seconds),
        channels,
        pauses: sheet.pauses.into_iter().map(pause).collect(),
        sha256: Some(sheet.sha256),
        chain: Some(ChainView {
            n: row.n,
            sha256: row.link.to_string(),
        }),
        queue: sheet.queue.map(|it| queue_named(state, it)),
        hold,
        keep_until: row.keep_until.map(Instant::from),
        customer,
        agents,
    }
}

impl KeptRecordingView {
    pub(super) const fn began(&self) -> Instant {
        self.from
    }
}

/// The recordings of a contact whose sound is not here: they run, their files have not come or never will.
pub(super) fn unkept_of(
    center: &Center,
    contact: ContactId,
    kept: &[KeptRecording],
) -> Vec<KeptRecordingView> {
    center.engine.view().read(|projection| {
        let story = projection.stories.story(contact);
        let recordings = story.into_iter().flat_map(|story| {
            let recordings = story.recordings.iter();
            recordings.map(move |recorded| (story, recorded))
        });
        recordings
            .filter(|(_, it)| !kept.iter().any(|row| row.sheet.recording == it.recording))
            .filter_map(|(story, it)| unkept(contact, story, it))
            .collect()
    })
}

fn unkept(contact: ContactId, story: &Story, recorded: &Recorded) -> Option<KeptRecordingView> {
    let state = match recorded.state {
        RecordedState::Starting | RecordedState::Recording => "recording",
        RecordedState::Stopped => "arriving",
        RecordedState::Lost => "lost",
        // Kept ones have rows; what never was one is told in the story.
        RecordedState::Kept | RecordedState::Failed => return None,
    };
    let lost = story.entries.iter().find_map(|entry| {
        if let What::RecordingLost { recording, why } = &entry.what
            && *recording == recorded.recording
        {
            return Some(why);
        }
        None
    });
    let ms = |at: Timestamp| u64::try_from(at.micros_since(recorded.from) / 1_000).unwrap_or(0);
    let pauses = recorded.pauses.iter().filter_map(|pause| {
        Some(SilenceView {
            from_s: seconds(ms(pause.from)),
            until_s: seconds(ms(pause.until?)),
            cause: cause_word(pause.cause).to_owned(),
        })
    });
    Some(KeptRecordingView {
        id: recorded.recording.0,
        contact_id: contact.0,
        from: recorded.from.into(),
        until: recorded.until.map(Instant),
        state,
        code: lost.map(lost_word),
        erased_at: None,
        seconds: None,
        told_seconds: None,
        channels: Vec::new(),
        pauses: pauses.collect(),
        sha256: None,
        chain: None,
        queue: None,
        hold: None,
        keep_until: None,
        customer: None,
        agents: Vec::new(),
    })
}

fn lost_word(why: &Lost) -> &'static str {
    match why {
        Lost::NeverCame => "never_came",
        Lost::Refused { code } => match code.as_str() {
            "truncated" => "truncated",
            "too-large" => "too_large",
            "no-wav" => "no_wav",
            _ => "refused",
        },
        Lost::Unreachable => "unreachable",
        Lost::Divided => "divided",
    }
}

const fn channel_view(index: usize, who: &'static str, agent: Option<Named>) -> ChannelView {
    ChannelView { index, who, agent }
}

fn pause(pause: Pause) -> SilenceView {
    SilenceView {
        from_s: seconds(pause.from_ms),
        until_s: seconds(pause.until_ms),
        cause: pause.cause,
    }
}

/// Nine hours have far less than 2^32 ms.
fn seconds(ms: u64) -> f64 {
    f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0
}

/// What was done with a recording, newest first.
pub(super) async fn accesses_of(
    app: &App,
    center: &Center,
    kept: &KeptRecording,
) -> Result<Vec<AccessView>, Problem> {
    let (contact, id) = (kept.sheet.contact, kept.sheet.recording);
    let found = past::look(center, contact, |story| accesses_in(story, id)).await?;
    let mut found = found.unwrap_or_default();
    found.reverse();
    let notes: Vec<SubjectRef> = found.iter().filter_map(|(_, _, it)| note_of(it)).collect();
    center.people.open(&notes).await?;
    let names = usernames(app, found.iter().map(|(_, by, _)| *by)).await?;
    let view = found.into_iter().map(|(at, by, access)| AccessView {
        at: at.into(),
        by: names.get(&by).cloned(),
        kind: kind_of(&access),
        purpose: purpose_of(&access),
        note: note_of(&access)
            .and_then(|it| center.people.known(it))
            .map(|it| it.to_string()),
    });
    Ok(view.collect())
}

fn accesses_in(story: &Story, id: EffectId) -> Vec<(Timestamp, AccountId, Access)> {
    let entries = story.entries.iter();
    let accesses = entries.filter_map(|entry| {
        if let What::RecordingAccessed {
            recording,
            by,
            access,
        } = &entry.what
            && *recording == id
        {
            return Some((entry.at, *by, access.clone()));
        }
        None
    });
    accesses.collect()
}

const fn kind_of(access: &Access) -> &'static str {
    match access {
        Access::Played { .. } => "played",
        Access::Downloaded { .. } => "downloaded",
        Access::HoldSet { .. } => "hold_set",
        Access::HoldReleased { .. } => "hold_released",
        Access::Erased { .. } => "erased",
        Access::Expired => "expired",
    }
}

const fn purpose_of(access: &Access) -> Option<&'static str> {
    match access {
        Access::Played { purpose, .. } | Access::Downloaded { purpose, .. } => {
            Some(match purpose {
                Aim::Quality => "quality",
                Aim::Complaint => "complaint",
                Aim::Legal => "legal",
                Aim::Training => "training",
                Aim::OwnContact => "own_contact",
            })
        }
        Access::HoldSet { .. }
        | Access::HoldReleased { .. }
        | Access::Erased { .. }
        | Access::Expired => None,
    }
}

const fn note_of(access: &Access) -> Option<SubjectRef> {
    match access {
        Access::Played { note, .. } | Access::Downloaded { note, .. } => *note,
        Access::HoldSet { reason }
        | Access::HoldReleased { reason }
        | Access::Erased { reason } => Some(*reason),
        Access::Expired => None,
    }
}
