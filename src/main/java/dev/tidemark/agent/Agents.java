package dev.tidemark.agent;

import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.wire.Name;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.util.Optional;
import java.util.TreeMap;

/** The agents of this node, by id: every CDI bean that is an {@link Agent}. */
@ApplicationScoped
public class Agents {
  private final TreeMap<String, Agent> byId = new TreeMap<>();
  private String defaultId;
  private Settings settings;

  protected Agents() {}

  @Inject
  Agents(@Any Instance<Agent> agents, Settings settings) {
    for (Agent agent : agents) {
      if (Name.isTooLong(agent.id())) {
        throw new IllegalStateException(Name.tooLong("The agent id '" + agent.id() + "'"));
      }
      if (byId.putIfAbsent(agent.id(), agent) != null) {
        throw new IllegalStateException("Two agents have the id '" + agent.id() + "'.");
      }
    }
    defaultId = settings.get(TurnSettings.DEFAULT_AGENT);
    this.settings = settings;
  }

  /** Runs before the node's start is observed, which refuses the deployment. */
  void check(
      @Observes
          @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1)
          @Initialized(ApplicationScoped.class) Object event) {
    if (!byId.containsKey(defaultId)) {
      settings.refuse(
          TurnSettings.DEFAULT_AGENT,
          "must be an agent of this application: " + String.join(", ", byId.keySet()));
    }
  }

  public Optional<Agent> find(String agentId) {
    return Optional.ofNullable(byId.get(agentId));
  }

  /** The agent of a session whose creator named none. */
  public String defaultId() {
    return defaultId;
  }
}
