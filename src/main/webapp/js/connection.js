import { Cable } from "./cable.js";
import { Outbox } from "./outbox.js";
import { Receiver } from "./receiver.js";
import { delayMillis, nextMove } from "./reconnect.js";

const REPLY_MILLIS = 10_000;
const DEFAULT_POLICY = { max_payload: Infinity, heartbeat_ms: 30_000, dead_after_ms: 75_000 };

/**
 * Follows one session over one WebSocket at a time until the application stops it: delivers every event exactly once
 * and in order, or a snapshot with the reason why not. Needs a WebSocket and EventTarget, nothing of a page.
 *
 * Events (`event.detail` in braces):
 * - `state` {state, attempt, delayMillis, code, reason, refusedWith}: connecting, replaying, live, stopped,
 *   away (cut on purpose)
 * - `joined` {sessionId, agentId, since, head, floor, resyncRequired}
 * - `event` {event, replayed, fromSeq}: cancelable. The cursor moves when the listeners have returned. A listener that
 *   could not take the event calls `preventDefault()`; the cursor stays, and the event comes again after a reconnect
 * - `snapshot` {snapshot, reason, resync, since}: cancelable in the same way; it replaces all earlier events
 * - `caughtup` {since, cursor, events, resync}: later events are live
 * - `position` {cursor, head, floor, epoch}
 * - `acknowledged` {messageId, cursor, duplicate}; `discarded` {messages, code}: the message_ids that were given up
 * - `fault` {kind, expected, received}: gap, duplicate, lost_tail, silent, bad_frame, not_taken; a reconnect follows
 * - `refused` {code, message, nextStep, retryAfterSeconds}; `frame` {frame}: each frame as it came
 *
 * Cursors are JavaScript numbers, exact to 2^53.
 */
export class Connection extends EventTarget {
  #options;
  #cable = null;
  #abandoned = [];
  #state = "stopped";
  #door = null;
  #joined = false;
  #receiver = this.#newReceiver();
  #outbox = new Outbox();
  #policy = DEFAULT_POLICY;
  #refusal = null;
  #attempt = 0;
  #retryTimer;
  #resendTimer;

  /** @param {{url: () => string, WebSocket?: typeof WebSocket, random?: () => number}} options */
  constructor(options) {
    super();
    this.#options = { WebSocket: globalThis.WebSocket, random: Math.random, ...options };
  }

