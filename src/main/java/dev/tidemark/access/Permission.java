package dev.tidemark.access;

import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Whether somebody who is known may pass the {@link Gate} now. */
@ApplicationScoped
class Permission {
  @Inject Revocations revocations;
  @Inject Node node;

  void check(Knock knock, Caller caller) throws DeniedException {
    if (node.isUnawareOfRevocations()) {
      throw DeniedException.forNow(node.refusal().orElse("Come back in a moment."));
    }
    if (revocations.isRevoked(caller)) {
      throw DeniedException.unknown("These credentials were revoked. Log in anew.");
    }
    if (caller.roles().isEmpty()) {
      throw DeniedException.forbidden("You have none of the roles that this is for.");
    }
    if (knock.socket()) {
      checkSocket(knock, caller);
    }
  }

  private void checkSocket(Knock knock, Caller caller) throws DeniedException {
    if (!caller.is(Role.USER)) {
      throw DeniedException.forbidden("The socket is for the role 'user'.");
    }
    if (node.refusal().isPresent()) {
      throw DeniedException.forNow(node.refusal().get());
    }
    if (!"websocket".equalsIgnoreCase(knock.request().getHeader("Upgrade"))) {
      throw new DeniedException(
          Denials.UPGRADE_REQUIRED,
          "upgrade_required",
          "This is the address of a WebSocket: connect with ws:// or wss://.");
    }
  }
}
