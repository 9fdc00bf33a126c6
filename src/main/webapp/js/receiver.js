import { Continuity } from "./continuity.js";

/**
 * Reads the frames of one session over any number of joins: tracks the position, and checks whether the next frame may
 * follow. `take` returns null, or the fault that makes all later frames worthless; then the caller joins again with
 * `resume`.
 */
export class Receiver {
  #emit;
  #continuity = new Continuity();
  #epoch = null;
  #head = 0;
  #floor = 1;
  #since = null;
  #awaitsSnapshot = false;
  #resynced = false;
  #replayed = 0;
  #pinged = null;
  #live = false;

  /** @param {(type: string, detail: object) => boolean} emit returns false if a listener did not take the event */
  constructor(emit, since = null, epoch = null) {
    this.#emit = emit;
    this.startAt(since, epoch);
  }

  get count() { return this.#continuity.count; }
  get live() { return this.#live; }
  get position() {
    return { cursor: this.#continuity.cursor, head: this.#head, floor: this.#floor, epoch: this.#epoch };
  }

  startAt(since, epoch = null) {
    this.#continuity.begin(since);
    this.#epoch = epoch;
  }

  /** The cursor and epoch to join with; empty when there is no baseline yet. */
  resume() {
    this.#since = this.#continuity.cursor;
    this.#live = false;
    this.#pinged = null;
    return this.#since === null ? {} : { since: this.#since, epoch: this.#epoch ?? undefined };
  }

  /** Notes a floor; it never falls. */
  noteFloor(floor) {
    this.#moved(this.#head, Math.max(this.#floor, floor));
  }

  /** @returns {null|{kind: string, expected?: number, received?: number}} */
  take(frame, askedForSnapshot) {
    switch (frame.type) {
      case "hello_ok":
      case "joined":
        return this.#takeJoined(frame, askedForSnapshot);
      case "snapshot":
        return this.#takeSnapshot(frame);
      case "replay":
        return this.#takeEvent(frame.event, frame.from_seq ?? frame.seq, frame.seq, true);
      case "replay_complete":
        return this.#takeReplayComplete(frame);
      case "ping":
        return this.#takePing(frame);
      default: // connection frames carry no seq; unknown ones are ignored
        return frame.seq === undefined ? null : this.#takeEvent(frame, frame.seq, frame.seq, false);
    }
  }

  #takeJoined(frame, askedForSnapshot) {
    this.#resynced = frame.resync_required === true;
    this.#awaitsSnapshot = this.#resynced || (this.#since === null && askedForSnapshot);
    this.#replayed = 0;
    if (!this.#awaitsSnapshot) {
      this.#continuity.begin(this.#since ?? frame.cursor);
      this.#epoch = frame.epoch;
    } // otherwise both stay until the snapshot is here: after a drop before it the next join must be the same
    this.#live = !this.#awaitsSnapshot && this.#since === null;
    this.#emit("joined", {
      sessionId: frame.session_id, agentId: frame.agent_id, since: this.#since, head: frame.cursor,
      floor: frame.oldest_cursor, resyncRequired: this.#resynced,
    });
    return this.#moved(frame.cursor, frame.oldest_cursor);
  }

  #takeSnapshot(frame) {
    const resync = this.#resynced || !this.#awaitsSnapshot; // unrequested: the floor overtook us (R9)
    const detail = { snapshot: frame.state, reason: frame.reason, resync, since: this.#continuity.cursor };
    if (!this.#emit("snapshot", detail)) {
      return { kind: "not_taken", received: frame.event_cursor };
    }
    this.#resynced = resync;
    this.#awaitsSnapshot = false;
    this.#continuity[resync ? "resync" : "begin"](frame.event_cursor);
    this.#epoch = frame.epoch ?? this.#epoch;
    return this.#moved(Math.max(this.#head, frame.event_cursor));
  }

  #takeEvent(event, first, last, replayed) {
    if (this.#awaitsSnapshot || event?.seq !== last) {
      return { kind: "bad_frame", received: last };
    }
    const verdict = this.#continuity.judge(first, last);
    if (verdict !== "next") {
      return { kind: verdict, expected: (this.#continuity.cursor ?? 0) + 1, received: first };
    }
    if (!this.#emit("event", { event, replayed, fromSeq: first })) {
      return { kind: "not_taken", received: last };
    }
    this.#replayed += replayed ? last - first + 1 : 0;
    this.#continuity.handedOn(last);
    return this.#moved(Math.max(this.#head, last));
  }

  #takeReplayComplete(frame) {
    if (this.#awaitsSnapshot || frame.cursor > this.#continuity.cursor) {
      return this.#lostTail(frame.cursor);
    }
    this.#live = true;
    const cursor = this.#continuity.cursor;
    this.#emit("caughtup", { since: this.#since, cursor, events: this.#replayed, resync: this.#resynced });
    return null;
  }

  /** Checks for a lost last event: the head was ahead of us one heartbeat ago, and nothing has come since. */
  #takePing(frame) {
    const cursor = this.#continuity.cursor;
    const before = this.#pinged;
    this.#pinged = { cursor, head: frame.cursor };
    if (this.#live && before !== null && before.cursor === cursor && before.head > cursor) {
      return this.#lostTail(before.head);
    }
    return this.#moved(frame.cursor, frame.oldest_cursor);
  }

  #lostTail(head) {
    this.#continuity.lostTail();
    return { kind: "lost_tail", expected: head, received: this.#continuity.cursor };
  }

  #moved(head, floor = this.#floor) {
    this.#head = head;
    this.#floor = floor;
    this.#emit("position", this.position);
    return null;
  }
}
