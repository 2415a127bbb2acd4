package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.merge.MergePatch;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.apiserver.conversion.Versions;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.allocation.AddressRange;
import dev.tiphys.apiserver.strategy.allocation.MemoryClaims;
import dev.tiphys.apiserver.strategy.allocation.PortRange;
import dev.tiphys.apiserver.strategy.allocation.ServiceAllocator;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule that a kind has of its own, as a change of a valid object that breaks it. */
class KindRulesTest {

  private final KindStrategies strategies =
      KindStrategies.of(
          new ServiceAllocator(
              EMPTY,
              new MemoryClaims(),
              AddressRange.parse("10.96.0.0/16"),
              PortRange.NODE_PORTS,
              new Random(1)),
          InstantSource.system());

  /** A change of the sample, and the message that it brings. */
  record Broken(String resource, String change, String message) {}

  static Stream<Broken> rules() {
    return ApiFacts.lines("rules.txt").stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" \\| ", 3))
        .map(parts -> new Broken(parts[0], parts[1], parts[2]));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aBrokenRuleIsToldWithItsField(Broken rule) {
    assertThat(faults(stored(rule.resource()), rule)).isEqualTo(rule.message());
  }

  static Stream<String> samples() {
    return ApiFacts.lines("samples.txt").stream()
        .map(line -> line.substring(0, line.indexOf(' ')))
        .filter(name -> !name.contains("/"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aSampleBreaksNone(String resource) {
    assertThat(faults(stored(resource), new Broken(resource, "{}", ""))).isEmpty();
  }

  private static ResourceType<?> stored(String name) {
    return Resources.ALL.stream()
        .filter(type -> ApiFacts.qualified(type.group(), type.plural()).equals(name))
        .map(Versions::stored)
        .findFirst()
        .orElseThrow();
  }

  private <T extends ApiObject> String faults(ResourceType<T> type, Broken rule) {
    Strategy<T> strategy = strategies.find(type);
    JsonTree body =
        MergePatch.apply(
            JsonTree.parse(ApiFacts.sample(type.group(), type.version(), type.plural())),
            JsonTree.parse(rule.change()));
    T sample = JsonCodec.decode(body.toJson(), type.objectType().get());
    FieldErrors errors = new FieldErrors();
    strategy.validate(
        strategy.prepareForCreate(strategy.withDefaults(Defaults.apply(named(sample)))), errors);
    return errors.message();
  }

  @SuppressWarnings("unchecked") // withMetadata of a record returns the same record class
  private static <T extends ApiObject> T named(T object) {
    ObjectMeta meta = object.metadata();
    return meta.name() != null
        ? object
        : (T) object.withMetadata(meta.toBuilder().name("sample").namespace("every").build());
  }

  /** Nothing else is in the cluster. */
  private static final ClusterView EMPTY =
      new ClusterView() {
        @Override
        public <T extends ApiObject> @Nullable T get(
            ResourceType<T> type, String namespace, String name) {
          return null;
        }

        @Override
        public <T extends ApiObject> @Nullable T getFresh(
            ResourceType<T> type, String namespace, String name) {
          return null;
        }

        @Override
        public <T extends ApiObject> List<T> list(ResourceType<T> type, String namespace) {
          return List.of();
        }

        @Override
        public <T extends ApiObject> List<T> listFresh(ResourceType<T> type, String namespace) {
          return List.of();
        }
      };
}
