//! Offer and answer as Direct Routing and carriers write them (RFC 3264, 4568, 8866).

use tandem_sip::Error;
use tandem_sip::sdp::{
    Capabilities, Codec, Direction, IceLite, IceUse, KeyMaterial, Local, Refused, Rtcp, Security,
    SessionDescription, Suite, accept, answer, offer,
};

const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

fn parse(text: &str) -> SessionDescription {
    SessionDescription::parse(text.replace('\n', "\r\n").as_bytes()).expect(text)
}

/// Direct Routing A.9: the media line as Microsoft prints it, keys in the order that Teams has.
fn teams_offer(profile: &str, more: &str) -> SessionDescription {
    parse(&format!(
        "v=0\no=- 12345 1 IN IP4 52.113.1.2\ns=session\nc=IN IP4 52.113.1.2\nb=CT:10000000\nt=0 0\n\
         m=audio 52000 {profile} 111 103 104 9 0 8 106 13 110 112 113 126\n\
         a=rtcp:52001\na=rtcp-mux\na=label:Audio\n\
         a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:{KEY}|2^31\n\
         a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31|1:1\n\
         a=sendrecv\na=rtpmap:111 SIREN/16000\na=rtpmap:103 SILK/8000\na=rtpmap:104 SILK/16000\n\
         a=rtpmap:9 G722/8000\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:106 CN/32000\n\
         a=rtpmap:13 CN/8000\na=rtpmap:126 telephone-event/8000\na=fmtp:126 0-16\na=ptime:20\n{more}"
    ))
}

fn capabilities(security: Security) -> Capabilities {
    Capabilities {
        codecs: vec![Codec::Pcma, Codec::Pcmu, Codec::G722],
        security,
        suites: vec![Suite::AesCm128HmacSha1_80, Suite::AeadAes128Gcm],
        ice: IceUse::WhenOffered,
        ptime_ms: 20,
    }
}

fn local() -> Local {
    let key = |suite: Suite| {
        let octets = vec![7; suite.n_key_octets()];
        (
            suite,
            KeyMaterial::new(suite, &octets).expect("of its length"),
        )
    };
    Local {
        address: [192, 0, 2, 10].into(),
        port: 40_000,
        rtcp: Rtcp::Muxed,
        session: 99,
        version: 1,
        direction: Direction::SendReceive,
        keys: vec![key(Suite::AeadAes128Gcm), key(Suite::AesCm128HmacSha1_80)],
        ice: Some(IceLite {
            user: "abcd".to_owned(),
            password: "p".repeat(22),
        }),
    }
}

// A.9: `_80` whatever the order, payload numbers by rtpmap, one codec, key presses, comfort noise
#[test]
fn offer_of_teams_is_answered_with_one_codec_and_the_80_bit_suite() {
    let offer = teams_offer("RTP/SAVP", "");
    let (answered, agreed) = answer(&offer, &capabilities(Security::Always), &local()).unwrap();
    assert_eq!((agreed.codec, agreed.payload), (Codec::Pcma, 8));
    assert_eq!(
        (agreed.telephone_event, agreed.comfort_noise),
        (Some(126), Some(13))
    );
    assert_eq!(
        agreed.srtp.as_ref().unwrap().suite,
        Suite::AesCm128HmacSha1_80
    );
    assert_eq!(
        (agreed.remote_address.as_str(), agreed.remote_port),
        ("52.113.1.2", 52_000)
    );
    assert_eq!(agreed.remote_rtcp, Rtcp::Muxed);
    let text = answered.to_string();
    assert!(
        text.contains("m=audio 40000 RTP/SAVP 8 13 126\r\n"),
        "{text}"
    );
    assert!(
        text.contains("a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:"),
        "{text}"
    );
    assert!(!text.contains("ice"), "none was offered: {text}");
    assert_eq!(
        SessionDescription::parse(text.as_bytes()).unwrap(),
        answered
    );
}

