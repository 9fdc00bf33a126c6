/**
 * The client's own check of R4: after the baseline, each sequenced frame is the previous one + 1.
 *
 * Nothing here is forgiving: a number that does not follow is never skipped or swallowed, it is counted and named, and
 * the caller must start again from `cursor`. The cursor moves in `handedOn` only, that is, after the application has
 * the event; taking the head for one's own cursor before that is how a client loses what it never received.
 */
export class Continuity {
  #cursor = null;
  #count = { seen: 0, inOrder: 0, gaps: 0, duplicates: 0, resyncs: 0 };

  /** The last event that the application holds; null before the first baseline. */
  get cursor() {
    return this.#cursor;
  }

  /** What was received so far; `gaps` and `duplicates` are faults that were found, not faults that were passed on. */
  get count() {
    return { ...this.#count };
  }

  /** Begins at `since`, `snapshot.event_cursor` or `joined.cursor`. */
  begin(cursor) {
    this.#cursor = cursor;
  }

  /** Begins at a snapshot that replaces what could not be replayed. */
  resync(cursor) {
    this.#count.resyncs += 1;
    this.begin(cursor);
  }

  /**
   * Judges a frame that stands for the events `first`..`last` (one event, unless the replay was compacted).
   * @returns {"next"|"gap"|"duplicate"}
   */
  judge(first, last = first) {
    this.#count.seen += 1;
    if (this.#cursor !== null && first === this.#cursor + 1 && last >= first) {
      this.#count.inOrder += 1;
      return "next";
    }
    const behind = this.#cursor !== null && first <= this.#cursor;
    this.#count[behind ? "duplicates" : "gaps"] += 1;
    return behind ? "duplicate" : "gap";
  }

  /** A gap that no frame shows: the server says that it sent more than arrived. */
  lostTail() {
    this.#count.gaps += 1;
  }

  /** The application has the event. */
  handedOn(last) {
    this.#cursor = last;
  }
}
