//! Figures as a file: a row for each queue, agent or team and interval, and one for each whole period, with everything
//! that a number needs to be understood elsewhere: zone, grain, thresholds with their version, and in the name of each
//! column the unit and the formula.

use super::agents::{AgentIntervals, AgentPerformance};
use super::queues::{QueueIntervals, QueuePerformance};
use super::{MetricView, PeriodView, agents, asked::Days, queues, variant::VariantAsked};
use crate::api::body::Query;
use crate::api::contacts::Named;
use crate::api::table::{self, Asked, Cell, Column, Heading, Kind, Writer};
use crate::api::time::Instant;
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Error;
use tandem_core::history::ExportFormat;

/// What queues came to in a period, as a file; `docs/figures.md` says what stands in its columns. Permission:
/// see_floor; queues in scope.
#[utoipa::path(get, path = "/{center}/figures/queues/export", tag = "figures",
    operation_id = "queue_figures_export",
    params(("center" = String, Path), Days, queues::QueuesAsked, VariantAsked, Asked),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn of_queues(
    by: FloorReader,
    Query(days): Query<Days>,
    Query(asked): Query<queues::QueuesAsked>,
    Query(variant): Query<VariantAsked>,
    Query(file): Query<Asked>,
) -> Result<Response, Problem> {
    let told = queues::performance(&by, &days, &asked, &variant).await?;
    answered(file.format(), "queue-performance", move |format| {
        queue_file(&told, format)
    })
    .await
}

/// What agents came to in a period, as a file; teams, where figures are of teams. Permission: see_floor; agents in
/// scope.
#[utoipa::path(get, path = "/{center}/figures/agents/export", tag = "figures",
    operation_id = "agent_figures_export",
    params(("center" = String, Path), Days, agents::AgentsAsked, Asked),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn of_agents(
    by: FloorReader,
    Query(days): Query<Days>,
    Query(asked): Query<agents::AgentsAsked>,
    Query(file): Query<Asked>,
) -> Result<Response, Problem> {
    let told = agents::performance(&by, &days, &asked).await?;
    answered(file.format(), "agent-performance", move |format| {
        agent_file(&told, format)
    })
    .await
}

async fn answered(
    format: ExportFormat,
    name: &'static str,
    write: impl FnOnce(ExportFormat) -> Result<Vec<u8>, Error> + Send + 'static,
) -> Result<Response, Problem> {
    let written = tokio::task::spawn_blocking(move || write(format)).await;
    let written = written.map_err(Error::other).and_then(|written| written);
    let bytes = written.map_err(|error| {
        tracing::error!(%error, "figures cannot be written");
        Problem::unavailable("the file cannot be written at the moment")
    })?;
    Ok((table::headers(format, name), bytes).into_response())
}

fn queue_file(told: &QueuePerformance, format: ExportFormat) -> Result<Vec<u8>, Error> {
    let mut in_force: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for it in &told.service_level.in_force {
        let (version, seconds, short) = (it.version, it.threshold_s, it.short_abandon_s);
        // No comma: it stands in a cell of CSV.
        let text = format!("version {version}: {seconds} s and short {short} s");
        in_force.entry(it.queue_id).or_default().push(text);
    }
    let by = told.service_level.threshold;
    let judged = |queue: Option<u64>| {
        let texts = queue.and_then(|queue| in_force.get(&queue));
        let texts = texts.map_or(Cell::Empty, |it| Cell::Word(it.join("; ").into()));
        vec![Cell::Word(by.into()), texts]
    };
    let mut file = File::begin(
        format,
        Source {
            name: "queue-performance",
            whose: "queue",
            beside: &["threshold", "thresholds_in_force"],
            period: &told.period,
            metrics: &told.metrics,
            sample: serde_json::to_value(&told.all.total)?,
        },
    )?;
    for row in &told.queues {
        let judged = judged(Some(row.queue.id));
        file.queue(Of::One(&row.queue), &judged, &row.figures)?;
    }
    file.queue(Of::All, &judged(None), &told.all)?;
    file.writer.end()
}

fn agent_file(told: &AgentPerformance, format: ExportFormat) -> Result<Vec<u8>, Error> {
    let mut file = File::begin(
        format,
        Source {
            name: "agent-performance",
            whose: told.by.word(),
            beside: &[],
            period: &told.period,
            metrics: &told.metrics,
            sample: serde_json::to_value(&told.all.total)?,
        },
    )?;
    for row in &told.rows {
        let of = row.of.as_ref().map_or(Of::NoTeam, Of::One);
        file.agent(of, &row.figures)?;
    }
    file.agent(Of::All, &told.all)?;
    file.writer.end()
}

