package dev.tiphys.benchmarks;

import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.merge.FieldManager;
import dev.tiphys.api.merge.FieldSet;
import dev.tiphys.api.merge.JsonPatch;
import dev.tiphys.api.merge.MergePatch;
import dev.tiphys.api.merge.StrategicMergePatch;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.selector.FieldSelector;
import dev.tiphys.api.selector.LabelMatcher;
import dev.tiphys.api.selector.LabelSelectors;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a write and a selection cost beside the codecs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class MergeBenchmark {

  private static final FieldManager.Write KUBELET =
      new FieldManager.Write(
          "kubelet", "v1", "", FieldSet.EMPTY, Samples.WRITE.now());

  private static final JsonTree JSON_PATCH =
      tree("[{'op':'replace','path':'/metadata/labels/tier','value':'back'}]");
  private static final JsonTree MERGE_PATCH = tree("{'metadata':{'labels':{'tier':'back'}}}");
  private static final JsonTree STRATEGIC_PATCH =
      tree("{'spec':{'containers':[{'name':'app','image':'registry.example.com/app:1.2.4'}]}}");

  private final Pod pod = Samples.stored();
  private final Pod unowned = pod.withMetadata(pod.metadata().withManagedFields(List.of()));
  private final Pod labelled = labelled(pod);
  private final LabelMatcher labels =
      LabelSelectors.parse("app=web,tier in (front,back),!canary");
  private final FieldSelector fields = FieldSelector.parse("metadata.name=web-5d4f8c7b9-x2x4z");

  private static JsonTree tree(String text) {
    return JsonTree.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static Pod labelled(Pod pod) {
    ObjectMeta metadata = pod.metadata();
    Map<String, String> labels = new HashMap<>(metadata.labels());
    labels.put("stage", "two");
    return pod.withMetadata(metadata.withLabels(labels));
  }

  /** Field owners of a create. */
  @Benchmark
  public Pod ownersOfCreate() {
    return FieldManager.update(null, unowned, Samples.WRITE);
  }

  /** Field owners of an update by another manager that changes one label. */
  @Benchmark
  public Pod ownersOfUpdate() {
    return FieldManager.update(pod, labelled, KUBELET);
  }

  /** An apply that changes nothing. */
  @Benchmark
  public Pod applyOfTheSame() {
    return FieldManager.apply(pod, unowned, Samples.WRITE, true);
  }

  /** A JSON patch of one label. */
  @Benchmark
  public Pod jsonPatch() {
    return JsonPatch.apply(pod, JSON_PATCH, DecodeOptions.LENIENT).value();
  }

  /** A merge patch of one label. */
  @Benchmark
  public Pod mergePatch() {
    return MergePatch.apply(pod, MERGE_PATCH, Strictness.IGNORE).value();
  }

  /** A strategic merge patch of one container's image. */
  @Benchmark
  public Pod strategicMergePatch() {
    return StrategicMergePatch.apply(pod, STRATEGIC_PATCH, Strictness.IGNORE).value();
  }

  /** Reads a label selector. */
  @Benchmark
  public LabelMatcher parseLabelSelector() {
    return LabelSelectors.parse("app=web,tier in (front,back),!canary");
  }

  /** A label selector on a Pod. */
  @Benchmark
  public boolean matchLabels() {
    return labels.matches(pod.metadata().labels());
  }

  /** A field selector on a Pod. */
  @Benchmark
  public boolean matchFields() {
    return fields.matches(_ -> pod.metadata().name());
  }
}
