/**
 * The client's own check of R4: after the baseline, each sequenced frame is the previous one + 1.
 *
 * A number out of sequence is never skipped or swallowed: it is counted and reported, and the caller must start again
 * from `cursor`. The cursor moves only in `handedOn`, after the application has the event; a client that takes the head
 * for its own cursor before that loses events that it never received.
 */
export class Continuity {
  #cursor = null;
  #count = { seen: 0, inOrder: 0, gaps: 0, duplicates: 0, resyncs: 0 };

  /** The last event that the application holds; null before the first baseline. */
  get cursor() {
    return this.#cursor;
  }

  /** The counts so far; `gaps` and `duplicates` are faults that were found, not passed on. */
  get count() {
    return { ...this.#count };
  }

  /** Begins at `since`, `snapshot.event_cursor` or `joined.cursor`. */
  begin(cursor) {
    this.#cursor = cursor;
  }

  /** Begins at a snapshot that replaces a replay. */
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

  /** Counts a gap that no frame shows: the server sent more events than arrived. */
  lostTail() {
    this.#count.gaps += 1;
  }

  /** Moves the cursor, because the application has the event. */
  handedOn(last) {
    this.#cursor = last;
  }
}
