//! Azure Communication Services, Call Automation 2026-03-12.
//!
//! Owns models, requests as data, callback events, signatures and error codes of the data plane.
//! It must not know Event Grid (which announces calls) or how tokens are obtained.

pub mod call;
pub mod connect;
pub mod digits;
pub mod error;
pub mod event;
pub mod extension;
pub mod hmac;
pub mod hold;
pub mod identifier;
pub mod identity;
pub mod media;
pub mod participant;
pub mod recording;
pub mod streaming;
pub mod transcription;
pub mod transfer;

/// The version both official SDKs 1.6.0 send.
pub const API_VERSION: &str = "2026-03-12";
/// Every version the SDK enums name (acs-call-automation.md 1.4).
pub const API_VERSIONS_KNOWN: [&str; 11] = [
    "2023-03-06",
    "2023-06-15-preview",
    "2023-10-03-preview",
    "2023-10-15",
    "2024-01-22-preview",
    "2024-04-15",
    "2024-09-15",
    "2025-05-15",
    "2025-06-15",
    "2025-08-15-preview",
    "2026-03-12",
];
/// The scope both SDKs ask Entra for; the double slash is really there (reference 1.3).
pub const ENTRA_SCOPE: &str = "https://communication.azure.com//.default";
/// The audience of the token that this scope yields.
pub const ENTRA_AUDIENCE: &str = "https://communication.azure.com/";
/// Issuer of callback tokens (reference 4.3).
pub const CALLBACK_ISSUER: &str = "https://acscallautomation.communication.azure.com";
/// Where the OpenID document of callback tokens lies, below the issuer.
pub const CALLBACK_DISCOVERY_PATH: &str = "/calling/.well-known/acsopenidconfiguration";
/// Where the keys of callback tokens lie, below the issuer.
pub const CALLBACK_KEYS_PATH: &str = "/calling/keys";
