package dev.tidemark.access.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.record.Tally.Told;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Equal things are counted together, nobody takes more than a share, and nothing is uncounted. */
final class TallyTest {
  private static final int MAX = 40;
  private static final int SHARE = 2;

  private final Tally<SignIn> tally = new Tally<>(MAX);

  @Test
  void equalThingsAreOneCountWithTheFirstAndTheLastTime() {
    tally.add(signIn("alice", "a"), 10);
    tally.add(signIn("alice", "b"), 20);
    tally.add(signIn("alice", "a"), 30);
    assertEquals(
        List.of("a 2 from 10 to 30", "b 1 from 20 to 20"),
        tally.take().stream()
            .map(
                c ->
                    "%s %d from %d to %d"
                        .formatted(
                            c.what.userAgent().orElseThrow(), c.times, c.firstNanos, c.lastNanos))
            .toList());
    assertEquals(List.of(), tally.take());
  }

  @Test
  void oneAccountWithTenThousandProgramsHidesNobodyAndIsCountedToTheLast() {
    int max = 10_000;
    int different = 10_000;
    Tally<SignIn> usual = new Tally<>(max);
    for (int i = 0; i < different; i++) {
      assertEquals(
          i < max / 20 ? Told.WHOLE : Told.OWNER, usual.add(signIn("mallory", "agent " + i), i));
    }
    assertEquals(Told.WHOLE, usual.add(signIn("alice", "browser"), different));
    assertEquals(Told.WHOLE, usual.add(signIn("mallory", "agent 0"), different), "known already");

    List<Tally.Count<SignIn>> counts = usual.take();
    assertEquals(max / 20 + 2, counts.size(), "the share, one row for the rest, and alice's");
    assertEquals(different + 1, timesOf(counts, "mallory"));
    Tally.Count<SignIn> rest = counts.get(max / 20);
    assertEquals(different - max / 20, rest.times);
    assertEquals(SignIn.SEVERAL, rest.what.remoteAddress());
    assertEquals(Optional.empty(), rest.what.userAgent());
    assertEquals(Optional.empty(), rest.what.providerSession());
    assertEquals(Optional.of("subject of mallory"), rest.what.subject());
    assertEquals(signIn("alice", "browser"), counts.get(counts.size() - 1).what);
  }

  @Test
  void whatTheFullTallyCannotTellApartIsCountedByPrincipal() {
    for (int i = 0; i < MAX; i++) {
      assertEquals(Told.WHOLE, tally.add(signIn("user " + i / SHARE, "agent " + i), i));
    }
    assertEquals(Told.OWNER, tally.add(signIn("alice", "browser"), MAX));
    List<Tally.Count<SignIn>> counts = tally.take();
    assertEquals(MAX + 1, counts.size());
    assertEquals(1, timesOf(counts, "alice"));
    assertEquals(Told.WHOLE, tally.add(signIn("alice", "browser"), 0), "there is room again");
  }

  @Test
  void thePrincipalsThatAreOnlyCountedAreBoundedToo() {
    for (int i = 0; i < 2 * MAX; i++) {
      assertEquals(i < MAX ? Told.WHOLE : Told.OWNER, tally.add(signIn("user " + i, "agent"), i));
    }
    assertEquals(Told.NOT_COUNTED, tally.add(signIn("one more", "agent"), 0));
    assertEquals(Told.OWNER, tally.add(signIn("user " + (2 * MAX - 1), "other"), 0));
    assertEquals(2 * MAX, tally.take().size());
  }

  @Test
  void readsOfEverNewSessionsTakeNoMoreThanAShare() {
    Tally<RestReading> reads = new Tally<>(MAX);
    for (int i = 0; i < MAX; i++) {
      reads.add(read("mallory", "s-" + i), i);
    }
    assertEquals(Told.WHOLE, reads.add(read("alice", "s-0"), MAX));
    List<Tally.Count<RestReading>> counts = reads.take();
    assertEquals(SHARE + 2, counts.size());
    assertEquals(MAX - SHARE, counts.get(SHARE).times);
    assertEquals(Optional.empty(), counts.get(SHARE).what.sessionId());
    assertEquals("/sessions/{session_id}/members", counts.get(SHARE).what.path());
  }

