//! The sounds that were fetched last, in memory up to a number of bytes.

use axum::body::Bytes;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tandem_core::prompt::SoundId;
use tandem_store::CenterId;

/// Bytes of all sounds that are kept.
const BYTES_MAX: usize = 64 * 1024 * 1024;

type Key = (CenterId, SoundId);

/// The least recently fetched sound gives way.
#[derive(Default)]
pub(super) struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    sounds: BTreeMap<Key, (u64, Bytes)>,
    by_use: BTreeMap<u64, Key>,
    n_uses: u64,
    n_bytes: usize,
}

impl Cache {
    pub(super) fn get(&self, center: &CenterId, id: &SoundId) -> Option<Bytes> {
        self.kept().fetched(&(center.clone(), id.clone()))
    }

    pub(super) fn put(&self, center: &CenterId, id: &SoundId, sound: &Bytes) {
        let key = (center.clone(), id.clone());
        self.kept().put(key, sound.clone(), BYTES_MAX);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn fetched(&mut self, key: &Key) -> Option<Bytes> {
        self.n_uses += 1;
        let (used, sound) = self.sounds.get_mut(key)?;
        self.by_use.remove(used);
        *used = self.n_uses;
        self.by_use.insert(self.n_uses, key.clone());
        Some(sound.clone())
    }

    fn put(&mut self, key: Key, sound: Bytes, bytes_max: usize) {
        if sound.len() > bytes_max || self.sounds.contains_key(&key) {
            return;
        }
        self.n_uses += 1;
        self.n_bytes += sound.len();
        self.by_use.insert(self.n_uses, key.clone());
        self.sounds.insert(key, (self.n_uses, sound));
        while self.n_bytes > bytes_max
            && let Some((_, oldest)) = self.by_use.pop_first()
            && let Some((_, sound)) = self.sounds.remove(&oldest)
        {
            self.n_bytes -= sound.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: &str) -> Key {
        let center = CenterId::parse("contoso").unwrap();
        (center, SoundId::try_from(digit.repeat(64)).unwrap())
    }

    #[test]
    fn sound_that_was_not_fetched_for_longest_gives_way() {
        let mut kept = Kept::default();
        let sound = || Bytes::from_static(&[0; 40]);
        for digit in ["a", "b"] {
            kept.put(key(digit), sound(), 100);
        }
        kept.fetched(&key("a"));
        kept.put(key("c"), sound(), 100);
        let there = ["a", "b", "c"].map(|digit| kept.sounds.contains_key(&key(digit)));
        assert_eq!(there, [true, false, true]);
        assert_eq!((kept.n_bytes, kept.by_use.len()), (80, 2));
        kept.put(key("d"), Bytes::from_static(&[0; 101]), 100);
        assert!(kept.fetched(&key("d")).is_none(), "too large to be kept");
        assert_eq!(kept.n_bytes, 80);
    }
}
