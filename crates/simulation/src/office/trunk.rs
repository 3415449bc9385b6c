//! A trunk with a phone on it, whose secret an administrator sets. No call of the simulation comes by it: what a trunk does
//! is the edge's matter.

use crate::day::Day;
use crate::invariant::{Broken, Invariant};
use tandem_core::ids::{SubjectRef, TrunkId};
use tandem_core::input::{Input, Request};
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::trunk::{Codec, Headers, NumberFormat, Srtp, Transport, Trunk, TrunkKind};
use tandem_core::turn::Reply;

const PHONE: &str = "front-desk";
/// Nobody's.
const SECRET: SubjectRef = SubjectRef(u64::MAX);

impl Day {
    pub(super) fn open_trunk(&mut self) -> Result<(), Broken> {
        self.create(Document::Trunk(Box::new(trunk())))?;
        let trunks = &self.state().settings.trunks;
        let trunk = trunks.keys().copied().next().unwrap_or(TrunkId(0));
        let reply = self.give(Input::Asked {
            actor: Actor::system(),
            request: Request::SetTrunkSecret {
                trunk,
                user: PHONE.to_owned(),
                secret: SECRET,
            },
        })?;
        let is_set = match reply {
            Some(Reply::Done) => Ok(()),
            other => Err(format!("the secret of a phone was answered {other:?}")),
        };
        self.look(Invariant::ReplyIsTrue, is_set)
    }
}

fn trunk() -> Trunk {
    Trunk {
        name: "Phones".to_owned(),
        enabled: true,
        kind: TrunkKind::Phones,
        hosts: Vec::new(),
        transport: Transport::Udp,
        is_probed: false,
        sources: vec!["192.0.2.0/24".to_owned()],
        certificate_names: Vec::new(),
        own_name: None,
        digest_user: None,
        codecs: vec![Codec::Pcma],
        srtp: Srtp::Refused,
        headers: Headers::Hidden,
        number_format: NumberFormat::International,
        numbers: Vec::new(),
        phones: vec![PHONE.to_owned()],
        calls_max: 10,
        emergency: None,
    }
}
