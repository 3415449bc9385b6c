//! What is to be heard: checking the sources of a prompt, its words, and how long it lasts.
//!
//! A text lasts as long as a voice needs for its characters; a file is fetched and measured.

use super::invalid;
use super::media::running;
use crate::answer::Answer;
use crate::limits;
use crate::wave::Wave;
use crate::world::World;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::media::{PlaySource, PlaySourceKind};

/// A voice reads about this many characters in a second.
const CHARACTERS_PER_SECOND: u64 = 15;
const SHORTEST_MS: u64 = 300;

/// A source of a prompt as it is heard: the sound of a file, or the tone of a voice for a text.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) length_ms: u64,
    pub(crate) wave: Option<Wave>,
}

pub(crate) fn check_sources(sources: &[PlaySource]) -> Result<(), Answer> {
    if sources.is_empty() || sources.len() > limits::PLAY_SOURCES_MAX {
        return Err(invalid("playSources must have 1 to 10 entries"));
    }
    let fits = |source: &PlaySource| match source.kind {
        PlaySourceKind::File => source.file.is_some(),
        PlaySourceKind::Text => source.text.is_some(),
        PlaySourceKind::Ssml => source.ssml.is_some(),
        PlaySourceKind::Unknown => false,
    };
    if sources.iter().all(fits) {
        Ok(())
    } else {
        Err(invalid(
            "a play source lacks the member that its kind names",
        ))
    }
}

/// Sets the length of a source, or begins to fetch its file.
pub(super) fn measure(
    world: &mut World,
    call_id: &str,
    id: u64,
    index: usize,
    source: &PlaySource,
    can_speak: bool,
) -> Result<(), (u32, &'static str)> {
    if let Some(file) = source
        .file
        .as_ref()
        .filter(|_| source.kind == PlaySourceKind::File)
    {
        let scheme = file
            .uri
            .split_once("://")
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        let allowed = match scheme.as_deref() {
            Some("https") => true,
            Some("http") => !world.setup.strict,
            Some(_) | None => false,
        };
        if !allowed {
            return Err((
                subcode::DOWNLOAD_FAILED,
                "Action failed, the file could not be downloaded: https is needed.",
            ));
        }
        world.fetch(call_id, id, index, file.uri.clone());
        return Ok(());
    }
    // The real service refuses. Here only when strict, so that a first try needs no Azure AI resource.
    if !can_speak && world.setup.strict {
        return Err((
            subcode::COGNITIVE_SERVICES,
            "Action failed, text needs callIntelligenceOptions.cognitiveServicesEndpoint at answer or create.",
        ));
    }
    if !can_speak {
        note_missing_voice(world);
    }
    let words = spoken(source);
    if words.is_empty() {
        return Err((
            subcode::EMPTY_PLAY_SOURCE,
            "Action failed, the play source is empty.",
        ));
    }
    if let Some(operation) = running(world, call_id, id) {
        operation.parts[index] = Some(Part {
            length_ms: length_ms(&words),
            wave: None,
        });
    }
    Ok(())
}

/// How long a voice needs for these words.
pub(super) fn length_ms(words: &str) -> u64 {
    let characters = u64::try_from(words.chars().count()).unwrap_or(u64::MAX);
    (characters.saturating_mul(1000) / CHARACTERS_PER_SECOND).max(SHORTEST_MS)
}

/// Counted always, logged once: it is one mistake, made in every call.
pub(super) fn note_missing_voice(world: &mut World) {
    world.counters.speech_without_cognitive_services += 1;
    if world.counters.speech_without_cognitive_services == 1 {
        tracing::warn!(
            "speech without callIntelligenceOptions.cognitiveServicesEndpoint: the real service fails it (8565), and --strict too"
        );
    }
}

/// The words of a source, without the marks of SSML.
pub(super) fn spoken(source: &PlaySource) -> String {
    if let Some(text) = &source.text {
        return text.text.trim().to_owned();
    }
    if let Some(file) = &source.file {
        return format!("[file {}]", file.uri);
    }
    let ssml = source
        .ssml
        .as_ref()
        .map(|ssml| ssml.ssml_text.as_str())
        .unwrap_or_default();
    let mut is_mark = false;
    let words: String = ssml
        .chars()
        .filter(|character| match character {
            '<' => {
                is_mark = true;
                false
            }
            '>' => {
                is_mark = false;
                false
            }
            _ => !is_mark,
        })
        .collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
