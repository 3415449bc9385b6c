"use strict";
// The operator's page: it asks the control API every second and shows what there is.
const root = "/_emulator";
const byId = (id) => document.getElementById(id);
const say = (text, bad) => { const box = byId("status"); box.textContent = text; box.className = bad ? "bad" : "good"; };
async function api(method, path, body) {
  const response = await fetch(root + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  const value = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Error(value && value.error || response.statusText);
  return value;
}
async function act(done, method, path, body) {
  try { await api(method, path, body); say(done, false); } catch (error) { say(error.message, true); }
  await refresh();
}
function element(name, text, attributes) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  return made;
}
function row(cells) {
  const made = element("tr");
  for (const cell of cells) {
    const td = element("td");
    if (cell instanceof Node) td.append(cell); else td.textContent = cell === null || cell === undefined ? "" : cell;
    made.append(td);
  }
  return made;
}
function button(label, about, run) {
  const made = element("button", label, { type: "button" });
  made.append(element("span", " " + about, { class: "hidden" }));
  made.addEventListener("click", run);
  return made;
}
const heard = (hears) => (hears.text ? "\u201c" + hears.text + "\u201d " : "") + (hears.with.length ? "with " + hears.with.join(", ") : "");
const time = (text) => (text || "").slice(11, 23);
const labelOf = (node) => node.getAttribute("aria-label") || node.textContent;
// A field that is being written into is left alone; a button keeps the focus over the refresh.
function fill(id, rows, empty) {
  const body = byId(id);
  const active = body.contains(document.activeElement) ? document.activeElement : null;
  if (active && active.matches("input, select")) return;
  if (!rows.length) {
    const cell = element("td", empty, { colspan: "7" });
    rows = [element("tr")];
    rows[0].append(cell);
  }
  body.replaceChildren(...rows);
  if (active) {
    const same = [...body.querySelectorAll("button")].find((node) => labelOf(node) === labelOf(active));
    (same || body.closest(".scroll")).focus();
  }
}
function phoneRow(phone) {
  const box = element("form");
  const about = "on the phone of " + (phone.direction === "inbound" ? phone.from : phone.to);
  const path = "/pstn-calls/" + phone.id;
  box.addEventListener("submit", (event) => event.preventDefault());
  if (phone.state === "in_call") {
    const digits = element("input", null, { "aria-label": "Digits " + about, placeholder: "digits", autocomplete: "off" });
    const words = element("input", null, { "aria-label": "Words " + about, placeholder: "words", autocomplete: "off" });
    box.append(digits, button("Press", about, () => act("Pressed.", "POST", path + "/digits", { digits: digits.value })),
      words, button("Say", about, () => act("Said.", "POST", path + "/speak", { text: words.value })));
  }
  if (phone.state === "ringing" && phone.direction === "outbound") {
    box.append(button("Answer", about, () => act("Answered.", "POST", path + "/answer")),
      button("Decline", about, () => act("Declined.", "POST", path + "/decline")));
  }
  if (phone.state !== "ended") box.append(button("Hang up", about, () => act("Hung up.", "POST", path + "/hang-up")));
  return row([phone.from + " \u2192 " + phone.to, (phone.ended || phone.state).replaceAll("_", " "), heard(phone.hears), box]);
}
function callRow(call) {
  const id = element("code", call.call_connection_id);
  const main = call.media.main || call.media.targeted;
  return row([id, call.state, call.participants.map((one) => one.name + (one.is_customer ? " (customer)" : "") + (one.is_on_hold ? " (on hold)" : "")).join(", "),
    call.ringing.join(", "), main ? main.kind + ": " + main.text : "",
    button("Show sequence", "of " + call.call_connection_id, () => diagram.open(call.call_connection_id, api).catch((error) => say(error.message, true)))]);
}
function choice(label, options, chosen, run) {
  const box = element("select", null, { "aria-label": label });
  for (const [value, text] of options) {
    const option = element("option", text, { value });
    option.selected = value === chosen;
    box.append(option);
  }
  box.addEventListener("change", () => { const value = box.value; box.blur(); run(value); });
  return box;
}
const CHOICES = [["nothing", "by what they do"], ["available", "Available"], ["busy", "Busy"], ["do_not_disturb", "Do not disturb"],
  ["be_right_back", "Be right back"], ["away", "Away"], ["appear_offline", "Appear offline"]];
