//! What a trunk must be to be saved. What it is for decides what it needs: Teams has its own demands (A.4, A.5, B-236).

use super::{
    Emergency, EmergencyRoute, Headers, Phone, Srtp, Transport, Trunk, TrunkKind, is_international,
};
use crate::flow::{in_range, invalid};
use crate::ids::TrunkId;
use crate::limits;
use crate::refusal::Refusal;
use crate::settings::{Settings, name, unique};
use std::collections::BTreeSet;

/// The proxies of Teams that there are no more (A.1).
const RETIRED: &str = "sip-all.pstnhub.microsoft.com";

impl Settings {
    pub(crate) fn validate_trunk(&self, id: Option<u64>, trunk: &Trunk) -> Result<(), Refusal> {
        name("name", &trunk.name)?;
        let others = || {
            let all = self.trunks.iter();
            all.filter(|(other, _)| Some(other.0) != id)
        };
        let is_twin = others().any(|(_, it)| it.document.name.eq_ignore_ascii_case(&trunk.name));
        unique("name", is_twin)?;
        trunk.validate()?;
        for (n, range) in trunk.numbers.iter().enumerate() {
            let taken =
                others().find(|(_, it)| it.document.numbers.iter().any(|it| it.meets(range)));
            if let Some((_, it)) = taken {
                let detail = format!(
                    "are numbers of the trunk \"{}\" too; a number comes by one",
                    it.document.name
                );
                return Err(invalid(&format!("numbers[{n}]"), detail));
            }
        }
        let before = id.and_then(|id| self.trunks.get(&TrunkId(id)));
        if let Some(before) = before {
            let goes =
                |number: &str| before.document.has_number(number) && !trunk.has_number(number);
            if let Some(user) = self.numbers_used(goes) {
                let detail = format!("lack the number of {user}; change that one first");
                return Err(invalid("numbers", detail));
            }
        }
        match &trunk.emergency {
            Some(Emergency::Route(route)) => self.validate_route(id, route),
            Some(Emergency::Waived(_)) | None => Ok(()),
        }
    }

    fn validate_route(&self, id: Option<u64>, route: &EmergencyRoute) -> Result<(), Refusal> {
        let field = "emergency.route.trunk_id";
        let to = self
            .trunks
            .get(&route.trunk)
            .filter(|_| Some(route.trunk.0) != id);
        match to.map(|it| &it.document) {
            Some(to) if to.kind == TrunkKind::Carrier && to.enabled => Ok(()),
            Some(_) => Err(invalid(
                field,
                "is no enabled trunk of a carrier; emergency calls need one".to_owned(),
            )),
            None => Err(invalid(
                field,
                format!("there is no other trunk {}", route.trunk),
            )),
        }
    }

    /// A phone of an agent's must be one that the trunk can reach.
    pub(crate) fn validate_phone(&self, phone: &Phone) -> Result<(), Refusal> {
        let Some(trunk) = self.trunks.get(&phone.trunk) else {
            return Err(invalid(
                "phone.trunk_id",
                format!("there is no trunk {}", phone.trunk),
            ));
        };
        let is_known = match trunk.document.kind {
            TrunkKind::Phones => trunk.document.phones.contains(&phone.user),
            TrunkKind::Carrier | TrunkKind::Teams => is_international(&phone.user),
        };
        if is_known {
            return Ok(());
        }
        let detail = match trunk.document.kind {
            TrunkKind::Phones => "is none of the phones of this trunk; add it there first",
            TrunkKind::Carrier | TrunkKind::Teams => {
                "write the number with + and the country, for example +14255550123"
            }
        };
        Err(invalid("phone.user", detail.to_owned()))
    }
}

