package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.login.LoginSession;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.util.List;

/** Tells callers who they are, and signs them out. */
@Path("/")
@RequestScoped
@WithoutStorage
public class MeResource {
  @Inject CurrentCaller current;
  @Inject LoginSession login;

  /** The caller's name and roles. */
  public record Me(String name, List<String> roles) {}

  @GET
  @Path("me")
  @Produces(MediaType.APPLICATION_JSON)
  public Me me() {
    Caller caller = current.get();
    return new Me(caller.name(), caller.roles().stream().map(Role::text).sorted().toList());
  }

  /** The address where the browser logs out at its identity provider too. */
  public record LoggedOut(URI location) {}

  /**
   * Ends the browser's login, and with it the sockets that came with its cookie. Responds 204 if
   * nobody else has to be told.
   */
  @POST
  @Path("logout")
  @Produces(MediaType.APPLICATION_JSON)
  public LoggedOut logout() throws ServletException {
    return login.end().map(LoggedOut::new).orElse(null);
  }
}
