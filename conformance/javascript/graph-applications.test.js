// Applications of Microsoft Graph: ends of credentials, consents, and what is taken back.

import assert from "node:assert/strict";

import { AGENT, APP } from "./emulator.js";
import { isRefused, withGraph } from "./graph.js";

const PRINCIPAL = "bb123456-1234-1234-1234-bbb123456789";
const OURS = `/servicePrincipals/${PRINCIPAL}`;
const OF_GRAPH = "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";

withGraph((test, stage, open) => {
  const set = (application = {}) => stage.control("PUT", "/entra/application", application);

  test("the secret of the registration tells its end", async () => {
    await set({ secret_expires_at: "2027-03-01T00:00:00Z" });
    const found = await open().api(`/applications(appId='${APP}')`).select("id,passwordCredentials").get();
    const [secret] = found.passwordCredentials;
    assert.deepEqual([secret.endDateTime, secret.hint], ["2027-03-01T00:00:00Z", "tan"]);
    const listed = await open().api("/applications").filter(`appId eq '${APP}'`).get();
    assert.deepEqual(listed.value.map((one) => one.id), [found.id]);
    await isRefused(404, "Request_ResourceNotFound", () => open().api(`/applications/${PRINCIPAL}`).get());
    await set();
  });

  test("what was consented to is compared with what Graph has", async () => {
    const graph = open();
    const { appRoles, id } = await graph.api(OF_GRAPH).get();
    const names = new Map(appRoles.map((role) => [role.id, role.value]));
    const granted = await graph.api(`${OURS}/appRoleAssignments`).get();
    assert.ok(granted.value.some((one) => names.get(one.appRoleId) === "Presence.ReadWrite.All" && one.resourceId === id));
    const delegated = await graph.api(`${OURS}/oauth2PermissionGrants`).get();
    assert.ok(delegated.value[0].scope.split(" ").includes("Presence.Read.All"));
    assert.equal((await graph.api("/servicePrincipals").get()).value.length, 2);
  });

  test("a permission that is taken back is in no later token", async () => {
    await set({ application_permissions: ["Application.Read.All", "AppRoleAssignment.ReadWrite.All", "User.Read.All"] });
    const graph = open();
    const { appRoles } = await graph.api(OF_GRAPH).get();
    const users = appRoles.find((role) => role.value === "User.Read.All").id;
    const granted = await graph.api(`${OURS}/appRoleAssignments`).get();
    const { id } = granted.value.find((one) => one.appRoleId === users);
    await graph.api(`${OURS}/appRoleAssignments/${id}`).delete();
    await isRefused(404, "Request_ResourceNotFound", () => graph.api(`${OURS}/appRoleAssignments/${id}`).delete());
    assert.ok((await graph.api("/users").get()).value.length > 0);
    await isRefused(403, "Authorization_RequestDenied", () => open().api("/users").get());
    await set();
  });

  test("a permission that was never given is refused", async () => {
    await set({ application_permissions: ["User.Read.All"] });
    const paths = ["/applications", OF_GRAPH, `${OURS}/appRoleAssignments`, `${OURS}/oauth2PermissionGrants`];
    for (const path of paths) await isRefused(403, "Authorization_RequestDenied", () => open().api(path).get());
    await set();
  });

  test("people with roles are read", async () => {
    await stage.control("PUT", `/entra/people/${AGENT}`, { app_roles: ["Administrator"] });
    const { value } = await open().api(`${OURS}/appRoleAssignedTo`).get();
    assert.deepEqual(value.map((one) => [one.principalId, one.principalType]), [[AGENT, "User"]]);
  });
});
