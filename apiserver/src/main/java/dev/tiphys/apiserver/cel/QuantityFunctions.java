package dev.tiphys.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.tiphys.api.value.Quantity;
import java.util.ArrayList;
import java.util.List;

/** {@code quantity} and what can be done with it. */
final class QuantityFunctions {

  /** The type of what {@code quantity} gives. */
  static final OpaqueType QUANTITY = OpaqueType.create("kubernetes.Quantity");

  private QuantityFunctions() {}

  static List<Function> all() {
    List<Function> all = new ArrayList<>();
    all.add(
        Function.global(
            "quantity",
            "kube_quantity",
            QUANTITY,
            arguments -> Quantity.parse((String) arguments[0]),
            List.of(SimpleType.STRING),
            String.class));
    all.add(
        Function.global(
            "isQuantity",
            "kube_is_quantity",
            SimpleType.BOOL,
            arguments -> isQuantity((String) arguments[0]),
            List.of(SimpleType.STRING),
            String.class));
    unary(all, "sign", SimpleType.INT, quantity -> (long) quantity.signum());
    unary(all, "isInteger", SimpleType.BOOL, QuantityFunctions::isInteger);
    unary(all, "asInteger", SimpleType.INT, QuantityFunctions::asInteger);
    unary(
        all, "asApproximateFloat", SimpleType.DOUBLE, quantity -> quantity.amount().doubleValue());
    binary(all, "add", QUANTITY, Quantity::plus);
    binary(all, "sub", QUANTITY, Quantity::minus);
    binary(all, "isLessThan", SimpleType.BOOL, (one, other) -> one.compareTo(other) < 0);
    binary(all, "isGreaterThan", SimpleType.BOOL, (one, other) -> one.compareTo(other) > 0);
    binary(
        all,
        "compareTo",
        SimpleType.INT,
        (one, other) -> (long) Integer.signum(one.compareTo(other)));
    return all;
  }

  private interface Unary {
    Object of(Quantity quantity);
  }

  private interface Binary {
    Object of(Quantity one, Quantity other);
  }

  private static void unary(List<Function> all, String name, CelType result, Unary body) {
    all.add(
        Function.member(
            name,
            "kube_quantity_" + name,
            result,
            arguments -> body.of((Quantity) arguments[0]),
            List.of(QUANTITY),
            Quantity.class));
  }

  private static void binary(List<Function> all, String name, CelType result, Binary body) {
    all.add(
        Function.member(
            name,
            "kube_quantity_" + name,
            result,
            arguments -> body.of((Quantity) arguments[0], (Quantity) arguments[1]),
            List.of(QUANTITY, QUANTITY),
            Quantity.class,
            Quantity.class));
    boolean arithmetic = name.equals("add") || name.equals("sub");
    if (arithmetic) {
      all.add(
          Function.member(
              name,
              "kube_quantity_" + name + "_int",
              result,
              arguments -> body.of((Quantity) arguments[0], Quantity.of((Long) arguments[1])),
              List.of(QUANTITY, SimpleType.INT),
              Quantity.class,
              Long.class));
    }
  }

  private static boolean isQuantity(String text) {
    try {
      return Quantity.parse(text) != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static boolean isInteger(Quantity quantity) {
    try {
      long whole = asInteger(quantity);
      return Quantity.of(whole).compareTo(quantity) == 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static long asInteger(Quantity quantity) {
    try {
      return quantity.amount().longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("cannot convert value to integer", e);
    }
  }
}
