package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertReached;
import static dev.tidemark.http.Requests.body;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.revocation.BackchannelLogout;
import dev.tidemark.access.revocation.LogoutException;
import dev.tidemark.config.OidcSettings;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that hold a logout token, and the check of the quota before a form is read. */
final class BackchannelLogoutResourceTest {
  private static final int TOKEN_BYTES = 1_024;
  private static final int BYTES_BESIDE_THE_TOKEN = 1_024;

  private final List<String> calls = new ArrayList<>();
  private boolean isOverQuota;

  @ParameterizedTest
  @CsvSource({
    "logout_token=a.b.c,a.b.c",
    "state=1&logout_token=a.b.c&x,a.b.c",
    "logout_token=a%2Eb%3d,a.b=",
    "logout_token=,''",
    "logout_token=a&xlogout_token=b,a"
  })
  void theOneTokenOfAFormIsTakenAsItWasBeforeItWasEncoded(String form, String token) {
    assertReached(() -> resource().logout(body(form)));
    assertEquals(List.of("quota", "take " + token), calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.b.c",
        "logout_token",
        "token=a.b.c",
        "logout_token=a&logout_token=a",
        "logout_token=%zz"
      })
  void aFormWithoutExactlyOneTokenIsMalformed(String form) {
    assertReached(() -> resource().logout(body(form)));
    assertEquals(List.of("quota", "malformed"), calls);
  }

  @Test
  void bytesThatAreNoTextAreMalformedAndNotReplaced() {
    byte[] bytes = "logout_token=?".getBytes(UTF_8);
    bytes[bytes.length - 1] = (byte) 0xe4;
    assertReached(() -> resource().logout(new ByteArrayInputStream(bytes)));
    assertEquals(List.of("quota", "malformed"), calls);
  }

  @Test
  void aFormOfOneByteMoreThanATokenAndItsSurroundingsIsMalformed() {
    String token = "t".repeat(TOKEN_BYTES + BYTES_BESIDE_THE_TOKEN - "logout_token=".length());
    assertReached(() -> resource().logout(body("logout_token=" + token)));
    assertReached(() -> resource().logout(body("logout_token=" + token + "t")));
    assertEquals(List.of("quota", "take " + token, "quota", "malformed"), calls);
  }

  @Test
  void aSenderOverItsQuotaHasNothingRead() throws Exception {
    isOverQuota = true;
    InputStream form = body("logout_token=a.b.c");
    int unread = form.available();
    assertReached(() -> resource().logout(form));
    assertEquals(List.of("quota"), calls);
    assertEquals(unread, form.available());
  }

  private BackchannelLogoutResource resource() {
    BackchannelLogoutResource resource = new BackchannelLogoutResource();
    resource.settings =
        Requests.settings(OidcSettings.TOKEN_BYTES.key(), String.valueOf(TOKEN_BYTES));
    resource.logout =
        new BackchannelLogout() {
          @Override
          public void checkQuota() {
            calls.add("quota");
            if (isOverQuota) {
              throw new Requests.ReachedException();
            }
          }

          @Override
          public void take(String logoutToken) {
            calls.add("take " + logoutToken);
            throw new Requests.ReachedException();
          }

          @Override
          public LogoutException malformed(String message) {
            calls.add("malformed");
            throw new Requests.ReachedException();
          }
        };
    return resource;
  }
}
