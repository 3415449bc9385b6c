//! Parties that we call: by which trunks, with which messages, and by the next trunk where one fails.

use super::super::conversation::{Elsewhere, Party, Role, Stage};
use super::super::description;
use super::super::order::{Callee, To};
use super::super::trunks::InUse;
use super::Switchboard;
use super::acts::{Ended, code_of, failed, invitation};
use std::sync::Arc;
use tandem_core::effect::Outcome;
use tandem_core::ids::{EffectId, TrunkId};
use tandem_core::trunk::TrunkKind;
use tandem_sip::header::Address;
use tandem_sip::uri::Uri;
use tandem_sip::user_agent::{Cause, End};
use tandem_sip::{Failover, Outgoing, Target};
use tandem_transport::sip::Side;

impl Switchboard {
    /// Calls an agent or a phone into a conversation.
    pub(super) fn ring(
        &mut self,
        side: &mut Side<'_>,
        id: u64,
        effect: EffectId,
        callee: Callee,
    ) -> Ended {
        let conversation = self.conversations.get(&id);
        let conversation = conversation.ok_or_else(|| failed("call-gone"))?;
        if let Some(party) = conversation.rung_by(effect) {
            return Ok(invitation(&conversation.reference, party));
        }
        let party = self.call_party(side, id, effect, callee)?;
        let conversation = self.conversations.get(&id);
        conversation.map_or_else(
            || Err(failed("call-gone")),
            |it| Ok(invitation(&it.reference, party)),
        )
    }

    /// Begins the call of a party, which rings from then on.
    pub(super) fn call_party(
        &mut self,
        side: &mut Side<'_>,
        id: u64,
        effect: EffectId,
        callee: Callee,
    ) -> Result<u32, Outcome> {
        let conversation = self.conversations.get(&id);
        let conversation = conversation.ok_or_else(|| failed("call-gone"))?;
        let center = Arc::clone(&conversation.center);
        let trunks = self.route(&center, id, &callee.to)?;
        let party = self.dial(side, id, effect, Elsewhere { callee, trunks })?;
        let conversation = self.conversations.get_mut(&id);
        let seat = conversation.map(|it| it.next_seat()).unwrap_or_default();
        self.sit(id, seat, party);
        Ok(seat)
    }

    /// Whoever is called and cannot be reached by a trunk is called by the next one, in the same seat. Answers whether
    /// somebody rings again.
    pub(super) fn is_tried_elsewhere(
        &mut self,
        side: &mut Side<'_>,
        (id, seat): (u64, u32),
        gone: &mut Party,
        end: &End,
    ) -> bool {
        let Stage::Ringing(effect) = gone.stage else {
            return false;
        };
        let Some(elsewhere) = gone.elsewhere.take().filter(|_| is_of_the_trunk(end)) else {
            return false;
        };
        match self.dial(side, id, effect, *elsewhere) {
            Ok(party) => {
                tracing::info!(trunk = %gone.trunk, next = %party.trunk, status = ?end.status, "a call goes by the next trunk");
                self.sit(id, seat, party);
                true
            }
            Err(_none_is_left) => false,
        }
    }

    fn sit(&mut self, id: u64, seat: u32, party: Party) {
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        let center = Arc::clone(&conversation.center);
        let trunk = party.trunk;
        self.seats.insert(party.call, (id, seat));
        if let Some(media) = &party.media {
            self.legs.insert(media.leg, (id, seat));
        }
        conversation.parties.insert(seat, party);
        if let Some(trunk) = self.trunk_mut(&center, trunk) {
            trunk.n_calls += 1;
        }
    }

    /// Calls by the first trunk that takes the call; the others are for when it fails.
    fn dial(
        &mut self,
        side: &mut Side<'_>,
        id: u64,
        effect: EffectId,
        way: Elsewhere,
    ) -> Result<Party, Outcome> {
        let Elsewhere { callee, trunks } = way;
        let mut trouble = failed("no-trunk");
        let mut left = trunks.into_iter();
        while let Some(trunk) = left.next() {
            match self.dial_by(side, id, effect, &callee, trunk) {
                Ok(mut party) => {
                    let trunks: Vec<TrunkId> = left.collect();
                    let elsewhere = Elsewhere { callee, trunks };
                    party.elsewhere = Some(Box::new(elsewhere)).filter(|it| !it.trunks.is_empty());
                    return Ok(party);
                }
                Err(outcome) => trouble = outcome,
            }
        }
        Err(trouble)
    }

    fn dial_by(
        &mut self,
        side: &mut Side<'_>,
        id: u64,
        effect: EffectId,
        callee: &Callee,
        by: TrunkId,
    ) -> Result<Party, Outcome> {
        let media = self.media_of(id)?;
        let conversation = self.conversations.get(&id);
        let conversation = conversation.ok_or_else(|| failed("call-gone"))?;
        let trunk = self.trunks.get(&(Arc::clone(&conversation.center), by));
        let trunk = trunk.ok_or_else(|| failed("no-trunk"))?;
        let described = description::offering(&self.plane, media, &trunk.trunk);
        let (described, sdp) = described.map_err(|error| {
            tracing::warn!(%error, "a call cannot be begun");
            failed(code_of(&error))
        })?;
        // Agents see who calls; customers and others see the number that they know.
        let shown = match callee.role {
            Role::Agent if conversation.begun_by.is_none() => conversation.customer_number.clone(),
            Role::Agent | Role::Customer | Role::Number => Some(conversation.own_number.clone()),
        };
        let outgoing = self.outgoing(trunk, callee, shown.as_deref(), sdp);
        let call = outgoing.and_then(|outgoing| {
            side.ua.call(side.now, outgoing).map_err(|error| {
                tracing::warn!(%error, "a call cannot be begun");
                failed("not-called")
            })
        });
        let call = call.inspect_err(|_| drop(self.plane.close_leg(described.leg)))?;
        Ok(Party {
            call,
            trunk: by,
            role: callee.role,
            address: callee.address.clone(),
            stage: Stage::Ringing(effect),
            media: Some(described),
            elsewhere: None,
        })
    }

