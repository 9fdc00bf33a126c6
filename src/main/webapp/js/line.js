import { oncePerFrame } from "./paint.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 112;
const AXIS = 58;
const PAD = 18;
const BELOW_FLOOR = 56;
const NICE = [10, 20, 50, 100, 200, 500];

/**
 * Draws the session as a line: the events that are no longer replayable, the floor, our cursor, the head. Live frames
 * stand above the axis, replayed ones hang below it with a ring at the end, a snapshot is a hatched band: form tells
 * them apart, not colour alone. It consists of a few paths whose attributes change, so that 100,000 events cost as much
 * as a thousand.
 */
export class Line {
  #svg;
  #part = {};
  #runs = [];
  #away = [];
  #at = { cursor: 0, head: 0, floor: 1 };
  #draw = oncePerFrame(() => this.#paint());

  constructor(svg) {
    this.#svg = svg;
    for (const [name, tag] of Object.entries({
      gone: "rect", snapshot: "path", away: "path", ahead: "path", held: "path", live: "path", replayed: "path",
      rings: "path", floorMark: "path", headMark: "path", cursorMark: "path",
    })) {
      this.#part[name] = this.#add(tag, `line-${name.replace(/[A-Z]/, (upper) => "-" + upper.toLowerCase())}`);
    }
    for (const name of ["floorLabel", "cursorLabel", "headLabel", "awayLabel"]) {
      this.#part[name] = this.#add("text", "line-label");
    }
    svg.setAttribute("height", HEIGHT);
    new ResizeObserver(() => this.#draw()).observe(svg);
  }

  /** Clears the line for another session, or after everything was forgotten. */
  clear() {
    this.#runs = [];
    this.#away = [];
    this.moveTo({ cursor: 0, head: 0, floor: 1 });
  }

  moveTo({ cursor, head, floor }) {
    this.#at = { cursor: cursor ?? 0, head: Math.max(head, cursor ?? 0), floor };
    this.#draw();
  }

  /** @param {"live"|"replayed"|"snapshot"} kind */
  mark(kind, from, to = from) {
    const last = this.#runs.at(-1);
    if (last?.kind === kind && last.to + 1 === from) {
      last.to = to;
    } else {
      this.#runs.push({ kind, from, to });
    }
    this.#draw();
  }

  /** Marks the events from..to, which happened while we were away. */
  markAway(from, to) {
    this.#away.push({ from, to });
    this.#draw();
  }

  #paint() {
    const width = this.#svg.clientWidth;
    const scale = scaleOf(this.#at, width);
    const { x } = scale;
    const { cursor, head, floor } = this.#at;
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.#svg.setAttribute("aria-label",
      `Floor ${floor}, your cursor ${cursor}, head ${head}. `
        + `${this.#count("live")} live, ${this.#count("replayed")} replayed.`);
    this.#shape("gone", { x: PAD, y: AXIS - 9, width: Math.max(0, scale.left - PAD), height: 18 });
    this.#path("held", `M${scale.left} ${AXIS}H${x(cursor)}`);
    this.#path("ahead", `M${x(cursor)} ${AXIS}H${x(head)}`);
    this.#path("live", this.#ticks("live", scale, AXIS - 5, AXIS - 25));
    this.#path("replayed", this.#ticks("replayed", scale, AXIS + 5, AXIS + 21));
    this.#path("rings", scale.step >= 7 ? this.#rings(scale) : "");
    this.#path("snapshot", this.#bands(this.#runs.filter((run) => run.kind === "snapshot"), scale, AXIS - 8, AXIS + 8));
    this.#path("away", this.#bands(this.#away, scale, AXIS - 30, AXIS + 28));
    this.#path("floorMark", floor > 1 ? `M${scale.left} ${AXIS - 16}V${AXIS + 16}` : "");
    this.#path("headMark", `M${x(head)} ${AXIS}V20h11l-4 5 4 5h-11`);
    this.#path("cursorMark", `M${x(cursor)} ${AXIS - 7}l7 7-7 7-7-7z`);
    this.#labels(scale, width);
  }