  @Test
  void refusalsThatAreAlikeAreOneCountWithTheFirstOfThem() {
    Tally<Refusal> refusals = new Tally<>(MAX);
    refusals.add(refusal("alice", "s-1", "first"), 1);
    refusals.add(refusal("alice", "s-1", "second"), 2);
    List<Tally.Count<Refusal>> counts = refusals.take();
    assertEquals(1, counts.size());
    assertEquals(2, counts.get(0).times);
    assertEquals("first", counts.get(0).what.message());
  }

  @Test
  void refusalsKeepTheirPrincipalAsLongAsThereIsRoomAndTheirNumberAlways() {
    Tally<Refusal> refusals = new Tally<>(1);
    assertEquals(Told.WHOLE, refusals.add(refusal("alice", "s-1", "x"), 1));
    assertEquals(Told.OWNER, refusals.add(refusal("bob", "s-1", "x"), 2));
    assertEquals(Told.OWNER, refusals.add(refusal("bob", "s-2", "x"), 3));
    assertEquals(Told.NUMBER, refusals.add(refusal("carol", "s-1", "x"), 4));
    assertEquals(Told.NUMBER, refusals.add(refusal("dave", "s-2", "x"), 5));
    List<Tally.Count<Refusal>> counts = refusals.take();
    assertEquals(List.of(1L, 2L, 2L), counts.stream().map(count -> count.times).toList());
    assertEquals(
        List.of(Optional.of("alice"), Optional.of("bob"), Optional.empty()),
        counts.stream().map(count -> count.what.requester().principal()).toList());
    assertEquals(Optional.empty(), counts.get(1).what.sessionId());
    assertEquals(Optional.empty(), counts.get(1).what.requester().remoteAddress());
  }

  @Test
  void withoutAPrincipalRefusalsAreCountedByAddressAndLeaveRoomForPrincipals() {
    int max = 4;
    Tally<Refusal> refusals = new Tally<>(max);
    for (int i = 0; i < max; i++) {
      refusals.add(refusal("alice " + i, "s-1", "x"), i);
    }
    for (String address : List.of("192.0.2.1", "192.0.2.2")) {
      assertEquals(Told.OWNER, refusals.add(ofAddress(address), max));
      assertEquals(Told.OWNER, refusals.add(ofAddress(address), max));
    }
    assertEquals(Told.NUMBER, refusals.add(ofAddress("192.0.2.3"), max));
    assertEquals(Told.OWNER, refusals.add(refusal("bob", "s-1", "x"), max));
    List<Tally.Count<Refusal>> counts = refusals.take();
    assertEquals(
        List.of("192.0.2.1 2", "192.0.2.2 2", "- 1", "- 1"),
        counts.subList(max, counts.size()).stream()
            .map(c -> c.what.requester().remoteAddress().orElse("-") + " " + c.times)
            .toList());
  }

  private static long timesOf(List<Tally.Count<SignIn>> counts, String principal) {
    return counts.stream()
        .filter(count -> count.what.principal().equals(principal))
        .mapToLong(count -> count.times)
        .sum();
  }

  private static SignIn signIn(String principal, String userAgent) {
    return new SignIn(
        SignIn.Way.BASIC,
        "request",
        principal,
        "default",
        "127.0.0.1",
        Optional.of(userAgent),
        Optional.of("subject of " + principal),
        Optional.of("login"));
  }

  private static RestReading read(String principal, String sessionId) {
    return new RestReading(
        "/sessions/{session_id}/members",
        Optional.of(sessionId),
        principal,
        "default",
        "127.0.0.1",
        Optional.empty());
  }

  private static Refusal refusal(String principal, String sessionId, String message) {
    return refusal(Optional.of(principal), "127.0.0.1", Optional.of(sessionId), message);
  }

  private static Refusal ofAddress(String address) {
    return refusal(Optional.empty(), address, Optional.empty(), "x");
  }

  private static Refusal refusal(
      Optional<String> principal, String address, Optional<String> sessionId, String message) {
    return new Refusal(
        new Refusal.Requester(
            principal,
            principal.map(name -> "default"),
            Optional.of(address),
            Optional.empty(),
            Optional.empty()),
        "join",
        "no_such_session",
        message,
        OptionalInt.empty(),
        OptionalInt.empty(),
        sessionId);
  }
}
