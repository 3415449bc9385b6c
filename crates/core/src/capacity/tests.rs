//! Truth tables of R-09: each preset against what its product does, written by hand from its facts.

use super::{
    Admission, AmazonChannel, AtWrapUp, Beside, Capacity, CapacityProfile, ChannelRule,
    CrossChannel, GenesysLabel, GenesysMedia, Held, Label, Load, NoRoom,
};
use crate::contact::Channel as Own;
use crate::ids::ContactId;
use crate::settings::Settings;
use std::collections::BTreeSet;

/// The channels of other products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Channel {
    Voice,
    Chat,
    Mail,
    Case,
}
use Channel::{Case, Chat, Mail, Voice};

const fn load(channel: Channel, units: u32) -> Load<Channel> {
    Load {
        channel,
        units,
        label: None,
        is_exclusive: false,
        at_wrap_up: AtWrapUp::Blocks,
    }
}

fn labeled(channel: Channel, label: &str) -> Load<Channel> {
    Load {
        label: Some(Label(label.to_owned())),
        ..load(channel, 1)
    }
}

fn held(loads: &[Load<Channel>]) -> Vec<Held<Channel>> {
    let loads = (1..).zip(loads).map(|(n, load)| Held {
        contact: ContactId(n),
        load: load.clone(),
    });
    loads.collect()
}

/// What is held, what comes, what is said.
type Row = (Vec<Load<Channel>>, Load<Channel>, Admission);

fn check(capacity: &Capacity<Channel>, table: Vec<Row>) {
    for (n, (loads, incoming, expected)) in table.into_iter().enumerate() {
        let said = capacity.admits(&held(&loads), &incoming);
        assert_eq!(said, expected, "row {n}: {loads:?} and {incoming:?}");
        let has_room = !matches!(said, Admission::Refused(_));
        assert_eq!(capacity.has_room(&held(&loads), &incoming), has_room);
    }
}

fn each(channel: Channel, n: usize) -> Vec<Load<Channel>> {
    vec![load(channel, 1); n]
}

fn interrupting(contacts: &[u64]) -> Admission {
    Admission::Interrupting(contacts.iter().copied().map(ContactId).collect())
}

const NO_CHANNEL: Admission = Admission::Refused(NoRoom::Channel);
const NO_OTHER: Admission = Admission::Refused(NoRoom::OtherChannel);
const NO_LABEL: Admission = Admission::Refused(NoRoom::Label);
const NO_UNITS: Admission = Admission::Refused(NoRoom::Units);
const NO_EXCLUSIVE: Admission = Admission::Refused(NoRoom::Exclusive);
use Admission::Admitted;

// maximum per media, interruptable media types; labels after media, then interruption by media, then by label.
#[test]
fn genesys_utilization_with_labels_is_reproduced() {
    let media = |channel, max, interrupts| GenesysMedia {
        channel,
        max,
        interrupts,
    };
    let label = |label, max, interrupts| GenesysLabel {
        label,
        max,
        interrupts,
    };
    let capacity = Capacity::genesys(
        vec![
            media(Voice, 1, vec![Chat, Mail]),
            media(Chat, 4, vec![]),
            media(Mail, 2, vec![]),
        ],
        vec![label("vip", 1, vec!["back"]), label("back", 2, vec![])],
    );
    let table = vec![
        (vec![], load(Voice, 1), Admitted),
        (each(Voice, 1), load(Voice, 1), NO_CHANNEL),
        (each(Voice, 1), load(Chat, 1), NO_OTHER),
        (each(Chat, 3), load(Chat, 1), Admitted),
        (each(Chat, 4), load(Chat, 1), NO_CHANNEL),
        (each(Chat, 1), load(Mail, 1), NO_OTHER),
        (each(Mail, 1), load(Mail, 1), Admitted),
        // Interrupted is all that the media type may interrupt, and nothing else.
        (each(Chat, 2), load(Voice, 1), interrupting(&[1, 2])),
        (
            vec![load(Mail, 1), load(Voice, 1)],
            load(Voice, 1),
            NO_CHANNEL,
        ),
        // No capacity of the media type is said: it is not taken.
        (vec![], load(Case, 1), NO_CHANNEL),
        // Labels are looked at after the media.
        (vec![labeled(Chat, "vip")], labeled(Chat, "vip"), NO_LABEL),
        (vec![labeled(Chat, "vip")], labeled(Chat, "other"), Admitted),
        (
            vec![labeled(Chat, "back"), labeled(Chat, "back")],
            labeled(Chat, "back"),
            NO_LABEL,
        ),
        // What neither media nor label admits is admitted by what its label interrupts.
        (
            vec![labeled(Mail, "back")],
            labeled(Chat, "vip"),
            interrupting(&[1]),
        ),
        (vec![labeled(Mail, "vip")], labeled(Chat, "vip"), NO_OTHER),
    ];
    check(&capacity, table);
}

