//! Trunks of Direct Routing: who is at the other end, the numbers that come by them, and where emergency calls go.
//! Secrets come in by a route of their own and never go out.

pub(super) mod live;
pub(super) mod secret;
pub(super) mod test;

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::ids::TrunkId;
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use tandem_core::trunk::{self, Emergency};
use utoipa::ToSchema;

/// What every page says that shows a trunk of the kind `teams` (B-234).
const UNSUPPORTED: &str = "not certified, unsupported by Microsoft";

/// A trunk.
#[derive(Serialize, ToSchema)]
pub(super) struct Trunk {
    id: u64,
    version: u64,
    #[serde(flatten)]
    body: TrunkSent,
    /// Whose secrets are there, of the digest user and the phones; secrets themselves are never told.
    has_secret: Vec<String>,
    /// What is to be shown with it: trunks toward Teams are "not certified, unsupported by Microsoft".
    support: Option<&'static str>,
}

/// What is sent to create or change a trunk.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TrunkSent {
    name: String,
    /// Whether calls come and go by it.
    #[serde(default = "yes")]
    enabled: bool,
    kind: TrunkKind,
    /// Where it is reached, in order: names or addresses, with a port where it is not the usual one. For Teams the three
    /// proxies; empty for phones, which register.
    #[serde(default)]
    hosts: Vec<String>,
    transport: Transport,
    /// Whether its hosts are asked each minute if they are there. Only for carriers that do not answer OPTIONS it is
    /// not.
    #[serde(default = "yes")]
    is_probed: bool,
    /// From where its calls may come: addresses or networks. Nobody else is answered.
    sources: Vec<String>,
    /// The names of which its certificate must have one; any trusted certificate where there is none.
    #[serde(default)]
    certificate_names: Vec<String>,
    /// Our name toward it; that of the listener when left out. Needed for Teams, which finds the tenant by it.
    #[serde(default)]
    own_name: Option<String>,
    /// As whom its challenges are answered. The secret has a route of its own.
    #[serde(default)]
    digest_user: Option<String>,
    /// What is spoken, the preferred one first.
    #[serde(default = "both_laws")]
    codecs: Vec<Codec>,
    #[serde(default = "offered")]
    srtp: Srtp,
    /// What of one side's messages the other side sees.
    #[serde(default = "hidden")]
    headers: Headers,
    /// How it writes numbers; international with a plus when left out.
    #[serde(default)]
    number_format: NumberFormat,
    /// The numbers that come by it: international with a plus. An endpoint binds one to a flow.
    #[serde(default)]
    numbers: Vec<NumberRange>,
    /// Who may register; for phones.
    #[serde(default)]
    phones: Vec<String>,
    /// Calls at once at most, both ways together: 1 to 20000.
    #[serde(default = "thousand")]
    calls_max: u32,
    /// What becomes of emergency calls of Teams users; for the kind `teams`, and never left out there.
    #[serde(default)]
    emergency: Option<EmergencySent>,
}

/// Who is at the other end: `carrier` (or an SBC before it), `teams` directly, or `phones` that register.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum TrunkKind {
    Carrier,
    Teams,
    Phones,
}

/// How messages travel.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Transport {
    Udp,
    Tcp,
    Tls,
}

/// What is spoken.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Codec {
    Pcma,
    Pcmu,
    G722,
}

/// Whether sound is encrypted: `required` refuses calls without, `offered` takes what the other side offers.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Srtp {
    Required,
    Offered,
    Refused,
}

/// What of one side's messages the other side sees: `hidden` nothing that tells how the inside looks, `intact` all that
/// is not of the connection itself.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Headers {
    Hidden,
    Intact,
}

/// How numbers are written.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NumberFormat {
    #[serde(default)]
    style: NumberStyle,
    /// For `national`: the country's calling code, without a plus.
    #[serde(default)]
    country: String,
    /// For `national`: what stands before a national number, such as `0`.
    #[serde(default)]
    prefix: String,
    /// For `national`: what stands before a number of another country, such as `00`.
    #[serde(default)]
    international_prefix: String,
}

/// `international` with a plus, `digits` without, or `national` as people of one country dial.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum NumberStyle {
    #[default]
    International,
    Digits,
    National,
}

