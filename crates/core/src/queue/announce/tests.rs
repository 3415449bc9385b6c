use super::*;
use crate::prompt::LANGUAGE;

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn sentences(position: &str, minutes: &str) -> Sentences {
    Sentences {
        position: Some(position.to_owned()),
        wait: Some(WaitWords {
            under_a_minute: "0".to_owned(),
            minutes: minutes.to_owned(),
            over_an_hour: "60+".to_owned(),
        }),
    }
}

/// Own sentences in English, and the same in German of two countries.
fn announce() -> Announce {
    Announce {
        first_s: 10,
        every_s: 30,
        sentences: sentences("Number {position}.", "{minutes} minutes."),
        language: Some(language("en-US")),
        languages: [
            (
                language("de-DE"),
                sentences("Platz {position}.", "{minutes} Minuten."),
            ),
            (
                language("de-AT"),
                sentences("Rang {position}.", "{minutes} Minuten."),
            ),
        ]
        .into(),
        growth: Growth::Never,
    }
}

fn heard(announce: &Announce, wanted: Option<&str>) -> Option<Heard> {
    let attributes = wanted.map(|tag| (LANGUAGE.to_owned(), tag.to_owned()));
    let wait = Some(Announcement::AboutMinutes(4));
    announce.heard(&attributes.into_iter().collect(), Some(2), wait)
}

fn said(text: &str, tag: &str) -> Option<Heard> {
    let (text, language) = (text.to_owned(), language(tag));
    Some(Heard::Said { text, language })
}

#[test]
fn caller_hears_the_language_then_one_of_the_same_then_the_queue_s_own_sentences() {
    let announce = announce();
    let german = said("Platz 2. 4 Minuten.", "de-DE");
    assert_eq!(heard(&announce, Some("de-DE")), german);
    assert_eq!(heard(&announce, Some("DE_de")), german);
    let first_of_german = said("Rang 2. 4 Minuten.", "de-AT");
    assert_eq!(heard(&announce, Some("de-CH")), first_of_german);
    let own = said("Number 2. 4 minutes.", "en-US");
    for wanted in [None, Some("en-GB"), Some("fr-FR"), Some("nonsense")] {
        assert_eq!(heard(&announce, wanted), own, "{wanted:?}");
    }
}

#[test]
fn own_sentences_of_no_stated_language_are_in_that_of_the_contact_center() {
    let announce = Announce {
        language: None,
        ..announce()
    };
    let own = Some(Heard::Text("Number 2. 4 minutes.".to_owned()));
    assert_eq!(heard(&announce, Some("fr-FR")), own);
    assert_eq!(
        heard(&announce, Some("de-DE")),
        said("Platz 2. 4 Minuten.", "de-DE")
    );
}

#[test]
fn nothing_is_heard_where_nothing_is_to_be_said() {
    assert_eq!(announce().heard(&BTreeMap::new(), None, None), None);
}

#[test]
fn announcements_in_further_languages_are_refused_with_the_place() {
    let place = |it: &Announce| match it.validate() {
        Err(Refusal::Invalid { field, .. }) => field,
        Err(Refusal::LimitReached { what, .. }) => what.to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(announce().validate(), Ok(()));
    let with = |tag: &str, sentences: Sentences| {
        let mut announce = announce();
        announce.languages.insert(language(tag), sentences);
        announce
    };
    let usual = || sentences("{position}", "{minutes}");
    assert_eq!(place(&with("fr", usual())), "announce.languages.fr");
    assert_eq!(place(&with("en-US", usual())), "announce.languages.en-US");
    let no_number = with("fr-FR", sentences("{position}", "bientôt"));
    assert_eq!(place(&no_number), "announce.languages.fr-FR.wait.minutes");
    let position = None;
    let less = with(
        "fr-FR",
        Sentences {
            position,
            ..usual()
        },
    );
    assert_eq!(place(&less), "announce.languages.fr-FR.position");
    let mut more = announce();
    more.sentences.wait = None;
    assert_eq!(place(&more), "announce.languages.de-AT.wait");
    let bare = Announce {
        language: Some(language("en")),
        ..announce()
    };
    assert_eq!(place(&bare), "announce.language");
    let mut many = announce();
    for letter in 'a'..='z' {
        let tag = format!("x{letter}-{letter}{letter}");
        many.languages.insert(language(&tag), usual());
    }
    assert_eq!(place(&many), "further languages of announcements");
}
