package dev.tiphys.apiserver.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.List;

/** One overload of a function: how it is called and what it does. */
record Function(String name, CelOverloadDecl overload, CelFunctionBinding binding) {

  /** What a function of any number of arguments does. */
  @FunctionalInterface
  interface Body {
    /** Computes; a thrown {@link IllegalArgumentException} is the expression's error. */
    Object apply(Object[] arguments);
  }

  /** A function called by its name. */
  @SuppressWarnings("Immutable") // what functions close over are constants
  static Function global(
      String name, String id, CelType result, Body body, List<CelType> types, Class<?>... classes) {
    return new Function(
        name,
        CelOverloadDecl.newGlobalOverload(id, result, types),
        CelFunctionBinding.from(id, List.of(classes), body::apply));
  }

  /** A function called on its first argument. */
  @SuppressWarnings("Immutable") // what functions close over are constants
  static Function member(
      String name, String id, CelType result, Body body, List<CelType> types, Class<?>... classes) {
    return new Function(
        name,
        CelOverloadDecl.newMemberOverload(id, result, types),
        CelFunctionBinding.from(id, List.of(classes), body::apply));
  }

  /** The declarations of functions, each with all of its overloads. */
  static List<CelFunctionDecl> declarations(List<Function> functions) {
    List<CelFunctionDecl> all = new ArrayList<>();
    functions.stream()
        .map(Function::name)
        .distinct()
        .forEach(name ->
            all.add(
                CelFunctionDecl.newFunctionDeclaration(
                    name,
                    functions.stream()
                        .filter(one -> one.name().equals(name))
                        .map(Function::overload)
                        .toList())));
    return all;
  }
}
