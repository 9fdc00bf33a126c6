import { AnswerView, textOf } from "./answer.js";
import { oncePerFrame } from "./paint.js";

/**
 * Shows the conversation, from events or from a snapshot. Messages stand in the order of the log; an answer stands
 * where its turn started. A message that is not acknowledged yet is shown at the end as being sent.
 */
export class Conversation {
  #root;
  #turns = new Map();
  #sending = new Map();
  #announce;
  #atEnd = true;
  #top = 0;
  #follow = oncePerFrame(() => this.#scrollToEnd());

  /** @param {(text: string) => void} announce speaks the text to people who do not see the page */
  constructor(root, announce) {
    this.#root = root;
    this.#announce = announce;
    root.addEventListener("scroll", () => {
      const wentUp = root.scrollTop < this.#top;
      this.#top = root.scrollTop;
      this.#atEnd = root.scrollHeight - root.scrollTop - root.clientHeight < 40 || (this.#atEnd && !wentUp);
    });
    new ResizeObserver(this.#follow).observe(root);
  }

  /** Clears everything except the messages that are still being sent. */
  clear() {
    this.#turns.clear();
    this.#root.replaceChildren(...this.#sending.values());
    this.#atEnd = true;
    this.#top = 0;
  }

  forgetSending() {
    this.#sending.clear();
  }

  /** True while a turn is running. */
  get running() {
    return [...this.#turns.values()].some((turn) => turn.running);
  }

  sending(messageId, content) {
    const bubble = message("you", content);
    bubble.classList.add("sending");
    bubble.dataset.note = "sending …";
    this.#sending.set(messageId, bubble);
    this.#append(bubble);
    this.#atEnd = true;
    this.#follow();
  }

  notSent(messageId) {
    const bubble = this.#sending.get(messageId);
    if (bubble !== undefined) {
      bubble.dataset.note = "not sent";
    }
  }

  apply({ type, data, turn_id: turnId, source }) {
    if (type === "message") {
      this.#addMessage(data);
    } else if (type === "turn_started") {
      this.#startTurn(turnId, data.agent_id ?? source, data.attempt ?? 1);
    } else if (turnId !== undefined) {
      const turn = this.#turns.get(turnId) ?? this.#startTurn(turnId, source, 1);
      if (turn.apply(type, data)) {
        this.#announce(turn.summary());
      }
    }
    this.#follow();
  }

  /** Loads the effect of all events up to the snapshot's cursor; its events tell how turns without an answer ended. */
  load({ agent_id: agent, messages = [], messages_total: total, messages_truncated: truncated, turn, events = [] }) {
    this.clear();
    if (truncated) {
      this.#append(note(`The newest ${messages.length} of ${total} messages; earlier ones are in the audit log.`));
    }
    const ends = events.filter(({ type }) => ["aborted", "turn_failed", "turn_interrupted"].includes(type));
    const entries = [
      ...messages.map((said) => ({ cursor: said.cursor, said })),
      ...ends.map((event) => ({ cursor: event.seq, event })),
    ].sort((one, other) => one.cursor - other.cursor);
    for (const { said, event } of entries) {
      if (event !== undefined) {
        this.#startTurn(event.turn_id, event.source, 1).apply(event.type, event.data);
      } else if (said.sender_id === agent) {
        this.#startTurn(said.message_id, said.sender_id, 1).apply("response", said);
      } else {
        this.#addMessage(said);
      }
    }
    if (turn) {
      const view = this.#startTurn(turn.turn_id, agent, 1);
      view.apply("token_stream", { content: turn.content });
      (turn.tool_calls ?? []).forEach((call) => view.restoreTool(call));
    }
    this.#follow();
  }

  #addMessage({ content, message_id: id, sender_id: sender }) {
    const bubble = message(sender ?? "you", content);
    bubble.dataset.messageId = id;
    const own = this.#sending.get(id);
    this.#sending.delete(id);
    own?.remove();
    this.#append(bubble);
  }

  #startTurn(turnId, agent, attempt) {
    let turn = this.#turns.get(turnId);
    if (turn === undefined) {
      turn = new AnswerView(agent ?? "agent");
      this.#turns.set(turnId, turn);
      this.#append(turn.element);
    }
    turn.begin(attempt);
    return turn;
  }

  /** Inserts an element before the messages that are still being sent: they will follow it in the log. */
  #append(element) {
    const first = element.classList.contains("sending") ? null : this.#sending.values().next().value;
    this.#root.insertBefore(element, first?.parentNode === this.#root ? first : null);
  }

  /** Scrolls to the end, unless the person has scrolled up to read. */
  #scrollToEnd() {
    if (this.#atEnd) {
      this.#root.scrollTop = this.#root.scrollHeight;
    }
  }
}

function message(sender, content) {
  const bubble = document.createElement("article");
  bubble.className = "said";
  const who = document.createElement("h3");
  who.textContent = sender;
  const text = document.createElement("p");
  text.className = "text";
  text.textContent = textOf(content);
  bubble.append(who, text);
  return bubble;
}

function note(text) {
  const element = document.createElement("p");
  element.className = "aside";
  element.textContent = text;
  return element;
}
