//! `[direct_routing]`: listeners, certificate and media of calls by trunks.

use super::Validator;
use crate::config::direct_routing::{CertificateFiles, DirectRouting, MEDIA_PORTS};
use crate::config::file;
use crate::config::{Reader, Speech};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use tandem_core::prompt::Language;
use toml::Spanned;

/// Of texts that have none of their own.
const LANGUAGE: &str = "en-US";

impl Validator<'_> {
    pub(super) fn direct_routing(
        &mut self,
        section: Spanned<file::DirectRouting>,
    ) -> Option<DirectRouting> {
        let file = section.get_ref();
        let key = |name: &str| format!("direct_routing.{name}");
        let is_name =
            tandem_sip::uri::HostPort::parse(file.name.get_ref()).is_ok_and(|it| it.port.is_none());
        if !is_name {
            let fix = "write the FQDN of the certificate, or our address, without a port";
            self.at(&key("name"), &file.name, "is no name of a host", fix);
        }
        let udp = self.listener("udp", file.udp.as_ref());
        let tcp = self.listener("tcp", file.tcp.as_ref());
        let tls = self.listener("tls", file.tls.as_ref());
        if file.udp.is_none() && file.tcp.is_none() && file.tls.is_none() {
            let fix =
                "add `udp`, `tcp` or `tls` with an address and a port, such as \"0.0.0.0:5060\"";
            self.at("direct_routing", &section, "listens nowhere", fix);
        }
        let certificate = self.sip_certificate(&section);
        let trust_root = file.trust_root.as_ref();
        let trust_root = trust_root.and_then(|it| self.readable(&key("trust_root"), it));
        if file.tls.is_some() && file.trust_root.is_none() {
            let fix = "name a file with the certificate authorities of the other sides, such as /etc/ssl/certs/ca-certificates.crt";
            self.at(&key("tls"), &section, "is there without `trust_root`", fix);
        }
        let fix = "write an address of this machine, such as \"203.0.113.10\"";
        let media_address = self.parsed::<IpAddr>(&key("media_address"), &file.media_address, fix);
        let public = file.media_public_address.as_ref();
        let public = public.map(|it| self.parsed::<IpAddr>(&key("media_public_address"), it, fix));
        if public.is_none() && media_address.is_some_and(|it| it.is_unspecified()) {
            let what = "is every address, and others cannot be told that";
            let fix = "name the address that others reach, or add `media_public_address`";
            self.at(&key("media_address"), &file.media_address, what, fix);
        }
        let media_ports = self.media_ports(file.media_ports.as_ref());
        let speech = file.speech.as_ref().map(|it| self.speech(it));
        let fix = "write an address and a port, such as \"127.0.0.1:15062\"";
        let mut hosts = BTreeMap::new();
        for (name, address) in &file.hosts {
            let at = key(&format!("hosts.{name}"));
            if let Some(address) = self.parsed::<SocketAddr>(&at, address, fix) {
                hosts.insert(name.clone(), address);
            }
        }
        Some(DirectRouting {
            name: file.name.get_ref().clone(),
            udp: udp?,
            tcp: tcp?,
            tls: tls?,
            certificate: certificate?,
            trust_root,
            media_address: media_address?,
            media_public_address: match public {
                None => None,
                Some(public) => Some(public?),
            },
            media_ports: media_ports?,
            hosts,
            speech: match speech {
                None => None,
                Some(speech) => Some(speech?),
            },
        })
    }

    fn speech(&mut self, section: &Spanned<file::Speech>) -> Option<Speech> {
        let key = |name: &str| format!("direct_routing.speech.{name}");
        let file = section.get_ref();
        let language = match &file.language {
            None => Some(LANGUAGE.to_owned()),
            Some(language) => {
                let parsed = Language::parse(language.get_ref());
                if let Err(problem) = parsed {
                    let fix = "write one such as \"de-DE\"";
                    self.at(&key("language"), language, &problem.to_string(), fix);
                }
                parsed.ok().map(|it| it.to_string())
            }
        };
        let reader = match (&file.espeak_ng, &file.url) {
            (Some(program), None) => {
                let program = self.readable(&key("espeak_ng"), program);
                program.map(Reader::EspeakNg)
            }
            (None, Some(url)) => self.url(&key("url"), url).map(Reader::Service),
            (None, None) | (Some(_), Some(_)) => {
                let fix = "name either `espeak_ng`, a program, or `url`, a service";
                self.at(
                    "direct_routing.speech",
                    section,
                    "names no reader, or two",
                    fix,
                );
                None
            }
        };
        Some(Speech {
            reader: reader?,
            language: language?,
        })
    }

    /// An address that is not there is none; one that is wrong is a problem.
    #[expect(clippy::option_option, reason = "left out and wrong are two things")]
    fn listener(
        &mut self,
        name: &str,
        text: Option<&Spanned<String>>,
    ) -> Option<Option<SocketAddr>> {
        let Some(text) = text else {
            return Some(None);
        };
        let fix = "write an address and a port, such as \"0.0.0.0:5060\"";
        let key = format!("direct_routing.{name}");
        self.parsed::<SocketAddr>(&key, text, fix).map(Some)
    }

    #[expect(clippy::option_option, reason = "left out and wrong are two things")]
    fn sip_certificate(
        &mut self,
        section: &Spanned<file::DirectRouting>,
    ) -> Option<Option<CertificateFiles>> {
        let file = section.get_ref();
        match (&file.certificate, &file.key) {
            (Some(certificate), Some(key)) => {
                let certificate = self.readable("direct_routing.certificate", certificate);
                let key = self.readable("direct_routing.key", key);
                Some(Some(CertificateFiles {
                    certificate: certificate?,
                    key: key?,
                }))
            }
            (None, None) if file.tls.is_none() => Some(None),
            (Some(_) | None, _) => {
                let what = "lacks `certificate` or `key`";
                let fix = "name both files: TLS needs them";
                self.at("direct_routing", section, what, fix);
                None
            }
        }
    }

    fn media_ports(&mut self, text: Option<&Spanned<String>>) -> Option<RangeInclusive<u16>> {
        let Some(text) = text else {
            return Some(MEDIA_PORTS);
        };
        let range = match text.get_ref().split_once('-') {
            Some((first, last)) => first.trim().parse().ok().zip(last.trim().parse().ok()),
            None if text.get_ref().trim() == "0" => Some((0, 0)),
            None => None,
        };
        match range {
            Some((first, last)) if (first, last) == (0, 0) || (first >= 1_024 && last > first) => {
                Some(first..=last)
            }
            Some(_) | None => {
                let fix = "write the first and the last port, such as \"20000-39999\"";
                self.at(
                    "direct_routing.media_ports",
                    text,
                    "is no range of ports",
                    fix,
                );
                None
            }
        }
    }
}