/// Of whom a row is.
#[derive(Clone, Copy)]
enum Of<'a> {
    One(&'a Named),
    /// Agents who are in none.
    NoTeam,
    All,
}

impl Of<'_> {
    /// Its number and its name.
    fn cells(self) -> [Cell; 2] {
        match self {
            Self::One(it) => [Cell::Number(it.id), Cell::Text(it.name.clone())],
            Self::NoTeam => [Cell::Empty, Cell::Word("in no team".into())],
            Self::All => [Cell::Empty, Cell::Word("all".into())],
        }
    }
}

/// What a file is made of.
struct Source<'a> {
    name: &'static str,
    /// Of whom a row is.
    whose: &'static str,
    /// Columns beside those that every file has.
    beside: &'static [&'static str],
    period: &'a PeriodView,
    metrics: &'a [MetricView],
    /// Figures, to see which have parts.
    sample: Value,
}

/// A file that is being written.
struct File<'a> {
    writer: Writer,
    period: &'a PeriodView,
    grain: Cow<'static, str>,
    /// Where the value of each column lies in the figures.
    places: Vec<String>,
}

impl<'a> File<'a> {
    fn begin(format: ExportFormat, source: Source<'a>) -> Result<Self, Error> {
        let Source {
            name,
            whose,
            beside,
            period,
            metrics,
            sample,
        } = source;
        let column = |name: Cow<'static, str>, kind| Column { name, kind };
        let mut columns = vec![
            column("span".into(), Kind::Text),
            column("from".into(), Kind::Instant),
            column("to".into(), Kind::Instant),
            column("time_zone".into(), Kind::Text),
            column("grain".into(), Kind::Text),
            column("as_of".into(), Kind::Instant),
            column(format!("{whose}_id").into(), Kind::Number),
            column(whose.into(), Kind::Text),
        ];
        columns.extend(beside.iter().map(|it| column((*it).into(), Kind::Text)));
        let mut places = Vec::new();
        for metric in metrics {
            for (place, name) in parts(metric, &sample) {
                places.push(place);
                columns.push(column(name.into(), Kind::Number));
            }
        }
        let heading = Heading { name, columns };
        let grain = serde_json::to_value(period.grain)?;
        Ok(Self {
            writer: Writer::begin(format, &heading)?,
            period,
            grain: grain.as_str().unwrap_or_default().to_owned().into(),
            places,
        })
    }

    fn queue(
        &mut self,
        of: Of<'_>,
        beside: &[Cell],
        figures: &QueueIntervals,
    ) -> Result<(), Error> {
        for it in &figures.intervals {
            self.row("interval", (it.from, it.to), of, beside, &it.figures)?;
        }
        let whole = (self.period.from, self.period.to);
        self.row("period", whole, of, beside, &figures.total)
    }

    fn agent(&mut self, of: Of<'_>, figures: &AgentIntervals) -> Result<(), Error> {
        for it in &figures.intervals {
            self.row("interval", (it.from, it.to), of, &[], &it.figures)?;
        }
        let whole = (self.period.from, self.period.to);
        self.row("period", whole, of, &[], &figures.total)
    }

    /// One row.
    fn row(
        &mut self,
        span: &'static str,
        (from, to): (Instant, Instant),
        of: Of<'_>,
        beside: &[Cell],
        figures: &impl Serialize,
    ) -> Result<(), Error> {
        let at = |at: Instant| Cell::Instant(at.0.as_micros());
        let mut cells = vec![
            Cell::Word(span.into()),
            at(from),
            at(to),
            Cell::Text(self.period.time_zone.clone()),
            Cell::Word(self.grain.clone()),
            at(self.period.as_of),
        ];
        cells.extend(of.cells());
        cells.extend_from_slice(beside);
        let figures = serde_json::to_value(figures)?;
        cells.extend(self.places.iter().map(|place| {
            let number = figures.pointer(place).and_then(Value::as_u64);
            number.map_or(Cell::Empty, Cell::Number)
        }));
        self.writer.row(&cells)
    }
}

/// The columns of a figure, each with its place: a share has its integers beside it, transfers have their kinds. What is a
/// list has none.
fn parts(metric: &MetricView, sample: &Value) -> Vec<(String, String)> {
    let (field, id) = (metric.field, metric.id);
    match sample.get(field) {
        None | Some(Value::Array(_)) => Vec::new(),
        Some(Value::Object(members)) => {
            let members = members.keys();
            members
                .map(|key| (format!("/{field}/{key}"), format!("{field}_{key}[{id}]")))
                .collect()
        }
        Some(_) => vec![(format!("/{field}"), format!("{field}[{id}]"))],
    }
}
