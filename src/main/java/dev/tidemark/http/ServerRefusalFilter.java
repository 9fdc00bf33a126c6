package dev.tidemark.http;

import dev.tidemark.access.gate.DenialResponder;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.wire.Problem;
import jakarta.inject.Inject;
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
 * Gives and records a problem for a REST request that the server refuses before {@link
 * ProblemMapper} is asked: one with a header or a path that cannot be parsed.
 */
@WebFilter(urlPatterns = "/api/*", asyncSupported = true)
public class ServerRefusalFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private transient Refusals refusals;

  @Inject
  void use(Refusals theRefusals) {
    refusals = theRefusals;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, new ProblemResponse(response, refusals));
  }

  /** Writes a problem where the server would write a page of HTML. */
  private static final class ProblemResponse extends HttpServletResponseWrapper {
    private final Refusals refusals;

    ProblemResponse(HttpServletResponse response, Refusals refusals) {
      super(response);
      this.refusals = refusals;
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
      Problem problem = ProblemMapper.ofServer(known);
      if (known.getFamily() == Status.Family.CLIENT_ERROR) {
        refusals.recordRequest(problem);
      }
      DenialResponder.write(this, problem);
    }
  }
}
