//! `[store]`: the data directory, and the data keys in their order.

use super::super::Store;
use super::super::file;
use super::super::secret;
use super::{Validator, absolute};
use base64::Engine as _;
use std::path::{Path, PathBuf};
use tandem_store::{DataKey, KeyFamily};
use toml::Spanned;

impl Validator<'_> {
    pub(super) fn store(&mut self, store: file::Store) -> Option<Store> {
        let data_dir = self.path(store.data_dir.get_ref());
        let earlier = store.earlier_key_files.unwrap_or_default();
        let current = ("store.key_file", &store.key_file);
        let named = earlier.iter().map(|it| ("store.earlier_key_files", it));
        let (mut key_files, mut secrets) = (Vec::new(), Vec::new());
        for (key, place) in named.chain([current]) {
            let path = self.path(place.get_ref());
            let Some(secret) = self.data_key(key, place, &path, &data_dir) else {
                continue;
            };
            if let Some(n) = secrets.iter().position(|it| *it == secret) {
                let first: &PathBuf = &key_files[n];
                let what = format!("holds the same key as {}", first.display());
                let fix =
                    "name each key once: earlier ones oldest first, the current one in `key_file`";
                self.at(key, place, &what, fix);
            }
            key_files.push(path);
            secrets.push(secret);
        }
        if secrets.len() > earlier.len() {
            let keys = self.key_family(current.1, secrets);
            return keys.map(|keys| Store {
                data_dir,
                keys,
                key_files,
            });
        }
        None
    }

    /// Numbers of keys follow from their order, the oldest being 1.
    fn key_family(&mut self, place: &Spanned<String>, secrets: Vec<[u8; 32]>) -> Option<KeyFamily> {
        let mut keys = (1..)
            .zip(secrets)
            .map(|(id, secret)| DataKey::new(id, secret));
        let first = KeyFamily::new(keys.next()?);
        match keys.try_fold(first, KeyFamily::rotate) {
            Ok(family) => Some(family),
            Err(error) => {
                let fix = "name fewer keys in `earlier_key_files`";
                self.at("store.key_file", place, &error.to_string(), fix);
                None
            }
        }
    }

    fn data_key(
        &mut self,
        key: &str,
        place: &Spanned<String>,
        path: &Path,
        data_dir: &Path,
    ) -> Option<[u8; 32]> {
        if absolute(path).starts_with(absolute(data_dir)) {
            let what = "lies in the data directory, beside what it seals";
            self.at(key, place, what, "keep it elsewhere");
        }
        if secret::is_open_to_others(path) {
            let fix = format!("run: chmod 600 {}", path.display());
            self.at(key, place, "can be read by others", &fix);
        }
        let is_earlier = key != "store.key_file";
        let fix = if is_earlier {
            "bring the file back: rows and hashes may need this key for ever"
        } else {
            "make one with: head -c 32 /dev/urandom | base64"
        };
        let text = match secret::read_file(path) {
            Ok(text) => text,
            Err(what) => {
                self.at(key, place, &what, fix);
                return None;
            }
        };
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok();
        let secret = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        if secret.is_none() {
            self.at(key, place, "does not hold 32 bytes, base64", fix);
        }
        secret
    }
}
