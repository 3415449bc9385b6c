//! Phones that register (RFC 3261 10): each proves itself by the password of its user, and is called on the connection
//! that it registered on.

use super::switchboard::{Switchboard, note};
use tandem_sip::digest::Verdict;
use tandem_sip::flow::Flow;
use tandem_sip::header::Name;
use tandem_sip::message::Request;
use tandem_sip::registrar::refusal_of_brief;
use tandem_sip::stack::TransactionId;
use tandem_transport::sip::Side;

/// What a REGISTER is answered with.
struct Verdicted {
    status: u16,
    headers: Vec<(Name, String)>,
}

impl Switchboard {
    pub(super) fn register(
        &mut self,
        side: &mut Side<'_>,
        id: TransactionId,
        flow: Flow,
        request: &Request,
    ) {
        let verdict = self.registered(side, flow, request);
        if verdict.status == 200 {
            side.ua.keep_flow(flow.id);
        }
        match side.ua.response(request, verdict.status) {
            Ok(mut response) => {
                for (name, value) in verdict.headers {
                    response.headers.push(name, value);
                }
                note(side.ua.reply(side.now, id, &response));
            }
            Err(error) => tracing::debug!(%error, "a registration cannot be answered"),
        }
    }

    fn registered(&mut self, side: &Side<'_>, flow: Flow, request: &Request) -> Verdicted {
        let plain = |status| Verdicted {
            status,
            headers: Vec::new(),
        };
        let Some(peer) = side.peer(flow.id) else {
            return plain(503);
        };
        let to = request.headers.address(&Name::To).ok();
        let user = to.and_then(|it| it.uri.as_sip()?.user.clone());
        let Some(user) = user else {
            return plain(404);
        };
        let mut of_source = self
            .trunks
            .values_mut()
            .filter(|it| it.is_phones() && it.is_from(peer));
        let Some(trunk) = of_source.find(|it| it.trunk.phones.contains(&user)) else {
            // Nobody learns which users there are.
            return plain(403);
        };
        let secrets = &trunk.secrets;
        let verdict = trunk.authenticator.judge(side.now, request, |user| {
            secrets.get(user).map(String::as_str)
        });
        match verdict {
            Verdict::Accepted { user: proved } if proved == user => {}
            Verdict::Accepted { .. } | Verdict::Wrong => return plain(403),
            Verdict::Unknown { is_stale } => {
                return Verdicted {
                    status: 401,
                    headers: trunk.authenticator.challenges(side.now, is_stale),
                };
            }
        }
        if let Some(refusal) = refusal_of_brief(&request.headers) {
            return Verdicted {
                status: refusal.status,
                headers: refusal.headers,
            };
        }
        match trunk.registrar.register(side.now, &user, flow, request) {
            Ok(headers) => Verdicted {
                status: 200,
                headers,
            },
            Err(refusal) => Verdicted {
                status: refusal.status,
                headers: refusal.headers,
            },
        }
    }
}
