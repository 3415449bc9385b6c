use crate::edge::direct_routing::conversation::Role;
use crate::edge::direct_routing::order::{Begin, Callee, To};
use crate::edge::direct_routing::other::{Other, SOON, exchange, trunk};
use crate::edge::direct_routing::teller::Tell;
use std::time::Duration;
use tandem_core::effect::Outcome;
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::{CallFact, NotJoined};
use tandem_core::trunk::{NumberRange, Trunk, TrunkKind};
use tandem_sip::message::Method;

const OWN: &str = "+498912345";
const CUSTOMER: &str = "+4915112345678";

fn call() -> Begin {
    Begin {
        center: "contoso".into(),
        contact: ContactId(1),
        effect: EffectId(1),
        from: OWN.to_owned(),
        to: Callee {
            to: To::Number(CUSTOMER.to_owned()),
            address: "phone-1".to_owned(),
            role: Role::Customer,
            ring: Duration::from_secs(30),
        },
    }
}

/// The carrier that our number is of, and another one.
fn carriers(first: &Other, second: &Other) -> Vec<Trunk> {
    let own = NumberRange {
        first: OWN.to_owned(),
        last: None,
        note: String::new(),
    };
    vec![
        trunk(TrunkKind::Carrier, second.address()),
        Trunk {
            numbers: vec![own],
            ..trunk(TrunkKind::Carrier, first.address())
        },
    ]
}

// B-030: a carrier that is out of order costs no call.
#[tokio::test]
async fn call_goes_by_the_next_trunk_when_a_carrier_is_out_of_order() {
    let (mut first, mut second) = (Other::new().await, Other::new().await);
    let trunks = carriers(&first, &second);
    let (exchange, mut told) = exchange(trunks, [&mut first, &mut second]).await;
    let begun = exchange.begin(call()).await;
    assert!(matches!(begun, Outcome::Done { .. }), "{begun:?}");
    let invite = first.asked(Method::Invite).await;
    first.answers(&invite, 500, None).await;
    let invite = second.asked(Method::Invite).await;
    assert_eq!(invite.uri.phone_number().as_deref(), Some(CUSTOMER));
    second.answers(&invite, 200, Some(50_000)).await;
    second.asked(Method::Ack).await;
    let fact = tokio::time::timeout(SOON, told.recv()).await.unwrap();
    let is_up = |it: &Tell| {
        matches!(
            it,
            Tell::Fact {
                fact: CallFact::LegUp { .. },
                ..
            }
        )
    };
    assert!(fact.as_ref().is_some_and(is_up));
    exchange.stop().await;
}

// RFC 3261 21.6: nobody is tried elsewhere when the one who was called has declined.
#[tokio::test]
async fn call_that_was_declined_is_not_tried_elsewhere() {
    let (mut first, mut second) = (Other::new().await, Other::new().await);
    let trunks = carriers(&first, &second);
    let (exchange, mut told) = exchange(trunks, [&mut first, &mut second]).await;
    exchange.begin(call()).await;
    let invite = first.asked(Method::Invite).await;
    first.answers(&invite, 603, None).await;
    let fact = tokio::time::timeout(SOON, told.recv()).await.unwrap();
    let Some(Tell::Fact {
        fact: CallFact::NotAnswered { why },
        ..
    }) = fact
    else {
        panic!("something else was told")
    };
    assert_eq!(why, NotJoined::Declined);
    exchange.stop().await;
}
