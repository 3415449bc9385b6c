//! Verification: the chain is gone through from its beginning, and each file is compared with what was written.
//! It needs no key, so that somebody who may hear nothing can do it.

use crate::center::Center;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use tandem_core::time::Timestamp;
use tandem_store::{
    CenterId, ChainReader, ChainRow, FileError, Link, RecordingFiles, RecordingFilter, Recordings,
};

/// What is wrong with a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The recording.
    pub id: u64,
    /// What.
    pub what: What,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The file is not what was written.
    Changed,
    /// The file is not there.
    Missing,
    /// Its row does not follow from the row before: one of the two was changed, or one was taken out.
    ChainBroken,
}

/// How far a verification is, or what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// Rows that were gone through.
    pub n_checked: u64,
    /// Of them, erased ones: their rows are in the chain, their files are not there.
    pub n_erased: u64,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// Faults beyond those that are named.
    pub n_more_faults: u64,
    /// The last link, hexadecimal: who noted it elsewhere can tell whether the end of the chain was cut off.
    pub last_link: Option<String>,
}

/// Where a verification stands.
#[derive(Clone, Debug, Default)]
pub struct Stand {
    /// Whether it goes on.
    pub progress: Progress,
    /// When it began.
    pub began: Option<Timestamp>,
    /// Rows that there were then.
    pub n_total: u64,
    /// What was found so far.
    pub findings: Findings,
}

/// Whether a verification goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// There was none since the process began.
    #[default]
    Never,
    /// It goes on.
    Running,
    /// It came to the end.
    Done,
    /// The database or the storage could not be read.
    Failed,
}

impl Progress {
    /// The word that people see.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// Begins to go through the recordings of a contact center beside the service, unless that is under way.
///
/// # Errors
/// When the database cannot be read.
pub async fn begin(center: &Arc<Center>) -> Result<(), tandem_store::Error> {
    let all = RecordingFilter::default();
    let n_total = center.store.count_recordings(center.id(), &all, u32::MAX);
    let stand = Stand {
        progress: Progress::Running,
        began: Some(center.clock.now()),
        n_total: n_total.await?,
        findings: Findings::default(),
    };
    if center.recordings.begins(&stand) {
        tokio::spawn(run(Arc::clone(center), stand));
    }
    Ok(())
}

async fn run(center: Arc<Center>, mut stand: Stand) {
    let keeper = &center.recordings;
    let so_far = stand.clone();
    let seen = |findings: &Findings| {
        if findings.n_checked.is_multiple_of(TOLD_EVERY) {
            keeper.note(Stand {
                findings: findings.clone(),
                ..so_far.clone()
            });
        }
    };
    match verify(center.store.directory(), keeper.files(), center.id(), seen).await {
        Ok(findings) => {
            let (n_checked, n_faults) = (findings.n_checked, findings.faults.len());
            tracing::info!(center = %center.id(), n_checked, n_faults, "recordings are verified");
            stand.findings = findings;
            stand.progress = Progress::Done;
        }
        Err(error) => {
            tracing::error!(center = %center.id(), %error, "recordings cannot be verified");
            stand.progress = Progress::Failed;
        }
    }
    keeper.note(stand);
}

/// Rows between two words on how far it is.
const TOLD_EVERY: u64 = 20;
/// Faults that are named.
const FAULTS_MAX: usize = 1_000;

/// Goes through everything; `seen` is told how far it is.
///
/// # Errors
/// When the database or the storage cannot be read at all.
pub async fn verify(
    data_dir: &Path,
    files: &RecordingFiles,
    center: &CenterId,
    mut seen: impl FnMut(&Findings) + Send,
) -> Result<Findings, FileError> {
    let mut findings = Findings::default();
    let mut chain = ChainReader::of(data_dir).await?;
    let (mut link, mut n) = (Link::ORIGIN, 1);
    loop {
        let rows = chain.portion(center, n).await?;
        if rows.is_empty() {
            return Ok(findings);
        }
        for row in &rows {
            let (sheet, expected) = (row.sheet(), link.next(&row.written));
            let follows = row.n == n && row.link == Some(expected);
            if !follows || sheet.is_none() {
                findings.add(row, What::ChainBroken);
            }
            // From here on it is gone by what the row says, so that one break is told once.
            (link, n) = (row.link.unwrap_or(expected), row.n + 1);
            if let Some(sheet) = sheet.filter(|_| !row.is_erased) {
                match files.check(&sheet).await {
                    Ok(()) => {}
                    Err(FileError::Changed(_)) => findings.add(row, What::Changed),
                    Err(FileError::Missing(_)) => findings.add(row, What::Missing),
                    Err(error) => return Err(error),
                }
            }
            findings.n_checked += 1;
            findings.n_erased += u64::from(row.is_erased);
            findings.last_link = Some(link.to_string());
            seen(&findings);
        }
    }
}

impl Findings {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn add(&mut self, row: &ChainRow, what: What) {
        if self.faults.len() < FAULTS_MAX {
            let id = row.recording.0;
            self.faults.push(Fault { id, what });
        } else {
            self.n_more_faults += 1;
        }
    }
}
