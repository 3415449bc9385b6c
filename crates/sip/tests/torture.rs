//! Torture messages after RFC 4475, section by section: what must be read is read, what must be
//! refused is refused in `parse` or in `check`, and nothing panics. The messages are written
//! anew from what the RFC says about each; where it allows leniency, the comment says what we do.

use tandem_sip::Error;
use tandem_sip::header::{Address, Name};
use tandem_sip::message::{Essentials, Message, Method, Request, Response};

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

/// A request with one or more lines in place of the usual ones of the same name.
fn with(start: &str, lines: &[&str]) -> String {
    let usual = [
        "Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bK293423",
        "Max-Forwards: 70",
        "From: <sip:caller@example.net>;tag=93942939o2",
        "To: <sip:user@example.com>",
        "Call-ID: torture.0ha0isndaksdj@192.0.2.1",
    ];
    let method = start.split(' ').next().expect("a method");
    let name = |line: &str| {
        line.split(':')
            .next()
            .expect("a name")
            .trim()
            .to_lowercase()
    };
    let replaced: Vec<String> = lines.iter().map(|line| name(line)).collect();
    let mut text = format!("{start}\n");
    let cseq = format!("CSeq: 8 {method}");
    for line in usual.into_iter().chain([cseq.as_str()]) {
        if !replaced.contains(&name(line)) {
            text.push_str(line);
            text.push('\n');
        }
    }
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    text
}

const OPTIONS: &str = "OPTIONS sip:user@example.com SIP/2.0";

/// The error of a request that is refused, in parsing or in the checks.
fn refusal(text: &str) -> Error {
    match Message::parse(&crlf(text)) {
        Err(error) => error,
        Ok(Message::Request(request)) => request.check().expect_err("to be refused"),
        Ok(Message::Response(response)) => response.check().expect_err("to be refused"),
    }
}

fn accepted(text: &str) -> (Request, Essentials) {
    let request = request(text);
    let essentials = request.check().expect("to be accepted");
    (request, essentials)
}

