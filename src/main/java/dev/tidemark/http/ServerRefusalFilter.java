package dev.tidemark.http;

import dev.tidemark.access.gate.DenialResponder;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;

/**
 * Gives a problem as the body of a REST request that the server refuses before {@link
 * ProblemMapper} is asked: one with a header or a path that cannot be parsed.
 */
@WebFilter(urlPatterns = "/api/*", asyncSupported = true)
public class ServerRefusalFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, new ProblemResponse(response));
  }

  /** Writes a problem where the server would write a page of HTML. */
  private static final class ProblemResponse extends HttpServletResponseWrapper {
    ProblemResponse(HttpServletResponse response) {
      super(response);
    }

    @Override
    public void sendError(int status) throws IOException {
      sendError(status, "");
    }

    /** The message is not for the caller: it may hold internal details. */
    @Override
    public void sendError(int status, String message) throws IOException {
      Status known = Status.fromStatusCode(status);
      if (known == null || isCommitted()) {
        super.sendError(status);
        return;
      }
      resetBuffer();
      DenialResponder.write(this, ProblemMapper.ofServer(known));
    }
  }
}
