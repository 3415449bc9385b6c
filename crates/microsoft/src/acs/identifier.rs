//! Who takes part in a call: the identifier model, and the raw ids that both SDKs agree on.
//!
//! Reading is tolerant (missing `kind`, upper-case `cloud`, member without raw id and the reverse);
//! writing is strict: raw id, kind and member, the order of the recordings.

use crate::wire::wire_enum;
use serde::{Deserialize, Serialize};

wire_enum! {
    /// `CommunicationIdentifierModelKind`.
    Kind {
        CommunicationUser => "communicationUser",
        PhoneNumber => "phoneNumber",
        MicrosoftTeamsUser => "microsoftTeamsUser",
        MicrosoftTeamsApp => "microsoftTeamsApp",
        TeamsExtensionUser => "teamsExtensionUser",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `CommunicationCloudEnvironmentModel`. A text that is not known is read as the public cloud.
    Cloud {
        Public => "public",
        Dod => "dod",
        Gcch => "gcch",
    } else Public
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommunicationUser {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhoneNumber {
    pub value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_anonymous: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asserted_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MicrosoftTeamsUser {
    pub user_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_anonymous: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<Cloud>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MicrosoftTeamsApp {
    pub app_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<Cloud>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamsExtensionUser {
    pub user_id: String,
    pub tenant_id: String,
    pub resource_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<Cloud>,
}

/// `CommunicationIdentifierModel` as it is on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identifier {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub communication_user: Option<CommunicationUser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<PhoneNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub microsoft_teams_user: Option<MicrosoftTeamsUser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub microsoft_teams_app: Option<MicrosoftTeamsApp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams_extension_user: Option<TeamsExtensionUser>,
}

/// Who an identifier means, decided once, whatever members it came with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    Phone {
        number: String,
    },
    AnonymousPhone,
    TeamsUser {
        oid: String,
        cloud: Cloud,
    },
    TeamsVisitor {
        id: String,
    },
    TeamsApp {
        oid: String,
        cloud: Cloud,
    },
    AcsUser {
        id: String,
    },
    TeamsExtensionUser {
        oid: String,
        tenant: String,
        resource: String,
        cloud: Cloud,
    },
    Unknown {
        raw_id: String,
    },
}

/// A PSTN party in E.164 form.
#[must_use]
pub fn phone_number(e164: &str) -> Identifier {
    Identity::Phone {
        number: e164.to_owned(),
    }
    .to_identifier()
}

/// A Teams Phone extensibility agent ("dual persona"), the target of participants:add.
#[must_use]
pub fn teams_extension_user(oid: &str, tenant: &str, resource: &str) -> Identifier {
    Identity::TeamsExtensionUser {
        oid: oid.to_owned(),
        tenant: tenant.to_owned(),
        resource: resource.to_owned(),
        cloud: Cloud::Public,
    }
    .to_identifier()
}

/// A Teams resource account (the app behind a service number).
#[must_use]
pub fn resource_account(oid: &str) -> Identifier {
    Identity::TeamsApp {
        oid: oid.to_owned(),
        cloud: Cloud::Public,
    }
    .to_identifier()
}

/// A plain Teams user. Not allowed in a Teams Phone extensibility call (reference 7.4).
#[must_use]
pub fn teams_user(oid: &str) -> Identifier {
    Identity::TeamsUser {
        oid: oid.to_owned(),
        cloud: Cloud::Public,
    }
    .to_identifier()
}

/// The object id in `28:orgid:<oid>`, whatever `kind` says: routing takes this one (B-168).
#[must_use]
pub fn resource_account_oid(identifier: &Identifier) -> Option<String> {
    match identifier.identity()? {
        Identity::TeamsApp { oid, .. } => Some(oid),
        Identity::Phone { .. }
        | Identity::AnonymousPhone
        | Identity::TeamsUser { .. }
        | Identity::TeamsVisitor { .. }
        | Identity::AcsUser { .. }
        | Identity::TeamsExtensionUser { .. }
        | Identity::Unknown { .. } => None,
    }
}

impl Identifier {
    /// Decides who is meant: the typed member wins over the raw id; `None` when neither is there.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        if let Some(user) = &self.teams_extension_user {
            return Some(Identity::TeamsExtensionUser {
                oid: user.user_id.clone(),
                tenant: user.tenant_id.clone(),
                resource: user.resource_id.clone(),
                cloud: user.cloud.unwrap_or(Cloud::Public),
            });
        }
        if let Some(app) = &self.microsoft_teams_app {
            return Some(Identity::TeamsApp {
                oid: app.app_id.clone(),
                cloud: app.cloud.unwrap_or(Cloud::Public),
            });
        }
        if let Some(user) = &self.microsoft_teams_user {
            if user.is_anonymous == Some(true) {
                return Some(Identity::TeamsVisitor {
                    id: user.user_id.clone(),
                });
            }
            return Some(Identity::TeamsUser {
                oid: user.user_id.clone(),
                cloud: user.cloud.unwrap_or(Cloud::Public),
            });
        }
        if let Some(phone) = &self.phone_number {
            if phone.is_anonymous == Some(true) || phone.value.eq_ignore_ascii_case("anonymous") {
                return Some(Identity::AnonymousPhone);
            }
            return Some(Identity::Phone {
                number: phone.value.clone(),
            });
        }
        if let Some(user) = &self.communication_user {
            return Some(Identity::parse(&user.id));
        }
        self.raw_id.as_deref().map(Identity::parse)
    }

    /// The raw id, computed from the member when it was not sent.
    #[must_use]
    pub fn raw_id(&self) -> Option<String> {
        match &self.raw_id {
            Some(raw_id) => Some(raw_id.clone()),
            None => self.identity().map(|identity| identity.raw_id()),
        }
    }

    /// The number of a PSTN party.
    #[must_use]
    pub fn phone(&self) -> Option<String> {
        if let Identity::Phone { number } = self.identity()? {
            Some(number)
        } else {
            None
        }
    }

    /// The object id of a Teams user, plain or extension.
    #[must_use]
    pub fn teams_user_oid(&self) -> Option<String> {
        match self.identity()? {
            Identity::TeamsUser { oid, .. } | Identity::TeamsExtensionUser { oid, .. } => Some(oid),
            Identity::Phone { .. }
            | Identity::AnonymousPhone
            | Identity::TeamsVisitor { .. }
            | Identity::TeamsApp { .. }
            | Identity::AcsUser { .. }
            | Identity::Unknown { .. } => None,
        }
    }
}

impl Identity {
    /// Reads a raw id by the table of acs-call-automation.md 2. Never fails: the rest is `Unknown`.
    #[must_use]
    pub fn parse(raw_id: &str) -> Self {
        let unknown = || Self::Unknown {
            raw_id: raw_id.to_owned(),
        };
        if let Some(number) = raw_id.strip_prefix("4:") {
            return parse_phone(number);
        }
        let Some((prefix, rest)) = raw_id
            .strip_prefix("8:")
            .or_else(|| raw_id.strip_prefix("28:"))
            .and_then(|tail| tail.split_once(':'))
        else {
            return unknown();
        };
        let is_app = raw_id.starts_with("28:");
        let cloud = match prefix {
            "orgid" => Some(Cloud::Public),
            "dod" => Some(Cloud::Dod),
            "gcch" => Some(Cloud::Gcch),
            _ => None,
        };
        match (is_app, cloud, prefix) {
            (true, Some(cloud), _) => Self::TeamsApp {
                oid: rest.to_owned(),
                cloud,
            },
            (false, Some(cloud), _) => Self::TeamsUser {
                oid: rest.to_owned(),
                cloud,
            },
            (false, None, "teamsvisitor") => Self::TeamsVisitor {
                id: rest.to_owned(),
            },
            (false, None, "acs") => parse_acs(raw_id, rest, Cloud::Public),
            (false, None, "dod-acs") => parse_acs(raw_id, rest, Cloud::Dod),
            (false, None, "gcch-acs") => parse_acs(raw_id, rest, Cloud::Gcch),
            (false, None, "spool") => Self::AcsUser {
                id: raw_id.to_owned(),
            },
            _ => unknown(),
        }
    }

    /// The raw id by the same table.
    #[must_use]
    pub fn raw_id(&self) -> String {
        match self {
            Self::Phone { number } => format!("4:{number}"),
            Self::AnonymousPhone => "4:anonymous".to_owned(),
            Self::TeamsUser { oid, cloud } => format!("8:{}:{oid}", cloud_prefix(*cloud)),
            Self::TeamsVisitor { id } => format!("8:teamsvisitor:{id}"),
            Self::TeamsApp { oid, cloud } => format!("28:{}:{oid}", cloud_prefix(*cloud)),
            Self::AcsUser { id } => id.clone(),
            Self::TeamsExtensionUser {
                oid,
                tenant,
                resource,
                cloud,
            } => {
                let prefix = match cloud {
                    Cloud::Public => "acs",
                    Cloud::Dod => "dod-acs",
                    Cloud::Gcch => "gcch-acs",
                };
                format!("8:{prefix}:{resource}_{tenant}_{oid}")
            }
            Self::Unknown { raw_id } => raw_id.clone(),
        }
    }

    /// The full model: raw id, kind and member, so that both SDKs build a typed identifier of it.
    #[must_use]
    pub fn to_identifier(&self) -> Identifier {
        let mut model = Identifier {
            raw_id: Some(self.raw_id()),
            ..Identifier::default()
        };
        let kind = match self {
            Self::Phone { number } => {
                let (value, asserted_id) = split_asserted(number);
                model.phone_number = Some(PhoneNumber {
                    value,
                    is_anonymous: None,
                    asserted_id,
                });
                Kind::PhoneNumber
            }
            Self::AnonymousPhone => {
                model.phone_number = Some(PhoneNumber {
                    value: "anonymous".to_owned(),
                    is_anonymous: Some(true),
                    asserted_id: None,
                });
                Kind::PhoneNumber
            }
            Self::TeamsUser { oid, cloud } => {
                model.microsoft_teams_user = Some(MicrosoftTeamsUser {
                    user_id: oid.clone(),
                    is_anonymous: Some(false),
                    cloud: Some(*cloud),
                });
                Kind::MicrosoftTeamsUser
            }
            Self::TeamsVisitor { id } => {
                model.microsoft_teams_user = Some(MicrosoftTeamsUser {
                    user_id: id.clone(),
                    is_anonymous: Some(true),
                    cloud: None,
                });
                Kind::MicrosoftTeamsUser
            }
            Self::TeamsApp { oid, cloud } => {
                model.microsoft_teams_app = Some(MicrosoftTeamsApp {
                    app_id: oid.clone(),
                    cloud: Some(*cloud),
                });
                Kind::MicrosoftTeamsApp
            }
            Self::AcsUser { id } => {
                model.communication_user = Some(CommunicationUser { id: id.clone() });
                Kind::CommunicationUser
            }
            Self::TeamsExtensionUser {
                oid,
                tenant,
                resource,
                cloud,
            } => {
                model.teams_extension_user = Some(TeamsExtensionUser {
                    user_id: oid.clone(),
                    tenant_id: tenant.clone(),
                    resource_id: resource.clone(),
                    cloud: Some(*cloud),
                });
                Kind::TeamsExtensionUser
            }
            Self::Unknown { .. } => Kind::Unknown,
        };
        model.kind = Some(kind);
        model
    }
}

fn parse_phone(number: &str) -> Identity {
    if number.eq_ignore_ascii_case("anonymous") {
        Identity::AnonymousPhone
    } else {
        Identity::Phone {
            number: number.to_owned(),
        }
    }
}

/// Exactly three `_` segments distinguish an extension user from an ACS user.
fn parse_acs(raw_id: &str, rest: &str, cloud: Cloud) -> Identity {
    let segments: Vec<&str> = rest.split('_').take(4).collect();
    match segments.as_slice() {
        [resource, tenant, oid] => Identity::TeamsExtensionUser {
            oid: (*oid).to_owned(),
            tenant: (*tenant).to_owned(),
            resource: (*resource).to_owned(),
            cloud,
        },
        _ => Identity::AcsUser {
            id: raw_id.to_owned(),
        },
    }
}

/// A suffix after the last `_` of a number is the asserted id.
fn split_asserted(number: &str) -> (String, Option<String>) {
    match number.rsplit_once('_') {
        Some((value, asserted)) if !asserted.is_empty() => {
            (value.to_owned(), Some(asserted.to_owned()))
        }
        _ => (number.to_owned(), None),
    }
}

const fn cloud_prefix(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Public => "orgid",
        Cloud::Dod => "dod",
        Cloud::Gcch => "gcch",
    }
}

#[cfg(test)]
mod tests;
