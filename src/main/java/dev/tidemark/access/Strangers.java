package dev.tidemark.access;

import dev.tidemark.ops.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.OptionalLong;

/** What is looked at before anybody is asked who they are, because to ask is what costs. */
@ApplicationScoped
class Strangers {
  private static final long FULL_FOR_SECONDS = 1;

  @Inject Settings settings;
  @Inject Admission admission;
  @Inject FailedAttempts failures;

  void check(Knock knock) throws DeniedException {
    if (BearerToken.isInAddress(knock.request())) {
      throw new DeniedException(
          HttpServletResponse.SC_BAD_REQUEST,
          "token_in_address",
          "A token does not belong into an address. Send it as a header: Authorization: Bearer.");
    }
    if (knock.isWriting() && Origin.isForeign(knock.request(), settings.allowedOrigins())) {
      throw new DeniedException(
          HttpServletResponse.SC_FORBIDDEN, "foreign_origin", "This origin may not connect.");
    }
    if (!knock.isBackchannelLogout()) {
      requireRoom(knock);
    }
  }

  /** Whether the address has too much open, or failed too often. */
  private void requireRoom(Knock knock) throws DeniedException {
    HttpServletRequest request = knock.request();
    Optional<String> full =
        knock.socket() ? admission.fullness(request.getRemoteAddr()) : Optional.empty();
    if (full.isPresent()) {
      throw DeniedException.tooMany("too_many_connections", full.get(), FULL_FOR_SECONDS);
    }
    OptionalLong wait =
        request.getUserPrincipal() == null
            ? failures.mustWait(request.getRemoteAddr())
            : OptionalLong.empty();
    if (wait.isPresent()) {
      throw DeniedException.tooMany(FailedAttempts.CODE, FailedAttempts.MESSAGE, wait.getAsLong());
    }
  }
}
