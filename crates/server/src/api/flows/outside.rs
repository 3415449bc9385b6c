//! Phones outside that flows lead to: read by the rules of calling out, and known to the core by a reference,
//! which is the same again for as long as a flow names the number.

use crate::center::Center;
use crate::phone::PhoneNumber;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::flow::Phone;
use tandem_store::SealedSubject;
use utoipa::ToSchema;

/// A phone outside.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Outside {
    /// In international form.
    number: String,
    /// What the core knows it by, once it was looked up.
    #[serde(skip)]
    phone: Option<Phone>,
}

impl Outside {
    /// Reads the number and finds what the core knows it by; answers what becomes durable with the flow.
    pub(super) async fn look_up(
        &mut self,
        node: &str,
        center: &Center,
    ) -> Result<Option<SealedSubject>, Problem> {
        let number = PhoneNumber::dialable(&self.number);
        let number = number.map_err(|refused| {
            Problem::invalid(&format!("nodes.{node}.to.number"), refused.to_string())
        })?;
        if let Some(known) = known(center, number.e164()) {
            self.phone = Some(known);
            return Ok(None);
        }
        let (subject, sealed) = center.people.seal(number.e164()).await?;
        let id = center.engine.center();
        self.phone = Some(Phone {
            number: number.e164().to_owned(),
            country: number.calling_code().to_owned(),
            known_as: number.known_as(&center.keys, id, subject),
            owner: number.customer(&center.keys, id),
        });
        Ok(Some(sealed))
    }

    /// As the core has it.
    pub(super) fn parsed(self, node: &str) -> Result<Phone, Problem> {
        self.phone.ok_or_else(|| {
            let detail = "the number was not looked up; send the flow again";
            Problem::invalid(&format!("nodes.{node}.to.number"), detail)
        })
    }

    pub(super) fn told(phone: Phone) -> Self {
        Self {
            number: phone.number.clone(),
            phone: Some(phone),
        }
    }
}

/// The same number in a flow that stands.
fn known(center: &Center, e164: &str) -> Option<Phone> {
    center.engine.view().read(|projection| {
        let flows = projection.center.state().settings.flows.values();
        let mut phones = flows.flat_map(|it| it.document.phones());
        let found = phones.find(|(_, phone)| phone.number == e164);
        found.map(|(_, phone)| phone.clone())
    })
}
