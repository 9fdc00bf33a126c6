package dev.tidemark.wire;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The session as the effect of its events up to {@code position.head()}, one consistent cut; the
 * live stream continues at the next cursor (R8).
 *
 * @param position the log's position at the cut; its head is {@code event_cursor}
 * @param reason a {@link ResyncReason}'s wire name, or {@link #REQUESTED}
 * @param sessionId the session
 * @param agentId the session's agent
 * @param stateJson the session's state: the text of a JSON object
 * @param messages the newest messages, oldest first
 * @param messagesTotal the number of messages in all
 * @param messagesTruncated whether {@code messages} are fewer than that
 * @param turn the running turn
 * @param events the newest retained events, oldest first, for a client that shows history
 */
public record SnapshotFrame(
    Position position,
    String reason,
    String sessionId,
    String agentId,
    String stateJson,
    List<SnapshotMessage> messages,
    long messagesTotal,
    boolean messagesTruncated,
    Optional<RunningTurn> turn,
    List<EventFrame> events)
    implements ConnectionFrame {
  /** The reason of a snapshot that the client asked for with {@code "snapshot":true}. */
  public static final String REQUESTED = "requested";

  public SnapshotFrame {
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(agentId, "agentId");
    Objects.requireNonNull(stateJson, "stateJson");
    messages = List.copyOf(messages);
    Objects.requireNonNull(turn, "turn");
    events = List.copyOf(events);
  }

  /** All into one text of the right size, because a snapshot may be large. */
  @Override
  public String encode() {
    StringBuilder out = new StringBuilder(Math.toIntExact(length()));
    JsonText frame =
        new JsonText(out)
            .text("type", "snapshot")
            .number("event_cursor", position.head())
            .text("epoch", position.epoch())
            .text("reason", reason)
            .json("state", "");
    JsonText state =
        new JsonText(out)
            .text("session_id", sessionId)
            .text("agent_id", agentId)
            .json("state", stateJson)
            .array("messages", messages, SnapshotMessage::encode)
            .number("messages_total", messagesTotal)
            .flag("messages_truncated", messagesTruncated)
            .json("turn", turn.isPresent() ? "" : "null");
    turn.ifPresent(running -> running.write(out));
    state
        .array("events", events, EventFrame::encode)
        .number("event_cursor", position.head())
        .close();
    frame.close();
    return out.toString();
  }

  /** About the characters of the text. */
  private long length() {
    return 1_024L
        + stateJson.length()
        + turn.map(RunningTurn::length).orElse(0L)
        + messages.stream()
            .mapToLong(one -> one.contentJson().length() + one.metadataJson().length() + 320)
            .sum()
        + events.stream().mapToLong(event -> event.data().length() + 320).sum();
  }
}
