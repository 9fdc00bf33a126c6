package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.CurrentCaller;
import dev.tidemark.access.Role;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** Who the caller is, and the way out. */
@Path("/")
@RequestScoped
public class MeResource {
  @Inject CurrentCaller current;
  @Context HttpServletRequest request;

  /** The caller's name and roles. */
  public record Me(String name, List<String> roles) {}

  @GET
  @Path("me")
  @Produces(MediaType.APPLICATION_JSON)
  public Me me() {
    Caller caller = current.get();
    return new Me(caller.name(), caller.roles().stream().map(Role::text).sorted().toList());
  }

  /** Ends the browser's login, and with it the sockets that came with its cookie. */
  @POST
  @Path("logout")
  public void logout() throws ServletException {
    request.logout();
    HttpSession session = request.getSession(false);
    if (session != null) {
      session.invalidate();
    }
  }
}