impl Trunk {
    fn validate(&self) -> Result<(), Refusal> {
        self.validate_hosts()?;
        self.validate_sources()?;
        self.validate_identity()?;
        self.validate_numbers()?;
        if self.codecs.is_empty() || self.codecs.len() > 3 {
            return Err(invalid("codecs", "name one to three".to_owned()));
        }
        if self.headers == Headers::Intact {
            let detail = "is not built: what the other side sees is always `hidden`";
            return Err(invalid("headers", detail.to_owned()));
        }
        in_range("calls_max", self.calls_max, 1, limits::TRUNK_CALLS_MAX)?;
        match self.kind {
            TrunkKind::Teams => self.validate_teams(),
            TrunkKind::Carrier | TrunkKind::Phones if self.emergency.is_some() => {
                let detail = "is for trunks toward Teams alone: others bring no emergency calls of Teams users";
                Err(invalid("emergency", detail.to_owned()))
            }
            TrunkKind::Carrier | TrunkKind::Phones => Ok(()),
        }
    }

    fn validate_hosts(&self) -> Result<(), Refusal> {
        let (least, most) = match self.kind {
            TrunkKind::Phones => (0, 0),
            TrunkKind::Carrier | TrunkKind::Teams => (1, limits::TRUNK_HOSTS_MAX),
        };
        if !(least..=most).contains(&self.hosts.len()) {
            let detail = match self.kind {
                TrunkKind::Phones => {
                    "must be empty: phones register, and are reached where they did".to_owned()
                }
                TrunkKind::Carrier | TrunkKind::Teams => {
                    format!("name {least} to {most}, in order")
                }
            };
            return Err(invalid("hosts", detail));
        }
        for (n, host) in self.hosts.iter().enumerate() {
            if !is_host(host) {
                let detail = "write a name or an address, with a port where it is not the usual one: sip.example.com:5060";
                return Err(invalid(&format!("hosts[{n}]"), detail.to_owned()));
            }
        }
        Ok(())
    }

    fn validate_sources(&self) -> Result<(), Refusal> {
        if self.sources.is_empty() || self.sources.len() > limits::TRUNK_SOURCES_MAX {
            let detail = "name the networks that calls may come from, such as 203.0.113.0/24; nobody else is answered";
            return Err(invalid("sources", detail.to_owned()));
        }
        for (n, source) in self.sources.iter().enumerate() {
            if !is_network(source) {
                let detail = "write an address or a network, such as 203.0.113.7 or 203.0.113.0/24";
                return Err(invalid(&format!("sources[{n}]"), detail.to_owned()));
            }
        }
        Ok(())
    }

