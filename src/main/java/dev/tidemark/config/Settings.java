package dev.tidemark.config;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The settings as they were when the application started. A value that is not a number or outside
 * its limits refuses the deployment, and all such values are named at once.
 */
@ApplicationScoped
public class Settings {
  static final String NODE_NAME = "tidemark.node.name";
  static final String DEFAULT_AGENT = "tidemark.turn.default-agent";
  static final String ORIGINS = "tidemark.access.origins";
  static final String HISTORY_END = "tidemark.retention.history-end";
  static final String LOGIN_SCOPE = "tidemark.oidc.scope";

  private Map<Setting, Long> values;
  private String nodeName;
  private String defaultAgent;
  private Set<String> allowedOrigins;
  private HistoryExpiry historyExpiry;
  private Optional<OidcSettings> identityProvider;
  private Optional<String> loginScope;

  @PostConstruct
  void read() {
    Config config = ConfigProvider.getConfig();
    values = parse(key -> config.getOptionalValue(key, String.class));
    // The boot's own part makes a restarted node a new owner: it must not renew the leases of its
    // dead predecessor.
    nodeName =
        config.getOptionalValue(NODE_NAME, String.class).or(Settings::hostName).orElse("node")
            + "/"
            + UUID.randomUUID().toString().substring(0, 8);
    defaultAgent = config.getOptionalValue(DEFAULT_AGENT, String.class).orElse("echo");
    allowedOrigins = Origins.parse(ORIGINS, config.getOptionalValue(ORIGINS, String.class));
    historyExpiry =
        HistoryExpiry.parse(HISTORY_END, config.getOptionalValue(HISTORY_END, String.class));
    loginScope = config.getOptionalValue(LOGIN_SCOPE, String.class);
    identityProvider = OidcSettings.parse(key -> config.getOptionalValue(key, String.class));
  }

  /**
   * Reads the settings while the application is being deployed, so that a bad one stops the
   * deployment.
   */
  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    nodeName();
  }

  /**
   * Reads all settings.
   *
   * @param text the value of a key, if it has one
   * @throws IllegalArgumentException that names all wrong values
   */
  static Map<Setting, Long> parse(Function<String, Optional<String>> text) {
    Map<Setting, Long> values = new EnumMap<>(Setting.class);
    List<String> refused = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      try {
        values.put(
            setting, parse(setting, text.apply(setting.key()).map(String::strip).orElse("")));
      } catch (IllegalArgumentException e) {
        refused.add(e.getMessage());
      }
    }
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", refused));
    }
    return values;
  }

  /**
   * @throws IllegalArgumentException with the key, the value and what is allowed
   */
  static long parse(Setting setting, String text) {
    if (text.isEmpty()) {
      return setting.defaultValue();
    }
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(refusal(setting, text), e);
    }
    if (value < setting.min() || value > setting.max()) {
      throw new IllegalArgumentException(refusal(setting, text));
    }
    return value;
  }

  /**
   * A setting for what the server asks before there is an application. A wrong value counts as none
   * here: it refuses the deployment a moment later, together with all others.
   */
  public static Duration duration(Setting setting, Config config) {
    try {
      String text = config.getOptionalValue(setting.key(), String.class).orElse("");
      return Duration.ofMillis(parse(setting, text.strip()));
    } catch (IllegalArgumentException e) {
      return Duration.ofMillis(setting.defaultValue());
    }
  }

  private static String refusal(Setting setting, String text) {
    return "%s is '%s': must be a whole number of %s from %d to %d"
        .formatted(setting.key(), text, setting.unit(), setting.min(), setting.max());
  }

  private static Optional<String> hostName() {
    return Optional.ofNullable(System.getProperty("jboss.node.name"));
  }

  public long number(Setting setting) {
    return values.get(setting);
  }

  public int count(Setting setting) {
    return Math.toIntExact(values.get(setting));
  }

  public Duration duration(Setting setting) {
    return Duration.ofMillis(values.get(setting));
  }

  /** This run of this node: its name and a part that is new at every start. */
  public String nodeName() {
    return nodeName;
  }

  public String defaultAgent() {
    return defaultAgent;
  }

  /** What the purge does with a day at the end of its history. */
  public HistoryExpiry historyEnd() {
    return historyExpiry;
  }

  /** What a browser's login asks the provider for, besides {@code openid}. */
  public Optional<String> loginScope() {
    return loginScope;
  }

  /** Whose tokens are accepted; nothing if nobody's are. */
  public Optional<OidcSettings> identityProvider() {
    return identityProvider;
  }

  /**
   * Origins beside the gateway's own from which a browser may connect, such as {@code
   * https://app.example.com}.
   */
  public Set<String> allowedOrigins() {
    return allowedOrigins;
  }
}
