package dev.tidemark.config;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The settings as of the start of the application. A wrong value fails the deployment, and the
 * message names all wrong values at once.
 */
@ApplicationScoped
public class Settings {
  private Map<String, Object> values;
  private String nodeName;
  private Optional<IdentityProvider> identityProvider;

  /** Every setting, in the order of {@code docs/configuration.md}. */
  static List<Setting<?>> all() {
    return Stream.of(
            WireSettings.LIST,
            DeliverySettings.LIST,
            SessionSettings.LIST,
            LogSettings.LIST,
            AccessSettings.LIST,
            OidcSettings.LIST,
            TurnSettings.LIST,
            RetentionSettings.LIST,
            NodeSettings.LIST)
        .flatMap(list -> list.all().stream())
        .toList();
  }

  /**
   * Reads settings without a container.
   *
   * @param text gives the value of a key, if it has one
   * @throws IllegalArgumentException if values are wrong; the message names them all
   */
  public static Settings of(Function<String, Optional<String>> text) {
    Settings settings = new Settings();
    settings.read(text);
    return settings;
  }

  /**
   * Reads a setting for code that runs before the application. A wrong value counts as none here:
   * it fails the deployment a moment later, together with all others.
   */
  public static <T> T beforeStart(Setting<T> setting, Config config) {
    try {
      return setting.parse(config.getOptionalValue(setting.key(), String.class).orElse(""));
    } catch (IllegalArgumentException e) {
      return setting.defaultValue();
    }
  }

  @PostConstruct
  void read() {
    Config config = ConfigProvider.getConfig();
    read(key -> config.getOptionalValue(key, String.class));
  }

  /** Reads the settings while the application is deployed: a wrong one stops the deployment. */
  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    nodeName();
  }

  private void read(Function<String, Optional<String>> text) {
    Map<String, Object> read = new HashMap<>();
    List<String> refused = new ArrayList<>();
    for (Setting<?> setting : all()) {
      try {
        read.put(setting.key(), setting.parse(text.apply(setting.key()).orElse("")));
      } catch (IllegalArgumentException e) {
        refused.add(e.getMessage());
      }
    }
    refused.addAll(OidcSettings.conflicts(key -> text.apply(key).orElse("")));
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", refused));
    }
    values = Map.copyOf(read);
    // The random part makes a restarted node a new owner: it must not renew the leases of its dead
    // predecessor.
    nodeName =
        get(NodeSettings.NAME)
                .or(() -> Optional.ofNullable(System.getProperty("jboss.node.name")))
                .orElse("node")
            + "/"
            + UUID.randomUUID().toString().substring(0, 8);
    identityProvider = IdentityProvider.of(this);
  }

  /** The value that the operator set, or the default. */
  @SuppressWarnings("unchecked") // parse made the value, so it has the setting's type
  public <T> T get(Setting<T> setting) {
    return (T) values.get(setting.key());
  }

  /** The name of this run of the node: the node's name and a part that is new at every start. */
  public String nodeName() {
    return nodeName;
  }

  /** The provider whose tokens are accepted; empty if none are. */
  public Optional<IdentityProvider> identityProvider() {
    return identityProvider;
  }
}
