//! Which of the free agents is offered a contact. Ringing several at once is refused with its reason (docs/routing.md).

use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{Error, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::ToSchema;

/// What several who ring would need, and a call of Teams Phone extensibility cannot do.
const NO_RING_ALL: &str = "ring_all is not built: with Teams Phone extensibility each agent who rings is added to the \
    customer's call, and two who answer in the same second are both heard before one can be taken out; \
    choose another strategy, such as longest_idle with a short offer_timeout_s";

/// Who is offered a contact first. Ties end with the longest idle, then with the lowest number.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub(in crate::api) enum Strategy {
    /// Whose last contact ended longest ago; not-ready time does not count.
    LongestIdle,
    /// Who has the highest sum of required levels.
    BestSkill,
    /// Whose last conversation with a customer who called ended longest ago, or who signed in.
    LongestSinceInbound,
    /// To whom something was offered longest ago, or who signed in.
    LongestSinceOffer,
    /// Who has been ready longest.
    LongestReady,
    /// The next one by number behind whom this queue chose last.
    RoundRobin,
    /// Who has the lowest number.
    Ordered,
    /// Who has had the fewest conversations since signing in.
    FewestContacts,
    /// Who has talked least since signing in.
    LeastTalk,
    /// Anyone, each as likely.
    Random,
    /// Who has the fewest contacts at the moment.
    LeastActive,
    /// Who has the most units of capacity left.
    HighestFreeUnits,
    /// Anyone, as likely as `chances` says.
    RandomWeighted,
}

impl<'de> Deserialize<'de> for Strategy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Cow::<str>::deserialize(deserializer)?;
        if word == "ring_all" {
            return Err(D::Error::custom(NO_RING_ALL));
        }
        let word: StrDeserializer<'_, WordError> = word.as_ref().into_deserializer();
        Self::deserialize(word).map_err(D::Error::custom)
    }
}

impl Serialize for Strategy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

same_words! {
    Strategy = tandem_core::queue::Strategy {
        LongestIdle, BestSkill, LongestSinceInbound, LongestSinceOffer, LongestReady, RoundRobin, Ordered,
        FewestContacts, LeastTalk, Random, LeastActive, HighestFreeUnits, RandomWeighted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // B4.2
    #[test]
    fn ringing_all_at_once_is_refused_with_its_reason_and_every_other_word_is_known() {
        let refused = serde_json::from_str::<Strategy>("\"ring_all\"").err();
        let why = refused.expect("it is not built").to_string();
        assert!(why.contains("both heard"), "{why}");
        for strategy in tandem_core::queue::Strategy::ALL {
            let word = serde_json::to_string(&strategy).expect("a word");
            let ours: Strategy = serde_json::from_str(&word).expect(&word);
            assert_eq!(serde_json::to_string(&ours).expect("a word"), word);
        }
    }
}
