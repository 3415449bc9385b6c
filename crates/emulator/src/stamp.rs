//! How the services write a point in time. The time itself is always handed in.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// RFC 1123, as in `Date` and `x-ms-date`.
pub(crate) fn rfc1123(time: Timestamp) -> String {
    format(time, "%a, %d %b %Y %H:%M:%S GMT")
}

/// Callback events: seven fraction digits and `+00:00`, as recorded.
pub(crate) fn callback(time: Timestamp) -> String {
    format(time, "%Y-%m-%dT%H:%M:%S.%7f+00:00")
}

/// Frames of media streams: milliseconds and `Z`.
pub(crate) fn frame(time: Timestamp) -> String {
    format(time, "%Y-%m-%dT%H:%M:%S.%3fZ")
}

/// Event Grid: seven fraction digits and `Z`.
pub(crate) fn event_grid(time: Timestamp) -> String {
    format(time, "%Y-%m-%dT%H:%M:%S.%7fZ")
}

/// Entra errors: `yyyy-MM-dd HH:mm:ssZ`.
pub(crate) fn entra(time: Timestamp) -> String {
    format(time, "%Y-%m-%d %H:%M:%SZ")
}

/// Errors of Graph: `yyyy-MM-ddTHH:mm:ss`.
pub(crate) fn graph_error(time: Timestamp) -> String {
    format(time, "%Y-%m-%dT%H:%M:%S")
}

/// Times in resources of Graph: seconds and `Z`.
pub(crate) fn graph(time: Timestamp) -> String {
    format(time, "%Y-%m-%dT%H:%M:%SZ")
}

/// Seconds since 1970, for tokens.
pub(crate) fn unix_s(time: Timestamp) -> u64 {
    u64::try_from(time.as_second()).unwrap_or(0)
}

/// Reads an RFC 1123 date; `None` when it is none.
pub(crate) fn parse_rfc1123(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()
}

fn format(time: Timestamp, pattern: &str) -> String {
    time.to_zoned(TimeZone::UTC).strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_the_recordings() {
        let time: Timestamp = "2025-09-11T19:14:11.8932953Z".parse().unwrap();
        assert_eq!(callback(time), "2025-09-11T19:14:11.8932953+00:00");
        assert_eq!(event_grid(time), "2025-09-11T19:14:11.8932953Z");
        assert_eq!(frame(time), "2025-09-11T19:14:11.893Z");
        assert_eq!(entra(time), "2025-09-11 19:14:11Z");
        assert_eq!(graph_error(time), "2025-09-11T19:14:11");
        assert_eq!(graph(time), "2025-09-11T19:14:11Z");
        assert_eq!(rfc1123(time), "Thu, 11 Sep 2025 19:14:11 GMT");
        assert_eq!(
            parse_rfc1123(&rfc1123(time)).map(unix_s),
            Some(unix_s(time))
        );
        assert_eq!(parse_rfc1123("yesterday"), None);
    }
}
