package dev.tiphys.apiserver.authn;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TokenFileTest {

  @Test
  void readsUsersWithTheirGroups() {
    TokenFile file = TokenFile.parse("t1,joe,7,\"devs,ops\"\n\nt2,ann,8\n");
    assertThat(requireNonNull(file.find("t1")).groups()).containsExactly("devs", "ops");
    assertThat(requireNonNull(file.find("t2")).uid()).isEqualTo("8");
    assertThat(file.find("t3")).isNull();
  }

  @Test
  void saysWhichLineIsWrong() {
    assertThatThrownBy(() -> TokenFile.parse("t1,joe,7\nt2,ann"))
        .hasMessageStartingWith("line 2 must have at least 3 columns");
  }
}
