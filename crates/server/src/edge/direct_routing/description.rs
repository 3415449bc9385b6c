//! What a trunk's parties speak: codecs, encryption and whose packets are taken, by its settings. How that becomes media
//! and descriptions is `tandem_transport::description`'s business. It must not know calls.

use tandem_core::trunk::{self, Trunk, TrunkKind};
use tandem_sip::sdp::{Capabilities, Codec, IceUse, Security, Suite};
use tandem_transport::media::{ConversationId, Latching, Network, Plane};

pub(super) use tandem_transport::description::{Described, Unusable};

const PTIME_MS: u16 = 20;
/// The best first. Teams speaks the last alone (A.9); GCM costs a third (decision 0055).
const SUITES: [Suite; 2] = [Suite::AeadAes128Gcm, Suite::AesCm128HmacSha1_80];

/// What a trunk is spoken to with. Who is offered encryption must answer with it, so that what is not required is not
/// offered.
fn capabilities(trunk: &Trunk, offering: Offering) -> Capabilities {
    let security = match (trunk.srtp, offering) {
        (trunk::Srtp::Required, _) => Security::Always,
        (trunk::Srtp::Offered, Offering::Theirs) => Security::WhenOffered,
        (trunk::Srtp::Offered, Offering::Ours) | (trunk::Srtp::Refused, _) => Security::Never,
    };
    let suites = match trunk.kind {
        TrunkKind::Teams => vec![Suite::AesCm128HmacSha1_80],
        TrunkKind::Carrier | TrunkKind::Phones => SUITES.to_vec(),
    };
    Capabilities {
        codecs: trunk.codecs.iter().map(|it| codec(*it)).collect(),
        security,
        suites,
        ice: IceUse::WhenOffered,
        ptime_ms: PTIME_MS,
    }
}

/// Whose offer it is.
#[derive(Clone, Copy)]
enum Offering {
    Ours,
    Theirs,
}

const fn codec(it: trunk::Codec) -> Codec {
    match it {
        trunk::Codec::Pcma => Codec::Pcma,
        trunk::Codec::Pcmu => Codec::Pcmu,
        trunk::Codec::G722 => Codec::G722,
    }
}

/// Whether an offer can be answered, before anything is opened for it.
pub(super) fn is_acceptable(trunk: &Trunk, offer: &[u8]) -> Result<(), Unusable> {
    tandem_transport::description::is_acceptable(&capabilities(trunk, Offering::Theirs), offer)
}

/// Opens a leg for the offer of a trunk's party; answers it with our description.
pub(super) fn answering(
    plane: &Plane,
    conversation: ConversationId,
    trunk: &Trunk,
    offer: &[u8],
) -> Result<(Described, Vec<u8>), Unusable> {
    let capabilities = capabilities(trunk, Offering::Theirs);
    Described::answering(plane, conversation, capabilities, latching(trunk), offer)
}

/// Opens a leg for an offer of ours to a trunk's party.
pub(super) fn offering(
    plane: &Plane,
    conversation: ConversationId,
    trunk: &Trunk,
) -> Result<(Described, Vec<u8>), Unusable> {
    let capabilities = capabilities(trunk, Offering::Ours);
    Described::offering(plane, conversation, capabilities, latching(trunk))
}

/// Phones are behind translators of addresses, in the networks that the trunk names; others are where they say.
fn latching(trunk: &Trunk) -> Latching {
    match trunk.kind {
        TrunkKind::Phones => Latching::Networks(
            super::trunks::networks(trunk)
                .into_iter()
                .map(|(address, prefix)| Network::new(address, prefix))
                .collect(),
        ),
        TrunkKind::Carrier | TrunkKind::Teams => Latching::SignalledNetwork,
    }
}
