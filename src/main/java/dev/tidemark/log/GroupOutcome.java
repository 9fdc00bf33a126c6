package dev.tidemark.log;

import dev.tidemark.log.AppendParticipant.Written;
import dev.tidemark.log.AppendSql.Extension;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The outcome of a {@link GroupCommit}: each append is in one of these groups. */
final class GroupOutcome {
  private final Map<Append, RuntimeException> refused = new LinkedHashMap<>();
  private final List<Append> locked = new ArrayList<>();
  private final List<Append> deferred = new ArrayList<>();
  private List<Share> written = List.of();
  private final List<Appended> appended = new ArrayList<>();
  private Map<AppendParticipant<Object>, List<Written<Object>>> writtenByParticipant = Map.of();

  /** An append's part of the events of its session. */
  record Share(Append append, Extension extension, int from, int to) {
    /** The events, once they are written. */
    List<EventFrame> events() {
      return extension.events().subList(from, to);
    }
  }

  void refuse(Append append, RuntimeException why) {
    refused.put(append, why);
  }

  void locked(Append append) {
    locked.add(append);
  }

  void deferred(Append append) {
    deferred.add(append);
  }

  void written(List<Share> going, List<Extension> extensions) {
    for (Extension extension : extensions) {
      Head head = extension.head();
      appended.add(
          new Appended(
              head.sessionKey(),
              new Position(head.epochId(), extension.newHead(), head.floor()),
              List.copyOf(extension.events())));
    }
    written = going;
    writtenByParticipant =
        byParticipant(
            going,
            Share::append,
            share ->
                new Written<>(
                    share.append().subject(), share.append().sessionKey(), share.events()));
  }

  /** Groups by participant, in order; appends without one are omitted. */
  static <A, T> Map<AppendParticipant<Object>, List<T>> byParticipant(
      List<A> all, Function<A, Append> append, Function<A, T> as) {
    Map<AppendParticipant<Object>, List<T>> byParticipant = new LinkedHashMap<>();
    for (A one : all) {
      AppendParticipant<Object> participant = append.apply(one).participant();
      if (participant != null) {
        byParticipant.computeIfAbsent(participant, key -> new ArrayList<>()).add(as.apply(one));
      }
    }
    return byParticipant;
  }

  Map<Append, RuntimeException> refused() {
    return refused;
  }

  /** The appends whose session somebody else holds. */
  List<Append> locked() {
    return locked;
  }

  /** The appends that a participant wants in the next batch. */
  List<Append> deferred() {
    return deferred;
  }

  /** The events that were written for each append. */
  List<Share> written() {
    return written;
  }

  Map<AppendParticipant<Object>, List<Written<Object>>> writtenByParticipant() {
    return writtenByParticipant;
  }

  /** The events that were appended to each session. */
  List<Appended> appended() {
    return appended;
  }
}