  get state() { return this.#state; }
  get sessionId() { return this.#door?.session_id ?? null; }
  get position() { return this.#receiver.position; }
  /** The server's limits and settings by their protocol names; the protocol's defaults until the server sends them. */
  get policy() { return this.#policy; }
  /** The counts since `open`: {seen, inOrder, gaps, duplicates, resyncs}. */
  get count() { return this.#receiver.count; }

  /**
   * Opens a session: a new one without `sessionId`, a named one that may be new with `create`.
   * `snapshot` asks for the session's present state, `since` for all events after a cursor.
   * @param {{sessionId?: string, agentId?: string, create?: boolean, since?: number, epoch?: string,
   *   snapshot?: boolean}} wish
   */
  open({ sessionId, agentId, create, since, epoch, snapshot } = {}) {
    this.#hangUp();
    if (sessionId === undefined || sessionId !== this.sessionId) {
      this.#discard(this.#outbox.clear(), "left");
    }
    this.#door = { session_id: sessionId, agent_id: agentId, create, snapshot };
    this.#receiver = this.#newReceiver(since, epoch);
    this.#attempt = 0;
    this.#connect();
  }

  /**
   * Sends a message, which is kept and resent until it is acknowledged.
   * @returns {string} its message_id
   * @throws {MessageError} if the server could never take it
   */
  send(content, metadata) {
    const frame = this.#outbox.add(content, metadata, this.#policy.max_payload);
    if (this.#joined) {
      this.#cable.say(frame);
    }
    return frame.message_id;
  }

  /** Asks the server to stop the running turn. */
  abort(reason = "user") {
    this.#cable?.say({ type: "abort", reason });
  }

  /** Drops the socket silently, as if the cable were cut, and stays away until `comeBack`. */
  cut() {
    if (this.#cable !== null) {
      this.#abandoned.push(this.#cable.abandon());
      this.#cable = null;
    }
    this.#hangUp();
    this.#enter("away");
  }

  /** Connects now, from the last cursor, whether it was cut, is waiting to retry, or has stopped. */
  comeBack() {
    if (this.#door !== null && this.#cable === null) {
      this.#attempt = 0;
      this.#connect();
    }
  }

  /** Starts again from cursor 0: a full replay, or a resync when the floor has moved. */
  forget() {
    this.#hangUp();
    this.#receiver.startAt(0);
    this.#attempt = 0;
    this.#connect();
  }

  /** Notes a floor that was learnt from another source than a frame. */
  noteFloor(floor) {
    this.#receiver.noteFloor(floor);
  }

  /** Leaves for good. */
  stop() {
    this.#hangUp();
    this.#enter("stopped", { code: 1000 });
  }

  #connect() {
    clearTimeout(this.#retryTimer);
    this.#refusal = null;
    const resume = this.#receiver.resume();
    const hello = {
      type: "hello", protocol_min: 1, protocol_max: 1, capabilities: ["batch"],
      ...this.#door, ...resume, snapshot: resume.since === undefined ? this.#door.snapshot : undefined,
    };
    this.#cable = new Cable(new this.#options.WebSocket(this.#options.url()), hello, {
      onFrame: (frame) => this.#take(frame),
      onFault: (kind) => this.#fault({ kind }),
      onEnd: (code, reason) => this.#afterEnd(code, reason),
    });
    this.#cable.expectWithin(REPLY_MILLIS);
    this.#enter("connecting", { attempt: this.#attempt });
  }

  #take(frame) {
    if (this.#refusal?.code !== "restarting") {
      this.#refusal = null; // only a refusal right before the close explains the close
    }
    this.#emit("frame", { frame });
    const cable = this.#cable;
    const fault = this.#receiver.take(frame, this.#door.snapshot === true);
    if (cable !== this.#cable) {
      return; // a listener has cut, stopped or opened something else
    }
    if (fault !== null) {
      this.#fault(fault);
      return;
    }
    switch (frame.type) {
      case "hello_ok":
      case "joined":
        return this.#takeJoined(frame);
      case "replay_complete":
        this.#attempt = 0; // not at `joined`: a replay that fails again and again must slow down
        return this.#enter("live");
      case "ping":
        return cable.say({ type: "pong" });
      case "message_ack":
        this.#outbox.acknowledge(frame.message_id);
        return this.#emit("acknowledged",
          { messageId: frame.message_id, cursor: frame.cursor, duplicate: frame.duplicate });
      case "error":
      case "hello_error":
        return this.#takeRefusal(frame);
    }
  }

  #takeJoined(frame) {
    this.#joined = true;
    this.#policy = { ...this.#policy, ...frame.policy };
    this.#door = { ...this.#door, session_id: frame.session_id, agent_id: frame.agent_id, create: undefined };
    this.#cable.expectWithin(this.#policy.dead_after_ms);
    this.#abandoned.splice(0).forEach((close) => close());
    this.#sayPending();
    this.#enter(this.#receiver.live ? "live" : "replaying");
  }

  #takeRefusal({ type, code, message, next_step: nextStep, retry_after_seconds: retryAfterSeconds,
    message_id: messageId }) {
    this.#refusal = { code, nextStep, retryAfterSeconds };
    this.#emit("refused", { code, message, nextStep, retryAfterSeconds });
    if (type === "hello_error" || !this.#joined) {
      this.#hangUp();
      this.#afterEnd(1000, message);
    } else if (code === "unavailable" || code === "too_many_messages" || code === "too_many_turns") {
      clearTimeout(this.#resendTimer);
      this.#resendTimer = setTimeout(() => this.#sayPending(), delayMillis(2, retryAfterSeconds, this.#options.random));
    } else if (code === "invalid_message" || code === "payload_too_large") {
      this.#discard(this.#outbox.refuse(messageId), code);
    }
  }

  #fault(fault) {
    this.#hangUp();
    this.#emit("fault", fault);
    this.#comeBackLater();
  }

  #afterEnd(code, reason) {
    this.#cable = null;
    this.#hangUp();
    const refusal = this.#refusal ?? {};
    if (nextMove(code, refusal.nextStep) === "stop") {
      this.#enter("stopped", { code, reason, refusedWith: refusal.code });
    } else {
      this.#comeBackLater(code, refusal.retryAfterSeconds);
    }
  }

  #comeBackLater(code, retryAfterSeconds) {
    const delay = delayMillis(this.#attempt, retryAfterSeconds, this.#options.random);
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => this.#connect(), delay);
    this.#enter("connecting", { attempt: this.#attempt, delayMillis: delay, code });
  }

  #hangUp() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#resendTimer);
    this.#joined = false;
    this.#cable?.close();
    this.#cable = null;
  }

  #sayPending() {
    this.#outbox.pending().forEach((frame) => this.#cable?.say(frame));
  }

  #discard(messages, code) {
    if (messages.length > 0) {
      this.#emit("discarded", { messages, code });
    }
  }

  #newReceiver(since, epoch) {
    return new Receiver((type, detail) => this.#emit(type, detail), since, epoch);
  }

  #enter(state, detail = {}) {
    this.#state = state;
    this.#emit("state", { state, ...detail });
  }

  #emit(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, cancelable: true }));
  }
}
