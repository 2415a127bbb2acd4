package dev.tiphys.controllermanager.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.client.ObjectHead;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnershipTest {

  private static final OwnerReference A = OwnerReference.builder().uid("a").build();
  private static final OwnerReference B = OwnerReference.builder().uid("b").build();
  private static final List<OwnerReference> NONE = List.of();

  private static ObjectHead object(String... finalizers) {
    return new ObjectHead(ObjectMeta.builder().finalizers(List.of(finalizers)).build());
  }

  @Test
  void anObjectStaysWithItsOwners() {
    assertThat(new Ownership(List.of(A), NONE, NONE).verdict(object(), true))
        .isEqualTo(new Ownership.Keep());
    assertThat(new Ownership(NONE, NONE, NONE).verdict(object(), false))
        .isEqualTo(new Ownership.Keep());
  }

  @Test
  void oneOwnerIsEnoughToHoldItAndTheOthersAreLetGo() {
    assertThat(new Ownership(List.of(A), NONE, List.of(B)).verdict(object(), false))
        .isEqualTo(new Ownership.Disown(List.of(A)));
    assertThat(new Ownership(List.of(A), List.of(B), NONE).verdict(object(), false))
        .isEqualTo(new Ownership.Disown(List.of(A)));
  }

  @Test
  void withoutOwnersItGoesAsItsFinalizersSay() {
    Ownership gone = new Ownership(NONE, NONE, List.of(A));

    assertThat(gone.verdict(object(), true)).isEqualTo(new Ownership.Delete("Background"));
    assertThat(gone.verdict(object("orphan"), true)).isEqualTo(new Ownership.Delete("Orphan"));
    assertThat(gone.verdict(object("foregroundDeletion"), true))
        .isEqualTo(new Ownership.Delete("Foreground"));
  }

  @Test
  void anOwnerThatWaitsIsWaitedForAllTheWayDown() {
    Ownership waiting = new Ownership(NONE, List.of(A), NONE);

    assertThat(waiting.verdict(object(), true)).isEqualTo(new Ownership.Delete("Foreground"));
    assertThat(waiting.verdict(object(), false)).isEqualTo(new Ownership.Delete("Background"));
  }
}
