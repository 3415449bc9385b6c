//! Which of a registration's secrets is ours, and when it ends (B-068, microsoft-graph.md 1.7): the directory tells the
//! first three characters of each and nothing more.

use tandem_core::time::Timestamp;
use tandem_microsoft::graph::application::PasswordCredential;

/// What the directory says of our secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Certain(Timestamp),
    /// Several begin like ours: the latest that is still good, or of none the latest.
    Uncertain(Timestamp),
    /// None begins like ours: the value is of another application, or was deleted.
    NotListed,
}

pub(super) fn of_secret(hint: &str, listed: &[PasswordCredential], now: Timestamp) -> Found {
    let is_ours = |it: &&PasswordCredential| it.hint.as_deref() == Some(hint);
    let ends: Vec<Timestamp> = { listed.iter().filter(is_ours) }
        .filter_map(|it| instant(it.end_date_time.as_deref()?))
        .collect();
    match ends.as_slice() {
        [] => Found::NotListed,
        [only] => Found::Certain(*only),
        several => {
            let good = several.iter().filter(|end| **end > now).max();
            let latest = good.or_else(|| several.iter().max());
            latest.copied().map_or(Found::NotListed, Found::Uncertain)
        }
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_micros(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(hint: Option<&str>, end: &str) -> PasswordCredential {
        PasswordCredential {
            hint: hint.map(str::to_owned),
            end_date_time: Some(end.to_owned()),
        }
    }

    // B-068
    #[test]
    fn secret_is_known_by_its_first_characters_and_several_are_uncertain() {
        let at = |text| instant(text).unwrap();
        let now = at("2026-06-01T00:00:00Z");
        let (old, late) = ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00.1234567Z");
        let listed = [secret(Some("xyz"), late), secret(Some("abc"), old)];
        assert_eq!(of_secret("abc", &listed, now), Found::Certain(at(old)));
        assert_eq!(of_secret("def", &listed, now), Found::NotListed);
        let twice = [
            secret(Some("abc"), late),
            secret(Some("abc"), old),
            secret(None, late),
        ];
        assert_eq!(of_secret("abc", &twice, now), Found::Uncertain(at(late)));
        let unread = [secret(Some("abc"), "soon")];
        assert_eq!(of_secret("abc", &unread, now), Found::NotListed);
    }
}
