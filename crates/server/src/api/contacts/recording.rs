//! The recording of a contact's call: how it stands, what was recorded, and the pauses that people and payment
//! pages ask for.

use crate::api::body::{At, Body};
use crate::api::me::ask;
use crate::api::time::Instant;
use crate::problem::Problem;
use crate::sign_in::RecordingPauser;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tandem_core::contact::Contact;
use tandem_core::ids::ContactId;
use tandem_core::input::Request;
use tandem_core::recording::{
    NotRecorded, Pause, PauseCause, PauseStage, PaymentPage, Purpose, Recording, Stage, Unrecorded,
};
use tandem_core::state::State;
use tandem_reports::story::{Paused, Recorded, RecordedState};
use utoipa::ToSchema;

/// How the recording of a call stands.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct RecordingView {
    state: RecordingViewState,
    /// Since when it stands so.
    since: Instant,
    /// Whether the queue has its conversations recorded.
    required: bool,
    paused_by: Option<PausedBy>,
    /// When a pause ends by itself.
    resumes_at: Option<Instant>,
    /// Why it is not recorded.
    code: Option<String>,
}

/// Where the recording of a call stands. A card number may be read out in `paused` and in no other.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecordingViewState {
    /// Asked for; the service has not said that it records.
    Starting,
    Recording,
    /// A pause is asked for: what is said is still recorded.
    Pausing,
    /// The service confirmed that it does not record.
    Paused,
    /// The end of a pause is asked for: what is said may be recorded.
    Resuming,
    /// It could not be recorded, or is not any more.
    Failed,
    /// The customer's consent is missing.
    NotAllowed,
}

/// Why a recording pauses.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PausedBy {
    Agent,
    Supervisor,
    Flow,
    PaymentPage,
}

impl From<PauseCause> for PausedBy {
    fn from(cause: PauseCause) -> Self {
        match cause {
            PauseCause::Agent => Self::Agent,
            PauseCause::Supervisor => Self::Supervisor,
            PauseCause::Flow => Self::Flow,
            PauseCause::PaymentPage => Self::PaymentPage,
        }
    }
}

impl RecordingView {
    /// A message is no recording of a call.
    pub(super) fn of(state: &State, contact: &Contact) -> Option<Self> {
        let queue = contact.stay().map(|stay| stay.queue);
        let required = queue.is_some_and(|it| state.settings.recording_rule(it).is_some());
        let running = contact.recording.as_ref();
        let running = running.filter(|it| it.purpose == Purpose::Call);
        let unrecorded = contact.unrecorded.as_ref();
        running
            .map(|it| Self::of_running(it, required))
            .or_else(|| unrecorded.map(|it| Self::of_unrecorded(it, required)))
    }

    fn of_running(recording: &Recording, required: bool) -> Self {
        let pause = recording.pause.as_ref();
        let (state, since) = match (pause, &recording.stage) {
            (Some(pause), _) => (pause_state(pause), pause.since),
            (None, Stage::Starting { .. }) => (RecordingViewState::Starting, recording.ordered_at),
            (None, Stage::Running { since, .. }) => (RecordingViewState::Recording, *since),
        };
        Self {
            state,
            since: since.into(),
            required,
            paused_by: pause.map(|pause| pause.cause.into()),
            resumes_at: pause.and_then(Pause::resumes_at).map(Instant),
            code: None,
        }
    }

    fn of_unrecorded(it: &Unrecorded, required: bool) -> Self {
        let (state, code) = match &it.why {
            NotRecorded::Failed { code } => (RecordingViewState::Failed, code.as_str()),
            NotRecorded::ConsentMissing => (RecordingViewState::NotAllowed, "consent_missing"),
            NotRecorded::Refused => (RecordingViewState::NotAllowed, "refused"),
        };
        Self {
            state,
            since: it.since.into(),
            required,
            paused_by: None,
            resumes_at: None,
            code: Some(code.to_owned()),
        }
    }
}

