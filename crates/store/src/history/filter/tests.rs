use super::*;
use tandem_core::event::EndReason;
use tandem_core::ids::{CustomerHash, QueueId};

fn query(filter: &HistoryFilter) -> Query {
    Query::of(filter, filter.end_reason.map(|_| "timeout".to_owned()))
}

#[test]
fn rarest_condition_leads() {
    let everything = HistoryFilter {
        customer: Some(CustomerHash(1)),
        agent: Some(AgentId(2)),
        queue: Some(QueueId(3)),
        end_reason: Some(EndReason::Timeout),
        ..HistoryFilter::default()
    };
    let led = query(&everything);
    assert!(led.from.contains("contacts_by_customer"), "{led:?}");
    let of_agent = HistoryFilter {
        customer: None,
        ..everything
    };
    assert!(query(&of_agent).from.starts_with("contact_agents l"));
    let of_queue = HistoryFilter {
        agent: None,
        end_reason: None,
        ..of_agent
    };
    assert!(query(&of_queue).from.starts_with("contact_queues l"));
    let long = HistoryFilter {
        wait_ms_min: Some(900_000),
        ..of_queue
    };
    let led = query(&long);
    assert!(led.from.contains("contacts_waited_10_min"), "{led:?}");
    assert!(led.conditions.contains("c.wait_ms >= 600000"), "{led:?}");
}

#[test]
fn who_may_see_only_own_contacts_is_bound_to_them_beside_every_other_condition() {
    let own = HistoryFilter {
        seen_by: Some(AgentId(7)),
        ..HistoryFilter::default()
    };
    let led = query(&own);
    assert!(led.conditions.contains("l.agent = ?4"), "{led:?}");
    assert_eq!(led.values, [Value::Number(7)]);
    for filter in [
        HistoryFilter {
            customer: Some(CustomerHash(1)),
            ..own.clone()
        },
        HistoryFilter {
            is_open: Some(true),
            ..own.clone()
        },
        HistoryFilter {
            agent: Some(AgentId(8)),
            ..own
        },
    ] {
        let led = query(&filter);
        assert!(led.conditions.contains("a.agent = "), "{led:?}");
        assert!(led.values.contains(&Value::Number(7)), "{led:?}");
    }
}
