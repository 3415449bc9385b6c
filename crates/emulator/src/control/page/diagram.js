"use strict";
// The sequence of one call: a list whose rows lie between people, the emulator and the application.
const diagram = (() => {
  const byId = (id) => document.getElementById(id);
  let call = null;
  let shown = "";
  const clock = (text) => (text || "").slice(11, 23);

  // Which lane a step lies in, which way it goes, what it says, and whether it failed.
  function read(step) {
    const status = step.status === undefined || step.status === null ? step.error || "" : String(step.status);
    switch (step.kind) {
      case "request":
        return { lane: 1, way: "left", label: step.operation, status, failed: step.status >= 400, says: "The application requests" };
      case "callback":
        return { lane: 1, way: "right", label: step.event, status, failed: !(step.status < 300), says: "Callback" };
      case "event":
        return { lane: 1, way: "right", label: (step.event || "").split(".").pop() + " (Event Grid)", status, failed: !(step.status < 300), says: "Event" };
      case "frames":
        return { lane: 1, way: step.way === "to_application" ? "right" : "left", label: step.frame + " " + step.what + (step.frames > 1 ? " \u00d7 " + step.frames : ""), status: "", failed: false, frames: true, says: "WebSocket" };
      default: {
        const does = step.keys ? "presses " + step.keys : step.says ? "says \u201c" + step.says + "\u201d" : step.hangs_up ? "hangs up" : "joins";
        return { lane: 0, way: "right", label: step.who + " " + does, status: "", failed: false, says: "" };
      }
    }
  }

  function row(step) {
    const line = document.createElement("li");
    const about = read(step);
    const time = document.createElement("time");
    time.textContent = clock(step.time);
    line.append(time);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "step " + about.way + (about.frames ? " frames" : "") + (about.failed ? " failed" : "");
    button.setAttribute("aria-pressed", "false");
    button.dataset.n = step.n;
    if (about.says) {
      const hidden = document.createElement("span");
      hidden.className = "hidden";
      hidden.textContent = about.says + ": ";
      button.append(hidden);
    }
    button.append(about.label + (about.status ? "  " + about.status : ""));
    button.addEventListener("click", () => detail(button, step));
    for (const lane of [0, 1]) {
      const cell = document.createElement("div");
      cell.className = "lane";
      if (lane === about.lane) cell.append(button);
      line.append(cell);
    }
    return line;
  }

  function detail(button, step) {
    for (const other of byId("diagram-steps").querySelectorAll(".step")) other.setAttribute("aria-pressed", String(other === button));
    const box = byId("diagram-detail");
    box.hidden = false;
    box.textContent = JSON.stringify(step, null, 2);
  }

  async function refresh(api) {
    if (!call) return;
    const steps = await api("GET", "/calls/" + call + "/trace");
    const now = steps.map((step) => step.n + ":" + (step.frames || step.status || "")).join();
    if (now === shown) return;
    shown = now;
    const list = byId("diagram-steps");
    const active = list.contains(document.activeElement) ? document.activeElement.dataset.n : null;
    const pressed = list.querySelector('[aria-pressed="true"]');
    list.replaceChildren(...steps.map(row));
    const again = (n) => list.querySelector('.step[data-n="' + n + '"]');
    if (pressed && again(pressed.dataset.n)) again(pressed.dataset.n).setAttribute("aria-pressed", "true");
    if (active && again(active)) again(active).focus();
    else if (byId("diagram-follow").checked) list.scrollTop = list.scrollHeight;
    byId("diagram-about").textContent = steps.length ? steps.length + " steps." : "Nothing was recorded of this call, or it was too long ago.";
  }

  async function open(id, api) {
    call = id;
    shown = "";
    byId("diagram").hidden = false;
    byId("diagram-detail").hidden = true;
    byId("diagram-title").textContent = "Sequence of " + id;
    byId("diagram-export").href = "/_emulator/calls/" + id + "/test";
    await refresh(api);
    byId("diagram-title").focus();
  }

  function close() {
    call = null;
    byId("diagram").hidden = true;
    byId("calls-title").closest("section").querySelector(".scroll").focus();
  }

  // Arrow keys go from step to step.
  byId("diagram-steps").addEventListener("keydown", (event) => {
    const steps = [...event.currentTarget.querySelectorAll(".step")];
    const at = steps.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: steps.length - 1 }[event.key];
    if (to === undefined || !steps[to]) return;
    event.preventDefault();
    steps[to].focus();
  });
  byId("diagram-close").addEventListener("click", close);
  return { open, refresh };
})();