const fn pause_state(pause: &Pause) -> RecordingViewState {
    match pause.stage {
        PauseStage::Pausing { .. } => RecordingViewState::Pausing,
        PauseStage::Paused { .. } => RecordingViewState::Paused,
        PauseStage::Resuming { .. } => RecordingViewState::Resuming,
    }
}

/// A recording of a call, for a timeline.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordedView {
    recording: u64,
    /// When it began; when it was asked for, if it did not.
    from: Instant,
    until: Option<Instant>,
    pauses: Vec<PauseView>,
    state: RecordedViewState,
    /// How long its file is.
    seconds: Option<u32>,
}

/// A pause, from the confirmation that it began to the one that it was over.
#[derive(Serialize, ToSchema)]
pub(super) struct PauseView {
    from: Instant,
    until: Option<Instant>,
    cause: PausedBy,
}

/// What became of a recording.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RecordedViewState {
    Starting,
    Recording,
    /// Over; its file has not come.
    Stopped,
    /// Its file is here.
    Kept,
    /// Its file is not to be had.
    Lost,
    /// It never was one, or its file is not wanted.
    Failed,
}

impl RecordedView {
    pub(super) fn of(it: &Recorded) -> Self {
        Self {
            recording: it.recording.0,
            from: it.from.into(),
            until: it.until.map(Instant),
            pauses: it.pauses.iter().map(PauseView::of).collect(),
            state: match it.state {
                RecordedState::Starting => RecordedViewState::Starting,
                RecordedState::Recording => RecordedViewState::Recording,
                RecordedState::Stopped => RecordedViewState::Stopped,
                RecordedState::Kept => RecordedViewState::Kept,
                RecordedState::Lost => RecordedViewState::Lost,
                RecordedState::Failed => RecordedViewState::Failed,
            },
            seconds: it.seconds,
        }
    }
}

impl PauseView {
    fn of(it: &Paused) -> Self {
        Self {
            from: it.from.into(),
            until: it.until.map(Instant),
            cause: it.cause.into(),
        }
    }
}

/// What the customer's payment page did.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Payment {
    state: PaymentState,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PaymentState {
    Opened,
    Closed,
}

async fn asked(by: RecordingPauser, request: Request) -> Result<StatusCode, Problem> {
    ask(by, request)
        .await
        .map(|_nothing| StatusCode::NO_CONTENT)
}

/// Has the recording pause. What is said is recorded until the contact's recording is `paused`. Those who may: the
/// agent who talks to the customer, and pause_recordings within the scope.
#[utoipa::path(post, path = "/{center}/contacts/{id}/recording/pause", tag = "desk",
    operation_id = "pause_recording",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204, description = "It is asked for"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn pause(
    by: RecordingPauser,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    let contact = ContactId(id);
    asked(by, Request::PauseRecording { contact }).await
}

/// Has the recording go on. What is said may be recorded from now on. Those who may: the agent who talks to the
/// customer, and pause_recordings within the scope.
#[utoipa::path(post, path = "/{center}/contacts/{id}/recording/resume", tag = "desk",
    operation_id = "resume_recording",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204, description = "It is asked for"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn resume(
    by: RecordingPauser,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    let contact = ContactId(id);
    asked(by, Request::ResumeRecording { contact }).await
}

/// Says that the customer's payment page was opened or closed: the recording pauses in between. A pause that a
/// person asked for stands whatever the page does. Those who may: the agent who talks to the customer, and
/// pause_recordings within the scope.
#[utoipa::path(post, path = "/{center}/contacts/{id}/payment", tag = "desk",
    operation_id = "payment", request_body = Payment,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204, description = "It is noted"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn payment(
    by: RecordingPauser,
    At(id): At<u64>,
    Body(payment): Body<Payment>,
) -> Result<StatusCode, Problem> {
    let contact = ContactId(id);
    let page = match payment.state {
        PaymentState::Opened => PaymentPage::Opened,
        PaymentState::Closed => PaymentPage::Closed,
    };
    asked(by, Request::NotePayment { contact, page }).await
}
