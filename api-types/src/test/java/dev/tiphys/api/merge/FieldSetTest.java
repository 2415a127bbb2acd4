package dev.tiphys.api.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.sample.Widget;
import dev.tiphys.api.value.RawJson;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldSetTest {

  private static FieldSet set(String json) {
    return FieldSet.parse(new RawJson(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:app.kubernetes.io/name\":{}}},\"f:spec\":{\"f:replicas\":{}}}",
        "{\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"a\\\"}\":{\".\":{},\"f:image\":{}}}}}",
        "{\"f:metadata\":{\"f:finalizers\":{\".\":{},\"v:\\\"x/y\\\"\":{}}}}",
      })
  void readsAndWritesFieldsV1(String json) {
    assertThat(set(json).toJson().json()).isEqualTo(json);
  }

  @Test
  void makesForeignNotationCanonical() {
    assertThat(set("{ \"k:{\\\"protocol\\\": \\\"TCP\\\",\\\"containerPort\\\": 80}\": { } }"))
        .isEqualTo(set("{\"k:{\\\"containerPort\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{}}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"x:a\":{}}", "{\"f:a\":1}", "{\"f:a\":{}", "{}x"})
  void refusesWhatIsMalformed(String json) {
    assertThatThrownBy(() -> set(json)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pathsReadAsInMessages() {
    assertThat(
            set("{\"f:a\":{\".\":{},\"k:{\\\"name\\\":\\\"x\\\",\\\"port\\\":80}\":{\"f:b\":{}},\"v:\\\"y\\\"\":{}}}")
                .paths())
        .containsExactly(".a", ".a[name=\"x\",port=80].b", ".a[=\"y\"]");
  }

  @Test
  void removesAllBelowAPath() {
    FieldSet all =
        FieldSet.of("spec", "a").union(FieldSet.of("spec")).union(FieldSet.of("status", "b"));
    assertThat(all.minusBelow(FieldSet.of("spec"))).isEqualTo(FieldSet.of("status", "b"));
    assertThat(all.minus(FieldSet.of("spec")).paths()).containsExactly(".spec.a", ".status.b");
    assertThat(all.minus(FieldSet.of("other"))).isSameAs(all);
  }

  @Property
  void obeysTheLawsOfSets(
      @ForAll("sets") FieldSet a, @ForAll("sets") FieldSet b, @ForAll("sets") FieldSet c) {
    assertThat(a.union(b)).isEqualTo(b.union(a));
    assertThat(a.union(b).union(c)).isEqualTo(a.union(b.union(c)));
    assertThat(a.intersection(b)).isEqualTo(a.minus(a.minus(b)));
    assertThat(a.minus(b).union(a.intersection(b))).isEqualTo(a);
    assertThat(a.minus(b).intersection(b)).isEqualTo(FieldSet.EMPTY);
    assertThat(FieldSet.parse(a.toJson())).isEqualTo(a);
    assertThat(a.union(b).paths()).containsAll(a.paths()).containsAll(b.paths());
  }

  @Provide
  Arbitrary<FieldSet> sets() {
    return Arbitraries.of("a", "b", "c")
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(path ->
            FieldSet.of(path.getFirst(), path.subList(1, path.size()).toArray(new String[0])))
        .list()
        .ofMaxSize(6)
        .map(sets -> sets.stream().reduce(FieldSet.EMPTY, FieldSet::union));
  }

  @Test
  void tellsWhichFieldsAConfigurationSets() {
    FieldSet fields =
        FieldWalk.fieldsOf(
            Widget.widget(
                "{'metadata':{'labels':{'a':'1'},'finalizers':['f']},'spec':{'replicas':1,'strategy':{},"
                    + "'selector':{'matchLabels':{'a':'b'}},'commands':['x'],"
                    + "'containers':[{'name':'c','ports':[{'containerPort':80}]}]}}"));
    assertThat(fields.toString().replace("\\\"", "'").replace('"', '\''))
        .isEqualTo(
            "{'f:metadata':{'f:finalizers':{'v:'f'':{}},'f:labels':{'f:a':{}}},'f:spec':{'f:commands':{},"
                + "'f:containers':{'k:{'name':'c'}':{'.':{},'f:name':{},'f:ports':{"
                + "'k:{'containerPort':80,'protocol':'TCP'}':{'.':{},'f:containerPort':{}}}}},"
                + "'f:replicas':{},'f:selector':{},'f:strategy':{}}}");
  }

  @Test
  void comparesInOneWalk() {
    FieldWalk.Comparison changes =
        FieldWalk.compare(
            Widget.widget(
                "{'metadata':{'labels':{'a':'1','b':'2'}},'spec':{'replicas':1,'image':'i','tags':['x','y'],"
                    + "'containers':[{'name':'a','image':'1'},{'name':'b'}],'commands':['a']}}"),
            Widget.widget(
                "{'metadata':{'labels':{'a':'2','c':'3'},'annotations':{'n':'1'}},'spec':{'replicas':2,"
                    + "'tags':['y','z'],'containers':[{'name':'c'},{'name':'a','image':'2'}],"
                    + "'commands':['b']}}"));
    assertThat(changes.added().paths())
        .isEqualTo(
            List.of(
                ".metadata.annotations",
                ".metadata.annotations.n",
                ".metadata.labels.c",
                ".spec.containers[name=\"c\"]",
                ".spec.containers[name=\"c\"].name",
                ".spec.tags[=\"z\"]"));
    assertThat(changes.modified().paths())
        .isEqualTo(
            List.of(
                ".metadata.labels.a",
                ".spec.commands",
                ".spec.containers[name=\"a\"].image",
                ".spec.replicas"));
    assertThat(changes.removed().paths())
        .isEqualTo(
            List.of(
                ".metadata.labels.b",
                ".spec.containers[name=\"b\"]",
                ".spec.containers[name=\"b\"].name",
                ".spec.image",
                ".spec.tags[=\"x\"]"));
  }
}
