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
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.conversion.Versions;
import dev.tiphys.apiserver.strategy.FewObjects;
import dev.tiphys.apiserver.strategy.PartRules;
import dev.tiphys.apiserver.strategy.StatusPart;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.allocation.MemoryClaims;
import dev.tiphys.apiserver.strategy.allocation.PortRange;
import dev.tiphys.apiserver.strategy.allocation.ServiceAllocator;
import dev.tiphys.apiserver.strategy.allocation.ServiceRanges;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule that a kind has of its own, as a change of a valid object that breaks it. */
class KindRulesTest {

  private static final SchemaCel CEL = new SchemaCel();

  private final KindStrategies strategies =
      KindStrategies.of(
          new ServiceAllocator(
              FewObjects.NONE,
              new MemoryClaims(),
              ServiceRanges.parse("10.96.0.0/16"),
              PortRange.NODE_PORTS,
              new Random(1)),
          InstantSource.system(),
          CEL.storing(
              CEL.admission(() -> {
                throw new IllegalStateException("nothing is evaluated here");
              })),
          FewObjects.NONE);

  /** A change of the sample, and the message that it brings. */
  record Broken(String resource, String change, String message) {}

  static Stream<Broken> rules() {
    return lines("rules.txt", 3).map(parts -> new Broken(parts[0], parts[1], parts[2]));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aBrokenRuleIsToldWithItsField(Broken rule) {
    assertThat(faults(stored(rule.resource()), rule)).isEqualTo(rule.message());
  }

  /**
   * An update that may not be, or may.
   *
   * @param resource with the subresource behind a slash, if it is through one
   * @param old what the stored object is, as a change of the sample
   * @param change what the client changes
   */
  record Change(String resource, String old, String change, String message) {

    String kind() {
      return resource.split("/", 2)[0];
    }

    String subresource() {
      return resource.contains("/") ? resource.split("/", 2)[1] : "";
    }
  }

  static Stream<Change> updates() {
    return lines("updates.txt", 4)
        .map(parts -> new Change(parts[0], parts[1], parts[2], parts[3].strip()));
  }

  @ParameterizedTest
  @MethodSource("updates")
  void aForbiddenChangeIsToldWithItsField(Change change) {
    assertThat(faults(stored(change.kind()), change)).isEqualTo(change.message());
  }

  static Stream<Broken> warnings() {
    return lines("warnings.txt", 3).map(parts -> new Broken(parts[0], parts[1], parts[2]));
  }

  @ParameterizedTest
  @MethodSource("warnings")
  void whatIsAllowedButUnwiseIsWarnedOf(Broken rule) {
    assertThat(warned(stored(rule.resource()), rule)).contains(rule.message());
  }

  private static Stream<String[]> lines(String file, int columns) {
    return ApiFacts.lines(file).stream()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .map(line -> line.split(" \\|( |$)", columns));
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

  /** The version whose rules are meant: its own if it has some, else those of the stored one. */
  private ResourceType<?> stored(String name) {
    return Resources.ALL.stream()
        .filter(type -> ApiFacts.qualified(type.group(), type.plural()).equals(name))
        .map(type -> strategies.has(type) ? type : Versions.stored(type))
        .findFirst()
        .orElseThrow();
  }

  private <T extends ApiObject> String faults(ResourceType<T> type, Broken rule) {
    Strategy<T> strategy = strategies.find(type);
    T object = decoded(type, changed(sample(type), rule.change()));
    FieldErrors errors = new FieldErrors();
    strategy.validate(strategy.prepareForCreate(object), errors);
    return errors.message();
  }

  private <T extends ApiObject> List<String> warned(ResourceType<T> type, Broken rule) {
    Strategy<T> strategy = strategies.find(type);
    T object = decoded(type, changed(sample(type), rule.change()));
    return strategy.warnings(strategy.prepareForCreate(object), null);
  }

  private <T extends ApiObject> String faults(ResourceType<T> type, Change change) {
    Strategy<T> strategy = strategies.find(type);
    T sent = decoded(type, changed(sample(type), change.old()));
    T old = StatusPart.copy(sent, strategy.prepareForCreate(sent));
    JsonTree body = JsonTree.parse(JsonCodec.encodeToString(old));
    T object = decoded(type, changed(body, change.change()));
    FieldErrors errors = new FieldErrors();
    switch (change.subresource()) {
      case "" -> strategy.validateUpdate(strategy.prepareForUpdate(object, old), old, errors);
      case "status" ->
          strategy.validateStatusUpdate(strategy.prepareForStatusUpdate(object, old), old, errors);
      default -> {
        PartRules<T> part = Objects.requireNonNull(strategy.part(change.subresource()));
        part.check().apply(part.keep().apply(object, old), old, errors);
      }
    }
    return errors.message();
  }

  private static JsonTree sample(ResourceType<?> type) {
    return JsonTree.parse(ApiFacts.sample(type.group(), type.version(), type.plural()));
  }

  private static JsonTree changed(JsonTree body, String patch) {
    return MergePatch.apply(body, JsonTree.parse(patch));
  }

  private <T extends ApiObject> T decoded(ResourceType<T> type, JsonTree body) {
    T object = JsonCodec.decode(body.toJson(), type.objectType().get());
    return strategies.find(type).withDefaults(Defaults.apply(named(object)));
  }

  @SuppressWarnings("unchecked") // withMetadata of a record returns the same record class
  private static <T extends ApiObject> T named(T object) {
    ObjectMeta meta = object.metadata();
    return meta.name() != null
        ? object
        : (T) object.withMetadata(meta.toBuilder().name("sample").namespace("every").build());
  }
}
