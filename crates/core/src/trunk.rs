//! Trunks of Direct Routing: the other sides that calls come from and go to by SIP, the numbers that come by them
//! (B-027), the phones that register, and where emergency calls go (B-236). Secrets lie among the personal data under
//! references; listeners and certificates of ours are configuration. It knows no socket and no message.

mod number;
mod validate;

pub use number::{NumberFormat, NumberRange, is_international};

use crate::ids::{SubjectRef, TrunkId};
use crate::settings::{Settings, Versioned};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Another side of Direct Routing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trunk {
    /// What people call it.
    pub name: String,
    /// Whether calls come and go by it.
    pub enabled: bool,
    /// Who is there.
    pub kind: TrunkKind,
    /// Where it is reached, in order: names or addresses, with a port where it is not the usual one. For Teams the
    /// three proxies (direct-routing-and-sip.md A.1); none for phones, which register.
    pub hosts: Vec<String>,
    /// How messages travel.
    pub transport: Transport,
    /// Whether its hosts are asked each minute if they are there (B-030). One that does not answer such questions is
    /// not; how it does is not known then.
    pub is_probed: bool,
    /// From where its calls may come, as addresses or networks.
    pub sources: Vec<String>,
    /// The names of which its certificate must have one; any trusted certificate where there is none.
    pub certificate_names: Vec<String>,
    /// Our name toward it, in Contact and From; that of the listener without. Teams finds the tenant by it (A.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_name: Option<String>,
    /// As whom we answer its challenges; nobody without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_user: Option<String>,
    /// What is spoken, the preferred one first.
    pub codecs: Vec<Codec>,
    /// Whether sound is encrypted.
    pub srtp: Srtp,
    /// What of one side's messages the other side sees.
    pub headers: Headers,
    /// How it writes numbers.
    pub number_format: NumberFormat,
    /// The numbers that come by it.
    pub numbers: Vec<NumberRange>,
    /// Who may register; for phones.
    pub phones: Vec<String>,
    /// Calls at once at most, both ways together.
    pub calls_max: u32,
    /// What becomes of emergency calls that come by it; for Teams alone, and never without there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
}

/// Who is at the other end of a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrunkKind {
    /// A carrier, or an SBC before it.
    Carrier,
    /// Teams, directly: not certified, unsupported by Microsoft (B-234).
    Teams,
    /// Ordinary SIP phones.
    Phones,
}

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Connections.
    Tcp,
    /// Encrypted connections.
    Tls,
}

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// G.711 A-law.
    Pcma,
    /// G.711 mu-law.
    Pcmu,
    /// G.722.
    G722,
}

/// Whether sound is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Srtp {
    /// Always; a call without is refused.
    Required,
    /// Where the other side offers it; ours are offered without.
    Offered,
    /// Never.
    Refused,
}

/// What of one side's messages the other side sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Headers {
    /// Nothing that tells how the inside looks.
    Hidden,
    /// All that is not of the connection itself.
    Intact,
}

/// What becomes of emergency calls of Teams users (B-236).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emergency {
    /// They go there, past everything.
    Route(EmergencyRoute),
    /// An administrator has answered for it that there is no way for them.
    Waived(Waiver),
}

/// Where emergency calls go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyRoute {
    /// By which trunk, a carrier's.
    pub trunk: TrunkId,
    /// The numbers that are emergency calls, as people dial them.
    pub numbers: Vec<String>,
    /// For how long a call back to the caller's number reaches the caller, minutes.
    pub call_back_minutes: u32,
}

/// Why there is no way for emergency calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// Who answers for it, by name.
    pub signed_by: String,
    /// How Teams users reach help instead.
    pub why: String,
}

/// A phone of an agent's that is called over Direct Routing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Phone {
    /// By which trunk.
    pub trunk: TrunkId,
    /// The number in international form, or who registered.
    pub user: String,
}

/// The scheme of addresses that Direct Routing reaches.
const SCHEME: &str = "phone";

impl Phone {
    /// The opaque address by which an edge reaches it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{SCHEME}:{}:{}", self.trunk, self.user)
    }

    /// Reads an address back.
    #[must_use]
    pub fn of_address(address: &str) -> Option<Self> {
        let mut parts = address.splitn(3, ':');
        if parts.next() != Some(SCHEME) {
            return None;
        }
        let trunk = TrunkId(parts.next()?.parse().ok()?);
        let user = parts.next()?.to_owned();
        Some(Self { trunk, user })
    }
}

/// The secrets of trunks, by whom they are of: references among the personal data.
pub type TrunkSecrets = BTreeMap<TrunkId, BTreeMap<String, SubjectRef>>;

impl Trunk {
    /// Whether a number comes by it.
    #[must_use]
    pub fn has_number(&self, number: &str) -> bool {
        self.numbers.iter().any(|range| range.contains(number))
    }

    /// Whose secrets it needs: the user that answers challenges, and phones that register.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        let own = self.digest_user.as_deref();
        own.into_iter()
            .chain(self.phones.iter().map(String::as_str))
    }

    /// Whether a number is an emergency call when it comes by this trunk.
    #[must_use]
    pub fn emergency_route(&self, dialed: &str) -> Option<&EmergencyRoute> {
        let Some(Emergency::Route(route)) = &self.emergency else {
            return None;
        };
        let is = |number: &String| number.trim_start_matches('+') == dialed.trim_start_matches('+');
        route.numbers.iter().any(is).then_some(route)
    }
}

impl Settings {
    /// The trunk that a number comes by.
    #[must_use]
    pub fn trunk_of_number(&self, number: &str) -> Option<(TrunkId, &Trunk)> {
        let mut trunks = self.trunks.iter();
        let found = trunks.find(|(_, it)| it.document.has_number(number))?;
        Some((*found.0, &found.1.document))
    }

    /// Who names a trunk, in words.
    pub(crate) fn trunk_used_by(&self, id: TrunkId) -> Option<String> {
        let by_trunk = self.trunks.iter().find_map(|(other, it)| {
            let leads = matches!(&it.document.emergency, Some(Emergency::Route(route)) if route.trunk == id);
            (*other != id && leads).then(|| format!("the emergency route of the trunk \"{}\"", it.document.name))
        });
        by_trunk.or_else(|| self.numbers_used(|number| self.is_number_of(id, number)))
    }

    /// The endpoint whose number would be nobody's, in words.
    pub(crate) fn numbers_used(&self, is_going: impl Fn(&str) -> bool) -> Option<String> {
        self.endpoints.values().find_map(|it| {
            let number = it.document.number();
            let goes = number.is_some_and(&is_going);
            goes.then(|| format!("the endpoint \"{}\"", it.document.name))
        })
    }

    fn is_number_of(&self, id: TrunkId, number: &str) -> bool {
        let trunk: Option<&Versioned<Trunk>> = self.trunks.get(&id);
        trunk.is_some_and(|it| it.document.has_number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_of_a_phone_is_read_back() {
        let phone = Phone {
            trunk: TrunkId(7),
            user: "anna:desk".to_owned(),
        };
        assert_eq!(Phone::of_address(&phone.address()), Some(phone));
        for address in ["", "phone:x:a", "phone:1", "0269be4d-5be0"] {
            assert_eq!(Phone::of_address(address), None, "{address}");
        }
    }
}
