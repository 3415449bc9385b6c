//! A prompt or music on its way into a mix, frame by frame. It must not know where the sound comes from.

use std::sync::Arc;

/// How often a sound is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    Once,
    Forever,
}

/// Whether there is more to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Playing,
    Ended,
}

/// One sound at one place in it. The samples are shared by all who hear it.
#[derive(Debug, Clone)]
pub struct Player {
    samples: Arc<[i16]>,
    at: usize,
    repeat: Repeat,
}

impl Player {
    #[must_use]
    pub const fn new(samples: Arc<[i16]>, repeat: Repeat) -> Self {
        Self {
            samples,
            at: 0,
            repeat,
        }
    }

    /// Goes on at the same place of the same sound at another rate.
    pub fn change_samples(&mut self, samples: Arc<[i16]>) {
        let place = self.at as u128 * samples.len() as u128;
        let place = place.checked_div(self.samples.len() as u128).unwrap_or(0);
        self.at = usize::try_from(place).unwrap_or(samples.len());
        self.samples = samples;
    }

    /// Writes the next samples over an emptied frame, and silence behind the end. It has ended when nothing is left
    /// for the next frame.
    pub fn fill(&mut self, n_samples: usize, frame: &mut Vec<i16>) -> Progress {
        frame.clear();
        while frame.len() < n_samples && self.at < self.samples.len() {
            let rest = self.samples.split_at(self.at).1;
            let n = rest.len().min(n_samples - frame.len());
            frame.extend_from_slice(rest.split_at(n).0);
            self.at += n;
            if self.at == self.samples.len() && self.repeat == Repeat::Forever {
                self.at = 0;
            }
        }
        frame.resize(n_samples, 0);
        if self.at < self.samples.len() {
            Progress::Playing
        } else {
            Progress::Ended
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Player, Progress, Repeat};

    fn heard(samples: &[i16], repeat: Repeat, n_frames: usize) -> (Vec<i16>, Vec<Progress>) {
        let mut player = Player::new(samples.into(), repeat);
        let (mut all, mut progress) = (Vec::new(), Vec::new());
        for _ in 0..n_frames {
            let mut frame = vec![99];
            progress.push(player.fill(4, &mut frame));
            all.extend(frame);
        }
        (all, progress)
    }

    #[test]
    fn prompt_is_heard_once_and_ends_with_its_last_sample() {
        let (all, progress) = heard(&[1, 2, 3, 4, 5], Repeat::Once, 3);
        assert_eq!(all, [1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(
            progress,
            [Progress::Playing, Progress::Ended, Progress::Ended]
        );
    }

    #[test]
    fn music_goes_on_without_a_gap() {
        let (all, progress) = heard(&[1, 2, 3], Repeat::Forever, 3);
        assert_eq!(all, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
        assert_eq!(progress, [Progress::Playing; 3]);
    }

    #[test]
    fn sound_goes_on_at_its_place_at_another_rate() {
        let low: Vec<i16> = (0..100).collect();
        let high: Vec<i16> = (0..200).map(|it| it / 2).collect();
        let mut player = Player::new(low.into(), Repeat::Once);
        let mut frame = Vec::new();
        player.fill(30, &mut frame);
        player.change_samples(high.into());
        player.fill(4, &mut frame);
        assert_eq!(frame, [30, 30, 31, 31]);
        player.change_samples([].into());
        assert_eq!(player.fill(2, &mut frame), Progress::Ended);
    }

    #[test]
    fn sound_without_samples_is_silence_that_has_ended() {
        let (all, progress) = heard(&[], Repeat::Forever, 1);
        assert_eq!((all, progress), (vec![0; 4], vec![Progress::Ended]));
    }
}
