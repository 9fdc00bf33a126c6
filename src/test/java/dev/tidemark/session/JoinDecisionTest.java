package dev.tidemark.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.session.JoinReply.Admitted;
import dev.tidemark.session.JoinReply.Doorkeeper;
import dev.tidemark.session.JoinReply.NeedsSnapshot;
import dev.tidemark.session.JoinReply.Refused;
import dev.tidemark.wire.Capability;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Position;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The outcome of a join, and its record for the auditor. */
final class JoinDecisionTest {
  private static final long JOIN_ID = 17;
  private static final Position POSITION = new Position("epoch-1", 10, 4);
  private static final Session SESSION = new Session(7, "s-1", "acme", "echo", "alice");
  private static final Doorkeeper OPEN = (session, access) -> Optional.empty();

  private boolean created;
  private boolean snapshot;
  private OptionalLong since = OptionalLong.empty();
  private String epoch = "epoch-1";

  @Test
  void aSessionThatTheCallerMayNotSeeIsNotThere() {
    JoinDecision decision = JoinDecision.of(request(), OPEN, Optional.empty());
    assertSame(Refused.NO_SUCH_SESSION, reply(decision));
    JoinRecord record = decision.record().orElseThrow();
    assertEquals("refused", record.outcome());
    assertEquals("no_such_session", record.reason());
    assertEquals(null, record.sessionKey(), "the record does not say whether it exists");
  }

  @Test
  void theDoorkeeperKnowsTheSessionAndTheAccess() {
    Refused full = new Refused(ErrorCode.TOO_MANY_CONNECTIONS, "Too many.");
    JoinDecision decision =
        decide(
            (session, access) -> {
              assertSame(SESSION, session);
              assertEquals(Access.READ, access);
              return Optional.of(full);
            });
    assertSame(full, reply(decision));
    assertEquals(full.code().wireName(), decision.record().orElseThrow().reason());
  }

  @Test
  void whoHoldsNothingGetsLiveEventsFromTheHead() {
    Admitted admitted = admitted("fresh");
    assertEquals(new Resume.Fresh(), admitted.outcome().decision());
    assertEquals(10, admitted.outcome().baseline());
    assertEquals(JOIN_ID, admitted.outcome().deliveryRecord().joinId());
  }

  @Test
  void aSessionThatWasMadeForTheJoinIsRecordedAsCreated() {
    created = true;
    assertEquals(Access.READ, admitted("created").access());
  }

  @Test
  void whoComesBackWithinTheWindowGetsTheEventsSince() {
    since = OptionalLong.of(3);
    Admitted admitted = admitted("replay");
    assertEquals(new Resume.Replay(3), admitted.outcome().decision());
    assertEquals(3, admitted.outcome().baseline());
    JoinRecord record = decide(OPEN).record().orElseThrow();
    assertEquals(7, record.events());
    assertEquals(3, record.baseline());
    assertEquals(3, record.since());
    assertFalse(record.snapshot());
  }

  @Test
  void whoComesBackTooLateNeedsASnapshotAndIsNotYetRecorded() {
    since = OptionalLong.of(2);
    assertNeedsSnapshot();
  }

  @Test
  void aCursorOfAnotherEpochNeedsASnapshot() {
    since = OptionalLong.of(10);
    epoch = "epoch-0";
    assertNeedsSnapshot();
  }

  @Test
  void whoHoldsNothingMayAskForASnapshot() {
    snapshot = true;
    assertNeedsSnapshot();
  }

  @Test
  void whoComesBackWithinTheWindowNeedsNoSnapshotEvenIfAskedFor() {
    snapshot = true;
    since = OptionalLong.of(10);
    admitted("replay");
  }

  @Test
  void theRecordOfASnapshotSaysWhy() {
    since = OptionalLong.of(2);
    Resume.Decision tooLate = Resume.decide(since, Optional.of(epoch), POSITION);
    JoinRecord resync = JoinRecord.joined(request(), 7, POSITION, tooLate);
    assertEquals("resync", resync.outcome());
    assertEquals("below_floor", resync.reason());
    assertEquals(10, resync.baseline());
    assertTrue(resync.snapshot());

    since = OptionalLong.empty();
    snapshot = true;
    JoinRecord asked = JoinRecord.joined(request(), 7, POSITION, new Resume.Fresh());
    assertEquals("fresh", asked.outcome());
    assertTrue(asked.snapshot());
  }

  private Admitted admitted(String recorded) {
    JoinDecision decision = decide(OPEN);
    JoinRecord record = decision.record().orElseThrow();
    assertEquals(recorded, record.outcome());
    assertEquals(10, record.head());
    assertEquals(4, record.floor());
    assertEquals("epoch-1", record.epoch());
    assertEquals("{batch,compact}", record.capabilities());
    Admitted admitted = assertInstanceOf(Admitted.class, reply(decision));
    assertEquals(POSITION, admitted.outcome().position());
    assertEquals(Optional.empty(), admitted.outcome().snapshot());
    return admitted;
  }

  private void assertNeedsSnapshot() {
    JoinDecision decision = decide(OPEN);
    assertEquals(Optional.empty(), decision.record());
    assertEquals(new NeedsSnapshot(SESSION, Access.READ), decision.reply().apply(null));
  }

  private JoinDecision decide(Doorkeeper doorkeeper) {
    return JoinDecision.of(
        request(), doorkeeper, Optional.of(new AccessibleSession(SESSION, Access.READ, POSITION)));
  }

  private static JoinReply reply(JoinDecision decision) {
    return decision.reply().apply(JOIN_ID);
  }

  private JoinRequest request() {
    return new JoinRequest(
        new Client(UUID.randomUUID(), "bob", "acme", "192.0.2.1", Optional.empty()),
        "s-1",
        created,
        since,
        Optional.of(epoch),
        snapshot,
        Set.of(Capability.COMPACT, Capability.BATCH));
  }
}
