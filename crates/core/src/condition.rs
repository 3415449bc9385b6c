//! Conditions and preferences: what a queue asks of the skills of an agent, and what it would like. The hard
//! part filters, the soft part ranks. Both are documents, so that every place in them has a name and a skill that is
//! renamed breaks nothing (decision 0023).

mod search;

use crate::flow::{in_range, invalid};
use crate::ids::SkillId;
use crate::limits;
use crate::refusal::Refusal;
use crate::skill::{Level, Proficiency, Requirement};
use search::Possible;
use serde::{Deserialize, Serialize};

/// What an agent must be able to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Has the skill, within these levels.
    Has(Term),
    /// All of them hold; none at all holds for everybody.
    All(Vec<Self>),
    /// One of them holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

/// A skill within levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Term {
    /// Which skill.
    pub skill: SkillId,
    /// The lowest level that serves.
    #[serde(default = "Term::lowest")]
    pub min_level: Level,
    /// The highest level that serves.
    #[serde(default = "Term::highest", skip_serializing_if = "Term::is_highest")]
    pub max_level: Level,
}

/// What a queue would like: each level of the skill counts so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Preference {
    /// Which skill.
    pub skill: SkillId,
    /// How much a level of it counts, 1 to 100.
    pub weight: u32,
}

impl Term {
    const fn lowest() -> Level {
        Level::MIN
    }

    const fn highest() -> Level {
        Level::MAX
    }
    fn is_highest(level: &Level) -> bool {
        *level == Level::MAX
    }

    const fn takes(&self, level: u8) -> bool {
        level >= self.min_level.0 && level <= self.max_level.0
    }
}

impl From<&Requirement> for Condition {
    fn from(it: &Requirement) -> Self {
        Self::Has(Term {
            skill: it.skill,
            min_level: it.min_level,
            max_level: Level::MAX,
        })
    }
}

impl Condition {
    /// What everybody meets.
    #[must_use]
    pub const fn everybody() -> Self {
        Self::All(Vec::new())
    }

    /// The sum of the levels that count, or none when it is not met. Of alternatives the best counts, and what must
    /// not hold counts nothing.
    #[must_use]
    pub fn levels(&self, skills: &[Proficiency]) -> Option<i64> {
        match self {
            Self::Has(term) => {
                let mut have = skills.iter();
                let have = have.find(|it| it.skill == term.skill && term.takes(it.level.0));
                have.map(|it| i64::from(it.level.0))
            }
            Self::All(parts) => {
                let mut parts = parts.iter();
                parts.try_fold(0, |sum, it| Some(sum + it.levels(skills)?))
            }
            Self::Any(parts) => parts.iter().filter_map(|it| it.levels(skills)).max(),
            Self::Not(part) => part.levels(skills).is_none().then_some(0),
        }
    }

    /// The same condition, written in the one way in which equal ones are equal: parts within parts of their kind
    /// are one list, in order, each once.
    #[must_use]
    pub fn normalized(self) -> Self {
        match self {
            Self::Has(_) => self,
            Self::Not(part) => match part.normalized() {
                Self::Not(inner) => *inner,
                part @ (Self::Has(_) | Self::All(_) | Self::Any(_)) => Self::Not(Box::new(part)),
            },
            Self::All(parts) => {
                let parts = parts.into_iter().map(Self::normalized);
                let parts = parts.flat_map(|it| match it {
                    Self::All(inner) => inner,
                    it @ (Self::Has(_) | Self::Any(_) | Self::Not(_)) => vec![it],
                });
                Self::one_or(parts.collect(), Self::All)
            }
            Self::Any(parts) => {
                let parts = parts.into_iter().map(Self::normalized);
                let parts = parts.flat_map(|it| match it {
                    Self::Any(inner) => inner,
                    it @ (Self::Has(_) | Self::All(_) | Self::Not(_)) => vec![it],
                });
                Self::one_or(parts.collect(), Self::Any)
            }
        }
    }

