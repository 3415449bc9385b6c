//! What must be so before a flow is saved: every exit leads somewhere, every way ends, nothing spins,
//! nothing is too long. Refusals name the node and its field.

use super::entry::{validate_entry, validate_retry};
use super::http::validate_http;
use super::outside::validate_transfer;
use super::{
    AskConsent, CallbackWhen, Case, Flow, Node, NodeId, Prompt, QueueCase, QueueKey, QueueTest,
    Test,
};
use crate::limits;
use crate::refusal::Refusal;
use std::collections::{BTreeSet, VecDeque};

impl Flow {
    /// Checks everything that can be checked before a contact enters.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the node and the exit in the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        self.problems().into_iter().next().map_or(Ok(()), Err)
    }

    /// Everything that [`Self::validate`] refuses: the first mistake of each node, and where there is none what
    /// the nodes do together.
    #[must_use]
    pub fn problems(&self) -> Vec<Refusal> {
        if let Err(refusal) = self.validate_outline() {
            return vec![refusal];
        }
        let nodes = self.nodes.iter();
        let problems = nodes.filter_map(|(id, node)| self.validate_node(id, node).err());
        let problems: Vec<_> = problems.collect();
        if !problems.is_empty() {
            return problems;
        }
        let together = [
            self.validate_attributes(),
            self.validate_masked(),
            self.validate_ends(),
            self.validate_pace(),
            self.validate_unanswered(),
        ];
        together.into_iter().filter_map(Result::err).collect()
    }

    fn validate_outline(&self) -> Result<(), Refusal> {
        if self.nodes.len() > limits::FLOW_NODES_MAX {
            return Err(Refusal::LimitReached {
                what: "nodes of a flow",
                max: limits::FLOW_NODES_MAX,
            });
        }
        if !self.nodes.contains_key(&self.start) {
            return Err(invalid(
                "start",
                format!("there is no node \"{}\"", self.start),
            ));
        }
        Ok(())
    }

    fn validate_exits(&self, id: &str, node: &Node) -> Result<(), Refusal> {
        for (exit, target) in node.exits() {
            if !self.nodes.contains_key(target) {
                return Err(invalid(
                    &format!("nodes.{id}.{exit}"),
                    format!(
                        "leads to \"{target}\", which does not exist; add it or choose another"
                    ),
                ));
            }
        }
        Ok(())
    }

    fn validate_node(&self, id: &str, node: &Node) -> Result<(), Refusal> {
        self.validate_exits(id, node)?;
        let field = |name: &str| format!("nodes.{id}.{name}");
        match node {
            Node::Play { prompt, .. } | Node::Message { prompt } => {
                validate_prompt(&field("prompt"), prompt)
            }
            Node::Collect {
                prompt,
                max_digits,
                timeout_s,
                attribute,
                entry,
                retry,
                ..
            } => {
                validate_prompt(&field("prompt"), prompt)?;
                validate_entry(id, *entry)?;
                retry.iter().try_for_each(|it| validate_retry(id, it))?;
                in_range(&field("max_digits"), *max_digits, 1, 20)?;
                in_range(&field("timeout_s"), *timeout_s, 1, 60)?;
                validate_attribute(&field("attribute"), attribute)
            }
            Node::Menu { .. } => validate_menu(id, node),
            Node::Set {
                attribute, value, ..
            } => {
                validate_attribute(&field("attribute"), attribute)?;
                validate_value(&field("value"), value)
            }
            Node::Switch { cases, .. } => validate_switch_cases(id, cases),
            Node::Loop { times, .. } => {
                in_range(&field("times"), *times, 1, limits::LOOP_TIMES_MAX)
            }
            Node::QueueStatus { cases, .. } => {
                n_cases("cases of a queue status", cases.len())?;
                validate_queue_cases(id, cases)
            }
            Node::Branch {
                attribute, cases, ..
            } => {
                n_cases("cases of a branch", cases.len())?;
                validate_attribute(&field("attribute"), attribute)
            }
            Node::Http { .. } => validate_http(id, node),
            Node::Voicemail { prompt, max_s, .. } => {
                let (min, max) = limits::MESSAGE_MAX_SECONDS;
                validate_prompt(&field("prompt"), prompt)?;
                in_range(&field("max_s"), *max_s, min, max)
            }
            Node::Transfer { .. } => validate_transfer(id, node),
            Node::Callback {
                when: CallbackWhen::Later { after_s, within_s },
                ..
            } => validate_later(id, *after_s, *within_s),
            Node::Consent { prompt, ask, .. } => {
                validate_prompt(&field("prompt"), prompt)?;
                ask.map_or(Ok(()), |ask| validate_consent(id, ask))
            }
            Node::Queue { key: Some(key), .. } => validate_queue_key(id, key),
            Node::Answer { .. }
            | Node::Queue { key: None, .. }
            | Node::Callback { .. }
            | Node::Record { .. }
            | Node::SubFlow { .. }
            | Node::Hours { .. }
            | Node::End => Ok(()),
        }
    }

    /// A contact keeps a limited number of attributes; context headers are some of them.
    fn validate_attributes(&self) -> Result<(), Refusal> {
        let named: BTreeSet<_> = self.nodes.values().flat_map(Node::attributes).collect();
        let max = limits::FLOW_ATTRIBUTES_MAX;
        if named.len() > max {
            let what = "attributes that a flow gives values";
            return Err(Refusal::LimitReached { what, max });
        }
        Ok(())
    }

    /// What is masked is never plain as well.
    fn validate_masked(&self) -> Result<(), Refusal> {
        let masked: BTreeSet<_> = self.nodes.values().filter_map(Node::masks).collect();
        for (id, node) in self.nodes.iter().filter(|(_, it)| it.masks().is_none()) {
            if let Some(name) = node.attributes().into_iter().find(|it| masked.contains(it)) {
                let detail =
                    format!("\"{name}\" is masked where it is asked for; choose another name");
                return Err(invalid(&format!("nodes.{id}.attribute"), detail));
            }
        }
        Ok(())
    }

    /// From every node that can be reached, one that ends the contact can be: no loop without exit.
    fn validate_ends(&self) -> Result<(), Refusal> {
        let reachable = self.reachable_from(&self.start);
        for id in &reachable {
            let ends = self
                .reachable_from(id)
                .iter()
                .any(|other| self.nodes.get(*other).is_some_and(Node::is_last));
            if !ends {
                return Err(invalid(
                    &format!("nodes.{id}"),
                    "is in a loop without exit: lead one of its exits to an \"end\" or \"message\" node"
                        .to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// No cycle of decisions alone: it would spin without time passing.
    fn validate_pace(&self) -> Result<(), Refusal> {
        for (id, node) in &self.nodes {
            let timeless: BTreeSet<&str> = self.reachable_without_time(id);
            if !node.takes_time() && timeless.contains(id.as_str()) {
                return Err(invalid(
                    &format!("nodes.{id}"),
                    "leads back to itself through decisions alone; put a node between that plays, asks or waits, or a loop"
                        .to_owned(),
                ));
            }
        }
        Ok(())
    }

    pub(super) fn reachable_from<'a>(&'a self, start: &'a str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(node) = open.pop().and_then(|id| self.nodes.get(id)) {
            for (_, target) in node.exits() {
                if seen.insert(target.as_str()) {
                    open.push(target.as_str());
                }
            }
        }
        seen
    }

    /// The nearest node after another at which something is said or asked.
    pub(crate) fn words_after(&self, node: &str) -> Option<NodeId> {
        let mut seen = BTreeSet::from([node]);
        let mut open = VecDeque::from([node]);
        while let Some(at) = open.pop_front().and_then(|id| self.nodes.get(id)) {
            for (_, target) in at.exits() {
                if self.nodes.get(target).is_some_and(Node::is_heard_once) {
                    return Some(target.clone());
                }
                if seen.insert(target.as_str()) {
                    open.push_back(target.as_str());
                }
            }
        }
        None
    }

    fn reachable_without_time<'a>(&'a self, start: &'a str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            let Some(node) = self.nodes.get(id) else {
                continue;
            };
            if node.takes_time() {
                continue;
            }
            for (exit, target) in node.exits() {
                // The rounds of a loop are counted: only when they are over may it come by again.
                let is_counted = matches!(node, Node::Loop { .. }) && exit == "again";
                if !is_counted && seen.insert(target.as_str()) {
                    open.push(target.as_str());
                }
            }
        }
        seen
    }
}

