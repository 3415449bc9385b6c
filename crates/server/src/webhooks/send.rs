//! One attempt to deliver: signed, without following anywhere, within a time.

use super::address::{PublicNames, Reach, check};
use crate::center::Center;
use crate::replay::hexadecimal;
use aws_lc_rs::hmac;
use std::sync::Arc;
use std::time::Duration;
use tandem_store::{Delivery, SealedFor, Webhook};

/// How long one attempt may take.
const ATTEMPT_TIME_MAX: Duration = Duration::from_secs(10);

/// Sends deliveries of one contact center.
pub(super) struct Sender {
    http: reqwest::Client,
    reach: Reach,
}

impl Sender {
    pub(super) fn of(center: &Center) -> Option<Self> {
        let reach = center.config.webhook_reach;
        let mut builder = reqwest::Client::builder()
            .timeout(ATTEMPT_TIME_MAX)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would look names up by itself.
            .no_proxy()
            .user_agent(concat!("Tandem/", env!("CARGO_PKG_VERSION")));
        if reach == Reach::Public {
            builder = builder.dns_resolver(Arc::new(PublicNames));
        }
        if let Some(pem) = &center.config.trust_root {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(pem).ok()?);
        }
        let http = builder.build().ok()?;
        Some(Self { http, reach })
    }

    /// The status when it was taken, else a status or a short code.
    pub(super) async fn send(
        &self,
        center: &Center,
        webhook: &Webhook,
        delivery: &Delivery,
    ) -> Result<String, String> {
        // What the configuration allowed when the webhook was made may not hold any more.
        let url = check(&webhook.url, self.reach).map_err(|_bad| "address_refused".to_owned())?;
        let (keys, id) = (&center.keys, center.id());
        let secret = keys.open_text(id, SealedFor::Webhook, &webhook.secret);
        let secret = secret.ok_or_else(|| "secret_unreadable".to_owned())?;
        let now_s = center.clock.now().as_micros() / 1_000_000;
        let sent = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("tandem-event", &delivery.event)
            .header("tandem-delivery", delivery.id.0)
            .header(
                "tandem-signature",
                signature(&secret, now_s, &delivery.body),
            )
            .body(delivery.body.clone())
            .send();
        let answer = sent.await.map_err(|error| code_of(&error).to_owned())?;
        let status = answer.status();
        if status.is_success() {
            return Ok(status.as_u16().to_string());
        }
        Err(status.as_u16().to_string())
    }
}

/// `t=SECONDS,v1=HEX`: HMAC-SHA256 of `SECONDS.BODY`, so that an old delivery cannot be played again.
fn signature(secret: &str, now_s: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{now_s}.{body}").as_bytes());
    format!("t={now_s},v1={}", hexadecimal(tag.as_ref()))
}

fn code_of(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "unreachable"
    } else {
        "broken_off"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // HMAC-SHA256 of "1700000000.{}" under "secret", by another implementation.
    #[test]
    fn signature_is_that_of_the_documentation() {
        assert_eq!(
            signature("secret", 1_700_000_000, "{}"),
            "t=1700000000,v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"
        );
    }
}
