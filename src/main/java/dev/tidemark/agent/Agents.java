package dev.tidemark.agent;

import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.wire.Name;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The agents of this node, by id: every CDI bean that is an {@link Agent}. */
@ApplicationScoped
public class Agents {
  private final Map<String, Agent> byId = new TreeMap<>();
  private String defaultId;

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
  }

  public Optional<Agent> find(String agentId) {
    return Optional.ofNullable(byId.get(agentId));
  }

  /** The agent of a session whose creator named none. */
  public String defaultId() {
    return defaultId;
  }
}
