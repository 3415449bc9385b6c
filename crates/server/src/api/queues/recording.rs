//! The rule by which the conversations of a queue are recorded.

use serde::{Deserialize, Serialize};
use tandem_core::recording as core;
use utoipa::ToSchema;

/// When the conversations of a queue are recorded, and what follows when that cannot be.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordingRule {
    #[serde(default = "always")]
    when: When,
    /// Whether the file has one mix, or the customer on the first channel and the agent on the second.
    #[serde(default = "mixed")]
    channels: Layout,
    /// What must be so of the customer before: nothing, the announcement of a `consent` node heard to its end,
    /// or a yes to its question.
    #[serde(default = "not_needed")]
    consent: Needs,
    /// When a conversation cannot be recorded: the story tells, the agent is told as well, or the call ends.
    #[serde(default = "warn")]
    on_failure: OnFailure,
    /// How long a pause may be, 30 to 900; then it is recorded again.
    #[serde(default = "pause_max_s")]
    pause_max_s: u32,
    /// After a transfer: the rule of the queue that has the contact, or recorded once is recorded to the end.
    #[serde(default = "own_rule")]
    after_transfer: AfterTransfer,
    /// How many days the file is to be kept, 1 to 3650. It is noted and not carried out yet.
    #[serde(default)]
    keep_days: Option<u32>,
}

/// Which conversations are recorded.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RecordedWhen)]
enum When {
    Always,
}

/// How the parties are kept apart in the file.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RecordingChannels)]
enum Layout {
    Mixed,
    Unmixed,
}

/// What must be so of the customer before a conversation is recorded.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConsentNeeded)]
enum Needs {
    NotNeeded,
    Announced,
    Asked,
}

/// What follows when a conversation cannot be recorded.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OnRecordingFailure)]
enum OnFailure {
    Continue,
    Warn,
    EndCall,
}

/// What a later owner of the contact changes.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AfterTransfer {
    OwnRule,
    Strictest,
}

const fn always() -> When {
    When::Always
}
const fn mixed() -> Layout {
    Layout::Mixed
}
const fn not_needed() -> Needs {
    Needs::NotNeeded
}
const fn warn() -> OnFailure {
    OnFailure::Warn
}
const fn pause_max_s() -> u32 {
    300
}
const fn own_rule() -> AfterTransfer {
    AfterTransfer::OwnRule
}

impl From<RecordingRule> for core::RecordingRule {
    fn from(sent: RecordingRule) -> Self {
        Self {
            when: sent.when.into(),
            channels: sent.channels.into(),
            consent: sent.consent.into(),
            on_failure: sent.on_failure.into(),
            pause_max_s: sent.pause_max_s,
            after_transfer: sent.after_transfer.into(),
            keep_days: sent.keep_days,
        }
    }
}

impl From<core::RecordingRule> for RecordingRule {
    fn from(it: core::RecordingRule) -> Self {
        Self {
            when: it.when.into(),
            channels: it.channels.into(),
            consent: it.consent.into(),
            on_failure: it.on_failure.into(),
            pause_max_s: it.pause_max_s,
            after_transfer: it.after_transfer.into(),
            keep_days: it.keep_days,
        }
    }
}

same_words! {
    When = core::When { Always }
    Layout = core::Layout { Mixed, Unmixed }
    Needs = core::Needs { NotNeeded, Announced, Asked }
    OnFailure = core::OnFailure { Continue, Warn, EndCall }
    AfterTransfer = core::AfterTransfer { OwnRule, Strictest }
}
