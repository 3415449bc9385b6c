//! The Teams account: there is one or none, every change is made on what was read, and without it nobody has Teams.

use std::collections::{BTreeMap, BTreeSet};
use tandem_store::{
    AccountId, CenterId, NewTeamsAccount, TeamsAccountError, TeamsAccounts, TeamsSwitch,
    UnixMicros, limits,
};

const NOW: UnixMicros = UnixMicros(1_000_000_000);

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn saying(text: &str) -> NewTeamsAccount {
    NewTeamsAccount {
        document: format!("{{\"name\":\"{text}\"}}"),
        secret: Some(format!("sealed {text}")),
        findings: None,
    }
}

// B-058, B-059
pub(crate) async fn second_teams_account_is_refused_until_the_first_is_gone(
    store: &impl TeamsAccounts,
) {
    let center = center();
    assert_eq!(
        store
            .teams_account(&center)
            .await
            .expect("the store answers"),
        None
    );
    let first = store.create_teams_account(&center, saying("a"), NOW).await;
    assert_eq!(first.expect("the store answers"), 1);
    let second = store.create_teams_account(&center, saying("b"), NOW).await;
    assert!(matches!(second, Err(TeamsAccountError::Exists)));
    let elsewhere = CenterId::parse("fabrikam").expect("the store answers");
    let other = store.create_teams_account(&elsewhere, saying("c"), NOW);
    assert_eq!(other.await.expect("the store answers"), 1);
    store
        .remove_teams_account(&center, 1, NOW)
        .await
        .expect("the store answers");
    assert_eq!(
        store
            .teams_account(&center)
            .await
            .expect("the store answers"),
        None
    );
    let again = store.create_teams_account(&center, saying("b"), NOW).await;
    let again = again.expect("the store answers");
    let read = store
        .teams_account(&center)
        .await
        .expect("the store answers")
        .expect("the store answers");
    assert_eq!((read.version, read.secret), (again, saying("b").secret));
    // Whoever still looks at the first one changes nothing of the second.
    let stale = store.change_teams_account(&center, 1, saying("x"), NOW);
    assert!(matches!(
        stale.await,
        Err(TeamsAccountError::Conflict { actual }) if actual == again
    ));
}

pub(crate) async fn teams_account_is_changed_on_the_version_that_was_read(
    store: &impl TeamsAccounts,
) {
    let center = center();
    let missing = store.change_teams_account(&center, 1, saying("a"), NOW);
    assert!(matches!(missing.await, Err(TeamsAccountError::NotFound)));
    let made = store.create_teams_account(&center, saying("a"), NOW);
    made.await.expect("the store answers");
    let noted = store.note_teams_findings(&center, 1, "{\"a\":1}".to_owned());
    noted.await.expect("the store answers");
    let read = store
        .teams_account(&center)
        .await
        .expect("the store answers")
        .expect("the store answers");
    assert_eq!(read.findings.as_deref(), Some("{\"a\":1}"));
    let changed = store.change_teams_account(&center, 1, saying("b"), NOW);
    assert_eq!(changed.await.expect("the store answers"), 2);
    // What was found out about the first version says nothing about the second.
    let late = store.note_teams_findings(&center, 1, "{\"a\":2}".to_owned());
    late.await.expect("the store answers");
    let read = store
        .teams_account(&center)
        .await
        .expect("the store answers")
        .expect("the store answers");
    assert_eq!((read.version, read.findings), (2, None));
    assert_eq!(read.document, saying("b").document);
    let stale = store.remove_teams_account(&center, 1, NOW).await;
    assert!(matches!(
        stale,
        Err(TeamsAccountError::Conflict { actual: 2 })
    ));
    let large = NewTeamsAccount {
        document: "x".repeat(1_000_000),
        ..saying("c")
    };
    let large = store.change_teams_account(&center, 2, large, NOW).await;
    assert!(matches!(large, Err(TeamsAccountError::Store(_))));
}

// B-060, B-061
pub(crate) async fn removed_teams_account_switches_teams_off_for_everybody(
    store: &impl TeamsAccounts,
) {
    let (center, ada, ben) = (center(), AccountId(1), AccountId(2));
    let switch = |account, to| store.switch_teams(&center, account, to);
    let early = switch(ada, TeamsSwitch::On).await;
    assert!(matches!(early, Err(TeamsAccountError::NotFound)));
    let made = store.create_teams_account(&center, saying("a"), NOW);
    made.await.expect("the store answers");
    for account in [ada, ada, ben] {
        switch(account, TeamsSwitch::On)
            .await
            .expect("the store answers");
    }
    let users = store.teams_users(&center).await.expect("the store answers");
    assert_eq!(users, BTreeSet::from([ada, ben]));
    switch(ben, TeamsSwitch::Off)
        .await
        .expect("the store answers");
    assert_eq!(
        store
            .teams_users(&center)
            .await
            .expect("the store answers")
            .len(),
        1
    );
    store
        .remove_teams_account(&center, 1, NOW)
        .await
        .expect("the store answers");
    assert!(
        store
            .teams_users(&center)
            .await
            .expect("the store answers")
            .is_empty()
    );
    let made = store.create_teams_account(&center, saying("b"), NOW);
    made.await.expect("the store answers");
    let users = store.teams_users(&center).await.expect("the store answers");
    assert!(users.is_empty(), "everybody switches it on again");
}

// B-205
pub(crate) async fn sign_in_to_teams_is_kept_until_it_or_the_account_is_gone(
    store: &impl TeamsAccounts,
) {
    let center = center();
    let (ada, ben) = (AccountId(7), AccountId(8));
    let keep = |account, text: &str| store.keep_teams_sign_in(&center, account, text.to_owned());
    let kept = async || {
        let sign_ins = store.teams_sign_ins(&center).await;
        sign_ins.expect("the store answers")
    };
    let early = keep(ada, "sealed").await;
    assert!(matches!(early, Err(TeamsAccountError::NotFound)));
    let made = store.create_teams_account(&center, saying("a"), NOW);
    made.await.expect("the store answers");
    for (account, text) in [(ada, "first"), (ben, "other"), (ada, "second")] {
        keep(account, text).await.expect("the store answers");
    }
    let both = BTreeMap::from([(ada, "second".to_owned()), (ben, "other".to_owned())]);
    assert_eq!(kept().await, both);
    let long = "x".repeat(limits::TEAMS_SIGN_IN_BYTES_MAX + 1);
    assert!(keep(ada, &long).await.is_err());
    let forgotten = store.forget_teams_sign_in(&center, ben);
    forgotten.await.expect("the store answers");
    assert_eq!(kept().await.len(), 1);
    // Another version of the account is still the account.
    let changed = store.change_teams_account(&center, 1, saying("b"), NOW);
    changed.await.expect("the store answers");
    assert_eq!(kept().await.len(), 1);
    let removed = store.remove_teams_account(&center, 2, NOW);
    removed.await.expect("the store answers");
    assert!(kept().await.is_empty());
}
