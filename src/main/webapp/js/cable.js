/**
 * One WebSocket from its first frame to its end: splits text messages into frames, and reports a fault when nothing
 * comes for too long. After `close` or `abandon` nothing more of it is heard.
 */
export class Cable {
  #socket;
  #open;
  #ear;
  #silence;

  /**
   * @param {WebSocket} socket
   * @param {object} firstFrame sent as soon as the socket is open
   * @param {{onFrame: (frame: object) => void, onFault: (kind: string) => void,
   *   onEnd: (code: number, reason: string) => void}} ear
   */
  constructor(socket, firstFrame, ear) {
    this.#socket = socket;
    this.#open = socket.constructor.OPEN ?? 1;
    this.#ear = ear;
    socket.onopen = () => this.say(firstFrame);
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = ({ code, reason }) => {
      this.#deafen();
      ear.onEnd(code, reason);
    };
  }

  say(frame) {
    if (this.#socket.readyState === this.#open) {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  /** Sets how long the other side may be silent, from now on and after each frame. */
  expectWithin(millis) {
    clearTimeout(this.#silence?.timer);
    this.#silence = { millis, timer: setTimeout(() => this.#ear?.onFault("silent"), millis) };
  }

  close(code = 1000) {
    this.#deafen();
    this.#socket.close(code);
  }

  /**
   * Lets go without a close handshake. A script cannot cut a cable, but it can stop listening and replying: to the
   * other end that looks like a dead cable. @returns the function that closes the socket after all
   */
  abandon() {
    this.#deafen();
    if (this.#socket.readyState !== this.#open) {
      this.#socket.close();
    }
    return () => this.#socket.close(1000);
  }

  #hear(data) {
    this.expectWithin(this.#silence.millis);
    for (const line of String(data).split("\n")) {
      const frame = parsed(line);
      if (frame === null) {
        this.#ear.onFault("bad_frame");
      } else {
        this.#ear.onFrame(frame);
      }
      if (this.#ear === null) {
        return; // that frame ended this cable; the rest of the message comes again
      }
    }
  }

  #deafen() {
    clearTimeout(this.#silence?.timer);
    this.#ear = null;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
  }
}

function parsed(line) {
  try {
    const frame = JSON.parse(line);
    return typeof frame === "object" ? frame : null;
  } catch {
    return null;
  }
}
