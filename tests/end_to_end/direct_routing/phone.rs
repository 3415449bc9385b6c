//! A phone that registers: it proves itself by its password, and answers on the socket that it registered on.

use super::sound::{Mouth, Voice};
use crate::wait::PATIENCE;
use std::net::SocketAddr;
use tandem_sip::digest::{self, Credentials};
use tandem_sip::header::Name;
use tandem_sip::message::{Message, Method, Request, Response};
use tandem_sip::uri::Uri;
use tokio::net::UdpSocket;
use tokio::sync::watch;

pub(super) struct Phone {
    socket: UdpSocket,
    server: SocketAddr,
    user: &'static str,
    n_requests: u32,
}

/// A phone that waits for calls by itself.
pub(super) struct Waiting {
    pub(super) voice: Voice,
    over: watch::Receiver<bool>,
}

impl Phone {
    pub(super) async fn new(server: SocketAddr, user: &'static str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        Self {
            socket,
            server,
            user,
            n_requests: 0,
        }
    }

    /// Registers; answers the status that it came to.
    pub(super) async fn register(&mut self, password: &str) -> u16 {
        let plain = self.request();
        let asked = self.asks(&plain).await;
        if asked.status() != 401 {
            return asked.status();
        }
        let known = Credentials {
            realm: None,
            user: self.user.to_owned(),
            password: password.to_owned(),
        };
        let mut again = digest::respond(&plain, &asked, &[known], "cnonce").unwrap();
        let number = self.n_requests;
        again
            .headers
            .set(&Name::CSeq, format!("{} REGISTER", number + 1));
        again.headers.set(&Name::Via, self.via(number + 1));
        self.n_requests += 2;
        self.asks(&again).await.status()
    }

    fn via(&self, n: u32) -> String {
        let own = self.socket.local_addr().unwrap();
        format!("SIP/2.0/UDP {own};branch=z9hG4bKphone{n}")
    }

    fn request(&mut self) -> Request {
        self.n_requests += 1;
        let (user, own, server) = (self.user, self.socket.local_addr().unwrap(), self.server);
        let uri = Uri::parse(&format!("sip:{server}")).unwrap();
        let mut request = Request::new(Method::Register, uri);
        for (name, value) in [
            (Name::Via, self.via(self.n_requests)),
            (Name::MaxForwards, "70".to_owned()),
            (Name::From, format!("<sip:{user}@{server}>;tag=phone")),
            (Name::To, format!("<sip:{user}@{server}>")),
            (Name::CallId, format!("registration-{own}")),
            (Name::CSeq, format!("{} REGISTER", self.n_requests)),
            (Name::Contact, format!("<sip:{user}@{own}>;expires=300")),
        ] {
            request.headers.push(name, value);
        }
        request
    }

    async fn asks(&self, request: &Request) -> Response {
        let asking = async {
            self.socket
                .send_to(&request.to_bytes(), self.server)
                .await
                .unwrap();
            loop {
                if let Message::Response(response) = self.next().await {
                    return response;
                }
            }
        };
        tokio::time::timeout(PATIENCE, asking)
            .await
            .expect("an answer in time")
    }

    async fn next(&self) -> Message {
        let mut datagram = [0; 8_192];
        let (n, _) = self.socket.recv_from(&mut datagram).await.unwrap();
        Message::parse(&datagram[..n]).unwrap()
    }

    /// Answers the next call, until it is hung up on.
    pub(super) async fn waits(self) -> Waiting {
        let voice = Voice::new(Mouth::Silence).await;
        let (told, over) = watch::channel(false);
        let port = voice.port();
        tokio::spawn(async move {
            loop {
                let Message::Request(request) = self.next().await else {
                    continue;
                };
                if request.method == Method::Invite {
                    self.says(&request, 180, Vec::new()).await;
                    self.says(&request, 200, description(port)).await;
                } else if request.method == Method::Bye {
                    self.says(&request, 200, Vec::new()).await;
                    told.send_replace(true);
                }
            }
        });
        Waiting { voice, over }
    }

    async fn says(&self, request: &Request, status: u16, body: Vec<u8>) {
        let mut response = Response::to(request, status, "phone").unwrap();
        let own = self.socket.local_addr().unwrap();
        response
            .headers
            .push(Name::Contact, format!("<sip:{}@{own}>", self.user));
        if !body.is_empty() {
            response.headers.push(Name::ContentType, "application/sdp");
            response.body = body;
        }
        self.socket
            .send_to(&response.to_bytes(), self.server)
            .await
            .unwrap();
    }
}

impl Waiting {
    /// Waits until the call was hung up.
    pub(super) async fn ended(mut self) {
        let ended = self.over.wait_for(|over| *over);
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        assert!(
            ended.is_ok_and(|it| it.is_ok()),
            "the phone was not hung up on"
        );
    }
}

fn description(port: u16) -> Vec<u8> {
    let lines = [
        "v=0".to_owned(),
        "o=phone 1 1 IN IP4 127.0.0.1".to_owned(),
        "s=-".to_owned(),
        "c=IN IP4 127.0.0.1".to_owned(),
        "t=0 0".to_owned(),
        format!("m=audio {port} RTP/AVP 8"),
        "a=rtpmap:8 PCMA/8000".to_owned(),
    ];
    format!("{}\r\n", lines.join("\r\n")).into_bytes()
}