/// Numbers that follow each other.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NumberRange {
    first: String,
    /// The last, of as many digits; the first is alone when left out.
    #[serde(default)]
    last: Option<String>,
    #[serde(default)]
    note: String,
}

/// Either a route, or a waiver that somebody signs.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmergencySent {
    #[serde(default)]
    route: Option<EmergencyRoute>,
    #[serde(default)]
    waived: Option<Waiver>,
}

/// Where emergency calls go, past flows, queues, rules, limits and drains.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmergencyRoute {
    /// A carrier's trunk.
    trunk_id: u64,
    /// The numbers that are emergency calls, as people dial them, such as `112`.
    numbers: Vec<String>,
    /// For how long a call back to the caller's number reaches the caller: 1 to 1440.
    call_back_minutes: u32,
}

/// That there is no way for emergency calls, and who answers for it. On record with the account that saved it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Waiver {
    signed_by: String,
    /// How Teams users reach help instead.
    why: String,
}

const fn yes() -> bool {
    true
}

fn both_laws() -> Vec<Codec> {
    vec![Codec::Pcma, Codec::Pcmu]
}

const fn offered() -> Srtp {
    Srtp::Offered
}

const fn hidden() -> Headers {
    Headers::Hidden
}

const fn thousand() -> u32 {
    1_000
}

settings_routes!(
    Trunk,
    TrunkSent,
    "trunks",
    "/{center}/trunks",
    "/{center}/trunks/{id}"
);

impl Resource for Trunk {
    type Sent = TrunkSent;
    const KIND: Kind = Kind::Trunk;

    fn all(state: &State) -> Vec<Self> {
        let trunks = state.settings.trunks.iter();
        trunks.map(|(id, it)| Self::of(*id, it, state)).collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = TrunkId(id);
        let found = state.settings.trunks.get(&id)?;
        Some(Self::of(id, found, state))
    }

    fn document(sent: TrunkSent, _state: &State) -> Result<Document, Problem> {
        let numbers = sent.numbers.into_iter().map(|it| trunk::NumberRange {
            first: it.first,
            last: it.last,
            note: it.note,
        });
        Ok(Document::Trunk(Box::new(trunk::Trunk {
            name: sent.name,
            enabled: sent.enabled,
            kind: sent.kind.into(),
            hosts: sent.hosts,
            transport: sent.transport.into(),
            is_probed: sent.is_probed,
            sources: sent.sources,
            certificate_names: sent.certificate_names,
            own_name: sent.own_name,
            digest_user: sent.digest_user,
            codecs: sent.codecs.into_iter().map(Into::into).collect(),
            srtp: sent.srtp.into(),
            headers: sent.headers.into(),
            number_format: sent.number_format.into_core()?,
            numbers: numbers.collect(),
            phones: sent.phones,
            calls_max: sent.calls_max,
            emergency: sent.emergency.map(EmergencySent::into_core).transpose()?,
        })))
    }
}

impl Trunk {
    fn of(id: TrunkId, it: &Versioned<trunk::Trunk>, state: &State) -> Self {
        let secrets = state.settings.trunk_secrets.get(&id);
        let has_secret = secrets.into_iter().flat_map(|it| it.keys().cloned());
        let is_teams = it.document.kind == trunk::TrunkKind::Teams;
        Self {
            id: id.0,
            version: it.version,
            has_secret: has_secret.collect(),
            support: is_teams.then_some(UNSUPPORTED),
            body: TrunkSent::of(&it.document),
        }
    }
}

impl TrunkSent {
    fn of(it: &trunk::Trunk) -> Self {
        let numbers = it.numbers.iter().map(|it| NumberRange {
            first: it.first.clone(),
            last: it.last.clone(),
            note: it.note.clone(),
        });
        Self {
            name: it.name.clone(),
            enabled: it.enabled,
            kind: it.kind.into(),
            hosts: it.hosts.clone(),
            transport: it.transport.into(),
            is_probed: it.is_probed,
            sources: it.sources.clone(),
            certificate_names: it.certificate_names.clone(),
            own_name: it.own_name.clone(),
            digest_user: it.digest_user.clone(),
            codecs: it.codecs.iter().map(|it| (*it).into()).collect(),
            srtp: it.srtp.into(),
            headers: it.headers.into(),
            number_format: NumberFormat::of(&it.number_format),
            numbers: numbers.collect(),
            phones: it.phones.clone(),
            calls_max: it.calls_max,
            emergency: it.emergency.as_ref().map(EmergencySent::of),
        }
    }
}

