const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const REFUSALS = new Set([403, 404, 409, 429]);
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** Asks the REST side for the list of our sessions, and shows it. */
export class Sessions {
  #list;
  #pick;
  #current = null;

  /** @param {(sessionId: string) => void} pick called when a person chooses one */
  constructor(list, pick) {
    this.#list = list;
    this.#pick = pick;
  }

  set current(sessionId) {
    this.#current = sessionId;
    this.#markCurrent();
  }

  /** Loads and shows the list. @returns the sessions, newest first */
  async refresh() {
    const { sessions } = await getJson("api/sessions");
    const focused = document.activeElement?.dataset?.session;
    this.#list.replaceChildren(...sessions.map((session) => this.#item(session)));
    this.#markCurrent();
    if (focused !== undefined) {
      this.#buttons().find((button) => button.dataset.session === focused)?.focus();
    }
    return sessions;
  }

  #item({ session_id: id, cursor, oldest_cursor: floor, last_event_at: last, created_at: created }) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.session = id;
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = id;
    const facts = document.createElement("span");
    facts.className = "facts";
    facts.textContent =
      `${cursor} ${cursor === 1 ? "event" : "events"}${floor > 1 ? `, floor ${floor}` : ""} · ${ago(last ?? created)}`;
    button.append(name, facts);
    button.addEventListener("click", () => this.#pick(id));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  #markCurrent() {
    for (const button of this.#buttons()) {
      button.toggleAttribute("aria-current", false);
      if (button.dataset.session === this.#current) {
        button.setAttribute("aria-current", "true");
      }
    }
  }

  #buttons() {
    return [...this.#list.querySelectorAll("button")];
  }
}

/** The login has ended: the response is 401, or a login form and no JSON. `elsewhere`: at an identity provider. */
export class SignedOutError extends Error {
  constructor(path, elsewhere) {
    super(path);
    this.elsewhere = elsewhere;
  }
}

/** The server knows the caller and refuses the request. */
export class RefusedError extends Error {
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}

export async function getJson(path) {
  return json(path, await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" }));
}

export async function postJson(path, body = {}) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return json(path, await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function json(path, response) {
  const isJson = response.headers.get("Content-Type")?.includes("json");
  if (response.status === 401 || (response.ok && !isJson)) {
    throw new SignedOutError(path, response.headers.get("WWW-Authenticate")?.startsWith("Bearer") ?? false);
  }
  if (REFUSALS.has(response.status) && isJson) {
    throw new RefusedError(await response.json());
  }
  if (!response.ok) {
    throw new Error(`${path}: ${response.status}`);
  }
  return response.json();
}

function ago(instant) {
  const seconds = (Date.parse(instant) - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => -seconds >= size) ?? ["second", 1];
  return unit === "second" ? "just now" : AGO.format(Math.round(seconds / size), unit);
}
