package dev.tiphys.api.generator;

import dev.tiphys.api.generator.Model.Struct;
import java.util.List;

/**
 * Writes {@code Types}, one class a package that stands for each of the package's types before it
 * is loaded: it supplies the type and makes its values. Lambdas would do the same, but each costs a
 * daemon a good part of a millisecond when it starts, and the types that a pod is made of have
 * hundreds.
 */
final class TypesWriter {

  static final String NAME = "Types";

  private TypesWriter() {}

  /** The expression for the supplier of a record's type. */
  static String supplier(String qualifiedName) {
    int dot = qualifiedName.lastIndexOf('.');
    String types = qualifiedName.substring(0, dot) + "." + NAME;
    return "new " + types + "<>(" + types + "." + constant(qualifiedName) + ")";
  }

  /** The expression for the function that makes a record of field values. */
  static String factory(String qualifiedName) {
    return supplier(qualifiedName);
  }

  private static String constant(String qualifiedName) {
    return "_" + qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1);
  }

  static String write(String javaPackage, Model model) {
    List<Struct> structs = model.structsOf(javaPackage);
    StringBuilder out = new StringBuilder(HEADER.formatted(javaPackage));
    for (int i = 0; i < structs.size(); i++) {
      out.append("  public static final int ").append(constant(structs.get(i).qualifiedName()));
      out.append(" = ").append(i).append(";\n");
    }
    out.append(GET);
    for (Struct struct : structs) {
      arm(struct, ".TYPE", out);
    }
    out.append(APPLY);
    for (Struct struct : structs) {
      arm(struct, ".create(values)", out);
    }
    return out.append(FOOTER).toString();
  }

  private static void arm(Struct struct, String expression, StringBuilder out) {
    out.append("          case ").append(constant(struct.qualifiedName())).append(" -> ");
    out.append(struct.javaName()).append(expression).append(";\n");
  }

  private static final String HEADER =
      """
      package %s;

      /**
       * Stands for a type of this package that need not be loaded yet. Used by the descriptions of types
       * alone; everyone else asks a record for its {@code TYPE}.
       *
       * @param index which type
       */
      @SuppressWarnings("unchecked")
      public record Types<T extends dev.tiphys.api.schema.Struct>(int index)
          implements java.util.function.Supplier<dev.tiphys.api.schema.StructType<?>>,
              java.util.function.Function<@org.jspecify.annotations.Nullable Object[], T> {

      """;

  private static final String GET =
      """

        @Override
        public dev.tiphys.api.schema.StructType<?> get() {
          return
              switch (index) {
      """;

  private static final String APPLY =
      """
                default -> throw new IndexOutOfBoundsException(index);
              };
        }

        @Override
        public T apply(@org.jspecify.annotations.Nullable Object[] values) {
          return (T)
              switch (index) {
      """;

  private static final String FOOTER =
      """
                default -> throw new IndexOutOfBoundsException(index);
              };
        }
      }
      """;
}
