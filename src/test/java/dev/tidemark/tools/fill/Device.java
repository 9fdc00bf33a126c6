package dev.tidemark.tools.fill;

import java.util.ArrayList;
import java.util.List;

/** A client of a session, which keeps its cursor between its connections. */
final class Device {
  private static final List<String> AGENTS =
      List.of("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (iPhone)", "tidemark-java/0.1");
  private static final long SECOND = 1_000_000;

  final String address;
  final String userAgent;

  /** The lag behind the log, in microseconds, of a device with a slow network. */
  final long lag;

  /** The last cursor that it was sent, -1 before the first connection. */
  long cursor = -1;

  String epoch;

  private Device(String address, String userAgent, long lag) {
    this.address = address;
    this.userAgent = userAgent;
    this.lag = lag;
  }

  static List<Device> someOf(SeededRandom random) {
    List<Device> devices = new ArrayList<>();
    int count = random.chance(0.4) ? 2 : 1;
    for (int i = 0; i < count; i++) {
      devices.add(
          new Device(
              "10."
                  + random.number(0, 40)
                  + "."
                  + random.number(0, 255)
                  + "."
                  + random.number(1, 254),
              random.oneOf(AGENTS),
              random.chance(0.1) ? random.between(20 * SECOND, 300 * SECOND) : 0));
    }
    return devices;
  }
}
