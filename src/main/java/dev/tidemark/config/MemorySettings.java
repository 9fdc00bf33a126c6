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
  private static final int PART_OF_THE_NODE = 2;
  private static final long MAX_BYTES = 1L << 40;

  static final SettingList LIST = new SettingList();

  public static final Setting<Long> NODE_BYTES =
      LIST.bytes(
          "tidemark.memory.node-bytes",
          0,
          0,
          MAX_BYTES,
          "Heap that frames, snapshots and request bodies may take, of all clients together; 0 "
              + "stands for a quarter of the heap.");
  public static final Setting<Long> PRINCIPAL_BYTES =
      LIST.bytes(
          "tidemark.memory.principal-bytes",
          0,
          0,
          MAX_BYTES,
          "The same for one principal, and for one address without any; 0 stands for half of "
              + "`tidemark.memory.node-bytes`.");

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
    return conflicts;
  }
}
