package dev.tiphys.cli;

/** Which Kubernetes this command line speaks. */
public final class Version {

  /** The version of the API. */
  public static final String OF_API = "v1.36.0";

  /** Major and minor alone. */
  public static final String MAJOR = "1";

  /** The minor version. */
  public static final String MINOR = "36";

  private Version() {}
}
