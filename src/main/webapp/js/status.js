import { stateText, windowText } from "./texts.js";

const $ = (id) => document.getElementById(id);

/** Shows the words and numbers around the line: the state, the three positions, the proof, and the enabled buttons. */
export class Status {
  #spoken = "";

  state(detail) {
    $("status").dataset.state = detail.state;
    $("status").textContent = stateText(detail);
  }

  session(sessionId, agentId) {
    $("current-session").textContent = sessionId;
    $("current-agent").textContent = `agent ${agentId}`;
  }

  /** @param {{cursor: ?number, head: number, floor: number}} position @param {object} policy of the server */
  position({ cursor, head, floor }, policy) {
    $("cursor").textContent = cursor ?? "–";
    $("head").textContent = head;
    $("floor").textContent = floor;
    $("window").textContent = windowText({ head, floor }, policy);
  }

  proof({ seen, inOrder, gaps, duplicates, resyncs }) {
    const proof = $("proof");
    Object.assign(proof.dataset, { seen, inOrder, gaps, duplicates, resyncs, clean: gaps + duplicates === 0 });
    $("proof-seen").textContent = seen;
    $("proof-in-order").textContent = inOrder;
    $("proof-gaps").textContent = gaps;
    $("proof-duplicates").textContent = duplicates;
  }

  /** Shows or hides the button that raises the floor; the server says for each session whether it may be used. */
  raisesFloor(may) {
    $("raise-floor").hidden = !may;
  }

  /** Shows the last occurrence until the next. @param {""|"good"|"bad"} tone */
  say(text, tone = "") {
    $("summary").textContent = text;
    $("summary").dataset.tone = tone;
  }

  resync(reason, text) {
    $("resync").dataset.reason = reason;
    $("resync").textContent = text;
    $("resync").hidden = false;
  }

  clear() {
    this.say("");
    $("resync").hidden = true;
    delete $("resync").dataset.reason;
  }

  controls(state, sessionId, running) {
    const joined = state === "live" || state === "replaying";
    $("welcome").hidden = sessionId !== null || state === "connecting";
    this.#able("cut", joined || state === "connecting");
    this.#able("come-back", sessionId !== null && (state === "away" || state === "stopped"));
    this.#able("forget", sessionId !== null);
    this.#able("abort", joined && running);
    this.#able("send", sessionId !== null && state !== "stopped");
    this.#able("message", sessionId !== null && state !== "stopped");
  }

  /** Announces a text once, and only when it is complete: nobody can listen to a live region that speaks each token. */
  announce(text) {
    if (text !== this.#spoken) {
      this.#spoken = text;
      $("announcer").textContent = text;
    }
  }

  #able(id, able) {
    if ($(id).disabled === able) {
      $(id).disabled = !able;
    }
  }
}
