package dev.tidemark.testing.database;

/**
 * Makes the database refuse chosen rows, so that a transaction that has already taken its numbers
 * is rolled back. Closing removes the trigger.
 */
public final class RefusingTrigger implements AutoCloseable {
  private final TestDatabase database;
  private final String name = "refusing_" + Integer.toHexString(System.identityHashCode(this));
  private final String table;

  private RefusingTrigger(TestDatabase database, String table, String kind, String condition) {
    this.database = database;
    this.table = table;
    database.execute(
        """
        create function public.%1$s() returns trigger language plpgsql as $$
        begin
          raise exception 'refused by a test';
        end $$;
        create %2$s for each row when (%3$s) execute function public.%1$s();
        """
            .formatted(name, kind.formatted(name, table), condition));
  }

  /** Makes the insert of such a row fail. */
  public static RefusingTrigger onInsert(TestDatabase database, String table, String condition) {
    return new RefusingTrigger(database, table, "trigger %s before insert on %s", condition);
  }

  /** Lets the insert succeed, and makes the commit of its transaction fail. */
  public static RefusingTrigger atCommit(TestDatabase database, String table, String condition) {
    return new RefusingTrigger(
        database,
        table,
        "constraint trigger %s after insert on %s deferrable initially deferred",
        condition);
  }

  @Override
  public void close() {
    database.execute(
        // The table before its partitions, as statements lock them: the drop alone goes the other
        // way.
        "begin; lock table %2$s in access exclusive mode; drop trigger %1$s on %2$s; drop function public.%1$s(); commit"
            .formatted(name, table));
  }
}
