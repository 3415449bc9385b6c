//! Permissions: which roles there are and what each allows.

pub(super) mod may;

use crate::sign_in::AccessManager;
use axum::Json;
use serde::Serialize;
use tandem_core::permission::Permission;
use tandem_core::role::Role;
use utoipa::ToSchema;

/// The permission sets.
#[derive(Serialize, ToSchema)]
pub(super) struct PermissionSets {
    /// Every permission.
    permissions: Vec<&'static str>,
    roles: Vec<PermissionSet>,
}

/// A role.
#[derive(Serialize, ToSchema)]
pub(super) struct PermissionSet {
    role: &'static str,
    /// What it allows.
    permissions: Vec<&'static str>,
    /// Whether a scope can limit it.
    is_limited_by_scope: bool,
}

/// The roles with their permissions. Permission: manage_access.
#[utoipa::path(get, path = "/{center}/permissions", tag = "accounts", operation_id = "permissions",
    params(("center" = String, Path)),
    responses((status = 200, body = PermissionSets),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(_by: AccessManager) -> Json<PermissionSets> {
    let words = |of: &[Permission]| of.iter().map(|it| it.word()).collect();
    let set = |role: Role| PermissionSet {
        role: role.word(),
        permissions: words(role.permissions()),
        is_limited_by_scope: match role {
            Role::Agent | Role::Administrator => false,
            Role::Supervisor
            | Role::QueueAdministrator
            | Role::Quality
            | Role::Analyst
            | Role::Auditor => true,
        },
    };
    Json(PermissionSets {
        permissions: words(&Permission::ALL),
        roles: Role::ALL.into_iter().map(set).collect(),
    })
}
