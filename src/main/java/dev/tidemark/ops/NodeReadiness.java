package dev.tidemark.ops;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Tells the load balancer whether this node takes clients: {@code /health/ready} on the management
 * port, check {@code tidemark}.
 */
@Readiness
@ApplicationScoped
public class NodeReadiness implements HealthCheck {
  @Inject Node node;

  @Override
  public HealthCheckResponse call() {
    Optional<NotReady> refusal = node.refusal();
    var response = HealthCheckResponse.named("tidemark").status(refusal.isEmpty());
    refusal.ifPresent(notReady -> response.withData("reason", notReady.reason()));
    return response.build();
  }
}
