package dev.tiphys.api.generator;

/** Writes the package-info of a package of records. */
final class PackageWriter {

  private PackageWriter() {}

  static String write(String javaPackage) {
    return """
    /** Records of one version of an API group, generated from its description. */
    @org.jspecify.annotations.NullMarked
    package %s;
    """
        .formatted(javaPackage);
  }
}
