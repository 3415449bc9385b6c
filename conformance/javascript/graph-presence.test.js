// Presence of Microsoft Graph: reading, sessions, what is preferred, a message, and what is refused.

import assert from "node:assert/strict";

import { AGENT, APP, SECOND_AGENT } from "./emulator.js";
import { isRefused, withGraph } from "./graph.js";
import { signInAt } from "./sign-in.js";

const MINUTE_MS = 60_000;

function session(availability, activity, expirationDuration = "PT5M", sessionId = APP) {
  return { sessionId, availability, activity, expirationDuration };
}

withGraph(
  (test, stage, open) => {
    const { application, signIn } = signInAt(stage);
    const path = (operation = "", oid = AGENT) => `/users/${oid}/presence${operation}`;
    const byHand = (change, oid = AGENT) => stage.control("PUT", `/people/${oid}/presence`, change);
    const advance = (ms) => stage.control("POST", "/clock/advance", { ms });
    const pair = async (oid = AGENT) => {
      const { availability, activity } = await open().api(path("", oid)).get();
      return `${availability}/${activity}`;
    };
    const say = (operation, body, options) => open(options).api(path(`/${operation}`)).post(body);

    test("presence is read of one and of many", async () => {
      await byHand({ calendar: "in_a_meeting" }, SECOND_AGENT);
      assert.equal(await pair(SECOND_AGENT), "Busy/InAMeeting");
      const body = { ids: [AGENT, SECOND_AGENT, "11111111-1111-2222-3333-444444444444"] };
      const { value } = await open().api("/communications/getPresencesByUserId").post(body);
      assert.deepEqual(value.map((one) => one.activity), ["Available", "InAMeeting", "PresenceUnknown"]);
      const one = await open({ version: "beta" }).api(`/communications/presences/${AGENT}`).get();
      assert.equal(one.id, AGENT);
    });

    test("too many or no ids are refused", async () => {
      const many = open().api("/communications/getPresencesByUserId");
      await isRefused(400, "BadRequest", () => many.post({ ids: [] }));
      await isRefused(400, "BadRequest", () => many.post({ ids: Array(651).fill(AGENT) }));
      await isRefused(404, "Request_ResourceNotFound", () => open().api(path("", "nobody")).get());
    });

    test("a session speaks, and ends", async () => {
      await byHand({ client: "signed_out" });
      await say("setPresence", session("Busy", "InACall", "PT10M"));
      assert.equal(await pair(), "Busy/InACall");
      await advance(10 * MINUTE_MS);
      assert.equal(await pair(), "Offline/Offline");
      await say("setPresence", session("Available", "Available", "PT1H"));
      await advance(5 * MINUTE_MS);
      assert.equal(await pair(), "Available/AvailableInactive");
      await say("clearPresence", { sessionId: APP });
      assert.equal(await pair(), "Offline/Offline");
      await byHand({ client: "active" });
    });

    test("a session that cannot be is refused", async () => {
      for (const body of [
        session("Busy", "Busy"),
        session("DoNotDisturb", "Presenting"),
        session("Available", "Available", "PT1M"),
        session("Available", "Available", "PT5M", AGENT),
      ]) {
        await isRefused(400, "BadRequest", () => say("setPresence", body));
      }
      await isRefused(400, "BadRequest", () => say("clearPresence", { sessionId: AGENT }));
      await say("setPresence", session("DoNotDisturb", "Presenting"), { version: "beta" });
      assert.equal(await pair(), "DoNotDisturb/Presenting");
      await say("clearPresence", { sessionId: APP });
    });

    test("what is preferred beats sessions", async () => {
      await say("setUserPreferredPresence", { availability: "Busy", activity: "Busy", expirationDuration: "PT30M" });
      assert.equal(await pair(), "Busy/Busy");
      await advance(30 * MINUTE_MS);
      assert.equal(await pair(), "Available/Available");
      await say("setUserPreferredPresence", { availability: "Away", activity: "Away" });
      assert.equal(await pair(), "Away/Away");
      await say("clearUserPreferredPresence", {});
      assert.equal(await pair(), "Available/Available");
      const wrong = { availability: "Busy", activity: "InACall" };
      await isRefused(400, "BadRequest", () => say("setUserPreferredPresence", wrong));
    });

    test("a message is set, and its end is the person's to see", async () => {
      const message = { content: "At lunch", contentType: "text" };
      const dateTime = new Date(Date.now() + 3 * 60 * MINUTE_MS).toISOString().slice(0, 19);
      await say("setStatusMessage", { statusMessage: { message, expiryDateTime: { dateTime, timeZone: "UTC" } } });
      assert.deepEqual((await open().api(path()).get()).statusMessage, { message });
      const { accessToken } = await signIn(application(), ["Presence.Read"]);
      const own = await open({ token: accessToken }).api("/me/presence").get();
      assert.equal(own.statusMessage.expiryDateTime.dateTime, dateTime);
      const html = { statusMessage: { message: { content: "x", contentType: "html" } } };
      await isRefused(400, "BadRequest", () => say("setStatusMessage", html));
    });

    test("a person may write the own presence and nobody else's", async () => {
      const { accessToken } = await signIn(application(), ["Presence.ReadWrite"]);
      const person = open({ token: accessToken });
      await person.api("/me/presence/setPresence").post(session("Busy", "InAConferenceCall"));
      assert.equal(await pair(), "Busy/InAConferenceCall");
      await say("clearPresence", { sessionId: APP });
      for (const operation of ["setPresence", "clearPresence", "setUserPreferredPresence", "clearUserPreferredPresence"]) {
        const other = person.api(path(`/${operation}`, SECOND_AGENT));
        await isRefused(403, "Forbidden", () => other.post(session("Busy", "InACall")));
      }
    });

    test("a throttled request is tried again", async () => {
      await stage.fault("status", { status: 503, retry_after_s: 1, match: { operation: "GetPresence" } });
      assert.match(await pair(), /\//);
    });
  },
  ["--strict", "--clock", "stepped"],
);
