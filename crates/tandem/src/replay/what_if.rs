//! `tandem replay --what-if`: what would have changed.

use crate::outcome::{Outcome, line};
use anyhow::Context;
use serde_json::json;
use tandem_server::Store;
use tandem_server::journal::each_turn;
use tandem_simulation::retrospect::{Recorded, Retrospect};
use tandem_simulation::what_if::{AssumedIn, Callbacks, Change, WhatIf, what_if};

/// Reads the journal of a contact center and tells what would have changed.
pub(super) async fn run(
    store: &Store,
    id: &str,
    changes: &[String],
    seeds: u64,
    is_json: bool,
) -> anyhow::Result<Outcome> {
    let recorded = retrospect(store, id).await?;
    let state = recorded.lived.center.state();
    let agents: Vec<_> = state.agents.iter().map(|(id, _)| id).collect();
    let parsed: Result<Vec<Change>, String> = changes
        .iter()
        .map(|text| Change::parse(text, &state.settings, &agents))
        .collect();
    let parsed = parsed.map_err(|why| anyhow::anyhow!("--what-if: {why}"))?;
    let seeds: Vec<u64> = (1..=seeds).collect();
    // Nothing else is to be done meanwhile.
    let result = tokio::task::block_in_place(|| what_if(&recorded, &parsed, &seeds));
    if is_json {
        return line(&json!({ "center": id, "changes": changes, "result": result }).to_string());
    }
    for part in told(id, changes, &result) {
        line(&part)?;
    }
    Ok(Outcome::Done)
}

async fn retrospect(store: &Store, id: &str) -> anyhow::Result<Recorded> {
    let center = tandem_server::center_id(id)?;
    let mut retrospect = Retrospect::default();
    let see = |turn: tandem_server::engine::TurnRecord| retrospect.see(turn.now, &turn.events);
    let n_records = each_turn(store, &center, see).await?;
    let recorded = (n_records > 0).then(|| retrospect.recorded());
    let recorded = recorded.filter(|it| !it.traffic.calls.is_empty());
    recorded.with_context(|| format!("nobody came in line in the journal of contact center {id}"))
}

fn told(id: &str, changes: &[String], result: &WhatIf) -> Vec<String> {
    let left_out = result.left_out;
    let mut lines = vec![
        format!(
            "{id}: {} with {} seeds",
            changes.join(" and "),
            result.seeds.len()
        ),
        format!(
            "  {:<30} {:>10} {:>10} {:>10} {:>20}",
            "", "on record", "again", "changed", "difference (95 %)"
        ),
    ];
    for it in &result.figures {
        let difference = format!("{:+.2} ± {:.2}", it.difference, it.plus_minus);
        lines.push(format!(
            "  {:<30} {:>10.2} {:>10.2} {:>10.2} {difference:>20}",
            it.figure, it.recorded, it.again, it.changed
        ));
    }
    if let Some(callbacks) = &result.callbacks {
        lines.extend(told_of_callbacks(callbacks));
    }
    lines.push(format!(
        "  without {} contacts that never were in line and {} that nobody called in; {} went on to somebody else",
        left_out.n_never_in_line, left_out.n_not_inbound, left_out.n_moved_on
    ));
    if left_out.n_traded > 0 {
        lines.push(format!(
            "  {} were called back on record, or to be; again, they wait on the line",
            left_out.n_traded
        ));
    }
    lines
}

fn told_of_callbacks(callbacks: &Callbacks) -> Vec<String> {
    let number = |it: Option<f64>| it.map_or_else(|| "-".to_owned(), |it| format!("{it:.2}"));
    let mut lines = vec![format!(
        "  {:<30} {:>10} {:>10} {:>10} {:>20}",
        "callbacks", "on record", "again", "changed", "± (95 %)"
    )];
    for it in &callbacks.figures {
        lines.push(format!(
            "  {:<30} {:>10} {:>10} {:>10} {:>20}",
            it.figure,
            number(it.recorded),
            "-",
            number(it.changed),
            number(it.plus_minus)
        ));
    }
    // Queues of which the same was said stand side by side, when they were said together.
    let alike = callbacks.assumed.chunk_by(|a, b| a.assumed == b.assumed);
    lines.extend(alike.filter_map(assumed));
    lines.push(
        "  assumed: numbers are known where none was withheld on record; who is called back needs as long as on the line"
            .to_owned(),
    );
    lines
}

fn assumed(alike: &[AssumedIn]) -> Option<String> {
    let it = alike.first()?.assumed;
    let queues: Vec<String> = alike.iter().map(|it| it.queue.to_string()).collect();
    Some(format!(
        "  assumed in queue {}: {} % of those who are asked say yes; of 100 times that a phone rings, {} are answered, after {} s",
        queues.join(", "),
        it.share_percent,
        it.reached_percent,
        it.answer_s
    ))
}
