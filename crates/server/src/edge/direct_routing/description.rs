//! One party's media: its leg on the media plane, and what is said of it in session descriptions (RFC 3264). A leg keeps
//! its address for the call's life (direct-routing-and-sip.md A.7). It must not know calls.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use std::net::{IpAddr, SocketAddr};
use tandem_core::trunk::{self, Trunk, TrunkKind};
use tandem_media::codec;
use tandem_media::leg::Payloads;
use tandem_media::session::Protection;
use tandem_media::srtp::{self, Keys};
use tandem_sip::sdp::{
    self, Capabilities, Codec, Direction, IceUse, KeyMaterial, Local, Refused, Rtcp, Security,
    SessionDescription, Suite,
};
use tandem_transport::media::{
    self, Agreed, Control, ConversationId, Latching, LegId, LegSettings, Network, Plane, Remote,
    Track,
};

/// Why a party has no media.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("the description cannot be read: {0}")]
    Malformed(#[from] tandem_sip::Error),
    #[error(transparent)]
    Media(#[from] media::Error),
    #[error("the keys cannot be used: {0}")]
    Keys(#[from] tandem_media::Error),
    #[error("the address of its media is none")]
    Address,
    #[error("there is no randomness")]
    Chance,
}

impl Unusable {
    /// The status that a call is refused with.
    pub(super) const fn status(&self) -> u16 {
        match self {
            Self::Refused(_) | Self::Address | Self::Keys(_) => 488,
            Self::Malformed(_) => 400,
            Self::Media(_) | Self::Chance => 503,
        }
    }
}

/// One party's media.
pub(super) struct Described {
    pub(super) leg: LegId,
    local: Local,
    capabilities: Capabilities,
    /// Ours that is not answered yet.
    offer: Option<SessionDescription>,
}

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
    let offer = SessionDescription::parse(offer)?;
    let capabilities = capabilities(trunk, Offering::Theirs);
    let local = local(
        SocketAddr::from(([127, 0, 0, 1], 9)),
        Rtcp::Muxed,
        &capabilities,
    )?;
    sdp::answer(&offer, &capabilities, &local)?;
    Ok(())
}

impl Described {
    /// Opens a leg for the other side's offer; answers it with our description.
    pub(super) fn answering(
        plane: &Plane,
        conversation: ConversationId,
        trunk: &Trunk,
        offer: &[u8],
    ) -> Result<(Self, Vec<u8>), Unusable> {
        let offer = SessionDescription::parse(offer)?;
        let capabilities = capabilities(trunk, Offering::Theirs);
        let is_muxed = offer
            .media
            .iter()
            .any(|it| it.kind == "audio" && it.is_rtcp_muxed);
        let control = if is_muxed {
            Control::Multiplexed
        } else {
            Control::OwnPort
        };
        let mut described = Self::open(plane, conversation, trunk, capabilities, control)?;
        let answered = described.answer(plane, &offer);
        match answered {
            Ok(answer) => Ok((described, answer)),
            Err(why) => {
                drop(plane.close_leg(described.leg));
                Err(why)
            }
        }
    }

    /// Opens a leg for an offer of ours.
    pub(super) fn offering(
        plane: &Plane,
        conversation: ConversationId,
        trunk: &Trunk,
    ) -> Result<(Self, Vec<u8>), Unusable> {
        let capabilities = capabilities(trunk, Offering::Ours);
        let mut described = Self::open(plane, conversation, trunk, capabilities, Control::OwnPort)?;
        let offer = described.offer_again();
        Ok((described, offer))
    }

    fn open(
        plane: &Plane,
        conversation: ConversationId,
        trunk: &Trunk,
        capabilities: Capabilities,
        control: Control,
    ) -> Result<Self, Unusable> {
        let settings = LegSettings {
            control,
            latching: latching(trunk),
            track: Track::Own,
            // Media bypass is not spoken.
            ice: None,
            agreed: None,
        };
        let opened = plane.open_leg(conversation, settings)?;
        let rtcp = match opened.control {
            None => Rtcp::Muxed,
            Some(address) => Rtcp::Port(address.port()),
        };
        match local(opened.local, rtcp, &capabilities) {
            Ok(local) => Ok(Self {
                leg: opened.leg,
                local,
                capabilities,
                offer: None,
            }),
            Err(why) => {
                drop(plane.close_leg(opened.leg));
                Err(why)
            }
        }
    }

    /// A later offer of the other side: a hold, a session refresh. Answered on the same address.
    pub(super) fn agree(&mut self, plane: &Plane, offer: &[u8]) -> Result<Vec<u8>, Unusable> {
        let offer = SessionDescription::parse(offer)?;
        self.local.version += 1;
        self.answer(plane, &offer)
    }

    fn answer(&mut self, plane: &Plane, offer: &SessionDescription) -> Result<Vec<u8>, Unusable> {
        let (answer, agreed) = sdp::answer(offer, &self.capabilities, &self.local)?;
        self.update(plane, &agreed)?;
        self.offer = None;
        Ok(answer.to_bytes())
    }

    /// Our offer, when the other side asks for one or we begin.
    pub(super) fn offer_again(&mut self) -> Vec<u8> {
        self.local.version += 1;
        let offer = sdp::offer(&self.capabilities, &self.local);
        let bytes = offer.to_bytes();
        self.offer = Some(offer);
        bytes
    }

    /// The answer to our offer.
    pub(super) fn accept(&mut self, plane: &Plane, answer: &[u8]) -> Result<(), Unusable> {
        // Early media and the answer may both answer it.
        let offer = self.offer.clone().ok_or(Refused::NotAnAnswer)?;
        let answer = SessionDescription::parse(answer)?;
        let agreed = sdp::accept(&offer, &answer, &self.capabilities, &self.local)?;
        self.update(plane, &agreed)
    }

    fn update(&self, plane: &Plane, agreed: &sdp::Agreed) -> Result<(), Unusable> {
        // Whether it is in force is of no use to us: what follows is ordered behind it.
        drop(plane.update_leg(self.leg, media_agreed(agreed)?));
        Ok(())
    }
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

fn local(address: SocketAddr, rtcp: Rtcp, capabilities: &Capabilities) -> Result<Local, Unusable> {
    let chance = SystemRandom::new();
    let mut session = [0; 8];
    chance.fill(&mut session).or(Err(Unusable::Chance))?;
    let mut keys = Vec::new();
    for suite in &capabilities.suites {
        let mut octets = vec![0; suite.n_key_octets()];
        chance.fill(&mut octets).or(Err(Unusable::Chance))?;
        keys.extend(KeyMaterial::new(*suite, &octets).map(|key| (*suite, key)));
    }
    Ok(Local {
        address: address.ip(),
        port: address.port(),
        rtcp,
        // RFC 8866 5.2: a number that other implementations can hold.
        session: u64::from_be_bytes(session) >> 2,
        version: 1,
        direction: Direction::SendReceive,
        keys,
        ice: None,
    })
}

fn media_agreed(agreed: &sdp::Agreed) -> Result<Agreed, Unusable> {
    let codec = match agreed.codec {
        Codec::Pcmu => codec::Codec::Pcmu,
        Codec::Pcma => codec::Codec::Pcma,
        Codec::G722 => codec::Codec::G722,
        // Not among our capabilities.
        Codec::Opus => return Err(Refused::NoCodec.into()),
    };
    let protection = match &agreed.srtp {
        None => Protection::None,
        Some(keys) => {
            let suite = srtp::Suite::from_name(keys.suite.as_str()).ok_or(Refused::NoSecurity)?;
            Protection::Srtp {
                ours: Keys::new(suite, keys.local.octets())?,
                theirs: Keys::new(suite, keys.remote.octets())?,
            }
        }
    };
    let address: IpAddr = agreed.remote_address.parse().or(Err(Unusable::Address))?;
    let at = |port| SocketAddr::new(address, port);
    // Hold as it was once written: there is nowhere to send to.
    let remote = (!address.is_unspecified()).then(|| Remote {
        media: at(agreed.remote_port),
        control: match agreed.remote_rtcp {
            Rtcp::Muxed => None,
            Rtcp::Port(port) => Some(at(port)),
        },
    });
    Ok(Agreed {
        payloads: Payloads {
            codec,
            audio: agreed.payload,
            events: agreed.telephone_event,
            noise: agreed.comfort_noise,
        },
        protection,
        remote,
        direction: match agreed.direction {
            Direction::SendReceive => media::Direction::SendReceive,
            Direction::SendOnly => media::Direction::SendOnly,
            Direction::ReceiveOnly => media::Direction::ReceiveOnly,
            Direction::Inactive => media::Direction::Inactive,
        },
    })
}
