//! Identifiers. All come from counters in the state, so that a re-run gives the same ones; only a
//! [`SubjectRef`] is drawn outside, because the personal data must be durable before it is named.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl crate::by_id::Numbered for $name {
            fn number(self) -> u64 {
                self.0
            }

            fn of_number(number: u64) -> Self {
                Self(number)
            }
        }
    )+};
}

ids! {
    /// A local account: who asked. Kept by the store, not by the core.
    AccountId,
    /// An agent.
    AgentId,
    /// Queues that share agents, and how they are balanced.
    BalanceGroupId,
    /// A capacity profile: how much an agent may have at once.
    CapacityProfileId,
    /// A callback.
    CallbackId,
    /// One customer matter on one channel.
    ContactId,
    /// A disposition, chosen in wrap-up.
    DispositionId,
    /// One order to the outside world; the idempotency key is derived from it.
    EffectId,
    /// An address at which customers reach the contact center.
    EndpointId,
    /// A flow.
    FlowId,
    /// A contact put to an agent for a limited time.
    OfferId,
    /// What a contact center says about presence: there is one at most.
    PresenceId,
    /// What a contact center says about privacy: there is one at most.
    PrivacyId,
    /// A prompt that is kept.
    PromptId,
    /// A queue.
    QueueId,
    /// A reason for being not ready.
    ReasonId,
    /// A schedule of opening hours.
    ScheduleId,
    /// A site: where teams work.
    SiteId,
    /// A skill.
    SkillId,
    /// Personal data in the store; the journal holds the reference alone.
    SubjectRef,
    /// A team of agents.
    TeamId,
    /// A trunk of Direct Routing.
    TrunkId,
}

/// A keyed hash of a customer's address: routing recognizes the customer by it, the journal never
/// holds the address itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerHash(pub u64);
