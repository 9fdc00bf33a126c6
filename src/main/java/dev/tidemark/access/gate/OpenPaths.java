package dev.tidemark.access.gate;

import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.SecurityConstraint;
import io.undertow.servlet.api.SecurityInfo.EmptyRoleSemantic;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The paths that {@code web.xml} opens without a login: the server makes no HTTP session there. */
final class OpenPaths {
  private static final String BELOW = "/*";

  private final Set<String> paths;
  private final Set<String> trees;

  OpenPaths(DeploymentInfo deployment) {
    Set<String> patterns =
        deployment.getSecurityConstraints().stream()
            .filter(OpenPaths::isOpen)
            .flatMap(constraint -> constraint.getWebResourceCollections().stream())
            .flatMap(resources -> resources.getUrlPatterns().stream())
            .collect(Collectors.toUnmodifiableSet());
    trees =
        patterns.stream()
            .filter(pattern -> pattern.endsWith(BELOW))
            .map(pattern -> pattern.substring(0, pattern.length() - BELOW.length()))
            .collect(Collectors.toUnmodifiableSet());
    paths =
        Stream.concat(patterns.stream(), trees.stream()).collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isOpen(SecurityConstraint constraint) {
    return constraint.getRolesAllowed().isEmpty()
        && constraint.getEmptyRoleSemantic() == EmptyRoleSemantic.PERMIT;
  }

  boolean contains(String path) {
    return paths.contains(path)
        || trees.stream()
            .anyMatch(tree -> path.startsWith(tree) && path.startsWith("/", tree.length()));
  }
}
