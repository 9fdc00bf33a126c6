package dev.tidemark.wire;

/** The rights of a member of a session, as its owner grants them by REST. */
public record AccessGrant(boolean mayWrite) {
  private static final String ALLOWED = "'read' or 'write'";

  /**
   * Reads a grant, as strictly as a frame.
   *
   * @throws BadFrameException if the text is not a grant
   */
  public static AccessGrant read(String json) {
    FrameFields fields = FrameReader.readBody(json);
    return switch (fields.requiredText("access", 1, FrameDecoder.MAX_ID_LENGTH)) {
      case "read" -> new AccessGrant(false);
      case "write" -> new AccessGrant(true);
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
   * Refuses a text that is no principal's name.
   *
   * @throws BadFrameException if it is blank or too long, has control characters, or cannot be kept
   */
  public static void requirePrincipal(String name) {
    StorableText.require("principal", name, ErrorCode.INVALID_FRAME);
    if (!Name.isPrintable(name) || Name.isTooLong(name)) {
      throw new BadFrameException(
          ErrorCode.INVALID_FRAME,
          "A principal's name has 1 to "
              + Name.MAX_LENGTH
              + " characters, without control characters.");
    }
  }
}
