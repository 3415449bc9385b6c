//! The operator's page: its parts are files of their own, served by the emulator and by nobody else.

use crate::answer::Answer;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn html() -> Answer {
    part("text/html", include_str!("page/page.html"))
}

pub(super) fn style() -> Answer {
    part("text/css", include_str!("page/page.css"))
}

pub(super) fn script() -> Answer {
    part("text/javascript", include_str!("page/page.js"))
}

pub(super) fn diagram() -> Answer {
    part("text/javascript", include_str!("page/diagram.js"))
}

pub(super) fn sip() -> Answer {
    part("text/javascript", include_str!("page/sip.js"))
}

fn part(kind: &str, text: &str) -> Answer {
    Answer::text(200, &format!("{kind}; charset=utf-8"), text)
        .with_header("content-security-policy", POLICY.to_owned())
        .with_header("x-content-type-options", "nosniff".to_owned())
        .with_header("cache-control", "no-cache".to_owned())
}
