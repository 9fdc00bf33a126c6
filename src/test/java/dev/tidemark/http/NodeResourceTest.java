package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertReached;
import static dev.tidemark.http.Requests.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.access.OpenConnections;
import dev.tidemark.access.Role;
import dev.tidemark.access.revocation.AdminActions;
import dev.tidemark.config.NodeSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.Storage;
import dev.tidemark.log.StorageWatch;
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
  void onlyAnOperatorDrainsAndResumes() {
    NodeResource others = resource(Role.USER, Role.PUBLISHER, Role.AUDITOR, Role.ADMIN);
    assertRefused(403, "not_allowed", others::drain);
    assertRefused(403, "not_allowed", others::resume);
    assertEquals(List.of(), done);
  }

  @Test
  void aDrainIsRecordedForThisNodeFirst() {
    assertReached(resource(Role.OPERATOR)::drain);
    assertEquals(List.of("record drain " + settings.nodeName(), "drain"), done);
  }

  @Test
  void anUndoneDrainIsRecordedToo() {
    assertReached(resource(Role.OPERATOR)::resume);
    assertEquals(List.of("record resume " + settings.nodeName(), "endDrain"), done);
  }

  @Test
  void aDrainThatCannotBeRecordedIsNotDone() {
    isRecordAway = true;
    assertThrows(IllegalStateException.class, resource(Role.OPERATOR)::drain);
    assertThrows(IllegalStateException.class, resource(Role.OPERATOR)::resume);
    assertEquals(List.of(), done);
  }

  @Test
  void onlyOperatorsReadTheStatus() {
    assertRefused(403, "not_allowed", resource(Role.USER, Role.PUBLISHER)::status);
    assertEquals("not_ready", resource(Role.AUDITOR).status().state());
    assertEquals("not_ready", resource(Role.OPERATOR).status().state());
    assertEquals("The node is starting.", resource(Role.ADMIN).status().reason());
  }

  @Test
  void theStatusTellsOfThisRunAndOfTheDatabase() {
    NodeResource resource = resource(Role.AUDITOR);
    resource.node.storage(Optional.empty());
    resource.node.revocationsRead(resource.node.outages());
    NodeResource.Status status = resource.status();
    assertEquals("ready", status.state());
    assertNull(status.reason());
    assertEquals(settings.nodeName(), status.node());
    assertEquals(Storage.SCHEMA_VERSION, status.schemaNeeded());
    assertEquals(30, status.schemaFound());
    assertEquals("e-1", status.epoch());
    assertEquals(2, status.connections());
    assertEquals(3, status.runningTurns());
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

          @Override
          public void endDrain() {
            done.add("endDrain");
            throw new Requests.ReachedException();
          }
        };
    resource.storageWatch =
        new StorageWatch() {
          @Override
          public Storage.Finding finding() {
            return new Storage.Finding(Optional.of(30), Optional.of("e-1"), Optional.empty());
          }
        };
    resource.turns = () -> 3;
    resource.connections =
        new OpenConnections() {
          @Override
          public List<OpenConnection> of(String tenant, Optional<String> principal) {
            throw new IllegalStateException("The status names nobody.");
          }

          @Override
          public int count() {
            return 2;
          }
        };
    return resource;
  }
}
