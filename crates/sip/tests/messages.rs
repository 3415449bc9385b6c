//! Messages of RFC 3261 section 24, of Direct Routing, and the framing of streams.

use tandem_sip::Error;
use tandem_sip::header::Name;
use tandem_sip::message::{
    Item, LINE_BYTES_MAX, MESSAGE_BYTES_MAX, Message, Method, Request, Response, Stream,
};

fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

fn request(text: &str) -> Request {
    match Message::parse(&crlf(text)).expect("a request") {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a response"),
    }
}

fn response(text: &str) -> Response {
    match Message::parse(&crlf(text)).expect("a response") {
        Message::Response(response) => response,
        Message::Request(_) => panic!("a request"),
    }
}

/// RFC 3261 24.2 F1; the SDP body is not printed there, so it is any 142 bytes.
fn invite_f1() -> String {
    format!(
        "INVITE sip:bob@biloxi.example.com SIP/2.0\n\
         Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9\n\
         Max-Forwards: 70\n\
         From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl\n\
         To: Bob <sip:bob@biloxi.example.com>\n\
         Call-ID: 3848276298220188511@atlanta.example.com\n\
         CSeq: 1 INVITE\n\
         Contact: <sip:alice@client.atlanta.example.com;transport=tcp>\n\
         Content-Type: application/sdp\n\
         Content-Length: 142\n\n{}",
        "x".repeat(142)
    )
}

#[test]
fn registration_of_rfc_3261_24_1_is_read() {
    let register = request(
        "REGISTER sip:registrar.biloxi.com SIP/2.0\n\
         Via: SIP/2.0/UDP bobspc.biloxi.com:5060;branch=z9hG4bKnashds7\n\
         Max-Forwards: 70\n\
         To: Bob <sip:bob@biloxi.com>\n\
         From: Bob <sip:bob@biloxi.com>;tag=456248\n\
         Call-ID: 843817637684230@998sdasdh09\n\
         CSeq: 1826 REGISTER\n\
         Contact: <sip:bob@192.0.2.4>\n\
         Expires: 7200\n\
         Content-Length: 0\n\n",
    );
    let essentials = register.check().unwrap();
    assert_eq!(register.method, Method::Register);
    assert_eq!(
        (essentials.cseq.number, essentials.from.tag()),
        (1826, Some("456248"))
    );
    assert_eq!(register.headers.get(&Name::Expires), Some("7200"));

    let ok = response(
        "SIP/2.0 200 OK\n\
         Via: SIP/2.0/UDP bobspc.biloxi.com:5060;branch=z9hG4bKnashds7\n ;received=192.0.2.4\n\
         To: Bob <sip:bob@biloxi.com>;tag=2493k59kd\n\
         From: Bob <sip:bob@biloxi.com>;tag=456248\n\
         Call-ID: 843817637684230@998sdasdh09\n\
         CSeq: 1826 REGISTER\n\
         Contact: <sip:bob@192.0.2.4>\n\
         Expires: 7200\n\
         Content-Length: 0\n\n",
    );
    let essentials = ok.check().unwrap();
    assert_eq!(essentials.via.params.get("received"), Some("192.0.2.4"));
    assert_eq!(essentials.to.tag(), Some("2493k59kd"));
}

#[test]
fn session_setup_of_rfc_3261_24_2_is_read_and_answered() {
    let invite = request(&invite_f1());
    assert_eq!(invite.body.len(), 142);
    assert_eq!(invite.headers.addresses(&Name::Contact).unwrap().len(), 1);
    let trying = Response::to(&invite, 100, "unused").unwrap();
    assert_eq!(trying.headers.address(&Name::To).unwrap().tag(), None);
    let ringing = Response::to(&invite, 180, "8321234356").unwrap();
    let bytes = String::from_utf8(ringing.to_bytes()).unwrap();
    assert_eq!(
        bytes,
        "SIP/2.0 180 Ringing\r\n\
         Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9\r\n\
         From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n\
         To: \"Bob\" <sip:bob@biloxi.example.com>;tag=8321234356\r\n\
         Call-ID: 3848276298220188511@atlanta.example.com\r\n\
         CSeq: 1 INVITE\r\n\
         Content-Length: 0\r\n\r\n"
    );
}

#[test]
fn response_with_three_vias_of_rfc_3261_24_2_keeps_their_order() {
    let ok = response(
        "SIP/2.0 200 OK\n\
         Via: SIP/2.0/UDP server10.biloxi.com;branch=z9hG4bKnashds8;received=192.0.2.3\n\
         Via: SIP/2.0/UDP bigbox3.site3.atlanta.com;branch=z9hG4bK77ef4c2312983.1\n ;received=192.0.2.2\n\
         Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8;received=192.0.2.1\n\
         To: Bob <sip:bob@biloxi.com>;tag=a6c85cf\n\
         From: Alice <sip:alice@atlanta.com>;tag=1928301774\n\
         Call-ID: a84b4c76e66710@pc33.atlanta.com\n\
         CSeq: 314159 INVITE\n\
         Contact: <sip:bob@192.0.2.4>\n\
         Content-Type: application/sdp\n\
         Content-Length: 131\n\n"
            .to_owned()
            .as_str()
            .to_owned()
            .replace("131", "0")
            .as_str(),
    );
    let hosts: Vec<String> = ok
        .headers
        .vias()
        .unwrap()
        .into_iter()
        .map(|via| via.sent_by.host)
        .collect();
    assert_eq!(
        hosts,
        [
            "server10.biloxi.com",
            "bigbox3.site3.atlanta.com",
            "pc33.atlanta.com"
        ]
    );
}

