//! The neighbors of SIP trunks without an SBC between them: the carrier calls the phones, or the phones the carrier, and
//! who hears whom is told by their tones.

use crate::stage::Stage;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tandem_emulator::{SipAddresses, SipOptions};
use tokio::time::Instant;

const DEADLINE: Duration = Duration::from_secs(20);

struct Town(Stage);

impl Town {
    async fn new() -> Self {
        let town =
            Self(Stage::with(|options| options.sip = Some(SipOptions::on_free_ports())).await);
        let sip = town.sip();
        town.is_beside(sip.phones_udp, sip.phones_tcp).await;
        let phone = json!({"secret": "s"});
        assert_eq!(town.asks("PUT", "/phones/anna", phone).await.0, 202);
        town
    }

    fn sip(&self) -> SipAddresses {
        self.0.running.sip.clone().unwrap()
    }

    async fn is_beside(&self, udp: SocketAddr, tcp: SocketAddr) {
        let sbc = json!({"host": "127.0.0.1", "udp": udp.port(), "tcp": tcp.port()});
        assert_eq!(self.asks("PUT", "/sbc", sbc).await.0, 204);
    }

    async fn asks(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/_emulator/sip{path}", self.0.running.http_url());
        let request = self.0.http.request(method.parse().unwrap(), url);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Somebody calls; answers the id.
    async fn calls(&self, more: Value) -> String {
        let mut order = json!({"by": "carrier", "from": "+4915111", "to": "anna", "tone_hz": 700});
        for (key, value) in more.as_object().unwrap() {
            order[key] = value.clone();
        }
        let (status, placed) = self.asks("POST", "/calls", order).await;
        assert_eq!(status, 201, "{placed}");
        placed["id"].as_str().unwrap().to_owned()
    }

    async fn look(&self, call: &str) -> Value {
        self.asks("GET", &format!("/calls/{call}"), Value::Null)
            .await
            .1
    }

    async fn until(&self, call: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let shown = self.look(call).await;
            if is_so(&shown) {
                return shown;
            }
            assert!(Instant::now() < deadline, "{what}: {shown:#}");
            // poll: until the deadline above
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn is(&self, call: &str, state: &str) -> Value {
        self.until(call, state, |it| it["state"] == state).await
    }

    async fn hears(&self, call: &str, tones: &[u32]) -> Value {
        let what = format!("{tones:?} are heard");
        self.until(call, &what, |it| it["hears"]["tones"] == json!(tones))
            .await
    }

    async fn does(&self, call: &str, act: &str, body: Value) {
        let (status, told) = self
            .asks("POST", &format!("/calls/{call}/{act}"), body)
            .await;
        assert_eq!(status, 204, "{act}: {told}");
    }

    async fn behaves(&self, user: &str, habit: Value) {
        let path = format!("/phones/{user}/habit");
        let (status, told) = self.asks("PUT", &path, habit).await;
        assert_eq!(status, 204, "{told}");
    }
}

fn answers() -> Value {
    json!({"when_called": {"do": "answer", "after_ms": 10}, "tone_hz": 1300})
}

#[tokio::test]
async fn both_sides_hear_the_other_ones_tone_and_keys_by_every_way() {
    for more in [json!({}), json!({"over": "tcp"}), json!({"srtp": true})] {
        let town = Town::new().await;
        town.behaves("anna", answers()).await;
        let caller = town.calls(more).await;
        town.is(&caller, "in_call").await;
        town.is("phones-1", "in_call").await;
        town.hears(&caller, &[1_300]).await;
        town.hears("phones-1", &[700]).await;
        town.does(&caller, "digits", json!({"digits": "12#"})).await;
        town.until("phones-1", "the keys", |it| it["digits"] == "12#")
            .await;
        town.does("phones-1", "say", json!({"hz": 900})).await;
        town.hears(&caller, &[900]).await;
        town.does(&caller, "hang-up", Value::Null).await;
        let ended = town.is("phones-1", "ended").await;
        assert_eq!(ended["end"]["by"], "other");
        assert_eq!(ended["end"]["reason"], "Q.850;cause=16");
        let heard: Vec<&Value> = ended["hears"]["ever"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["hz"])
            .collect();
        assert_eq!(heard, [700], "what was said once is remembered");
    }
}

#[tokio::test]
async fn hold_by_inactive_is_silence_both_ways_until_it_ends() {
    let town = Town::new().await;
    town.behaves("anna", answers()).await;
    let caller = town.calls(json!({})).await;
    town.hears(&caller, &[1_300]).await;
    town.does("phones-1", "hold", Value::Null).await;
    town.until(&caller, "inactive", |it| {
        it["other_direction"] == "inactive"
    })
    .await;
    town.hears(&caller, &[]).await;
    let again = town.asks("POST", "/calls/phones-1/hold", Value::Null).await;
    assert_eq!(again.0, 409, "{}", again.1);
    town.does("phones-1", "resume", Value::Null).await;
    town.hears(&caller, &[1_300]).await;
    town.hears("phones-1", &[700]).await;
}

#[tokio::test]
async fn script_presses_holds_and_leaves_by_itself() {
    let town = Town::new().await;
    let script = json!([
        {"do": "press", "keys": "5", "after_ms": 10}, {"do": "hold", "after_ms": 300},
        {"do": "resume", "after_ms": 300}, {"do": "leave", "after_ms": 300},
    ]);
    let mut habit = answers();
    habit["script"] = script;
    town.behaves("anna", habit).await;
    let caller = town.calls(json!({})).await;
    let ended = town.is(&caller, "ended").await;
    assert_eq!(
        (&ended["digits"], &ended["end"]["by"]),
        (&json!("5"), &json!("other"))
    );
    let (_, messages) = town
        .asks("GET", &format!("/calls/{caller}/messages"), Value::Null)
        .await;
    let texts = messages.as_array().unwrap().iter();
    let starts: Vec<&str> = texts
        .map(|it| it["text"].as_str().unwrap().split(' ').next().unwrap())
        .collect();
    let invites = starts.iter().filter(|it| **it == "INVITE");
    assert_eq!(
        invites.count(),
        3,
        "the call, the hold and its end: {starts:?}"
    );
}

#[tokio::test]
async fn whoever_is_called_may_say_no_in_every_way() {
    let town = Town::new().await;
    for (habit, status, reason) in [
        (json!({"do": "busy", "after_ms": 0}), 486, Value::Null),
        (
            json!({"do": "decline", "after_ms": 0}),
            603,
            json!("Q.850;cause=21;text=\"The user declined\""),
        ),
        (
            json!({"do": "refuse", "status": 404, "cause": 1}),
            404,
            json!("Q.850;cause=1"),
        ),
    ] {
        town.behaves("anna", json!({ "when_called": habit })).await;
        let caller = town.calls(json!({})).await;
        let ended = town.is(&caller, "ended").await;
        assert_eq!(ended["end"]["status"], status);
        assert_eq!(ended["end"]["reason"], reason);
    }
    let caller = town.calls(json!({"to": "nobody"})).await;
    assert_eq!(town.is(&caller, "ended").await["end"]["status"], 404);
}

#[tokio::test]
async fn caller_gives_up_and_a_phone_may_be_answered_by_hand() {
    let town = Town::new().await;
    town.behaves("anna", json!({"when_called": {"do": "no_answer"}}))
        .await;
    let caller = town.calls(json!({"gives_up_after_ms": 200})).await;
    town.is(&caller, "ended").await;
    let rung = town.is("phones-1", "ended").await;
    assert_eq!(rung["end"]["cause"], "Cancelled");
    let caller = town.calls(json!({})).await;
    town.until(&caller, "it rings", |it| it["progress"][0]["status"] == 180)
        .await;
    town.does("phones-2", "answer", Value::Null).await;
    town.is(&caller, "in_call").await;
}

#[tokio::test]
async fn early_media_is_heard_before_the_answer() {
    let town = Town::new().await;
    let habit = json!({"do": "answer", "after_ms": 2_000, "early_media": true});
    town.behaves("anna", json!({"when_called": habit, "tone_hz": 1300}))
        .await;
    let caller = town.calls(json!({})).await;
    let heard = town.hears(&caller, &[1_300]).await;
    assert_eq!(heard["progress"][0]["status"], 183, "{heard}");
    town.is(&caller, "in_call").await;
    town.hears("phones-1", &[700]).await;
}

// RFC 3261 22
#[tokio::test]
async fn carrier_believes_those_alone_who_prove_who_they_are() {
    let town = Town::new().await;
    let sip = town.sip();
    town.is_beside(sip.carrier_udp, sip.carrier_tcp).await;
    for (user, secret, is_believed) in [("tandem", "right", true), ("tandem", "wrong", false)] {
        let digest = json!({"user": user, "secret": "right"});
        assert_eq!(town.asks("PUT", "/digest", digest).await.0, 204);
        let phone = json!({ "secret": secret });
        assert_eq!(town.asks("PUT", "/phones/tandem", phone).await.0, 202);
        let path = "/numbers/+4989/habit";
        assert_eq!(town.asks("PUT", path, answers()).await.0, 204);
        let caller = town
            .calls(json!({"by": "phone", "from": "tandem", "to": "+4989"}))
            .await;
        if is_believed {
            town.is(&caller, "in_call").await;
        } else {
            assert_eq!(town.is(&caller, "ended").await["end"]["status"], 403);
        }
    }
    let (_, messages) = town.asks("GET", "/messages", Value::Null).await;
    let text = messages.to_string();
    assert!(text.contains("Digest ***") && !text.contains("response="));
}

#[tokio::test]
async fn silent_listener_takes_everything_and_says_nothing() {
    let town = Town::new().await;
    town.behaves("anna", answers()).await;
    let silent = json!({"does": "silent"});
    assert_eq!(town.asks("PUT", "/listeners/phones", silent).await.0, 204);
    let caller = town.calls(json!({"gives_up_after_ms": 1_500})).await;
    let ended = town.is(&caller, "ended").await;
    assert_eq!(ended["progress"], json!([]), "not even 180");
    let refuse = json!({"does": "refuse", "retry_after_s": 7});
    assert_eq!(town.asks("PUT", "/listeners/phones", refuse).await.0, 204);
    let caller = town.calls(json!({})).await;
    assert_eq!(town.is(&caller, "ended").await["end"]["status"], 503);
    let (_, messages) = town.asks("GET", "/messages", Value::Null).await;
    assert!(messages.to_string().contains("Retry-After: 7"));
}

#[tokio::test]
async fn wrong_orders_are_refused_with_what_would_be_right() {
    let town = Town::new().await;
    let place = |more: Value| {
        let mut order = json!({"by": "carrier", "from": "+4915111", "to": "anna"});
        for (key, value) in more.as_object().unwrap() {
            order[key] = value.clone();
        }
        order
    };
    for (method, path, body, status) in [
        ("POST", "/calls", place(json!({"tone_hz": 1})), 400),
        ("POST", "/calls", place(json!({"to": "a b"})), 400),
        (
            "POST",
            "/calls",
            place(json!({"headers": {"Via": "x"}})),
            400,
        ),
        (
            "POST",
            "/calls",
            place(json!({"headers": {"a b": "x"}})),
            400,
        ),
        ("POST", "/calls", place(json!({"by": "teams_user"})), 404),
        ("POST", "/calls", place(json!({"by": "nobody"})), 400),
        ("GET", "/calls/carrier-99", Value::Null, 404),
        ("GET", "/calls/x", Value::Null, 404),
        ("PUT", "/listeners/x", json!({"does": "serve"}), 404),
        ("PUT", "/phones/x", json!({"expires_s": 1}), 400),
        ("DELETE", "/phones/x", Value::Null, 404),
        ("POST", "/calls/phones-1/answer", Value::Null, 404),
    ] {
        let (told, why) = town.asks(method, path, body.clone()).await;
        assert_eq!(told, status, "{method} {path} {body}: {why}");
        assert!(why["error"].is_string());
    }
    let deaf = Stage::with(|_| {}).await;
    let url = format!("{}/_emulator/sip", deaf.running.http_url());
    assert_eq!(deaf.http.get(url).send().await.unwrap().status(), 409);
}
