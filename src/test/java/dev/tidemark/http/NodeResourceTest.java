package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertReached;
import static dev.tidemark.http.Requests.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.access.Role;
import dev.tidemark.access.revocation.AdminActions;
import dev.tidemark.config.NodeSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Only an administrator may drain the node, and no drain goes unrecorded. */
final class NodeResourceTest {
  private final Settings settings = Requests.settings(NodeSettings.NAME.key(), "node-a");
  private final List<String> done = new ArrayList<>();
  private boolean isRecordAway;

  @Test
  void onlyAnAdministratorDrains() {
    assertRefused(403, "not_allowed", resource(Role.USER, Role.PUBLISHER, Role.AUDITOR)::drain);
    assertEquals(List.of(), done);
  }

  @Test
  void aDrainIsRecordedForThisNodeFirst() {
    assertReached(resource(Role.ADMIN)::drain);
    assertEquals(List.of("record drain " + settings.nodeName(), "drain"), done);
  }

  @Test
  void aDrainThatCannotBeRecordedIsNotDone() {
    isRecordAway = true;
    assertThrows(IllegalStateException.class, resource(Role.ADMIN)::drain);
    assertEquals(List.of(), done);
  }

  private NodeResource resource(Role... roles) {
    NodeResource resource = new NodeResource();
    resource.roleCheck = Requests.by("root", roles);
    resource.settings = settings;
    resource.adminActions =
        new AdminActions() {
          @Override
          public void record(String operation, String target, Optional<String> why) {
            if (isRecordAway) {
              throw new IllegalStateException("The database does not answer.");
            }
            done.add("record " + operation + " " + target + why.orElse(""));
          }
        };
    resource.node =
        new Node() {
          @Override
          public void drain() {
            done.add("drain");
            throw new Requests.ReachedException();
          }
        };
    return resource;
  }
}
