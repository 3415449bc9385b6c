//! Languages that a flow can give its callers and one of its prompts, or a queue that it leads to, does not have: a
//! warning, because such callers hear something else.

use super::{LANGUAGE, Language};
use crate::flow::{Flow, Node, Prompt};
use crate::settings::Settings;
use std::collections::BTreeSet;

/// Something that callers of a flow hear and that is not there in a language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingLanguage {
    /// The node.
    pub node: String,
    /// Where in the flow's document.
    pub field: String,
    /// What lacks it.
    pub lacking: Lacking,
    /// Which language callers may want.
    pub language: Language,
}

/// What lacks a language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lacking {
    /// A prompt that is kept.
    Prompt {
        /// What people call it.
        name: String,
        /// Which language they hear instead.
        instead: Language,
    },
    /// The announcements of a queue, as far as it is known in which language they are.
    Announcements {
        /// What people call the queue.
        queue: String,
    },
}

impl std::fmt::Display for MissingLanguage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let language = &self.language;
        match &self.lacking {
            Lacking::Prompt { name, instead } => write!(
                f,
                "the prompt \"{name}\" has nothing in {language}: callers hear {instead}; add the language to the prompt"
            ),
            Lacking::Announcements { queue } => write!(
                f,
                "the announcements of the queue \"{queue}\" have nothing in {language}: callers hear its own \
                 sentences; add the language to the announcements, or say there in which language its own sentences are"
            ),
        }
    }
}

impl Flow {
    /// The languages that the flow itself can give its callers.
    #[must_use]
    pub fn languages(&self) -> BTreeSet<Language> {
        let nodes = self.nodes.values();
        let set = nodes.filter_map(|node| match node {
            Node::Set {
                attribute, value, ..
            } if attribute == LANGUAGE => Language::parse(value).ok(),
            Node::Answer { .. }
            | Node::Play { .. }
            | Node::Collect { .. }
            | Node::Menu { .. }
            | Node::Set { .. }
            | Node::Switch { .. }
            | Node::Loop { .. }
            | Node::QueueStatus { .. }
            | Node::Message { .. }
            | Node::Branch { .. }
            | Node::Http { .. }
            | Node::Queue { .. }
            | Node::Hours { .. }
            | Node::Voicemail { .. }
            | Node::Record { .. }
            | Node::Transfer { .. }
            | Node::Callback { .. }
            | Node::SubFlow { .. }
            | Node::Consent { .. }
            | Node::End => None,
        });
        set.collect()
    }
}

/// The prompts of a flow, and the announcements of its queues, that have nothing for callers with one of these
/// languages, in order of the nodes.
#[must_use]
pub fn missing_languages(
    flow: &Flow,
    settings: &Settings,
    languages: &BTreeSet<Language>,
) -> Vec<MissingLanguage> {
    let mut missing = Vec::new();
    for (id, node) in &flow.nodes {
        for (name, prompt) in node.prompts() {
            let Prompt::Kept(prompt) = prompt else {
                continue;
            };
            let Some(kept) = settings.prompts.get(prompt).map(|it| &it.document) else {
                continue;
            };
            let lacking = languages.iter().filter(|it| kept.has(it).is_none());
            missing.extend(lacking.map(|language| MissingLanguage {
                node: id.clone(),
                field: format!("nodes.{id}.{name}"),
                lacking: Lacking::Prompt {
                    name: kept.name.clone(),
                    instead: kept.default_language.clone(),
                },
                language: language.clone(),
            }));
        }
        missing.extend(missing_announcements(id, node, settings, languages));
    }
    missing
}

/// Only where somebody waits they are heard: a callback and a message have nobody on the line.
fn missing_announcements(
    id: &str,
    node: &Node,
    settings: &Settings,
    languages: &BTreeSet<Language>,
) -> Vec<MissingLanguage> {
    let Node::Queue { queue, .. } = node else {
        return Vec::new();
    };
    let Some(queue) = settings.queue(*queue) else {
        return Vec::new();
    };
    let announce = queue.announce.iter();
    let lacking = announce.flat_map(|announce| languages.iter().filter(|it| !announce.has(it)));
    let missing = lacking.map(|language| MissingLanguage {
        node: id.to_owned(),
        field: format!("nodes.{id}.queue_id"),
        lacking: Lacking::Announcements {
            queue: queue.name.clone(),
        },
        language: language.clone(),
    });
    missing.collect()
}
