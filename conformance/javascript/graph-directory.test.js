// The directory of Microsoft Graph: users, deltas, licenses, batches, and what is refused.

import assert from "node:assert/strict";

import { BatchRequestContent, BatchResponseContent, PageIterator } from "@microsoft/microsoft-graph-client";

import { AGENT, SECOND_AGENT, TENANT } from "./emulator.js";
import { EVENTUALLY, isRefused, withGraph } from "./graph.js";
import { signInAt } from "./sign-in.js";

const TEAMS = "57ff2da0-773e-42df-b2af-ffb7a2317929";
const WITH_TEAMS = `assignedPlans/any(p:p/servicePlanId eq ${TEAMS} and p/capabilityStatus eq 'Enabled')`;

withGraph(
  (test, stage, open) => {
    const { application, signIn } = signInAt(stage);

    test("a user is found by id and by name", async () => {
      const graph = open();
      const person = await graph.api(`/users/${AGENT}`).get();
      assert.deepEqual([person.id, person.displayName], [AGENT, "Adele Vance"]);
      assert.equal(person.assignedPlans, undefined);
      const byName = await graph.api(`/users/${person.userPrincipalName}`).select("accountEnabled,assignedPlans").get();
      assert.equal(byName.accountEnabled, true);
      assert.ok(byName.assignedPlans.some((plan) => plan.servicePlanId === TEAMS && plan.capabilityStatus === "Enabled"));
    });

    test("thousands of users come by pages", async () => {
      const graph = open();
      const page = await graph.api("/users").select("id").top(999).get();
      assert.equal(page.value.length, 999);
      const ids = new Set();
      await new PageIterator(graph, page, (user) => ids.add(user.id) && true).iterate();
      assert.equal(ids.size, 2500);
    });

    test("users are filtered, sorted and counted", async () => {
      const graph = open();
      const found = await graph.api("/users").filter("startswith(displayName,'Adele')").top(999).get();
      assert.ok(found.value.length > 0 && found.value.every((user) => user.displayName.startsWith("Adele")));
      const counted = await graph.api("/users").header(...EVENTUALLY).filter(WITH_TEAMS).count(true).top(1).get();
      assert.ok(counted["@odata.count"] > 2000);
      const down = await graph.api("/users").orderby("displayName desc").top(50).get();
      const names = down.value.map((user) => user.displayName.toLowerCase());
      assert.deepEqual(names, [...names].sort().reverse());
      assert.equal(await graph.api("/users/$count").header(...EVENTUALLY).get(), "2500");
    });

    test("a query that is not taken is refused", async () => {
      const graph = open();
      const users = () => graph.api("/users");
      await isRefused(400, "Request_UnsupportedQuery", () => users().filter(WITH_TEAMS).count(true).get());
      await isRefused(400, "Request_BadRequest", () => users().select("shoeSize").get());
      await isRefused(400, "Request_BadRequest", () => users().top(1000).get());
      await isRefused(400, "Request_BadRequest", () => graph.api("/users/$count").get());
      await isRefused(404, "Request_ResourceNotFound", () => graph.api("/users/nobody").get());
      await isRefused(501, "NotImplemented", () => users().search('"displayName:ann"').get());
    });

    test("a delta tells changes, and is gone when it is too old", async () => {
      const graph = open();
      let page = await graph.api("/users/delta").select("displayName").get();
      while (page["@odata.nextLink"]) page = await graph.api(page["@odata.nextLink"]).get();
      const link = page["@odata.deltaLink"];
      await stage.control("PUT", `/entra/people/${AGENT}`, { name: "Adele Changed" });
      try {
        const changes = await graph.api(link).get();
        assert.deepEqual(changes.value, [{ id: AGENT, displayName: "Adele Changed" }]);
        await stage.fault("sync_state_lost");
        await isRefused(410, "syncStateNotFound", () => graph.api(link).get());
      } finally {
        await stage.control("PUT", `/entra/people/${AGENT}`, { name: "Adele Vance" });
      }
    });

    test("licenses of a user come and go", async () => {
      const graph = open();
      const names = async () => {
        const details = await graph.api(`/users/${SECOND_AGENT}/licenseDetails`).get();
        return details.value.flatMap((one) => one.servicePlans.map((plan) => plan.servicePlanName));
      };
      assert.deepEqual(await names(), ["TEAMS1", "MCOEV"]);
      await stage.control("PUT", `/entra/people/${SECOND_AGENT}`, { licenses: { teams: "deleted" } });
      assert.deepEqual(await names(), ["MCOEV"]);
      await stage.control("PUT", `/entra/people/${SECOND_AGENT}`, { licenses: { teams: "enabled" } });
    });

    test("the tenant tells its name", async () => {
      const [found] = (await open({ version: "beta" }).api("/organization").get()).value;
      assert.equal(found.id, TENANT);
    });

    test("a token that does not open the directory is refused", async () => {
      await isRefused(401, "InvalidAuthenticationToken", () => open({ token: "no.token.atall" }).api("/users").get());
      await isRefused(400, "BadRequest", () => open().api("/me").get());
      const { accessToken } = await signIn(application(), ["User.Read"]);
      const person = open({ token: accessToken });
      assert.equal((await person.api("/me").get()).id, AGENT);
      await isRefused(403, "Authorization_RequestDenied", () => person.api("/users").get());
    });

    test("a throttled request is tried again", async () => {
      await stage.fault("status", { status: 429, retry_after_s: 1, match: { operation: "GetUser" } });
      assert.equal((await open().api(`/users/${AGENT}`).get()).id, AGENT);
    });

    test("parts of a batch are answered each by itself", async () => {
      const graph = open();
      const part = (id, path, dependsOn) => ({ id, request: new Request(`https://graph.microsoft.com${path}`), dependsOn });
      const batch = new BatchRequestContent([
        part("1", `/users/${AGENT}`),
        part("2", "/users/nobody", ["1"]),
        part("3", "/organization", ["2"]),
      ]);
      const answered = new BatchResponseContent(await graph.api("/$batch").post(await batch.getContent()));
      const statuses = ["1", "2", "3"].map((id) => answered.getResponseById(id).status);
      assert.deepEqual(statuses, [200, 404, 424]);
      assert.equal((await answered.getResponseById("1").json()).displayName, "Adele Vance");
    });
  },
  ["--strict", "--people", "2494"],
);
