/** The meaning of the protocol's codes, in words for a person. */

const ERRORS = {
  no_such_session: "There is no session of that name that you may join.",
  invalid_session_id: "A session's name has 1 to 128 letters, digits or . _ : @ -",
  unknown_agent: "There is no such agent here.",
  agent_mismatch: "This session belongs to another agent.",
  no_running_turn: "Nothing is running that could be stopped.",
  payload_too_large: "That is more than the server takes in one message.",
  invalid_message: "The server could not take this message.",
  too_many_connections: "You have too many connections open. Close some; this page tries again by itself.",
  too_many_joins: "Too many joins in a short time. This page tries again by itself.",
  too_many_bad_frames: "The server did not understand this page. Reload it.",
  too_fast: "That was too fast for the server. This page tries again by itself.",
  too_slow: "This browser could not keep up. It comes back and continues where it was.",
  restarting: "The server is restarting. This page comes back by itself.",
  unavailable: "The server cannot do this just now. What you wrote is kept and sent again.",
  auth_required: "Your sign-in has ended. Sign in again; nothing is lost.",
  auth_expired: "Your sign-in has ended. Sign in again; nothing is lost.",
  logged_out: "Your sign-in has ended: you signed out, or were idle for too long. Sign in again; nothing is lost.",
  auth_unavailable: "Sign-in cannot be checked just now. This page tries again by itself.",
  not_allowed: "This session is shared with you to read, not to write.",
  no_longer_member: "This session is not shared with you any more.",
  protocol_mismatch: "This page is older than the server. Reload it.",
};

const CLOSES = {
  1000: "The server ended the connection.",
  1008: "Your sign-in has ended. Sign in again; nothing is lost.",
  1009: "That is more than the server takes in one message.",
  4001: ERRORS.auth_required,
  4003: ERRORS.no_longer_member,
  4028: ERRORS.too_many_bad_frames,
};

const RESYNCS = {
  below_floor: "The events you asked for are below the floor. They are kept for the record, but no longer replayed.",
  ahead_of_head: "Your cursor was ahead of the log, which was restored to an earlier point.",
  epoch_changed: "The log began a new history, and your cursor belongs to the old one.",
  lagged: "The floor overtook you while you were catching up.",
};

const DURATIONS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000], ["millisecond", 1]];

const FAULTS = {
  gap: ({ expected, received }) => `Gap found: expected ${expected}, received ${received}.`,
  duplicate: ({ expected, received }) => `Duplicate found: expected ${expected}, received ${received}.`,
  lost_tail: ({ expected, received }) => `The log goes to ${expected}, but nothing came after ${received}.`,
  silent: () => "The server went silent.",
  bad_frame: () => "A frame came that makes no sense here.",
  not_taken: ({ received }) => `Event ${received} could not be shown.`,
};

export function errorText(code, message) {
  return ERRORS[code] ?? message ?? `The server answered ${code}.`;
}

export function resyncText(reason, since, cursor) {
  const from = since === null ? "" : ` since ${since}`;
  return `Resync${from} (${reason}). ${RESYNCS[reason] ?? ""}`
    + ` The server sent a snapshot at ${cursor} instead, and the stream goes on from there.`;
}

export function faultText(fault) {
  return `${FAULTS[fault.kind](fault)} Joining again from the last good cursor.`;
}

export function stateText({ state, attempt, delayMillis, code, reason, refusedWith }) {
  switch (state) {
    case "idle":
      return "Pick a session, or open a new one.";
    case "connecting":
      return delayMillis === undefined
        ? "Connecting …"
        : `Connection lost. Trying again in ${Math.max(1, Math.round(delayMillis / 1000))} s (attempt ${attempt}).`;
    case "replaying":
      return "Catching up …";
    case "live":
      return "Live";
    case "away":
      return "Away: the cable is cut. The session goes on without you.";
    default:
      return refusedWith ? errorText(refusedWith, reason) : CLOSES[code] ?? `The connection ended (${code}).`;
  }
}

export function discardedText(count) {
  return `${count === 1 ? "A message was" : `${count} messages were`} not acknowledged and will not be sent again.`;
}

/** The present effect of "forget everything", and how long it stays so. */
export function windowText({ head, floor }, { replay_window_ms: millis, replay_window_events: events }) {
  if (floor > 1) {
    return `${floor === 2 ? "1 event has" : `${floor - 1} events have`} left the replay window.`
      + ` Forget everything, and the server answers with a resync.`;
  }
  if (head === 0) {
    return "";
  }
  const limits = millis === undefined
    ? ""
    : ` The server keeps events in the replay window for ${durationText(millis)},`
      + ` at most ${events.toLocaleString("en")} of a session.`;
  return `Forget everything, and every event is replayed.${limits}`;
}

/** A duration in the largest unit without a fraction: "7 days", "36 hours". */
function durationText(millis) {
  const [unit, size] = DURATIONS.find(([, millisOfUnit]) => millis % millisOfUnit === 0);
  return `${(millis / size).toLocaleString("en")} ${unit}${millis === size ? "" : "s"}`;
}

export function floorRaisedText(floor) {
  if (floor === 1) {
    return "There is no event yet that the floor could be raised over. Send a message first.";
  }
  return `The floor is now at ${floor}. Forget everything to see a resync.`;
}

export function caughtUpText({ since, cursor, events, resync }) {
  if (resync) {
    return `Started again from a snapshot at ${cursor}; live from here.`;
  }
  if (since === null) {
    return "";
  }
  return `Caught up: ${events === 1 ? "1 event" : `${events} events`}, nothing missed.`;
}
