//! The company's Teams account, connected as an administrator would, and switched on for the administrator.

use crate::api::Api;
use serde_json::json;
use tandem_emulator::defaults;

/// Connects the tenant.
pub(super) async fn connect(api: &Api) -> anyhow::Result<()> {
    let shown = |kind: &str, is_shown: bool| json!({ "type": kind, "is_shown": is_shown });
    let account = json!({
        "name": "Microsoft Teams",
        "tenant_id": defaults::TENANT,
        "client_id": defaults::APP,
        "secret": defaults::CLIENT_SECRET,
        "licensing_mode": "production",
        "licensing_acknowledged": true,
        "features": ["directory", "presence_read", "presence_write", "secret_expiry"],
        "number_types": [
            shown("teams", true), shown("business", true), shown("mobile", true), shown("fax", false),
        ],
        "messages": {
            "joined": "joined the session",
            "left": "left the session",
            "invitation": "You are invited to customer chat session, would you like to accept (YES/NO)?",
            "yes": "YES",
            "no": "NO",
            "ended": "Customer chat session ended",
            "bye": "BYE",
        },
        "drawer_limit": 300,
    });
    api.post("/teams-account", &account).await?;
    switch_on(api).await
}

/// Switches Teams on for whoever is signed in.
pub(super) async fn switch_on(api: &Api) -> anyhow::Result<()> {
    let on = json!({ "is_enabled": true });
    api.put("/me/teams", &on).await.map(drop)
}
