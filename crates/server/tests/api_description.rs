//! The committed description of the API is the one that the code gives.

#[test]
fn committed_description_is_that_of_the_code() {
    let committed = std::fs::read_to_string("../../docs/openapi.json").unwrap_or_default();
    assert!(
        committed == tandem_server::api::openapi(),
        "docs/openapi.json is not current; run: cargo run -p tandem -- openapi > docs/openapi.json"
    );
}
