//! The configuration that `tandem init` writes, to be filled in.

/// What is known when a configuration is written. What is not, stands there as a word that
/// `tandem check` names.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Where it listens.
    pub listen: String,
    /// The address that browsers and Microsoft use.
    pub public_base_url: String,
    /// Where what must not be lost is kept.
    pub data_dir: String,
    /// The contact center's id.
    pub center: String,
    /// What people call it.
    pub name: String,
    /// Its time zone.
    pub time_zone: String,
    /// The endpoint of the Communication Services resource.
    pub acs_endpoint: String,
    /// Its immutable resource id.
    pub acs_resource_id: String,
    /// The tenant.
    pub tenant_id: String,
    /// The application that the event subscription names.
    pub event_grid_audience: String,
}

/// The text of a configuration.
#[must_use]
pub fn text(draft: &Draft) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    format!(
        r#"# Tandem. Every key is explained in docs/operating/configuration.md;
# `tandem check --config FILE` says what is missing.

[server]
listen = {listen}
public_base_url = {public_base_url}
# Who ends TLS: a proxy before Tandem ...
{proxies}
# ... or Tandem itself:
# [server.tls]
# certificate = "fullchain.pem"
# key = "privkey.pem"

[store]
data_dir = {data_dir}
key_file = "data.key"

[[centers]]
id = {center}
name = {name}
time_zone = {time_zone}
# Context headers that may be journalled and routed by:
context_headers = []

[centers.acs]
endpoint = {endpoint}
resource_id = {resource_id}
tenant_id = {tenant_id}
access_key_file = "acs.key"

[centers.event_grid]
audience = {audience}
issuer = {issuer}
keys_url = {keys_url}

[log]
filter = "info"
"#,
        listen = quoted(&draft.listen),
        public_base_url = quoted(&draft.public_base_url),
        proxies = r#"trusted_proxies = ["127.0.0.1"]"#,
        data_dir = quoted(&draft.data_dir),
        center = quoted(&draft.center),
        name = quoted(&draft.name),
        time_zone = quoted(&draft.time_zone),
        endpoint = quoted(&draft.acs_endpoint),
        resource_id = quoted(&draft.acs_resource_id),
        tenant_id = quoted(&draft.tenant_id),
        audience = quoted(&draft.event_grid_audience),
        issuer = quoted(&format!(
            "https://login.microsoftonline.com/{}/v2.0",
            draft.tenant_id
        )),
        keys_url = quoted(&format!(
            "https://login.microsoftonline.com/{}/discovery/v2.0/keys",
            draft.tenant_id
        )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::{write_data_key, write_secret};

    #[test]
    fn written_configuration_is_accepted_once_it_is_filled_in() {
        let folder = tempfile::tempdir().unwrap();
        write_data_key(&folder.path().join("data.key")).unwrap();
        write_secret(&folder.path().join("acs.key"), "c2VjcmV0").unwrap();
        assert!(
            write_data_key(&folder.path().join("data.key")).is_err(),
            "it exists"
        );
        let mut draft = Draft {
            listen: "127.0.0.1:8080".into(),
            public_base_url: "https://calls.example.com".into(),
            data_dir: "data".into(),
            center: "contoso".into(),
            name: "Contoso \"North\"".into(),
            time_zone: "Europe/Berlin".into(),
            acs_endpoint: "https://contoso.communication.azure.com".into(),
            acs_resource_id: "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".into(),
            tenant_id: "87d349ed-44d7-43e1-9a83-5f2406dee5bd".into(),
            event_grid_audience: "api://tandem".into(),
        };
        let read = |draft: &Draft| crate::config::parse(&text(draft), folder.path(), &|_| None);
        let config = read(&draft).unwrap();
        assert_eq!(config.centers[0].name, "Contoso \"North\"");
        draft.acs_resource_id = "FILL-IN".into();
        let problems = read(&draft).unwrap_err();
        assert!(
            problems.to_string().contains("centers[0].acs.resource_id"),
            "{problems}"
        );
    }
}