/// Checks a prompt.
///
/// # Errors
/// [`Refusal::Invalid`] when it is empty, too long, or not an address that the service can fetch.
pub fn validate_prompt(field: &str, prompt: &Prompt) -> Result<(), Refusal> {
    match prompt {
        Prompt::Text(text) if text.trim().is_empty() => {
            Err(invalid(field, "write what is said".to_owned()))
        }
        Prompt::Text(text) if text.chars().count() > limits::PROMPT_CHARS_MAX => Err(invalid(
            field,
            format!(
                "is longer than {} characters; split it",
                limits::PROMPT_CHARS_MAX
            ),
        )),
        Prompt::Url(url) if !(url.starts_with("https://") || url.starts_with("http://")) => {
            Err(invalid(
                field,
                "write an address that starts with https://".to_owned(),
            ))
        }
        Prompt::Text(_) | Prompt::Url(_) | Prompt::Kept(_) => Ok(()),
    }
}

/// Whether something can be an attribute's name.
pub(crate) fn is_attribute(name: &str) -> bool {
    let is_known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !name.is_empty() && name.len() <= 64 && name.bytes().all(is_known)
}

pub(super) fn validate_attribute(field: &str, attribute: &str) -> Result<(), Refusal> {
    if is_attribute(attribute) {
        return Ok(());
    }
    Err(invalid(
        field,
        "use 1 to 64 letters, digits, \"-\" or \"_\"".to_owned(),
    ))
}

