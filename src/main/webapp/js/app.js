import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Frames } from "./frames.js";
import { Line } from "./line.js";
import { oncePerFrame } from "./paint.js";
import { getJson, postJson, RefusedError, Sessions, SignedOutError } from "./sessions.js";
import { Status } from "./status.js";
import { caughtUpText, discardedText, errorText, faultText, floorRaisedText, resyncText } from "./texts.js";

const AGENT = "echo";
const AWAY_POLL_MILLIS = 1_500;
const $ = (id) => document.getElementById(id);

const socketAddress = () => new URL("ws", document.baseURI).href.replace(/^http/, "ws");
const connection = new Connection({ url: socketAddress });
const status = new Status();
const conversation = new Conversation($("conversation"), (text) => status.announce(text));
const frames = new Frames($("frames"));
const line = new Line($("line"));
const sessions = new Sessions($("sessions"), (sessionId) => open({ sessionId, snapshot: true }));
let leftAt = null;
let chosen = false;
let awayTimer;

function open(wish) {
  conversation.forgetSending();
  startOver();
  chosen = document.activeElement !== document.body;
  connection.open(wish);
}

function startOver() {
  status.clear();
  conversation.clear();
  frames.clear();
  line.clear();
  leftAt = null;
}

const show = oncePerFrame(() => {
  status.controls(connection.state, connection.sessionId, conversation.running);
  status.proof(connection.count);
  if (connection.state !== "away") {
    status.position(connection.position, connection.policy);
  }
});

/** Refreshes the list, and while we are away asks over REST how the session goes on without us. */
async function refreshSessions() {
  try {
    const mine = (await sessions.refresh()).find(({ session_id: id }) => id === connection.sessionId);
    status.raisesFloor(mine?.may_raise_floor === true);
    if (connection.state === "away" && mine !== undefined) {
      const { cursor } = connection.position;
      const seen = { cursor, head: mine.cursor, floor: mine.oldest_cursor };
      line.moveTo(seen);
      status.position(seen, connection.policy);
      const missed = mine.cursor - cursor;
      status.say(missed > 0 ? `${missed} new ${missed === 1 ? "event" : "events"} since you went away.` : "");
    }
  } catch (failure) {
    if (failure instanceof SignedOutError) {
      signIn(failure);
    } // otherwise the server is away too, and the connection reports it
  }
  if (connection.state === "away") {
    clearTimeout(awayTimer);
    awayTimer = setTimeout(refreshSessions, AWAY_POLL_MILLIS);
  }
}

/** Reloads the protected page, so that the form, or the identity provider's, is shown and leads back here. */
function signIn({ elsewhere }) {
  const again = sessionStorage.getItem("signing-in") !== null;
  sessionStorage.setItem("signing-in", "1");
  if (!again) {
    location.reload();
  } else if (elsewhere) {
    sessionStorage.removeItem("signing-in");
    status.say("You signed in, but the server did not take it. Reload the page to try again.", "bad");
  } else {
    location.replace("login.html");
  }
}

connection.addEventListener("state", ({ detail }) => {
  status.state(detail);
  if (detail.state === "connecting" && detail.attempt > 1) {
    refreshSessions(); // a handshake refused for lack of a login looks like any other failure to a script
  }
  if (detail.state === "live" && chosen) {
    chosen = false;
    status.controls("live", connection.sessionId, conversation.running);
    $("message").focus();
  }
  show();
});

connection.addEventListener("joined", ({ detail }) => {
  history.replaceState(null, "", "#" + encodeURIComponent(detail.sessionId));
  if ($("session-id").value.trim() === detail.sessionId) {
    $("session-id").value = ""; // it has been used; text typed meanwhile stays
  }
  sessions.current = detail.sessionId;
  status.session(detail.sessionId, detail.agentId);
  const missed = detail.since === null || detail.resyncRequired ? 0 : detail.head - detail.since;
  if (leftAt !== null && missed > 0) {
    line.markAway(detail.since + 1, detail.head);
  }
  leftAt = null;
  frames.addNote("joined", `head ${detail.head}, floor ${detail.floor}${missed > 0 ? `, ${missed} to replay` : ""}`);
  refreshSessions();
});

connection.addEventListener("event", (delivery) => {
  const { event, replayed, fromSeq } = delivery.detail;
  try {
    const kind = replayed ? "replayed" : "live";
    conversation.apply(event);
    frames.addEvent(event, kind);
    line.mark(kind, fromSeq, event.seq);
    return event.type === "stream_end" && !replayed ? refreshSessions() : undefined;
  } catch (failure) {
    delivery.preventDefault(); // an event that was not shown must not move the cursor
    console.error(failure);
  }
});

