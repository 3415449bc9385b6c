//! Why somebody was not let in, and the page that says so: what happened, what it means, and who can mend
//! it where.

use super::Microsoft;
use crate::center::Center;
use crate::config::PasswordSignIn;
use crate::web::{Notice, notice};
use axum::http::StatusCode;
use axum::response::Response;
use tandem_microsoft::entra::sign_in::{Trouble, code_of, correlation_of};

/// Why somebody was not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// People of this contact center do not sign in with Microsoft.
    NotOffered,
    /// Forged, too late, or from another browser.
    NotBegunHere,
    /// Signed or filled in otherwise than it must be.
    Forged(&'static str),
    /// Entra said no.
    ByEntra {
        trouble: Trouble,
        /// `AADSTSnnnn`, for help alone.
        code: Option<u32>,
        correlation: Option<String>,
    },
    /// Entra vouches, but for people of another organization.
    OtherTenant,
    /// Nobody gave them a role here.
    NoRole {
        username: String,
        has_more_groups: bool,
    },
    /// An administrator of this contact center closed the account.
    AccountDisabled,
    /// Entra cannot be asked now.
    Unreachable(String),
    /// The store cannot be asked now.
    Store,
}

impl Refused {
    /// By the words of Entra's error.
    pub(super) fn by_entra(error: &str, description: &str) -> Self {
        Self::ByEntra {
            trouble: Trouble::of(error, description),
            code: code_of(description),
            correlation: correlation_of(description).map(str::to_owned),
        }
    }

    /// A word for logs, without anything that a person or Entra wrote.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::NotOffered => "not offered",
            Self::NotBegunHere => "not begun here",
            Self::Forged(what) => what,
            Self::ByEntra { .. } => "refused by Entra",
            Self::OtherTenant => "another tenant",
            Self::NoRole { .. } => "no role",
            Self::AccountDisabled => "account disabled",
            Self::Unreachable(_) => "Entra not reached",
            Self::Store => "store not reached",
        }
    }

    /// Whether somebody was turned away who is known to Entra, which is for the audit.
    pub(super) const fn is_denial(&self) -> bool {
        match self {
            Self::OtherTenant | Self::NoRole { .. } | Self::AccountDisabled => true,
            Self::ByEntra { trouble, .. } => matches!(
                trouble,
                Trouble::NotAssigned | Trouble::AccountDisabled | Trouble::OtherTenant
            ),
            Self::NotOffered
            | Self::NotBegunHere
            | Self::Forged(_)
            | Self::Unreachable(_)
            | Self::Store => false,
        }
    }

    /// The page.
    pub(super) fn page(&self, center: &Center) -> Response {
        let (status, said) = self.said(center);
        notice(status, &said)
    }

    fn said(&self, center: &Center) -> (StatusCode, Notice) {
        let name = &center.config.name;
        let microsoft = center.microsoft.as_ref();
        let (status, title, text, steps) = match self {
            Self::NotOffered => (
                StatusCode::NOT_FOUND,
                "Sign-in with Microsoft is not set up",
                format!("{name} does not use sign-in with Microsoft."),
                vec!["Sign in with a username and a password."],
            ),
            Self::NotBegunHere => (
                StatusCode::BAD_REQUEST,
                "This sign-in cannot go on",
                "It was not begun in this browser, it took longer than ten minutes, or another \
                 one was begun meanwhile."
                    .to_owned(),
                vec!["Try again, in one window."],
            ),
            Self::Forged(_) => (
                StatusCode::BAD_REQUEST,
                "Microsoft's answer could not be verified",
                "The answer that came is not one that Microsoft gave for this sign-in.".to_owned(),
                vec![
                    "Try again.",
                    "If it happens again, have the server's clock and `entra_authority` checked.",
                ],
            ),
            Self::ByEntra { trouble, .. } => return self.by_trouble(*trouble, center),
            Self::OtherTenant => (
                StatusCode::FORBIDDEN,
                "Your organization has no access",
                format!(
                    "You signed in with an account of an organization that {name} does not admit."
                ),
                vec![
                    "Choose another account: try again, and pick the one of your company.",
                    "Else ask the administrator of this server to add your organization's tenant id \
                     to `tenants` below `[centers.sign_in]`.",
                ],
            ),
            Self::NoRole { username, .. } => return self.no_role(username, center, microsoft),
            Self::AccountDisabled => (
                StatusCode::FORBIDDEN,
                "Your account is closed here",
                format!("Microsoft let you in, but your account in {name} was disabled."),
                vec!["Ask an administrator of the contact center to enable it again."],
            ),
            Self::Unreachable(_) | Self::Store => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Sign-in does not work at this moment",
                "Something that sign-in needs does not answer. Nothing is wrong with your account."
                    .to_owned(),
                vec![
                    "Try again in a minute.",
                    "If it lasts, the server's log says what does not answer.",
                ],
            ),
        };
        (status, self.notice(center, title, text, &steps))
    }

    fn by_trouble(&self, trouble: Trouble, center: &Center) -> (StatusCode, Notice) {
        let (title, text, steps) = in_words(trouble);
        (
            StatusCode::FORBIDDEN,
            self.notice(center, title, text.to_owned(), steps),
        )
    }

    /// B-043: where a role is given.
    fn no_role(
        &self,
        username: &str,
        center: &Center,
        microsoft: Option<&Microsoft>,
    ) -> (StatusCode, Notice) {
        let name = &center.config.name;
        let text =
            format!("Microsoft knows you as {username}, but nobody gave you a role in {name}.");
        let mut said = self.notice(center, "You have no role here", text, &[]);
        let (roles, application) = microsoft.map_or_else(Default::default, |it| {
            (it.role_values(), it.config.client_id.clone())
        });
        said.steps = vec![
            "Ask an administrator of your organization (Global Administrator, or one who may \
             assign people to applications)."
                .to_owned(),
            format!(
                "In the Microsoft Entra admin center, they open Enterprise applications, the \
                 application with the id {application}, Users and groups, Add user/group."
            ),
            format!("They choose you, or a group that you are in, and one of the roles: {roles}."),
            "Then sign in again.".to_owned(),
        ];
        if let Self::NoRole {
            has_more_groups: true,
            ..
        } = self
        {
            said.steps.push(
                "You are in more groups than a sign-in can name, so that roles which this server \
                 gives to groups cannot be seen. A role assigned as above is seen always."
                    .to_owned(),
            );
        }
        (StatusCode::FORBIDDEN, said)
    }

    fn notice(&self, center: &Center, title: &str, text: String, steps: &[&str]) -> Notice {
        let id = center.id();
        let mut links = Vec::new();
        if !matches!(self, Self::NotOffered) {
            let again = format!("/sign-in/{id}/microsoft?prompt=select_account");
            links.push(("Try again", again));
        }
        if center.config.sign_in.password == PasswordSignIn::Allowed {
            links.push(("Sign in with a password", format!("/{id}/sign-in")));
        }
        let mut details = Vec::new();
        if let Self::ByEntra {
            code, correlation, ..
        } = self
        {
            details.extend(code.map(|code| ("Microsoft's code", format!("AADSTS{code}"))));
            details.extend(correlation.clone().map(|id| ("Correlation ID", id)));
        }
        let now = jiff::Timestamp::from_microsecond(center.clock.now().as_micros());
        details.extend(now.map(|now| ("Time", now.strftime("%F %T UTC").to_string())));
        Notice {
            title: title.to_owned(),
            text,
            steps: steps.iter().map(|step| (*step).to_owned()).collect(),
            details,
            links,
        }
    }
}

