//! Emergency calls of Teams users (B-236): from their trunk straight to the carrier that the trunk names, past numbers,
//! limits, flows, queues and the core. Location, headers and the number as it was dialed stay as they came; only the
//! description is ours, since sound goes by our media. For a set time a call back to the caller's number reaches the
//! caller by the same way. The core is told afterwards, for the audit.

use super::arrival::Invite;
use super::conversation::Role;
use super::description::{self, Described};
use super::order::{Callee, To};
use super::switchboard::{Switchboard, note};
use super::teller::Tell;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::ids::TrunkId;
use tandem_core::trunk::EmergencyRoute;
use tandem_sip::Micros;
use tandem_sip::body;
use tandem_sip::bridge::{Bridge, Plan};
use tandem_sip::header::{Address, Name};
use tandem_sip::message::Request;
use tandem_sip::policy::HeaderPolicy;
use tandem_sip::uri::Uri;
use tandem_sip::user_agent::{CallId, Event};
use tandem_transport::media::ConversationId;
use tandem_transport::sip::Side;

/// Callers who may be called back, at once; the oldest give way.
const CALL_BACKS_MAX: usize = 1_000;
/// How long the other side may ring.
const RING: Duration = Duration::from_secs(180);

/// A call that is led on as it is.
pub(super) struct Passing {
    bridge: Bridge,
    media: ConversationId,
    caller: (CallId, Described),
    called: (CallId, Described),
}

/// Somebody who called for help, and may be called back.
pub(super) struct CallBack {
    center: Arc<str>,
    /// By whom the call back comes.
    carrier: TrunkId,
    number: String,
    /// By whom the caller is reached.
    teams: TrunkId,
    until: Micros,
}

/// A call that is led on.
pub(super) struct Leading {
    pub(super) center: Arc<str>,
    pub(super) from: TrunkId,
    pub(super) to: TrunkId,
    /// As it was dialed.
    pub(super) dialed: String,
    pub(super) call_back: Option<Duration>,
}

impl Switchboard {
    /// Whether a call that came by a trunk is an emergency call, or the call back after one.
    pub(super) fn leads_on(
        &self,
        now: Micros,
        (center, trunk): (&Arc<str>, TrunkId),
        dialed: &str,
    ) -> Option<Leading> {
        let found = self.trunks.get(&(Arc::clone(center), trunk))?;
        if let Some(EmergencyRoute {
            trunk: to,
            call_back_minutes,
            ..
        }) = found.trunk.emergency_route(dialed)
        {
            return Some(Leading {
                center: Arc::clone(center),
                from: trunk,
                to: *to,
                dialed: dialed.to_owned(),
                call_back: Some(Duration::from_secs(u64::from(*call_back_minutes) * 60)),
            });
        }
        let number = found.trunk.number_format.read(dialed)?;
        let mut waiting = self.call_backs.iter();
        let back = waiting.find(|it| {
            it.center == *center && it.carrier == trunk && it.number == number && it.until > now
        })?;
        Some(Leading {
            center: Arc::clone(center),
            from: trunk,
            to: back.teams,
            dialed: number,
            call_back: None,
        })
    }

    pub(super) fn lead_on(&mut self, side: &mut Side<'_>, invite: &Invite<'_>, leading: &Leading) {
        metrics::counter!("tandem_emergency_calls_total").increment(1);
        let call = invite.call;
        match self.led_on(side, invite, leading) {
            Ok(()) => {
                tracing::warn!(center = %leading.center, trunk = %leading.from, "an emergency call is led on");
                self.may_be_called_back(side.now, invite.request, leading);
                if let (Some(teller), Some(_)) =
                    (self.tellers.get(&leading.center), leading.call_back)
                {
                    teller.tell(Tell::Emergency {
                        trunk: leading.from,
                    });
                }
            }
            Err(status) => {
                tracing::error!(center = %leading.center, trunk = %leading.from, status, "an emergency call cannot be led on");
                note(side.ua.refuse_call(side.now, call, status, None));
            }
        }
    }

    fn led_on(
        &mut self,
        side: &mut Side<'_>,
        invite: &Invite<'_>,
        leading: &Leading,
    ) -> Result<(), u16> {
        let media = self.plane.conversation().map_err(|_no_media| 503_u16)?;
        let bridged = self.bridged(side, invite, leading, media);
        match bridged {
            Ok(Some(passing)) => {
                self.n_passing += 1;
                let id = self.n_passing;
                self.passed.insert(passing.caller.0, id);
                self.passed.insert(passing.called.0, id);
                self.passing.insert(id, passing);
                Ok(())
            }
            // The caller is refused already.
            Ok(None) => {
                drop(self.plane.close(media));
                Ok(())
            }
            Err(status) => {
                drop(self.plane.close(media));
                Err(status)
            }
        }
    }

