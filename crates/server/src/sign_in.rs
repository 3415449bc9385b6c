//! Sign-in: local accounts, opaque tokens in a cookie or a header, and the one place where a route's
//! roles are checked. It must not know what a route does.

mod admitted;
mod api_key;
mod attempts;
mod client;
mod cookie;
mod microsoft;
mod passwords;
mod standpoint;

pub use admitted::{
    AccessManager, AccessesReader, Admitted, Agent, AgentDirector, Anyone, AuditReader,
    BoardReader, CallbackBooker, CallbackKeeper, ContactLister, ContactReader, DoNotCallKeeper,
    Door, DraftEditor, DraftReader, EventsReader, Exporter, FloorReader, FlowEditor, HealthReader,
    HoursCloser, InView, Listener, NamesReader, Oneself, Operator, QueueEditor, RecordingPauser,
    RecordingsHolder, RecordingsReader, RecordingsVerifier, SettingsEditor, SettingsReader,
    WaitingSteerer, WebBooker, account_roles, actor_of, session_of,
};
pub use api_key::{KEY_PREFIX, KeyRates, Scope};
pub use attempts::{Attempts, TooMany};
pub use client::ClientAddress;
pub use cookie::{SESSION_LIFETIME, clear, cookie_token, set};
pub(crate) use microsoft::Documents;
pub use microsoft::{Microsoft, router};
pub use passwords::{PasswordProblem, Passwords};
pub use standpoint::{Standpoint, VIEW_TIME, Viewing, standpoint_of};