#[test]
fn invite_of_teams_is_read_with_its_upper_case_names_and_opaque_contact() {
    let contact = "sip:api-du-a-uswe2.pstnhub.microsoft.com:443;x-i=0b-1;x-c=9f/d/8/00ff";
    let invite = request(&format!(
        "INVITE sip:+441273652000@tenant1.customers.example:5061;user=phone;transport=tls SIP/2.0\n\
         FROM: John Doe<sip:+441273652002@sip.pstnhub.microsoft.com:5061;user=phone>;tag=0af1\n\
         TO: <sip:+441273652000@tenant1.customers.example:5061;user=phone>\n\
         CSEQ: 1 INVITE\n\
         CALL-ID: 90ff\n\
         MAX-FORWARDS: 70\n\
         VIA: SIP/2.0/TLS 52.114.76.76:5061;branch=z9hG4bK5a0b1c2d\n\
         RECORD-ROUTE: <sip:sip-du-a-eu.pstnhub.microsoft.com:5061;transport=tls;lr>\n\
         CONTACT: <{contact}>\n\
         MIN-SE: 300\n\
         SUPPORTED: timer\n\
         SESSION-EXPIRES: 3600\n\
         USER-AGENT: Microsoft.PSTNHub.SIPProxy v.2020.1.1.1 i.EUWE.3\n\
         ALLOW: INVITE,ACK,OPTIONS,CANCEL,BYE,NOTIFY\n\
         P-ASSERTED-IDENTITY: <tel:+441273652002>,<sip:john@contoso.com>\n\
         X-MS-USERLOCATION: External\n\
         CONTENT-LENGTH: 0\n\n",
    ));
    let essentials = invite.check().unwrap();
    assert_eq!(essentials.from.display.as_deref(), Some("John Doe"));
    let contacts = invite.headers.addresses(&Name::Contact).unwrap();
    assert_eq!(contacts[0].uri.to_string(), contact);
    assert_eq!(
        invite
            .headers
            .addresses(&Name::PAssertedIdentity)
            .unwrap()
            .len(),
        2
    );
    assert!(!invite.headers.has_token(&Name::Allow, "UPDATE"));
    assert_eq!(invite.headers.get(&Name::XMsUserLocation), Some("External"));
}

