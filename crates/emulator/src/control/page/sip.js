"use strict";
// Calls by SIP: what stands on the other side of trunks. The parts of rows are page.js's.
const neighbors = {
  areThere: false,
  async show(tenant) {
    this.areThere = tenant.sip;
    byId("sip").hidden = !tenant.sip;
    const from = byId("sip-from");
    for (const user of tenant.teams_users) from.append(element("option", user.name, { value: user.oid }));
  },
  async refresh(api) {
    if (!this.areThere) return;
    const [calls, all] = await Promise.all([api("GET", "/sip/calls"), api("GET", "/sip")]);
    calls.sort((one, other) => (one.state === "ended") - (other.state === "ended") || one.ms - other.ms);
    fill("sip-calls", calls.slice(0, 50).map((call) => this.row(call)), "No calls yet.");
    const trunks = all.teams.trunks.map((trunk) => "SBC " + trunk.fqdn + ": " + (trunk.active ? "active" : trunk.trouble || "not active") +
      trunk.proxies.map((proxy) => ", " + proxy.name.split(".")[0] + " " + (proxy.answered || "not answered")).join(""));
    const phones = all.phones.phones.map((phone) => "Phone " + phone.user + ": " + phone.state + (phone.status ? " (" + phone.status + ")" : ""));
    byId("sip-state").replaceChildren(...[...trunks, ...phones].map((text) => element("li", text)));
  },
  row(call) {
    const box = element("form");
    const path = "/sip/calls/" + call.id;
    box.addEventListener("submit", (event) => event.preventDefault());
    const does = (label, act_, done) => box.append(button(label, "in " + call.id, () => act(done, "POST", path + "/" + act_)));
    if (call.state === "ringing" && call.direction === "is_called") { does("Answer", "answer", "Answered."); does("Decline", "decline", "Declined."); }
    if (call.state === "in_call") {
      const digits = element("input", null, { "aria-label": "Digits in " + call.id, placeholder: "digits", autocomplete: "off" });
      box.append(digits, button("Press", "in " + call.id, () => act("Pressed.", "POST", path + "/digits", { digits: digits.value })));
      if (call.is_holding) does("Resume", "resume", "Resumed."); else does("Hold", "hold", "On hold.");
    }
    if (call.state !== "ended") does("Hang up", "hang-up", "Hung up.");
    const end = call.end ? [call.end.cause, call.end.status, call.end.reason].filter(Boolean).join(", ") : "";
    const hears = call.hears.tones.map((hz) => hz + " Hz").join(", ") + (call.digits ? " keys " + call.digits : "");
    const way = call.direction === "calls" ? call.own + " \u2192 " + call.other : call.other + " \u2192 " + call.own;
    return row([call.id, way, (end || call.state).replaceAll("_", " "), call.says_hz ? call.says_hz + " Hz" : "nothing", hears, box]);
  },
};
byId("sip-place").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  const who = data.get("who");
  const order = who === "carrier" ? { by: "carrier", from: data.get("from") } : { by: "teams_user", from: who };
  const location = data.get("location").trim();
  act("The call was begun.", "POST", "/sip/calls", { ...order, to: data.get("to"), ...(location ? { location } : {}) });
});