    fn one_or(mut parts: Vec<Self>, of: fn(Vec<Self>) -> Self) -> Self {
        parts.sort_unstable();
        parts.dedup();
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => {
                parts.extend(last);
                of(parts)
            }
        }
    }

    /// The skills that whoever meets it must have.
    pub(crate) fn necessary(&self) -> Vec<SkillId> {
        match self {
            Self::Has(term) => vec![term.skill],
            Self::All(parts) => parts.iter().flat_map(Self::necessary).collect(),
            Self::Any(_) | Self::Not(_) => Vec::new(),
        }
    }

    /// Every skill in it, with its place.
    pub(crate) fn terms(&self, place: &str) -> Vec<(String, Term)> {
        match self {
            Self::Has(term) => vec![(format!("{place}.has"), *term)],
            Self::All(parts) => terms_of(parts, &format!("{place}.all")),
            Self::Any(parts) => terms_of(parts, &format!("{place}.any")),
            Self::Not(part) => part.terms(&format!("{place}.not")),
        }
    }

    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the place and the reason.
    pub fn validate(&self, place: &str, is_known: &dyn Fn(SkillId) -> bool) -> Result<(), Refusal> {
        self.validate_shape(place, limits::CONDITION_DEPTH_MAX)?;
        let terms = self.terms(place);
        let max = limits::CONDITION_TERMS_MAX;
        if terms.len() > max {
            return Err(invalid(place, format!("names more than {max} skills")));
        }
        for (place, term) in &terms {
            skill_is_known(place, term.skill, is_known)?;
            let range = |field: &str, level: Level| {
                let (min, max) = (u32::from(Level::MIN.0), u32::from(Level::MAX.0));
                in_range(&format!("{place}.{field}"), u32::from(level.0), min, max)
            };
            range("min_level", term.min_level)?;
            range("max_level", term.max_level)?;
            if term.min_level > term.max_level {
                let detail = "no level is both; write min_level below max_level".to_owned();
                return Err(invalid(place, detail));
            }
        }
        self.validate_possible(place)
    }

    /// Checks that somebody could meet it.
    pub(crate) fn validate_possible(&self, place: &str) -> Result<(), Refusal> {
        match search::possible(self) {
            Possible::Yes => Ok(()),
            Possible::No => {
                let detail = "nobody can ever meet it: its parts rule each other out".to_owned();
                Err(invalid(place, detail))
            }
            Possible::Unclear => Err(invalid(place, UNCLEAR.to_owned())),
        }
    }

    fn validate_shape(&self, place: &str, depth_left: usize) -> Result<(), Refusal> {
        let Some(depth_left) = depth_left.checked_sub(1) else {
            let max = limits::CONDITION_DEPTH_MAX;
            let detail = format!("is nested deeper than {max}; write it flatter");
            return Err(invalid(place, detail));
        };
        match self {
            Self::Has(_) => Ok(()),
            Self::Not(part) => part.validate_shape(&format!("{place}.not"), depth_left),
            Self::Any(parts) if parts.is_empty() => {
                let detail = "is never met without an alternative; write one".to_owned();
                Err(invalid(&format!("{place}.any"), detail))
            }
            Self::All(parts) => shape_of(parts, &format!("{place}.all"), depth_left),
            Self::Any(parts) => shape_of(parts, &format!("{place}.any"), depth_left),
        }
    }

    /// Whether whoever meets `other` meets this too.
    ///
    /// # Errors
    /// The text for whoever wrote it, when there are too many combinations to tell.
    pub(crate) fn is_met_by_all_of(&self, other: &Self) -> Result<bool, String> {
        let only_other = Self::All(vec![other.clone(), Self::Not(Box::new(self.clone()))]);
        match search::possible(&only_other) {
            Possible::Yes => Ok(false),
            Possible::No => Ok(true),
            Possible::Unclear => Err(UNCLEAR.to_owned()),
        }
    }
}

/// There are more combinations than are tried.
const UNCLEAR: &str =
    "has too many alternatives to tell whether anybody can meet it; write it with fewer";

fn terms_of(parts: &[Condition], place: &str) -> Vec<(String, Term)> {
    let parts = parts.iter().enumerate();
    let terms = parts.flat_map(|(n, part)| part.terms(&format!("{place}[{n}]")));
    terms.collect()
}

fn shape_of(parts: &[Condition], place: &str, depth_left: usize) -> Result<(), Refusal> {
    if parts.len() > limits::CONDITION_TERMS_MAX {
        let max = limits::CONDITION_TERMS_MAX;
        return Err(invalid(place, format!("has more than {max} parts")));
    }
    let mut parts = parts.iter().enumerate();
    parts.try_for_each(|(n, part)| part.validate_shape(&format!("{place}[{n}]"), depth_left))
}

/// Checks the preferences that an administrator wrote.
///
/// # Errors
/// [`Refusal::Invalid`] with the place and the reason.
pub fn validate_preferences(
    preferences: &[Preference],
    place: &str,
    is_known: &dyn Fn(SkillId) -> bool,
) -> Result<(), Refusal> {
    let max = limits::PREFERENCES_MAX;
    if preferences.len() > max {
        return Err(invalid(place, format!("has more than {max} skills")));
    }
    for (n, it) in preferences.iter().enumerate() {
        let place = format!("{place}[{n}]");
        skill_is_known(&place, it.skill, is_known)?;
        let max = limits::PREFERENCE_WEIGHT_MAX;
        in_range(&format!("{place}.weight"), it.weight, 1, max)?;
        let mut before = preferences.iter().take(n);
        if before.any(|other| other.skill == it.skill) {
            let detail = "names a skill again; give it one weight".to_owned();
            return Err(invalid(&format!("{place}.skill_id"), detail));
        }
    }
    Ok(())
}

