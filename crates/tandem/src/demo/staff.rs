//! Robot agents. Each signs in, watches its own live topic and acts on it over the public API with
//! the delays of a person; it knows nothing that a browser would not show.

use super::company::{PASSWORD, Robot};
use super::profile::Dice;
use crate::api::Api;
use anyhow::Context;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// How long a robot waits before it connects again.
const RECONNECT: Duration = Duration::from_secs(3);

/// One robot's working day, until told to stop.
pub(super) async fn work(
    api: Api,
    robot: Robot,
    breaks: Vec<u64>,
    seed: u64,
    stop: CancellationToken,
) {
    let mut person = Person {
        dice: Dice::new(seed),
        breaks,
        until: None,
    };
    loop {
        let shift = shift(&api, &robot, &mut person);
        tokio::select! {
            () = stop.cancelled() => return,
            ended = shift => {
                if let Err(error) = ended {
                    tracing::debug!(robot = robot.username, %error, "robot starts again");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RECONNECT) => {}
        }
    }
}

/// What a robot has in mind.
struct Person {
    dice: Dice,
    breaks: Vec<u64>,
    until: Option<Instant>,
}

/// What a robot is about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Plan {
    Ready,
    Accept(u64),
    Decline(u64),
    /// A message was heard.
    Close(u64),
    Complete(u64, Option<u64>),
}

async fn shift(api: &Api, robot: &Robot, person: &mut Person) -> anyhow::Result<()> {
    let api = api.sign_in(&robot.username, PASSWORD).await?;
    if let Err(error) = super::teams::switch_on(&api).await {
        // A company that was made by an earlier version has no Teams account.
        tracing::debug!(%error, "Teams stays off");
    }
    let (mut socket, _) = tokio_tungstenite::connect_async(api.live_url()?).await?;
    let subscribe = json!({ "subscribe": ["me"] }).to_string();
    socket.send(Message::text(subscribe)).await?;
    let mut planned: Option<(Plan, Instant)> = None;
    loop {
        let due = planned.as_ref().map(|(_, at)| *at);
        tokio::select! {
            message = socket.next() => {
                let message = message.context("the live feed ended")??;
                if let Some(me) = own_view(&message) {
                    planned = person.plan(&me, planned.take());
                }
            }
            () = sleep_until(due) => {
                if let Some((plan, _)) = planned.take() {
                    person.act(&api, plan).await?;
                }
            }
        }
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn own_view(message: &Message) -> Option<Value> {
    let Message::Text(text) = message else {
        return None;
    };
    let frame: Value = serde_json::from_str(text).ok()?;
    (frame["topic"] == "me" && frame["kind"] == "snapshot").then(|| frame["data"].clone())
}

/// A message that a robot has open.
fn open_message(me: &Value) -> Option<u64> {
    let mut contacts = me["contacts"].as_array()?.iter();
    let message = contacts
        .find(|contact| contact["channel"] == "voicemail" && contact["state"] == "connected");
    message?["id"].as_u64()
}

impl Person {
    /// What follows from what the screen shows. A plan that still fits keeps its time.
    fn plan(&mut self, me: &Value, present: Option<(Plan, Instant)>) -> Option<(Plan, Instant)> {
        let (plan, from_s, to_s) = self.wish(me, present.as_ref().map(|(plan, _)| plan))?;
        if let Some((before, at)) = present
            && before == plan
        {
            return Some((before, at));
        }
        let seconds = self.dice.between(from_s, to_s);
        Some((plan, Instant::now() + Duration::from_secs_f64(seconds)))
    }

    fn wish(&mut self, me: &Value, present: Option<&Plan>) -> Option<(Plan, f64, f64)> {
        let offer = me["offers"].as_array().and_then(|offers| offers.first());
        if let Some(offer) = offer.filter(|offer| offer["mode"] == "tandem") {
            let id = offer["id"].as_u64()?;
            if present == Some(&Plan::Decline(id)) || present.is_none() && self.dice.happens(0.01) {
                return Some((Plan::Decline(id), 2.0, 6.0));
            }
            return Some((Plan::Accept(id), 1.0, 4.0));
        }
        let wrap_up = me["contacts"].as_array().into_iter().flatten();
        let wrap_up = wrap_up
            .clone()
            .find(|contact| contact["state"] == "wrap_up");
        if let Some(contact) = wrap_up {
            let id = contact["id"].as_u64()?;
            if let Some(Plan::Complete(planned, _)) = present
                && *planned == id
            {
                return Some((present.cloned()?, 0.0, 0.0));
            }
            let dispositions = me["dispositions"].as_array()?;
            let n = u64::try_from(dispositions.len()).ok()?;
            let index = usize::try_from(self.dice.below(n)).ok()?;
            let disposition = dispositions.get(index).and_then(|it| it["id"].as_u64());
            return Some((Plan::Complete(id, disposition), 5.0, 35.0));
        }
        if let Some(id) = open_message(me) {
            return Some((Plan::Close(id), 8.0, 25.0));
        }
        match me["agent"]["state"].as_str() {
            Some("signed_out") => Some((Plan::Ready, 0.1, 2.0)),
            Some("not_ready") => {
                let on_break = self.until.take();
                if on_break.is_some() || me["agent"]["reason"].is_object() {
                    return Some((Plan::Ready, 30.0, 150.0));
                }
                Some((Plan::Ready, 1.0, 20.0))
            }
            _ => None,
        }
    }

    async fn act(&mut self, api: &Api, plan: Plan) -> anyhow::Result<()> {
        let asked = match plan {
            Plan::Ready => api.post("/me/state", &json!({ "intent": "ready" })).await,
            Plan::Accept(offer) => {
                api.post(&format!("/offers/{offer}/accept"), &json!({}))
                    .await
            }
            Plan::Decline(offer) => {
                api.post(&format!("/offers/{offer}/decline"), &json!({}))
                    .await
            }
            Plan::Close(contact) => {
                let path = format!("/contacts/{contact}/hang-up");
                api.post(&path, &json!({})).await
            }
            Plan::Complete(contact, disposition) => {
                let mut body = json!({ "disposition_id": disposition });
                if self.dice.happens(0.03) {
                    let n = u64::try_from(self.breaks.len()).unwrap_or(0);
                    let index = usize::try_from(self.dice.below(n)).unwrap_or(0);
                    if let Some(reason) = self.breaks.get(index) {
                        body["then"] = json!({ "intent": "not_ready", "reason_id": reason });
                    }
                }
                api.post(&format!("/contacts/{contact}/wrap-up/complete"), &body)
                    .await
            }
        };
        // The customer may have been quicker; the next picture says what is so.
        if let Err(error) = asked
            && !error.is::<crate::api::Refused>()
        {
            return Err(error);
        }
        Ok(())
    }
}
