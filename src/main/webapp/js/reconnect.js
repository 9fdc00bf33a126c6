/** Decides when to come back and when to stop: pure decisions, so that they can be read and tested on their own. */

const BASE_MILLIS = 500;
const CAP_MILLIS = 30_000;

/** The codes after which a reconnect would end the same way. Any other code, even a proxy's own, means a cut cable. */
const STOP = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010, 4001, 4003, 4028]);

/** True if a close code means "come back with your cursor", false if it means "stop". */
export function comesBack(closeCode) {
  return !STOP.has(closeCode);
}

/**
 * Exponential back-off with full jitter, so that a thousand clients of a restarted node do not return in one instant.
 * The server's `retry_after_seconds` is a minimum, and the jitter is added to it.
 */
export function delayMillis(attempt, retryAfterSeconds = 0, random = Math.random) {
  const ceiling = Math.min(CAP_MILLIS, BASE_MILLIS * 2 ** Math.min(attempt, 16));
  return Math.round(retryAfterSeconds * 1000 + random() * ceiling);
}

/** The next move after a refusal or a close: a `next_step` is more exact than a close code and wins. */
export function nextMove(closeCode, nextStep) {
  if (nextStep) {
    return nextStep === "wait_then_retry" ? "come_back" : "stop";
  }
  return comesBack(closeCode) ? "come_back" : "stop";
}
