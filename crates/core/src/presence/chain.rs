//! The chain of changes that one change begins: what the rules make of it on the other side, what that makes of the
//! first, and so on. It is what saving looks at, so that nobody saves rules which answer each other for ever (B-203).

use super::{Doing, PresenceRules, Seen, Standing, Status, System, Target};
use serde::{Deserialize, Serialize};

/// What one side shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "side", rename_all = "snake_case")]
pub enum Shown {
    /// Teams.
    Teams {
        /// What.
        status: Status,
    },
    /// Tandem.
    Tandem {
        /// What.
        standing: Standing,
    },
}

/// A change of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainStep {
    /// When at the latest, s after the first.
    pub at_s: u32,
    /// What is shown then, and where.
    pub shows: Shown,
    /// Why.
    pub why: Why,
}

/// Why one side shows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The chain begins with it.
    Start,
    /// A rule says so.
    Mapped,
    /// A rule says so, and it is so already.
    Same,
    /// This direction is not used.
    Off,
    /// There is no rule for it.
    NoRule,
    /// What is shown there counts more than what came.
    Outranked,
}

/// A chain of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The changes, in order. The last says why nothing follows.
    pub steps: Vec<ChainStep>,
    /// How it ends.
    pub ends: Ends,
}

/// How a chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Nothing more changes.
    Settled,
    /// These changes follow each other for ever.
    Loops(Vec<Shown>),
}

/// What Teams shows when Tandem wrote a status: the only busy that can be written is a call.
const fn written(status: Status) -> Seen {
    let doing = match status {
        Status::Busy => Doing::Call,
        Status::Available
        | Status::DoNotDisturb
        | Status::BeRightBack
        | Status::Away
        | Status::Offline => Doing::Nothing,
    };
    Seen { status, doing }
}

impl Target {
    /// What Tandem says of an agent who became that.
    #[must_use]
    pub const fn standing(self) -> Standing {
        let standing = match self {
            Self::Available => System::Available,
            Self::SignedOut => System::SignedOut,
            Self::NotReady { reason } => return Standing::Reason { reason },
        };
        Standing::System { standing }
    }
}

/// What of Teams' statuses the chain has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    /// By the person, who chose the status.
    ByPerson(Status),
    /// By one side because of the other.
    BySides,
}

impl PresenceRules {
    /// What the other side shows because of this, or why it shows nothing else.
    fn answer(&self, shown: Shown, begun: Begun) -> Result<Shown, Why> {
        match shown {
            Shown::Teams { status } => {
                if !self.from_teams.is_on {
                    return Err(Why::Off);
                }
                let seen = match begun {
                    Begun::ByPerson(_) => Seen {
                        status,
                        doing: Doing::Nothing,
                    },
                    Begun::BySides => written(status),
                };
                if !self.changes_tandem(seen) {
                    return Err(Why::Outranked);
                }
                let target = self.rule_for(seen).ok_or(Why::NoRule)?;
                let standing = target.standing();
                Ok(Shown::Tandem { standing })
            }
            Shown::Tandem { standing } => {
                if !self.to_teams.is_on {
                    return Err(Why::Off);
                }
                let status = self.rule_of(standing).ok_or(Why::NoRule)?;
                if let Begun::ByPerson(chosen) = begun
                    && chosen != status
                    && self.counts_more_than_tandem(Seen {
                        status: chosen,
                        doing: Doing::Nothing,
                    })
                {
                    return Err(Why::Outranked);
                }
                Ok(Shown::Teams { status })
            }
        }
    }

    /// How long one side takes to answer at most: Tandem has to look first, and on both sides it has to last (B-202).
    const fn takes_s(&self, shown: Shown) -> u32 {
        match shown {
            Shown::Teams { .. } => self.cycle_s + self.ignore_shorter_than_s,
            Shown::Tandem { .. } => self.ignore_shorter_than_s,
        }
    }

    /// Everything that follows from one change.
    #[must_use]
    pub fn chain(&self, start: Shown) -> Chain {
        let begun = match start {
            Shown::Teams { status } => Begun::ByPerson(status),
            Shown::Tandem { .. } => Begun::BySides,
        };
        self.walk(start, begun)
    }