    /// By which trunks somebody is reached, the best first: a phone by its own, a number outside by the one that the
    /// call's number is of, else by any of a carrier.
    fn route(&self, center: &Arc<str>, id: u64, to: &To) -> Result<Vec<TrunkId>, Outcome> {
        let own = |trunk: TrunkId| self.trunks.get(&(Arc::clone(center), trunk));
        if let To::Phone(phone) = to {
            let trunk = own(phone.trunk).filter(|it| it.trunk.enabled);
            let trunk = trunk.ok_or_else(|| failed("trunk-off"))?;
            return if trunk.has_room() {
                Ok(vec![phone.trunk])
            } else {
                Err(failed("trunk-full"))
            };
        }
        let number = self.conversations.get(&id).map(|it| it.own_number.as_str());
        let carriers = self.trunks.iter().filter(|((of, _), it)| {
            of == center && it.trunk.enabled && it.trunk.kind == TrunkKind::Carrier && it.has_room()
        });
        let has_number = |it: &InUse| number.is_some_and(|number| it.trunk.has_number(number));
        let (own, others): (Vec<_>, Vec<_>) = carriers.partition(|(_, it)| has_number(it));
        let all: Vec<TrunkId> = own
            .into_iter()
            .chain(others)
            .map(|((_, id), _)| *id)
            .collect();
        if all.is_empty() {
            return Err(failed("no-carrier"));
        }
        Ok(all)
    }

    pub(in super::super) fn outgoing(
        &self,
        trunk: &InUse,
        callee: &Callee,
        shown: Option<&str>,
        sdp: Vec<u8>,
    ) -> Result<Outgoing, Outcome> {
        let user = match &callee.to {
            To::Phone(phone) if trunk.is_phones() => phone.user.clone(),
            To::Phone(phone) => trunk.trunk.number_format.write(&phone.user),
            To::Number(number) | To::Dialed(number) => trunk.trunk.number_format.write(number),
        };
        let targets = targets(trunk, &user)?;
        let mut targets = targets.into_iter();
        let first = targets.next().ok_or_else(|| failed("not-registered"))?;
        let name = self.name_toward(trunk, first.hop.transport);
        let host = &name.host;
        let from = match shown {
            Some(number) => format!("sip:{}@{host}", trunk.trunk.number_format.write(number)),
            None => "sip:anonymous@anonymous.invalid".to_owned(),
        };
        let from = Uri::parse(&from).map_err(|_not_a_name| failed("own-name"))?;
        let contact_user = shown.map(|it| trunk.trunk.number_format.write(it));
        let mut outgoing = Outgoing::new(first, name, Address::new(from), sdp);
        outgoing.targets.extend(targets);
        outgoing.failover = Failover::default();
        outgoing.contact_user = contact_user;
        outgoing.credentials = trunk.credentials();
        outgoing.ring_seconds_max = u32::try_from(callee.ring.as_secs()).unwrap_or(180);
        Ok(outgoing)
    }
}

/// Whether it is the trunk that failed, and not who was called: nobody answered at all, or its side is out of order. After
/// 6xx nobody is tried elsewhere (RFC 3261 21.6), nor after a busy signal or silence of the phone.
const fn is_of_the_trunk(end: &End) -> bool {
    match (end.cause, end.status) {
        (Cause::Unreachable, _) => true,
        (Cause::Refused, Some(status)) => matches!(status, 401 | 403 | 407 | 488 | 500..=599),
        _ => false,
    }
}

/// Where a user of a trunk is called: its hosts in turn, or where a phone registered.
fn targets(trunk: &InUse, user: &str) -> Result<Vec<Target>, Outcome> {
    if trunk.is_phones() {
        let bindings = trunk.registrar.bindings(user).iter();
        let targets = bindings.filter_map(|binding| {
            let uri = binding.contact.as_sip()?;
            Some(Target {
                hop: tandem_sip::flow::Hop::of(uri, binding.flow.transport),
                uri: binding.contact.clone(),
                flow: Some(binding.flow),
            })
        });
        return Ok(targets.collect());
    }
    let hosts = trunk.hops().into_iter();
    let targets = hosts.map(|host| {
        let hop = host.hop.clone();
        let is_number = user
            .trim_start_matches('+')
            .bytes()
            .all(|it| it.is_ascii_digit());
        let parameter = if is_number { ";user=phone" } else { "" };
        let (name, port) = (&hop.host, hop.port);
        let uri = Uri::parse(&format!("sip:{user}@{name}:{port}{parameter}"));
        let uri = uri.map_err(|_not_a_number| failed("not-a-number"))?;
        Ok(Target {
            hop,
            uri,
            flow: None,
        })
    });
    targets.collect()
}

#[cfg(test)]
mod tests;
