//! For any input: parsing never panics, and what was written is read back the same.

use proptest::prelude::*;
use tandem_sip::header::{Address, CSeq, Headers, Name, Via};
use tandem_sip::message::{Message, Method, Request, Response, Stream};
use tandem_sip::uri::Uri;

fn name() -> impl Strategy<Value = Name> {
    let known = "Via|v|FROM|t|Call-ID|X-Ms-Sbc|Record-Route|p-asserted-identity|Referred-By";
    let any = "[A-Za-z0-9!%*_+`'~.-]{1,20}";
    prop_oneof![known, any]
        // Content-Length belongs to the framing and is never a field.
        .prop_filter("framing", |text| {
            !["content-length", "l"].contains(&text.to_lowercase().as_str())
        })
        .prop_map(|text| Name::parse(&text).expect("a token"))
}

fn headers() -> impl Strategy<Value = Headers> {
    proptest::collection::vec((name(), any::<String>()), 0..30).prop_map(|fields| {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.push(name, value);
        }
        headers
    })
}

fn uri() -> impl Strategy<Value = Uri> {
    let sip = (
        "sips?",
        proptest::option::of("[A-Za-z0-9+&=$,;?/%#*'()_.!~-]{1,30}"),
        "[a-z0-9.-]{1,20}|\\[::1\\]|192\\.0\\.2\\.7",
        proptest::option::of(any::<u16>()),
        proptest::collection::vec(
            (
                "[a-z0-9-]{1,8}",
                proptest::option::of("[A-Za-z0-9%/:+$.-]{1,20}"),
            ),
            0..5,
        ),
        proptest::option::of("[a-z]{1,6}=[A-Za-z0-9%]{1,20}"),
    )
        .prop_map(|(scheme, user, host, port, params, headers)| {
            let mut text = format!("{scheme}:");
            if let Some(user) = user {
                text.push_str(&user);
                text.push('@');
            }
            text.push_str(&host);
            if let Some(port) = port {
                text.push_str(&format!(":{port}"));
            }
            for (name, value) in params {
                text.push_str(&format!(";{name}"));
                if let Some(value) = value {
                    text.push_str(&format!("={value}"));
                }
            }
            if let Some(headers) = headers {
                text.push_str(&format!("?{headers}"));
            }
            text
        });
    prop_oneof![
        sip.boxed(),
        "tel:\\+[0-9().-]{1,15}".boxed(),
        "urn:[a-z:]{1,20}".boxed()
    ]
    .prop_filter_map("not a URI", |text| {
        let uri = Uri::parse(&text).ok()?;
        assert_eq!(uri.to_string(), text, "kept byte for byte");
        Some(uri)
    })
}

fn message() -> impl Strategy<Value = Message> {
    let body = || proptest::collection::vec(any::<u8>(), 0..200);
    let request = (
        "INVITE|ACK|BYE|[A-Za-z0-9!%*_+`'~.-]{1,15}",
        uri(),
        headers(),
        body(),
    )
        .prop_map(|(method, uri, headers, body)| {
            let method = Method::parse(&method).expect("a token");
            Message::Request(Request {
                method,
                uri,
                headers,
                body,
            })
        });
    let response = (100_u16..700, "[^\\p{Cc}]{0,30}", headers(), body()).prop_map(
        |(status, reason, headers, body)| {
            let mut response = Response::new(status, &reason).expect("a status");
            response.headers = headers;
            response.body = body;
            Message::Response(response)
        },
    );
    prop_oneof![request.boxed(), response.boxed()]
}

/// Touches everything that reads remote text.
fn read_all(message: &Message) {
    let headers = message.headers();
    for field in headers.iter() {
        let outcomes = [
            headers.addresses(&field.name).is_ok(),
            headers.address(&field.name).is_ok(),
            Via::parse(field.value()).is_ok(),
            CSeq::parse(field.value()).is_ok(),
            Address::parse(field.value()).is_ok(),
        ];
        assert!(outcomes.len() == 5);
    }
    match message {
        Message::Request(request) => {
            if request.check().is_ok() {
                Response::to(request, 486, "tag").expect("a checked request can be answered");
            }
        }
        Message::Response(response) => assert!(response.check().is_ok() || response.status() > 0),
    }
}

/// A valid message with some bytes changed, removed or repeated: closer to the edge than noise.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let damage =
        proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..8);
    (message(), damage).prop_map(|(message, damage)| {
        let mut bytes = message.to_bytes();
        for (at, byte, kind) in damage {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 if bytes.len() > 1 => {
                    bytes.remove(at);
                }
                _ => bytes.truncate(at.max(1)),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_the_same(message in message()) {
        prop_assert_eq!(Message::parse(&message.to_bytes()), Ok(message.clone()));
        let mut stream = Stream::default();
        stream.handle_bytes(&message.to_bytes()).unwrap();
        let item = stream.poll_item().unwrap();
        prop_assert_eq!(item, Some(tandem_sip::message::Item::Message(message)));
    }

    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(message) = Message::parse(&bytes) {
            read_all(&message);
        }
    }

    #[test]
    fn damaged_messages_never_panic_and_what_is_read_is_stable(bytes in damaged()) {
        if let Ok(message) = Message::parse(&bytes) {
            read_all(&message);
            prop_assert_eq!(Message::parse(&message.to_bytes()), Ok(message));
        }
    }

    #[test]
    fn typed_values_never_panic_and_read_back_the_same(text in "[ -~é\"<>;,=:@\\\\]{0,60}") {
        if let Ok(address) = Address::parse(&text) {
            prop_assert_eq!(Address::parse(&address.to_string()), Ok(address));
        }
        if let Ok(via) = Via::parse(&format!("SIP/2.0/TLS {text}")) {
            prop_assert_eq!(Via::parse(&via.to_string()), Ok(via));
        }
        if let Ok(uri) = Uri::parse(&format!("sip:{text}")) {
            prop_assert_eq!(Uri::parse(&uri.to_string()), Ok(uri));
        }
    }
}