  #labels({ left, x }, width) {
    const { cursor, head, floor } = this.#at;
    const end = (position) => (position > width / 2 ? "end" : "start");
    this.#label("floorLabel", floor > 1 ? `floor ${floor}` : "", left, AXIS + 42, "start");
    this.#label("headLabel", `head ${head}`, x(head) + (end(x(head)) === "end" ? -6 : 0), 14, end(x(head)));
    const room = x(cursor) - left > 130 || floor === 1;
    this.#label("cursorLabel", room ? `you ${cursor}` : "", x(cursor), AXIS + 42, end(x(cursor)));
    const gap = this.#away.filter(({ to }) => to >= floor).at(-1);
    const middle = gap ? (x(gap.from - 1) + x(gap.to)) / 2 : 0;
    const clear = Math.abs(middle - x(head)) > 150;
    this.#label("awayLabel", gap && clear ? `away: ${gap.to - gap.from + 1}` : "", middle, 22, "middle");
  }

  #ticks(kind, { x, step }, from, to) {
    const every = Math.max(1, Math.ceil(3 / step));
    let path = "";
    for (const run of this.#visible(kind)) {
      for (let n = run.from; n <= run.to; n += every) {
        path += `M${x(n)} ${from}V${to}`;
      }
    }
    return path;
  }

  #rings({ x }) {
    let path = "";
    for (const run of this.#visible("replayed")) {
      for (let n = run.from; n <= run.to; n += 1) {
        path += `M${x(n) - 2.5} ${AXIS + 23.5}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0`;
      }
    }
    return path;
  }

  #bands(ranges, { x, left, step }, top, bottom) {
    const margin = Math.min(6, step / 2); // a band covers its own ticks and none of its neighbours'
    return ranges.filter(({ to }) => to >= this.#at.floor).map(({ from, to }) => {
      const start = Math.max(left, x(from - 1) + margin);
      return `M${start} ${top}H${Math.max(start + 2, x(to) + margin)}V${bottom}H${start}z`;
    }).join("");
  }

  /** The visible runs. Below the floor everything shares one short strip, where ticks would only pile up. */
  #visible(kind) {
    return this.#runs.filter((run) => run.kind === kind && run.to >= this.#at.floor)
      .map((run) => ({ from: Math.max(run.from, this.#at.floor), to: run.to }));
  }

  #count(kind) {
    return this.#runs.reduce((sum, run) => sum + (run.kind === kind ? run.to - run.from + 1 : 0), 0);
  }

  #add(tag, className) {
    const element = document.createElementNS(SVG, tag);
    element.setAttribute("class", className);
    this.#svg.append(element);
    return element;
  }

  #path(name, d) {
    this.#part[name].setAttribute("d", d);
  }

  #shape(name, attributes) {
    Object.entries(attributes).forEach(([key, value]) => this.#part[name].setAttribute(key, value));
  }

  #label(name, text, x, y, anchor) {
    const label = this.#part[name];
    label.textContent = text;
    this.#shape(name, { x, y, "text-anchor": anchor });
  }
}

/**
 * The scale. Retained events share the width evenly, up to a round number that leaves room to grow; all events below
 * the floor are one strip.
 */
function scaleOf({ head, floor }, width) {
  const left = floor > 1 ? PAD + BELOW_FLOOR : PAD;
  const span = niceAbove(head - floor + 1);
  const step = Math.max(0, width - PAD - left) / span;
  const round = (value) => Math.round(value * 10) / 10;
  return {
    left,
    step,
    x: (cursor) => round(left + Math.max(cursor < floor - 1 ? -BELOW_FLOOR / 2 : 0, (cursor - floor + 1) * step))
  };
}

function niceAbove(events) {
  for (let power = 1; ; power *= 100) {
    const fitting = NICE.find((nice) => nice * power >= events);
    if (fitting !== undefined) {
      return fitting * power;
    }
  }
}
