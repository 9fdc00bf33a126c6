/**
 * Messages that the server has not acknowledged (R10). They are resent with the same `message_id` after every
 * reconnect; the server takes each id at most once, so a repeat is harmless and leaving one out would not be.
 */
export class Outbox {
  #frames = new Map();

  /**
   * Keeps a message until it is acknowledged.
   * @throws {MessageError} when the server could never take it; resending such a message would never end
   */
  add(content, metadata = {}, maxPayloadBytes = Infinity) {
    const frame = { type: "message", content, message_id: newMessageId(), metadata };
    const text = JSON.stringify(frame);
    if (content === null || content === undefined || content === "") {
      throw new MessageError("invalid_message", "The message is empty.");
    }
    // JSON writes U+0000 and a lone surrogate, and nothing else of that range, as an escape.
    if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(text)) {
      throw new MessageError("invalid_message", "The message holds a character that cannot be stored.");
    }
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > maxPayloadBytes) {
      throw new MessageError("payload_too_large", `The message has ${bytes} bytes; at most ${maxPayloadBytes} are taken.`);
    }
    this.#frames.set(frame.message_id, frame);
    return frame;
  }

  /** The server has it, durably. */
  acknowledge(messageId) {
    return this.#frames.delete(messageId);
  }

  /**
   * The server refused a message for good. Without its id this is certain only when one is outstanding.
   * @returns the ids of what was given up: one or none
   */
  refuse(messageId) {
    const id = messageId ?? (this.#frames.size === 1 ? this.#frames.keys().next().value : null);
    return this.#frames.delete(id) ? [id] : [];
  }

  /** What must be sent again, oldest first. */
  pending() {
    return [...this.#frames.values()];
  }

  /** Gives up all of them. @returns their ids */
  clear() {
    const ids = [...this.#frames.keys()];
    this.#frames.clear();
    return ids;
  }
}

/** A message that was not sent; `code` is the one that the server would have answered. */
export class MessageError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Not `crypto.randomUUID`: browsers have it on secure origins only. */
function newMessageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "c-" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
