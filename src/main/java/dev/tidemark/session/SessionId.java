package dev.tidemark.session;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes unguessable ids: 144 random bits, in 24 characters that need no escaping anywhere. */
public final class SessionId {
  private static final SecureRandom RANDOM = new SecureRandom();

  private SessionId() {}

  public static String random() {
    byte[] bytes = new byte[18];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
