//! The invariants: what must hold whatever happens, each with its rule and a sentence.

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Invariant {
    ///
    FactsInOrder,
    /// R-02a.
    OneStatePerContact,
    /// R-02b.
    OneContactOneAgent,
    /// R-02c.
    JournalGivesTheState,
    /// R-02d.
    NothingWaitsForEver,
    /// R-02e.
    CountsConserve,
    ///
    DecisionIsThatOfAFullScan,
    ///
    NobodyWaitsForAnIdleAgent,
    ///
    NobodyIsHeldInVain,
    ///
    ReasonsAreHad,
    ///
    GroupsAreBalanced,
    /// B4.6: a queue is switched by somebody, for a reason, and not longer than was said.
    SwitchesEnd,
    /// B15.1 by the slow ledger.
    BoardEqualsLedger,
    /// B-172.
    OneCallOneContact,
    /// B12: whatever happens, no customer is called twice for one request.
    OneRequestOneCall,
    /// of the customers who answer callbacks, no more meet nobody than may.
    EarlyCallsKeepToTheirCredit,
    /// Design 2.3.
    NothingOutsideBeforeItIsDurable,
    /// Design 2.5.
    OpenOrderIsInHand,
    /// An order can be carried out.
    OrderMakesSense,
    /// A reply tells what was done.
    ReplyIsTrue,
    /// What is written is read as the same.
    ReadAsWritten,
    /// Whoever answered after the offer had ended was removed.
    NobodyTalksToAWaitingCustomer,
    /// B-023, B-237.
    NothingIsRecordedThatMustNotBe,
    /// The calm drains everything.
    CalmDrains,
}

impl Invariant {
    /// The rule, and what it asks.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::FactsInOrder => "R-01: a fact about a contact follows only what it may follow",
            Self::OneStatePerContact => {
                "R-02a: each contact is in one state, none is lost and none made up"
            }
            Self::OneContactOneAgent => {
                "R-02b, R-04: a contact is with one agent at most, and both sides tell the same"
            }
            Self::JournalGivesTheState => {
                "R-02c: the journal gives the state that living through the day gave"
            }
            Self::NothingWaitsForEver => "R-02d: whatever waits has an alarm in time",
            Self::CountsConserve => {
                "R-02e: who entered a queue was answered, left, was removed or still waits"
            }
            Self::DecisionIsThatOfAFullScan => {
                "R-11, R-16: a decision is that of a scan over everybody"
            }
            Self::NobodyWaitsForAnIdleAgent => {
                "R-16: nobody waits while an agent who could take the contact is idle"
            }
            Self::NobodyIsHeldInVain => "R-14: nobody waits for one agent alone who will not come",
            Self::ReasonsAreHad => {
                "R-05: whoever is not ready for a reason, or asks for one, has one that there is, and what a supervisor must grant is granted"
            }
            Self::GroupsAreBalanced => {
                "R-15: a balance group gives what a scan by its objective gives, and nobody beyond its bound is passed"
            }
            Self::SwitchesEnd => {
                "B4.6: a queue is switched for a reason and a time, once, and that holds until its end and no longer"
            }
            Self::BoardEqualsLedger => {
                "B15.1: the board counts what going through every stay counts"
            }
            Self::OneCallOneContact => "B-172: a call that is announced again is one contact",
            Self::OneRequestOneCall => {
                "B12: a customer whom an agent calls is called once, and only for an agent who is there"
            }
            Self::EarlyCallsKeepToTheirCredit => {
                "R-28: of the customers who answer callbacks of a queue, one and three in a hundred meet nobody, and no more"
            }
            Self::NothingOutsideBeforeItIsDurable => {
                "what was asked of the other side stands in the journal"
            }
            Self::OpenOrderIsInHand => {
                "an order that has not ended is being carried out, or its outcome is on its way in"
            }
            Self::OrderMakesSense => {
                "an order can be carried out and is for a contact that there was"
            }
            Self::ReplyIsTrue => "a reply tells what was done",
            Self::ReadAsWritten => "what is written is read as the same",
            Self::NobodyTalksToAWaitingCustomer => {
                "no agent is in the call of a customer who waits"
            }
            Self::NothingIsRecordedThatMustNotBe => {
                "B-023, B-237: what is said to be paused is, and who refused is not recorded"
            }
            Self::CalmDrains => {
                "once everybody works and nothing fails, every queue, order and call comes to its end"
            }
        }
    }

    pub(crate) fn broken(self, detail: impl Into<String>) -> Broken {
        Broken {
            invariant: self,
            detail: detail.into(),
        }
    }
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// What was seen.
    pub detail: String,
}
