package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.system.ReverseProxy.Kind;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file of {@code docs/proxy/} with the addresses and paths of a test. Each change has to be of
 * something that is in the file.
 *
 * @param directory where the file is written, and all that the program writes
 * @param plainPort the port without TLS
 * @param port the port with TLS
 */
record ProxyFile(
    Path directory, int plainPort, int port, WildFlyServer first, WildFlyServer second) {
  private static final String HTTPD_MODULES = "/usr/lib/apache2/modules";

  /**
   * Writes it.
   *
   * @param more further changes
   * @return the arguments with which the program takes it, and stays in the foreground
   */
  List<String> write(Kind kind, Map<String, String> more) throws IOException {
    Map<String, String> changes = new LinkedHashMap<>(more);
    changes.putAll(
        switch (kind) {
          case NGINX -> nginx();
          case HAPROXY -> haproxy();
          case HTTPD -> httpd();
        });
    String text = Files.readString(Path.of("docs/proxy", kind.file));
    for (Map.Entry<String, String> change : changes.entrySet()) {
      assertTrue(text.contains(change.getKey()), kind.file + " has no " + change.getKey());
      text = text.replace(change.getKey(), change.getValue());
    }
    Path file = Files.writeString(directory.resolve(kind.file), text);
    String at = directory.toString();
    return switch (kind) {
      case NGINX -> List.of("-p", at, "-c", nginxMain(file).toString());
      case HAPROXY -> List.of("-db", "-f", file.toString());
      case HTTPD -> List.of("-D", "FOREGROUND", "-d", at, "-f", httpdMain(file).toString());
    };
  }

  private Map<String, String> nginx() {
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put("10.0.0.11:8080", "127.0.0.1:" + first.httpPort());
    changes.put("10.0.0.12:8080", "127.0.0.1:" + second.httpPort());
    changes.put("listen 80;", "listen 127.0.0.1:" + plainPort + ";");
    changes.put("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl");
    changes.put("/etc/ssl/tidemark/", directory + "/");
    changes.put("/var/log/nginx/", directory + "/");
    return changes;
  }

  private Map<String, String> haproxy() {
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put(
        "10.0.0.11:8080", "127.0.0.1:" + first.httpPort() + " port " + first.managementPort());
    changes.put(
        "10.0.0.12:8080", "127.0.0.1:" + second.httpPort() + " port " + second.managementPort());
    changes.put("bind :80", "bind 127.0.0.1:" + plainPort);
    changes.put("bind :443", "bind 127.0.0.1:" + port);
    changes.put("/etc/ssl/tidemark/", directory + "/");
    changes.put("log /dev/log local0", "log stdout format raw local0");
    return changes;
  }

  private Map<String, String> httpd() {
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put("10.0.0.11:8080", "127.0.0.1:" + first.httpPort());
    changes.put("10.0.0.12:8080", "127.0.0.1:" + second.httpPort());
    changes.put("<VirtualHost *:80>", "<VirtualHost 127.0.0.1:" + plainPort + ">");
    changes.put("<VirtualHost *:443>", "<VirtualHost 127.0.0.1:" + port + ">");
    changes.put("/etc/ssl/tidemark/", directory + "/");
    changes.put("/var/log/apache2/", directory + "/");
    return changes;
  }

  /** What Debian's own nginx.conf does around a file of conf.d/, in this directory. */
  private Path nginxMain(Path file) throws IOException {
    return Files.writeString(
        directory.resolve("main.conf"),
        """
        daemon off;
        pid nginx.pid;
        error_log stderr;
        events {}
        http {
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          include %s;
        }
        """
            .formatted(file));
  }

  /**
   * What Debian's own apache2.conf does around a site: its modules, and those that the site names.
   */
  private Path httpdMain(Path file) throws IOException {
    Matcher named = Pattern.compile("a2enmod (.+)").matcher(Files.readString(file));
    assertTrue(named.find(), "the modules are named");
    String modules =
        Stream.concat(
                Stream.of("mpm_event", "authz_core", "reqtimeout", "slotmem_shm"),
                Stream.of(named.group(1).split(" ", -1)))
            .map(name -> "LoadModule %1$s_module %2$s/mod_%1$s.so\n".formatted(name, HTTPD_MODULES))
            .collect(Collectors.joining());
    return Files.writeString(
        directory.resolve("main.conf"),
        modules
            + """
            DefaultRuntimeDir .
            PidFile httpd.pid
            ErrorLog /dev/stderr
            # For its children, where it is started by root.
            User #65534
            Group #65534
            Listen 127.0.0.1:%d
            Listen 127.0.0.1:%d
            <Directory />
              Require all denied
            </Directory>
            Include %s
            """
                .formatted(plainPort, port, file));
  }
}
