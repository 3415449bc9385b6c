//! The people of the emulated world: who somebody is, and what their habit is when it rings.
//!
//! Phones belong to customers (and to experts who are added by number), Teams clients to agents.

pub(crate) mod acs_user;
pub(crate) mod phone;
pub(crate) mod presence;
pub(crate) mod script;
pub(crate) mod teams_user;
pub(crate) mod voice;

use crate::options::defaults;
use crate::world::World;
use serde::{Deserialize, Serialize};
use tandem_microsoft::acs::identifier::{Cloud, Identity};

/// Somebody in a call or ringing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Person {
    /// A phone call, by its id in the control API.
    Phone(String),
    /// A Teams user, by object id in lower case.
    Teams(String),
    /// A user of the communication resource, by raw id.
    Acs(String),
}

/// What somebody does when it rings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Behaviour {
    Answer {
        #[serde(default = "default_after_ms")]
        after_ms: u64,
    },
    Decline {
        #[serde(default = "default_after_ms")]
        after_ms: u64,
    },
    /// The network says that the line is taken.
    Busy {
        #[serde(default = "default_after_ms")]
        after_ms: u64,
    },
    /// A Teams client lets it ring somewhere else: at a number, or at another Teams user (by object id).
    Forward {
        to: String,
        #[serde(default = "default_after_ms")]
        after_ms: u64,
    },
    /// Lets it ring; the control API may still answer or decline by hand.
    NoAnswer,
}

impl Behaviour {
    /// When somebody does it, from the first ring; never, when they let it ring.
    pub(crate) const fn after_ms(&self) -> Option<u64> {
        match self {
            Self::Answer { after_ms }
            | Self::Decline { after_ms }
            | Self::Busy { after_ms }
            | Self::Forward { after_ms, .. } => Some(*after_ms),
            Self::NoAnswer => None,
        }
    }
}

/// People need about this long to answer.
pub(crate) const fn default_after_ms() -> u64 {
    1200
}

impl Default for Behaviour {
    fn default() -> Self {
        Self::Answer {
            after_ms: default_after_ms(),
        }
    }
}

impl Person {
    /// The phone call, when this is somebody on a phone.
    pub(crate) fn phone(&self) -> Option<&str> {
        match self {
            Self::Phone(id) => Some(id),
            Self::Teams(_) | Self::Acs(_) => None,
        }
    }

    pub(crate) fn identity(&self, world: &World) -> Identity {
        match self {
            Self::Phone(id) => Identity::parse(&format!("4:{}", world.phones.number(id))),
            Self::Teams(oid) => extension_user(oid),
            Self::Acs(id) => Identity::AcsUser { id: id.clone() },
        }
    }

    pub(crate) fn name(&self, world: &World) -> String {
        match self {
            Self::Phone(id) => world.phones.number(id),
            Self::Teams(oid) => world
                .directory
                .people
                .get(oid)
                .map_or_else(|| oid.clone(), |person| person.name.clone()),
            Self::Acs(id) => id.clone(),
        }
    }
}

fn extension_user(oid: &str) -> Identity {
    Identity::TeamsExtensionUser {
        oid: oid.to_owned(),
        tenant: defaults::TENANT.to_owned(),
        resource: defaults::ACS_RESOURCE.to_owned(),
        cloud: Cloud::Public,
    }
}

/// Who rings where a Teams client forwards to: a phone, or another Teams user.
pub(crate) fn forward_target(world: &World, to: &str) -> Result<Identity, &'static str> {
    let is_number = to.strip_prefix('+').is_some_and(|digits| {
        (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    if is_number {
        return Ok(Identity::Phone {
            number: to.to_owned(),
        });
    }
    let oid = to.to_lowercase();
    match world.users.get(&oid) {
        Some(_) => Ok(extension_user(&oid)),
        None => Err("to must be a number like +12065551212, or the object id of a Teams user"),
    }
}
