//! Which headers go from one leg of a call to the other. Topology hiding is the default: what no
//! rule lets through stays here. What makes a dialog is never carried over.

use crate::header::{Headers, Name};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    Pass,
    Drop,
    /// Always this value, whatever came.
    Set(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderPolicy {
    pub rules: Vec<(Name, Rule)>,
    /// For headers without a rule.
    pub others: Rule,
}

/// Headers of one dialog, one hop or one side: each leg makes its own.
const OF_A_LEG: [Name; 33] = [
    Name::Via,
    Name::Route,
    Name::RecordRoute,
    Name::Contact,
    Name::From,
    Name::To,
    Name::CallId,
    Name::CSeq,
    Name::MaxForwards,
    Name::ContentLength,
    Name::ContentType,
    Name::ContentEncoding,
    Name::ContentDisposition,
    Name::MimeVersion,
    Name::Allow,
    Name::AllowEvents,
    Name::Accept,
    Name::Supported,
    Name::Require,
    Name::ProxyRequire,
    Name::Unsupported,
    Name::SessionExpires,
    Name::MinSe,
    Name::RSeq,
    Name::RAck,
    Name::Replaces,
    Name::Authorization,
    Name::ProxyAuthorization,
    Name::UserAgent,
    Name::Server,
    Name::Timestamp,
    Name::XMsSbc,
    Name::Expires,
];

impl HeaderPolicy {
    /// Nothing passes that could tell of the network behind us; who calls and why the call came
    /// here is said anew by [`crate::identity`] and [`crate::history`].
    #[must_use]
    pub const fn hiding() -> Self {
        Self {
            rules: Vec::new(),
            others: Rule::Drop,
        }
    }

    /// Everything passes: an emergency call keeps its location and its headers.
    #[must_use]
    pub const fn intact() -> Self {
        Self {
            rules: Vec::new(),
            others: Rule::Pass,
        }
    }

    /// With one more rule.
    #[must_use]
    pub fn with(mut self, name: Name, rule: Rule) -> Self {
        self.rules.push((name, rule));
        self
    }

    /// What the other leg gets.
    #[must_use]
    pub fn apply(&self, from: &Headers) -> Headers {
        let mut to = Headers::default();
        for field in from.iter().filter(|field| !OF_A_LEG.contains(&field.name)) {
            let rule = self.rules.iter().find(|(name, _)| *name == field.name);
            match rule.map_or(&self.others, |(_, rule)| rule) {
                Rule::Pass => to.push(field.name.clone(), field.value()),
                Rule::Drop | Rule::Set(_) => {}
            }
        }
        for (name, rule) in &self.rules {
            if let Rule::Set(value) = rule {
                to.push(name.clone(), value);
            }
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderPolicy, Rule};
    use crate::header::{Headers, Name};

    fn headers() -> Headers {
        let mut headers = Headers::default();
        headers.push(Name::Via, "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1");
        headers.push(Name::RecordRoute, "<sip:inner.example;lr>");
        headers.push(Name::Geolocation, "<cid:loc@x>");
        headers.push(Name::Subject, "secret plan");
        headers.push(Name::UserAgent, "Inner/1");
        headers.push(Name::Other("X-Inner".to_owned()), "10.0.0.7");
        headers
    }

    fn names(headers: &Headers) -> Vec<String> {
        headers.iter().map(|field| field.name.to_string()).collect()
    }

    #[test]
    fn nothing_passes_by_default_and_what_makes_a_leg_never_does() {
        assert!(HeaderPolicy::hiding().apply(&headers()).is_empty());
        assert_eq!(
            names(&HeaderPolicy::intact().apply(&headers())),
            ["Geolocation", "Subject", "X-Inner"]
        );
        let policy = HeaderPolicy::intact()
            .with(Name::Subject, Rule::Set("call".to_owned()))
            .with(Name::Other("x-inner".to_owned()), Rule::Drop)
            .with(Name::Via, Rule::Pass);
        let applied = policy.apply(&headers());
        assert_eq!(names(&applied), ["Geolocation", "Subject"]);
        assert_eq!(applied.get(&Name::Subject), Some("call"));
    }
}
