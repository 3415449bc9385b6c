//! The torture messages of RFC 4475 (as data: `testdata/torture.txt`) against a user agent, and
//! thousands of messages made of them by breaking them.

use super::line::{Chance, settings};
use std::collections::BTreeSet;
use tandem_sip::flow::{Flow, FlowId, Transport};
use tandem_sip::message::Message;
use tandem_sip::sdp::SessionDescription;
use tandem_sip::user_agent::{Event, Sizes, UserAgent};

struct Torture {
    name: String,
    section: String,
    end: String,
    bytes: Vec<u8>,
}

fn all() -> Vec<Torture> {
    let text = include_str!("../../testdata/torture.txt");
    text.split("\n## ").skip(1).map(read).collect()
}

fn read(text: &str) -> Torture {
    let (title, rest) = text.split_once('\n').expect("a title");
    let words: Vec<&str> = title.split(' ').collect();
    let [name, section, end] = words.as_slice() else {
        panic!("{title}")
    };
    let lines: Vec<&str> = rest
        .lines()
        .filter(|line| !line.starts_with("# "))
        .collect();
    let message = lines.join("\n");
    let message = message.trim_end_matches('\n');
    let text = usual(message).replace('\n', "\r\n");
    Torture {
        name: (*name).to_owned(),
        section: (*section).to_owned(),
        end: (*end).to_owned(),
        bytes: bytes(&repeated(&text)),
    }
}

/// Puts the usual headers in place of their mark, but for those that the message has itself.
fn usual(message: &str) -> String {
    let method = message.split(' ').next().expect("a method");
    let is_response = message.contains("(usual response)");
    let method = if is_response { "OPTIONS" } else { method };
    let cseq = format!("CSeq: 8 {method}");
    let to = if is_response {
        "To: <sip:user@example.com>;tag=2"
    } else {
        "To: <sip:user@example.com>"
    };
    let usual = [
        "Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bK293423",
        "Max-Forwards: 70",
        "From: <sip:caller@example.net>;tag=93942939o2",
        to,
        "Call-ID: torture.0ha0isndaksdj@192.0.2.1",
        cseq.as_str(),
        "Contact: <sip:caller@host5.example.net>",
    ];
    let has = |line: &str| {
        let name = line.split(':').next().expect("a name").to_lowercase();
        let compact = match name.as_str() {
            "via" => "v",
            "from" => "f",
            "contact" => "m",
            other => other,
        };
        message.lines().any(|line| {
            let known = line
                .split(':')
                .next()
                .unwrap_or_default()
                .trim()
                .to_lowercase();
            known == name || known == compact
        })
    };
    let missing: Vec<&str> = usual.into_iter().filter(|line| !has(line)).collect();
    let whole = message
        .replace("(usual response)", &missing.join("\n"))
        .replace("(usual)", &missing.join("\n"));
    // Where there is no body, the empty line that ends the head.
    if whole.contains("\n\n") {
        whole
    } else {
        format!("{whole}\n\n")
    }
}

/// `(3 times) ab` becomes `ababab`.
fn repeated(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" times) ") {
        let (start, count) = before.rsplit_once('(').expect("a count");
        let end = after
            .find(|c: char| !c.is_alphanumeric() && c != '-')
            .unwrap_or(after.len());
        let (word, after) = after.split_at(end);
        out.push_str(start);
        out.push_str(&word.repeat(count.parse().expect("a count")));
        rest = after;
    }
    out + rest
}

fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x") {
        out.extend(before.bytes());
        let (hex, after) = after.split_at(2);
        out.push(u8::from_str_radix(hex, 16).expect("two digits"));
        rest = after;
    }
    out.extend(rest.bytes());
    out
}

fn user_agent() -> UserAgent {
    UserAgent::new(settings("sbc1.contoso.com:5061", Transport::Udp), 7)
}

fn flow() -> Flow {
    Flow {
        id: FlowId::Accepted(1),
        transport: Transport::Udp,
    }
}

