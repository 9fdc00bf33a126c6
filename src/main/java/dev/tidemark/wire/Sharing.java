package dev.tidemark.wire;

/** What a member of a session may do, as its owner says by REST. */
public record Sharing(boolean mayWrite) {
  private static final String ALLOWED = "'read' or 'write'";

  /**
   * Reads it, as strictly as a frame.
   *
   * @throws BadFrameException if it is not one
   */
  public static Sharing read(String json) {
    Fields fields = FrameReader.read(json);
    return switch (fields.requiredText("access", 1, FrameDecoder.MAX_ID_LENGTH)) {
      case "read" -> new Sharing(false);
      case "write" -> new Sharing(true);
      default ->
          throw new BadFrameException(
              ErrorCode.INVALID_FRAME,
              "The field 'access' is "
                  + fields.describe("access")
                  + "; it must be "
                  + ALLOWED
                  + ".");
    };
  }

  /**
   * Refuses what is no principal's name.
   *
   * @throws BadFrameException if it is longer than 128 characters or cannot be kept
   */
  public static void requirePrincipal(String name) {
    Storable.require("principal", name, ErrorCode.INVALID_FRAME);
    int length = name.codePointCount(0, name.length());
    if (name.isBlank() || length > FrameDecoder.MAX_ID_LENGTH) {
      throw new BadFrameException(
          ErrorCode.INVALID_FRAME,
          "A principal's name has 1 to " + FrameDecoder.MAX_ID_LENGTH + " characters.");
    }
  }
}