// a capacity per task channel, each for itself.
#[test]
fn task_router_worker_channels_are_reproduced() {
    let capacity = Capacity::task_router([(Voice, 1), (Chat, 3), (Mail, 0)]);
    let table = vec![
        (vec![], load(Voice, 1), Admitted),
        (each(Voice, 1), load(Voice, 1), NO_CHANNEL),
        (each(Voice, 1), load(Chat, 1), Admitted),
        (
            [each(Voice, 1), each(Chat, 2)].concat(),
            load(Chat, 1),
            Admitted,
        ),
        (each(Chat, 3), load(Chat, 1), NO_CHANNEL),
        (each(Chat, 3), load(Voice, 1), Admitted),
        (vec![], load(Mail, 1), NO_CHANNEL),
        (vec![], load(Case, 1), NO_CHANNEL),
    ];
    check(&capacity, table);
}

// "1 voice or 3 chats": with one chat there is room for 2 chats and no voice; cross-channel behavior is
// that of the channel which the agent is on.
#[test]
fn amazon_routing_profile_is_reproduced() {
    let channel = |channel, concurrency, across| AmazonChannel {
        channel,
        concurrency,
        across,
    };
    let capacity = Capacity::amazon([
        channel(Voice, 1, CrossChannel::Any),
        channel(Chat, 3, CrossChannel::CurrentOnly),
        channel(Case, 10, CrossChannel::Any),
    ]);
    let table = vec![
        (vec![], load(Voice, 1), Admitted),
        (each(Chat, 1), load(Chat, 1), Admitted),
        (each(Chat, 2), load(Chat, 1), Admitted),
        (each(Chat, 3), load(Chat, 1), NO_CHANNEL),
        (each(Chat, 1), load(Voice, 1), NO_OTHER),
        (each(Chat, 1), load(Case, 1), NO_OTHER),
        (each(Voice, 1), load(Chat, 1), Admitted),
        (each(Voice, 1), load(Case, 1), Admitted),
        (
            [each(Voice, 1), each(Case, 9)].concat(),
            load(Case, 1),
            Admitted,
        ),
        (each(Case, 10), load(Case, 1), NO_CHANNEL),
        (each(Case, 3), load(Voice, 1), Admitted),
        // The chat that is there shuts out, whatever else is there.
        (vec![load(Voice, 1), load(Chat, 1)], load(Case, 1), NO_OTHER),
        (vec![], load(Mail, 1), NO_CHANNEL),
    ];
    check(&capacity, table);
}

