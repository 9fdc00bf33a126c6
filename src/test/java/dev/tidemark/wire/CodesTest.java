package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of codes, written out once more by hand: a changed number or name breaks clients. */
final class CodesTest {
  @Test
  void everyErrorCodeHasItsNameItsCloseAndItsNextStep() {
    assertEquals(
        """
        bad_json
        invalid_frame
        unknown_frame
        binary_not_supported
        invalid_since
        invalid_session_id
        invalid_message
        no_such_session
        unknown_agent
        agent_mismatch
        not_joined
        no_running_turn
        payload_too_large 1009 do_not_retry
        too_many_bad_frames 4028 do_not_retry
        too_many_connections 4029 wait_then_retry
        too_many_joins 4029 wait_then_retry
        too_many_messages wait_then_retry
        too_many_turns wait_then_retry
        too_many_aborts wait_then_retry
        too_many_sessions do_not_retry
        too_fast 1013 wait_then_retry
        too_slow 1013 wait_then_retry
        join_timeout 4002 wait_then_retry
        silent 4002 wait_then_retry
        restarting 1012 wait_then_retry
        unavailable wait_then_retry
        internal
        protocol_mismatch upgrade_client
        auth_required 4001 reauthenticate
        auth_expired 4001 reauthenticate
        logged_out 4001 reauthenticate
        auth_unavailable
        malformed_token reauthenticate
        wrong_token_type reauthenticate
        bad_signature reauthenticate
        wrong_issuer reauthenticate
        wrong_audience reauthenticate
        token_expired reauthenticate
        token_not_yet_valid reauthenticate
        wrong_caller reauthenticate
        name_too_long do_not_retry
        keys_unavailable wait_then_retry
        not_allowed do_not_retry
        no_longer_member 4003 do_not_retry
        role_lost 4003 do_not_retry
        """,
        Arrays.stream(ErrorCode.values())
            .map(CodesTest::row)
            .collect(Collectors.joining("\n", "", "\n")));
  }

  @Test
  void aCloseAndTheErrorBeforeItGiveTheSameAdvice() {
    for (ErrorCode code : ErrorCode.values()) {
      code.closeCode()
          .ifPresent(
              number ->
                  assertEquals(
                      code.nextStep().orElseThrow() == NextStep.WAIT_THEN_RETRY,
                      CloseCode.comeBack(number),
                      code.wireName()));
    }
  }

  @Test
  void comeBackAndStopShareNoNumber() {
    for (int code : new int[] {1001, 1011, 1012, 1013, 4002, 4029}) {
      assertTrue(CloseCode.comeBack(code), () -> "come back after " + code);
    }
    for (int code : new int[] {1000, 1009, 4001, 4003, 4028}) {
      assertFalse(CloseCode.comeBack(code), () -> "stop after " + code);
    }
  }

  @Test
  void aCutCableAndAnUnknownCloseMeanComeBack() {
    assertTrue(CloseCode.comeBack(1005));
    assertTrue(CloseCode.comeBack(1006));
    assertTrue(CloseCode.comeBack(1014));
    assertTrue(CloseCode.comeBack(4999));
  }

  private static String row(ErrorCode code) {
    StringBuilder row = new StringBuilder(code.wireName());
    code.closeCode().ifPresent(number -> row.append(' ').append(number));
    code.nextStep().ifPresent(step -> row.append(' ').append(step.wireName()));
    return row.toString();
  }
}
