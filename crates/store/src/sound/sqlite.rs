//! Sounds on SQLite.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row};

use super::{NewSound, SoundError, Sounds, check_room, checked};
use crate::Pending;
use crate::center::CenterId;
use crate::database::{BEGIN, Store, ttl_micros};
use crate::error::{Error, unsigned};
use crate::limits::SOUND_PIECE_BYTES;
use tandem_core::prompt::{Sound, SoundId};

const STANDING: &str = "SELECT COUNT(*), COALESCE(SUM(n_bytes), 0) FROM sounds WHERE center = ?1";
const NAME: &str = "UPDATE sounds SET named_us = CAST(unixepoch('subsec') * 1000000 AS INTEGER)
     WHERE center = ?1 AND id = ?2 AND is_whole = 1 RETURNING length_ms, peak_tenth_db";
const BEGUN: &str = "INSERT INTO sounds (center, id, length_ms, peak_tenth_db, n_bytes, named_us)
     VALUES (?1, ?2, ?3, ?4, ?5, CAST(unixepoch('subsec') * 1000000 AS INTEGER))
     ON CONFLICT (center, id) DO UPDATE SET named_us = excluded.named_us";
const PIECE: &str = "INSERT INTO sound_pieces (center, id, n, bytes) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (center, id, n) DO NOTHING";
const WHOLE: &str = "UPDATE sounds SET is_whole = 1 WHERE center = ?1 AND id = ?2";
const IS_WHOLE: &str = "SELECT is_whole FROM sounds WHERE center = ?1 AND id = ?2";
const GET: &str = "SELECT bytes FROM sound_pieces WHERE center = ?1 AND id = ?2 ORDER BY n";
const FORGET: &str = "DELETE FROM sounds WHERE center = ?1
     AND id NOT IN (SELECT value FROM json_each(?2))
     AND named_us <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) - ?3";

impl Sounds for Store {
    fn put_sound<'a>(
        &'a self,
        center: &'a CenterId,
        sound: NewSound,
    ) -> Pending<'a, Result<Sound, SoundError>> {
        Box::pin(async move {
            sound.check_size()?;
            let described = sound.described();
            if let Some(standing) = self.name_sound(center, &described.id).await? {
                return Ok(standing);
            }
            self.begin(center, &described, sound.wav.len()).await?;
            for (n, piece) in (0_i64..).zip(sound.wav.chunks(SOUND_PIECE_BYTES)) {
                self.put_piece(center, &described.id, n, piece).await?;
            }
            let mut writer = self.main().writer().await?;
            sqlx::query(WHOLE)
                .bind(center.as_str())
                .bind(described.id.as_str())
                .execute(&mut *writer)
                .await
                .map_err(Error::from)?;
            self.main().checkpointer.written(1);
            Ok(described)
        })
    }

    fn name_sound<'a>(
        &'a self,
        center: &'a CenterId,
        id: &'a SoundId,
    ) -> Pending<'a, Result<Option<Sound>, Error>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let row = sqlx::query(NAME)
                .bind(center.as_str())
                .bind(id.as_str())
                .fetch_optional(&mut *writer)
                .await?;
            self.main().checkpointer.written(1);
            row.as_ref().map(|row| described(id, row)).transpose()
        })
    }

    fn sound<'a>(
        &'a self,
        center: &'a CenterId,
        id: &'a SoundId,
    ) -> Pending<'a, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            let is_whole: Option<i64> = sqlx::query_scalar(IS_WHOLE)
                .bind(center.as_str())
                .bind(id.as_str())
                .fetch_optional(&self.main().readers)
                .await?;
            if is_whole != Some(1) {
                return Ok(None);
            }
            let pieces: Vec<Vec<u8>> = sqlx::query_scalar(GET)
                .bind(center.as_str())
                .bind(id.as_str())
                .fetch_all(&self.main().readers)
                .await?;
            checked(id, pieces.concat()).map(Some)
        })
    }

    fn forget_sounds<'a>(
        &'a self,
        center: &'a CenterId,
        named: &'a BTreeSet<SoundId>,
        unnamed_for: Duration,
    ) -> Pending<'a, Result<usize, Error>> {
        Box::pin(async move {
            let named = serde_json::Value::from_iter(named.iter().map(SoundId::as_str));
            let mut writer = self.main().writer().await?;
            let done = sqlx::query(FORGET)
                .bind(center.as_str())
                .bind(named.to_string())
                .bind(ttl_micros(unnamed_for))
                .execute(&mut *writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
        })
    }
}

impl Store {
    /// The place of a sound, if there is room for it.
    async fn begin(
        &self,
        center: &CenterId,
        sound: &Sound,
        n_bytes: usize,
    ) -> Result<(), SoundError> {
        let mut writer = self.main().writer().await?;
        let mut transaction = writer.begin_with(BEGIN).await.map_err(Error::from)?;
        let row = sqlx::query(STANDING)
            .bind(center.as_str())
            .fetch_one(&mut *transaction)
            .await
            .map_err(Error::from)?;
        let count = |at: usize| -> Result<u64, Error> { unsigned("a sum", row.try_get(at)?) };
        check_room(count(0)?, count(1)?, n_bytes)?;
        sqlx::query(BEGUN)
            .bind(center.as_str())
            .bind(sound.id.as_str())
            .bind(i64::from(sound.length_ms))
            .bind(i64::from(sound.peak_tenth_db))
            .bind(i64::try_from(n_bytes).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await
            .map_err(Error::from)?;
        transaction.commit().await.map_err(Error::from)?;
        Ok(())
    }

    /// A piece at a time: an append of the journal comes in between.
    async fn put_piece(
        &self,
        center: &CenterId,
        id: &SoundId,
        n: i64,
        piece: &[u8],
    ) -> Result<(), Error> {
        let mut writer = self.main().writer().await?;
        sqlx::query(PIECE)
            .bind(center.as_str())
            .bind(id.as_str())
            .bind(n)
            .bind(piece)
            .execute(&mut *writer)
            .await?;
        let n_bytes = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.main().checkpointer.written(n_bytes);
        Ok(())
    }
}

fn described(id: &SoundId, row: &SqliteRow) -> Result<Sound, Error> {
    let (length_ms, peak_tenth_db): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let damaged = |_| Error::damaged(format!("the sound {id}"), "its length or its peak");
    Ok(Sound {
        id: id.clone(),
        length_ms: u32::try_from(length_ms).map_err(damaged)?,
        peak_tenth_db: i32::try_from(peak_tenth_db).map_err(damaged)?,
    })
}
