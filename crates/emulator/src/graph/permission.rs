//! The permissions of Graph that the emulator knows: names and ids (testdata/permissions.json).
//!
//! Application permissions stand in `roles` of a token, delegated ones in `scp`.

/// One permission, by the id that consents and app role assignments name it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) name: &'static str,
    pub(crate) id: &'static str,
}

const fn permission(name: &'static str, id: &'static str) -> Permission {
    Permission { name, id }
}

/// Of applications. The id of Organization.Read.All is unconfirmed: the catalogue does not have it.
pub(crate) const APPLICATION: &[Permission] = &[
    permission(
        "AppRoleAssignment.ReadWrite.All",
        "06b708a9-e830-4db3-a914-8e69da51d44f",
    ),
    permission(
        "Application.Read.All",
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    ),
    permission(
        "Application.ReadWrite.OwnedBy",
        "18a4783c-866b-4cc7-a460-3d5e5662c884",
    ),
    permission(
        "CallEvents.Read.All",
        "1abb026f-7572-49f6-9ddd-ad61cbba181e",
    ),
    permission(
        "CallRecord-PstnCalls.Read.All",
        "a2611786-80b3-417e-adaa-707d4261a5f0",
    ),
    permission(
        "CallRecords.Read.All",
        "45bbb07e-7321-4fd7-a8f6-3ff27e6a81c8",
    ),
    permission(
        "Calls.AccessMedia.All",
        "a7a681dc-756e-4909-b988-f160edc6655f",
    ),
    permission("Calls.Initiate.All", "284383ee-7f6e-4e40-a2a8-e85dcb029101"),
    permission(
        "Calls.InitiateGroupCall.All",
        "4c277553-8a09-487b-8023-29ee378d8324",
    ),
    permission(
        "Calls.JoinGroupCall.All",
        "f6b49018-60ab-4f81-83bd-22caeabfed2d",
    ),
    permission(
        "Calls.JoinGroupCallAsGuest.All",
        "fd7ccf6b-3d28-418b-9701-cd10f5cd2fd4",
    ),
    permission("Chat.Create", "d9c48af6-9ad9-47ad-82c3-63757137b9af"),
    permission("Chat.Read.All", "6b7d71aa-70aa-4810-a8d9-5d9fb2830017"),
    permission(
        "ChatMember.ReadWrite.All",
        "57257249-34ce-4810-a8a2-a03adf0c5693",
    ),
    permission("Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61"),
    permission(
        "LicenseAssignment.Read.All",
        "e2f98668-2877-4f38-a2f4-8202e0717aa1",
    ),
    permission(
        "LicenseAssignment.ReadWrite.All",
        "5facf0c1-8979-4e95-abcf-ff3d079771c0",
    ),
    permission("Mail.Send", "b633e1c5-b582-4048-a93e-9f11b44c7e96"),
    permission(
        "OnlineMeetings.Read.All",
        "c1684f21-1984-47fa-9d61-2dc8c296bb70",
    ),
    permission(
        "OnlineMeetings.ReadWrite.All",
        "b8bb2037-6e08-44ac-a4ea-4674e010e2a4",
    ),
    permission(
        "Organization.Read.All",
        "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    ),
    permission(
        "Organization.Read.All",
        "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    ),
    permission("Presence.Read.All", "a70e0c2d-e793-494c-94c4-118fa0a67f42"),
    permission(
        "Presence.ReadWrite.All",
        "83cded22-8297-4ff6-a7fa-e97e9545a259",
    ),
    permission("TeamsActivity.Send", "a267235f-af13-44dc-8385-c1dc93023186"),
    permission(
        "TeamsAppInstallation.ReadWriteSelfForUser.All",
        "908de74d-f8b2-4d6b-a9ed-2a17b3b78179",
    ),
    permission(
        "TeamsResourceAccount.Read.All",
        "b55aa226-33a1-4396-bcf4-edce5e7a31c1",
    ),
    permission(
        "TeamsTelephoneNumber.Read.All",
        "39b17d18-680c-41f4-b9c2-5f30629e7cb6",
    ),
    permission(
        "TeamsTelephoneNumber.ReadWrite.All",
        "0a42382f-155c-4eb1-9bdc-21548ccaa387",
    ),
    permission(
        "TeamsUserConfiguration.Read.All",
        "a91eadaf-2c3c-4362-908b-fb172d208fc6",
    ),
    permission(
        "Teamwork.Migrate.All",
        "dfb0dd15-61de-45b2-be36-d6a69fba3c79",
    ),
    permission("User.Read.All", "df021288-bdef-4463-88db-98f22de89214"),
    permission("User.ReadBasic.All", "97235f07-e226-4f63-ace3-39588e11d3a1"),
    permission(
        "VirtualAppointment.ReadWrite.All",
        "bf46a256-f47d-448f-ab78-f226fff08d40",
    ),
];

/// Of people who let an application act for them.
pub(crate) const DELEGATED: &[Permission] = &[
    permission("CallEvents.Read", "43431c03-960e-400f-87c6-8f910321dca3"),
    permission("Chat.Create", "38826093-1258-4dea-98f0-00003be2b8d0"),
    permission("Chat.Read", "f501c180-9344-439a-bca0-6cbf209fd270"),
    permission("Chat.ReadBasic", "9547fcb5-d03f-419d-9948-5928bbf71b0f"),
    permission("Chat.ReadWrite", "9ff7295e-131b-4d94-90e1-69fde507ac11"),
    permission(
        "ChatMember.ReadWrite",
        "dea13482-7ea6-488f-8b98-eb5bbecf033d",
    ),
    permission("ChatMessage.Send", "116b7235-7cc6-461e-b163-8e55691d839e"),
    permission(
        "OnlineMeetings.ReadWrite",
        "a65f2972-a4f8-4f5e-afd7-69ccb046d5dc",
    ),
    permission("Presence.Read", "76bc735e-aecd-4a1d-8b4c-2b915deabb79"),
    permission("Presence.Read.All", "9c7a330d-35b3-4aa1-963d-cb2b9f927841"),
    permission("Presence.ReadWrite", "8d3c54a7-cf58-4773-bf81-c0cd6ad522bb"),
    permission(
        "TeamsResourceAccount.Read.All",
        "ea2cbd09-253c-4f69-a0e6-07383c5f07cc",
    ),
    permission(
        "TeamsTelephoneNumber.Read.All",
        "1bc6eab1-058d-4557-b011-d4c41cec88b7",
    ),
    permission(
        "TeamsTelephoneNumber.ReadWrite.All",
        "424b07a8-1209-4d17-9fe4-9018a93a1024",
    ),
    permission(
        "TeamsUserConfiguration.Read.All",
        "5c469ce4-dab5-4afd-b9de-14f1ba4004a7",
    ),
    permission("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
    permission("User.Read.All", "a154be20-db9c-4678-8ab7-66f6cc099a59"),
    permission("User.ReadBasic.All", "b340eb25-3456-403f-be2f-af7a0d370277"),
    permission("offline_access", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182"),
];

/// What the registration of the application asks for, and what an administrator's consent grants.
pub(crate) const REQUESTED: [&str; 7] = [
    "Application.Read.All",
    "LicenseAssignment.Read.All",
    "Organization.Read.All",
    "Presence.Read.All",
    "Presence.ReadWrite.All",
    "TeamsUserConfiguration.Read.All",
    "User.Read.All",
];

/// The same for people.
pub(crate) const REQUESTED_OF_PEOPLE: [&str; 5] = [
    "Presence.Read",
    "Presence.Read.All",
    "Presence.ReadWrite",
    "User.Read",
    "User.Read.All",
];

/// A permission by its name, in any case (microsoft-graph.md 14).
pub(crate) fn named(list: &'static [Permission], name: &str) -> Option<&'static Permission> {
    list.iter()
        .find(|permission| permission.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    // spec: permissions.json
    #[test]
    fn names_and_ids_are_those_of_the_catalogue() {
        let catalogue: Value =
            serde_json::from_str(include_str!("../../testdata/permissions.json")).unwrap();
        let mut n_known = 0;
        for one in catalogue["permissions"].as_array().unwrap() {
            let list = if one["type"] == "Application" {
                APPLICATION
            } else {
                DELEGATED
            };
            let known = named(list, one["name"].as_str().unwrap());
            assert_eq!(
                known.map(|known| known.id),
                one["id"].as_str(),
                "{}",
                one["name"]
            );
            n_known += 1;
        }
        assert_eq!(n_known + 1, APPLICATION.len() + DELEGATED.len());
        assert!(
            REQUESTED
                .iter()
                .all(|name| named(APPLICATION, name).is_some())
        );
        assert!(
            REQUESTED_OF_PEOPLE
                .iter()
                .all(|name| named(DELEGATED, name).is_some())
        );
    }
}
