//! Where webhooks may go: https addresses of the public network. Whoever may make webhooks could otherwise
//! have this server ask what only it can reach (server-side request forgery).

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// Bytes of an address.
const URL_BYTES_MAX: usize = 2_000;

/// Where webhooks may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The public network, by https.
    #[default]
    Public,
    /// Anywhere, also by http: the configuration says so.
    Private,
}

/// Why an address is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is none, or too long.
    #[error(
        "write an address such as https://hooks.example.com/tandem, of at most {URL_BYTES_MAX} bytes"
    )]
    NotOne,
    /// It is not https.
    #[error("start it with https://")]
    NotHttps,
    /// It has a username, a password or a fragment.
    #[error("leave out username, password and fragment; deliveries are signed instead")]
    Credentials,
    /// It is an address of a private network.
    #[error(
        "is not on the public network; `webhooks_to_private_addresses` in the configuration allows it"
    )]
    Private,
}

/// The address, if a webhook may go there. Names are looked up at each attempt.
pub(crate) fn check(text: &str, reach: Reach) -> Result<Url, BadAddress> {
    let url = Url::parse(text)
        .ok()
        .filter(|_| text.len() <= URL_BYTES_MAX);
    let url = url.ok_or(BadAddress::NotOne)?;
    let is_plain = url.scheme() == "http" && reach == Reach::Private;
    if url.scheme() != "https" && !is_plain {
        return Err(BadAddress::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(BadAddress::Credentials);
    }
    let address = match url.host().ok_or(BadAddress::NotOne)? {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        Host::Domain(_) => None,
    };
    if reach == Reach::Public && address.is_some_and(|address| !is_public(address)) {
        return Err(BadAddress::Private);
    }
    Ok(url)
}

/// Looks names up and gives public addresses alone, so that a name cannot lead inside at a later time.
pub(super) struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|it| is_public(it.ip())).collect();
            if public.is_empty() {
                return Err(BadAddress::Private.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address can be reached from everywhere (the special-purpose registries of RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

/// Global unicast is 2000::/3; in it, what leads to IPv4 addresses or is for documents is left out.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (a & 0xe000) == 0x2000
        && a != 0x2002
        && !(a == 0x2001 && (b < 0x0200 || b == 0x0db8))
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhook_goes_to_the_public_network_by_https() {
        let public = |text: &str| check(text, Reach::Public).map(|_| ());
        assert_eq!(public("https://hooks.example.com:8443/a?b=c"), Ok(()));
        assert_eq!(public("https://93.184.216.34/"), Ok(()));
        assert_eq!(public("https://[2606:2800:220:1::1]/"), Ok(()));
        assert_eq!(
            public("http://hooks.example.com/"),
            Err(BadAddress::NotHttps)
        );
        assert_eq!(
            public("ftp://hooks.example.com/"),
            Err(BadAddress::NotHttps)
        );
        assert_eq!(
            public("https://a:b@example.com/"),
            Err(BadAddress::Credentials)
        );
        assert_eq!(public("hooks"), Err(BadAddress::NotOne));
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "2130706433",
            "0x7f.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::a00:1]",
            "[2002:a00:1::]",
            "[2001:db8::1]",
            "[ff02::1]",
        ] {
            let found = public(&format!("https://{inside}/"));
            assert_eq!(found, Err(BadAddress::Private), "{inside}");
        }
        assert!(check("http://127.0.0.1:9/x", Reach::Private).is_ok());
    }

    #[tokio::test]
    async fn name_that_leads_inside_is_not_followed() {
        let name: Name = "localhost".parse().unwrap();
        assert!(PublicNames.resolve(name).await.is_err());
    }
}
