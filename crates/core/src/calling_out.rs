//! Calling out: what a queue allows, and the rules that stand between an agent and a customer's phone. They
//! are looked at when it is dialed, and what was looked at stands in the fact.

use crate::contact::Contact;
use crate::dialing::{Checked, Line};
use crate::flow::{Flow, Phone, in_range, invalid};
use crate::ids::{AgentId, ContactId, CustomerHash, EndpointId, QueueId};
use crate::limits;
use crate::refusal::Refusal;
use crate::settings::{Kind, Settings};
use crate::state::State;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How customers are called from a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallingOut {
    /// The endpoint whose number customers see.
    pub endpoint: EndpointId,
    /// The calling codes of the countries that may be called, without the plus.
    pub countries: Vec<String>,
    /// How long a customer's phone rings, 10 to 120 s.
    pub ring_s: u32,
}

/// A customer whom an agent wants to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The agent.
    pub agent: AgentId,
    /// From which queue.
    pub queue: QueueId,
    /// The calling code of the number.
    pub country: &'a str,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// The contact whose customer is called back: the agent may still owe wrap-up for it.
    pub again: Option<ContactId>,
}

impl CallingOut {
    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        let (min, max) = limits::RING_SECONDS;
        in_range("calling_out.ring_s", self.ring_s, min, max)?;
        let field = "calling_out.countries";
        let max = limits::COUNTRIES_PER_QUEUE_MAX;
        if self.countries.is_empty() || self.countries.len() > max {
            return Err(invalid(field, format!("name 1 to {max} countries")));
        }
        for (at, code) in self.countries.iter().enumerate() {
            let is_code = (1..=3).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_digit())
                && !code.starts_with('0');
            if !is_code {
                let detail = "write calling codes of 1 to 3 digits, for example 49".to_owned();
                return Err(invalid(field, detail));
            }
            if self.countries.iter().take(at).any(|it| it == code) {
                return Err(invalid(
                    field,
                    format!("{code} is named twice; leave one out"),
                ));
            }
        }
        Ok(())
    }
}

impl State {
    /// Whether an agent may call a customer now, and from where.
    ///
    /// # Errors
    /// The first rule that forbids it.
    pub fn may_call(&self, now: Timestamp, wish: &Wish<'_>) -> Result<Line, Refusal> {
        if self.is_draining {
            return Err(Refusal::Draining);
        }
        let max = limits::CONTACTS_MAX;
        if self.contacts.len() >= max {
            let what = "contacts at once";
            return Err(Refusal::LimitReached { what, max });
        }
        self.is_free_to_call(wish.agent, wish.again)?;
        let is_there = self.settings.queue(wish.queue).is_some();
        if is_there && !self.served_by(wish.agent).any(|it| it == wish.queue) {
            return Err(Refusal::NotYourQueue);
        }
        self.line_from(now, wish.queue, wish.country, wish.customer)
    }

    /// From where a customer may be called from a queue now, whoever does it.
    ///
    /// # Errors
    /// The first rule that forbids it.
    pub fn line_from(
        &self,
        now: Timestamp,
        queue: QueueId,
        country: &str,
        customer: CustomerHash,
    ) -> Result<Line, Refusal> {
        let Some(queue) = self.settings.queue(queue) else {
            return Err(Refusal::NotFound {
                what: Kind::Queue.word(),
                id: queue.0,
            });
        };
        let rules = queue.calling_out.as_deref().ok_or(Refusal::NoCallerId)?;
        let endpoint = self.settings.endpoints.get(rules.endpoint);
        let endpoint = endpoint.ok_or(Refusal::NoCallerId)?;
        if !rules.countries.iter().any(|it| it == country) {
            return Err(Refusal::CountryNotAllowed);
        }
        if self.do_not_call.forbids(now, customer) {
            return Err(Refusal::OnDoNotCallList);
        }
        Ok(Line {
            endpoint: rules.endpoint,
            address: endpoint.document.address.clone(),
            ring_s: rules.ring_s,
            band: queue.priority,
            checked: self.checked(country),
        })
    }

    /// Whether a flow may have a phone outside called now. The countries are those that any queue calls; where
    /// none calls out, nobody has said which.
    ///
    /// # Errors
    /// The first rule that forbids it.
    pub(crate) fn may_lead_to(&self, now: Timestamp, to: &Phone) -> Result<Checked, Refusal> {
        self.leads_to(&self.settings, now, to)?;
        Ok(self.checked(&to.country))
    }

    /// The same by settings that would stand.
    fn leads_to(&self, settings: &Settings, now: Timestamp, to: &Phone) -> Result<(), Refusal> {
        let queues = settings.queues.values();
        let rules = queues.filter_map(|it| it.document.calling_out.as_deref());
        let mut countries = rules.map(|it| &it.countries).peekable();
        let is_ruled = countries.peek().is_some();
        if is_ruled && !countries.flatten().any(|it| *it == to.country) {
            return Err(Refusal::CountryNotAllowed);
        }
        if self.do_not_call.forbids(now, to.owner) {
            return Err(Refusal::OnDoNotCallList);
        }
        Ok(())
    }

    /// The first phone outside that a flow may not lead to by `settings`, with the place and the reason.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the node and its field.
    pub fn validate_phones(
        &self,
        settings: &Settings,
        now: Timestamp,
        flow: &Flow,
    ) -> Result<(), Refusal> {
        for (node, to) in flow.phones() {
            let Err(refusal) = self.leads_to(settings, now, to) else {
                continue;
            };
            let detail = if refusal == Refusal::OnDoNotCallList {
                "is on the do-not-call list; take it off, or choose another number".to_owned()
            } else {
                let country = &to.country;
                format!(
                    "no queue calls the country {country}; name it where a queue calls out, or choose another number"
                )
            };
            return Err(invalid(&format!("nodes.{node}.to.number"), detail));
        }
        Ok(())
    }

    /// The evidence that the rules were looked at.
    fn checked(&self, country: &str) -> Checked {
        Checked {
            country: country.to_owned(),
            do_not_call_entries: self.do_not_call.len(),
            do_not_call_version: self.do_not_call.version(),
        }
    }

    /// Whether an agent is signed in and has room for a call: one of the agent's own, or one to which a colleague
    /// invites. The wrap-up of `again` takes none if it is the agent's; of a contact that was handed over the customer
    /// is the colleague's to call.
    ///
    /// # Errors
    /// What hinders the agent.
    pub fn is_free_to_call(&self, id: AgentId, again: Option<ContactId>) -> Result<(), Refusal> {
        let agent = self.agents.get(id).ok_or(Refusal::NotAnAgent)?;
        if !agent.profile.enabled {
            return Err(Refusal::AgentDisabled);
        }
        let is_own_wrap_up = |contact| {
            let is_own = |it: &Contact| it.is_in_wrap_up() && it.agent() == Some(id);
            Some(contact) == again && self.contacts.get(contact).is_some_and(is_own)
        };
        let mut held = agent.held();
        held.retain(|it| !is_own_wrap_up(it.contact));
        if agent.session.is_some() && self.has_room_for_call(id, &held) {
            return Ok(());
        }
        Err(Refusal::AgentNotFree)
    }
}