    fn bridged(
        &self,
        side: &mut Side<'_>,
        invite: &Invite<'_>,
        leading: &Leading,
        media: ConversationId,
    ) -> Result<Option<Passing>, u16> {
        let trunk = |id: TrunkId| {
            let trunk = self.trunks.get(&(Arc::clone(&leading.center), id));
            trunk.ok_or(503_u16)
        };
        let (from, to) = (trunk(leading.from)?, trunk(leading.to)?);
        let offer = invite.sdp.as_deref().ok_or(488_u16)?;
        let caller = description::answering(&self.plane, media, &from.trunk, offer);
        let (caller, answer) = caller.map_err(|error| error.status())?;
        let called = description::offering(&self.plane, media, &to.trunk);
        let (called, sdp) = called.map_err(|error| error.status())?;
        drop(self.plane.connect(media, caller.leg, called.leg));
        let callee = Callee {
            to: To::Dialed(leading.dialed.clone()),
            address: String::new(),
            role: Role::Number,
            ring: RING,
        };
        let outgoing = self.outgoing(to, &callee, None, sdp.clone());
        let mut outgoing = outgoing.map_err(|_no_way| 503_u16)?;
        outgoing.from = shown(to.own_name(&self.own.name), invite.request)?;
        outgoing.body = around(invite.request, &sdp);
        let plan = Plan {
            outgoing,
            policy: HeaderPolicy::intact(),
            answer,
        };
        match Bridge::begin(side.now, side.ua, invite.call, invite.request, plan) {
            Ok(bridge) => Ok(Some(Passing {
                caller: (bridge.caller(), caller),
                called: (bridge.called(), called),
                bridge,
                media,
            })),
            Err(error) => {
                tracing::error!(%error, "an emergency call cannot be begun");
                Ok(None)
            }
        }
    }

    fn may_be_called_back(&mut self, now: Micros, request: &Request, leading: &Leading) {
        let Some(time) = leading.call_back else {
            return;
        };
        let from = request.headers.address(&Name::From).ok();
        let number = from.and_then(|it| it.uri.phone_number());
        let trunk = self
            .trunks
            .get(&(Arc::clone(&leading.center), leading.from));
        let number = number.and_then(|it| trunk?.trunk.number_format.read(&it));
        let Some(number) = number else {
            return;
        };
        self.call_backs
            .retain(|it| it.until > now && it.number != number);
        if self.call_backs.len() >= CALL_BACKS_MAX {
            self.call_backs.remove(0);
        }
        self.call_backs.push(CallBack {
            center: Arc::clone(&leading.center),
            carrier: leading.to,
            number,
            teams: leading.from,
            until: now.saturating_add(Micros::try_from(time.as_micros()).unwrap_or(Micros::MAX)),
        });
    }

    /// What happens on one side of a call that is led on is done on the other.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other events are the bridge's alone"
    )]
    pub(super) fn pass(&mut self, side: &mut Side<'_>, id: u64, event: &Event) {
        let plane = self.plane.clone();
        let Some(passing) = self.passing.get_mut(&id) else {
            return;
        };
        match event {
            Event::Progress {
                call,
                sdp: Some(sdp),
                ..
            }
            | Event::Answered { call, sdp, .. }
            | Event::Agreed { call, sdp }
                if *call == passing.called.0 =>
            {
                if let Err(error) = passing.called.1.accept(&plane, sdp) {
                    tracing::error!(%error, "the answer to an emergency call is of no use");
                }
            }
            Event::Offered { call, sdp } => {
                let (_, media) = if *call == passing.caller.0 {
                    &mut passing.caller
                } else {
                    &mut passing.called
                };
                let answer = match sdp {
                    Some(offer) => media.agree(&plane, offer),
                    None => Ok(media.offer_again()),
                };
                match answer {
                    Ok(answer) => note(side.ua.agree(side.now, *call, answer)),
                    Err(error) => note(side.ua.refuse(side.now, *call, error.status())),
                }
            }
            _ => {}
        }
        passing.bridge.handle_event(side.now, side.ua, event);
        if passing.bridge.is_over()
            && let Some(passing) = self.passing.remove(&id)
        {
            self.passed.remove(&passing.caller.0);
            self.passed.remove(&passing.called.0);
            drop(self.plane.close(passing.media));
        }
    }
}

/// Who calls, under our name: that is where a call back comes to.
fn shown(own_name: &str, request: &Request) -> Result<Address, u16> {
    let from = request.headers.address(&Name::From).or(Err(400_u16))?;
    let number = from.uri.phone_number();
    let uri = match number {
        Some(number) => Uri::parse(&format!("sip:{number}@{own_name}")).or(Err(400_u16))?,
        None => from.uri,
    };
    let mut shown = Address::new(uri);
    shown.display = from.display;
    Ok(shown)
}

/// The body as it came, with our description in place of theirs: the location beside it stays byte for byte.
fn around(request: &Request, sdp: &[u8]) -> Option<(String, Vec<u8>)> {
    let full = request.headers.get(&Name::ContentType)?;
    let boundary = body::boundary(full)?;
    let changed = body::with_description(&request.body, boundary, sdp)?;
    Some((full.to_owned(), changed))
}

#[cfg(test)]
mod tests;
