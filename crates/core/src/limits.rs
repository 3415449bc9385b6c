//! The limit of everything that can grow from outside. Reaching one is a refusal, never a crash.

/// Queues of one contact center.
pub const QUEUES_MAX: usize = 2_000;
/// Agents of one contact center.
pub const AGENTS_MAX: usize = 100_000;
/// Skills of one contact center.
pub const SKILLS_MAX: usize = 2_000;
/// Flows of one contact center.
pub const FLOWS_MAX: usize = 2_000;
/// Endpoints of one contact center.
pub const ENDPOINTS_MAX: usize = 10_000;
/// Reasons, and likewise dispositions, of one contact center.
pub const LABELS_MAX: usize = 500;
/// Contacts that may be alive at once; the next one is turned away as busy.
pub const CONTACTS_MAX: usize = 200_000;
/// Characters of a name or label.
pub const NAME_CHARS_MAX: usize = 80;
/// Characters of a queue's short form on a wallboard.
pub const SHORT_NAME_CHARS_MAX: usize = 10;
/// Characters of a prompt's text: the speech service refuses longer ones.
pub const PROMPT_CHARS_MAX: usize = 400;
/// Skills that one queue may require, and skills of one agent.
pub const SKILLS_PER_OBJECT_MAX: usize = 64;
/// Nodes of one flow.
pub const FLOW_NODES_MAX: usize = 500;
/// Cases of one branch node.
pub const BRANCH_CASES_MAX: usize = 50;
/// Node visits of one contact; a flow that goes on longer is ended as an internal error.
pub const FLOW_VISITS_MAX: u32 = 1_000;
/// Attributes of one contact (context headers that the endpoint lets through, collected digits).
pub const ATTRIBUTES_MAX: usize = 32;
/// Characters of an attribute's value.
pub const ATTRIBUTE_CHARS_MAX: usize = 256;
/// Runners-up that a routing decision names.
pub const DECISION_NEXT_MAX: usize = 5;
/// Agents of whom one contact may be kept apart at once (R-07 cooldown); the oldest is forgotten.
pub const EXCLUDED_PER_CONTACT_MAX: usize = 16;
/// Seconds for which an arrival is remembered, so that a repeated one is recognized (B-172).
pub const ARRIVAL_MEMORY_SECONDS: u32 = 3_600;
/// Seconds that an answered call may take to come up before it is given up.
pub const ANSWER_SECONDS_MAX: u32 = 60;
/// Seconds that a prompt may be silent about its end before the flow takes the declared exit.
pub const PROMPT_SECONDS_MAX: u32 = 300;
/// Times that an agent may extend one wrap-up, each by [`WRAP_UP_EXTENSION_SECONDS`].
pub const WRAP_UP_EXTENSIONS_MAX: u32 = 3;
/// Seconds of one extension of a wrap-up.
pub const WRAP_UP_EXTENSION_SECONDS: u32 = 30;
/// Timers that one turn may fire; more wait for the next turn, which follows at once.
pub const TIMERS_PER_TURN_MAX: usize = 256;
/// Orders per second, on average since [`EFFECTS_COUNTED_FROM_S`], that a contact center stays below:
/// a restored one goes on with a number that no order of before can have had.
pub const EFFECTS_PER_SECOND_MAX: u64 = 1_000;
/// The instant in seconds, 2025-01-01T00:00:00Z: before the first order of any contact center.
pub const EFFECTS_COUNTED_FROM_S: i64 = 1_735_689_600;