#[test]
fn unknown_headers_keep_name_value_and_place() {
    let text = "OPTIONS sip:a.example SIP/2.0\nX-Odd-One: ;;,,;;,;\nSubject: s\nx-odd-TWO: \"\n\n";
    let bytes = request(text).to_bytes();
    let expected = "OPTIONS sip:a.example SIP/2.0\r\nX-Odd-One: ;;,,;;,;\r\nSubject: s\r\n\
                    x-odd-TWO: \"\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[test]
fn limits_are_typed_errors() {
    let flood = format!("OPTIONS sip:a SIP/2.0\n{}\n", "A: b\n".repeat(129));
    assert_eq!(
        Message::parse(&crlf(&flood)),
        Err(Error::Limit("number of headers"))
    );
    let most = format!("OPTIONS sip:a SIP/2.0\n{}\n", "A: b\n".repeat(128));
    assert!(Message::parse(&crlf(&most)).is_ok());
    let long = format!(
        "OPTIONS sip:a SIP/2.0\nA: {}\n\n",
        "b".repeat(LINE_BYTES_MAX)
    );
    assert_eq!(
        Message::parse(&crlf(&long)),
        Err(Error::Limit("line length"))
    );
    let large = vec![b'x'; MESSAGE_BYTES_MAX + 1];
    assert_eq!(Message::parse(&large), Err(Error::Limit("message length")));
}

#[test]
fn keep_alive_datagrams_are_empty_and_not_malformed() {
    assert_eq!(Message::parse(b"\r\n\r\n"), Err(Error::Empty));
    assert_eq!(Message::parse(b""), Err(Error::Empty));
    assert!(matches!(
        Message::parse(b"\0\0\0\0"),
        Err(Error::Malformed(_))
    ));
}

#[test]
fn bare_line_ends_and_control_characters_are_refused() {
    for bytes in [
        &b"OPTIONS sip:a SIP/2.0\nVia: x\n\n"[..],
        b"OPTIONS sip:a SIP/2.0\r\nSubject: a\nVia: b\r\n\r\n",
        b"OPTIONS sip:a SIP/2.0\r\nSubject: a\rVia: b\r\n\r\n",
        b"OPTIONS sip:a SIP/2.0\r\nSubject: a\0b\r\n\r\n",
        b"OPTIONS sip:a SIP/2.0\r\nSubject: \xff\xfe\r\n\r\n",
        b"OPTIONS sip:a SIP/2.0\r\n folded: a\r\n\r\n",
    ] {
        assert!(matches!(Message::parse(bytes), Err(Error::Malformed(_))));
    }
}

#[test]
fn a_built_message_cannot_smuggle_a_header() {
    let Message::Request(mut options) = Message::parse(&crlf("OPTIONS sip:a SIP/2.0\n\n")).unwrap()
    else {
        panic!("a request");
    };
    options
        .headers
        .push(Name::Subject, "x\r\nRoute: <sip:evil.example;lr>");
    let bytes = options.to_bytes();
    let Message::Request(back) = Message::parse(&bytes).unwrap() else {
        panic!("a request")
    };
    assert_eq!(back.headers.get(&Name::Route), None);
    let mut refused = Response::new(486, "Busy\r\nRoute: <sip:evil.example>").unwrap();
    refused.headers = back.headers;
    let Message::Response(back) = Message::parse(&refused.to_bytes()).unwrap() else {
        panic!("a response");
    };
    assert_eq!(back.headers.get(&Name::Route), None);
}

#[test]
fn stream_cut_at_every_place_gives_the_same_messages() {
    let mut bytes = crlf(&invite_f1());
    bytes.extend(b"\r\n\r\n");
    bytes.extend(crlf("SIP/2.0 200 OK\nl: 2\n\n"));
    bytes.extend(b"ab");
    let expected = Message::parse(&crlf(&invite_f1())).unwrap();
    for cut in 0..bytes.len() {
        let mut stream = Stream::default();
        let mut items = Vec::new();
        for part in [&bytes[..cut], &bytes[cut..]] {
            stream.handle_bytes(part).unwrap();
            while let Some(item) = stream.poll_item().unwrap() {
                items.push(item);
            }
        }
        assert_eq!(items.len(), 3, "cut at {cut}");
        assert_eq!(items[0], Item::Message(expected.clone()));
        assert_eq!(items[1], Item::Ping);
        let Item::Message(Message::Response(ok)) = &items[2] else {
            panic!("a response")
        };
        assert_eq!(ok.body, b"ab");
    }
}

#[test]
fn stream_byte_by_byte_answers_each_ping_once() {
    let mut stream = Stream::default();
    let mut n_pings = 0;
    for byte in b"\r\n\r\n\r\n\r\n" {
        stream.handle_bytes(&[*byte]).unwrap();
        while let Some(item) = stream.poll_item().unwrap() {
            assert_eq!(item, Item::Ping);
            n_pings += 1;
        }
    }
    assert_eq!(n_pings, 2);
}

#[test]
fn stream_tells_whether_a_message_has_begun_and_how_it_came() {
    let mut stream = Stream::default();
    stream.keep_bytes(true);
    let message = b"OPTIONS sip:a SIP/2.0\r\nSUBJECT:  x\r\nl: 2\r\n\r\nab";
    stream.handle_bytes(b"\r\n").unwrap();
    assert_eq!(stream.poll_item(), Ok(None));
    assert!(!stream.is_inside_message(), "an answer to a ping");
    let (first, rest) = message.split_at(30);
    stream.handle_bytes(first).unwrap();
    assert_eq!(stream.poll_item(), Ok(None));
    assert!(stream.is_inside_message());
    assert_eq!(stream.take_bytes(), None);
    stream.handle_bytes(rest).unwrap();
    assert!(matches!(stream.poll_item(), Ok(Some(Item::Message(_)))));
    assert!(!stream.is_inside_message());
    assert_eq!(stream.take_bytes().as_deref(), Some(message.as_slice()));
}

#[test]
fn stream_without_a_length_or_over_a_limit_is_closed() {
    let mut stream = Stream::default();
    stream
        .handle_bytes(&crlf("OPTIONS sip:a SIP/2.0\nSubject: x\n\n"))
        .unwrap();
    assert_eq!(stream.poll_item(), Err(Error::Unframed));
    assert_eq!(stream.handle_bytes(b"x"), Err(Error::Unframed));
    assert_eq!(stream.poll_item(), Err(Error::Unframed));

    let mut stream = Stream::default();
    stream
        .handle_bytes(&crlf("OPTIONS sip:a SIP/2.0\nl: 99999\n\n"))
        .unwrap();
    assert_eq!(stream.poll_item(), Err(Error::Limit("message length")));

    let mut stream = Stream::default();
    stream
        .handle_bytes(&vec![b'a'; MESSAGE_BYTES_MAX + 1])
        .unwrap();
    assert_eq!(stream.poll_item(), Err(Error::Limit("message length")));

    let mut stream = Stream::default();
    assert!(
        stream
            .handle_bytes(&vec![b'a'; 3 * MESSAGE_BYTES_MAX])
            .is_err()
    );
}
