package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.container.TidemarkArchive;
import jakarta.annotation.Resource;
import jakarta.transaction.UserTransaction;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ArquillianExtension.class)
class DeploymentIT {

  @Resource(lookup = "java:jboss/UserTransaction")
  private UserTransaction transaction;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  private DataSource datasource;

  @Resource(lookup = "java:jboss/datasources/tidemark-listen")
  private DataSource listening;

  @Deployment
  static WebArchive application() {
    return TidemarkArchive.with(DeploymentIT.class);
  }

  @Test
  void theDatasourceIsTheApplicationsRoleInAContainerTransaction() throws Exception {
    transaction.begin();
    try (Connection connection = datasource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet user = statement.executeQuery("select current_user")) {
      user.next();
      assertEquals("tidemark_app", user.getString(1));
    } finally {
      transaction.rollback();
    }
  }

  @Test
  void theListeningDatasourceIsAnotherPool() throws Exception {
    try (Connection connection = listening.getConnection();
        Statement statement = connection.createStatement();
        ResultSet name = statement.executeQuery("show application_name")) {
      name.next();
      assertEquals("tidemark-listen", name.getString(1));
    }
  }
}
