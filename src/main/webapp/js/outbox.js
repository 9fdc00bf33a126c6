/**
 * Keeps messages that the server has not acknowledged (R10). They are resent with the same `message_id` after every
 * reconnect. The server takes each id at most once, so a repeat is harmless; an omission would not be.
 */
export class Outbox {
  #frames = new Map();

  /**
   * Keeps a message until it is acknowledged.
   * @throws {MessageError} if the server could never take it; resending such a message would never end
   */
  add(content, metadata = {}, maxPayloadBytes = Infinity) {
    const frame = { type: "message", content, message_id: newMessageId(), metadata };
    const text = JSON.stringify(frame);
    if (content === null || content === undefined || content === "") {
      throw new MessageError("invalid_message", "The message is empty.");
    }
    // JSON escapes U+0000 and lone surrogates, and nothing else of that range.
    if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(text)) {
      throw new MessageError("invalid_message", "The message holds a character that cannot be stored.");
    }
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > maxPayloadBytes) {
      throw new MessageError("payload_too_large",
        `The message has ${bytes} bytes; at most ${maxPayloadBytes} are taken.`);
    }
    this.#frames.set(frame.message_id, frame);
    return frame;
  }

  /** Drops a message that the server has stored durably. */
  acknowledge(messageId) {
    return this.#frames.delete(messageId);
  }

  /**
   * Drops a message that the server refused for good. Without its id this is certain only if one is outstanding.
   * @returns the ids of the dropped messages: one or none
   */
  refuse(messageId) {
    const id = messageId ?? (this.#frames.size === 1 ? this.#frames.keys().next().value : null);
    return this.#frames.delete(id) ? [id] : [];
  }

  /** The messages to be sent again, oldest first. */
  pending() {
    return [...this.#frames.values()];
  }

  /** Drops all messages. @returns their ids */
  clear() {
    const ids = [...this.#frames.keys()];
    this.#frames.clear();
    return ids;
  }
}

/** A message was not sent; `code` is the one that the server would have sent. */
export class MessageError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Makes a random id. Not by `crypto.randomUUID`, which browsers offer on secure origins only. */
function newMessageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "c-" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
