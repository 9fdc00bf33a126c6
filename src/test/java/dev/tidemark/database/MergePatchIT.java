package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchIT {
  private static final Connection APP = SchemaDatabase.fresh().as("tidemark_app");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          {"a":"b"}         | {"a":"c"}                  | {"a":"c"}
          {"a":"b"}         | {"b":"c"}                  | {"a":"b","b":"c"}
          {"a":"b"}         | {"a":null}                 | {}
          {"a":"b","b":"c"} | {"a":null}                 | {"b":"c"}
          {"a":["b"]}       | {"a":"c"}                  | {"a":"c"}
          {"a":"c"}         | {"a":["b"]}                | {"a":["b"]}
          {"a":{"b":"c"}}   | {"a":{"b":"d","c":null}}   | {"a":{"b":"d"}}
          {"a":[{"b":"c"}]} | {"a":[1]}                  | {"a":[1]}
          ["a","b"]         | ["c","d"]                  | ["c","d"]
          {"a":"b"}         | ["c"]                      | ["c"]
          {"a":"foo"}       | null                       | null
          {"a":"foo"}       | "bar"                      | "bar"
          {"e":null}        | {"a":1}                    | {"e":null,"a":1}
          [1,2]             | {"a":"b","c":null}         | {"a":"b"}
          {}                | {"a":{"bb":{"ccc":null}}}  | {"a":{"bb":{}}}
          """)
  void aPatchChangesTheStateAsTheTableOfRfc7396Says(String target, String patch, String expected) {
    assertEquals(
        true,
        one(
            APP,
            "select tidemark.merge_patch(cast(? as jsonb), cast(? as jsonb)) = cast(? as jsonb)",
            target,
            patch,
            expected));
  }

  @Test
  void aStateThatIsNotThereYetIsMadeByItsFirstPatch() {
    assertEquals(
        true,
        one(
            APP,
            "select tidemark.merge_patch(null::jsonb, '{\"a\":1,\"b\":null}') = '{\"a\":1}'::jsonb"));
  }
}
