//! An administrator lets the application into a tenant (microsoft-graph.md 1.5): the address to go to, and what the
//! browser brings back. Nothing signs the answer: its tenant is a hint, and only a token shows that it is true.

use super::sign_in::append_query;
use crate::wire::percent_encode;

/// Where an administrator decides, below the authority. Everything that the registration lists is asked for: application
/// permissions cannot be named one by one.
#[must_use]
pub fn path(tenant: Option<&str>, client_id: &str, redirect_uri: &str, state: &str) -> String {
    let tenant = percent_encode(tenant.unwrap_or("common"));
    let query = [
        ("client_id", client_id),
        ("redirect_uri", redirect_uri),
        ("state", state),
    ];
    append_query(&format!("/{tenant}/adminconsent"), &query)
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-037
    #[test]
    fn link_names_application_way_back_and_state() {
        let path = path(None, "app", "https://x.example/back", "s t");
        assert_eq!(
            path,
            "/common/adminconsent?client_id=app&redirect_uri=https%3A%2F%2Fx.example%2Fback&state=s%20t"
        );
    }
}
