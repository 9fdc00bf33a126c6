package dev.tidemark.access.gate;

import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.SecurityConstraint;
import io.undertow.servlet.api.SecurityInfo.EmptyRoleSemantic;
import java.util.Set;
import java.util.stream.Collectors;

/** The paths that {@code web.xml} opens without a login: the server makes no HTTP session there. */
final class OpenPaths {
  private static final String BELOW = "/*";

  private final Set<String> patterns;

  OpenPaths(DeploymentInfo deployment) {
    patterns =
        deployment.getSecurityConstraints().stream()
            .filter(OpenPaths::isOpen)
            .flatMap(constraint -> constraint.getWebResourceCollections().stream())
            .flatMap(paths -> paths.getUrlPatterns().stream())
            .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isOpen(SecurityConstraint constraint) {
    return constraint.getRolesAllowed().isEmpty()
        && constraint.getEmptyRoleSemantic() == EmptyRoleSemantic.PERMIT;
  }

  boolean contains(String path) {
    return patterns.contains(path)
        || patterns.stream()
            .filter(pattern -> pattern.endsWith(BELOW))
            .map(pattern -> pattern.substring(0, pattern.length() - BELOW.length()))
            .anyMatch(below -> path.equals(below) || path.startsWith(below + "/"));
  }
}
