//! Languages that a flow can give its callers and one of its prompts does not have: a warning, because such
//! callers hear the prompt's default.

use super::{LANGUAGE, Language};
use crate::flow::{Flow, Node, Prompt};
use crate::settings::Settings;
use std::collections::BTreeSet;

/// A prompt of a flow that is not there in a language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingLanguage {
    /// The node.
    pub node: String,
    /// Where in the flow's document.
    pub field: String,
    /// What people call the prompt.
    pub prompt: String,
    /// Which language callers may want.
    pub language: Language,
    /// Which one they hear instead.
    pub instead: Language,
}

impl std::fmt::Display for MissingLanguage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            prompt,
            language,
            instead,
            ..
        } = self;
        write!(
            f,
            "the prompt \"{prompt}\" has nothing in {language}: callers hear {instead}; add the language to the prompt"
        )
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

/// The prompts of a flow that have nothing for callers with one of these languages, in order of the nodes.
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
                prompt: kept.name.clone(),
                language: language.clone(),
                instead: kept.default_language.clone(),
            }));
        }
    }
    missing
}
