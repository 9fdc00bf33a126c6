package dev.tidemark.socket;

import dev.tidemark.access.caller.AuthenticatedPrincipal;
import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.ByteBuffer;
import org.jboss.logging.Logger;

/**
 * The socket's endpoint. Its callbacks only count, put aside and return, because the server goes on
 * reading while one runs. The partial handlers are used because the whole-message ones have no size
 * limit.
 */
@ServerEndpoint(value = "/ws", subprotocols = "tidemark.v1")
public class GatewayEndpoint {
  private static final Logger LOG = Logger.getLogger(GatewayEndpoint.class);

  @Inject Connections connections;

  private Connection connection;

  @OnOpen
  public void open(Session session) {
    connection = connections.open(session, (AuthenticatedPrincipal) session.getUserPrincipal());
  }

  @OnMessage
  public void text(String part, boolean last) {
    connection.heard();
    connection.inbound().received(part, last);
  }

  @OnMessage
  public void binary(ByteBuffer part, boolean last) {
    connection.heard();
    connection.inbound().receivedBinary(part.remaining(), last);
  }

  @OnMessage
  public void pong(PongMessage pong) {
    connection.heard();
    connection.inbound().receivedPong();
  }

  @OnClose
  public void close(CloseReason reason) {
    if (connection != null) { // null if the opening failed
      connections.closed(connection, reason.getCloseCode().getCode());
    }
  }

  @OnError
  public void error(Throwable failure) {
    LOG.debugf("TIDE0201 A socket failed, that of %s: %s", connection, failure.toString());
    if (connection != null) {
      connection.failed();
    }
  }
}
