package dev.tiphys.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Expressions that select devices by what their driver tells of them: {@code device.driver}, {@code
 * device.attributes["domain"].name}, {@code device.capacity["domain"].name}. They are only compiled
 * here: who allocates devices evaluates them. Thread-safe.
 */
final class DeviceCel {

  private final Supplier<CelEnvironment> environment;
  private volatile @Nullable CelCompiler compiler;

  DeviceCel(Supplier<CelEnvironment> environment) {
    this.environment = environment;
  }

  /** What is wrong with an expression, or null. */
  @Nullable String fault(String text) {
    try {
      environment.get().compile(compiler(), text, SimpleType.BOOL);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private CelCompiler compiler() {
    CelCompiler known = compiler;
    if (known == null) {
      CelTypes types = new CelTypes();
      CelType attributes =
          MapType.create(SimpleType.STRING, MapType.create(SimpleType.STRING, SimpleType.DYN));
      CelType capacity =
          MapType.create(
              SimpleType.STRING, MapType.create(SimpleType.STRING, QuantityFunctions.QUANTITY));
      CelType device =
          types.struct(
              "kubernetes.DRADevice",
              Map.of(
                  "driver",
                  SimpleType.STRING,
                  "attributes",
                  attributes,
                  "capacity",
                  capacity,
                  "allowMultipleAllocations",
                  SimpleType.BOOL));
      known = environment.get().compiler(types, Map.of("device", device));
      compiler = known;
    }
    return known;
  }
}
