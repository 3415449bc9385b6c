//! TLS: names, certificates of both sides, and new ones while calls are up.

use crate::phone::{Line, Manner, loopback, settings};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tandem_sip::user_agent::Cause;
use tandem_transport::sip::{
    ClientCertificates, ClientTls, Closing, Dropped, Identity, Kind, Listen, ListenerId, Names,
    Roots, ServerTls, Settings, TlsError,
};

/// A certificate authority of a test.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Authority of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// Certificate and key as PEM.
    pub(crate) fn certified(
        &self,
        names: &[&str],
        purposes: &[ExtendedKeyUsagePurpose],
    ) -> (String, String) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "Side of a test");
        params.extended_key_usages = purposes.to_vec();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    pub(crate) fn identity(&self, names: &[&str]) -> Identity {
        self.identity_for(
            names,
            &[
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::ClientAuth,
            ],
        )
    }

    fn identity_for(&self, names: &[&str], purposes: &[ExtendedKeyUsagePurpose]) -> Identity {
        let (chain, key) = self.certified(names, purposes);
        Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap()
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots::from_pem(self.pem.as_bytes()).unwrap()
    }

    /// A side of this name that everybody may call, and that shows its certificate to everybody.
    fn side(&self, name: &str, clients: ClientCertificates) -> Settings {
        let identity = self.identity(&[name]);
        let server = ServerTls::new(vec![identity.clone()], clients).unwrap();
        let client = ClientTls::new(self.roots(), Some(identity)).unwrap();
        let mut settings = settings(Kind::Tls(server));
        settings.client = Some(client);
        settings
    }
}

async fn pair(authority: &Authority, clients: &ClientCertificates) -> (Line, Line) {
    let alice = authority.side("alice.example", clients.clone());
    let bob = authority.side("bob.example", clients.clone());
    let alice = Line::start_as("alice.example", alice, Manner::Talks).await;
    let bob = Line::start_as("bob.example", bob, Manner::Talks).await;
    alice.introduce(&bob).await;
    (alice, bob)
}

#[tokio::test]
async fn call_over_tls_goes_both_ways_and_names_who_called_where_they_say_so() {
    let authority = Authority::new();
    let roots = authority.roots();
    for (clients, named) in [
        (ClientCertificates::NotAsked, vec![]),
        (
            ClientCertificates::Optional(roots.clone()),
            vec!["alice.example"],
        ),
        (
            ClientCertificates::Required(roots.clone()),
            vec!["alice.example"],
        ),
    ] {
        let (mut alice, mut bob) = pair(&authority, &clients).await;
        let call = alice.call(&bob).await;
        let (_, seen_by_alice) = alice.until_link().await;
        assert_eq!(seen_by_alice.names, ["bob.example"]);
        let (_, seen_by_bob) = bob.until_link().await;
        assert_eq!(seen_by_bob.names, named, "{clients:?}");
        assert_eq!(seen_by_bob.listener, Some(ListenerId(0)));
        assert_eq!(alice.until_answered().await, call);
        let bobs = bob.until_confirmed().await;
        bob.hang_up(bobs).await;
        assert_eq!(alice.until_ended().await, Cause::HungUp);
        assert_eq!(
            alice.counts().await.n_accepted,
            1,
            "his BYE came by his own"
        );
        bob.stop().await;
    }
}

#[tokio::test]
async fn without_a_good_certificate_there_is_no_call_and_both_are_told() {
    let authority = Authority::new();
    let stranger = Authority::new();
    let required = ClientCertificates::Required(authority.roots());
    let mut bob = Line::start_as(
        "bob.example",
        authority.side("bob.example", required),
        Manner::Talks,
    )
    .await;
    let foreign = stranger.identity(&["alice.example"]);
    for identity in [None, Some(foreign)] {
        let mut settings = settings(Kind::Tcp);
        settings.client = Some(ClientTls::new(authority.roots(), identity).unwrap());
        let mut alice = Line::start(settings, Manner::Talks).await;
        alice.introduce(&bob).await;
        alice.transport = tandem_sip::flow::Transport::Tls;
        alice.call(&bob).await;
        assert_eq!(alice.until_ended().await, Cause::Unreachable);
        let why = bob.until_closed("refused handshake").await;
        assert!(matches!(why, Closing::Handshake(_)), "{why:?}");
    }
    bob.until_counts("all refused", |counts| {
        counts.n_dropped(Dropped::Handshake) >= 2 && counts.n_accepted == 0
    })
    .await;
}

#[tokio::test]
async fn whoever_has_not_the_name_that_was_called_is_not_talked_to() {
    let authority = Authority::new();
    let (mut alice, bob) = pair(&authority, &ClientCertificates::NotAsked).await;
    let mut names = Names::default();
    names.set("carol.example", vec![bob.address]);
    alice.handle.set_names(names).await.unwrap();
    alice.call_to("carol.example", bob.address.port()).await;
    let why = alice.until_closed("closed connection").await.to_string();
    assert!(
        why.contains("certificate") && why.contains("carol.example"),
        "{why}"
    );
    assert_eq!(alice.until_ended().await, Cause::Unreachable);
}

