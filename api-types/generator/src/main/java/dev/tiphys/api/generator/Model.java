package dev.tiphys.api.generator;

import dev.tiphys.api.generator.options.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is generated, without protobuf's ways of saying it.
 *
 * @param structs in the order of their files
 */
record Model(List<Struct> structs) {

  /** The Java packages, in the order of their files. */
  List<String> packages() {
    return structs.stream().map(Struct::javaPackage).distinct().toList();
  }

  /** The structs of one Java package. */
  List<Struct> structsOf(String javaPackage) {
    return structs.stream().filter(struct -> struct.javaPackage().equals(javaPackage)).toList();
  }

  /** What a struct is to the API. */
  enum Role {
    /** A part of others, or a kind without the metadata of an object or list. */
    STRUCT,
    /** Stands alone and has an object's metadata. */
    OBJECT,
    /** A list of objects. */
    LIST
  }

  /**
   * One record.
   *
   * @param kind of those that stand alone, or null
   * @param resource whose objects these are, or null
   * @param atomic whether server-side apply owns the struct as a whole
   * @param doc may be empty
   */
  record Struct(
      String javaPackage,
      String javaName,
      String openApiName,
      Role role,
      @Nullable Kind kind,
      @Nullable Resource resource,
      boolean atomic,
      String doc,
      List<Member> members) {

    String qualifiedName() {
      return javaPackage + "." + javaName;
    }
  }

  /** Group, version and kind. */
  record Kind(String group, String version, String name) {

    String apiVersion() {
      return group.isEmpty() ? version : group + "/" + version;
    }
  }

  /**
   * One component of a record: what {@code Field} says, and its names in Java.
   *
   * @param defaultJson or empty
   * @param listKind a constant of {@code Field.ListKind}
   * @param patchStrategy a constant of {@code Field.PatchStrategy}
   * @param patchMergeKey or empty
   * @param sensitive whether the value must not be printed
   * @param doc may be empty
   */
  record Member(
      String jsonName,
      String javaName,
      int number,
      List<Integer> inlinePath,
      Type type,
      boolean required,
      boolean pointer,
      String defaultJson,
      String listKind,
      List<String> listMapKeys,
      String patchStrategy,
      String patchMergeKey,
      List<String> enumValues,
      boolean sensitive,
      String doc) {

    /** The end of the {@code with…} method's name. */
    String capitalName() {
      String bare =
          javaName.endsWith("_") ? javaName.substring(0, javaName.length() - 1) : javaName;
      return Character.toUpperCase(bare.charAt(0)) + bare.substring(1);
    }
  }

  /** The type of a member. */
  sealed interface Type {

    /** The Java type, qualified where it is not of java.lang. */
    String java();
  }

  /** A value without structure. */
  enum Scalar implements Type {
    STRING("String"),
    BOOL("Boolean"),
    INT32("Integer"),
    INT64("Long"),
    DOUBLE("Double"),
    BYTES("dev.tiphys.api.value.Bytes"),
    TIME("java.time.Instant"),
    MICRO_TIME("java.time.Instant"),
    DURATION("java.time.Duration"),
    QUANTITY("dev.tiphys.api.value.Quantity"),
    INT_OR_STRING("dev.tiphys.api.value.IntOrString"),
    RAW_JSON("dev.tiphys.api.value.RawJson");

    private final String java;

    Scalar(String java) {
      this.java = java;
    }

    @Override
    public String java() {
      return java;
    }
  }

  /** Another struct. */
  record Ref(String java, boolean atomic) implements Type {}

  /** A list. */
  record ListOf(Type element) implements Type {
    @Override
    public String java() {
      return "java.util.List<" + element.java() + ">";
    }
  }

  /** A map from string. */
  record MapOf(Type value) implements Type {
    @Override
    public String java() {
      return "java.util.Map<String, " + value.java() + ">";
    }
  }
}