impl NumberFormat {
    fn into_core(self) -> Result<trunk::NumberFormat, Problem> {
        let has_parts = [&self.country, &self.prefix, &self.international_prefix]
            .iter()
            .any(|it| !it.is_empty());
        match self.style {
            NumberStyle::International | NumberStyle::Digits if has_parts => {
                let detail = "has parts that belong to the style national alone; leave them out";
                Err(Problem::invalid("number_format", detail))
            }
            NumberStyle::International => Ok(trunk::NumberFormat::International),
            NumberStyle::Digits => Ok(trunk::NumberFormat::Digits),
            NumberStyle::National => {
                let is_digits =
                    |it: &str| it.len() <= 4 && it.bytes().all(|it| it.is_ascii_digit());
                if self.country.is_empty() || !is_digits(&self.country) {
                    let detail = "is the country's calling code, such as 49";
                    return Err(Problem::invalid("number_format.country", detail));
                }
                if !is_digits(&self.prefix) || !is_digits(&self.international_prefix) {
                    let detail = "has prefixes that are no digits; write 0 and 00, for example";
                    return Err(Problem::invalid("number_format", detail));
                }
                Ok(trunk::NumberFormat::National {
                    country: self.country,
                    prefix: self.prefix,
                    international_prefix: self.international_prefix,
                })
            }
        }
    }

    fn of(it: &trunk::NumberFormat) -> Self {
        match it {
            trunk::NumberFormat::International => Self::default(),
            trunk::NumberFormat::Digits => Self {
                style: NumberStyle::Digits,
                ..Self::default()
            },
            trunk::NumberFormat::National {
                country,
                prefix,
                international_prefix,
            } => Self {
                style: NumberStyle::National,
                country: country.clone(),
                prefix: prefix.clone(),
                international_prefix: international_prefix.clone(),
            },
        }
    }
}

impl EmergencySent {
    fn into_core(self) -> Result<Emergency, Problem> {
        match (self.route, self.waived) {
            (Some(route), None) => Ok(Emergency::Route(trunk::EmergencyRoute {
                trunk: TrunkId(route.trunk_id),
                numbers: route.numbers,
                call_back_minutes: route.call_back_minutes,
            })),
            (None, Some(waiver)) => Ok(Emergency::Waived(trunk::Waiver {
                signed_by: waiver.signed_by,
                why: waiver.why,
            })),
            (Some(_), Some(_)) | (None, None) => {
                let detail = "write either route or waived";
                Err(Problem::invalid("emergency", detail))
            }
        }
    }

    fn of(it: &Emergency) -> Self {
        match it {
            Emergency::Route(route) => Self {
                route: Some(EmergencyRoute {
                    trunk_id: route.trunk.0,
                    numbers: route.numbers.clone(),
                    call_back_minutes: route.call_back_minutes,
                }),
                waived: None,
            },
            Emergency::Waived(waiver) => Self {
                route: None,
                waived: Some(Waiver {
                    signed_by: waiver.signed_by.clone(),
                    why: waiver.why.clone(),
                }),
            },
        }
    }
}

/// Words of the API and words of the core that are the same.
macro_rules! same_words {
    ($($word:ident { $($variant:ident),+ })+) => {$(
        impl From<$word> for trunk::$word {
            fn from(it: $word) -> Self {
                match it {
                    $($word::$variant => Self::$variant,)+
                }
            }
        }

        impl From<trunk::$word> for $word {
            fn from(it: trunk::$word) -> Self {
                match it {
                    $(trunk::$word::$variant => Self::$variant,)+
                }
            }
        }
    )+};
}

same_words! {
    TrunkKind { Carrier, Teams, Phones }
    Transport { Udp, Tcp, Tls }
    Codec { Pcma, Pcmu, G722 }
    Srtp { Required, Offered, Refused }
    Headers { Hidden, Intact }
}
