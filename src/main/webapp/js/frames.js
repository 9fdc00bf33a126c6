import { oncePerFrame } from "./paint.js";

const SHOWN = 200;

/** Shows the newest frames, newest first. The list is bounded; the count of checked frames is not. */
export class Frames {
  #list;
  #waiting = [];
  #paint = oncePerFrame(() => this.#show());

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#waiting = [];
    this.#list.replaceChildren();
  }

  /** @param {"live"|"replayed"|"snapshot"} kind */
  addEvent(event, kind) {
    this.#add({ event, kind });
  }

  /** Adds a frame of the connection itself, or another occurrence on it. */
  addNote(type, text) {
    this.#add({ note: type, text });
  }

  #add(entry) {
    this.#waiting.push(entry);
    if (this.#waiting.length > 2 * SHOWN) {
      this.#waiting = this.#waiting.slice(-SHOWN);
    }
    this.#paint();
  }

  #show() {
    const items = this.#waiting.splice(0).slice(-SHOWN)
      .map((entry) => (entry.event ? eventItem(entry) : noteItem(entry)));
    this.#list.prepend(...items.reverse());
    while (this.#list.childElementCount > SHOWN) {
      this.#list.lastElementChild.remove();
    }
  }
}

function eventItem({ event, kind }) {
  const item = document.createElement("li");
  item.dataset.seq = event.seq;
  item.dataset.replayed = String(kind === "replayed");
  item.dataset.kind = kind;
  item.append(
    part("seq", event.seq), part("type", event.type), part("excerpt", excerpt(event)),
    part("mark", { live: "● live", replayed: "↻ replayed", snapshot: "▤ snapshot" }[kind]));
  item.title = `${event.timestamp ?? ""} ${JSON.stringify(event.data ?? {})}`.slice(0, 1000);
  return item;
}

function noteItem({ note, text }) {
  const item = document.createElement("li");
  item.className = "note";
  item.append(part("seq", ""), part("type", note), part("excerpt", text));
  return item;
}

function part(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function excerpt({ data = {} }) {
  const said = data.content ?? data.name ?? data.message ?? data.reason ?? data.outcome ?? data.patch ?? data;
  return (typeof said === "string" ? said : JSON.stringify(said)).slice(0, 120);
}
