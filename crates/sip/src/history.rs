//! Whom a call was meant for before it came here: History-Info (RFC 7044) and Diversion (RFC 5806),
//! and each made of the other (RFC 7544). Teams writes and reads the first (Direct Routing A.5).

use crate::Error;
use crate::header::{Address, Headers, Name};
use crate::uri::Uri;

/// Entries of one call at most.
pub const DIVERTED_MAX: usize = 20;

/// One target that the call was sent on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diverted {
    pub from: Uri,
    /// Why, as a status (RFC 4458): 302 always, 486 busy, 408 no answer ...
    pub cause: Option<u16>,
}

/// RFC 7544 7.3: reasons of Diversion and causes of History-Info.
const CAUSES: [(&str, u16); 6] = [
    ("unknown", 404),
    ("user-busy", 486),
    ("no-answer", 408),
    ("unconditional", 302),
    ("deflection", 480),
    ("unavailable", 503),
];

/// Everybody the call was sent on from, the first first; out of whichever header there is.
pub fn diverted(headers: &Headers) -> Result<Vec<Diverted>, Error> {
    let entries = headers.addresses(&Name::HistoryInfo)?;
    let diversions = headers.addresses(&Name::Diversion)?;
    if entries.len().max(diversions.len()) > DIVERTED_MAX {
        return Err(Error::Limit("diversions of a call"));
    }
    if entries.is_empty() {
        // RFC 5806 6: the latest stands on top.
        return Ok(diversions.into_iter().rev().map(of_diversion).collect());
    }
    // The last entry is where the call is now; why it went on stands with the one it went to.
    let causes = entries.iter().skip(1).map(cause_of_entry);
    Ok(entries
        .iter()
        .zip(causes)
        .map(|(entry, cause)| Diverted {
            from: without_headers(&entry.uri),
            cause,
        })
        .collect())
}

fn of_diversion(address: Address) -> Diverted {
    let reason = address
        .params
        .get("reason")
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned();
    let known = CAUSES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(&reason));
    Diverted {
        from: without_headers(&address.uri),
        cause: known.map(|(_, cause)| *cause),
    }
}

fn cause_of_entry(entry: &Address) -> Option<u16> {
    let uri = entry.uri.as_sip()?;
    uri.params.get("cause").and_then(crate::scan::number)
}

fn without_headers(uri: &Uri) -> Uri {
    match uri {
        Uri::Sip(sip) => {
            let mut plain = sip.clone();
            plain.headers = None;
            Uri::Sip(plain)
        }
        other @ (Uri::Tel(_) | Uri::Other(_)) => other.clone(),
    }
}

/// Values of History-Info that end with the target of the call.
#[must_use]
pub fn history_info(diverted: &[Diverted], target: &Uri) -> Vec<String> {
    let mut index = String::from("1");
    let mut cause = None;
    let mut values = Vec::new();
    for (uri, next) in diverted
        .iter()
        .map(|one| (&one.from, one.cause))
        .chain([(target, None)])
    {
        values.push(format!("<{}>;index={index}", with_cause(uri, cause)));
        index.push_str(".1");
        cause = next;
    }
    values
}

fn with_cause(uri: &Uri, cause: Option<u16>) -> Uri {
    match (uri, cause) {
        (Uri::Sip(sip), Some(cause)) => {
            let mut sip = sip.clone();
            sip.params.set("cause", Some(&cause.to_string()));
            Uri::Sip(sip)
        }
        (Uri::Sip(_) | Uri::Tel(_) | Uri::Other(_), _) => uri.clone(),
    }
}

/// Values of Diversion, the latest first, for carriers that read nothing else.
#[must_use]
pub fn diversion(diverted: &[Diverted]) -> Vec<String> {
    let value = |one: &Diverted| {
        let known = CAUSES.iter().find(|(_, cause)| Some(*cause) == one.cause);
        format!(
            "<{}>;reason={}",
            one.from,
            known.map_or("unknown", |(reason, _)| reason)
        )
    };
    diverted.iter().rev().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::{diversion, diverted, history_info};
    use crate::Error;
    use crate::header::{Headers, Name};
    use crate::uri::Uri;

    // RFC 7544 A: both ways, order turned round
    #[test]
    fn each_of_the_two_headers_is_made_of_the_other() {
        let mut headers = Headers::default();
        headers.push(
            Name::Diversion,
            "<sip:+432@a.example>;reason=no-answer, <sip:+431@a.example>;reason=user-busy",
        );
        let known = diverted(&headers).unwrap();
        let target = Uri::parse("sip:+433@b.example").unwrap();
        let values = history_info(&known, &target);
        assert_eq!(
            values,
            [
                "<sip:+431@a.example>;index=1",
                "<sip:+432@a.example;cause=486>;index=1.1",
                "<sip:+433@b.example;cause=408>;index=1.1.1",
            ]
        );
        let mut back = Headers::default();
        back.push(Name::HistoryInfo, values.join(", "));
        let causes: Vec<_> = diverted(&back)
            .unwrap()
            .iter()
            .map(|one| one.cause)
            .collect();
        assert_eq!(causes, [Some(486), Some(408)]);
        assert_eq!(
            diversion(&known).join(", "),
            headers.get(&Name::Diversion).unwrap()
        );
    }

    #[test]
    fn endless_and_broken_histories_are_errors() {
        let mut headers = Headers::default();
        headers.push(Name::Diversion, ["<sip:a@b>"; 21].join(","));
        assert_eq!(
            diverted(&headers),
            Err(Error::Limit("diversions of a call"))
        );
        headers.set(&Name::Diversion, "<sip:a@b");
        assert!(diverted(&headers).is_err());
        assert_eq!(diverted(&Headers::default()), Ok(Vec::new()));
    }
}
