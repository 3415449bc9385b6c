//! Two calls as one, against both sides written by hand.

use super::by_hand::{Hand, inside, invite_of_teams};
use super::line::{SECOND, outgoing};
use tandem_sip::bridge::{Bridge, Heard, Plan};
use tandem_sip::flow::Transport;
use tandem_sip::header::Name;
use tandem_sip::message::{Message, Method, Request, Response};
use tandem_sip::policy::{HeaderPolicy, Rule};
use tandem_sip::user_agent::{Event, Sizes};

const CONTACT: (Name, &str) = (Name::Contact, "<sip:b@192.0.2.20:5061;transport=tls>");

struct Scene {
    hand: Hand,
    bridge: Bridge,
    n_heard: usize,
    /// The INVITE of the second leg.
    invite: Request,
}

impl Scene {
    /// A call of Teams that is passed on to a carrier.
    fn begin(policy: HeaderPolicy, more: &str) -> Self {
        let mut hand = Hand::new(|_| {});
        hand.say(&invite_of_teams(more), "offer of Teams");
        let caller = hand.incoming();
        let request = hand.told.iter().find_map(|event| {
            if let Event::Incoming { request, .. } = event {
                Some(request.clone())
            } else {
                None
            }
        });
        let plan = Plan {
            outgoing: outgoing(Transport::Tls),
            policy,
            answer: b"our answer".to_vec(),
        };
        let request = request.expect("a call has come in");
        let bridge = Bridge::begin(hand.now, &mut hand.ua, caller, &request, plan).expect("room");
        let invite = hand.requests().remove(0);
        Self {
            hand,
            bridge,
            n_heard: 0,
            invite,
        }
    }

    fn carry_on(&mut self) -> Vec<Message> {
        let mut sent = Vec::new();
        loop {
            sent.extend(self.hand.heard().into_iter().map(|(_, message)| message));
            let Some(event) = self.hand.told.get(self.n_heard).cloned() else {
                return sent;
            };
            self.n_heard += 1;
            self.bridge
                .handle_event(self.hand.now, &mut self.hand.ua, &event);
        }
    }

    fn callee(&mut self, status: u16, body: &str) -> Vec<String> {
        let invite = self.invite.clone();
        self.hand.answer(&invite, status, "b", &[CONTACT], body);
        self.carry_on().iter().map(short).collect()
    }

    fn assert_empty(&mut self) {
        self.hand.run_for(70 * SECOND);
        assert!(self.bridge.is_over());
        assert_eq!(self.hand.ua.sizes(), Sizes::default());
    }
}

fn short(message: &Message) -> String {
    let body = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
    match message {
        Message::Request(request) => format!("{} {}", request.method, body(&request.body))
            .trim()
            .to_owned(),
        Message::Response(response) => format!("{} {}", response.status(), body(&response.body))
            .trim()
            .to_owned(),
    }
}

#[test]
fn ringing_early_media_answer_and_hang_up_go_from_one_leg_to_the_other() {
    let mut scene = Scene::begin(HeaderPolicy::hiding(), "");
    assert_eq!(scene.invite.headers.get(&Name::MaxForwards), Some("69"));
    assert_eq!(scene.callee(180, ""), ["180"]);
    assert_eq!(
        scene.callee(183, "early of the carrier"),
        ["183 our answer"]
    );
    assert_eq!(
        scene.callee(180, ""),
        ["180 our answer"],
        "early media goes on"
    );
    assert_eq!(
        scene.callee(200, "answer of the carrier"),
        ["ACK", "200 our answer"]
    );
    let tag = scene.hand.told.iter().rev().find_map(|event| {
        if let Event::Incoming { call, .. } = event {
            Some(*call)
        } else {
            None
        }
    });
    assert_eq!(tag, Some(scene.bridge.caller()));
    assert_ne!(scene.bridge.caller(), scene.bridge.called());
    let other = Event::ProbeEnded {
        probe: 1,
        status: None,
    };
    assert_eq!(
        scene.bridge.handle_event(0, &mut scene.hand.ua, &other),
        Heard::NotOurs
    );
}

