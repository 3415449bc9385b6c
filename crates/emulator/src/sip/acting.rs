//! What is asked for by hand, and what a script does by itself: the same acts.

use super::habit::{self, Step};
use super::order::{Act, Ask, Digest, Told};
use super::parties::{Door, Due, Parties, note};
use super::party::{Party, Stage};
use super::{Neighbor, called};
use crate::limits;
use crate::options::defaults;
use serde_json::Value;
use tandem_media::dtmf::Digit;
use tandem_sip::digest::Authenticator;
use tandem_sip::header::Reason;
use tandem_sip::sdp::Direction;
use tandem_sip::user_agent::CallId;
use tandem_transport::sip::Side;

const DONE: Told = Ok((204, Value::Null));

fn unlike(why: &str) -> Told {
    Err((409, why.to_owned()))
}

pub(super) fn ask(parties: &mut Parties, side: &mut Side<'_>, ask: Ask) -> Told {
    match ask {
        Ask::Overview => Ok((200, parties.overview(side.now))),
        Ask::Calls => {
            let all = parties.parties.values().map(|it| it.show(side.now));
            Ok((200, all.collect()))
        }
        Ask::Look { party } => match parties.parties.get(&party) {
            Some(party) => Ok((200, party.show(side.now))),
            None => Err((404, "there is no such call".to_owned())),
        },
        Ask::Act { party, act } => parties.act(side, &party, act),
        Ask::Place(new) => parties.place(side, *new),
        Ask::SetHabit { of, habit } => {
            if parties.habits.len() >= limits::SIP_HABITS_MAX && !parties.habits.contains_key(&of) {
                return unlike("too many habits are set");
            }
            parties.habits.insert(of, habit);
            DONE
        }
        Ask::SetService { listener, service } => parties.set_service(listener, service),
        Ask::Messages { party } => parties.messages(party.as_deref()),
        Ask::AddPhone(phone) => parties.add_phone(side, phone),
        Ask::RemovePhone { user } => parties.remove_phone(side, &user),
        Ask::SetSbc(sbc) => {
            parties.sbc = Some(sbc);
            DONE
        }
        Ask::SetDigest(digest) => {
            parties.door = digest.map(|it| door(parties, it));
            DONE
        }
        Ask::SetDomains(domains) => {
            parties.trunks.set_domains(domains);
            DONE
        }
    }
}

fn door(parties: &Parties, digest: Digest) -> Door {
    let seal = format!("{:016x}", parties.means.seed);
    Door {
        authenticator: Authenticator::new("carrier.example", &seal),
        user: digest.user,
        secret: digest.secret,
    }
}

impl Parties {
    pub(super) fn is_due(&mut self, side: &mut Side<'_>, due: Due) {
        match due {
            Due::Habit { party } => self.habit_is_due(side, &party),
            Due::Step { party } => {
                let live = self.parties.get_mut(&party).filter(|it| it.is_live());
                if let Some(step) = live.and_then(|it| it.script.pop_front()) {
                    self.steps(side, &party, step);
                    self.next_step(side.now, &party);
                }
            }
            Due::GivesUp { party } => {
                let rings = self.parties.get(&party).map(|it| (it.stage, it.call));
                if let Some((Stage::Ringing, call)) = rings {
                    note(side.ua.hang_up(side.now, call, None));
                }
            }
            Due::Registers { user } => self.registers(side, &user),
        }
    }

    fn steps(&mut self, side: &mut Side<'_>, id: &str, step: Step) {
        let act = match step {
            Step::Press { keys, .. } => Act::Press { keys },
            Step::Hold { .. } => Act::Hold,
            Step::Resume { .. } => Act::Resume,
            Step::Say { hz, .. } => Act::Say { hz },
            Step::Leave { .. } => Act::HangUp,
        };
        if let Err((_, why)) = self.act(side, id, act) {
            tracing::info!(party = id, why, "a step of a script cannot be done");
        }
    }

    pub(super) fn act(&mut self, side: &mut Side<'_>, id: &str, act: Act) -> Told {
        let Some(party) = self.parties.get(id) else {
            return Err((404, "there is no such call".to_owned()));
        };
        let (call, stage) = (party.call, party.stage);
        match (act, stage) {
            (_, Stage::Ended) => unlike("the call has ended"),
            (Act::Answer, Stage::Ringing) if is_called(party) => {
                self.take(side, id);
                DONE
            }
            (Act::Decline, Stage::Ringing) if is_called(party) => {
                self.refuse(side, id, &called::declined());
                DONE
            }
            (Act::Answer | Act::Decline, _) => unlike("nothing rings here"),
            (Act::HangUp, _) => {
                let reason = self.farewell(call);
                note(side.ua.hang_up(side.now, call, reason.as_ref()));
                DONE
            }
            (Act::Hold, Stage::Up) => self.hold(side, id, Direction::Inactive),
            (Act::Resume, Stage::Up) => self.hold(side, id, Direction::SendReceive),
            (Act::Press { keys }, Stage::Up) => self.press(id, &keys),
            (Act::Say { hz }, _) => {
                self.say(id, hz);
                DONE
            }
            (Act::Transfer { to }, Stage::Up) => self.transfer(side, id, &to),
            (Act::Hold | Act::Resume | Act::Press { .. } | Act::Transfer { .. }, _) => {
                unlike("the call is not up yet")
            }
        }
    }

