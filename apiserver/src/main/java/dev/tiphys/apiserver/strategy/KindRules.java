package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a kind put together from functions, for kinds whose rules need no class of their
 * own. What is not given is as in {@link Strategy}.
 *
 * @param <T> the kind
 */
public final class KindRules<T extends ApiObject> implements Strategy<T> {

  private final Builder<T> given;
  private final Map<String, Function<T, @Nullable String>> fields;
  private final Map<String, PartRules<T>> parts;

  private KindRules(Builder<T> given) {
    this.given = given;
    this.fields = new LinkedHashMap<>(given.fields);
    this.parts = Map.copyOf(given.parts);
  }

  /** Begins with no rules. */
  public static <T extends ApiObject> Builder<T> builder() {
    return new Builder<>();
  }

  /**
   * Collects rules; used by one thread, thrown away after {@link #build}.
   *
   * @param <T> the kind
   */
  public static final class Builder<T extends ApiObject> {

    private Function<String, List<String>> names = DnsNames::subdomain;
    private UnaryOperator<T> defaults = UnaryOperator.identity();
    private UnaryOperator<T> create = StatusPart::clear;
    private BinaryOperator<T> update = (object, old) -> StatusPart.copy(old, object);
    private @Nullable BinaryOperator<T> statusUpdate;
    private BiConsumer<T, FieldErrors> validate = (_, _) -> {};
    private BiConsumer<T, FieldErrors> validateNew = (_, _) -> {};
    private PartRules.Check<T> change = (_, _, _) -> {};
    private PartRules.Check<T> statusChange = (_, _, _) -> {};
    private Function<T, List<String>> statusWarnings = _ -> List.of();
    private boolean createsOnUpdate;
    private boolean unconditional = true;
    private @Nullable Boolean counts;
    private final Map<String, Function<T, @Nullable String>> fields = new LinkedHashMap<>();
    private final Map<String, PartRules<T>> parts = new HashMap<>();
    private final List<BiFunction<T, @Nullable T, List<String>>> warnings = new ArrayList<>();

    private Builder() {}

    /** What is wrong with a name. */
    public Builder<T> names(Function<String, List<String>> faults) {
      this.names = faults;
      return this;
    }

    /** {@link Strategy#withDefaults}. */
    public Builder<T> defaults(UnaryOperator<T> fill) {
      this.defaults = fill;
      return this;
    }

    /** {@link Strategy#prepareForCreate}. */
    public Builder<T> create(UnaryOperator<T> prepare) {
      this.create = prepare;
      return this;
    }

    /** {@link Strategy#prepareForUpdate}; gets the new object and the old one. */
    public Builder<T> update(BinaryOperator<T> prepare) {
      this.update = prepare;
      return this;
    }

    /** {@link Strategy#prepareForStatusUpdate}; gets the new object and the old one. */
    public Builder<T> statusUpdate(BinaryOperator<T> prepare) {
      this.statusUpdate = prepare;
      return this;
    }

    /** {@link Strategy#validate}. */
    public Builder<T> validate(BiConsumer<T, FieldErrors> check) {
      this.validate = check;
      return this;
    }

    /**
     * What only holds for new objects, besides {@link #validate}: older ones may stay as they are.
     */
    public Builder<T> validateNew(BiConsumer<T, FieldErrors> check) {
      this.validateNew = check;
      return this;
    }

    /** What an update may not change; the new object is validated as well. */
    public Builder<T> change(PartRules.Check<T> check) {
      this.change = check;
      return this;
    }

    /** {@link Strategy#validateStatusUpdate}. */
    public Builder<T> statusChange(PartRules.Check<T> check) {
      this.statusChange = check;
      return this;
    }

    /** PUT creates what is not there. */
    public Builder<T> createsOnUpdate() {
      this.createsOnUpdate = true;
      return this;
    }

    /** Updates must name the version that they were made from. */
    public Builder<T> conditional() {
      this.unconditional = false;
      return this;
    }

    /** Whether the kind has generations, where that does not follow from its having a status. */
    public Builder<T> generations(boolean counted) {
      this.counts = counted;
      return this;
    }

    /** A field selector. */
    public Builder<T> field(String name, Function<T, @Nullable String> value) {
      fields.put(name, value);
      return this;
    }

    /** A subresource that is a part of the object. */
    public Builder<T> part(String subresource, PartRules<T> rules) {
      parts.put(subresource, rules);
      return this;
    }

    /** A sentence for clients, or null. */
    public Builder<T> warning(Function<T, @Nullable String> sentence) {
      return warnings((object, _) -> listed(sentence.apply(object)));
    }

    /** A sentence for who makes an object, or null. */
    public Builder<T> warningNew(Function<T, @Nullable String> sentence) {
      return warnings((object, old) -> old == null ? listed(sentence.apply(object)) : List.of());
    }

    /** {@link Strategy#warnings}; gets the new object, and the old one, which is null on create. */
    public Builder<T> warnings(BiFunction<T, @Nullable T, List<String>> sentences) {
      warnings.add(sentences);
      return this;
    }

    /** {@link Strategy#statusWarnings}. */
    public Builder<T> statusWarnings(Function<T, List<String>> sentences) {
      this.statusWarnings = sentences;
      return this;
    }

    private static List<String> listed(@Nullable String sentence) {
      return sentence == null ? List.of() : List.of(sentence);
    }

    /** The rules. */
    public KindRules<T> build() {
      return new KindRules<>(this);
    }
  }

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return given.names.apply(prefix ? DnsNames.maskTrailingDash(name) : name);
  }

  @Override
  public T withDefaults(T object) {
    return given.defaults.apply(object);
  }

  @Override
  public T prepareForCreate(T object) {
    return given.create.apply(object);
  }

  @Override
  public void validate(T object, FieldErrors errors) {
    given.validateNew.accept(object, errors);
    given.validate.accept(object, errors);
  }

  @Override
  public T prepareForUpdate(T object, T old) {
    return given.update.apply(object, old);
  }

  @Override
  public void validateUpdate(T object, T old, FieldErrors errors) {
    given.change.apply(object, old, errors);
    given.validate.accept(object, errors);
  }

  @Override
  public T prepareForStatusUpdate(T object, T old) {
    BinaryOperator<T> own = given.statusUpdate;
    return own == null ? StatusPart.onlyStatusOf(object, old) : own.apply(object, old);
  }

  @Override
  public void validateStatusUpdate(T object, T old, FieldErrors errors) {
    given.statusChange.apply(object, old, errors);
  }

  @Override
  public @Nullable PartRules<T> part(String subresource) {
    return parts.get(subresource);
  }

  @Override
  public List<String> warnings(T object, @Nullable T old) {
    return given.warnings.stream()
        .flatMap(sentences -> sentences.apply(object, old).stream())
        .toList();
  }

  @Override
  public List<String> statusWarnings(T object) {
    return given.statusWarnings.apply(object);
  }

  @Override
  public boolean createsOnUpdate() {
    return given.createsOnUpdate;
  }

  @Override
  public boolean updatesUnconditionally() {
    return given.unconditional;
  }

  @Override
  public boolean countsGenerations(T object) {
    return given.counts == null ? Strategy.super.countsGenerations(object) : given.counts;
  }

  @Override
  public List<String> selectableFields() {
    return List.copyOf(fields.keySet());
  }

  @Override
  public String fieldValue(T object, String field) {
    Function<T, @Nullable String> value = fields.get(field);
    if (value == null) {
      return Strategy.super.fieldValue(object, field);
    }
    String text = value.apply(object);
    return text == null ? "" : text;
  }
}
