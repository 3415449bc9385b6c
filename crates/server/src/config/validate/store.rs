//! `[store]`: the data directory, and the data keys in their order.

use super::super::file;
use super::super::secret;
use super::super::{RecordingPlace, Store};
use super::{Secret, Validator, absolute, is_loopback};
use base64::Engine as _;
use secrecy::{ExposeSecret as _, SecretString};
use std::path::{Path, PathBuf};
use tandem_store::{AzureBlob, DataKey, KeyFamily, S3};
use toml::Spanned;
use url::Url;

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
            let recordings = self.recordings(store.recordings, &data_dir)?;
            return keys.map(|keys| Store {
                data_dir,
                keys,
                key_files,
                recordings,
            });
        }
        None
    }

    fn recordings(
        &mut self,
        place: Option<Spanned<file::Recordings>>,
        data_dir: &Path,
    ) -> Option<RecordingPlace> {
        let Some(place) = place else {
            return Some(RecordingPlace::Directory(data_dir.join("recordings")));
        };
        let span = place.span();
        match place.into_inner() {
            file::Recordings {
                directory: Some(directory),
                s3: None,
                azure: None,
            } => Some(RecordingPlace::Directory(self.path(directory.get_ref()))),
            file::Recordings {
                directory: None,
                s3: Some(s3),
                azure: None,
            } => self.s3(s3.into_inner()).map(RecordingPlace::S3),
            file::Recordings {
                directory: None,
                s3: None,
                azure: Some(azure),
            } => self.azure(azure.into_inner()).map(RecordingPlace::Azure),
            _ => {
                let fix = "write `directory`, `s3` or `azure`, and only one of them";
                let place = Spanned::new(span, ());
                self.at(
                    "store.recordings",
                    &place,
                    "names no place, or several",
                    fix,
                );
                None
            }
        }
    }

    fn s3(&mut self, place: file::S3) -> Option<S3> {
        let key = "store.recordings.s3";
        let endpoint = self.endpoint(&format!("{key}.endpoint"), place.endpoint)?;
        let secret = self.needed_secret(
            &format!("{key}.secret_access_key"),
            &place.bucket,
            place.secret_access_key_file,
            place.secret_access_key_env,
        )?;
        Some(S3 {
            bucket: place.bucket.into_inner(),
            region: place.region.into_inner(),
            allow_http: endpoint.as_ref().is_some_and(is_loopback),
            endpoint: endpoint.as_ref().map(address),
            access_key_id: place.access_key_id.into_inner(),
            secret_access_key: secret.expose_secret().to_owned(),
        })
    }

    fn azure(&mut self, place: file::Azure) -> Option<AzureBlob> {
        let key = "store.recordings.azure";
        let endpoint = self.endpoint(&format!("{key}.endpoint"), place.endpoint)?;
        let secret = self.needed_secret(
            &format!("{key}.access_key"),
            &place.account,
            place.access_key_file,
            place.access_key_env,
        )?;
        Some(AzureBlob {
            account: place.account.into_inner(),
            container: place.container.into_inner(),
            allow_http: endpoint.as_ref().is_some_and(is_loopback),
            endpoint: endpoint.as_ref().map(address),
            access_key: secret.expose_secret().to_owned(),
        })
    }

    fn endpoint(&mut self, key: &str, place: Option<Spanned<String>>) -> Option<Option<Url>> {
        let Some(place) = place else {
            return Some(None);
        };
        let url = self.url(key, &place)?;
        if url.query().is_some() || url.fragment().is_some() {
            let fix = "write scheme, host and port, and the path of the account where there is one, \
                       such as \"http://127.0.0.1:10000/devstoreaccount1\"";
            self.at(key, &place, "has a query or a fragment", fix);
            return None;
        }
        Some(Some(url))
    }

    fn needed_secret(
        &mut self,
        key: &str,
        beside: &Spanned<String>,
        file: Option<Spanned<String>>,
        variable: Option<Spanned<String>>,
    ) -> Option<SecretString> {
        match self.secret(key, file, variable) {
            Secret::Given(secret) => Some(secret),
            Secret::Bad => None,
            Secret::Absent => {
                let name = key.rsplit('.').next().unwrap_or(key);
                let fix = format!("add `{name}_file` or `{name}_env`");
                self.at(key, beside, "is not named", &fix);
                None
            }
        }
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

/// An endpoint as the client of a storage takes it.
fn address(endpoint: &Url) -> String {
    endpoint.as_str().trim_end_matches('/').to_owned()
}
