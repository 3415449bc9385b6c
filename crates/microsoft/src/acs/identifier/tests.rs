//! Raw id forms and the deviations of both SDKs.

use super::*;

const OID: &str = "0269be4d-5be0-4770-bf9c-a1bf50ee78d5";
const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
const RESOURCE: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";

#[test]
fn every_raw_id_form_survives_the_round_trip() {
    for raw in [
        "4:+14255550123".to_owned(),
        "4:anonymous".to_owned(),
        "4:+14255550123_secret".to_owned(),
        format!("8:orgid:{OID}"),
        format!("8:dod:{OID}"),
        format!("8:gcch:{OID}"),
        "8:teamsvisitor:abc".to_owned(),
        format!("28:orgid:{OID}"),
        format!("28:gcch:{OID}"),
        format!("8:acs:{RESOURCE}_{OID}"),
        format!("8:acs:{RESOURCE}_{TENANT}_{OID}"),
        format!("8:gcch-acs:{RESOURCE}_{TENANT}_{OID}"),
        "8:spool:x_y".to_owned(),
        "48:calendar".to_owned(),
        "".to_owned(),
    ] {
        let identity = Identity::parse(&raw);
        assert_eq!(identity.raw_id(), raw);
        assert_eq!(
            identity
                .to_identifier()
                .identity()
                .map(|i| i.to_identifier().kind),
            Some(identity.to_identifier().kind)
        );
    }
}

#[test]
fn three_segments_make_an_extension_user_and_two_an_acs_user() {
    assert_eq!(
        Identity::parse(&format!("8:acs:{RESOURCE}_{TENANT}_{OID}")),
        Identity::TeamsExtensionUser {
            oid: OID.into(),
            tenant: TENANT.into(),
            resource: RESOURCE.into(),
            cloud: Cloud::Public
        }
    );
    assert!(matches!(
        Identity::parse(&format!("8:acs:{RESOURCE}_{OID}")),
        Identity::AcsUser { .. }
    ));
}

#[test]
fn python_form_without_kind_and_with_upper_case_cloud_is_read() {
    let json = format!(
        r#"{{"rawId":"8:acs:{RESOURCE}_{TENANT}_{OID}","teamsExtensionUser":{{"userId":"{OID}","tenantId":"{TENANT}","resourceId":"{RESOURCE}","cloud":"PUBLIC"}},"new":1}}"#
    );
    let parsed: Identifier = serde_json::from_str(&json).unwrap();
    assert_eq!(
        parsed.identity(),
        teams_extension_user(OID, TENANT, RESOURCE).identity()
    );
}

#[test]
fn javascript_form_with_false_anonymous_is_a_plain_number() {
    let parsed: Identifier = serde_json::from_str(
        r#"{"kind":"phoneNumber","phoneNumber":{"value":"+12065551212","isAnonymous":false}}"#,
    )
    .unwrap();
    assert_eq!(parsed.phone().as_deref(), Some("+12065551212"));
    assert_eq!(parsed.raw_id().as_deref(), Some("4:+12065551212"));
}

#[test]
fn member_order_is_raw_id_kind_member() {
    assert_eq!(
        serde_json::to_string(&phone_number("+12065551212")).unwrap(),
        r#"{"rawId":"4:+12065551212","kind":"phoneNumber","phoneNumber":{"value":"+12065551212"}}"#
    );
}

// B-168
#[test]
fn oid_of_the_resource_account_is_read_although_kind_is_unknown() {
    let to: Identifier = serde_json::from_str(
        r#"{"kind":"unknown","rawId":"28:orgid:cc123456-5678-5678-1234-ccc123456789"}"#,
    )
    .unwrap();
    assert_eq!(to.kind, Some(Kind::Unknown));
    assert_eq!(
        resource_account_oid(&to).as_deref(),
        Some("cc123456-5678-5678-1234-ccc123456789")
    );
    assert_eq!(resource_account_oid(&phone_number("+12065551212")), None);
}

#[test]
fn kind_of_a_later_version_is_unknown_and_not_an_error() {
    let parsed: Identifier = serde_json::from_str(r#"{"kind":"hologram","rawId":"99:x"}"#).unwrap();
    assert_eq!(parsed.kind, Some(Kind::Unknown));
    assert_eq!(
        parsed.identity(),
        Some(Identity::Unknown {
            raw_id: "99:x".into()
        })
    );
}
