package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.limit.Charge;
import dev.tidemark.access.limit.Limits;
import dev.tidemark.access.limit.NodeMemory;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.access.revocation.Revocations;
import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.MemorySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.delivery.Subscriptions;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.session.Access;
import dev.tidemark.session.DeliveryRecord;
import dev.tidemark.session.DeliveryRecord.Progress;
import dev.tidemark.session.DeliveryRecorder;
import dev.tidemark.session.LeaveReason;
import dev.tidemark.wire.ClientFrame;
import dev.tidemark.wire.EncodedFrame;
import dev.tidemark.wire.FrameDecoder;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection gives back all that it took, whatever fails while it begins, works or ends. */
final class ConnectionsTest {
  private static final long SHARE = 102_400;
  private static final Settings SETTINGS =
      Settings.of(
          key ->
              Optional.ofNullable(
                  Map.of(
                          MemorySettings.NODE_BYTES.key(), "" + 2 * SHARE,
                          MemorySettings.PRINCIPAL_BYTES.key(), "" + SHARE,
                          WireSettings.MAX_PAYLOAD_BYTES.key(), "1024",
                          DeliverySettings.LINGER.key(), "100",
                          AccessSettings.CONNECTIONS_PER_PRINCIPAL.key(), "1")
                      .get(key)));

  private final NodeMemory memory = new NodeMemory(SETTINGS, new Metrics() {});
  private final Connections connections = new Connections();
  private final FakeSocket socket = new FakeSocket();
  private final List<String> done = new ArrayList<>();
  private final CompletableFuture<Runnable> work = new CompletableFuture<>();
  private boolean leaveFails;

