package dev.tidemark.socket;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.record.AccessRecorder;
import dev.tidemark.access.record.SignIn;
import dev.tidemark.access.revocation.Revocations;
import dev.tidemark.access.token.TokenService;
import dev.tidemark.access.token.VerifiedToken;
import dev.tidemark.wire.Auth;
import dev.tidemark.wire.AuthOk;
import dev.tidemark.wire.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Prolongs a connection with a fresh token of the same caller. After a rejected token the
 * connection goes on until its current one expires; a lost role or a revocation ends it.
 */
@ApplicationScoped
class AuthHandler implements FrameHandler<Auth> {
  @Inject TokenService tokenService;
  @Inject Quotas quotas;
  @Inject Revocations revocations;
  @Inject AccessRecorder accessRecorder;

  @Override
  public boolean needsStorage() {
    return false;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Auth auth) {
    Caller caller = connection.caller();
    if (caller.authentication().expiresAt().isEmpty()) {
      throw new RefusedException(
          ErrorCode.AUTH_UNAVAILABLE,
          "These credentials do not expire: there is nothing to renew.");
    }
    quotas.requireJoin(caller); // a signature costs as much as a join
    return Optional.of(
        tokenService
            .verifyLater(auth.token())
            .thenApply(token -> () -> conclude(connection, token)));
  }

  private void conclude(Connection connection, VerifiedToken token) {
    Caller caller = connection.caller();
    if (!isSame(caller, token)) {
      throw new RefusedException(
          ErrorCode.WRONG_CALLER, "The token is somebody else's: connect anew with it.");
    }
    if (!token.roles().contains(Role.USER)) {
      throw new RefusedException(ErrorCode.ROLE_LOST, "The socket is for the role 'user'.");
    }
    Caller renewed =
        new Caller(
            caller.name(),
            token.roles(),
            caller.tenant(),
            caller.authentication().renewedBy(token.authentication()),
            caller.remoteAddress(),
            caller.userAgent());
    connection.renew(renewed);
    if (revocations.isRevoked(renewed)) { // checked last: a later revocation finds it here
      throw new RefusedException(ErrorCode.AUTH_REQUIRED, RevokedConnections.REVOKED);
    }
    accessRecorder.record(SignIn.of(renewed, SignIn.Way.BEARER, "auth"));
    connection.send(new AuthOk(connection.millisToExpiry().orElse(0)));
  }

  /** Whether the token is the caller's, also by name, which owns sessions. There is one issuer. */
  private static boolean isSame(Caller caller, VerifiedToken token) {
    return caller.authentication().subject().equals(Optional.of(token.subject()))
        && caller.tenant().equals(token.tenant())
        && caller.name().equals(token.name());
  }
}