fn outcome(bytes: &[u8]) -> String {
    let mut ua = user_agent();
    ua.handle_datagram(0, flow(), ([192, 0, 2, 1], 5060).into(), bytes);
    while let Some(event) = ua.poll_event() {
        if matches!(event, Event::Incoming { .. }) {
            return "call".to_owned();
        }
        if matches!(event, Event::RegisterAsked { .. }) {
            return "register".to_owned();
        }
    }
    let sent = std::iter::from_fn(|| ua.poll_transmit());
    let statuses =
        sent.filter_map(
            |sent| match Message::parse(&sent.bytes).expect("ours is well formed") {
                Message::Response(response) if response.status() > 100 => {
                    Some(response.status().to_string())
                }
                Message::Response(_) | Message::Request(_) => None,
            },
        );
    let last = statuses.last();
    let counts = ua.counts();
    match (last, counts.n_malformed, counts.n_stray) {
        (Some(status), _, _) => status,
        (None, 1, 0) => "dropped".to_owned(),
        // A 2xx of no INVITE of ours is no stray for the stack: its dialog would want it.
        (None, 0, _) => "response".to_owned(),
        other => format!("{other:?}"),
    }
}

// RFC 4475
#[test]
fn torture_messages_end_as_the_table_says() {
    let all = all();
    assert_eq!(all.len(), 49, "as many as the RFC has");
    let sections: BTreeSet<&str> = all.iter().map(|torture| torture.section.as_str()).collect();
    assert_eq!(sections.len(), 49);
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|torture| {
            let outcome = outcome(&torture.bytes);
            (outcome != torture.end)
                .then(|| format!("{}: {outcome}, not {}", torture.name, torture.end))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn broken(chance: &mut Chance, all: &[Torture]) -> Vec<u8> {
    let pick = |chance: &mut Chance| {
        let at = usize::try_from(chance.below(all.len() as u64)).expect("few");
        all[at].bytes.clone()
    };
    let mut bytes = pick(chance);
    for _ in 0..=chance.below(6) {
        let at = usize::try_from(chance.below(bytes.len() as u64 + 1)).expect("short");
        match chance.below(5) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, u8::try_from(chance.below(256)).expect("a byte")),
            2 if at < bytes.len() => bytes[at] = u8::try_from(chance.below(256)).expect("a byte"),
            3 => {
                let other = pick(chance);
                let from = usize::try_from(chance.below(other.len() as u64)).expect("short");
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
            _ => bytes.insert(
                at,
                b"\r\n;,:<>\"@= "[usize::try_from(chance.below(11)).expect("few")],
            ),
        }
    }
    bytes
}

/// A user that answers everything, and hangs up at the end.
fn live_with(ua: &mut UserAgent, now: i64) {
    while let Some(event) = ua.poll_event() {
        if let Event::Incoming { call, .. } = event {
            ua.ring(now, call, 183, Some(b"x".to_vec()))
                .unwrap_or_default();
            ua.answer(now, call, b"x".to_vec()).unwrap_or_default();
            ua.hang_up(now, call, None).unwrap_or_default();
        }
    }
    while let Some(sent) = ua.poll_transmit() {
        Message::parse(&sent.bytes).expect("whatever came, what we send is well formed");
    }
}

#[test]
fn broken_torture_messages_never_panic_and_leave_nothing_behind() {
    let all = all();
    let mut chance = Chance::new(4_475);
    let mut ua = user_agent();
    for n in 0..20_000 {
        let now = n * 1_000;
        let bytes = broken(&mut chance, &all);
        ua.handle_datagram(now, flow(), ([192, 0, 2, 1], 5060).into(), &bytes);
        live_with(&mut ua, now);
        ua.handle_timeout(now);
    }
    while let Some(at) = ua.poll_timeout() {
        ua.handle_timeout(at);
        live_with(&mut ua, at);
    }
    assert_eq!(ua.sizes(), Sizes::default());
    assert!(ua.counts().n_malformed > 1_000);
}

#[test]
fn random_bytes_as_a_description_never_panic() {
    let mut chance = Chance::new(8_866);
    let valid = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 5000 RTP/SAVP 0 8 101\r\n\
        a=rtpmap:101 telephone-event/8000\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\na=ptime:20\r\n";
    let mut n_read = 0;
    for _ in 0..20_000 {
        let mut bytes = valid.to_vec();
        for _ in 0..=chance.below(3) {
            let at = usize::try_from(chance.below(bytes.len() as u64)).expect("short");
            bytes[at] = u8::try_from(chance.below(256)).expect("a byte");
        }
        if let Ok(read) = SessionDescription::parse(&bytes) {
            n_read += 1;
            assert_eq!(SessionDescription::parse(&read.to_bytes()), Ok(read));
        }
    }
    assert!(n_read > 1_000, "{n_read}");
}