/// A title, what it means, what to do.
type Words = (&'static str, &'static str, &'static [&'static str]);

/// What Entra's refusals mean, and what to do about them.
const fn in_words(trouble: Trouble) -> Words {
    match trouble {
        Trouble::NotAssigned => NOT_ASSIGNED,
        Trouble::ConsentMissing => CONSENT_MISSING,
        Trouble::ConditionalAccess => CONDITIONAL_ACCESS,
        Trouble::AccountDisabled => ACCOUNT_DISABLED,
        Trouble::OtherTenant => OTHER_TENANT,
        Trouble::SignInAgain => SIGN_IN_AGAIN,
        Trouble::CodeSpent => CODE_SPENT,
        Trouble::Secret => SECRET,
        Trouble::Application => APPLICATION,
        Trouble::Cancelled => CANCELLED,
        Trouble::Other => OTHER,
    }
}

const NOT_ASSIGNED: Words = (
    "You are not assigned to this application",
    "Your organization lets only those sign in to whom it gave a role.",
    &[
        "Ask an administrator of your organization to open Enterprise applications, this \
         application, Users and groups, and to assign you, or a group that you are in, a role.",
        "Then sign in again.",
    ],
);
const CONSENT_MISSING: Words = (
    "Your organization has not approved this application yet",
    "Somebody who may approve applications has to do so once, for everybody.",
    &[
        "Ask a Global Administrator of your organization to grant admin consent: App registrations, \
       this application, API permissions, Grant admin consent.",
    ],
);
const CONDITIONAL_ACCESS: Words = (
    "A rule of your organization stands against this sign-in",
    "Your organization asks for more: a managed device, another place, or a second proof \
     of who you are (conditional access).",
    &[
        "Sign in again from a device and a network that your organization accepts, and do \
         what Microsoft's page asks for.",
        "Else show your IT department the code and the correlation ID below: they find the \
         rule in the sign-in logs.",
    ],
);
const ACCOUNT_DISABLED: Words = (
    "Your Microsoft account is disabled",
    "Your organization has disabled or removed the account.",
    &["Ask your IT department."],
);
const OTHER_TENANT: Words = (
    "Your account belongs to another organization",
    "The account that you chose is not one of the organization that signs in here.",
    &["Try again, and choose the account of your company."],
);
const SIGN_IN_AGAIN: Words = (
    "Microsoft wants you to sign in afresh",
    "Your sign-in with Microsoft has ended, or your password was changed.",
    &["Try again."],
);
const CODE_SPENT: Words = (
    "This sign-in was used already",
    "Its answer can be used once, and for ten minutes.",
    &["Try again; do not reload the page that Microsoft leads back to."],
);
const SECRET: Words = (
    "This server cannot prove to Microsoft who it is",
    "Its client secret is wrong or has expired. Nothing is wrong with your account.",
    &[
        "Ask the administrator of this server to make a new secret (App registrations, this \
       application, Certificates & secrets) and to put its value, not its id, into the file \
       that `client_secret_file` names.",
    ],
);
const APPLICATION: Words = (
    "Microsoft does not know this application as it is set up here",
    "The application is not in your organization, was disabled, or its redirect address \
     is not listed.",
    &[
        "Ask the administrator of this server to compare `client_id`, `tenants` and the \
       redirect address with the app registration: docs/operating/sign-in.md says how.",
    ],
);
const CANCELLED: Words = (
    "You broke off the sign-in",
    "Nothing was changed.",
    &["Try again when you like."],
);
const OTHER: Words = (
    "Microsoft did not let you in",
    "The code below says why.",
    &[
        "Try again.",
        "Else show your IT department the code and the correlation ID.",
    ],
);
