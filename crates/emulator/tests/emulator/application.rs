//! Applications of Microsoft Graph: ends of credentials, what was consented to, and how it is taken back.

use crate::graph::{ANN, Client, SCOPE};
use crate::sign_in::Browser;
use crate::stage::{Stage, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::entra::client_credentials;

const BY_APP: &str = "/v1.0/servicePrincipals(appId='aa123456-1234-1234-1234-aaa123456789')";
const GRAPH: &str = "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";

async fn set(stage: &Stage, application: Value) {
    let (status, shown) = stage
        .control("PUT", "/entra/application", application)
        .await;
    assert_eq!(status, 200, "{shown}");
}

async fn token(stage: &Stage) -> (u16, Value) {
    let request = client_credentials(
        defaults::TENANT,
        defaults::APP,
        defaults::CLIENT_SECRET,
        SCOPE,
    );
    Browser::of(stage)
        .token(defaults::TENANT, request.body)
        .await
}

// B-068; microsoft-graph.md 1.7
#[tokio::test]
async fn registration_tells_when_secret_and_certificates_end() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let pem = std::fs::read_to_string(&stage.running.ca_pem).unwrap();
    let refused = json!({"certificates": [pem]});
    // The authority's own key is no RSA key: it is no credential.
    assert_eq!(
        stage.control("PUT", "/entra/application", refused).await.0,
        400
    );
    set(&stage, json!({"secret_expires_at": "2027-03-01T00:00:00Z"})).await;
    let path = format!(
        "/v1.0/applications(appId='{}')?$select=id,passwordCredentials,keyCredentials",
        defaults::APP
    );
    let found = graph.get(&path).await.body;
    let secret = &found["passwordCredentials"][0];
    assert_eq!(secret["endDateTime"], "2027-03-01T00:00:00Z");
    // The hint is the beginning of the value, and the value is told to nobody.
    assert!(defaults::CLIENT_SECRET.starts_with(secret["hint"].as_str().unwrap()));
    assert_eq!(secret["secretText"], Value::Null);
    assert_eq!(found["keyCredentials"], json!([]));
    let id = text(&found["id"]);
    assert_eq!(
        graph.get(&format!("/beta/applications/{id}")).await.body["appId"],
        defaults::APP
    );
    // The id of the service principal is mistaken for it.
    let mistaken = graph
        .get(&format!("/v1.0/applications/{}", defaults::APP_PRINCIPAL))
        .await;
    assert_eq!(mistaken.code(), (404, "Request_ResourceNotFound"));
    let listed = graph
        .get(&format!(
            "/v1.0/applications?$filter=appId%20eq%20'{}'&$select=appId",
            defaults::APP
        ))
        .await;
    assert_eq!(
        listed.body["value"],
        json!([{"id": id, "appId": defaults::APP}])
    );
    assert_eq!(
        graph
            .get("/v1.0/applications?$filter=appId%20eq%20'x'")
            .await
            .body["value"],
        json!([])
    );
    assert_eq!(
        graph
            .get("/v1.0/applications?$filter=appRoles/any()")
            .await
            .status,
        400
    );
}

// B-039; microsoft-graph.md 1.8
#[tokio::test]
async fn what_was_consented_to_is_read_by_its_ids() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let roles = graph
        .get(&format!("{GRAPH}?$select=appRoles,oauth2PermissionScopes"))
        .await
        .body;
    let name_of = |id: &Value| {
        let all = roles["appRoles"].as_array().unwrap();
        text(&all.iter().find(|role| role["id"] == *id).unwrap()["value"])
    };
    let granted = graph
        .get(&format!("{BY_APP}/appRoleAssignments"))
        .await
        .body;
    let names = |granted: &Value| -> Vec<String> {
        let all = granted["value"].as_array().unwrap().iter();
        all.map(|one| name_of(&one["appRoleId"])).collect()
    };
    assert!(names(&granted).contains(&"Presence.ReadWrite.All".to_owned()));
    let told = &granted["value"][0];
    assert_eq!(
        (&told["principalId"], &told["principalType"]),
        (&json!(defaults::APP_PRINCIPAL), &json!("ServicePrincipal"))
    );
    assert_eq!(told["resourceId"], roles["id"]);
    let delegated = graph
        .get(&format!("{BY_APP}/oauth2PermissionGrants"))
        .await
        .body;
    assert_eq!(delegated["value"][0]["consentType"], "AllPrincipals");
    assert!(text(&delegated["value"][0]["scope"]).contains("Presence.Read.All"));
    // An administrator grants fewer.
    set(
        &stage,
        json!({"application_permissions": ["Application.Read.All"], "delegated_permissions": []}),
    )
    .await;
    let graph = Client::of(&stage).await;
    assert_eq!(
        names(
            &graph
                .get(&format!("{BY_APP}/appRoleAssignments"))
                .await
                .body
        ),
        ["Application.Read.All"]
    );
    assert_eq!(
        graph
            .get(&format!("{BY_APP}/oauth2PermissionGrants"))
            .await
            .body["value"],
        json!([])
    );
    assert_eq!(
        graph.get("/v1.0/users").await.code(),
        (403, "Authorization_RequestDenied")
    );
    let unknown = json!({"application_permissions": ["Everything.All"]});
    assert_eq!(
        stage.control("PUT", "/entra/application", unknown).await.0,
        400
    );
}

