//! Calls between the emulated neighbors: a carrier's customers, a phone that registered, and Teams' clients by TLS and SRTP
//! (B-007, B-024, B-026, B-029, B-030, B-236).

use super::town::{LINE, Town};
use super::trunk::NUMBER;
use crate::path::told;
use crate::wait::until;
use serde_json::{Value, json};

fn answers() -> Value {
    json!({"when_called": {"do": "answer", "after_ms": 50}, "tone_hz": 1300})
}

// B-007, B-029
#[tokio::test]
async fn phone_that_registered_with_its_password_is_rung_and_no_other() {
    let town = Town::new().await;
    town.registers("eve", "a guess", "refused").await;
    town.registers("anna", "a guess", "refused").await;
    let mut ann = town.agent_with_phone().await;
    town.behaves("phones", "anna", answers()).await;
    let caller = town.calls(json!({})).await;
    caller.hears(&[town.music]).await;
    ann.accept().await;
    ann.has("connected").await;
    let phone = town.called("anna").await;
    caller.hears(&[1_300]).await;
    phone.hears(&[700]).await;
    ann.hang_up(1).await;
    phone.is("ended").await;
    caller.is("ended").await;
    assert!(
        !phone.has_heard(town.music).await,
        "the music is the caller's alone"
    );
    let story = town.stage.ended(1).await;
    assert_eq!(told(&story, "ended")["detail"]["reason"], "handled");
}

// R-23
#[tokio::test]
async fn customer_on_hold_hears_music_and_the_agent_hears_nothing_of_it() {
    let town = Town::new().await;
    let mut ann = town.agent_with_phone().await;
    town.behaves("phones", "anna", answers()).await;
    let caller = town.calls(json!({"over": "udp"})).await;
    ann.accept().await;
    ann.has("connected").await;
    let phone = town.called("anna").await;
    caller.hears(&[1_300]).await;
    ann.person.post("/contacts/1/hold", json!({})).await;
    caller.hears(&[town.music]).await;
    phone.hears(&[]).await;
    ann.person.post("/contacts/1/resume", json!({})).await;
    caller.hears(&[1_300]).await;
    phone.hears(&[700]).await;
    caller.does("hang-up").await;
    phone.is("ended").await;
    town.stage.ended(1).await;
}

// B-007, B-024, B-026, B-029; direct-routing-and-sip.md A.5 to A.9
#[tokio::test]
async fn customer_of_a_carrier_talks_to_an_agent_whose_phone_is_the_teams_client() {
    let town = Town::with_teams().await;
    let mut habit = answers();
    habit["clients"] = json!(3);
    town.behaves("teams-users", town.user(), habit).await;
    let mut ann = town.agent_in_teams().await;
    let caller = town.calls(json!({})).await;
    caller.hears(&[town.music]).await;
    ann.accept().await;
    ann.has("connected").await;
    let client = town.called(LINE).await;
    caller.hears(&[1_300]).await;
    client.hears(&[700]).await;
    assert_eq!(town.stage.cloud.user(town.user()).await["state"], "in_call");
    let invite = client.look().await["received"].clone();
    assert_eq!(
        invite["uri"],
        format!("sip:{LINE}@sip.pstnhub.microsoft.com:5061;user=phone")
    );
    let header = |name: &str| {
        let all = invite["headers"].as_array().unwrap().iter();
        let mut found = all.filter(|it| it[0] == name);
        found.next().map(|it| it[1].as_str().unwrap().to_owned())
    };
    let contact = header("Contact").unwrap();
    assert!(contact.contains("@sbc.tandem.example:"), "{contact}");
    assert!(header("X-MS-SBC").is_some() && header("Record-Route").is_none());
    let body = invite["body"].as_str().unwrap();
    assert!(
        body.contains("RTP/SAVP") && body.contains("AES_CM_128_HMAC_SHA1_80"),
        "{body}"
    );
    let rings: Vec<String> = client.messages().await;
    let rings = rings.iter().filter(|it| it.starts_with("SIP/2.0 180"));
    assert_eq!(rings.count(), 3, "each client rings");
    ann.hang_up(1).await;
    client.is("ended").await;
    caller.is("ended").await;
    let story = town.stage.ended(1).await;
    assert_eq!(told(&story, "ended")["detail"]["reason"], "handled");
}

// A.6, A.7
#[tokio::test]
async fn teams_client_holds_and_hangs_up_by_itself() {
    let town = Town::with_teams().await;
    town.behaves("teams-users", town.user(), answers()).await;
    let mut ann = town.agent_in_teams().await;
    let caller = town.calls(json!({})).await;
    ann.accept().await;
    ann.has("connected").await;
    let client = town.called(LINE).await;
    client.hears(&[700]).await;
    client.does("hold").await;
    client
        .until("a hold that is answered", |it| {
            it["other_direction"] == "inactive"
        })
        .await;
    caller.hears(&[]).await;
    client.does("resume").await;
    caller.hears(&[1_300]).await;
    client.hears(&[700]).await;
    town.stage.cloud.user_does(town.user(), "hang-up").await;
    client.is("ended").await;
    let bye = client.messages().await;
    let bye = bye.iter().find(|it| it.starts_with("BYE ")).unwrap();
    assert!(bye.contains("\r\nREASON: Q.850;cause=16;text=\""), "{bye}");
    ann.is("available").await;
}

