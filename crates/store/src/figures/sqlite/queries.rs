//! The texts. `?1` is the center, `?2` the queues or agents as a JSON list, `?3` and `?4` the stretch. Which index leads is
//! said by the order of the tables: CROSS JOIN keeps it (sqlite.org/optoverview.html, 7.3).

use crate::center::CenterId;
use crate::figures::{Stretch, Within};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{Sqlite, SqliteArguments};

/// As it stands in the texts.
pub(super) const QUARTER_US: i64 = 900_000_000;

/// Contacts that entered; what was blocked never did.
pub(super) const ENTERED: &str = "SELECT s.queue, s.entered_us / 900000000, COUNT(*)
     FROM json_each(?2) ids CROSS JOIN stays s
     WHERE s.center = (SELECT nr FROM centers WHERE name = ?1) AND s.queue = ids.value
       AND s.entered_us >= ?3 AND s.entered_us < ?4 AND s.outcome IS NOT 5
     GROUP BY 1, 2";

/// Who entered within the hour before, who is still there, and who stayed long: each by its index.
pub(super) const WAITING: &str =
    "SELECT s.queue, COUNT(*) FROM json_each(?2) ids CROSS JOIN stays s
     WHERE s.center = (SELECT nr FROM centers WHERE name = ?1) AND s.queue = ids.value
       AND s.entered_us > ?3 - 3600000000 AND s.entered_us < ?4 AND s.left_us >= ?3 GROUP BY 1
     UNION ALL
     SELECT s.queue, COUNT(*) FROM json_each(?2) ids CROSS JOIN stays s INDEXED BY stays_open
     WHERE s.center = (SELECT nr FROM centers WHERE name = ?1) AND s.queue = ids.value
       AND s.entered_us < ?3 AND s.left_us IS NULL GROUP BY 1
     UNION ALL
     SELECT s.queue, COUNT(*) FROM json_each(?2) ids CROSS JOIN stays s INDEXED BY stays_long
     WHERE s.center = (SELECT nr FROM centers WHERE name = ?1) AND s.queue = ids.value
       AND s.entered_us <= ?3 - 3600000000 AND s.left_us >= ?3
       AND s.left_us - s.entered_us >= 3600000000 GROUP BY 1";

/// Offers by what they came to.
pub(super) const OFFERS: &str = "SELECT o.agent, o.ended_us / 900000000, o.outcome, COUNT(*)
     FROM json_each(?2) ids CROSS JOIN offers o
     WHERE o.center = (SELECT nr FROM centers WHERE name = ?1) AND o.agent = ids.value
       AND o.ended_us >= ?3 AND o.ended_us < ?4
     GROUP BY 1, 2, 3";

/// Promises of callbacks by what came of them.
pub(super) const PROMISES: &str = "SELECT p.queue, p.judged_us / 900000000, p.promise, COUNT(*)
     FROM json_each(?2) ids CROSS JOIN callback_promises p
     WHERE p.center = (SELECT nr FROM centers WHERE name = ?1) AND p.queue = ids.value
       AND p.judged_us >= ?3 AND p.judged_us < ?4
     GROUP BY 1, 2, 3";

/// Spans that lie within one quarter.
pub(super) const TIME_WITHIN: &str =
    "SELECT s.agent, s.from_us / 900000000, SUM(s.until_us - s.from_us), s.state, s.why, s.reason,
       s.is_productive, s.reason_version, s.is_unpaid
     FROM json_each(?2) ids CROSS JOIN agent_spans s
     WHERE s.center = (SELECT nr FROM centers WHERE name = ?1) AND s.agent = ids.value
       AND s.from_us >= ?3 AND s.from_us < ?4
       AND s.from_us / 900000000 = (s.until_us - 1) / 900000000
     GROUP BY 1, 2, 4, 5, 6, 7, 8, 9";

/// The others, from the one that the stretch begins in.
pub(super) const TIME_ACROSS: &str =
    "SELECT s.agent, s.from_us, s.until_us, s.state, s.why, s.reason, s.is_productive,
       s.reason_version, s.is_unpaid
     FROM json_each(?2) ids CROSS JOIN agent_spans s
     WHERE s.center = (SELECT nr FROM centers WHERE name = ?1) AND s.agent = ids.value
       AND s.from_us >= COALESCE((SELECT MAX(p.from_us) FROM agent_spans p WHERE p.center = s.center
         AND p.agent = ids.value AND p.from_us < ?3), ?3)
       AND s.from_us < ?4 AND (s.until_us IS NULL OR s.until_us > ?3)
       AND (s.until_us IS NULL OR s.from_us < ?3
         OR s.from_us / 900000000 <> (s.until_us - 1) / 900000000)";

