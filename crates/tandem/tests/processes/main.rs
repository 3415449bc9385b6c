//! Contact center and Microsoft cloud as processes of their own, as an operator has them: backup and
//! restore, journals of other versions, trouble with the disk, damage, thieves, a change of keys, kills,
//! settings as files.

#![expect(clippy::unwrap_used, reason = "support of tests")]

mod backup;
mod card;
mod damage;
mod disk;
mod kills;
mod rotation;
mod settings;
mod stage;
mod stolen;
mod versions;
