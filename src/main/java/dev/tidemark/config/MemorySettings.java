package dev.tidemark.config;

import java.util.ArrayList;
import java.util.List;

/** The part of the heap that clients may fill: {@code tidemark.memory}. */
public final class MemorySettings {
  /**
   * The heap that a frame takes for each of its bytes while it is handled, at the most: a text is
   * held twice, and JSON of nothing but tiny objects grows that much when it is parsed.
   */
  private static final int HEAP_OF_A_FRAME = 50;

  private static final int PART_OF_THE_HEAP = 4;
  private static final int TURNS_PART_OF_THE_HEAP = 8;
  private static final int PART_OF_THE_NODE = 2;

  /** Beside one that has its part, the largest turn of another has room. */
  private static final int PART_OF_THE_TURNS = 3;

  private static final long MAX_BYTES = 1L << 40;

  static final SettingList LIST = new SettingList();

  public static final Setting<Long> NODE_BYTES =
      LIST.bytes(
          "tidemark.memory.node-bytes",
          0,
          0,
          MAX_BYTES,
          "Heap that frames, snapshots and request bodies may take, of all clients together; 0 "
              + "stands for a quarter of the heap, or for 100 times"
              + " `tidemark.wire.max-payload-bytes` if that is more.");
  public static final Setting<Long> PRINCIPAL_BYTES =
      LIST.bytes(
          "tidemark.memory.principal-bytes",
          0,
          0,
          MAX_BYTES,
          "The same for one principal, and for one address without any; 0 stands for half of "
              + "`tidemark.memory.node-bytes`.");

  public static final Setting<Long> TURN_BYTES =
      LIST.bytes(
          "tidemark.memory.turn-bytes",
          0,
          0,
          MAX_BYTES,
          "Heap that running turns may take, of all senders together: the message, its metadata, "
              + "the session's state and what parsing makes of them; a turn that "
              + "does not fit stays queued. 0 stands for an eighth of the heap, or as much as two "
              + "turns may take if that is more.");
  public static final Setting<Long> TURN_PRINCIPAL_BYTES =
      LIST.bytes(
          "tidemark.memory.turn-principal-bytes",
          0,
          0,
          MAX_BYTES,
          "The same for one sender while nobody else has any, otherwise the same part of what "
              + "others leave; 0 stands for a third of `tidemark.memory.turn-bytes`.");

  private MemorySettings() {}

  /** The bytes for all clients; by default a part of the heap that holds one frame of any kind. */
  public static long nodeBytes(Settings settings, long heapBytes) {
    long set = settings.get(NODE_BYTES);
    return set > 0
        ? set
        : Math.max(heapBytes / PART_OF_THE_HEAP, PART_OF_THE_NODE * needed(settings));
  }

  /** The bytes for one principal. */
  public static long principalBytes(Settings settings, long heapBytes) {
    long set = settings.get(PRINCIPAL_BYTES);
    return set > 0 ? set : nodeBytes(settings, heapBytes) / PART_OF_THE_NODE;
  }

  /** The bytes for all running turns; by default a part of the heap that holds two of any kind. */
  public static long turnBytes(Settings settings, long heapBytes) {
    long set = settings.get(TURN_BYTES);
    return set > 0
        ? set
        : Math.max(heapBytes / TURNS_PART_OF_THE_HEAP, PART_OF_THE_NODE * neededByTurn(settings));
  }

  /** The bytes for the running turns of one sender. */
  public static long turnPrincipalBytes(Settings settings, long heapBytes) {
    long set = settings.get(TURN_PRINCIPAL_BYTES);
    return set > 0 ? set : turnBytes(settings, heapBytes) / PART_OF_THE_TURNS;
  }

  /** The heap that the largest turn may take; with less than 4/3 of it, it might never start. */
  private static long neededByTurn(Settings settings) {
    return HEAP_OF_A_FRAME
        * (settings.get(WireSettings.MAX_PAYLOAD_BYTES)
            + settings.get(SessionSettings.STATE_BYTES));
  }

  /** The heap that the largest message may take. */
  private static long needed(Settings settings) {
    return HEAP_OF_A_FRAME * settings.get(WireSettings.MAX_PAYLOAD_BYTES);
  }

  /** Returns messages if the largest message could never be taken. */
  static List<String> conflicts(Settings settings, long heapBytes) {
    long node = nodeBytes(settings, heapBytes);
    long principal = principalBytes(settings, heapBytes);
    List<String> conflicts = new ArrayList<>();
    if (principal > node) {
      conflicts.add(
          "%s is '%d': must not be above %s, %d"
              .formatted(PRINCIPAL_BYTES.key(), principal, NODE_BYTES.key(), node));
    }
    if (principal < needed(settings)) {
      conflicts.add(
          ("%s is '%d': a message of %s, %d, may take %d bytes of heap; a share that is not set"
                  + " is half of %s")
              .formatted(
                  PRINCIPAL_BYTES.key(),
                  principal,
                  WireSettings.MAX_PAYLOAD_BYTES.key(),
                  settings.get(WireSettings.MAX_PAYLOAD_BYTES),
                  needed(settings),
                  NODE_BYTES.key()));
    }
    addTurns(conflicts, settings, heapBytes);
    return conflicts;
  }

  private static void addTurns(List<String> conflicts, Settings settings, long heapBytes) {
    long turns = turnBytes(settings, heapBytes);
    if (turns / 4 * 3 < neededByTurn(settings)) {
      conflicts.add(
          "%s is '%d': three quarters of it have to hold the largest turn, which may take %d"
              .formatted(TURN_BYTES.key(), turns, neededByTurn(settings)));
    }
    if (turnPrincipalBytes(settings, heapBytes) > turns) {
      conflicts.add(
          "%s is '%d': must not be above %s, %d"
              .formatted(
                  TURN_PRINCIPAL_BYTES.key(),
                  turnPrincipalBytes(settings, heapBytes),
                  TURN_BYTES.key(),
                  turns));
    }
  }
}