connection.addEventListener("snapshot", (delivery) => {
  const { snapshot, reason, resync, since } = delivery.detail;
  try {
    startOver();
    conversation.load(snapshot);
    (snapshot.events ?? []).forEach((event) => frames.addEvent(event, "snapshot"));
    if (snapshot.event_cursor > 0) {
      line.mark("snapshot", 1, snapshot.event_cursor);
    }
    frames.addNote("snapshot", `at ${snapshot.event_cursor}, ${reason}`);
    if (resync) {
      status.resync(reason, resyncText(reason, since, snapshot.event_cursor));
    }
  } catch (failure) {
    delivery.preventDefault();
    console.error(failure);
  }
});

connection.addEventListener("caughtup", ({ detail }) => {
  frames.addNote("replay_complete", `at ${detail.cursor}; live from here`);
  status.say(caughtUpText(detail), "good");
  show();
});

connection.addEventListener("position", ({ detail }) => {
  line.moveTo(detail);
  show();
});

connection.addEventListener("fault", ({ detail }) => {
  leftAt = connection.position.cursor;
  frames.addNote("fault", faultText(detail));
  status.say(faultText(detail), "bad");
});

connection.addEventListener("refused", ({ detail }) => {
  frames.addNote("error", detail.code);
  status.say(errorText(detail.code, detail.message), "bad");
});

connection.addEventListener("discarded", ({ detail }) => {
  detail.messages.forEach((messageId) => conversation.notSent(messageId));
  status.say(discardedText(detail.messages.length), "bad");
});

function send() {
  const content = $("message").value;
  if (content.trim() === "" || $("send").disabled) {
    return;
  }
  const echo = { token_delay_ms: Number($("pace").value) };
  if ($("fail").checked) {
    echo.fail_after = 3;
  }
  try {
    conversation.sending(connection.send(content, { echo }), content);
    $("message").value = "";
  } catch (failure) {
    status.say(failure.message, "bad");
  }
}

$("compose").addEventListener("submit", (submission) => {
  submission.preventDefault();
  send();
});
$("message").addEventListener("keydown", (press) => {
  if (press.key === "Enter" && !press.shiftKey && !press.isComposing) {
    press.preventDefault();
    send();
  }
});
$("open-form").addEventListener("submit", (submission) => {
  submission.preventDefault();
  const sessionId = $("session-id").value.trim();
  const isNew = submission.submitter?.id === "new-session";
  if (isNew) {
    open(sessionId ? { sessionId, create: true, agentId: AGENT, snapshot: true } : { agentId: AGENT });
  } else if (sessionId) {
    open({ sessionId, snapshot: true });
  } else {
    status.say("Write the name of the session to open, or open a new one.", "bad");
  }
});
$("cut").addEventListener("click", () => {
  leftAt = connection.position.cursor;
  connection.cut();
  frames.addNote("cut", `away since ${leftAt}`);
  $("come-back").disabled = false;
  $("come-back").focus();
  refreshSessions();
});
$("come-back").addEventListener("click", () => {
  connection.comeBack();
  $("message").focus();
});
$("forget").addEventListener("click", () => {
  startOver();
  connection.forget();
});
$("raise-floor").addEventListener("click", async () => {
  try {
    const { session_id: raised, oldest_cursor: floor } =
      await postJson(`api/sessions/${encodeURIComponent(connection.sessionId)}/floor`);
    if (raised === connection.sessionId) {
      connection.noteFloor(floor);
      if (floor > 1) {
        frames.addNote("floor", `raised to ${floor}`);
      }
      status.say(floorRaisedText(floor), floor > 1 ? "good" : "");
    }
  } catch (failure) {
    status.say(failure instanceof RefusedError ? failure.message : "The floor could not be raised.", "bad");
  }
});
$("abort").addEventListener("click", () => connection.abort());
$("pace").addEventListener("input", () => { $("pace-value").textContent = `${$("pace").value} ms`; });
$("sign-out").addEventListener("click", async () => {
  connection.stop();
  const response = await fetch("api/logout", { method: "POST" });
  location.replace(response.status === 200 ? (await response.json()).location : "./");
});
addEventListener("online", () => connection.state === "connecting" && connection.comeBack());

try {
  const me = await getJson("api/me");
  sessionStorage.removeItem("signing-in");
  $("who").textContent = me.name;
  await refreshSessions();
  const named = decodeURIComponent(location.hash.slice(1));
  if (named !== "") {
    open({ sessionId: named, snapshot: true });
  }
} catch (failure) {
  if (failure instanceof SignedOutError) {
    signIn(failure);
  } else if (failure instanceof RefusedError) {
    status.say(failure.message, "bad");
  } else {
    status.say("The server does not answer. Reload the page in a moment.", "bad");
  }
}
if (connection.state === "stopped") {
  status.state({ state: "idle" });
}
// Earlier, a click would have been lost, or have reloaded the page, or have been undone by the session in the address.
["new-session", "open-session", "sign-out"].forEach((id) => { $(id).disabled = false; });
show();
