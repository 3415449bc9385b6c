//! `tandem bench story`: finding contacts in a long history, the lanes of one of them, and a file of many, asked
//! over HTTP of a whole process.

mod asked;
mod filling;
mod questions;

use super::{Error, Latency};
use asked::Asked;
use filling::{LONG_STORY, fill};
use questions::{FILTERS, SCOPED};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

const CENTER: &str = "bench";
/// How often each filter is asked with, each time for something else.
const ROUNDS: u64 = 25;
/// Contacts of the export.
pub(super) const EXPORTED: u64 = 200_000;
/// Queues and agents of the history.
const QUEUES: u64 = 20;
const AGENTS: u64 = 300;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct StoryReport {
    /// Contacts in the history.
    pub contacts: u64,
    /// Contacts written per second.
    pub written_per_second: u64,
    /// Bytes of the history's file for each contact.
    pub bytes_per_contact: u64,
    /// Searches with eight filters, each with its page of 50 and its count.
    pub search: Latency,
    /// The same, filter by filter.
    pub search_by_filter: BTreeMap<&'static str, Latency>,
    /// Searches of people who see a team, or a team and a queue.
    pub scoped_search: Latency,
    /// The same, scope by scope and filter by filter.
    pub scoped_search_by_filter: BTreeMap<String, Latency>,
    /// One contact of 200 events, with its lanes.
    pub timeline: Latency,
    /// Contacts of the export.
    pub exported: u64,
    /// Contacts exported per second as CSV, with their numbers opened.
    pub exported_csv_per_second: u64,
    /// The same as a workbook.
    pub exported_xlsx_per_second: u64,
    /// The same as Parquet.
    pub exported_parquet_per_second: u64,
}

/// Measures with a history of `contacts` contacts below `folder`.
///
/// # Errors
/// When the process cannot be started or asked.
pub async fn story(folder: &Path, contacts: u64) -> Result<StoryReport, Error> {
    let data_dir = folder.join("data");
    let asked = Asked::start(&data_dir).await?;
    let center = asked.center()?;
    let began = Instant::now();
    fill(&center, contacts).await?;
    let filled = began.elapsed();
    let (search, search_by_filter) = search(&asked, contacts).await?;
    let (scoped_search, scoped_search_by_filter) = scoped_search(&asked, contacts).await?;
    let mut timeline = Vec::new();
    for _ in 0..ROUNDS {
        timeline.push(asked.time(&format!("/contacts/{LONG_STORY}")).await?);
    }
    let exported = EXPORTED.min(contacts);
    let first = filling::arrived_at(contacts - exported + 1);
    let from = crate::api::Instant(tandem_core::time::Timestamp::from_micros(first));
    let csv = asked.time(&format!("/contacts/export?from={from}")).await?;
    let xlsx = format!("/contacts/export?format=xlsx&from={from}");
    let xlsx = asked.time(&xlsx).await?;
    let parquet = format!("/contacts/export?format=parquet&from={from}");
    let parquet = asked.time(&parquet).await?;
    let report = StoryReport {
        contacts,
        written_per_second: rate(contacts, filled),
        bytes_per_contact: file_bytes(&data_dir) / contacts.max(1),
        search,
        search_by_filter,
        scoped_search,
        scoped_search_by_filter,
        timeline: Latency::of(timeline),
        exported,
        exported_csv_per_second: rate(exported, csv),
        exported_xlsx_per_second: rate(exported, xlsx),
        exported_parquet_per_second: rate(exported, parquet),
    };
    drop(center);
    asked.running.shutdown().await;
    Ok(report)
}

async fn search(
    asked: &Asked,
    contacts: u64,
) -> Result<(Latency, BTreeMap<&'static str, Latency>), Error> {
    let (mut all, mut by_filter) = (Vec::new(), BTreeMap::new());
    for (name, filter) in FILTERS {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            let path = format!("/contacts{}", filter(round, contacts));
            times.push(asked.time(&path).await?);
        }
        all.extend_from_slice(&times);
        by_filter.insert(name, Latency::of(times));
    }
    Ok((Latency::of(all), by_filter))
}

async fn scoped_search(
    asked: &Asked,
    contacts: u64,
) -> Result<(Latency, BTreeMap<String, Latency>), Error> {
    let center = asked.center()?;
    asked::team(&center).await?;
    let (mut all, mut by_filter) = (Vec::new(), BTreeMap::new());
    for (scope, parts) in asked::scopes() {
        let token = asked.scoped(scope, parts).await?;
        for (name, filter) in SCOPED {
            let mut times = Vec::new();
            for round in 0..ROUNDS {
                let path = format!("/contacts{}", filter(round, contacts));
                times.push(asked.time_of(&token, &path).await?);
            }
            all.extend_from_slice(&times);
            by_filter.insert(format!("{scope}: {name}"), Latency::of(times));
        }
    }
    Ok((Latency::of(all), by_filter))
}

fn rate(n: u64, time: Duration) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
    n.saturating_mul(1_000_000) / micros
}

fn file_bytes(data_dir: &Path) -> u64 {
    let files = ["history.db", "history.db-wal"].into_iter();
    files
        .map(|file| std::fs::metadata(data_dir.join(file)).map_or(0, |it| it.len()))
        .sum()
}
