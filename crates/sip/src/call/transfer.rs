//! REFER and NOTIFY in a call (RFC 3515, RFC 3892), both ways. Refer-To and Referred-By are handed
//! over as they came: Teams wants both back byte for byte (Direct Routing A.8). Whom to call, and
//! when the old call ends, is decided by the user.

use super::Call;
use crate::header::{Address, Name};
use crate::message::{Method, Request, Response, usual_reason};
use crate::stack::TransactionId;
use crate::user_agent::Event;
use crate::user_agent::hub::Hub;
use crate::{Error, Micros};

#[derive(Debug, Default)]
pub(super) struct Transfer {
    /// They asked us, and wait for our yes or no.
    asked: Option<(TransactionId, Request)>,
    /// They asked us, and are told how it goes; with the number of their REFER.
    told: Option<u32>,
    /// We asked them.
    ours: Option<OurRefer>,
}

#[derive(Debug)]
enum OurRefer {
    Sent(TransactionId),
    /// Accepted: they tell us how it goes.
    Heard,
}

/// How long a subscription that nothing is heard of stays; written, not measured: it ends with the call.
const SUBSCRIPTION_SECONDS: u32 = 180;

impl Call {
    pub(super) fn handle_refer(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        request: Request,
    ) {
        if !hub.allows(&Method::Refer) {
            return hub.refuse_with(
                now,
                id,
                &request,
                405,
                &[(Name::Allow, hub.settings.allow())],
            );
        }
        let refer_to = request.headers.single(&Name::ReferTo);
        let Some(refer_to) = refer_to.ok().filter(|text| Address::parse(text).is_ok()) else {
            return hub.refuse(now, id, &request, 400);
        };
        if self.session.is_none() || self.transfer.asked.is_some() || self.transfer.told.is_some() {
            return hub.refuse(now, id, &request, 491);
        }
        hub.events.push_back(Event::ReferAsked {
            call: self.id,
            refer_to: refer_to.to_owned(),
            referred_by: request.headers.get(&Name::ReferredBy).map(str::to_owned),
        });
        self.transfer.asked = Some((id, request));
    }

    /// 202, and the first NOTIFY (RFC 3515 2.4.4).
    pub(crate) fn accept_refer(&mut self, now: Micros, hub: &mut Hub) -> Result<(), Error> {
        let (id, request) = self
            .transfer
            .asked
            .take()
            .ok_or(Error::WrongState("no transfer is asked for"))?;
        hub.refuse(now, id, &request, 202);
        self.transfer.told = Some(request.headers.cseq()?.number);
        self.report_refer(now, hub, 100)
    }

    pub(crate) fn refuse_refer(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        status: u16,
    ) -> Result<(), Error> {
        let (id, request) = self
            .transfer
            .asked
            .take()
            .ok_or(Error::WrongState("no transfer is asked for"))?;
        hub.refuse(now, id, &request, status);
        Ok(())
    }

    /// Tells the other side how the call goes that it asked for; a final status is the last word.
    pub(crate) fn report_refer(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        status: u16,
    ) -> Result<(), Error> {
        let number = self
            .transfer
            .told
            .ok_or(Error::WrongState("nobody waits for a transfer"))?;
        let session = self
            .session
            .as_mut()
            .ok_or(Error::WrongState("the call is not up"))?;
        let mut notify = session.dialog.request(Method::Notify);
        let state = if status < 200 {
            format!("active;expires={SUBSCRIPTION_SECONDS}")
        } else {
            self.transfer.told = None;
            "terminated;reason=noresource".to_owned()
        };
        let headers = &mut notify.headers;
        headers.push(Name::Contact, &self.contact);
        headers.push(Name::Event, format!("refer;id={number}"));
        headers.push(Name::SubscriptionState, state);
        headers.push(Name::ContentType, "message/sipfrag;version=2.0");
        notify.body = format!("SIP/2.0 {status} {}\r\n", usual_reason(status)).into_bytes();
        let dialog = session.dialog.clone();
        self.send_in(now, hub, &dialog, notify).map(|_| ())
    }

    /// Asks the other side to call somebody else. Teams does not list REFER and is not asked (A.8).
    pub(crate) fn refer(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        refer_to: &str,
        referred_by: Option<&str>,
    ) -> Result<(), Error> {
        Address::parse(refer_to)?;
        let session = self.session.as_mut().filter(|_| !self.has_ended);
        let session = session.ok_or(Error::WrongState("the call is not up"))?;
        if self.transfer.ours.is_some() {
            return Err(Error::WrongState("a transfer is under way"));
        }
        let mut request = session.dialog.request(Method::Refer);
        request.headers.push(Name::Contact, &self.contact);
        request.headers.push(Name::ReferTo, refer_to);
        if let Some(referred_by) = referred_by {
            request.headers.push(Name::ReferredBy, referred_by);
        }
        let dialog = session.dialog.clone();
        let id = self.send_in(now, hub, &dialog, request)?;
        self.transfer.ours = Some(OurRefer::Sent(id));
        Ok(())
    }

    pub(super) fn handle_transfer_response(
        &mut self,
        _now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        response: &Response,
    ) -> bool {
        if !matches!(self.transfer.ours, Some(OurRefer::Sent(sent)) if sent == id) {
            return false;
        }
        if response.is_success() {
            self.transfer.ours = Some(OurRefer::Heard);
        } else {
            self.transfer.ours = None;
            hub.events.push_back(Event::ReferProgress {
                call: self.id,
                status: response.status(),
            });
        }
        true
    }

    pub(super) fn handle_transfer_silence(&mut self, hub: &mut Hub, id: TransactionId) -> bool {
        let is_ours = matches!(self.transfer.ours, Some(OurRefer::Sent(sent)) if sent == id);
        if is_ours {
            self.transfer.ours = None;
            hub.events.push_back(Event::ReferProgress {
                call: self.id,
                status: 408,
            });
        }
        is_ours
    }

    /// A NOTIFY may overtake the 202 (RFC 3515 2.4.4).
    pub(super) fn handle_notify(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        request: &Request,
    ) {
        let event = request.headers.get(&Name::Event).unwrap_or_default();
        let is_refer = event
            .split(';')
            .next()
            .is_some_and(|event| event.trim().eq_ignore_ascii_case("refer"));
        if !is_refer || self.transfer.ours.is_none() {
            return hub.refuse(now, id, request, 481);
        }
        let Some(status) = fragment_status(&request.body) else {
            return hub.refuse(now, id, request, 400);
        };
        hub.refuse(now, id, request, 200);
        let state = request
            .headers
            .get(&Name::SubscriptionState)
            .unwrap_or_default();
        if status >= 200
            || state
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("terminated")
        {
            self.transfer.ours = None;
        }
        hub.events.push_back(Event::ReferProgress {
            call: self.id,
            status,
        });
    }
}

/// The status line of a `message/sipfrag` body (RFC 3420).
fn fragment_status(body: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(body).ok()?;
    let rest = text.strip_prefix("SIP/2.0 ")?;
    let status = crate::scan::number(rest.split([' ', '\r', '\n']).next()?)?;
    (100..=699).contains(&status).then_some(status)
}
