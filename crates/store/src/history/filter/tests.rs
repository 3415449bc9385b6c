use super::*;
use std::collections::BTreeSet;
use tandem_core::event::EndReason;
use tandem_core::ids::{CustomerHash, QueueId};

fn query(filter: &HistoryFilter) -> Query {
    Query::of(filter, filter.end_reason.map(|_| "timeout".to_owned()))
}

fn seen(queues: u64, agents: u64) -> Sight {
    Sight::Of(Seen {
        queues: (1..=queues).map(QueueId).collect(),
        agents: (1..=agents).map(AgentId).collect::<BTreeSet<_>>(),
    })
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
    assert!(led.tables.contains("contacts_by_customer"), "{led:?}");
    let of_agent = HistoryFilter {
        customer: None,
        ..everything
    };
    assert_eq!(query(&of_agent).tables, "contact_agents l");
    let of_queue = HistoryFilter {
        agent: None,
        end_reason: None,
        ..of_agent
    };
    assert_eq!(query(&of_queue).tables, "contact_queues l");
    let long = HistoryFilter {
        wait_ms_min: Some(900_000),
        ..of_queue
    };
    let led = query(&long);
    assert!(led.tables.contains("contacts_waited_10_min"), "{led:?}");
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

//
#[test]
fn queues_and_agents_in_sight_are_walked_side_by_side_as_far_as_that_is_cheaper() {
    let scoped = |sight| HistoryFilter {
        sight,
        ..HistoryFilter::default()
    };
    let narrow = query(&scoped(seen(2, 1)));
    let walks: Vec<_> = narrow.walks.iter().map(|it| &*it.condition).collect();
    assert_eq!(walks, ["l.queue = ?4", "l.queue = ?5", "l.agent = ?6"]);
    assert_eq!(narrow.count(9).matches(" UNION ").count(), 2);
    for wide in [
        scoped(seen(0, 401)),
        HistoryFilter {
            end_reason: Some(EndReason::AbandonedQueue),
            ..scoped(seen(1, 32))
        },
    ] {
        let led = query(&wide);
        assert!(led.walks.is_empty(), "{led:?}");
        assert!(led.conditions.contains("json_each(c.agents)"), "{led:?}");
    }
    let nothing = query(&scoped(seen(0, 0)));
    assert!(nothing.conditions.ends_with("AND FALSE"), "{nothing:?}");
}

#[test]
fn smaller_of_two_sights_is_walked_and_the_other_looked_at() {
    let filter = HistoryFilter {
        sight: seen(3, 0),
        team: seen(0, 2),
        ..HistoryFilter::default()
    };
    let led = query(&filter);
    assert_eq!(led.walks.len(), 2, "{led:?}");
    assert!(led.conditions.contains("json_each(c.queues)"), "{led:?}");
    assert_eq!(led.tables, CONTACTS_BESIDE);
}

//
#[test]
fn sight_is_looked_at_only_where_the_filter_names_nothing_that_is_in_it() {
    let named = |queue, agent| HistoryFilter {
        queue: Some(QueueId(queue)),
        agent: Some(AgentId(agent)),
        sight: seen(1, 1),
        ..HistoryFilter::default()
    };
    for within in [named(1, 9), named(9, 1)] {
        let led = query(&within);
        assert!(!led.conditions.contains("json_each"), "{led:?}");
    }
    let led = query(&named(9, 9));
    assert!(led.conditions.contains("json_each"), "{led:?}");
    assert!(led.tables.contains("CROSS JOIN contacts c"), "{led:?}");
}
