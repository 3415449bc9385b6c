//! Roles and issuers, without a socket.

use super::*;
use std::collections::BTreeMap;

const OURS: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";

fn microsoft() -> Microsoft {
    let http = reqwest::Client::new();
    let authority = "https://login.example".parse().unwrap();
    Microsoft {
        documents: Documents::new(&http, &authority, "organizations"),
        redirect_uri: "https://calls.example/back".to_owned(),
        home: "https://calls.example/".to_owned(),
        http,
        turns: renewal::Turns::default(),
        config: MicrosoftSignIn {
            tenants: [OURS.to_owned()].into(),
            client_id: "app".to_owned(),
            client_secret: "secret".into(),
            confirmed_for: Duration::from_secs(3_600),
            roles: BTreeMap::from([
                ("Administrator".to_owned(), Role::Administrator),
                ("Agent".to_owned(), Role::Agent),
            ]),
            groups: BTreeMap::from([("g1".to_owned(), Role::Supervisor)]),
        },
    }
}

fn claims(said: &serde_json::Value) -> Claims {
    let mut all = serde_json::json!({
        "iss": format!("https://login.example/{OURS}/v2.0"), "aud": "app", "exp": 1,
        "tid": OURS, "oid": "O1",
    });
    for (name, value) in said.as_object().unwrap() {
        all[name] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

fn published() -> Published {
    let url: url::Url = "https://login.example/x".parse().unwrap();
    Published {
        issuer: "https://login.example/{tenantid}/v2.0".to_owned(),
        authorization: url.clone(),
        token: url.clone(),
        end_session: None,
        keys: crate::edge::teams_phone::KeySet::new(&reqwest::Client::new(), url),
    }
}

fn tokens() -> PersonTokens {
    serde_json::from_str("{}").unwrap()
}

// B-043, B-044, B-045
#[test]
fn roles_are_those_that_the_configuration_knows_by_name_or_by_group() {
    let said = serde_json::json!({"roles": ["Agent", "Owner", "agent"], "groups": ["G1", "g2"]});
    let roles = microsoft().roles(&claims(&said));
    assert_eq!(roles, [Role::Agent, Role::Supervisor]);
    assert!(
        microsoft()
            .roles(&claims(&serde_json::json!({})))
            .is_empty()
    );
}

#[test]
fn tenant_and_issuer_must_be_the_same_and_allowed() {
    let vouched = |said: serde_json::Value| {
        let vouched = microsoft().vouched(&published(), claims(&said), tokens());
        vouched
            .map(|it| it.person)
            .map_err(|refused| refused.word())
    };
    let person = vouched(serde_json::json!({})).unwrap();
    assert_eq!(
        (person.tenant.as_str(), person.object.as_str()),
        (OURS, "o1")
    );
    let other = "99999999-44d7-43e1-9a83-5f2406dee5bd";
    let claimed = vouched(serde_json::json!({ "tid": other }));
    assert_eq!(claimed, Err("another tenant"));
    let issued = format!("https://login.example/{other}/v2.0");
    assert_eq!(
        vouched(serde_json::json!({ "iss": issued })),
        Err("another tenant")
    );
    let nobody = vouched(serde_json::json!({"oid": ""}));
    assert_eq!(nobody, Err("the id token names nobody"));
}
