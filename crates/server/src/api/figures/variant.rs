//! Which service level is asked for (B15.2), and by which threshold it is judged.

use crate::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeMap;
use tandem_core::ids::QueueId;
use tandem_core::state::State;
use tandem_reports::performance::service_level::{
    Counted, GenesysSwitches, IDS, SECONDS_MAX, Variant,
};
use tandem_store::Within;

/// Which formula.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(in crate::api) struct VariantAsked {
    /// The id of the service level's variant; `sl.abandon_negative` when left out.
    variant: Option<String>,
    /// X of `sl.removed_in_x`, s.
    x_s: Option<u32>,
    /// Of `sl.genesys`: whether who left by the flow counts as queued.
    flow_outs: Option<bool>,
    /// Of `sl.genesys`: whether short abandons count as abandoned.
    short_abandons: Option<bool>,
    /// Of `sl.genesys`: whether abandons count at all; they do when left out.
    abandons: Option<bool>,
}

/// By what waits are in time.
pub(super) const fn threshold_word(within: &Within) -> &'static str {
    match within {
        Within::InForce => "in_force",
        Within::Seconds(_) => "x_s",
        Within::Each(_) => "of_today",
    }
}

impl VariantAsked {
    pub(super) fn variant(&self) -> Result<Variant, Problem> {
        let Some(id) = self.variant.as_deref() else {
            self.check_beside(Variant::default())?;
            return Ok(Variant::default());
        };
        let variant = match id {
            "sl.answered_only" => Variant::AnsweredOnly,
            "sl.abandon_negative" => Variant::AbandonNegative,
            "sl.abandon_ignored" => Variant::AbandonIgnored,
            "sl.abandon_positive" => Variant::AbandonPositive,
            "sl.removed_in_x" => Variant::RemovedInX { seconds: self.x()? },
            "sl.genesys" => Variant::Genesys(GenesysSwitches {
                flow_outs: counted(self.flow_outs.unwrap_or(false)),
                short_abandons: counted(self.short_abandons.unwrap_or(false)),
                abandons: counted(self.abandons.unwrap_or(true)),
            }),
            "sl.callback_aware" => Variant::CallbackAware,
            _ => {
                let detail = format!("there is no such variant; known are {}", IDS.join(", "));
                return Err(Problem::invalid("variant", detail));
            }
        };
        self.check_beside(variant)?;
        Ok(variant)
    }

    fn x(&self) -> Result<u32, Problem> {
        let x = self.x_s.filter(|it| (1..=SECONDS_MAX).contains(it));
        x.ok_or_else(|| {
            let detail = format!("say X of sl.removed_in_x, 1 to {SECONDS_MAX} s");
            Problem::invalid("x_s", detail)
        })
    }

    /// What another variant has would be silently ignored.
    fn check_beside(&self, variant: Variant) -> Result<(), Problem> {
        let is_genesys = matches!(variant, Variant::Genesys(_));
        let is_x = matches!(variant, Variant::RemovedInX { .. });
        let switches = [
            ("flow_outs", self.flow_outs),
            ("short_abandons", self.short_abandons),
            ("abandons", self.abandons),
        ];
        let given = switches.into_iter().find(|(_, it)| it.is_some());
        if let Some((field, _)) = given.filter(|_| !is_genesys) {
            let detail = "belongs to sl.genesys".to_owned();
            return Err(Problem::invalid(field, detail));
        }
        if self.x_s.is_some() && !is_x {
            let detail = "belongs to sl.removed_in_x".to_owned();
            return Err(Problem::invalid("x_s", detail));
        }
        Ok(())
    }
}

const fn counted(is_in: bool) -> Counted {
    if is_in { Counted::In } else { Counted::Out }
}

/// The threshold of a variant: Genesys judges the past by what holds today, the others by what was in force.
pub(super) fn within(variant: Variant, state: &State) -> Within {
    match variant {
        Variant::RemovedInX { seconds } => Within::Seconds(seconds),
        Variant::Genesys(_) => {
            let queues = state.settings.queues.iter();
            let each: BTreeMap<QueueId, u32> = queues
                .map(|(id, it)| (id, it.document.service_level.threshold_s))
                .collect();
            Within::Each(each)
        }
        Variant::AnsweredOnly
        | Variant::AbandonNegative
        | Variant::AbandonIgnored
        | Variant::AbandonPositive
        | Variant::CallbackAware => Within::InForce,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variant: &str) -> VariantAsked {
        VariantAsked {
            variant: Some(variant.to_owned()),
            ..VariantAsked::default()
        }
    }

    // B15.2
    #[test]
    fn every_variant_that_is_built_is_known_by_its_id() {
        for id in IDS {
            let asked = VariantAsked {
                x_s: (id == "sl.removed_in_x").then_some(20),
                ..of(id)
            };
            assert_eq!(asked.variant().unwrap().id(), id);
        }
        assert_eq!(
            VariantAsked::default().variant().unwrap(),
            Variant::AbandonNegative
        );
    }

    #[test]
    fn variant_that_is_not_known_is_refused() {
        assert!(of("sl.best").variant().is_err());
        assert!(of("sl.removed_in_x").variant().is_err());
        let beside = VariantAsked {
            abandons: Some(false),
            ..of("sl.answered_only")
        };
        assert!(beside.variant().is_err());
        let x = VariantAsked {
            x_s: Some(20),
            ..of("sl.genesys")
        };
        assert!(x.variant().is_err());
    }
}