// R-07
#[tokio::test]
async fn offer_ends_when_the_teams_user_declines() {
    let town = Town::with_teams().await;
    let decline = json!({"do": "decline", "after_ms": 50});
    town.stage.cloud.behaves(town.user(), decline).await;
    let mut ann = town.agent_in_teams().await;
    let caller = town.calls(json!({})).await;
    ann.accept().await;
    let queued = async || {
        let story = town.stage.alex.find_contact(1).await?;
        let was_rung = story["timeline"].to_string().contains("offer");
        (was_rung && story["state"] == "queued").then_some(())
    };
    until("a contact that waits again", queued).await;
    caller.hears(&[town.music]).await;
    let calls = town.stage.cloud.get("/_emulator/sip/calls").await;
    let client = calls
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["own"] == LINE);
    let client = client.unwrap();
    assert_eq!(
        (&client["end"]["status"], &client["oid"]),
        (&json!(603), &json!(town.user()))
    );
}

// B-030; A.4
#[tokio::test]
async fn health_of_the_trunk_toward_teams_is_told_both_ways() {
    let town = Town::with_teams().await;
    let health = town.trunk_is(town.teams.unwrap(), "up").await;
    let hosts = health["hosts"].as_array().unwrap();
    assert!(
        hosts.len() == 3 && hosts.iter().all(|it| it["state"] == "up"),
        "{health}"
    );
    let trunk = town.neighbors().await["teams"]["trunks"][0].clone();
    assert_eq!(
        (&trunk["fqdn"], &trunk["active"]),
        (&json!("sbc.tandem.example"), &json!(true))
    );
    let carrier = town.trunk_is(town.carrier, "up").await;
    assert_eq!(carrier["hosts"][0]["state"], "up");
}

// B-030; A.3, A.4
#[tokio::test]
async fn trunk_is_down_where_proxies_refuse_and_where_teams_does_not_know_us() {
    for is_known in [true, false] {
        let mut town = Town::new().await;
        if is_known {
            for proxy in ["proxy-1", "proxy-2", "proxy-3"] {
                town.serves(proxy, json!({"does": "refuse"})).await;
            }
        } else {
            let domains = json!({"domains": ["another.example"]});
            town.stage
                .cloud
                .put("/_emulator/sip/domains", domains)
                .await;
        }
        town.reach_teams().await;
        let health = town.trunk_is(town.teams.unwrap(), "down").await;
        let hosts = health["hosts"].as_array().unwrap();
        assert!(hosts.iter().all(|it| it["state"] == "down"), "{health}");
        assert_eq!(town.neighbors().await["teams"]["trunks"], json!([]));
    }
}

// A.3, A.7
#[tokio::test]
async fn call_to_teams_goes_on_to_the_next_proxy_where_one_refuses_or_is_silent() {
    let town = Town::with_teams().await;
    town.behaves("teams-users", town.user(), answers()).await;
    town.serves("proxy-1", json!({"does": "refuse", "retry_after_s": 1}))
        .await;
    town.serves("proxy-2", json!({"does": "silent"})).await;
    let mut ann = town.agent_in_teams().await;
    let caller = town.calls(json!({})).await;
    ann.accept().await;
    ann.has("connected").await;
    caller.hears(&[1_300]).await;
    let calls = town.stage.cloud.get("/_emulator/sip/calls").await;
    let calls = calls.as_array().unwrap().iter();
    let uris: Vec<&str> = calls
        .filter(|it| it["own"] == LINE)
        .map(|it| it["received"]["uri"].as_str().unwrap())
        .collect();
    let proxy = |n: &str| format!("sip:{LINE}@sip{n}.pstnhub.microsoft.com:5061;user=phone");
    assert_eq!(uris, [proxy(""), proxy("2"), proxy("3")]);
}

// B-236
#[tokio::test]
async fn emergency_call_of_a_teams_user_reaches_the_carrier_with_its_location_and_is_called_back() {
    let town = Town::with_teams().await;
    town.behaves(
        "numbers",
        "112",
        json!({"when_called": {"do": "answer", "after_ms": 50}, "tone_hz": 1700}),
    )
    .await;
    let location = "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"pres:ann\">\r\n<A6>Höhenstraße 7</A6></presence>";
    let user = town
        .calls(json!({"by": "teams_user", "from": town.user(), "to": "112", "location": location, "tone_hz": 700}))
        .await;
    let desk = town.called("112").await;
    user.hears(&[1_700]).await;
    desk.hears(&[700]).await;
    let received = desk.look().await["received"].clone();
    let body = received["body"].as_str().unwrap();
    assert!(body.contains(location), "{body}");
    assert!(body.contains("application/pidf+xml"), "{body}");
    let headers = received["headers"].to_string();
    for header in [
        r#"["Geolocation","<cid:location@pstnhub.microsoft.com>"]"#,
        // As Teams wrote them.
        r#"["GEOLOCATION-ROUTING","yes"]"#,
        r#"["PRIORITY","emergency"]"#,
    ] {
        assert!(headers.contains(header), "{header} in {headers}");
    }
    desk.does("hang-up").await;
    user.is("ended").await;
    let audited = async || {
        let audit = town.stage.alex.get("/audit").await;
        audit.to_string().contains("emergency_called").then_some(())
    };
    until("the act in the audit", audited).await;
    town.behaves("teams-users", town.user(), answers()).await;
    let back = town
        .calls(json!({"from": "112", "to": LINE, "tone_hz": 700}))
        .await;
    let client = town.called(LINE).await;
    back.hears(&[1_300]).await;
    client.hears(&[700]).await;
    let contacts = town.stage.alex.find_contact(1).await;
    assert!(
        contacts.is_none(),
        "no contact came of any of it: {NUMBER} was not called"
    );
}
