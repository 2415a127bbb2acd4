package dev.tiphys.store.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is suspected, of who holds what. */
class VerdictTest {
  private static final int A = 0xa;
  private static final int B = 0xb;
  private static final int C = 0xc;

  static List<Arguments> cases() {
    return List.of(
        Arguments.of("all hold the same", List.of(A, A, A), 3, List.of()),
        Arguments.of("one differs from two", List.of(A, A, B), 3, List.of(3L)),
        Arguments.of("the one that compares differs", List.of(B, A, A), 3, List.of(1L)),
        Arguments.of("each holds something else", List.of(A, B, C), 3, List.of(0L)),
        Arguments.of("two that differ are no majority of three", List.of(A, B), 3, List.of(0L)),
        Arguments.of("nor of two", List.of(A, B), 2, List.of(0L)),
        Arguments.of("two of five differ", List.of(A, B, A, A, C), 5, List.of(2L, 5L)),
        Arguments.of("half of four is no majority", List.of(A, A, B, B), 4, List.of(0L)),
        Arguments.of("only one was compared", List.of(A), 3, List.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void suspectsAreThoseOutsideTheMajority(
      String name, List<Integer> sums, int members, List<Long> suspects) {
    Map<Long, Verdict.State> states = new HashMap<>();
    for (int i = 0; i < sums.size(); i++) {
      states.put(i + 1L, new Verdict.State(10, sums.get(i)));
    }
    var verdict = Verdict.of(states, members);
    assertThat(verdict.suspects()).as(name).isEqualTo(suspects);
    assertThat(verdict.isAgreed()).isEqualTo(suspects.isEmpty());
    assertThat(verdict.isOfAll()).isEqualTo(sums.size() == members);
  }
}
