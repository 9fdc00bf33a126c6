package dev.tidemark.testing.container;

import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.Ports;
import org.jboss.arquillian.core.api.annotation.Observes;
import org.jboss.arquillian.core.api.event.ManagerStarted;
import org.jboss.arquillian.core.api.event.ManagerStopping;

/**
 * The database and the ports of the server that Arquillian starts: set up before {@code
 * arquillian.xml} is read, and gone after the last test.
 */
public final class ContainerDatabase {

  private static final String DATABASE = "tidemark";
  private static final int BEFORE_THE_FILE_IS_READ = 100;
  private static final int AFTER_THE_SERVER_STOPPED = -100;

  private DevelopmentDatabase database;

  /** Starts the database, and sets the system properties that the file names. */
  public void start(@Observes(precedence = BEFORE_THE_FILE_IS_READ) ManagerStarted event) {
    database = DevelopmentDatabase.startFresh("container-database");
    database.createDatabase(DATABASE);
    DatabaseLogin login = database.app(DATABASE);
    int managementPort = Ports.free();
    System.setProperty("tidemark.server", Directories.server().toString());
    System.setProperty("tidemark.container.base", Directories.forTest("container").toString());
    System.setProperty("tidemark.container.management-port", String.valueOf(managementPort));
    System.setProperty(
        "tidemark.container.arguments",
        String.join(
            " ",
            "-Xmx768m",
            Gateway.QUICK_START,
            "-Djboss.http.port=" + Ports.free(),
            "-Djboss.https.port=" + Ports.free(),
            "-Djboss.management.http.port=" + managementPort,
            // WildFly resolves env.X from a system property first.
            "-Denv.TIDEMARK_DB_URL=" + login.url(),
            "-Denv.TIDEMARK_DB_USER=" + login.user(),
            "-Denv.TIDEMARK_DB_PASSWORD=" + login.password(),
            "-Dtidemark.security-domain=tidemark-development"));
  }

  public void stop(@Observes(precedence = AFTER_THE_SERVER_STOPPED) ManagerStopping event) {
    database.close();
  }
}
