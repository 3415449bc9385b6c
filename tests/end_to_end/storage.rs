//! Where the files of recordings lie: in the data directory, or in a storage that somebody started for the tests.
//! `TANDEM_STORAGE` is the part of the configuration that names it; every test keeps its recordings there then.

pub(crate) fn config() -> String {
    std::env::var("TANDEM_STORAGE").unwrap_or_default()
}