// A.9, RFC 8839: ICE-lite, exactly one candidate, the profile of media bypass echoed
#[test]
fn offer_with_media_bypass_is_answered_as_ice_lite_with_one_candidate() {
    let ice = "a=ice-ufrag:u1\na=ice-pwd:secretsecretsecretsecret\na=candidate:1 1 UDP 2130706431 10.0.0.1 50000 typ host\n\
               a=fingerprint:sha-256 AA:BB\na=setup:actpass\n";
    let offer = teams_offer("UDP/TLS/RTP/SAVP", ice);
    let mut required = capabilities(Security::Always);
    required.ice = IceUse::Required;
    let (answered, agreed) = answer(&offer, &required, &local()).unwrap();
    assert_eq!(agreed.remote_ice.unwrap().candidates.len(), 1);
    assert!(answered.ice.is_lite);
    let line = &answered.media[0];
    assert_eq!(
        line.ice.candidates,
        ["1 1 UDP 2130706431 192.0.2.10 40000 typ host"]
    );
    assert_eq!(line.profile.as_str(), "UDP/TLS/RTP/SAVP");
    let without = answer(&teams_offer("RTP/SAVP", ""), &required, &local());
    assert_eq!(without.unwrap_err(), Refused::NoIce);
}

// RFC 3264 6: as many lines as offered, the unknown ones with port 0 (A.11.8)
#[test]
fn unknown_media_lines_are_answered_with_port_0_in_their_place() {
    let offer = parse(
        "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=video 5000 RTP/AVP 96\n\
         m=application 9 UDP/DTLS/SCTP webrtc-datachannel\nm=audio 6000 RTP/AVP 0\nm=audio 6002 RTP/AVP 8\n",
    );
    let (answered, agreed) =
        answer(&offer, &capabilities(Security::WhenOffered), &local()).unwrap();
    let ports: Vec<u16> = answered.media.iter().map(|media| media.port).collect();
    assert_eq!(ports, [0, 0, 40_000, 0]);
    assert_eq!(agreed.remote_rtcp, Rtcp::Port(6_001), "RFC 3550 11");
    assert!(
        answered
            .to_string()
            .contains("m=application 0 UDP/DTLS/SCTP webrtc-datachannel")
    );
}

#[test]
fn security_is_given_where_it_is_demanded_and_refused_with_a_reason_where_not() {
    let clear = teams_offer("RTP/AVP", "");
    let secure = teams_offer("RTP/SAVP", "");
    let refused = |offer: &SessionDescription, security| {
        answer(offer, &capabilities(security), &local()).err()
    };
    assert_eq!(refused(&clear, Security::Always), Some(Refused::NoSecurity));
    assert_eq!(refused(&clear, Security::WhenOffered), None);
    assert_eq!(refused(&secure, Security::WhenOffered), None);
    assert_eq!(
        refused(&secure, Security::Never),
        Some(Refused::UnwantedSecurity)
    );
    let mut other = capabilities(Security::Always);
    other.suites = vec![Suite::AeadAes256Gcm];
    assert_eq!(
        answer(&secure, &other, &local()).unwrap_err(),
        Refused::NoSecurity
    );
    other = capabilities(Security::Always);
    other.codecs = vec![Codec::Opus];
    assert_eq!(
        answer(&secure, &other, &local()).unwrap_err(),
        Refused::NoCodec
    );
}

// RFC 3264 6.1, 8.4
#[test]
fn hold_in_every_spelling_gives_the_direction_that_is_left() {
    let ours = |offered: &str, wish| {
        let text = format!(
            "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 6000 RTP/AVP 0\n{offered}"
        );
        let mut local = local();
        local.direction = wish;
        let (_, agreed) = answer(&parse(&text), &capabilities(Security::Never), &local).unwrap();
        agreed.direction
    };
    let both = Direction::SendReceive;
    assert_eq!(ours("a=sendonly\n", both), Direction::ReceiveOnly);
    assert_eq!(ours("a=recvonly\n", both), Direction::SendOnly);
    assert_eq!(ours("a=inactive\n", both), Direction::Inactive);
    assert_eq!(ours("", both), both);
    assert_eq!(ours("c=IN IP4 0.0.0.0\n", both), Direction::ReceiveOnly);
    assert_eq!(
        ours("a=sendrecv\n", Direction::Inactive),
        Direction::Inactive
    );
}

