//! Contact center and Microsoft cloud as processes of their own, as an operator has them: backup and
//! restore, journals of other versions, trouble with the disk, kills.

#![expect(clippy::unwrap_used, reason = "support of tests")]

mod backup;
mod disk;
mod kills;
mod stage;
mod versions;