    fn walk(&self, start: Shown, begun: Begun) -> Chain {
        let step = |at_s, shows, why| ChainStep { at_s, shows, why };
        let mut steps = vec![step(0, start, Why::Start)];
        let (mut shown, mut at_s) = (start, 0);
        loop {
            let next = match self.answer(shown, begun) {
                Ok(next) => next,
                Err(why) => {
                    steps.push(step(at_s, shown, why));
                    let ends = Ends::Settled;
                    return Chain { steps, ends };
                }
            };
            at_s += self.takes_s(shown);
            let before = steps.iter().position(|it| it.shows == next);
            if let Some(place) = before {
                // One status and one standing that answer each other are at rest.
                let cycle: Vec<_> = { steps.iter().skip(place) }.map(|it| it.shows).collect();
                let (why, ends) = if cycle.len() > 2 {
                    (Why::Mapped, Ends::Loops(cycle))
                } else {
                    (Why::Same, Ends::Settled)
                };
                steps.push(step(at_s, next, why));
                return Chain { steps, ends };
            }
            steps.push(step(at_s, next, Why::Mapped));
            shown = next;
        }
    }

    /// Changes that would follow each other for ever, were what Tandem wrote taken for somebody's word (B-203).
    pub(super) fn cycle(&self) -> Option<Vec<Shown>> {
        Status::ALL.into_iter().find_map(|status| {
            let chain = self.walk(Shown::Teams { status }, Begun::BySides);
            match chain.ends {
                Ends::Loops(cycle) => Some(cycle),
                Ends::Settled => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ReasonId;
    use crate::presence::{StatusRule, TargetRule};

    const LUNCH: ReasonId = ReasonId(1);

    fn both(to: &[(Standing, Status)], from: &[(Status, Target)]) -> PresenceRules {
        let mut rules = PresenceRules::default();
        rules.to_teams.is_on = true;
        rules.from_teams.is_on = true;
        let to = to.iter().map(|(from, to)| StatusRule {
            from: *from,
            to: Some(*to),
        });
        rules.to_teams.map = to.collect();
        let from = from.iter().map(|(from, to)| TargetRule {
            from: *from,
            to: Some(*to),
        });
        rules.from_teams.map = from.collect();
        rules
    }

    const AVAILABLE: Standing = Standing::System {
        standing: System::Available,
    };
    const LUNCHES: Standing = Standing::Reason { reason: LUNCH };

    // B-203
    #[test]
    fn rules_that_answer_each_other_for_ever_are_found_with_the_cycle() {
        let to = [(AVAILABLE, Status::Away), (LUNCHES, Status::Available)];
        let lunch = Target::NotReady { reason: LUNCH };
        let from = [
            (Status::Away, lunch),
            (Status::Available, Target::Available),
        ];
        let cycle = both(&to, &from).cycle().unwrap();
        let expected = [
            Shown::Teams {
                status: Status::Available,
            },
            Shown::Tandem {
                standing: AVAILABLE,
            },
            Shown::Teams {
                status: Status::Away,
            },
            Shown::Tandem { standing: LUNCHES },
        ];
        assert_eq!(cycle, expected);
        let one_way = {
            let mut rules = both(&to, &from);
            rules.from_teams.is_on = false;
            rules
        };
        assert_eq!(one_way.cycle(), None);
    }

    // B-203
    #[test]
    fn sides_that_agree_are_at_rest() {
        let to = [(AVAILABLE, Status::Available), (LUNCHES, Status::Away)];
        let lunch = Target::NotReady { reason: LUNCH };
        let from = [
            (Status::Away, lunch),
            (Status::Available, Target::Available),
        ];
        let rules = both(&to, &from);
        assert_eq!(rules.cycle(), None);
        let chain = rules.chain(Shown::Teams {
            status: Status::Away,
        });
        let told: Vec<_> = chain.steps.iter().map(|it| (it.at_s, it.why)).collect();
        assert_eq!(told, [(0, Why::Start), (75, Why::Mapped), (90, Why::Same)]);
        assert_eq!(chain.ends, Ends::Settled);
    }

    // B-224
    #[test]
    fn what_the_person_chose_is_not_answered_in_teams() {
        let to = [(LUNCHES, Status::Away)];
        let from = [(Status::Busy, Target::NotReady { reason: LUNCH })];
        let chain = both(&to, &from).chain(Shown::Teams {
            status: Status::Busy,
        });
        let whys: Vec<_> = chain.steps.iter().map(|it| it.why).collect();
        assert_eq!(whys, [Why::Start, Why::Mapped, Why::Outranked]);
    }
}
