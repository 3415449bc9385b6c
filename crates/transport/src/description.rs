//! One party's media: its leg on the media plane, and what is said of it in session descriptions (RFC 3264). A leg keeps
//! its address for the call's life (direct-routing-and-sip.md A.7). Both sides of a call use it: an SBC, and what stands in
//! for its peers. It must not know calls, trunks, or why anybody speaks what they speak.

use crate::media::{
    self, Agreed, Control, ConversationId, Latching, LegId, LegSettings, Plane, Remote, Track,
};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use std::net::{IpAddr, SocketAddr};
use tandem_media::codec;
use tandem_media::leg::Payloads;
use tandem_media::session::Protection;
use tandem_media::srtp::{self, Keys};
use tandem_sip::sdp::{
    self, Capabilities, Codec, Direction, KeyMaterial, Local, Refused, Rtcp, Security,
    SessionDescription,
};

/// Why a party has no media.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// Nothing in common: 488.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// No description: 400.
    #[error("the description cannot be read: {0}")]
    Malformed(#[from] tandem_sip::Error),
    /// No port is free, or the plane has ended: 503.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// Keys that no cipher takes: 488.
    #[error("the keys cannot be used: {0}")]
    Keys(#[from] tandem_media::Error),
    /// A name, or nothing, where an address has to stand: 488.
    #[error("the address of its media is none")]
    Address,
    /// The operating system gives no randomness: 503.
    #[error("there is no randomness")]
    Chance,
}

impl Unusable {
    /// The status that a call is refused with.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Refused(_) | Self::Address | Self::Keys(_) => 488,
            Self::Malformed(_) => 400,
            Self::Media(_) | Self::Chance => 503,
        }
    }
}

/// One party's media.
pub struct Described {
    /// Its leg.
    pub leg: LegId,
    local: Local,
    capabilities: Capabilities,
    /// Ours that is not answered yet.
    offer: Option<SessionDescription>,
    /// What later offers of ours say, once something is agreed on: who speaks without SRTP is not offered it in mid-call.
    agreed: Option<Security>,
}

/// Whether an offer can be answered, before anything is opened for it.
///
/// # Errors
/// [`Unusable`], with the status for it.
pub fn is_acceptable(capabilities: &Capabilities, offer: &[u8]) -> Result<(), Unusable> {
    let offer = SessionDescription::parse(offer)?;
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    let local = local(nowhere, Rtcp::Muxed, capabilities)?;
    sdp::answer(&offer, capabilities, &local)?;
    Ok(())
}

impl Described {
    /// Opens a leg for the other side's offer; answers it with our description.
    ///
    /// # Errors
    /// [`Unusable`], with the status that the call is refused with; no leg is left open.
    pub fn answering(
        plane: &Plane,
        conversation: ConversationId,
        capabilities: Capabilities,
        latching: Latching,
        offer: &[u8],
    ) -> Result<(Self, Vec<u8>), Unusable> {
        let offer = SessionDescription::parse(offer)?;
        let is_muxed = offer
            .media
            .iter()
            .any(|it| it.kind == "audio" && it.is_rtcp_muxed);
        let control = if is_muxed {
            Control::Multiplexed
        } else {
            Control::OwnPort
        };
        let mut described = Self::open(plane, conversation, capabilities, latching, control)?;
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
    ///
    /// # Errors
    /// Where no port is free, or there is no randomness for keys.
    pub fn offering(
        plane: &Plane,
        conversation: ConversationId,
        capabilities: Capabilities,
        latching: Latching,
    ) -> Result<(Self, Vec<u8>), Unusable> {
        let control = Control::OwnPort;
        let mut described = Self::open(plane, conversation, capabilities, latching, control)?;
        let offer = described.offer_again();
        Ok((described, offer))
    }

    fn open(
        plane: &Plane,
        conversation: ConversationId,
        capabilities: Capabilities,
        latching: Latching,
        control: Control,
    ) -> Result<Self, Unusable> {
        let settings = LegSettings {
            control,
            latching,
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
                agreed: None,
            }),
            Err(why) => {
                drop(plane.close_leg(opened.leg));
                Err(why)
            }
        }
    }

    /// A later offer of the other side: a hold, a session refresh. Answered on the same address.
    ///
    /// # Errors
    /// [`Unusable`], with the status that the offer is refused with; what was agreed before stands.
    pub fn agree(&mut self, plane: &Plane, offer: &[u8]) -> Result<Vec<u8>, Unusable> {
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
    pub fn offer_again(&mut self) -> Vec<u8> {
        self.local.version += 1;
        let capabilities = Capabilities {
            security: self.agreed.unwrap_or(self.capabilities.security),
            ..self.capabilities.clone()
        };
        let offer = sdp::offer(&capabilities, &self.local);
        let bytes = offer.to_bytes();
        self.offer = Some(offer);
        bytes
    }

    /// Our later offer with another direction: a hold, or its end.
    pub fn offer_direction(&mut self, direction: Direction) -> Vec<u8> {
        self.local.direction = direction;
        self.offer_again()
    }

    /// The answer to our offer.
    ///
    /// # Errors
    /// [`Unusable`] where it does not fit.
    pub fn accept(&mut self, plane: &Plane, answer: &[u8]) -> Result<(), Unusable> {
        // Early media and the answer may both answer it.
        let offer = self.offer.clone().ok_or(Refused::NotAnAnswer)?;
        let answer = SessionDescription::parse(answer)?;
        let agreed = sdp::accept(&offer, &answer, &self.capabilities, &self.local)?;
        self.update(plane, &agreed)
    }

    fn update(&mut self, plane: &Plane, agreed: &sdp::Agreed) -> Result<(), Unusable> {
        self.agreed = Some(match agreed.srtp {
            Some(_) => Security::Always,
            None => Security::Never,
        });
        // Whether it is in force is of no use to us: what follows is ordered behind it.
        drop(plane.update_leg(self.leg, media_agreed(agreed)?));
        Ok(())
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