pub(crate) fn in_range(field: &str, value: u32, min: u32, max: u32) -> Result<(), Refusal> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(invalid(
        field,
        format!("{value} is not between {min} and {max}"),
    ))
}

pub(crate) fn invalid(field: &str, detail: String) -> Refusal {
    Refusal::Invalid {
        field: field.to_owned(),
        detail,
    }
}

fn validate_menu(id: &str, node: &Node) -> Result<(), Refusal> {
    let Node::Menu {
        prompt,
        again,
        choices,
        timeout_s,
        retries,
        ..
    } = node
    else {
        return Ok(());
    };
    let field = |name: &str| format!("nodes.{id}.{name}");
    if choices.is_empty() {
        let detail = "name at least one key and where it leads".to_owned();
        return Err(invalid(&field("choices"), detail));
    }
    for (key, choice) in choices {
        if choice.label.chars().count() > limits::NAME_CHARS_MAX {
            let detail = format!("is longer than {} characters", limits::NAME_CHARS_MAX);
            let key = char::from(*key);
            return Err(invalid(&field(&format!("choices.{key}.label")), detail));
        }
    }
    validate_prompt(&field("prompt"), prompt)?;
    if let Some(again) = again {
        validate_prompt(&field("retry_prompt"), again)?;
    }
    in_range(&field("timeout_s"), *timeout_s, 1, 60)?;
    in_range(&field("retries"), *retries, 0, limits::MENU_RETRIES_MAX)
}

fn validate_consent(id: &str, ask: AskConsent) -> Result<(), Refusal> {
    let field = |name: &str| format!("nodes.{id}.ask.{name}");
    if ask.accept == ask.refuse {
        let detail = "is the key for yes as well; choose another".to_owned();
        return Err(invalid(&field("refuse"), detail));
    }
    in_range(&field("timeout_s"), ask.timeout_s, 1, 60)?;
    in_range(
        &field("retries"),
        ask.retries,
        0,
        limits::CONSENT_RETRIES_MAX,
    )
}

fn validate_test(field: &str, test: &Test) -> Result<(), Refusal> {
    match test {
        Test::Equals(value) => validate_value(&format!("{field}.equals"), value),
        Test::StartsWith(value) => validate_value(&format!("{field}.starts_with"), value),
        Test::IsSet => Ok(()),
    }
}

fn validate_switch_cases(id: &str, cases: &[Case]) -> Result<(), Refusal> {
    n_cases("cases of a switch", cases.len())?;
    for (n, case) in cases.iter().enumerate() {
        let field = format!("nodes.{id}.cases.{n}");
        validate_attribute(&format!("{field}.attribute"), &case.attribute)?;
        validate_test(&field, &case.test)?;
    }
    Ok(())
}

fn validate_later(id: &str, after_s: u32, within_s: u32) -> Result<(), Refusal> {
    let field = |name: &str| format!("nodes.{id}.{name}");
    let max = limits::CALLBACK_SECONDS_MAX;
    in_range(&field("after_s"), after_s, 0, max)?;
    in_range(&field("within_s"), within_s, 300, limits::SECONDS_OF_A_DAY)
}

fn validate_queue_key(id: &str, key: &QueueKey) -> Result<(), Refusal> {
    let field = |name: &str| format!("nodes.{id}.key.{name}");
    validate_prompt(&field("prompt"), &key.prompt)?;
    in_range(&field("first_s"), key.first_s, 1, 600)?;
    in_range(&field("every_s"), key.every_s, 15, 600)
}

fn validate_queue_cases(id: &str, cases: &[QueueCase]) -> Result<(), Refusal> {
    for (n, case) in cases.iter().enumerate() {
        let field = format!("nodes.{id}.cases.{n}.value");
        match case.when {
            QueueTest::WaitingAtLeast(n) => in_range(&field, n, 1, limits::CONTACTS_WAITING_MAX)?,
            QueueTest::LongestWaitAtLeast(s) | QueueTest::EstimateAtLeast(s) => {
                in_range(&field, s, 1, limits::SECONDS_OF_A_DAY)?;
            }
            QueueTest::NoAgentReady => {}
        }
    }
    Ok(())
}

fn n_cases(what: &'static str, n: usize) -> Result<(), Refusal> {
    let max = limits::BRANCH_CASES_MAX;
    if n > max {
        return Err(Refusal::LimitReached { what, max });
    }
    Ok(())
}

fn validate_value(field: &str, value: &str) -> Result<(), Refusal> {
    let max = limits::ATTRIBUTE_CHARS_MAX;
    if value.is_empty() || value.chars().count() > max {
        return Err(invalid(field, format!("write 1 to {max} characters")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
