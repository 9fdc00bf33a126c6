package dev.tidemark.config;

/** The headers in which the proxies before this server tell of the client. */
public enum ProxyHeaders {
  /** {@code X-Forwarded-For}, {@code X-Forwarded-Proto}, {@code X-Forwarded-Host}. */
  X_FORWARDED("x-forwarded"),
  /** {@code Forwarded} (RFC 7239). */
  FORWARDED("forwarded");

  private final String text;

  ProxyHeaders(String text) {
    this.text = text;
  }

  static ProxyHeaders parse(String key, String text) {
    for (ProxyHeaders headers : values()) {
      if (headers.text.equalsIgnoreCase(text)) {
        return headers;
      }
    }
    throw new IllegalArgumentException(
        "%s is '%s': must be x-forwarded or forwarded".formatted(key, text));
  }

  @Override
  public String toString() {
    return text;
  }
}