  @BeforeEach
  void prepare() {
    connections.quotas = Limits.quotas(SETTINGS);
    connections.memory = memory;
    connections.serverThreads = new ServerThreads();
    connections.dispatcher = new WorkingDispatcher();
    connections.dispatcher.quotas = connections.quotas;
    connections.deliveryRecorder = new FailingRecorder();
    connections.refusals = new NoRefusals();
    connections.revocations = new Revocations();
    connections.settings = SETTINGS;
    connections.metrics = new Metrics() {};
    connections.node = new Node();
    connections.watchedWork = new WatchedWork();
    connections.executor =
        (ManagedExecutorService)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedExecutorService.class},
                (proxy, method, arguments) -> null);
    connections.prepare();
  }

  /** Frames are work that goes on until the test ends it. */
  private final class WorkingDispatcher extends FrameDispatcher {
    @Override
    Optional<ClientFrame> decode(Connection connection, Optional<String> text) {
      return Optional.of(FrameDecoder.decode(text.orElseThrow()));
    }

    @Override
    Optional<CompletionStage<Runnable>> dispatch(Connection connection, ClientFrame frame) {
      return Optional.of(work);
    }
  }

  private final class FailingRecorder extends DeliveryRecorder {
    @Override
    public void enter(DeliveryRecord deliveryRecord, Supplier<Progress> progress) {}

    @Override
    public void leave(DeliveryRecord deliveryRecord, LeaveReason leaveReason) {
      if (leaveFails) {
        throw new OutOfMemoryError("as told");
      }
    }
  }

  private static final class NoRefusals extends Refusals {
    @Override
    public void record(Refusal refusal) {}
  }

  private static Caller caller(String name) {
    return new Caller(
        name, Set.of(Role.USER), "default", Authentication.LOCAL, "192.0.2.7", Optional.empty());
  }

  private Connection open(String name) {
    return connections.open(
        socket.session(), new AuthenticatedPrincipal(caller(name), Optional.empty()));
  }

  private static Connection joined(Connection connection) {
    connection.follow(
        Subscriptions.idle(), subscription -> new JoinedSession(null, Access.OWNER, subscription));
    return connection;
  }

  @Test
  void aPlaceIsTakenByAnOpenConnectionOnly() {
    Connection first = open("alice");
    assertFalse(first.hasEnded());
    Connection refused = open("alice");
    assertTrue(refused.hasEnded());
    connections.closed(refused, 4029);
    connections.closed(first, 1000);
    assertFalse(open("alice").hasEnded());
  }

  @Test
  void aPlaceIsGivenBackThoughTheCleanUpFails() {
    Connection first = joined(open("alice"));
    leaveFails = true;
    assertThrows(OutOfMemoryError.class, () -> connections.closed(first, 1000));
    assertEquals(0, connections.count());
    assertEquals(0, Limits.accounts(memory));
    assertFalse(open("alice").hasEnded());
  }

  @Test
  void aConnectionThatCouldNotBeMadeHoldsNothing() {
    socket.failing.add("getAsyncRemote");
    assertThrows(OutOfMemoryError.class, () -> open("alice"));
    assertEquals(0, Limits.accounts(memory));
    socket.failing.clear();
    assertFalse(open("alice").hasEnded());
  }

  @Test
  void aConnectionThatCouldNotBeRefusedHoldsNothing() {
    Connection first = open("alice");
    socket.failing.add("setSendTimeout");
    assertThrows(OutOfMemoryError.class, () -> open("alice"));
    connections.closed(first, 1000);
    assertEquals(0, Limits.accounts(memory));
    assertEquals(List.of(4029), socket.closeCodes);
  }

  @Test
  void theSocketIsClosedThoughTheSessionCouldNotBeLeft() {
    Connection connection = joined(open("alice"));
    leaveFails = true;
    assertThrows(OutOfMemoryError.class, connection::failed);
    socket.readAll();
    assertEquals(List.of(1011), socket.closeCodes);
  }

  @Test
  void theSocketIsClosedThoughTheLastFrameCouldNotBeSent() {
    Connection connection = open("alice");
    socket.failing.add("setSendTimeout");
    assertThrows(OutOfMemoryError.class, connection::failed);
    assertEquals(List.of(1011), socket.closeCodes);
    assertTrue(connection.outbound().isShut());
  }

  @Test
  void aSocketThatCouldNotBeClosedIsClosedLater() {
    Connection connection = open("alice");
    socket.failing.add("close");
    connection.failed();
    assertThrows(OutOfMemoryError.class, socket::readAll);
    socket.failing.clear();
    Awaitility.await()
        .until(
            () -> {
              connection.beat();
              return socket.closeCodes.equals(List.of(1011));
            });
    connection.beat();
    assertEquals(List.of(1011), socket.closeCodes, "once");
  }

  /** Its wake is lost, because the thread that has done the work cannot do anything about it. */
  @Test
  void aFrameThatIsDoneWhileTheConnectionCannotBeQueuedIsConcludedAtTheNextBeat() {
    List<Connection> ready = new ArrayList<>();
    boolean[] isShort = {false};
    Connection connection = queuedIn(ready, isShort);
    connection.inbound().received("{\"type\":\"ping\"}", true);
    ready.remove(0).inbound().handleNext(connections.dispatcher);
    connection.beat();
    assertEquals(List.of(), ready, "there is nothing to do yet");
    isShort[0] = true;
    work.complete(() -> done.add("concluded"));
    isShort[0] = false;
    assertEquals(List.of(), ready);
    connection.beat();
    connection.beat();
    assertEquals(1, ready.size());
    ready.remove(0).inbound().handleNext(connections.dispatcher);
    assertEquals(List.of("concluded"), done);
    connection.beat();
    assertEquals(List.of(), ready);
  }

  @Test
  void aFrameThatCameWhileTheConnectionCouldNotBeQueuedIsHandledAfterTheNextBeat() {
    List<Connection> ready = new ArrayList<>();
    boolean[] isShort = {true};
    Connection connection = queuedIn(ready, isShort);
    assertThrows(
        OutOfMemoryError.class, () -> connection.inbound().received("{\"type\":\"ping\"}", true));
    isShort[0] = false;
    connection.beat();
    assertEquals(List.of(connection), ready);
  }

  /** What a client does not read may be the memory that others need at once. */
  @Test
  void whoDoesNotReadIsCutAtOnceForOneWhoIsEntitled() {
    FakeChannel channel = new FakeChannel();
    Eviction eviction = new Eviction();
    Charge charge = memory.open(caller("alice"), eviction);
    Connection stuck = made(charge, ready -> {});
    eviction.aim(stuck, channel, charge);
    stuck.outbound().send(new EncodedFrame("x", SHARE - 10_000));
    assertTrue(memory.open(caller("bob")).take(SHARE - 10_000));
    assertTrue(memory.open(caller("carol")).take(40_000));
    assertTrue(stuck.hasEnded());
    assertEquals(1, channel.cuts);
    socket.readAll(); // the server tells of each message that it drops
    connections.closed(stuck, 1006);
    assertEquals(2, Limits.accounts(memory));
  }

  /** It is told why: nothing is in the way of its last frame. */
  @Test
  void whoReadsIsToldWhyOthersAreServedFirst() {
    FakeChannel channel = new FakeChannel();
    Eviction eviction = new Eviction();
    Charge charge = memory.open(caller("alice"), eviction);
    Connection connection = made(charge, ready -> {});
    eviction.aim(connection, channel, charge);
    assertTrue(charge.take(SHARE));
    eviction.run();
    assertEquals(0, channel.cuts);
    assertTrue(socket.sent.get(0).contains("too_fast"), socket.sent.get(0));
    socket.readAll();
    assertEquals(List.of(1013), socket.closeCodes);
  }

  private Connection queuedIn(List<Connection> ready, boolean[] isShort) {
    return made(
        memory.open(caller("alice")),
        connection -> {
          if (isShort[0]) {
            throw new OutOfMemoryError("as told");
          }
          ready.add(connection);
        });
  }

  private Connection made(Charge charge, Consumer<Connection> ready) {
    return new Connection(
        socket.session(),
        new AuthenticatedPrincipal(caller("alice"), Optional.empty()),
        SETTINGS,
        charge,
        new ReadingPace(new FakeChannel(), () -> 0, bytes -> 0, (delay, task) -> {}),
        connections.deliveryRecorder,
        connections.refusals,
        ready);
  }

  private static final class FakeChannel implements RawChannel {
    private int cuts;

    @Override
    public void onIoThread(Runnable task) {
      task.run();
    }

    @Override
    public boolean canSuspend() {
      return true;
    }

    @Override
    public void suspend() {}

    @Override
    public void resume() {}

    @Override
    public void closeHere() {
      cuts++;
    }
  }
}
