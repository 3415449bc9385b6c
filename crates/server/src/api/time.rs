//! Instants as the API writes them: RFC 3339 in UTC with milliseconds.

use crate::problem::Problem;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use tandem_core::time::Timestamp;
use tandem_store::UnixMicros;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(pub(crate) Timestamp);

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl From<UnixMicros> for Instant {
    fn from(at: UnixMicros) -> Self {
        Self(Timestamp::from_micros(at.0))
    }
}

/// An instant of a query.
pub(super) fn asked(field: &str, text: Option<&str>) -> Result<Option<UnixMicros>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    parsed
        .map(|at| Some(UnixMicros(at.as_microsecond())))
        .map_err(|_not_one| {
            let detail = "write an instant with its zone, for example 2026-11-01T08:00:00Z";
            Problem::invalid(field, detail.to_owned())
        })
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = jiff::Timestamp::from_microsecond(self.0.as_micros()).unwrap_or_default();
        let at = jiff::tz::Offset::UTC.to_datetime(at);
        // Without a look at a pattern: files have five of them for each contact.
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl ToSchema for Instant {
    fn name() -> Cow<'static, str> {
        "Instant".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instant_is_written_in_utc_with_milliseconds() {
        let at = Timestamp::from_micros(1_700_000_000_123_456);
        assert_eq!(Instant(at).to_string(), "2023-11-14T22:13:20.123Z");
        let whole = Timestamp::from_micros(1_700_000_000_000_000);
        assert_eq!(Instant(whole).to_string(), "2023-11-14T22:13:20.000Z");
    }
}
