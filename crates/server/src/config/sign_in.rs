//! How people sign in, as validated values.

use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tandem_core::role::Role;

/// How people sign in to a contact center.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// Whether local accounts may, with their passwords.
    pub password: PasswordSignIn,
    /// Whether people of Microsoft Entra may.
    pub microsoft: Option<MicrosoftSignIn>,
}

/// Whether local accounts may sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordSignIn {
    /// They may: for contact centers without Entra, and for the day on which Entra does not answer.
    #[default]
    Allowed,
    /// They may not.
    Refused,
}

/// Sign-in of people by Microsoft Entra.
#[derive(Clone, Debug)]
pub struct MicrosoftSignIn {
    /// The tenants whose people may come, lower case.
    pub tenants: BTreeSet<String>,
    /// The application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// How long Entra's word holds before it is asked again.
    pub confirmed_for: Duration,
    /// Which role an app role gives, by its value.
    pub roles: BTreeMap<String, Role>,
    /// Which role a group gives, by its object id.
    pub groups: BTreeMap<String, Role>,
}
