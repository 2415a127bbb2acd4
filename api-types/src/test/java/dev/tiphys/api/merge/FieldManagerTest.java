package dev.tiphys.api.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.merge.FieldManager.Write;
import dev.tiphys.api.meta.v1.ManagedFieldsEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FieldManagerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(60);

  private static Write by(String manager, Instant now) {
    return new Write(manager, "apps/v1", "", FieldSet.of("status"), now);
  }

  private static Deployment deployment(String json) {
    return JsonCodec.decode(json.replace('\'', '"'), Deployment.TYPE);
  }

  private static Deployment web(String spec) {
    return deployment("{'metadata':{'name':'web','namespace':'default'},'spec':" + spec + "}");
  }

  private static Deployment apply(@Nullable Deployment live, String manager, String spec) {
    return FieldManager.apply(live, web(spec), by(manager, NOW), false);
  }

  private static String spec(Deployment deployment) {
    return JsonCodec.anyToString(deployment.spec()).replace('"', '\'');
  }

  private static Map<String, String> owners(Deployment deployment) {
    return deployment.metadata().managedFields().stream()
        .collect(
            Collectors.toMap(
                entry -> entry.manager() + "/" + entry.operation(),
                entry -> String.valueOf(entry.fieldsV1()).replace("\\\"", "'").replace('"', '\'')));
  }

  @Test
  void createGivesAllFieldsToItsManager() {
    Deployment created =
        FieldManager.update(
            null,
            web(
                "{'replicas':1,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
                    + "'spec':{'containers':[{'name':'c','image':'i'}]}}}"),
            by("kubectl-create", NOW));
    ManagedFieldsEntry entry = created.metadata().managedFields().getFirst();
    assertThat(entry.operation()).isEqualTo("Update");
    assertThat(entry.apiVersion()).isEqualTo("apps/v1");
    assertThat(entry.fieldsType()).isEqualTo("FieldsV1");
    assertThat(entry.time()).isEqualTo(NOW);
    assertThat(owners(created))
        .containsExactly(
            Map.entry(
                "kubectl-create/Update",
                "{'f:spec':{'f:replicas':{},'f:selector':{},'f:template':{'f:metadata':{'f:labels':{'.':{},"
                    + "'f:a':{}}},'f:spec':{'f:containers':{'k:{'name':'c'}':{'.':{},'f:image':{},"
                    + "'f:name':{}}}}}}}"));
  }

  @Test
  void updateMovesChangedFieldsAndDropsRemovedOnes() {
    Deployment created =
        FieldManager.update(
            null, web("{'replicas':1,'minReadySeconds':5,'paused':true}"), by("a", NOW));
    Deployment updated =
        FieldManager.update(
            created,
            created.withSpec(web("{'replicas':2,'minReadySeconds':5}").spec()),
            by("b", LATER));
    assertThat(owners(updated))
        .containsEntry("a/Update", "{'f:spec':{'f:minReadySeconds':{}}}")
        .containsEntry("b/Update", "{'f:spec':{'f:replicas':{}}}");
    assertThat(updated.metadata().managedFields())
        .extracting(ManagedFieldsEntry::time)
        .containsExactly(NOW, LATER);
  }

  @Test
  void updateThatChangesNothingGivesTheSame() {
    Deployment created = FieldManager.update(null, web("{'replicas':1}"), by("a", NOW));
    assertThat(FieldManager.update(created, created, by("b", LATER))).isSameAs(created);
    Deployment withoutFields =
        created.withMetadata(created.metadata().withManagedFields(List.of()));
    assertThat(FieldManager.update(created, withoutFields, by("b", LATER))).isEqualTo(created);
  }

  @Test
  void managersMayClearTheBook() {
    Deployment created = FieldManager.update(null, web("{'replicas':1}"), by("a", NOW));
    Deployment cleared =
        created.withMetadata(
            created.metadata().withManagedFields(List.of(ManagedFieldsEntry.EMPTY)));
    assertThat(FieldManager.update(created, cleared, by("b", LATER)).metadata().managedFields())
        .isEmpty();
  }

  @Test
  void applySetsAndOwns() {
    Deployment applied = apply(null, "m", "{'replicas':1}");
    assertThat(applied.metadata().name()).isEqualTo("web");
    assertThat(owners(applied))
        .containsExactly(Map.entry("m/Apply", "{'f:spec':{'f:replicas':{}}}"));
  }

  @Test
  void applyAgainIsNoChange() {
    Deployment first =
        apply(null, "m", "{'replicas':1,'template':{'spec':{'containers':[{'name':'a'}]}}}");
    Deployment second =
        FieldManager.apply(
            first,
            web("{'replicas':1,'template':{'spec':{'containers':[{'name':'a'}]}}}"),
            by("m", LATER),
            false);
    assertThat(second).isSameAs(first);
  }

  @Test
  void applyKeepsWhatOthersAndTheServerSet() {
    Deployment live =
        FieldManager.update(
            null,
            web(
                "{'replicas':1,'template':{'spec':{'containers':[{'name':'a','image':'i'},{'name':'b'}],"
                    + "'dnsPolicy':'ClusterFirst'}}}"),
            by("a", NOW));
    Deployment applied =
        apply(
            live,
            "m",
            "{'minReadySeconds':3,'template':{'spec':{'containers':[{'name':'a','args':['x']}]}}}");
    assertThat(spec(applied))
        .isEqualTo(
            "{'replicas':1,'template':{'spec':{'containers':[{'name':'a','image':'i','args':['x']},{'name':'b'}],"
                + "'dnsPolicy':'ClusterFirst'}},'minReadySeconds':3}");
  }

  @Test
  void applyRemovesWhatItNoLongerSets() {
    Deployment live =
        apply(
            null,
            "m",
            "{'replicas':1,'minReadySeconds':3,'template':{'metadata':{'labels':{'a':'1','b':'2'}},"
                + "'spec':{'containers':[{'name':'a','image':'i'},{'name':'b','image':'i'}]}}}");
    Deployment defaulted = FieldManager.update(live, Defaults.apply(live), by("x", NOW));
    Deployment applied =
        apply(
            defaulted,
            "m",
            "{'replicas':1,'template':{'metadata':{'labels':{'a':'1'}},'spec':{'containers':[{'name':'a'}]}}}");
    assertThat(spec(applied))
        .startsWith("{'replicas':1,")
        .doesNotContain("minReadySeconds", "'b'", "'image'")
        .contains("'labels':{'a':'1'}", "'containers':[{'name':'a',");
    assertThat(applied.metadata().name()).isEqualTo("web");
  }

  @Test
  void applyKeepsWhatAnotherApplierStillSets() {
    Deployment both =
        apply(apply(null, "m", "{'replicas':1,'minReadySeconds':3}"), "n", "{'replicas':1}");
    Deployment applied = apply(both, "m", "{'minReadySeconds':3}");
    assertThat(spec(applied)).isEqualTo("{'replicas':1,'minReadySeconds':3}");
    assertThat(spec(apply(applied, "n", "{}"))).isEqualTo("{'minReadySeconds':3}");
  }

  @Test
  void conflictsNameOwnersAndFields() {
    Deployment live =
        FieldManager.update(null, web("{'replicas':1}"), by("kubectl-client-side-apply", NOW));
    assertThatThrownBy(() -> apply(live, "m", "{'replicas':2}"))
        .isInstanceOfSatisfying(
            ApplyConflictException.class,
            e -> {
              assertThat(e.conflicts()).hasSize(1);
              assertThat(e.conflicts().getFirst().field()).isEqualTo(".spec.replicas");
              assertThat(e.conflicts().getFirst().message())
                  .isEqualTo("conflict with \"kubectl-client-side-apply\" using apps/v1");
            })
        .hasMessage(
            "Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1:"
                + " .spec.replicas");
    Deployment two = apply(live, "n", "{'minReadySeconds':3}");
    assertThatThrownBy(() -> apply(two, "m", "{'replicas':2,'minReadySeconds':4}"))
        .hasMessage(
            "Apply failed with 2 conflicts: conflicts with \"kubectl-client-side-apply\" using"
                + " apps/v1:\n- .spec.replicas\nconflicts with \"n\":\n- .spec.minReadySeconds");
  }

  @Test
  void sameValueIsNoConflictButShared() {
    Deployment live = apply(null, "n", "{'replicas':2}");
    Deployment shared = apply(live, "m", "{'replicas':2}");
    assertThat(owners(shared)).containsOnlyKeys("m/Apply", "n/Apply");
  }

  @Test
  void forceTakesFields() {
    Deployment live = apply(null, "n", "{'replicas':1,'paused':true}");
    Deployment forced = FieldManager.apply(live, web("{'replicas':2}"), by("m", LATER), true);
    assertThat(spec(forced)).isEqualTo("{'replicas':2,'paused':true}");
    assertThat(owners(forced))
        .containsEntry("m/Apply", "{'f:spec':{'f:replicas':{}}}")
        .containsEntry("n/Apply", "{'f:spec':{'f:paused':{}}}");
  }

  @Test
  void kubectlTakesOverFromClientSideApply() {
    Deployment sent =
        deployment(
            "{'metadata':{'name':'web','annotations':{'kubectl.kubernetes.io/last-applied-configuration':"
                + "'{\\\"apiVersion\\\":\\\"apps/v1\\\",\\\"kind\\\":\\\"Deployment\\\",\\\"metadata\\\":"
                + "{\\\"name\\\":\\\"web\\\"},\\\"spec\\\":{\\\"replicas\\\":1}}'}},"
                + "'spec':{'replicas':1,'minReadySeconds':3}}");
    Deployment live = FieldManager.update(null, sent, by("kubectl-client-side-apply", NOW));
    Deployment taken = apply(live, "kubectl", "{'replicas':2}");
    assertThat(spec(taken)).contains("'replicas':2");
    assertThat(taken.metadata().annotations().values().iterator().next())
        .contains("\"replicas\":2");
    assertThatThrownBy(() -> apply(live, "kubectl", "{'minReadySeconds':4}"))
        .isInstanceOf(ApplyConflictException.class);
  }

  @Test
  void statusIsAnOwnerOfItsOwn() {
    Deployment live = FieldManager.update(null, web("{'replicas':1}"), by("a", NOW));
    Write status = new Write("a", "apps/v1", "status", FieldSet.of("spec"), LATER);
    Deployment updated =
        FieldManager.update(
            live,
            deployment(
                "{'metadata':{'name':'web','namespace':'default'},"
                    + "'spec':{'replicas':1},'status':{'replicas':1}}"),
            status);
    assertThat(updated.metadata().managedFields())
        .extracting(ManagedFieldsEntry::subresource)
        .containsExactly(null, "status");
  }

  @Test
  void ignoredFieldsGetNoOwner() {
    Deployment applied =
        FieldManager.apply(
            null,
            deployment("{'metadata':{'name':'web'},'spec':{'replicas':1},'status':{'replicas':4}}"),
            by("m", NOW),
            false);
    assertThat(owners(applied)).containsEntry("m/Apply", "{'f:spec':{'f:replicas':{}}}");
  }

  @Test
  void oldUpdatersAreMergedWhenThereAreTooMany() {
    Deployment live = FieldManager.update(null, web("{'replicas':1}"), by("first", NOW));
    for (int i = 0; i < 14; i++) {
      Deployment next =
          deployment(
              "{'metadata':{'name':'web','labels':{"
                  + java.util.stream.IntStream.rangeClosed(0, i)
                      .mapToObj(n -> "'l" + n + "':'x'")
                      .collect(Collectors.joining(","))
                  + "}}}");
      live = FieldManager.update(live, next, by("m" + i, NOW.plusSeconds(i)));
    }
    assertThat(live.metadata().managedFields()).hasSize(10);
    assertThat(owners(live))
        .containsKeys("ancient-changes/Update", "m13/Update")
        .doesNotContainKey("m0/Update");
  }

  @Test
  void refusesListsWhoseElementsCannotBeToldApart() {
    assertThatThrownBy(() ->
            apply(null, "m", "{'template':{'spec':{'containers':[{'name':'a'},{'name':'a'}]}}}"))
        .isInstanceOf(PatchException.class)
        .hasMessage(
            "failed to create typed patch object (default/web; apps/v1, Kind=Deployment):"
                + " .spec.template.spec.containers: duplicate entries for key [name=\"a\"]");
    assertThatThrownBy(
            () -> apply(null, "m", "{'template':{'spec':{'containers':[{'image':'a'}]}}}"))
        .hasMessageContaining(
            "element 0: associative list with keys has an element that omits key field \"name\" (and"
                + " doesn't have default value)");
  }

  @Property(tries = 300)
  void applyIsIdempotentAndOwnsWhatItSets(
      @ForAll @Size(max = 4)
          Map<
                  @StringLength(1) @CharRange(from = 'a', to = 'e') String,
                  @StringLength(1) @CharRange(from = 'x', to = 'z') String>
              first,
      @ForAll @Size(max = 4)
          Map<
                  @StringLength(1) @CharRange(from = 'a', to = 'e') String,
                  @StringLength(1) @CharRange(from = 'x', to = 'z') String>
              second,
      @ForAll @Size(max = 4)
          Map<
                  @StringLength(1) @CharRange(from = 'a', to = 'e') String,
                  @StringLength(1) @CharRange(from = 'x', to = 'z') String>
              other) {
    ConfigMap live = FieldManager.apply(null, config(first), by("m", NOW), true);
    live = FieldManager.apply(live, config(other), by("n", NOW), true);
    live = FieldManager.apply(live, config(second), by("m", NOW), true);
    assertThat(live.data()).containsAllEntriesOf(second);
    assertThat(FieldManager.apply(live, config(second), by("m", LATER), false)).isSameAs(live);
    for (String key : live.data().keySet()) {
      assertThat(second.containsKey(key) || other.containsKey(key)).isTrue();
    }
    ConfigMap none = FieldManager.apply(live, config(Map.of()), by("m", LATER), false);
    assertThat(other.keySet()).containsAll(none.data().keySet());
  }

  private static ConfigMap config(Map<String, String> data) {
    return ConfigMap.builder()
        .metadata(dev.tiphys.api.meta.v1.ObjectMeta.builder().name("c").build())
        .data(data)
        .build();
  }
}