fn skill_is_known(
    place: &str,
    skill: SkillId,
    is_known: &dyn Fn(SkillId) -> bool,
) -> Result<(), Refusal> {
    if is_known(skill) {
        return Ok(());
    }
    let field = format!("{place}.skill_id");
    Err(invalid(&field, format!("there is no skill {skill}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ES: SkillId = SkillId(1);
    const FR: SkillId = SkillId(2);

    fn has(skill: SkillId, min: u8, max: u8) -> Condition {
        let (min_level, max_level) = (Level(min), Level(max));
        Condition::Has(Term {
            skill,
            min_level,
            max_level,
        })
    }

    fn not(part: Condition) -> Condition {
        Condition::Not(Box::new(part))
    }

    fn refused(condition: &Condition) -> String {
        let known = |skill: SkillId| skill.0 <= 40;
        let refusal = condition.validate("condition", &known);
        refusal.map_or_else(|it| it.to_string(), |()| String::new())
    }

    fn skills(levels: &[(SkillId, u8)]) -> Vec<Proficiency> {
        let skills = levels.iter().map(|(skill, level)| Proficiency {
            skill: *skill,
            level: Level(*level),
        });
        skills.collect()
    }

    //
    #[test]
    fn condition_filters_and_its_levels_add_up() {
        let condition = Condition::All(vec![
            has(ES, 3, 10),
            Condition::Any(vec![has(FR, 5, 10), not(has(FR, 1, 10))]),
        ]);
        assert_eq!(condition.levels(&skills(&[(ES, 4), (FR, 6)])), Some(10));
        assert_eq!(condition.levels(&skills(&[(ES, 4)])), Some(4));
        assert_eq!(condition.levels(&skills(&[(ES, 4), (FR, 2)])), None);
        assert_eq!(condition.levels(&skills(&[(FR, 6)])), None);
        assert_eq!(has(ES, 2, 4).levels(&skills(&[(ES, 5)])), None);
        assert_eq!(Condition::everybody().levels(&[]), Some(0));
    }

    //
    #[test]
    fn equal_conditions_are_equal_however_they_are_written() {
        let flat = Condition::All(vec![has(FR, 1, 10), has(ES, 1, 10)]);
        let nested = Condition::All(vec![
            Condition::All(vec![has(ES, 1, 10), has(ES, 1, 10)]),
            Condition::Any(vec![not(not(has(FR, 1, 10)))]),
        ]);
        assert_eq!(flat.normalized(), nested.normalized());
        let alone = Condition::All(vec![has(ES, 1, 10)]);
        assert_eq!(alone.normalized(), has(ES, 1, 10));
        let everybody = Condition::All(vec![Condition::everybody()]);
        assert_eq!(everybody.normalized(), Condition::everybody());
    }

    //
    #[test]
    fn what_cannot_be_met_is_refused_with_place_and_reason() {
        let unknown = Condition::All(vec![has(ES, 1, 10), not(has(SkillId(77), 1, 10))]);
        assert_eq!(
            refused(&unknown),
            "condition.all[1].not.has.skill_id: there is no skill 77"
        );
        let never = Condition::All(vec![has(ES, 5, 10), not(has(ES, 3, 10))]);
        assert_eq!(
            refused(&never),
            "condition: nobody can ever meet it: its parts rule each other out"
        );
        let empty = Condition::All(vec![Condition::Any(Vec::new())]);
        assert_eq!(
            refused(&empty),
            "condition.all[0].any: is never met without an alternative; write one"
        );
        assert!(refused(&has(ES, 0, 10)).starts_with("condition.has.min_level"));
        assert!(refused(&has(ES, 7, 3)).starts_with("condition.has: no level"));
        let mut deep = has(ES, 1, 10);
        for _ in 0..limits::CONDITION_DEPTH_MAX {
            deep = not(deep);
        }
        assert!(refused(&deep).contains("nested deeper"));
        assert_eq!(
            refused(&Condition::All(vec![has(ES, 5, 10), has(ES, 1, 6)])),
            ""
        );
    }

    // whatever is written is answered in time.
    #[test]
    fn condition_with_too_many_alternatives_to_be_sure_of_is_refused() {
        // Any pair of sixteen skills, but no two of any eight at once: not to be told by looking.
        let pair =
            |a: u64, b: u64| Condition::Any(vec![has(SkillId(a), 1, 10), has(SkillId(b), 1, 10)]);
        let ruled_out = |a: u64, b: u64| {
            not(Condition::All(vec![
                has(SkillId(a), 1, 10),
                has(SkillId(b), 1, 10),
            ]))
        };
        let parts = (1..8).flat_map(|n| [pair(n, n + 8), ruled_out(n, n + 1)]);
        let refusal = refused(&Condition::All(parts.collect()));
        assert!(
            refusal.is_empty() || refusal.contains("too many"),
            "{refusal}"
        );
    }

    //
    #[test]
    fn wider_condition_is_met_by_all_of_a_narrower_one() {
        let (wide, narrow) = (has(ES, 1, 10), has(ES, 5, 10));
        assert_eq!(wide.is_met_by_all_of(&narrow), Ok(true));
        assert_eq!(narrow.is_met_by_all_of(&wide), Ok(false));
        assert_eq!(Condition::everybody().is_met_by_all_of(&narrow), Ok(true));
        let other = Condition::Any(vec![wide.clone(), has(FR, 1, 10)]);
        assert_eq!(other.is_met_by_all_of(&wide), Ok(true));
    }
}
