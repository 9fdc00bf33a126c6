package dev.tidemark.access.record;

import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.session.Client;
import dev.tidemark.wire.Problem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A refusal by the gateway, for the record; holds no credential and no payload.
 *
 * @param operation the refused operation: a frame's type, {@code handshake}, {@code request};
 *     {@code frame} if it could not be read; {@code connection} if the gateway ended the connection
 * @param code the code sent to the requester; {@code message} is its explanation
 * @param httpStatus the status of a refused handshake or request
 * @param closeCode the close code, if the connection was closed
 * @param sessionId the session that was requested or joined
 */
public record Refusal(
    Requester requester,
    String operation,
    String code,
    String message,
    OptionalInt httpStatus,
    OptionalInt closeCode,
    Optional<String> sessionId)
    implements Tallied<Refusal> {
  public Refusal {
    sessionId = Recorded.text(sessionId);
  }

  private static final String OF_OWNER =
      "More different refusals of one requester than are kept apart; the row tells only how many.";

  private static final String OF_ANYBODY =
      "From more requesters than are kept apart; the row tells only how many.";

  /**
   * The requester, as far as known.
   *
   * @param principal the caller's name; empty before authentication
   * @param remoteAddress empty if only counted
   * @param connectionId empty before there is a connection
   */
  public record Requester(
      Optional<String> principal,
      Optional<String> tenant,
      Optional<String> remoteAddress,
      Optional<String> userAgent,
      Optional<UUID> connectionId) {
    public Requester {
      principal = Recorded.text(principal);
      tenant = Recorded.text(tenant);
      remoteAddress = Recorded.text(remoteAddress);
      userAgent = Recorded.text(userAgent);
    }

    /** The requester of an HTTP request, as far as already known; verifies nothing. */
    public static Requester of(CurrentCaller current) {
      return new Requester(
          current.known().map(Caller::name),
          current.known().map(Caller::tenant),
          Optional.of(current.remoteAddress()),
          current.userAgent(),
          Optional.empty());
    }

    public static Requester of(Client client) {
      return new Requester(
          Optional.of(client.principal()),
          Optional.of(client.tenant()),
          Optional.of(client.remoteAddress()),
          client.userAgent(),
          Optional.of(client.connectionId()));
    }
  }

  /** A refusal by HTTP, before or without a socket. */
  public static Refusal ofRequest(Requester requester, String operation, Problem problem) {
    return new Refusal(
        requester,
        operation,
        problem.code(),
        problem.message(),
        OptionalInt.of(problem.status()),
        OptionalInt.empty(),
        Optional.empty());
  }

  @Override
  public Object key() {
    return new Kind(
        requester.principal(),
        requester.tenant(),
        requester.remoteAddress(),
        operation,
        code,
        httpStatus,
        closeCode,
        sessionId,
        message.equals(OF_OWNER));
  }

  @Override
  public boolean isOfPrincipal() {
    return requester.principal().isPresent();
  }

  @Override
  public Object owner() {
    return isOfPrincipal()
        ? List.of(requester.principal(), requester.tenant())
        : requester.remoteAddress();
  }

  @Override
  public Refusal ofOwner() {
    Optional<String> address = isOfPrincipal() ? Optional.empty() : requester.remoteAddress();
    return counted(requester.principal(), requester.tenant(), address, OF_OWNER);
  }

  @Override
  public Optional<Refusal> ofAnybody() {
    return Optional.of(counted(Optional.empty(), Optional.empty(), Optional.empty(), OF_ANYBODY));
  }

  private Refusal counted(
      Optional<String> principal, Optional<String> tenant, Optional<String> address, String why) {
    return new Refusal(
        new Requester(principal, tenant, address, Optional.empty(), Optional.empty()),
        operation,
        code,
        why,
        httpStatus,
        closeCode,
        Optional.empty());
  }

  /** The properties that refusals share if they are counted as one. */
  private record Kind(
      Optional<String> principal,
      Optional<String> tenant,
      Optional<String> remoteAddress,
      String operation,
      String code,
      OptionalInt httpStatus,
      OptionalInt closeCode,
      Optional<String> sessionId,
      boolean isOnlyCounted) {}
}
