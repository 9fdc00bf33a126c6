package dev.tidemark.tools.bench.neighbours;

import static dev.tidemark.testing.client.WireFrame.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tidemark.testing.client.WireFrame;
import dev.tidemark.tools.bench.neighbours.Behaviour.Action;
import dev.tidemark.tools.bench.neighbours.Behaviour.Who;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** The kinds of too much, each at many times what a limit allows. */
public enum Nuisance {
  /** Requests whose bodies come byte by byte, on each path that takes one. */
  SLOW_BODIES(Volume.of(300, 30), Volume.of(48, 16)),
  /** Sockets that read nothing and send 8 MB each, in whole messages or in one that never ends. */
  HEAP(new Volume(300, 400, 32), new Volume(60, 200, 32)),
  /**
   * Messages of 200 kB on many sockets, so that the writers of the log have more than they can do.
   */
  QUEUE(Volume.of(64, 150), Volume.of(24, 40)),
  REST_CALLS(Volume.of(32, 1_000), Volume.of(8, 150)),
  /** {@code abort} frames, to a slow turn and to none. */
  ABORTS(Volume.of(16, 1_500), Volume.of(8, 300)),
  /** Joins of a session, each with a snapshot. */
  JOINS(Volume.of(32, 1_000), Volume.of(8, 250)),
  /** New sessions. */
  SESSIONS(Volume.of(32, 600), Volume.of(8, 200)),
  /** Guesses of the neighbour's password. */
  LOGINS(Volume.of(16, 200), Volume.of(8, 40)),
  /** What another page makes the neighbour's browser ask for. */
  CROSS_SITE(Volume.of(16, 200), Volume.of(8, 60)),
  /** Slow turns in sessions of their own. */
  TURNS(new Volume(16, 100, 40), new Volume(16, 100, 20));

  static final String NEIGHBOUR = "bob";

  private static final int LARGE_BYTES = 250_000;
  private static final String LARGE = "x".repeat(LARGE_BYTES);
  private static final byte[] LARGE_MESSAGE = text(message(LARGE, 0));

  /** Together a little less than the largest message. */
  private static final int PARTS = 4;

  @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
  private final Volume large;

  @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
  private final Volume small;

  Nuisance(Volume large, Volume small) {
    this.large = large;
    this.small = small;
  }

  /** The kinds that {@code -Dneighbours.kinds=heap,turns} names, or all. */
  public static List<Nuisance> selected() {
    String names = System.getProperty("neighbours.kinds", "");
    return names.isEmpty()
        ? List.of(values())
        : Arrays.stream(names.split(",", -1))
            .map(name -> valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')))
            .toList();
  }

  Volume volume(boolean asTest) {
    return asTest ? small : large;
  }

  /** The accounts that do too much. */
  static List<String> accounts() {
    return Stream.of(values())
        .flatMap(nuisance -> Stream.of(nuisance.account(false), nuisance.account(true)))
        .toList();
  }

  /**
   * Nobody is told to wait for what another kind has done, nor for what the same has done before it
   * was measured.
   */
  private String account(boolean measured) {
    return "mallory-" + this + (measured ? "" : "-before");
  }

  /** Who comes from an address of its own has this one, of 127.0.66. */
  byte host(boolean measured) {
    return (byte) (10 + 2 * List.of(values()).indexOf(this) + (measured ? 1 : 0));
  }

  Behaviour behaviour(boolean measured) {
    String account = account(measured);
    return switch (this) {
      case SLOW_BODIES ->
          request(
              Who.STRANGER,
              connection -> NuisanceRequests.slowBody(account, connection),
              (any, time) -> new byte[] {'x'});
      case HEAP ->
          new Behaviour(
              Who.PRINCIPAL,
              any -> NuisanceRequests.handshake(account),
              true,
              joined(account),
              Nuisance::bytes,
              false);
      case QUEUE -> onSocket(account, joined(account), (any, time) -> LARGE_MESSAGE);
      case REST_CALLS ->
          request(
              Who.PRINCIPAL,
              any -> NuisanceRequests.listOfSessions(account),
              (any, time) -> ascii(NuisanceRequests.listOfSessions(account)));
      case ABORTS ->
          onSocket(
              account,
              connection ->
                  List.of(join(account + connection), text(message("slow as it goes", 500))),
              (any, time) -> text("{\"type\":\"abort\"}"));
      case JOINS ->
          onSocket(
              account,
              joined(account),
              (any, time) ->
                  text(
                      "{\"type\":\"join\",\"session_id\":\"%s%d\",\"create\":true,\"snapshot\":true}"
                          .formatted(account, time % 5)));
      case SESSIONS ->
          onSocket(account, Nuisance::nothing, (any, time) -> text("{\"type\":\"join\"}"));
      case LOGINS ->
          request(
              Who.STRANGER,
              any -> NuisanceRequests.guess(0),
              (any, time) -> ascii(NuisanceRequests.guess(time)));
      case CROSS_SITE ->
          request(
              Who.PAGE,
              any -> NuisanceRequests.crossSite(0),
              (any, time) -> ascii(NuisanceRequests.crossSite(time)));
      case TURNS ->
          onSocket(
              account,
              Nuisance::nothing,
              (any, time) ->
                  concat(text("{\"type\":\"join\"}"), text(message("one two three four", 5_000))));
    };
  }

  private static Behaviour request(Who who, IntFunction<String> opening, Action action) {
    return new Behaviour(who, opening, false, Nuisance::nothing, action, true);
  }

  private static Behaviour onSocket(
      String account, IntFunction<List<byte[]>> greeting, Action action) {
    return new Behaviour(
        Who.PRINCIPAL, any -> NuisanceRequests.handshake(account), true, greeting, action, true);
  }

  private static List<byte[]> nothing(int connection) {
    return List.of();
  }

  /** Each account has sessions of its own. */
  private static IntFunction<List<byte[]>> joined(String account) {
    return connection -> List.of(join(account + connection));
  }

  private static byte[] join(String sessionId) {
    return text("{\"type\":\"join\",\"session_id\":\"%s\",\"create\":true}".formatted(sessionId));
  }

  /** Of two connections one sends whole messages, the other most of one that never ends. */
  private static byte[] bytes(int connection, int time) {
    if (connection % 2 == 0) {
      return LARGE_MESSAGE;
    }
    return time < PARTS ? part(time == 0 ? WireFrame.TEXT : WireFrame.CONTINUATION) : new byte[0];
  }

  private static byte[] part(int opcode) {
    return WireFrame.of(opcode, LARGE.getBytes(ISO_8859_1)).withFirst(opcode).bytes();
  }

  private static String message(String content, int delayMillis) {
    return "{\"type\":\"message\",\"content\":\"%s\",\"metadata\":{\"echo\":{\"token_delay_ms\":%d}}}"
        .formatted(content, delayMillis);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