// agent 100, case 25, chat 30.
#[test]
fn dynamics_units_are_reproduced() {
    let capacity = Capacity::dynamics(100, [Voice, Chat, Case]);
    let (chat, case, voice) = (load(Chat, 30), load(Case, 25), load(Voice, 100));
    let table = vec![
        (vec![], chat.clone(), Admitted),
        (vec![chat.clone(); 2], chat.clone(), Admitted),
        (vec![chat.clone(); 3], chat.clone(), NO_UNITS),
        (vec![chat.clone(); 3], load(Chat, 10), Admitted),
        (vec![case.clone(); 3], case.clone(), Admitted),
        (vec![case.clone(); 4], case.clone(), NO_UNITS),
        (
            vec![chat.clone(), chat.clone(), case.clone()],
            case.clone(),
            NO_UNITS,
        ),
        (
            vec![chat.clone(), case.clone(), case],
            load(Chat, 20),
            Admitted,
        ),
        (vec![chat.clone()], voice.clone(), NO_UNITS),
        (vec![], voice.clone(), Admitted),
        (vec![voice], chat, NO_UNITS),
        (vec![], load(Case, 101), NO_UNITS),
    ];
    check(&capacity, table);
}

// exclusive contacts have the agent alone, unless all the others may be interrupted.
#[test]
fn exclusive_contact_comes_alone_or_interrupts_everything() {
    let alone = |channel| Load {
        is_exclusive: true,
        ..load(channel, 1)
    };
    let mut capacity = Capacity::task_router([(Voice, 1), (Chat, 3), (Mail, 3)]);
    if let Some(voice) = capacity.channels.get_mut(&Voice) {
        voice.interrupts = [Mail].into();
    }
    let table = vec![
        (vec![], alone(Voice), Admitted),
        (each(Mail, 2), alone(Voice), interrupting(&[1, 2])),
        (
            vec![load(Mail, 1), load(Chat, 1)],
            alone(Voice),
            NO_EXCLUSIVE,
        ),
        (vec![alone(Voice)], load(Mail, 1), NO_EXCLUSIVE),
        (vec![alone(Mail)], alone(Voice), interrupting(&[1])),
        (each(Mail, 2), load(Voice, 1), Admitted),
    ];
    check(&capacity, table);
    assert_eq!(capacity.free_units(&held(&each(Chat, 2))), u32::MAX - 2);
}

fn refused(capacity: Capacity<Own>) -> String {
    let name = "Messages too".to_owned();
    let profile = CapacityProfile { name, capacity };
    let refusal = Settings::default().validate_capacity_profile(None, &profile);
    refusal.map_or_else(|it| it.to_string(), |()| String::new())
}

fn messages_beside(max: u32, interrupts: &[Own]) -> Capacity<Own> {
    let mut capacity = Capacity::one_at_a_time();
    let rule = |max, interrupts: &[Own]| ChannelRule {
        max,
        beside: Beside::SameChannel,
        interrupts: interrupts.iter().copied().collect::<BTreeSet<_>>(),
    };
    capacity.channels.insert(Own::Voice, rule(1, interrupts));
    capacity.channels.insert(Own::Voicemail, rule(max, &[]));
    capacity
}

// what the rest of an agent's work cannot carry out is refused, with the field and the reason.
#[test]
fn profile_that_cannot_be_carried_out_is_refused_with_its_field() {
    assert_eq!(refused(messages_beside(5, &[Own::Voicemail])), "");
    let mut two_calls = messages_beside(1, &[]);
    if let Some(voice) = two_calls.channels.get_mut(&Own::Voice) {
        voice.max = 2;
    }
    assert_eq!(
        refused(two_calls),
        "channels.voice.max: a Teams client is in one call at a time; write 0 or 1"
    );
    let interrupts_calls = refused(messages_beside(1, &[Own::Voice]));
    assert!(interrupts_calls.starts_with("channels.voice.interrupts: a call cannot be"));
    assert!(refused(messages_beside(99, &[])).starts_with("channels.voicemail.max"));
    let nothing = Capacity::task_router([(Own::Voice, 0)]);
    assert!(refused(nothing).starts_with("channels: takes nothing"));
    let media = |channel| GenesysMedia {
        channel,
        max: 1,
        interrupts: vec![],
    };
    let label = GenesysLabel {
        label: "vip",
        max: 1,
        interrupts: vec!["back"],
    };
    let by_label = Capacity::genesys(vec![media(Own::Voice)], vec![label]);
    assert!(refused(by_label).starts_with("labels.interrupts: interruption by label"));
}