// B-041
#[tokio::test]
async fn permission_that_is_taken_back_is_in_no_later_token() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let path = format!("{BY_APP}/appRoleAssignments");
    let granted = graph.get(&path).await.body;
    let first = format!("{path}/{}", text(&granted["value"][0]["id"]));
    let refused = graph.send("DELETE", &first, &[], None).await;
    assert_eq!(refused.code(), (403, "Authorization_RequestDenied"));
    let writer = json!({"application_permissions": ["Application.Read.All", "AppRoleAssignment.ReadWrite.All", "User.Read.All"]});
    set(&stage, writer).await;
    let graph = Client::of(&stage).await;
    let granted = graph.get(&path).await.body;
    let of_users = granted["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["appRoleId"] == "df021288-bdef-4463-88db-98f22de89214")
        .unwrap();
    let of_users = format!("{path}/{}", text(&of_users["id"]));
    assert_eq!(graph.send("DELETE", &of_users, &[], None).await.status, 204);
    assert_eq!(graph.send("DELETE", &of_users, &[], None).await.status, 404);
    // A token that was given is good until its end.
    assert_eq!(graph.get("/v1.0/users").await.status, 200);
    assert_eq!(
        Client::of(&stage).await.get("/v1.0/users").await.status,
        403
    );
}

// B-041
#[tokio::test]
async fn application_that_is_disabled_or_deleted_has_no_tokens_until_somebody_consents() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    for (standing, code) in [("disabled", 7_000_112), ("absent", 700_016)] {
        set(&stage, json!({ "standing": standing })).await;
        let (status, refused) = token(&stage).await;
        assert_eq!((status, &refused["error_codes"]), (400, &json!([code])));
    }
    set(
        &stage,
        json!({"standing": "disabled", "application_permissions": []}),
    )
    .await;
    assert_eq!(graph.get(BY_APP).await.body["accountEnabled"], false);
    let mut browser = Browser::of(&stage);
    crate::sign_in::scripted(&stage, ANN).await;
    let consent = format!(
        "{}/organizations/adminconsent?client_id={}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fconsented&state=s1",
        browser.base,
        defaults::APP
    );
    assert_eq!(browser.get(&consent).await.to["admin_consent"], "True");
    assert_eq!(
        Client::of(&stage).await.get("/v1.0/users").await.status,
        200
    );
}

#[tokio::test]
async fn person_lets_the_application_do_what_was_consented_to_and_no_more() {
    let stage = Stage::stepped().await;
    set(&stage, json!({"delegated_permissions": ["User.Read"]})).await;
    let mut browser = Browser::of(&stage);
    crate::sign_in::scripted(&stage, ANN).await;
    let seen = browser.authorize(defaults::TENANT, "").await;
    let (status, tokens) = browser.redeem(&seen.to["code"]).await;
    assert_eq!(status, 200, "{tokens}");
    let ann = Client::of_person(&stage, ANN, "User.Read").await;
    assert_eq!(ann.get("/v1.0/me").await.status, 200);
    assert_eq!(
        ann.get("/v1.0/me/presence").await.code(),
        (403, "Forbidden")
    );
}

// B-043, B-044
#[tokio::test]
async fn who_has_roles_of_the_application_is_read_with_people_and_groups() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let group = "dd123456-1234-1234-1234-ddd123456789";
    stage
        .control(
            "PUT",
            &format!("/entra/people/{ANN}"),
            json!({"app_roles": ["Administrator"]}),
        )
        .await;
    stage
        .control(
            "PUT",
            &format!("/entra/groups/{group}"),
            json!({"app_roles": ["Supervisor"]}),
        )
        .await;
    let assigned = graph.get(&format!("{BY_APP}/appRoleAssignedTo")).await.body;
    let roles = graph.get(BY_APP).await.body["appRoles"].clone();
    let told: Vec<(String, String, String)> = assigned["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let role = roles
                .as_array()
                .unwrap()
                .iter()
                .find(|role| role["id"] == one["appRoleId"])
                .unwrap();
            (
                text(&one["principalType"]),
                text(&one["principalId"]),
                text(&role["value"]),
            )
        })
        .collect();
    let row = |kind: &str, id: &str, role: &str| (kind.to_owned(), id.to_owned(), role.to_owned());
    assert_eq!(
        told,
        [
            row("User", ANN, "Administrator"),
            row("Group", group, "Supervisor")
        ]
    );
}
