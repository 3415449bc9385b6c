// Subscriptions of Microsoft Graph: handshake, notices that are read, renewal, end.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { createLocalJWKSet, jwtVerify } from "jose";

import { AGENT, APP, SECOND_AGENT, TENANT } from "./emulator.js";
import { isRefused, withGraph } from "./graph.js";
import { Notices } from "./notices.js";
import { signInAt } from "./sign-in.js";

const NOTIFIER = "0bf30f3b-4a52-48df-9a82-234910c4a086";

withGraph(
  (test, stage, open) => {
    const { application, signIn } = signInAt(stage);
    let notices;
    before(async () => (notices = await Notices.open(stage.emulator)));
    after(() => notices.close());

    const person = async () => open({ token: (await signIn(application(), ["Presence.Read.All"])).accessToken });
    const choose = (chosen) => stage.control("PUT", `/people/${SECOND_AGENT}/presence`, { chosen });
    // Ends are those of the emulator's clock, which is ahead by what the cases advanced it.
    const inMinutes = async (minutes) => {
      const { now_ms: ahead } = await stage.control("GET", "/clock");
      return new Date(Date.now() + ahead + minutes * 60_000).toISOString();
    };
    const advance = (minutes) => stage.control("POST", "/clock/advance", { ms: minutes * 60_000 });
    const order = async (other = {}) => ({
      changeType: "updated",
      notificationUrl: `${notices.url}/notices`,
      lifecycleNotificationUrl: `${notices.url}/lifecycle`,
      resource: `/communications/presences/${SECOND_AGENT}`,
      expirationDateTime: await inMinutes(55),
      clientState: "s3cret",
      ...other,
    });

    test("a subscriber is told of presence, and reads resource data", async () => {
      const graph = await person();
      const sealed = { includeResourceData: true, encryptionCertificate: notices.certificate, encryptionCertificateId: "c1" };
      const created = await graph.api("/subscriptions").post(await order(sealed));
      await choose("busy");
      const { value, validationTokens } = await notices.next();
      assert.deepEqual([value[0].subscriptionId, value[0].clientState], [created.id, "s3cret"]);
      const resource = notices.read(value[0].encryptedContent);
      assert.deepEqual([resource.id, resource.availability], [SECOND_AGENT, "Busy"]);
      const keys = createLocalJWKSet(await stage.emulator.document(`/${TENANT}/discovery/v2.0/keys`));
      const { payload } = await jwtVerify(validationTokens[0], keys, { audience: APP });
      assert.equal(payload.appid, NOTIFIER);
      assert.equal((await graph.api("/subscriptions").get()).value.length, 1);
      await graph.api(`/subscriptions/${created.id}`).delete();
      await isRefused(404, "ResourceNotFound", () => graph.api(`/subscriptions/${created.id}`).get());
      await choose("nothing");
    });

    test("an order that cannot be is refused", async () => {
      const graph = await person();
      const post = async (other) => graph.api("/subscriptions").post(await order(other));
      await isRefused(400, "ValidationError", () => post({ changeType: "created" }));
      await isRefused(400, "ValidationError", async () => post({ expirationDateTime: await inMinutes(100) }));
      await isRefused(400, "ValidationError", () => post({ includeResourceData: true }));
      await isRefused(403, "ExtensionError", async () => open().api("/subscriptions").post(await order()));
      await isRefused(501, "NotImplemented", () => post({ resource: "/chats/getAllMessages" }));
      notices.validates = false;
      await isRefused(400, "ValidationError", () => post());
      notices.validates = true;
    });

    test("a renewal keeps it, and without one it ends", async () => {
      const graph = await person();
      const created = await graph.api("/subscriptions").post(await order());
      const ours = `/subscriptions/${created.id}`;
      await advance(46);
      const { value } = await notices.next("/lifecycle");
      assert.equal(value[0].lifecycleEvent, "reauthorizationRequired");
      await graph.api(`${ours}/reauthorize`).post({});
      const renewed = await graph.api(ours).patch({ expirationDateTime: await inMinutes(30) });
      assert.ok(renewed.expirationDateTime > created.expirationDateTime);
      await isRefused(400, "ValidationError", () => graph.api(ours).patch({ clientState: "other" }));
      await advance(60);
      await isRefused(404, "ResourceNotFound", () => graph.api(ours).get());
    });

    test("users are told to the application", async () => {
      const users = { resource: "users", expirationDateTime: await inMinutes(20_000) };
      await open().api("/subscriptions").post(await order(users));
      await stage.control("PUT", `/entra/people/${AGENT}`, { job_title: "Buyer" });
      const { value } = await notices.next();
      assert.deepEqual([value[0].changeType, value[0].resourceData.id], ["updated", AGENT]);
    });
  },
  ["--strict", "--clock", "stepped"],
);
