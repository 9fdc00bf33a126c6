package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Connection;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();

  private final Connection superuser = DATABASE.as("postgres");
  private TestLog log;

  @BeforeEach
  void aSessionOfFiveEventsThatIsRolledBackAfterwards() throws Exception {
    superuser.setAutoCommit(false);
    log = new TestLog(superuser, "s-1");
    for (int n = 1; n <= 5; n++) {
      log.append("broadcast", "{\"n\":" + n + "}");
    }
    assertNull(misfit());
  }

  @AfterEach
  void rollBack() throws Exception {
    superuser.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          3 | update tidemark.event set payload = '{\\"n\\": 3}' where cursor = 3
          1 | update tidemark.event set source = 'mallory' where cursor = 1
          5 | update tidemark.event set type = 'response' where cursor = 5
          2 | update tidemark.event set event_id = gen_random_uuid() where cursor = 2
          2 | update tidemark.event set turn_id = gen_random_uuid() where cursor = 2
          4 | update tidemark.event set created_at = created_at + interval '1 microsecond' where cursor = 4
          4 | update tidemark.event set epoch_number = 99 where cursor = 4
          4 | update tidemark.event set chain_hash = sha256('x') where cursor = 4
          2 | update tidemark.event set cursor = 5 - cursor where cursor in (2, 3)
          3 | delete from tidemark.event where cursor = 3
          1 | delete from tidemark.event where cursor = 1
          5 | delete from tidemark.event where cursor = 5
          1 | delete from tidemark.event
          3 | update tidemark.event set cursor = 9 where cursor = 3
          1 | update tidemark.session set session_id = 's-1' where false; update tidemark.epoch set epoch_id = gen_random_uuid()
          5 | update tidemark.session_head set chain_hash = sha256('x')
          """)
  void whatWasChangedIsFoundWhereItWasChanged(long cursor, String sql) {
    run(superuser, sql.replace("\\\"", "\""));

    assertEquals(cursor, misfit());
  }

  @Test
  void aSwappedPairOfPayloadsIsFoundAtTheFirstOfThem() {
    run(
        superuser,
        """
        update tidemark.event e set payload = other.payload
          from tidemark.event other
         where e.cursor in (3, 4) and other.cursor = 7 - e.cursor
        """);

    assertEquals(3L, misfit());
  }

  @Test
  void anInsertedEventIsFoundEvenWithTheRightHash() {
    insertCopy("6", "cursor = 5");
    assertEquals(6L, misfit());
  }

  @Test
  void anEventInsertedBetweenTwoIsFound() {
    run(superuser, "update tidemark.event set cursor = cursor + 1 where cursor >= 4");
    insertCopy("4", "cursor = 3");

    // Its own hash was made to fit, so the event after it no longer fits.
    assertEquals(5L, misfit());
    run(superuser, "update tidemark.event set chain_hash = sha256('x') where cursor = 4");
    assertEquals(4L, misfit());
  }

  @Test
  void anEventThatIsThereTwiceIsFound() {
    insertCopy("3", "cursor = 3");
    assertEquals(3L, misfit());
  }

  @Test
  void aSessionWithNoEventsVerifiesUnlessItsHeadSaysOtherwise() {
    var empty = new TestLog(superuser, "s-2");
    assertNull(one(superuser, "select audit.verify_session('s-2')"));

    run(
        superuser,
        "update tidemark.session_head set chain_hash = sha256('x') where session_key = ?",
        empty.key);
    assertEquals(0L, one(superuser, "select audit.verify_session('s-2')"));
  }

  @Test
  void aSessionThatDoesNotExistIsNotSaidToVerify() {
    assertEquals(
        "P0002",
        assertThrows(
                SqlFailure.class, () -> run(superuser, "select audit.verify_session('nobody')"))
            .state());
  }

  @Test
  void anEpochThatBeginsInTheMiddleKeepsTheChain() {
    run(superuser, "select tidemark.begin_epoch('test')");
    log.append("broadcast", "{}");

    assertNull(misfit());
  }

  @Test
  void theHashIsSha256OverTheFieldsEachWithItsLength() throws Exception {
    byte[] previous = HexFormat.of().parseHex("11".repeat(32));
    String payload = "{ \"content\": \"h\u00e9 \\u0000 \uD83C\uDF0A\" }";
    byte[] expected =
        sha256(
            List.of(
                previous,
                "6f1c0000-0000-4000-8000-0000000000ab".getBytes(UTF_8),
                "s-\u00fc".getBytes(UTF_8),
                "4203".getBytes(UTF_8),
                "0d9cb7a2-2b0e-4a3a-9a55-0123456789ab".getBytes(UTF_8),
                "token_stream".getBytes(UTF_8),
                "echo".getBytes(UTF_8),
                "".getBytes(UTF_8),
                "2026-11-22T10:16:00.120000Z".getBytes(UTF_8),
                payload.getBytes(UTF_8)));

    run(superuser, "set local timezone = 'Asia/Kathmandu'");
    byte[] actual =
        (byte[])
            one(
                superuser,
                """
                select tidemark.event_hash(?, '6F1C0000-0000-4000-8000-0000000000AB', ?, 4203,
                  '0d9cb7a2-2b0e-4a3a-9a55-0123456789ab', 'token_stream', 'echo', null,
                  '2026-11-22 12:16:00.12+02', ?)
                """,
                previous,
                "s-\u00fc",
                payload);

    assertArrayEquals(expected, actual);
  }

  @Test
  void aByteThatMovesFromOneFieldToTheNextChangesTheHash() {
    String hash =
        """
        select tidemark.event_hash(sha256(''), gen.id, 's', 1, gen.id, %s, null, now(), '{}')::text
          from (select cast('6f1c0000-0000-4000-8000-0000000000ab' as uuid) as id) gen
        """;

    assertNotEquals(
        one(superuser, hash.formatted("'ab', 'c'")), one(superuser, hash.formatted("'a', 'bc'")));
  }

  private Object misfit() {
    return one(superuser, "select audit.verify_session('s-1')");
  }

  private void insertCopy(String cursor, String where) {
    run(
        superuser,
        """
        insert into tidemark.event
               (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
        select e.session_key, %1$s, e.event_id, e.epoch_number, e.type, e.source, e.payload,
               e.created_at + interval '1 millisecond',
               tidemark.event_hash(e.chain_hash, p.epoch_id, 's-1', %1$s, e.event_id, e.type, e.source, null,
                                   e.created_at + interval '1 millisecond', e.payload::text)
          from tidemark.event e join tidemark.epoch p using (epoch_number)
         where %2$s
        """
            .formatted(cursor, where));
  }

  private static byte[] sha256(List<byte[]> fields) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (byte[] field : fields) {
      digest.update(ByteBuffer.allocate(4).putInt(field.length).array());
      digest.update(field);
    }
    return digest.digest();
  }
}
