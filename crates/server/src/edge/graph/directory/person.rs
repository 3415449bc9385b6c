//! Somebody of the directory: what Microsoft says, and what follows from it.

use super::lines::Lines;
use super::number::{Country, dialable};
use crate::edge::graph::account::NumberType;
use tandem_microsoft::graph::user::{AssignedPlan, TEAMS_PHONE_PLAN, TEAMS_PLAN, UserSaid};

/// Characters that are kept of one text.
const TEXT_CHARS_MAX: usize = 256;
/// Numbers that are kept of one type.
const NUMBERS_MAX: usize = 4;

/// Somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// The object id, lower case.
    pub(crate) id: String,
    name: String,
    pub(crate) upn: String,
    pub(crate) mail: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) department: Option<String>,
    business: Vec<String>,
    mobile: Option<String>,
    fax: Option<String>,
    /// Of the lines in Teams, in E.164 form.
    lines: Vec<String>,
    usage_location: Option<String>,
    is_disabled: bool,
    pub(crate) has_teams: bool,
    pub(crate) has_teams_phone: bool,
    /// Lower case, of name and addresses.
    words: Vec<String>,
}

impl Person {
    pub(super) fn new(id: String) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    /// What people call them; the address of somebody without a name.
    pub(crate) fn name(&self) -> &str {
        if self.name.is_empty() {
            &self.upn
        } else {
            &self.name
        }
    }

    /// B-195: whoever has no Teams, or may not sign in, is not shown.
    pub(super) const fn is_listed(&self) -> bool {
        self.has_teams && !self.is_disabled
    }

    /// By which lists are sorted.
    pub(super) fn place(&self) -> (String, &str) {
        (self.name().to_lowercase(), self.id.as_str())
    }

    pub(super) fn has_word(&self, beginning: &str) -> bool {
        self.words.iter().any(|word| word.starts_with(beginning))
    }

    /// Dialable numbers of a type, in E.164 form.
    pub(crate) fn numbers(&self, kind: NumberType, tenant: Option<Country>) -> Vec<String> {
        let own = self.usage_location.as_deref().and_then(Country::of);
        let country = own.or(tenant);
        let written: Vec<&String> = match kind {
            NumberType::Teams => return self.lines.clone(),
            NumberType::Business => self.business.iter().collect(),
            NumberType::Mobile => self.mobile.iter().collect(),
            NumberType::Fax => self.fax.iter().collect(),
        };
        let numbers = written.into_iter();
        numbers.filter_map(|it| dialable(it, country)).collect()
    }

    /// Whether the lines are those that are known.
    pub(super) fn has_lines_of(&self, lines: &Lines) -> bool {
        self.lines == lines.of(&self.id)
    }

    pub(super) fn take_lines(&mut self, lines: &Lines) {
        lines.of(&self.id).clone_into(&mut self.lines);
    }

    /// Takes what was said; what nothing was said about stays.
    pub(super) fn change(&mut self, said: UserSaid) {
        put(&mut self.mail, said.mail);
        put(&mut self.title, said.job_title);
        put(&mut self.department, said.department);
        put(&mut self.mobile, said.mobile_phone);
        put(&mut self.fax, said.fax_number);
        put(&mut self.usage_location, said.usage_location);
        if let Some(name) = said.display_name {
            self.name = cut(name.unwrap_or_default());
        }
        if let Some(upn) = said.user_principal_name {
            self.upn = cut(upn.unwrap_or_default());
        }
        if let Some(is_enabled) = said.account_enabled {
            self.is_disabled = !is_enabled;
        }
        if let Some(numbers) = said.business_phones {
            self.business = numbers.into_iter().take(NUMBERS_MAX).map(cut).collect();
        }
        if let Some(plans) = said.assigned_plans {
            let gives = |plan| plans.iter().any(|it: &AssignedPlan| it.gives(plan));
            self.has_teams = gives(TEAMS_PLAN);
            self.has_teams_phone = gives(TEAMS_PHONE_PLAN);
        }
        self.words = words(&self.name);
        self.words.extend(words(&self.upn));
        self.words
            .extend(self.mail.as_deref().map(words).unwrap_or_default());
        self.words.sort_unstable();
        self.words.dedup();
    }
}

fn put(place: &mut Option<String>, said: Option<Option<String>>) {
    if let Some(text) = said {
        *place = text.filter(|it| !it.is_empty()).map(cut);
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        None => text,
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
    }
}

/// The words of a text, lower case: what stands between blanks, and between what is neither a letter nor a digit.
pub(super) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let wholes = lower.split_whitespace();
    let parts = lower.split(|it: char| !it.is_alphanumeric());
    let mut words: Vec<String> = { wholes.chain(parts) }
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}
