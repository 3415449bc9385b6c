//! The permissions of Graph that Tandem speaks of: their names and ids are Microsoft's (`permissions.json`), and what
//! each is for is said by whoever asks.

/// Who holds a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The application itself.
    Application,
    /// The application in the name of somebody who is signed in.
    Delegated,
}

/// One permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    pub name: &'static str,
    pub kind: Kind,
    /// By which consents name it.
    pub id: &'static str,
}

const fn application(name: &'static str, id: &'static str) -> Permission {
    Permission {
        name,
        kind: Kind::Application,
        id,
    }
}

const fn delegated(name: &'static str, id: &'static str) -> Permission {
    Permission {
        name,
        kind: Kind::Delegated,
        id,
    }
}

pub const USERS_READ: Permission =
    application("User.Read.All", "df021288-bdef-4463-88db-98f22de89214");
/// Its id is unconfirmed: the public catalogue does not have it.
pub const ORGANIZATION_READ: Permission = application(
    "Organization.Read.All",
    "498476ce-e0fe-48b0-b801-37ba7e2685c6",
);
/// Where the numbers of Teams lines are told.
pub const TEAMS_USERS_READ: Permission = application(
    "TeamsUserConfiguration.Read.All",
    "a91eadaf-2c3c-4362-908b-fb172d208fc6",
);
pub const PRESENCE_READ: Permission =
    application("Presence.Read.All", "a70e0c2d-e793-494c-94c4-118fa0a67f42");
pub const PRESENCE_WRITE: Permission = application(
    "Presence.ReadWrite.All",
    "83cded22-8297-4ff6-a7fa-e97e9545a259",
);
pub const APPLICATION_READ: Permission = application(
    "Application.Read.All",
    "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
);
pub const CALLS_ACCESS_MEDIA: Permission = application(
    "Calls.AccessMedia.All",
    "a7a681dc-756e-4909-b988-f160edc6655f",
);
pub const CALLS_INITIATE: Permission =
    application("Calls.Initiate.All", "284383ee-7f6e-4e40-a2a8-e85dcb029101");
pub const CALLS_INITIATE_GROUP: Permission = application(
    "Calls.InitiateGroupCall.All",
    "4c277553-8a09-487b-8023-29ee378d8324",
);
pub const CALLS_JOIN_GROUP: Permission = application(
    "Calls.JoinGroupCall.All",
    "f6b49018-60ab-4f81-83bd-22caeabfed2d",
);
pub const CALLS_JOIN_GROUP_AS_GUEST: Permission = application(
    "Calls.JoinGroupCallAsGuest.All",
    "fd7ccf6b-3d28-418b-9701-cd10f5cd2fd4",
);
pub const PRESENCE_READ_DELEGATED: Permission =
    delegated("Presence.Read.All", "9c7a330d-35b3-4aa1-963d-cb2b9f927841");
pub const OFFLINE_ACCESS: Permission =
    delegated("offline_access", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182");
pub const USER_READ_DELEGATED: Permission =
    delegated("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d");
pub const USERS_READ_DELEGATED: Permission =
    delegated("User.Read.All", "a154be20-db9c-4678-8ab7-66f6cc099a59");
