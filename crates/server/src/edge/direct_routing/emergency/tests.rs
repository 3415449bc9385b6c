use crate::edge::direct_routing::other::{Other, SOON, description, exchange, trunk};
use crate::edge::direct_routing::teller::Tell;
use tandem_core::ids::TrunkId;
use tandem_core::trunk::{Emergency, EmergencyRoute, Trunk, TrunkKind};
use tandem_sip::header::Name;
use tandem_sip::message::Method;

const LOCATION: &str = "<presence xmlns='urn:ietf:params:xml:ns:pidf'><tuple id='1'/></presence>";

// B-236
#[tokio::test]
async fn call_for_help_is_at_the_carrier_at_once_with_its_location_and_is_called_back() {
    let (mut teams, mut carrier) = (Other::new().await, Other::new().await);
    let route = EmergencyRoute {
        trunk: TrunkId(2),
        numbers: vec!["112".to_owned()],
        call_back_minutes: 30,
    };
    // No limit keeps a call for help out.
    let trunks = vec![
        Trunk {
            calls_max: 0,
            emergency: Some(Emergency::Route(route)),
            ..trunk(TrunkKind::Teams, teams.address())
        },
        Trunk {
            calls_max: 0,
            ..trunk(TrunkKind::Carrier, carrier.address())
        },
    ];
    let (exchange, mut told) = exchange(trunks, [&mut teams, &mut carrier]).await;
    let body = format!(
        "--b\r\nContent-Type: application/sdp\r\n\r\n{}\r\n--b\r\nContent-Type: application/pidf+xml\r\n\
         Content-ID: <target@contoso.com>\r\n\r\n{LOCATION}\r\n--b--\r\n",
        description(40_000)
    );
    let kind = "multipart/mixed; boundary=b";
    teams
        .sends(&teams.invite("112", "+4989100", kind, &body))
        .await;
    let invite = carrier.asked(Method::Invite).await;
    assert!(
        invite.uri.to_string().starts_with("sip:112@"),
        "{}",
        invite.uri
    );
    assert_eq!(invite.headers.get(&Name::ContentType), Some(kind));
    let text = String::from_utf8(invite.body.clone()).unwrap();
    let behind = |text: &str| {
        text.split_once("--b\r\nContent-Type: application/pidf+xml")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(behind(&text), behind(&body));
    assert!(
        !text.contains("m=audio 40000"),
        "the sound goes by our media"
    );
    let location = invite
        .headers
        .iter()
        .find(|it| it.name.as_str() == "Geolocation");
    assert_eq!(
        location.map(|it| it.value()),
        Some("<cid:target@contoso.com>")
    );
    let from = invite.headers.address(&Name::From).unwrap();
    assert_eq!(from.uri.phone_number().as_deref(), Some("+4989100"));
    carrier.answers(&invite, 200, Some(50_000)).await;
    teams.told(200).await;
    let noted = tokio::time::timeout(SOON, told.recv()).await.unwrap();
    assert!(matches!(noted, Some(Tell::Emergency { trunk: TrunkId(1) })));

    let back = carrier.invite("+4989100", "112", "application/sdp", &description(50_002));
    carrier.sends(&back).await;
    let invite = teams.asked(Method::Invite).await;
    assert_eq!(invite.uri.phone_number().as_deref(), Some("+4989100"));
    exchange.stop().await;
}
