package dev.tidemark.turn;

import dev.tidemark.ops.PooledConnection;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Reads what agents are given. Small texts come with the start of their turn; large ones are read
 * when there is room for them, so that a writer that starts many turns at once does not hold all.
 */
@ApplicationScoped
class TurnInputs {
  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /**
   * The texts of a turn that has begun.
   *
   * @throws PersistenceException if the database cannot be asked; the turn is left to its lease
   */
  TurnTexts of(StartedTurn started) {
    return started.texts().orElseGet(() -> read(started));
  }

  private TurnTexts read(StartedTurn started) {
    try {
      return PooledConnection.transaction(
          dataSource, connection -> TurnQueueSql.texts(connection, started.turn().turnId));
    } catch (SQLException e) {
      throw new PersistenceException(e.getMessage(), e);
    }
  }
}
