package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.Deprecations.Entry;
import dev.tiphys.apiserver.Deprecations.Release;
import dev.tiphys.apiserver.request.Deprecation;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DeprecationsTest {

  private static final Entry OLD =
      new Entry(
          "storage.k8s.io/v1beta1",
          "VolumeAttributesClass",
          new Release(1, 34),
          new Release(1, 37),
          "storage.k8s.io/v1 VolumeAttributesClass");
  private static final Entry OPEN = new Entry("v1", "Endpoints", new Release(1, 33), null, "");

  @Test
  void aSentenceSaysSinceWhenUntilWhenAndWhatInstead() {
    assertThat(OLD.told())
        .isEqualTo(
            new Deprecation(
                "storage.k8s.io/v1beta1 VolumeAttributesClass is deprecated in v1.34+, unavailable"
                    + " in v1.37+; use storage.k8s.io/v1 VolumeAttributesClass",
                "1.37"));
    assertThat(OPEN.told()).isEqualTo(new Deprecation("v1 Endpoints is deprecated in v1.33+", ""));
  }

  @Test
  void whatIsDeprecatedLaterIsNotToldOfYet() {
    Deprecations all = new Deprecations(List.of(OLD, OPEN));
    assertThat(all.in(new Release(1, 33)).entries()).containsExactly(OPEN);
    assertThat(all.in(new Release(1, 34)).entries()).containsExactly(OLD, OPEN);
    assertThat(all.in(new Release(1, 100)).entries()).containsExactly(OLD, OPEN);
  }

  @Test
  void whatIsAnnouncedIsServed() {
    assertThat(Deprecations.announced().entries())
        .allSatisfy(entry -> assertThat(Resources.ALL).anyMatch(type -> isOf(type, entry)))
        .doesNotHaveDuplicates();
  }

  @Test
  void everyBetaVersionEndsSomeDay() {
    Deprecations all = Deprecations.announced();
    assertThat(Resources.ALL)
        .filteredOn(type -> type.version().contains("beta"))
        .isNotEmpty()
        .allSatisfy(
            type -> assertThat(Objects.requireNonNull(all.of(type)).removedRelease()).isNotEmpty());
  }

  private static boolean isOf(ResourceType<?> type, Entry entry) {
    return type.kind().apiVersion().equals(entry.apiVersion())
        && type.kind().kind().equals(entry.kind());
  }
}
