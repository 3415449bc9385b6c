//! Sounds of prompts, ready for the media plane: fetched from the store once and kept, up to a number of samples. A
//! text is for [`super::speech`]; where there is none it is refused, and the flow goes on by the exit for what cannot be
//! played.

use super::speech::Speech;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tandem_core::prompt::{Heard, SoundId};
use tandem_media::wav::{Channels, Wav};
use tandem_store::{CenterId, Sounds as _, Store};
use tandem_transport::media::{self, Sound};

/// Sounds that are kept ready; when there are more, the store is asked again.
const READY_MAX: usize = 256;

/// Why a prompt cannot be played.
#[derive(Debug, thiserror::Error)]
pub(super) enum SoundProblem {
    #[error(
        "nobody reads texts aloud: add [direct_routing.speech] to the configuration, or record the prompt as a sound"
    )]
    NoSpeech,
    #[error("a text cannot be read aloud: {0}")]
    Unread(String),
    #[error("a sound elsewhere is not fetched for calls of trunks: upload it as a prompt")]
    Url,
    #[error("the sound was removed")]
    Gone,
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    #[error("the sound cannot be played: {0}")]
    Unplayable(String),
}

impl From<tandem_media::Error> for SoundProblem {
    fn from(error: tandem_media::Error) -> Self {
        Self::Unplayable(error.to_string())
    }
}

impl From<media::Error> for SoundProblem {
    fn from(error: media::Error) -> Self {
        Self::Unplayable(error.to_string())
    }
}

/// The sounds of one contact center.
pub(super) struct Sounds {
    center: CenterId,
    store: Arc<Store>,
    speech: Option<Arc<Speech>>,
    ready: Mutex<BTreeMap<SoundId, Sound>>,
}

impl Sounds {
    pub(super) const fn new(
        center: CenterId,
        store: Arc<Store>,
        speech: Option<Arc<Speech>>,
    ) -> Self {
        Self {
            center,
            store,
            speech,
            ready: Mutex::new(BTreeMap::new()),
        }
    }

    pub(super) async fn heard(&self, heard: &Heard) -> Result<Sound, SoundProblem> {
        match heard {
            Heard::Sound { id, .. } => self.stored(id).await,
            Heard::Text(text) => self.speech()?.say(text, None).await,
            Heard::Said { text, language } => {
                let language = language.to_string();
                self.speech()?.say(text, Some(&language)).await
            }
            Heard::Url(_) => Err(SoundProblem::Url),
        }
    }

    fn speech(&self) -> Result<&Speech, SoundProblem> {
        self.speech.as_deref().ok_or(SoundProblem::NoSpeech)
    }

    async fn stored(&self, id: &SoundId) -> Result<Sound, SoundProblem> {
        if let Some(sound) = self.known(id) {
            return Ok(sound);
        }
        let wav = self.store.sound(&self.center, id).await?;
        let wav = wav.ok_or(SoundProblem::Gone)?;
        // Resampling takes some milliseconds: not on a thread that others wait for.
        let made = tokio::task::spawn_blocking(move || made_of(&wav)).await;
        let sound = made.map_err(|error| SoundProblem::Unplayable(error.to_string()))??;
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= READY_MAX {
            ready.pop_first();
        }
        ready.insert(id.clone(), sound.clone());
        Ok(sound)
    }

    fn known(&self, id: &SoundId) -> Option<Sound> {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.get(id).cloned()
    }
}

fn made_of(wav: &[u8]) -> Result<Sound, SoundProblem> {
    let wav = Wav::parse(wav)?;
    if wav.channels != Channels::Mono {
        return Err(SoundProblem::Unplayable("it has two channels".to_owned()));
    }
    Ok(Sound::new(wav.sample_rate, &wav.samples)?)
}
