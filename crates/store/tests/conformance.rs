//! One suite for every back end: what an engine may rely on, whatever is underneath.

mod conformance {
    pub(crate) mod audit;
    pub(crate) mod favorites;
    pub(crate) mod figures;
    pub(crate) mod history;
    pub(crate) mod suite;
    pub(crate) mod teams;
}

use conformance::{audit, favorites, figures, history, suite, teams};

macro_rules! conformance {
    ($suite:ident on $sqlite:ident and $memory:ident: $($claim:ident),+ $(,)?) => {
        mod $sqlite {
            $(
                #[tokio::test]
                async fn $claim() {
                    let directory = tempfile::tempdir().unwrap();
                    let store = tandem_store::Store::open(directory.path()).await.unwrap();
                    super::$suite::$claim(&store).await;
                    store.close().await.unwrap();
                }
            )+
        }
        mod $memory {
            $(
                #[tokio::test]
                async fn $claim() {
                    super::$suite::$claim(&tandem_store::MemoryStore::new()).await;
                }
            )+
        }
    };
}

conformance!(suite on sqlite and memory:
    records_come_back_as_they_were_appended,
    reading_stops_at_the_limits_and_goes_on_from_there,
    sequence_numbers_are_contiguous_over_owners,
    stale_owner_is_fenced_when_its_node_asks_again,
    stale_owner_is_fenced_after_its_lease_ended,
    held_center_is_refused_to_another_node,
    released_center_is_free_for_another_node,
    wrong_sequence_number_is_a_conflict,
    record_at_the_limit_is_taken_and_above_it_refused,
    centers_are_apart,
    appends_may_be_under_way_together,
    appends_under_way_behind_a_refused_one_are_refused,
    subjects_and_checkpoints_become_durable_with_the_record,
    refused_append_writes_nothing_at_all,
    erased_subject_stays_erased,
    subjects_are_read_by_reference,
    drawn_references_are_new,
    newest_snapshot_is_returned,
    snapshot_ahead_of_the_journal_is_refused,
    sounds_are_kept_by_what_is_in_them,
    long_sound_comes_back_whole,
    sound_that_nobody_names_is_forgotten,
    sound_above_the_limit_is_refused,
);

conformance!(history on sqlite_history and memory_history:
    every_filter_finds_what_it_says_newest_first,
    sums_are_those_of_the_list,
    list_goes_on_below_its_last_contact,
    passages_are_read_from_one_contact_on_oldest_first,
    count_stops_where_it_is_told,
    late_fact_restates_its_contact,
    forgotten_history_leaves_nothing,
);

conformance!(audit on sqlite_audit and memory_audit:
    every_filter_of_the_audit_finds_what_it_says_newest_first,
    links_follow_from_the_facts_alone,
    audit_is_added_with_the_mark_and_forgotten_with_the_history,
);

conformance!(figures on figures_of_sqlite and figures_of_memory:
    stays_are_summed_by_quarter_and_told_twice_count_once,
    who_waits_for_hours_is_carried_in,
    promises_of_callbacks_are_counted_once_by_queue_and_quarter,
    time_of_agents_is_split_by_quarter,
    forgotten_facts_leave_nothing,
);

conformance!(teams on sqlite_teams and memory_teams:
    second_teams_account_is_refused_until_the_first_is_gone,
    teams_account_is_changed_on_the_version_that_was_read,
    removed_teams_account_switches_teams_off_for_everybody,
    sign_in_to_teams_is_kept_until_it_or_the_account_is_gone,
);

conformance!(favorites on sqlite_favorites and memory_favorites:
    favorites_are_of_one_account_alone,
    favorites_are_full_at_their_limit,
);
