//! What is known of a recording from the story of its contact, when its sound has come.

use super::{About, cause_word};
use crate::engine::Engine;
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::time::Timestamp;
use tandem_reports::story::Story;
use tandem_store::{Channel, Pause};

impl About {
    /// What came too late for a story is kept by its contact alone. `ended` is the end of its sound, unless the story
    /// knows better.
    pub(crate) fn of(
        engine: &Engine,
        ended: Timestamp,
        contact: ContactId,
        recording: EffectId,
        length_ms: u64,
        channels: Vec<Channel>,
    ) -> Self {
        let length = i64::try_from(length_ms.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let started = Timestamp::from_micros(ended.as_micros().saturating_sub(length));
        let mut about = Self {
            recording,
            contact,
            queue: None,
            agents: Vec::new(),
            started,
            ended,
            length_ms,
            told_ms: None,
            channels,
            pauses: Vec::new(),
            keep_days: None,
        };
        engine.view().read(|projection| {
            if let Some(story) = projection.stories.story(contact) {
                about.told_by(story, length);
            }
            let state = projection.center.state();
            let is_message = state.recordings.is_message(recording);
            about.keep_days = if is_message {
                state.settings.privacy().keep_messages_days
            } else {
                let queue = about.queue.and_then(|queue| state.settings.queue(queue));
                queue
                    .and_then(|queue| queue.recording.as_ref())
                    .and_then(|rule| rule.keep_days)
            };
        });
        about
    }

    fn told_by(&mut self, story: &Story, length: i64) {
        self.queue = story.queue;
        self.agents.clone_from(&story.agents);
        if self.channels.len() == 2 {
            // The order asked for the customer on the first channel and the agent on the second.
            self.channels = vec![
                Channel::Customer,
                Channel::Agent(story.agents.first().copied()),
            ];
        }
        let recorded = story.recordings.iter();
        let Some(recorded) = { recorded }.find(|it| it.recording == self.recording) else {
            return;
        };
        self.started = recorded.from;
        self.ended = Timestamp::from_micros(recorded.from.as_micros().saturating_add(length));
        let ms = |at: Timestamp| u64::try_from(at.micros_since(recorded.from) / 1_000).unwrap_or(0);
        let pauses = recorded.pauses.iter().map(|pause| Pause {
            from_ms: ms(pause.from),
            until_ms: pause.until.map_or(self.length_ms, ms).min(self.length_ms),
            cause: cause_word(pause.cause).to_owned(),
        });
        self.pauses = pauses.collect();
    }
}
