//! Teams users in calls by SIP, from the world's side: who is called, what their clients do, and where they sit.

use super::habit::Refusal;
use super::order::{Act, CalledAs, Callee, Notice, Seat, Word};
use super::{Ask, Neighbor, To};
use crate::entra::directory::License;
use crate::world::{Output, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The seats of Teams users in calls by SIP, by object id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seats(BTreeMap<String, (String, Seat)>);

impl Seats {
    fn get(&self, oid: &str) -> Option<(&str, Seat)> {
        self.0.get(oid).map(|(party, seat)| (party.as_str(), *seat))
    }

    /// Everybody who talks.
    pub(crate) fn talking(&self) -> impl Iterator<Item = &String> {
        let up = self.0.iter().filter(|(_, (_, seat))| *seat == Seat::Up);
        up.map(|(oid, _)| oid)
    }
}

pub(crate) fn told(world: &mut World, notice: Notice) {
    match notice {
        Notice::Called { party, callee } => {
            let word = match find(world, &callee) {
                Ok(callee) => Word::Reached { party, callee },
                Err(refusal) => Word::NotReached { party, refusal },
            };
            world.sip(Output::SipCalled(word));
        }
        Notice::Is { party, oid, is } => match is {
            Seat::Ringing | Seat::Up => {
                world.seats.0.insert(oid, (party, is));
            }
            Seat::Over => {
                let sits = world
                    .seats
                    .get(&oid)
                    .is_some_and(|(known, _)| known == party);
                if sits {
                    world.seats.0.remove(&oid);
                }
            }
        },
    }
}

/// Who is meant, or why nobody can be called (direct-routing-and-sip.md A.5, A.10).
fn find(world: &World, callee: &CalledAs) -> Result<Callee, Refusal> {
    let people = &world.directory.people;
    let found = match callee {
        CalledAs::Number(number) => people
            .iter()
            .find(|(_, person)| person.profile.line_number == *number),
        CalledAs::Oid(oid) => people.get_key_value(&oid.to_lowercase()),
    };
    let nobody = || Refusal::of_teams(404, 1, 510_404, "The number is assigned to nobody");
    let (oid, person) = found.ok_or_else(nobody)?;
    let user = world.users.get(oid).ok_or_else(nobody)?;
    if !world.directory.has_license(oid, License::TeamsPhone) {
        return Err(Refusal::of_teams(
            403,
            21,
            510_560,
            "The user is not enabled for voice",
        ));
    }
    Ok(Callee {
        oid: oid.clone(),
        name: person.name.clone(),
        behaviour: user.behaviour.clone(),
    })
}

/// By hand: what a Teams user does with the call that is there.
pub(crate) fn act(world: &mut World, oid: &str, act: Act) -> Result<(), &'static str> {
    let party = world.seats.get(oid).map(|(party, _)| party.to_owned());
    let party = party.ok_or("this user is in no call")?;
    let ask = Ask::Act { party, act };
    world.sip(Output::SipAsked {
        ticket: None,
        to: To::One(Neighbor::Teams),
        ask,
    });
    Ok(())
}

/// How a user's call shows: its state and the party.
pub(crate) fn show(world: &World, oid: &str) -> Option<(&'static str, Value)> {
    let (party, seat) = world.seats.get(oid)?;
    let state = match seat {
        Seat::Ringing => "ringing",
        Seat::Up => "in_call",
        Seat::Over => return None,
    };
    Some((state, json!(party)))
}