// Direct Routing A.2: public authorities no longer issue the purpose of client authentication
#[tokio::test]
async fn certificate_for_servers_alone_is_good_enough_for_a_proxy_that_calls() {
    let authority = Authority::new();
    let required = ClientCertificates::Required(authority.roots());
    let mut bob = Line::start_as(
        "bob.example",
        authority.side("bob.example", required),
        Manner::Talks,
    )
    .await;
    let identity = authority.identity_for(&["sip.example"], &[ExtendedKeyUsagePurpose::ServerAuth]);
    let mut settings = settings(Kind::Tcp);
    settings.client = Some(ClientTls::new(authority.roots(), Some(identity)).unwrap());
    let mut alice = Line::start(settings, Manner::Talks).await;
    alice.transport = tandem_sip::flow::Transport::Tls;
    alice.introduce(&bob).await;
    alice.call(&bob).await;
    let (_, peer) = bob.until_link().await;
    assert_eq!(peer.names, ["sip.example"]);
    alice.until_answered().await;
    bob.until_confirmed().await;
}

#[tokio::test]
async fn new_certificates_are_shown_to_the_next_and_calls_that_are_up_stay() {
    let authority = Authority::new();
    let (mut alice, mut bob) = pair(&authority, &ClientCertificates::NotAsked).await;
    let call = alice.call(&bob).await;
    let (old, _) = alice.until_link().await;
    alice.until_answered().await;
    bob.until_confirmed().await;

    let renewed = authority.identity(&["bob.example", "renewed.example"]);
    let tls = ServerTls::new(vec![renewed], ClientCertificates::NotAsked).unwrap();
    bob.handle.set_server_tls(ListenerId(0), tls).await.unwrap();
    let client = ClientTls::new(authority.roots(), None).unwrap();
    alice.handle.set_client_tls(Some(client)).await.unwrap();

    let second = alice.call(&bob).await;
    let (new, peer) = alice.until_link().await;
    assert_ne!(new, old);
    assert_eq!(peer.names, ["bob.example", "renewed.example"]);
    assert_eq!(alice.until_answered().await, second);
    let is_up = alice.act(move |side| side.peer(old).is_some()).await;
    assert!(is_up, "the old connection stands");
    assert_eq!(bob.counts().await.n_accepted, 2);
    alice.hang_up(call).await;
    assert_eq!(bob.until_ended().await, Cause::HungUp);
    alice.hang_up(second).await;
    assert_eq!(bob.until_ended().await, Cause::HungUp);
}

// RFC 6066 3; Direct Routing A.2: a star is one label
#[tokio::test]
async fn certificate_is_the_one_of_the_name_that_is_asked_for() {
    let authority = Authority::new();
    let identities = vec![
        authority.identity(&["first.example"]),
        authority.identity(&["sbc.contoso.example"]),
        authority.identity(&["*.customers.example"]),
    ];
    let tls = ServerTls::new(identities, ClientCertificates::NotAsked).unwrap();
    let bob = Line::start(settings(Kind::Tls(tls)), Manner::Talks).await;
    for (asked, expected) in [
        ("sbc.contoso.example", Some("sbc.contoso.example")),
        ("SBC.Contoso.Example", Some("sbc.contoso.example")),
        ("tenant1.customers.example", Some("*.customers.example")),
        ("first.example", Some("first.example")),
        ("x.tenant1.customers.example", None),
    ] {
        let mut settings = settings(Kind::Tcp);
        settings.client = Some(ClientTls::new(authority.roots(), None).unwrap());
        settings.names.set(asked, vec![bob.address]);
        let mut alice = Line::start(settings, Manner::Talks).await;
        alice.transport = tandem_sip::flow::Transport::Tls;
        alice.call_to(asked, bob.address.port()).await;
        match expected {
            Some(expected) => {
                let (_, peer) = alice.until_link().await;
                assert_eq!(peer.names, [expected], "{asked}");
            }
            None => assert_eq!(alice.until_ended().await, Cause::Unreachable, "{asked}"),
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_said() {
    let authority = Authority::new();
    let purposes = [ExtendedKeyUsagePurpose::ServerAuth];
    let (chain, key) = authority.certified(&["a.example"], &purposes);
    let (_, other_key) = authority.certified(&["b.example"], &purposes);
    let read = |chain: &str, key: &str| Identity::from_pem(chain.as_bytes(), key.as_bytes());
    assert_eq!(read("", &key).unwrap_err(), TlsError::NoCertificate);
    assert_eq!(read(&chain, "").unwrap_err(), TlsError::NoKey);
    assert_eq!(read(&chain, &chain).unwrap_err(), TlsError::NoKey);
    assert!(matches!(read(&chain, &other_key), Err(TlsError::Key(_))));
    assert!(matches!(
        Roots::from_pem(b"").unwrap_err(),
        TlsError::NoCertificate
    ));
    let none = ServerTls::new(Vec::new(), ClientCertificates::NotAsked);
    assert_eq!(none.unwrap_err(), TlsError::NoIdentity);
    let identity = read(&chain, &key).unwrap();
    assert_eq!(identity.names(), ["a.example"]);
    let plain = Line::start(
        Settings::new(vec![Listen::new(loopback(), Kind::Tcp)]),
        Manner::Talks,
    )
    .await;
    let tls = ServerTls::new(vec![identity], ClientCertificates::NotAsked).unwrap();
    let refused = plain
        .handle
        .set_server_tls(ListenerId(0), tls.clone())
        .await;
    assert_eq!(refused.unwrap_err().to_string(), "listener 0 speaks no TLS");
    let refused = plain.handle.set_server_tls(ListenerId(1), tls).await;
    assert_eq!(refused.unwrap_err().to_string(), "there is no listener 1");
}
