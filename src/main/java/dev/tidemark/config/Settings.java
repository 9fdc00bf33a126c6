package dev.tidemark.config;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * The settings as of the start of the application. Wrong ones fail the deployment: {@link
 * #refusal()} names them all at once.
 */
@ApplicationScoped
public class Settings {
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, String> changed = new LinkedHashMap<>();
  private final List<String> refused = new ArrayList<>();
  private String nodeName;
  private Optional<IdentityProvider> identityProvider = Optional.empty();

  /** Every setting, in the order of {@code docs/configuration.md}. */
  static List<Setting<?>> all() {
    return Stream.of(
            WireSettings.LIST,
            MemorySettings.LIST,
            DeliverySettings.LIST,
            SessionSettings.LIST,
            LogSettings.LIST,
            AccessSettings.LIST,
            RequestSettings.LIST,
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
    settings
        .refusal()
        .ifPresent(
            words -> {
              throw new IllegalArgumentException(words);
            });
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
    refused.addAll(new SettingNames(all()).unknown(keys(config), System.getenv().keySet()));
    read(key -> config.getOptionalValue(key, String.class));
  }

  /** The names of all properties, but for those that are made of the environment's variables. */
  private static Set<String> keys(Config config) {
    Set<String> keys = new TreeSet<>(System.getProperties().stringPropertyNames());
    for (ConfigSource source : config.getConfigSources()) {
      if (!source.getName().contains("Env")) {
        keys.addAll(source.getPropertyNames());
      }
    }
    return keys;
  }

  private void read(Function<String, Optional<String>> text) {
    for (Setting<?> setting : all()) {
      String value = text.apply(setting.key()).orElse("").strip();
      values.put(setting.key(), setting.defaultValue());
      try {
        values.put(setting.key(), setting.parse(value));
        if (!values.get(setting.key()).equals(setting.defaultValue())) {
          changed.put(setting.key(), value);
        }
      } catch (IllegalArgumentException e) {
        refused.add(e.getMessage());
      }
    }
    refused.addAll(OidcSettings.conflicts(key -> text.apply(key).orElse("")));
    refused.addAll(RetentionSettings.conflicts(this, NodeSettings.boundAddress()));
    refused.addAll(MemorySettings.conflicts(this, Runtime.getRuntime().maxMemory()));
    // The random part makes a restarted node a new owner: it must not renew the leases of its dead
    // predecessor.
    nodeName =
        get(NodeSettings.NAME)
                .or(() -> Optional.ofNullable(System.getProperty("jboss.node.name")))
                .orElse("node")
            + "/"
            + UUID.randomUUID().toString().substring(0, 8);
    if (refused.isEmpty()) {
      identityProvider = IdentityProvider.of(this);
    }
  }

  /**
   * Notes that a value is wrong for a reason that only the part that uses it knows. It has to be
   * noted before the start of the node is observed.
   */
  public void refuse(Setting<?> setting, String constraint) {
    refused.add(setting.key() + " is '" + get(setting) + "': " + constraint);
  }

  /** The words that refuse the deployment, one for each wrong setting; empty if none is wrong. */
  public Optional<String> refusal() {
    return refused.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", refused));
  }

  /** The settings that differ from their defaults, as they were written, in their order. */
  public Map<String, String> changed() {
    return Collections.unmodifiableMap(changed);
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
