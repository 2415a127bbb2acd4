package dev.tiphys.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoreToolTest {
  private static final String MEMBERS =
      """
      1f name=cp1 peer-urls=https://198.18.77.11:2380 client-urls=https://198.18.77.11:2379 learner=false
      a0 name= peer-urls=https://198.18.77.1:2380 client-urls= learner=false
      """;

  @Test
  void aMemberIsKnownByItsWholePeerUrlEvenBeforeItHasAName() {
    assertThat(StoreTool.number(MEMBERS, "https://198.18.77.11:2380")).contains("1f");
    assertThat(StoreTool.number(MEMBERS, "https://198.18.77.1:2380")).contains("a0");
    assertThat(StoreTool.number(MEMBERS, "https://198.18.77.1:238")).isEmpty();
  }
}
