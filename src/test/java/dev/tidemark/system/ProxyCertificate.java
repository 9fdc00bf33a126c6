package dev.tidemark.system;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tidemark.tools.run.Command;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of this machine for a proxy in a test, made by the JDK's keytool. */
final class ProxyCertificate {
  private static final char[] PASSWORD = "for-a-test".toCharArray();

  private final KeyStore keys;

  private ProxyCertificate(KeyStore keys) {
    this.keys = keys;
  }

  static ProxyCertificate makeIn(Path directory) throws Exception {
    Path file = directory.resolve("certificate.p12");
    Command.within(Duration.ofMinutes(1))
        .run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD),
                "-alias",
                "proxy",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=gateway.example.com",
                "-ext",
                "san=ip:127.0.0.1"));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    ProxyCertificate certificate = new ProxyCertificate(keys);
    String chain = pem("CERTIFICATE", keys.getCertificate("proxy").getEncoded());
    String key = pem("PRIVATE KEY", keys.getKey("proxy", PASSWORD).getEncoded());
    Files.writeString(directory.resolve("fullchain.pem"), chain);
    Files.writeString(directory.resolve("privkey.pem"), key);
    Files.writeString(directory.resolve("haproxy.pem"), chain + key);
    return certificate;
  }

  /** The trust of a client that knows this certificate. */
  SSLContext trust() throws Exception {
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("proxy", keys.getCertificate("proxy"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(known);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static String pem(String what, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, text);
  }
}