#[test]
fn our_offer_and_their_answer_agree_on_both_sides() {
    let capabilities = capabilities(Security::Always);
    let mut far = local();
    (far.address, far.port, far.rtcp) = ([198, 51, 100, 1].into(), 41_000, Rtcp::Port(41_001));
    let offered = offer(&capabilities, &local());
    let (answered, theirs) = answer(&offered, &capabilities, &far).unwrap();
    let ours = accept(&offered, &answered, &capabilities, &local()).unwrap();
    assert_eq!(
        (ours.codec, ours.payload, ours.telephone_event),
        (theirs.codec, theirs.payload, Some(101))
    );
    assert_eq!(ours.remote_rtcp, Rtcp::Port(41_001), "they do not mux");
    let (ours, theirs) = (ours.srtp.unwrap(), theirs.srtp.unwrap());
    assert_eq!((&ours.local, &ours.remote), (&theirs.remote, &theirs.local));
}

// RFC 3264 7, RFC 4568 7.1.3
#[test]
fn answers_that_do_not_fit_the_offer_are_refused() {
    let capabilities = capabilities(Security::Always);
    let offered = offer(&capabilities, &local());
    let (answered, _) = answer(&offered, &capabilities, &local()).unwrap();
    let refused = |change: fn(&mut SessionDescription)| {
        let mut changed = answered.clone();
        change(&mut changed);
        accept(&offered, &changed, &capabilities, &local()).err()
    };
    assert_eq!(refused(|_| {}), None);
    assert_eq!(refused(|sdp| sdp.media.clear()), Some(Refused::NotAnAnswer));
    assert_eq!(refused(|sdp| sdp.media[0].port = 0), Some(Refused::NoAudio));
    assert_eq!(
        refused(|sdp| sdp.media[0].cryptos.clear()),
        Some(Refused::NoSecurity)
    );
    assert_eq!(
        refused(|sdp| sdp.media[0].cryptos[0].tag = 9),
        Some(Refused::NotAnAnswer)
    );
    assert_eq!(
        refused(|sdp| sdp.media[0].formats.clear()),
        Some(Refused::NoCodec)
    );
}

#[test]
fn broken_and_endless_descriptions_are_typed_errors() {
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";
    for text in [
        "".to_owned(),
        "v=1\r\n".to_owned(),
        "v=0\r\ns=-\r\n".to_owned(),
        format!("{head}m=audio\r\n"),
        format!("{head}m=audio 70000 RTP/AVP 0\r\n"),
        format!("{head}m=audio 5000 RTP/AVP 128\r\n"),
        format!("{head}m=audio 5000 RTP/AVP\r\n"),
        format!("{head}c=IN IP4\r\n"),
        format!("{head}nonsense\r\n"),
        format!("{head}xx=y\r\n"),
        format!("{head}m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 opus\r\n"),
    ] {
        let read = SessionDescription::parse(text.as_bytes());
        assert!(matches!(read, Err(Error::Malformed(_))), "{text}");
    }
    for (line, n) in [("m=audio 5000 RTP/AVP 0\r\n", 17), ("a=x\r\n", 600)] {
        let endless = format!("{head}{}", line.repeat(n));
        assert!(matches!(
            SessionDescription::parse(endless.as_bytes()),
            Err(Error::Limit(_))
        ));
    }
    let formats = format!("{head}m=audio 5000 RTP/AVP{}\r\n", " 0".repeat(65));
    assert!(matches!(
        SessionDescription::parse(formats.as_bytes()),
        Err(Error::Limit(_))
    ));
}
