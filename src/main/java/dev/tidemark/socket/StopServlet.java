package dev.tidemark.socket;

import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServlet;

/**
 * Serves nothing, but holds up the stop of the web application until the node is drained: the
 * server destroys servlets before it closes the sockets. See {@code web.xml}.
 */
public class StopServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject transient ServerStop serverStop;

  @Override
  public void destroy() {
    serverStop.stop();
  }
}
