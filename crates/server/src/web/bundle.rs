//! The files of the web build, as `web/dist/manifest.json` lists them.

use axum::body::Bytes;
use axum::http::HeaderValue;
use std::collections::BTreeMap;

/// A file, in both encodings.
pub(super) struct File {
    pub(super) content_type: HeaderValue,
    /// Its name carries a hash of its content.
    pub(super) immutable: bool,
    pub(super) etag: HeaderValue,
    pub(super) br: Bytes,
    pub(super) gz: Bytes,
}

/// All files by path; none when no bundle was built.
#[derive(Default)]
pub(super) struct Bundle {
    files: BTreeMap<String, File>,
}

impl Bundle {
    pub(super) fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }
}

#[cfg(not(tandem_ui))]
impl Bundle {
    /// Nothing: the web build had not run when the binary was made.
    pub(super) fn embedded() -> Self {
        Self::default()
    }
}

#[cfg(tandem_ui)]
mod embedded {
    use super::{Bundle, File};
    use axum::body::Bytes;
    use axum::http::HeaderValue;
    use serde::Deserialize;

    #[derive(rust_embed::Embed)]
    #[folder = "../../web/dist"]
    struct Dist;

    #[derive(Deserialize)]
    struct Manifest {
        files: Vec<Entry>,
    }

    #[derive(Deserialize)]
    struct Entry {
        path: String,
        content_type: String,
        sha256: String,
        immutable: bool,
    }

    impl Bundle {
        /// The web build that was there when the binary was made.
        pub(in crate::web) fn embedded() -> Self {
            let manifest = Dist::get("manifest.json").map(|file| file.data);
            let manifest = manifest.and_then(|data| serde_json::from_slice::<Manifest>(&data).ok());
            let Some(manifest) = manifest else {
                tracing::warn!("the embedded web bundle has no readable manifest");
                return Self::default();
            };
            let files = manifest.files.into_iter().filter_map(|entry| {
                let file = File {
                    content_type: HeaderValue::from_str(&entry.content_type).ok()?,
                    immutable: entry.immutable,
                    etag: HeaderValue::from_str(&format!("\"{}\"", entry.sha256)).ok()?,
                    br: encoded(&entry.path, "br")?,
                    gz: encoded(&entry.path, "gz")?,
                };
                Some((entry.path, file))
            });
            Self {
                files: files.collect(),
            }
        }
    }

    fn encoded(path: &str, ending: &str) -> Option<Bytes> {
        let data = Dist::get(&format!("{path}.{ending}"))?.data;
        Some(match data {
            std::borrow::Cow::Borrowed(data) => Bytes::from_static(data),
            std::borrow::Cow::Owned(data) => Bytes::from(data),
        })
    }
}