    fn validate_identity(&self) -> Result<(), Refusal> {
        for (n, it) in self.certificate_names.iter().enumerate() {
            if !is_host(it) || it.contains(':') {
                return Err(invalid(
                    &format!("certificate_names[{n}]"),
                    "is not the name of a host".to_owned(),
                ));
            }
        }
        if self.certificate_names.len() > limits::TRUNK_HOSTS_MAX {
            return Err(invalid("certificate_names", "are too many".to_owned()));
        }
        if !self.certificate_names.is_empty() && self.transport != Transport::Tls {
            let detail = "need the transport tls: others show no certificate";
            return Err(invalid("certificate_names", detail.to_owned()));
        }
        if self
            .own_name
            .as_ref()
            .is_some_and(|it| !is_host(it) || it.contains(':'))
        {
            return Err(invalid("own_name", "is not the name of a host".to_owned()));
        }
        let mut named = BTreeSet::new();
        let is_user = |it: &str| {
            let len = it.chars().count();
            (1..=64).contains(&len)
                && it
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c))
        };
        if self.phones.len() > limits::TRUNK_PHONES_MAX {
            let max = limits::TRUNK_PHONES_MAX;
            return Err(Refusal::LimitReached {
                what: "phones of a trunk",
                max,
            });
        }
        if !self.phones.is_empty() && self.kind != TrunkKind::Phones {
            return Err(invalid(
                "phones",
                "register at trunks of the kind phones alone".to_owned(),
            ));
        }
        for user in self.users() {
            if !is_user(user) {
                let detail = format!("\"{user}\" has to be 1 to 64 letters, digits, and - _ . +");
                return Err(invalid("phones", detail));
            }
            if !named.insert(user) {
                return Err(invalid("phones", format!("\"{user}\" stands there twice")));
            }
        }
        Ok(())
    }

    fn validate_numbers(&self) -> Result<(), Refusal> {
        if self.numbers.len() > limits::TRUNK_RANGES_MAX {
            let max = limits::TRUNK_RANGES_MAX;
            return Err(Refusal::LimitReached {
                what: "ranges of numbers of a trunk",
                max,
            });
        }
        for (n, range) in self.numbers.iter().enumerate() {
            let field = format!("numbers[{n}]");
            let last = range.last.as_ref().unwrap_or(&range.first);
            if !is_international(&range.first) || !is_international(last) {
                let detail = "write numbers with + and the country, for example +14255550123";
                return Err(invalid(&field, detail.to_owned()));
            }
            if range.first.len() != last.len() || *last < range.first {
                return Err(invalid(
                    &field,
                    "ends before it begins, or has another length".to_owned(),
                ));
            }
            if self.numbers.iter().take(n).any(|it| it.meets(range)) {
                return Err(invalid(
                    &field,
                    "has numbers that stand there already".to_owned(),
                ));
            }
            if range.note.chars().count() > limits::NAME_CHARS_MAX {
                return Err(invalid(&field, "has a note that is too long".to_owned()));
            }
        }
        Ok(())
    }

    /// SIP over TLS, SRTP, a name of our own, and a way for emergency calls, or somebody who answers for it.
    fn validate_teams(&self) -> Result<(), Refusal> {
        if self.transport != Transport::Tls {
            return Err(invalid(
                "transport",
                "has to be tls: Teams speaks nothing else".to_owned(),
            ));
        }
        if self.srtp != Srtp::Required {
            return Err(invalid(
                "srtp",
                "has to be required: Teams speaks nothing else".to_owned(),
            ));
        }
        if !self.is_probed {
            let detail = "has to be true: Teams sends no calls to whom it has not heard by OPTIONS";
            return Err(invalid("is_probed", detail.to_owned()));
        }
        if self.own_name.is_none() {
            let detail = "is missing: Teams finds the tenant by it; write the FQDN of the SBC as it stands in Teams";
            return Err(invalid("own_name", detail.to_owned()));
        }
        if self.hosts.iter().any(|it| it.starts_with(RETIRED)) {
            let detail = "sip-all.pstnhub.microsoft.com is unsupported since June 2022; name sip, sip2 and sip3";
            return Err(invalid("hosts", detail.to_owned()));
        }
        match &self.emergency {
            None => {
                let detail = "is missing: name the trunk that emergency calls of Teams users go to, or have it waived: \
                              who answers for it, and how they reach help instead";
                Err(invalid("emergency", detail.to_owned()))
            }
            Some(Emergency::Waived(waiver)) => {
                name("emergency.waived.signed_by", &waiver.signed_by)?;
                if waiver.why.trim().chars().count() < 10 || waiver.why.len() > 1_000 {
                    let detail =
                        "write in 10 to 1000 characters how Teams users reach help instead";
                    return Err(invalid("emergency.waived.why", detail.to_owned()));
                }
                Ok(())
            }
            Some(Emergency::Route(route)) => route.validate(),
        }
    }
}

impl EmergencyRoute {
    fn validate(&self) -> Result<(), Refusal> {
        if self.numbers.is_empty() || self.numbers.len() > limits::EMERGENCY_NUMBERS_MAX {
            let detail =
                "name the numbers of the countries whose users call by this trunk, such as 112";
            return Err(invalid("emergency.route.numbers", detail.to_owned()));
        }
        for (n, number) in self.numbers.iter().enumerate() {
            let digits = number.strip_prefix('+').unwrap_or(number);
            let is_short =
                (2..=8).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
            if !is_short {
                let detail = "is no emergency number: write two to eight digits";
                return Err(invalid(
                    &format!("emergency.route.numbers[{n}]"),
                    detail.to_owned(),
                ));
            }
        }
        in_range(
            "emergency.route.call_back_minutes",
            self.call_back_minutes,
            1,
            1_440,
        )
    }
}

/// A name or an address, with or without a port.
fn is_host(text: &str) -> bool {
    if text.parse::<std::net::IpAddr>().is_ok() || text.parse::<std::net::SocketAddr>().is_ok() {
        return true;
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let is_label = |it: &str| {
        (1..=63).contains(&it.len())
            && it
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'-')
            && !it.starts_with('-')
            && !it.ends_with('-')
    };
    host.len() <= 253
        && host.split('.').all(is_label)
        && port.is_none_or(|it| it.parse::<u16>().is_ok_and(|it| it > 0))
}

