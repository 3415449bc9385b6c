//! Whether anybody could ever meet a condition: levels are tried skill by skill, and what cannot change the answer
//! any more is not tried. The number of trials has a limit.

use super::Condition;
use crate::ids::SkillId;
use crate::limits;
use std::collections::{BTreeMap, BTreeSet};

/// What the search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Possible {
    /// Somebody could meet it.
    Yes,
    /// Nobody could.
    No,
    /// The limit of trials came first.
    Unclear,
}

/// Level 0 is that of who does not have the skill.
type Levels = BTreeMap<SkillId, u8>;

/// Looks whether somebody could meet a condition.
pub(super) fn possible(condition: &Condition) -> Possible {
    let mut choices: BTreeMap<SkillId, BTreeSet<u8>> = BTreeMap::new();
    for (_, term) in condition.terms("") {
        let of_skill = choices.entry(term.skill).or_default();
        // Only where a term begins and where it ends makes a difference.
        of_skill.extend([0, term.min_level.0, term.max_level.0.saturating_add(1)]);
    }
    let choices: Vec<_> = choices.into_iter().collect();
    let mut trials_left = limits::CONDITION_TRIALS_MAX;
    search(condition, &choices, &mut Levels::new(), &mut trials_left)
}

fn search(
    condition: &Condition,
    choices: &[(SkillId, BTreeSet<u8>)],
    levels: &mut Levels,
    trials_left: &mut u32,
) -> Possible {
    match verdict(condition, levels) {
        Some(true) => return Possible::Yes,
        Some(false) => return Possible::No,
        None => {}
    }
    let Some(((skill, tried), rest)) = choices.split_first() else {
        return Possible::No;
    };
    for level in tried.iter().filter(|level| **level <= 10) {
        let Some(left) = trials_left.checked_sub(1) else {
            return Possible::Unclear;
        };
        *trials_left = left;
        levels.insert(*skill, *level);
        match search(condition, rest, levels, trials_left) {
            Possible::No => {}
            found @ (Possible::Yes | Possible::Unclear) => return found,
        }
    }
    levels.remove(skill);
    Possible::No
}

/// Whether it holds, as far as the levels that are known tell.
fn verdict(condition: &Condition, levels: &Levels) -> Option<bool> {
    match condition {
        Condition::Has(term) => levels.get(&term.skill).map(|level| term.takes(*level)),
        Condition::Not(part) => verdict(part, levels).map(|it| !it),
        Condition::All(parts) => {
            let verdicts: Vec<_> = parts.iter().map(|it| verdict(it, levels)).collect();
            if verdicts.contains(&Some(false)) {
                return Some(false);
            }
            (!verdicts.contains(&None)).then_some(true)
        }
        Condition::Any(parts) => {
            let verdicts: Vec<_> = parts.iter().map(|it| verdict(it, levels)).collect();
            if verdicts.contains(&Some(true)) {
                return Some(true);
            }
            (!verdicts.contains(&None)).then_some(false)
        }
    }
}
