//! Where each kind of settings stands in a folder.

use tandem_core::settings::Kind;

/// The file that makes a folder one of settings.
pub(super) const MANIFEST: &str = "settings.toml";
/// The version of this layout.
pub(super) const FORMAT: i64 = 1;

/// How the objects of a kind stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// One file for each, in a folder.
    Folder,
    /// All in one file, one after the other.
    List,
    /// There is one alone, in one file.
    Single,
}

/// The word of a kind in the manifest and in names of files and folders, and how its objects stand.
pub(super) const fn place(kind: Kind) -> (&'static str, Place) {
    match kind {
        Kind::Skill => ("skills", Place::List),
        Kind::Site => ("sites", Place::List),
        Kind::Team => ("teams", Place::List),
        Kind::CapacityProfile => ("capacity-profiles", Place::Folder),
        Kind::Schedule => ("schedules", Place::Folder),
        Kind::Prompt => ("prompts", Place::Folder),
        Kind::Queue => ("queues", Place::Folder),
        Kind::BalanceGroup => ("balance-groups", Place::List),
        Kind::Flow => ("flows", Place::Folder),
        Kind::Endpoint => ("endpoints", Place::List),
        Kind::Reason => ("reasons", Place::List),
        Kind::Disposition => ("dispositions", Place::List),
        Kind::Privacy => ("privacy", Place::Single),
        Kind::Presence => ("presence-rules", Place::Single),
        Kind::Trunk => ("trunks", Place::Folder),
        Kind::Agent => ("agents", Place::List),
    }
}

/// The kind that a word of the manifest means.
pub(super) fn kind(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|it| place(*it).0 == word)
}

/// The word of a kind in the API.
pub(super) fn api_word(kind: Kind) -> Option<String> {
    let word = serde_json::to_value(kind).ok()?;
    word.as_str().map(str::to_owned)
}

/// The members that come first in a file.
pub(super) const KEYS: [&str; 5] = ["name", "label", "teams_user_id", "id", "kind"];

/// The name of a file for an object of this name.
pub(super) fn file_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let name: String = name.to_lowercase().chars().map(plain).collect();
    let parts: Vec<&str> = name.split('-').filter(|it| !it.is_empty()).collect();
    let stem: String = parts.join("-").chars().take(60).collect();
    let stem = if stem.is_empty() {
        "unnamed".to_owned()
    } else {
        stem
    };
    let mut candidates = (1_u32..).map(|n| match n {
        1 => format!("{stem}.toml"),
        n => format!("{stem}-{n}.toml"),
    });
    let free = candidates.find(|it| !is_taken(it));
    free.expect("there is always a larger number")
}