#[test]
fn caller_that_hangs_up_ends_the_other_leg_with_its_reason() {
    let mut scene = Scene::begin(HeaderPolicy::hiding(), "");
    let invite = scene.invite.clone();
    scene.hand.answer(&invite, 200, "b", &[CONTACT], "answer");
    let sent = scene.carry_on();
    let tag = sent.iter().find_map(|message| match message {
        Message::Response(response) => response
            .headers
            .address(&Name::To)
            .ok()?
            .tag()
            .map(str::to_owned),
        Message::Request(_) => None,
    });
    let tag = tag.unwrap();
    scene.hand.say(&inside("ACK", 1, &tag, ""), "");
    scene
        .hand
        .say(&inside("BYE", 2, &tag, "\nREASON: Q.850;cause=16"), "");
    let sent = scene.carry_on();
    let [Message::Response(ok), Message::Request(bye)] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!((ok.status(), bye.method.clone()), (200, Method::Bye));
    assert_eq!(bye.headers.get(&Name::Reason), Some("Q.850;cause=16"));
    let bye = bye.clone();
    scene
        .hand
        .pass(Message::Response(Response::to(&bye, 200, "").unwrap()));
    scene.assert_empty();
}

#[test]
fn caller_that_gives_up_cancels_the_other_leg() {
    let mut scene = Scene::begin(HeaderPolicy::hiding(), "");
    scene.callee(180, "");
    scene.hand.say(
        &inside("CANCEL", 1, "x", "")
            .replace(";tag=x", "")
            .replace("z9hG4bKCANCEL1", "z9hG4bK5a0b1c2d")
            .replace("52.114.76.77", "52.114.76.76"),
        "",
    );
    let sent: Vec<String> = scene.carry_on().iter().map(short).collect();
    assert_eq!(sent, ["200", "487", "CANCEL"]);
    scene.hand.run_for(40 * SECOND);
    scene.carry_on();
    scene.assert_empty();
}

// A.10: what the carrier said of the call, not what it said to us
#[test]
fn refusal_of_the_called_side_reaches_the_caller_with_its_cause() {
    for (status, told, cause) in [
        (486, "486", 17),
        (404, "404", 1),
        (603, "603", 21),
        (401, "502", 27),
        (302, "480", 18),
    ] {
        let mut scene = Scene::begin(HeaderPolicy::hiding(), "");
        let invite = scene.invite.clone();
        scene.hand.answer(&invite, status, "b", &[], "");
        let sent = scene.carry_on();
        let refusal = sent.iter().find_map(|message| match message {
            Message::Response(response) => Some(response),
            Message::Request(_) => None,
        });
        let refusal = refusal.unwrap();
        assert_eq!(refusal.status().to_string(), told);
        assert_eq!(
            refusal.headers.get(&Name::Reason),
            Some(format!("Q.850;cause={cause}").as_str())
        );
    }
}

#[test]
fn headers_pass_as_the_policy_says_and_the_inner_network_stays_hidden() {
    let more = "\nGEOLOCATION: <cid:loc@x>\nX-INNER: 10.0.0.7\nHISTORY-INFO: <sip:a@b>;index=1";
    let scene = Scene::begin(
        HeaderPolicy::hiding().with(Name::Geolocation, Rule::Pass),
        more,
    );
    let text = String::from_utf8(scene.invite.to_bytes()).unwrap();
    assert!(text.contains("Geolocation: <cid:loc@x>"), "{text}");
    for hidden in [
        "10.0.0.7",
        "pstnhub",
        "52.114",
        "90ff",
        "0af1",
        "History-Info",
    ] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    assert_eq!(text.matches("Via:").count(), 1);
}

// RFC 3261 16.3: a loop comes to its end
#[test]
fn call_without_a_hop_left_is_refused_483_and_not_passed_on() {
    let mut hand = Hand::new(|_| {});
    hand.say(
        &invite_of_teams("").replace("MAX-FORWARDS: 70", "MAX-FORWARDS: 0"),
        "offer",
    );
    let caller = hand.incoming();
    let Some(Event::Incoming { request, .. }) = hand.told.last().cloned() else {
        panic!("a call")
    };
    let plan = Plan {
        outgoing: outgoing(Transport::Tls),
        policy: HeaderPolicy::hiding(),
        answer: Vec::new(),
    };
    assert!(Bridge::begin(hand.now, &mut hand.ua, caller, &request, plan).is_err());
    assert_eq!(hand.statuses(), [483]);
}