fn is_network(text: &str) -> bool {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<std::net::IpAddr>() else {
        return false;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|it| it.parse::<u8>().is_ok_and(|it| it <= most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trunk::{Codec, Headers, NumberFormat, Waiver};

    fn toward_teams() -> Trunk {
        Trunk {
            name: "Teams".to_owned(),
            enabled: true,
            kind: TrunkKind::Teams,
            hosts: ["sip", "sip2", "sip3"]
                .map(|it| format!("{it}.pstnhub.microsoft.com:5061"))
                .into(),
            transport: Transport::Tls,
            is_probed: true,
            sources: vec!["52.112.0.0/14".to_owned()],
            certificate_names: Vec::new(),
            own_name: Some("sbc.contoso.com".to_owned()),
            digest_user: None,
            codecs: vec![Codec::Pcma],
            srtp: Srtp::Required,
            headers: Headers::Hidden,
            number_format: NumberFormat::International,
            numbers: Vec::new(),
            phones: Vec::new(),
            calls_max: 100,
            emergency: Some(Emergency::Waived(Waiver {
                signed_by: "Ada Lovelace".to_owned(),
                why: "Everybody has a mobile phone at work.".to_owned(),
            })),
        }
    }

    fn field(trunk: &Trunk) -> String {
        match Settings::default().validate_trunk(None, trunk) {
            Ok(()) => String::new(),
            Err(Refusal::Invalid { field, .. }) => field,
            Err(other) => format!("{other:?}"),
        }
    }

    // B-236
    #[test]
    fn trunk_toward_teams_needs_an_emergency_route_or_a_signed_waiver() {
        let trunk = toward_teams();
        assert_eq!(field(&trunk), "");
        let without = Trunk {
            emergency: None,
            ..trunk.clone()
        };
        assert_eq!(field(&without), "emergency");
        let unsigned = Waiver {
            signed_by: String::new(),
            why: "no reason to be named".to_owned(),
        };
        let unsigned = Trunk {
            emergency: Some(Emergency::Waived(unsigned)),
            ..trunk.clone()
        };
        assert_eq!(field(&unsigned), "emergency.waived.signed_by");
        let route = EmergencyRoute {
            trunk: TrunkId(9),
            numbers: vec!["112".to_owned()],
            call_back_minutes: 30,
        };
        let nowhere = Trunk {
            emergency: Some(Emergency::Route(route)),
            ..trunk
        };
        assert_eq!(field(&nowhere), "emergency.route.trunk_id");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_field() {
        type Wrong = fn(&mut Trunk);
        let wrongs: [(Wrong, &str); 13] = [
            (|it| it.transport = Transport::Udp, "transport"),
            (|it| it.srtp = Srtp::Offered, "srtp"),
            (|it| it.is_probed = false, "is_probed"),
            (|it| it.own_name = None, "own_name"),
            (|it| it.hosts = vec!["a b".to_owned()], "hosts[0]"),
            (|it| it.hosts = vec![format!("{RETIRED}:5061")], "hosts"),
            (|it| it.sources.clear(), "sources"),
            (
                |it| it.sources = vec!["10.0.0.0/33".to_owned()],
                "sources[0]",
            ),
            (|it| it.phones = vec!["anna".to_owned()], "phones"),
            (|it| it.codecs.clear(), "codecs"),
            (|it| it.calls_max = 0, "calls_max"),
            (|it| it.headers = Headers::Intact, "headers"),
            (|it| it.kind = TrunkKind::Carrier, "emergency"),
        ];
        for (wrong, expected) in wrongs {
            let mut trunk = toward_teams();
            wrong(&mut trunk);
            assert_eq!(field(&trunk), expected);
        }
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        for host in [
            "a.example",
            "a.example:5070",
            "127.0.0.1:5060",
            "[::1]:5060",
            "::1",
            "localhost",
        ] {
            assert!(is_host(host), "{host}");
        }
        for text in ["", ":5060", "a..b", "-a", "a:0", "a:x", "sip:a@b"] {
            assert!(!is_host(text), "{text}");
        }
    }
}