#[test]
fn short_tortuous_invite_is_read() {
    // 3.1.1.1 wsinv
    let invite = request(concat!(
        "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\n",
        "TO :\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\n",
        "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\n  ;\n  tag = 98asjd8\n",
        "MaX-fOrWaRdS: 0068\nCall-ID: wsinv.ndaksdj@192.0.2.1\nContent-Length   : 0\n",
        "cseq: 0009\n  INVITE\n",
        "Via  : SIP  /   2.0\n /UDP\n    192.0.2.2;branch=390skdjuw\n",
        "s :\nNewFangledHeader:   newfangled value\n continued newfangled value\n",
        "UnknownHeaderWithUnusualValue: ;;,,;;,;\nContent-Type: application/sdp\n",
        "Route:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\n",
        "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\n  branch  =   z9hG4bK9ikj8  ,\n",
        " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\n z9hG4bK30239\n",
        "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\n      newvalue ;\n",
        "  secondparam ; q = 0.33\n\n",
    ));
    let essentials = invite.check().unwrap();
    assert_eq!(essentials.from.display.as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(essentials.to.tag(), Some("1918181833n"));
    assert_eq!(
        (essentials.max_forwards, essentials.cseq.number),
        (Some(68), 9)
    );
    let vias = invite.headers.vias().unwrap();
    assert_eq!(vias.len(), 3);
    assert_eq!(vias[0].branch(), None);
    assert_eq!(vias[2].branch(), Some("z9hG4bK30239"));
    let contact = &invite.headers.addresses(&Name::Contact).unwrap()[0];
    assert_eq!(
        (contact.params.get("q"), contact.params.get("newparam")),
        (Some("0.33"), Some("newvalue"))
    );
    assert_eq!(invite.headers.get(&Name::Subject), Some(""));
    let new_fangled = Name::parse("NewFangledHeader").unwrap();
    assert_eq!(
        invite.headers.get(&new_fangled),
        Some("newfangled value continued newfangled value")
    );
}

#[test]
fn wide_range_of_valid_characters_is_read() {
    // 3.1.1.2 intmeth
    let (request, essentials) = accepted(concat!(
        "!interesting-Method0123456789_*+`.%indeed'~ ",
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
        "@example.com SIP/2.0\n",
        "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~\n",
        "To: \"BEL:\\\u{7} NUL:\\\u{0} DEL:\\\u{7f}\" <sip:1_unusual.URI~@example.com>\n",
        "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\u{441}\";tag=_token~1'+`*%!-.\n",
        "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\n",
        "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\n",
        "Max-Forwards: 255\n",
        "extensionHeader-!.%*+_`'~:\u{5927}\u{505c}\u{96fb}\nContent-Length: 0\n\n",
    )
    // Escaped control characters in a quoted string are the one thing not taken: see below.
    .replace(['\u{7}', '\u{0}', '\u{7f}'], "x")
    .as_str());
    assert_eq!(
        request.method.as_str(),
        "!interesting-Method0123456789_*+`.%indeed'~"
    );
    assert_eq!(
        essentials.from.display.as_deref(),
        Some("token1~` token2'+_ token3*%!.-")
    );
    assert_eq!(
        essentials.call_id,
        "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"
    );
    // A raw NUL or BEL, even escaped, is refused whole: it reaches logs and databases.
    let control = with(OPTIONS, &["To: \"NUL:\\\u{0}\" <sip:a@example.com>"]);
    assert_eq!(refusal(&control), Error::Malformed("control character"));
}

#[test]
fn percent_signs_are_escapes_only_where_they_are() {
    // 3.1.1.3 esc01, 3.1.1.4 escnull, 3.1.1.5 esc02
    let (invite, _) = accepted(&with(
        "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
        &[
            "To: sip:%75se%72@example.com",
            "Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>",
        ],
    ));
    assert_eq!(
        invite.uri.as_sip().unwrap().user.as_deref(),
        Some("sips%3Auser%40example.com")
    );
    let (register, _) = accepted(&with(
        "REGISTER sip:example.com SIP/2.0",
        &[
            "To: sip:null-%00-null@example.com",
            "Contact: <sip:%00@host5.example.com>",
            "Contact: <sip:%00%00@host5.example.com>",
        ],
    ));
    assert_eq!(register.headers.addresses(&Name::Contact).unwrap().len(), 2);
    let (odd, _) = accepted(&with(
        "RE%47IST%45R sip:registrar.example.com SIP/2.0",
        &["To: \"%Z%45\" <sip:resource@example.com>"],
    ));
    assert_eq!(odd.method, Method::Other("RE%47IST%45R".to_owned()));
}

#[test]
fn display_name_without_space_and_long_values_are_read() {
    // 3.1.1.6 lwsdisp, 3.1.1.7 longreq
    let (_, essentials) = accepted(&with(
        OPTIONS,
        &["From: caller<sip:caller@example.com>;tag=323"],
    ));
    assert_eq!(essentials.from.display.as_deref(), Some("caller"));
    let long = "user".repeat(100);
    let value = "value".repeat(300);
    let via = format!(
        "v: SIP/2.0/TCP sip33.example.com;branch=z9hG4bK{}",
        "x".repeat(200)
    );
    let vias: Vec<&str> = std::iter::repeat_n(via.as_str(), 34).collect();
    let to =
        format!("To: \"{value}\" <sip:{long}@example.com:5060;unknownparam={value}>;p={value}");
    let mut lines = vec![to.as_str()];
    lines.extend(vias);
    let (request, _) = accepted(&with(OPTIONS, &lines));
    assert_eq!(request.headers.vias().unwrap().len(), 35);
}

#[test]
fn bytes_after_the_body_are_ignored_in_a_datagram() {
    // 3.1.1.8 dblreq
    let mut datagram = crlf(&with(
        "REGISTER sip:example.com SIP/2.0",
        &["Content-Length: 0"],
    ));
    datagram.extend(crlf(&with("INVITE sip:joe@example.com SIP/2.0", &[])));
    let Message::Request(request) = Message::parse(&datagram).unwrap() else {
        panic!("a request")
    };
    assert_eq!((request.method, request.body.len()), (Method::Register, 0));
}

#[test]
fn semicolon_in_user_part_and_varied_transports_are_read() {
    // 3.1.1.9 semiuri, 3.1.1.10 transports
    let (request, _) = accepted(&with(
        "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0",
        &[],
    ));
    let uri = request.uri.as_sip().unwrap();
    assert_eq!(uri.user.as_deref(), Some("user;par=u%40example.net"));
    assert!(uri.params.is_empty());
    let (request, _) = accepted(&with(
        OPTIONS,
        &[
            "Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw",
            "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf",
            "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
            "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en",
            "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee",
        ],
    ));
    let transports: Vec<String> = request
        .headers
        .vias()
        .unwrap()
        .into_iter()
        .map(|via| via.transport)
        .collect();
    assert_eq!(transports, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
}

#[test]
fn binary_multipart_body_is_kept() {
    // 3.1.1.11 mpart01
    let text = with(
        "MESSAGE sip:kumiko@example.org SIP/2.0",
        &["Content-Type: multipart/mixed;boundary=7a9cbec02ceef655"],
    );
    let mut datagram = crlf(&text);
    let body = b"--7a9cbec02ceef655\r\n\r\n\0\xff\r\n\r\n\x80--7a9cbec02ceef655--\r\n";
    datagram.extend(body);
    let Message::Request(request) = Message::parse(&datagram).unwrap() else {
        panic!("a request")
    };
    assert_eq!(request.body, body);
}

#[test]
fn unusual_and_missing_reason_phrases_are_read() {
    // 3.1.1.12 unreason, 3.1.1.13 noreason
    let reason = "= 2**3 * 5**2 \u{43d}\u{43e} \u{441}\u{442}\u{43e}";
    let unusual = response(&format!("SIP/2.0 200 {reason}\nl: 0\n\n"));
    assert_eq!(unusual.reason(), reason);
    let none = response("SIP/2.0 100 \nl: 0\n\n");
    assert_eq!((none.status(), none.reason()), (100, ""));
    assert!(
        none.to_bytes().starts_with(b"SIP/2.0 100 \r\n"),
        "the space stays (RFC 3261 7.2)"
    );
    assert_eq!(response("SIP/2.0 100\nl: 0\n\n").status(), 100);
}

#[test]
fn stray_separators_are_refused() {
    // 3.1.2.1 badinv01
    let text = with(
        "INVITE sip:user@example.com SIP/2.0",
        &["Via: SIP/2.0/UDP 192.0.2.15;;,;,,"],
    );
    assert!(matches!(refusal(&text), Error::Malformed(_)));
    let text = with(
        "INVITE sip:user@example.com SIP/2.0",
        &["Contact: \"Joe\" <sip:joe@example.org>;;;;"],
    );
    assert!(request(&text).headers.addresses(&Name::Contact).is_err());
}

#[test]
fn lengths_that_lie_are_refused() {
    // 3.1.2.2 clerr, 3.1.2.3 ncl, 3.3.9 mcl01
    let longer = with(
        "INVITE sip:user@example.com SIP/2.0",
        &["Content-Length: 9999"],
    );
    assert_eq!(refusal(&longer), Error::Truncated);
    let negative = with(
        "INVITE sip:user@example.com SIP/2.0",
        &["Content-Length: -999"],
    );
    assert_eq!(refusal(&negative), Error::Malformed("Content-Length"));
    let huge = with(OPTIONS, &["Content-Length: 99999999999999999999999999"]);
    assert_eq!(refusal(&huge), Error::Malformed("Content-Length"));
    let two = with(OPTIONS, &["Content-Length: 0", "Content-Length: 5"]);
    assert_eq!(refusal(&two), Error::Repeated("Content-Length"));
}

#[test]
fn overlarge_numbers_are_refused() {
    // 3.1.2.4 scalar02, 3.1.2.5 scalarlg
    let cseq = with(
        "REGISTER sip:example.com SIP/2.0",
        &["CSeq: 36893488147419103232 REGISTER"],
    );
    assert_eq!(refusal(&cseq), Error::Malformed("CSeq number"));
    let forwards = with("REGISTER sip:example.com SIP/2.0", &["Max-Forwards: 300"]);
    assert_eq!(refusal(&forwards), Error::Malformed("Max-Forwards"));
    let answer = "SIP/2.0 503 Service Unavailable\nVia: SIP/2.0/TCP a;branch=z9hG4bKzz\n\
                  From: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\nCall-ID: x\nCSeq: 9292394834772304023312 OPTIONS\n\n";
    assert_eq!(refusal(answer), Error::Malformed("CSeq number"));
}

#[test]
fn unterminated_quotes_and_brackets_are_refused() {
    // 3.1.2.6 quotbal, 3.1.2.7 ltgtruri
    let quotes = with(OPTIONS, &["To: \"Mr. J. User <sip:j.user@example.com>"]);
    assert_eq!(refusal(&quotes), Error::Malformed("quotes are not closed"));
    let brackets = with("INVITE <sip:user@example.com> SIP/2.0", &[]);
    assert_eq!(refusal(&brackets), Error::Malformed("character in URI"));
}

#[test]
fn spaces_in_the_request_line_are_refused() {
    // 3.1.2.8 lwsruri, 3.1.2.9 lwsstart, 3.1.2.10 trws; all may be refused with 400
    for line in [
        "INVITE sip:user@example.com; lr SIP/2.0",
        "INVITE  sip:user@example.com  SIP/2.0",
        "INVITE sip:user@example.com SIP/2.0  ",
    ] {
        assert!(
            matches!(refusal(&with(line, &[])), Error::Malformed(_)),
            "{line}"
        );
    }
}

#[test]
fn headers_in_request_uri_are_refused() {
    // 3.1.2.11 escruri
    let text = with(
        "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0",
        &[],
    );
    assert_eq!(refusal(&text), Error::Malformed("headers in Request-URI"));
}

#[test]
fn invalid_dates_do_not_matter() {
    // 3.1.2.12 baddate: Date is not evaluated, and the RFC allows to ignore it
    accepted(&with(OPTIONS, &["Date: Fri, 01 Jan 2010 16:00:00 EST"]));
}

#[test]
fn contact_and_address_without_needed_brackets_are_refused() {
    // 3.1.2.13 regbadct, 3.1.2.14 badaspec, 3.1.2.15 baddn
    let text = with(
        "REGISTER sip:example.com SIP/2.0",
        &["Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"],
    );
    assert!(request(&text).headers.addresses(&Name::Contact).is_err());
    let spaces = with(
        OPTIONS,
        &["To: \"Watson, Thomas\" < sip:t.watson@example.org >"],
    );
    assert_eq!(refusal(&spaces), Error::Malformed("character in URI"));
    let name = with(
        OPTIONS,
        &["From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"],
    );
    assert_eq!(refusal(&name), Error::Malformed("display name"));
}

#[test]
fn other_versions_and_mismatched_methods_are_refused() {
    // 3.1.2.16 badvers, 3.1.2.17 mismatch01, 3.1.2.18 mismatch02
    assert_eq!(
        refusal(&with("OPTIONS sip:t.watson@example.org SIP/7.0", &[])),
        Error::Version
    );
    let mismatch = with(OPTIONS, &["CSeq: 8 INVITE"]);
    assert_eq!(
        refusal(&mismatch),
        Error::Malformed("CSeq method is not the request's")
    );
    let unknown = with(
        "NEWMETHOD sip:user@example.com SIP/2.0",
        &["CSeq: 8 INVITE"],
    );
    assert_eq!(
        refusal(&unknown),
        Error::Malformed("CSeq method is not the request's")
    );
}

#[test]
fn overlarge_status_code_is_refused() {
    // 3.1.2.19 bigcode
    let text = "SIP/2.0 4294967301 better not break the receiver\nl: 0\n\n";
    assert_eq!(refusal(text), Error::Malformed("status code"));
    assert_eq!(
        refusal("SIP/2.0 099 x\nl: 0\n\n"),
        Error::Malformed("status code")
    );
    assert_eq!(
        refusal("SIP/2.0 +20 x\nl: 0\n\n"),
        Error::Malformed("status code")
    );
}

#[test]
fn transaction_and_application_oddities_are_read_for_the_layers_above() {
    // 3.2.1 badbranch: no branch to match by
    let (_, essentials) = accepted(&with(
        OPTIONS,
        &["Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"],
    ));
    assert_eq!(essentials.via.branch(), None);
    // 3.3.2 unkscm, 3.3.3 novelsc: whole, for a 416 from above
    for uri in [
        "nobodyKnowsThisScheme:totallyopaquecontent",
        "soap.beep://192.0.2.103:3002",
    ] {
        let (request, _) = accepted(&with(&format!("OPTIONS {uri} SIP/2.0"), &[]));
        assert_eq!(request.uri.to_string(), uri);
    }
    // 3.3.4 unksm2: unknown schemes in To and Contact
    let (register, _) = accepted(&with(
        "REGISTER sip:example.com SIP/2.0",
        &["To: isbn:2983792873", "Contact: <name:John_Smith>"],
    ));
    assert_eq!(
        register.headers.addresses(&Name::Contact).unwrap()[0]
            .uri
            .to_string(),
        "name:John_Smith"
    );
    // 3.3.5 bext01
    let (request, _) = accepted(&with(
        OPTIONS,
        &["Require: nothingSupportsThis, nothingSupportsThisEither"],
    ));
    assert!(
        request
            .headers
            .has_token(&Name::Require, "NothingSupportsThisEither")
    );
    // 3.3.10 bcast: a Via that names a broadcast address is text here
    assert!(
        response(
            "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\n\
         Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\nCall-ID: b\nCSeq: 3 INVITE\n\
         To: <sip:u@example.com>;tag=2\nFrom: <sip:u@example.com>;tag=3\nl: 0\n\n"
        )
        .check()
        .is_ok()
    );
    // 3.3.11 zeromf
    let (_, essentials) = accepted(&with(OPTIONS, &["Max-Forwards: 0"]));
    assert_eq!(essentials.max_forwards, Some(0));
}

#[test]
fn missing_and_repeated_essentials_are_refused() {
    // 3.3.1 insuf, 3.3.8 multi01
    let insufficient = "INVITE sip:user@example.com SIP/2.0\nCSeq: 193942 INVITE\n\
                        Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\nl: 0\n\n";
    assert_eq!(refusal(insufficient), Error::Missing("From"));
    for line in [
        "CSeq: 5 OPTIONS",
        "Call-ID: b",
        "Max-Forwards: 5",
        "To: <sip:b@c>",
        "From: <sip:b@c>;tag=2",
    ] {
        let twice = with(OPTIONS, &[line, line]);
        assert!(matches!(refusal(&twice), Error::Repeated(_)), "{line}");
    }
    for name in ["Via", "To", "From", "Call-ID", "CSeq"] {
        let without: String = with(OPTIONS, &[])
            .lines()
            .filter(|line| !line.starts_with(name))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(
            refusal(&without),
            Error::Missing(match name {
                "Via" => "Via",
                "To" => "To",
                "From" => "From",
                "Call-ID" => "Call-ID",
                _ => "CSeq",
            })
        );
    }
}

#[test]
fn requests_of_rfc_2543_are_refused() {
    // 3.4.1 inv2543: no tag, no branch; the fallback is left out on purpose
    let text = "INVITE sip:UserB@example.com SIP/2.0\nVia: SIP/2.0/UDP iftgw.example.com\n\
                From: <sip:+13035551111@ift.client.example.net;user=phone>\n\
                To: sip:+16505552222@ss1.example.net;user=phone\nCall-ID: inv2543.1717@ift\n\
                CSeq: 56 INVITE\n\n";
    assert_eq!(refusal(text), Error::Malformed("From has no tag"));
}

#[test]
fn contact_parameters_and_uri_parameters_are_told_apart() {
    // 3.3.12 cparam01, 3.3.13 cparam02, 3.3.14 regescrt
    let header = Address::parse("sip:+19725552222@gw1.example.net;unknownparam").unwrap();
    assert_eq!(header.params.get("unknownparam"), Some(""));
    let inside = Address::parse("<sip:+19725552222@gw1.example.net;unknownparam>").unwrap();
    assert!(inside.params.is_empty());
    assert_eq!(
        inside.uri.as_sip().unwrap().params.get("unknownparam"),
        Some("")
    );
    let escaped = Address::parse("<sip:user@example.com?Route=%3Csip:sip.example.com%3E>").unwrap();
    assert_eq!(
        escaped.uri.as_sip().unwrap().headers.as_deref(),
        Some("Route=%3Csip:sip.example.com%3E")
    );
}