    /// Teams says why it hangs up, in words of ISDN and its own.
    fn farewell(&self, call: CallId) -> Option<Reason> {
        if self.neighbor() != Neighbor::Teams {
            return Some(Reason::q850(16));
        }
        let party = self.by_call.get(&call).and_then(|id| self.parties.get(id));
        let mark = party.map(|it| it.call_id.clone()).unwrap_or_default();
        Some(Reason {
            text: Some(format!(
                "{mark};Call terminated by a participant: normal call clearing"
            )),
            ..Reason::q850(16)
        })
    }

    /// Teams knows `inactive` alone (A.7), and everybody else here does the same.
    fn hold(&mut self, side: &mut Side<'_>, id: &str, direction: Direction) -> Told {
        let Some(party) = self.parties.get_mut(id) else {
            return unlike("the call has ended");
        };
        let is_holding = direction == Direction::Inactive;
        if party.is_holding == is_holding {
            return unlike(if is_holding {
                "the call is on hold already"
            } else {
                "the call is not on hold"
            });
        }
        let Some((_, media)) = &mut party.media else {
            return unlike("the call has no media");
        };
        let sdp = media.offer_direction(direction);
        let call = party.call;
        party.is_holding = is_holding;
        let sent = side.ua.offer(side.now, call, sdp);
        sent.map_or_else(|error| unlike(&error.to_string()), |()| DONE)
    }

    fn press(&self, id: &str, keys: &str) -> Told {
        let digits: Vec<Digit> = habit::digits(keys).map_err(|why| (400, why))?;
        let media = self.parties.get(id).and_then(|it| it.media.as_ref());
        let Some((_, media)) = media else {
            return unlike("the call has no media");
        };
        // Where the other side takes none, none are heard: so it is on the line.
        drop(self.means.plane.send_digits(media.leg, digits));
        DONE
    }

    /// Referred-By is as long as Teams makes it, and has to come back as it is (A.8).
    fn transfer(&self, side: &mut Side<'_>, id: &str, to: &str) -> Told {
        let Some(party) = self.parties.get(id) else {
            return unlike("the call has ended");
        };
        if !party.allows_transfer {
            return unlike(
                "the SBC does not list REFER in its Allow: Teams would transfer inside of itself, which is not played",
            );
        }
        let tenant = defaults::TENANT;
        let (refer_to, referred_by) = match self.neighbor() {
            Neighbor::Teams => {
                let own = party.oid.as_deref().unwrap_or_default();
                let target = if to.starts_with('+') {
                    format!("<sip:{to}@sip.pstnhub.microsoft.com:5061;transport=tls;user=phone>")
                } else {
                    format!("<sip:sip.pstnhub.microsoft.com:5061;x-m=8:orgid:{to};x-t={tenant}>")
                };
                let replaced = "c2lwOnJlcGxhY2Vk".repeat(18);
                let by = format!(
                    "<sip:sip.pstnhub.microsoft.com:5061;x-m=8:orgid:{own};x-t={tenant};x-ti={};x-tt={replaced}>",
                    party.call_id
                );
                (target, Some(by))
            }
            Neighbor::Carrier | Neighbor::Phones => {
                let host = &self.means.host;
                (format!("<sip:{to}@{host}>"), None)
            }
        };
        let asked = side
            .ua
            .refer(side.now, party.call, &refer_to, referred_by.as_deref());
        asked.map_or_else(|error| unlike(&error.to_string()), |()| DONE)
    }

    /// How a transfer goes that we asked for; Teams leaves once it is done.
    pub(super) fn transfer_goes(&mut self, side: &mut Side<'_>, call: CallId, status: u16) {
        if let Some(party) = self.by_call_mut(call) {
            party.transfer_is(status);
        }
        if (200..300).contains(&status) {
            let reason = self.farewell(call);
            note(side.ua.hang_up(side.now, call, reason.as_ref()));
        }
    }
}

fn is_called(party: &Party) -> bool {
    party.way == super::party::Way::IsCalled
}
