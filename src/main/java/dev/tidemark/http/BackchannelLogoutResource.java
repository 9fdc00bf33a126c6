package dev.tidemark.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.access.revocation.BackchannelLogout;
import dev.tidemark.access.revocation.LogoutException;
import dev.tidemark.config.OidcSettings;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.InputStream;
import java.net.URLDecoder;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes the identity provider's notice that a login has ended. The protocol defines two responses:
 * 200, and 400 for any failure. A provider sends its notice once; 429 is for senders that are no
 * provider.
 */
@Path("backchannel-logout")
@RequestScoped
@WithoutStorage
public class BackchannelLogoutResource {
  private static final String TOKEN = "logout_token=";
  private static final int BYTES_BESIDE_THE_TOKEN = 1_024;

  @Inject BackchannelLogout logout;
  @Inject Settings settings;

  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Produces(MediaType.APPLICATION_JSON)
  public Response logout(InputStream form) {
    try {
      logout.checkQuota();
      logout.take(tokenOf(form));
      return respond(Status.OK.getStatusCode()).build();
    } catch (LogoutException e) {
      return ProblemMapper.response(respond(e.problem().status()), e.problem(), json(e));
    }
  }

  /** Adds the fields of RFC 6749, which the protocol borrows. */
  private static String json(LogoutException refusal) {
    return refusal
        .problem()
        .fields()
        .text("error", refusal.mayBeRepeated() ? "temporarily_unavailable" : "invalid_request")
        .text("error_description", refusal.getMessage())
        .end();
  }

  private String tokenOf(InputStream form) {
    try {
      String text =
          RequestBody.text(form, settings.get(OidcSettings.TOKEN_BYTES) + BYTES_BESIDE_THE_TOKEN);
      List<String> tokens =
          Stream.of(text.split("&", -1)).filter(pair -> pair.startsWith(TOKEN)).toList();
      if (tokens.size() == 1) {
        return URLDecoder.decode(tokens.get(0).substring(TOKEN.length()), UTF_8);
      }
    } catch (ProblemException | IllegalArgumentException e) {
      // too long, or no form
    }
    throw logout.malformed("Send one logout_token, in a form.");
  }

  private static Response.ResponseBuilder respond(int status) {
    return Response.status(status).header(HttpHeaders.CACHE_CONTROL, "no-store");
  }
}
