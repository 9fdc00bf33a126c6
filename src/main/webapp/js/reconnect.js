/** When to come back and when to stop: pure decisions, so that they can be read and tested on their own. */

const BASE_MILLIS = 500;
const CAP_MILLIS = 30_000;

/** 1005 and 1006 never cross the wire: the browser reports a cable that was cut, or a handshake that failed, with them. */
const COME_BACK = new Set([1001, 1005, 1006, 1011, 1012, 1013, 1014, 4002, 4029]);

/** True when a close code means "come back with your cursor", false when it means "stop". */
export function comesBack(closeCode) {
  return COME_BACK.has(closeCode);
}

/**
 * Exponential back-off with full jitter, so that a thousand clients of a restarted node do not return in one instant.
 * What the server asked for in `retry_after_seconds` is a minimum, and the jitter comes on top.
 */
export function delayMillis(attempt, retryAfterSeconds = 0, random = Math.random) {
  const ceiling = Math.min(CAP_MILLIS, BASE_MILLIS * 2 ** Math.min(attempt, 16));
  return Math.round(retryAfterSeconds * 1000 + random() * ceiling);
}

/** What to do after a refusal or a close: a `next_step` is more exact than a number and wins. */
export function nextMove(closeCode, nextStep) {
  if (nextStep) {
    return nextStep === "wait_then_retry" ? "come_back" : "stop";
  }
  return comesBack(closeCode) ? "come_back" : "stop";
}
