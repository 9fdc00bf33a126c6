const ENDS = {
  response: ["completed", "answered"],
  aborted: ["aborted", "stopped"],
  turn_failed: ["failed", "failed"],
  turn_interrupted: ["interrupted", "interrupted"],
};
const REASONS = {
  agent_error: "The agent failed.",
  time_limit: "The agent took too long.",
  output_too_large: "The answer grew too large.",
  unknown_agent: "There is no such agent here.",
  node_lost: "The server that ran it died.",
  node_stopping: "The server that ran it was stopped.",
};

/** The view of one turn's answer, which grows with its events. */
export class AnswerView {
  element = document.createElement("article");
  #agent;
  #text = document.createTextNode("");
  #chip = part("span", "chip");
  #ending = part("p", "ending");
  #reasoning = part("p", "text");
  #reasoningBox = folded("reasoning", "Reasoning", this.#reasoning);
  #tools = new Map();
  #toolList = part("div", "tools");

  constructor(agent) {
    this.#agent = agent;
    const who = part("h3", "");
    who.append(agent, " ", this.#chip);
    const text = part("p", "text");
    text.append(this.#text);
    this.element.className = "answer";
    this.element.append(who, this.#reasoningBox, this.#toolList, text, this.#ending);
    this.#reasoningBox.hidden = this.#ending.hidden = true;
  }

  get running() {
    return this.element.dataset.outcome === "running";
  }

  /** Starts the view anew, because a turn that another node took over repeats everything. */
  begin(attempt) {
    this.#text.data = this.#reasoning.textContent = "";
    this.#tools.clear();
    this.#toolList.replaceChildren();
    this.#reasoningBox.hidden = this.#ending.hidden = true;
    this.#enter("running", attempt > 1 ? `attempt ${attempt}` : "answering");
  }

  /** @returns true if this event ended the turn */
  apply(type, data = {}) {
    if (type === "token_stream") {
      this.#text.appendData(textOf(data.content));
    } else if (type === "reasoning_stream") {
      this.#reasoningBox.hidden = false;
      this.#reasoning.append(textOf(data.content));
    } else if (type === "tool_call_stream") {
      this.#tool(data).call(data.arguments);
    } else if (type === "tool_result_stream") {
      this.#tool(data).result(data.result);
    } else if (type in ENDS) {
      this.#end(type, data);
      return true;
    }
    return false;
  }

  restoreTool(call) {
    const tool = this.#tool(call);
    tool.call(call.arguments);
    if (call.result !== undefined && call.result !== null) {
      tool.result(call.result);
    }
  }

  summary() {
    return this.#ending.hidden ? `${this.#agent}: ${this.#text.data}` : `${this.#agent}: ${this.#ending.textContent}`;
  }

  #end(type, data) {
    if (type === "response") {
      this.#text.data = textOf(data.content);
    } else {
      const why = data.message ?? REASONS[data.reason] ?? data.reason ?? "";
      this.#ending.hidden = false;
      this.#ending.textContent = {
        aborted: "Stopped before it was finished.",
        turn_failed: `The turn failed. ${why}`,
        turn_interrupted:
          `Interrupted. ${why}${data.retried ? " It is taken up again." : " It is not taken up again."}`,
      }[type];
    }
    this.#enter(...ENDS[type]);
  }

  #enter(outcome, label) {
    this.element.dataset.outcome = outcome;
    this.#chip.textContent = label;
  }

  #tool({ call_id: id, name }) {
    if (!this.#tools.has(id)) {
      const tool = new ToolView(name);
      this.#tools.set(id, tool);
      this.#toolList.append(tool.element);
    }
    return this.#tools.get(id);
  }
}

class ToolView {
  element;
  #state = part("span", "chip");
  #arguments = part("pre", "");
  #result = part("pre", "");

  constructor(name) {
    this.element = folded("tool", `Tool: ${name ?? "unnamed"} `, this.#arguments, this.#result);
    this.element.firstChild.append(this.#state);
    this.#state.textContent = "called";
  }

  call(given) {
    this.#arguments.append(textOf(given));
  }

  result(given) {
    this.#state.textContent = "returned";
    this.#result.textContent = "→ " + textOf(given);
  }
}

/** Returns text unchanged, anything else as JSON. */
export function textOf(content) {
  return typeof content === "string" ? content : content === undefined ? "" : JSON.stringify(content, null, 1);
}

function part(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

function folded(className, title, ...content) {
  const details = part("details", className);
  const summary = document.createElement("summary");
  summary.append(title);
  details.append(summary, ...content);
  return details;
}