const CHOSEN = { Available: "available", Busy: "busy", DoNotDisturb: "do_not_disturb", BeRightBack: "be_right_back", Away: "away", Offline: "appear_offline" };
const LICENSES = [["both", "Teams, Teams Phone"], ["teams", "Teams"], ["none", "none"]];
const works = (state) => state === "enabled" || state === "warning";
function presenceCell(user) {
  const cell = element("div");
  const { availability, activity } = user.presence;
  const chosen = user.preferred ? CHOSEN[user.preferred.availability] : "nothing";
  cell.append(element("div", availability === activity ? availability : availability + ", " + activity),
    choice("What " + user.name + " chooses in Teams", CHOICES, chosen, (value) => act("Chosen.", "PUT", "/people/" + user.oid + "/presence", { chosen: value })));
  return cell;
}
function licenseCell(user) {
  const held = works(user.licenses.teams) ? (works(user.licenses.teams_phone) ? "both" : "teams") : "none";
  const state = (has) => (has ? "enabled" : "deleted");
  return choice("Licenses of " + user.name, LICENSES, held, (value) => act("Licensed.", "PUT", "/entra/people/" + user.oid,
    { licenses: { teams: state(value !== "none"), teams_phone: state(value === "both") } }));
}
function userRow(user) {
  const box = element("form");
  const path = "/teams-users/" + user.oid;
  box.addEventListener("submit", (event) => event.preventDefault());
  const to = element("input", null, { "aria-label": "Where " + user.name + " forwards to", placeholder: "number or user id", autocomplete: "off" });
  to.value = user.behaviour.to || "";
  if (user.state === "ringing") {
    box.append(button("Answer", "as " + user.name, () => act("Answered.", "POST", path + "/answer")),
      button("Decline", "as " + user.name, () => act("Declined.", "POST", path + "/decline")),
      button("Forward", "as " + user.name, () => act("Forwarded.", "POST", path + "/forward", { to: to.value })));
  }
  if (user.state === "in_call") box.append(button("Hang up", "as " + user.name, () => act("Hung up.", "POST", path + "/hang-up")));
  const habits = [["answer", "answers"], ["decline", "declines"], ["busy", "is busy"], ["no_answer", "lets it ring"], ["forward", "forwards to"]];
  const habit = choice("What " + user.name + " does when it rings", habits, user.behaviour.do, (chosen) =>
    act("Changed.", "PUT", path + "/behaviour", { behaviour: chosen === "forward" ? { do: chosen, to: to.value } : { do: chosen } }));
  box.append(to);
  return row([user.name, user.state.replace("_", " "), presenceCell(user), licenseCell(user), habit, heard(user.hears), box]);
}
// What each fault needs beside its kind.
const FAULTS = {
  status: ["status"], latency: ["ms"], callback_lost: [], callback_doubled: [], callback_late: ["ms"], callback_reordered: [],
  event_lost: [], event_doubled: [], event_late: ["ms"], play_failed: ["sub_code"], recognize_failed: ["sub_code"], hold_failed: ["sub_code"],
  transfer_failed: ["sub_code"], connect_failed: ["sub_code"], answer_failed: ["sub_code"], move_failed: ["sub_code"], media_streaming_failed: ["sub_code"],
  transcription_failed: ["sub_code"], stream_breaks_off: ["ms"], send_tones_failed: ["sub_code"], tone_failed: ["sub_code"],
  start_recording_failed: ["sub_code"], start_recording_unnamed: [], recording_ignores_pause: [], recording_stops: ["ms"],
  download_breaks_off: [], recording_truncated: [], recording_shortened: [], sync_state_lost: [], secret_expired: [], consent_revoked: [], conditional_access: [], token_refused: ["aadsts"],
};
function needs() {
  const wanted = FAULTS[byId("fault").elements.kind.value];
  for (const label of byId("fault").querySelectorAll("[data-of]")) label.hidden = !wanted.includes(label.dataset.of);
}
function faultLine(fault) {
  const aim = [fault.match.operation, fault.match.event, fault.match.path].filter(Boolean).join(", ");
  const left = fault.remaining === null ? "without end" : fault.remaining + " left";
  const line = element("li", fault.kind.replaceAll("_", " ") + (aim ? " at " + aim : "") + ": " + left + ", struck " + fault.struck + " times ");
  line.append(button("Remove", "the fault " + fault.kind, () => act("Removed.", "DELETE", "/faults/" + fault.id)));
  return line;
}
// The application, as it is; a form that is being written into is left alone.
let application = {};
const written = (text) => text.split(/[\s,]+/).filter(Boolean);
function showApplication(graph) {
  application = graph.application;
  byId("wander-stop").disabled = graph.wander_every_ms === 0;
  byId("notices").replaceChildren(...(graph.subscriptions.length ? graph.subscriptions.map(noticeLine) : [element("li", "No subscriptions of Graph.")]));
  const fields = byId("application").elements;
  if (byId("application").contains(document.activeElement) || byId("graph").contains(document.activeElement)) return;
  fields.standing.value = application.standing;
  fields.secret_expires_at.value = application.secret_expires_at || "";
  for (const name of ["application_permissions", "delegated_permissions"]) fields[name].value = application[name].join(" ");
  byId("graph").elements.throttling.value = graph.throttling;
}
function noticeLine(subscription) {
  const line = element("li", subscription.resource + " to " + subscription.notificationUrl + " until " + subscription.expirationDateTime + " ");
  if (subscription.lifecycleNotificationUrl) {
    for (const [event, label] of [["reauthorizationRequired", "Ask for renewal"], ["missed", "Say that something was missed"], ["subscriptionRemoved", "Remove"]]) {
      line.append(button(label, "of " + subscription.id, () => act("Told.", "POST", "/graph/subscriptions/" + subscription.id + "/lifecycle", { event })));
    }
  }
  return line;
}
const setApplication = (done, change) => act(done, "PUT", "/entra/application", { ...application, ...change });
const answer = (entry) => entry.status ? String(entry.status) : entry.error || "";
const order = { ringing: 0, in_call: 1, idle: 2 };
async function refresh() {
  try {
    const [phones, calls, users, subscriptions, deliveries, requests, clock, faults, graph] = await Promise.all(
      ["/pstn-calls", "/calls", "/teams-users", "/event-subscriptions", "/deliveries", "/requests", "/clock", "/faults", "/graph"].map((path) => api("GET", path)));
    phones.sort((one, other) => (one.state === "ended") - (other.state === "ended") || other.since_ms - one.since_ms);
    users.sort((one, other) => order[one.state] - order[other.state]);
    fill("phones", phones.slice(0, 50).map(phoneRow), "No calls yet.");
    fill("calls", calls.slice(0, 50).map(callRow), "No calls yet.");
    fill("teams", users.map(userRow), "No Teams users.");
    fill("deliveries", deliveries.slice(-100).reverse().map((one) => row([time(one.time), (one.event || "").split(".").pop(), element("code", one.to), answer(one)])), "Nothing was delivered yet.");
    fill("requests", requests.slice(-100).reverse().map((one) => row([time(one.time), one.operation, element("code", one.method + " " + one.path), answer(one) + (one.note ? ": " + one.note : "")])), "Nothing was requested yet.");
    byId("subscriptions").replaceChildren(...subscriptions.map((one) => element("li", one.endpoint + ": " + one.state + " (" + one.schema.replace("_", " ") + ")")));
    if (!byId("faults").contains(document.activeElement)) byId("faults").replaceChildren(...(faults.length ? faults.map(faultLine) : [element("li", "No faults.")]));
    showApplication(graph);
    byId("clock").textContent = "Clock: " + clock.clock + ", " + (clock.now_ms / 1000).toFixed(2) + " s, " + clock.timers + " timers.";
    byId("steps").hidden = clock.clock !== "stepped";
    await diagram.refresh(api);
    await neighbors.refresh(api);
  } catch (error) { say("The emulator does not answer: " + error.message, true); }
}
byId("place").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  let script = [];
  try { script = JSON.parse(data.get("script") || "[]"); } catch (error) { say("The script is not JSON: " + error.message, true); return; }
  act("The call was placed.", "POST", "/pstn-calls", { from: data.get("from"), to: data.get("to"), script });
});
byId("subscribe").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  act("Subscribed.", "POST", "/event-subscriptions", { endpoint: data.get("endpoint"), schema: data.get("schema") });
});
byId("wander").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  act("Presence changes by chance.", "PUT", "/presence/wander", { every_ms: Number(data.get("every_ms")), seed: Number(data.get("seed")) });
});
byId("wander-stop").addEventListener("click", () => act("Presence stays as it is.", "PUT", "/presence/wander", { every_ms: 0 }));
byId("application").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  document.activeElement.blur();
  setApplication("Applied.", {
    standing: data.get("standing"), secret_expires_at: data.get("secret_expires_at").trim() || null,
    application_permissions: written(data.get("application_permissions")), delegated_permissions: written(data.get("delegated_permissions")),
  });
});
byId("expire").addEventListener("click", () => setApplication("The secret has expired.", { secret_expires_at: new Date().toISOString() }));
byId("revoke").addEventListener("click", () => setApplication("Consent was taken back.", { consented: false, application_permissions: [], delegated_permissions: [] }));
byId("consent").addEventListener("click", () => {
  const { application_permissions, delegated_permissions, ...kept } = application;
  act("Granted.", "PUT", "/entra/application", { ...kept, consented: true, standing: "enabled" });
});
byId("graph").addEventListener("submit", (event) => event.preventDefault());
byId("graph").elements.throttling.addEventListener("change", (event) => {
  const throttling = event.target.value;
  event.target.blur();
  act("Changed.", "PUT", "/graph", { throttling });
});
const step = (ms) => act("The clock went " + ms + " ms.", "POST", "/clock/advance", { ms });
byId("clock-form").addEventListener("submit", (event) => { event.preventDefault(); step(Number(event.target.elements.ms.value)); });
for (const one of document.querySelectorAll("[data-ms]")) one.addEventListener("click", () => step(Number(one.dataset.ms)));
byId("fault").elements.kind.append(...Object.keys(FAULTS).map((kind) => element("option", kind.replaceAll("_", " "), { value: kind })));
byId("fault").elements.kind.addEventListener("change", needs);
byId("fault").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  const fault = { kind: data.get("kind"), count: Number(data.get("count")), match: {} };
  for (const name of FAULTS[fault.kind]) if (data.get(name) !== "") fault[name] = Number(data.get(name));
  for (const name of ["operation", "event"]) if (data.get(name)) fault.match[name] = data.get(name);
  act("The fault is set.", "POST", "/faults", fault);
});
needs();
(async () => {
  const tenant = await api("GET", "/tenant");
  await neighbors.show(tenant);
  const to = document.querySelector("select[name=to]");
  for (const account of tenant.resource_accounts) to.append(element("option", account.number + " (" + account.name + ")", { value: account.number }));
  document.querySelector("textarea[name=script]").placeholder = '[{"do": "patience", "ms": 60000}, {"do": "talk", "ms": 30000}]';
  await refresh();
  setInterval(refresh, 1000);
})();