/// The numbers that occur in a column that leads its index: one step for each, and not one for each row.
pub(super) fn distinct(table: &str, column: &str) -> String {
    let of_center = format!(
        "SELECT MIN({column}) FROM {table} WHERE center = (SELECT nr FROM centers WHERE name = ?1)"
    );
    format!(
        "WITH RECURSIVE found (id) AS (
           SELECT ({of_center})
           UNION ALL
           SELECT ({of_center} AND {column} > found.id) FROM found WHERE found.id IS NOT NULL)
         SELECT id FROM found WHERE id IS NOT NULL"
    )
}

/// Stays that ended, by end and by what they were judged.
pub(super) fn left(within: &Within) -> String {
    let threshold = threshold(within);
    format!(
        "SELECT s.queue, s.left_us / 900000000, s.outcome, s.version, s.threshold_s, s.short_abandon_s, COUNT(*),
           SUM(s.left_us - s.entered_us <= ({threshold}) * 1000000), SUM(s.left_us - s.entered_us),
           SUM(s.ring_us), MAX(s.left_us - s.entered_us)
         FROM json_each(?2) ids CROSS JOIN stays s INDEXED BY stays_by_leave
         WHERE s.center = (SELECT nr FROM centers WHERE name = ?1) AND s.queue = ids.value
           AND s.left_us >= ?3 AND s.left_us < ?4
         GROUP BY 1, 2, 3, 4, 5, 6"
    )
}

/// Numbers alone, which are ours.
fn threshold(within: &Within) -> String {
    match within {
        Within::InForce => "s.threshold_s".to_owned(),
        Within::Seconds(seconds) => seconds.to_string(),
        Within::Each(each) if each.is_empty() => "s.threshold_s".to_owned(),
        Within::Each(each) => {
            let cases = each
                .iter()
                .map(|(queue, seconds)| format!(" WHEN {queue} THEN {seconds}"));
            let cases: String = cases.collect();
            format!("CASE s.queue{cases} ELSE s.threshold_s END")
        }
    }
}

/// Engagements that were completed, by queue or by agent.
pub(super) fn engagements(whose: &str) -> String {
    let index = if whose == "queue" {
        " INDEXED BY engagements_by_queue"
    } else {
        ""
    };
    let kinds = (0..6).map(|kind| format!(", SUM(e.transfer IS {kind})"));
    let kinds: String = kinds.collect();
    format!(
        "SELECT e.{whose}, e.handled_us / 900000000, COUNT(*), SUM(e.is_outbound), SUM(e.talk_us),
           SUM(e.hold_us), SUM(e.consult_us), COALESCE(SUM(e.wrap_up_us), 0), SUM(e.hold_us + e.consult_us > 0),
           COUNT(e.wrap_up_us){kinds}
         FROM json_each(?2) ids CROSS JOIN engagements e{index}
         WHERE e.center = (SELECT nr FROM centers WHERE name = ?1) AND e.{whose} = ids.value
           AND e.handled_us >= ?3 AND e.handled_us < ?4
         GROUP BY 1, 2"
    )
}

/// Queues or agents, as one value.
pub(super) struct Ids(String);

impl Ids {
    pub(super) fn of(ids: impl Iterator<Item = u64>) -> Self {
        Self(serde_json::Value::from_iter(ids).to_string())
    }
}

/// What is bound to a text.
pub(super) struct Asked<'a> {
    center: &'a CenterId,
    ids: Ids,
    stretch: Stretch,
}

impl<'a> Asked<'a> {
    pub(super) const fn of(center: &'a CenterId, ids: Ids, stretch: Stretch) -> Self {
        Self {
            center,
            ids,
            stretch,
        }
    }

    /// For a text that asks for no queue, no agent and no time.
    pub(super) fn everything(center: &'a CenterId) -> Self {
        let none = crate::center::UnixMicros(0);
        let stretch = Stretch {
            from: none,
            to: none,
        };
        Self::of(center, Ids::of(std::iter::empty()), stretch)
    }

    /// The text is made of this module's own words.
    pub(super) fn query(
        &self,
        text: String,
    ) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
        sqlx::query(AssertSqlSafe(text))
            .bind(self.center.as_str().to_owned())
            .bind(self.ids.0.clone())
            .bind(self.stretch.from.0)
            .bind(self.stretch.to.0)
    }
}
