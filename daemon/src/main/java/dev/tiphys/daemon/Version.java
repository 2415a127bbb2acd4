package dev.tiphys.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What {@code /version} tells, in the shape of Kubernetes' {@code version.Info}.
 *
 * @param major of the Kubernetes API that is served
 * @param minor of the Kubernetes API that is served
 * @param gitVersion as {@code v1.36.0+tiphys.0.1.0}; semantic versioning, so clients that compare
 *     it see 1.36.0
 * @param javaVersion the run time, in the place of upstream's {@code goVersion}
 * @param platform as {@code linux/amd64}
 */
public record Version(
    String major, String minor, String gitVersion, String javaVersion, String platform) {

  /** The version of the running build. */
  public static Version current() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String kubernetes = build.getProperty("kubernetes");
    String[] parts = kubernetes.split("\\.");
    String architecture = System.getProperty("os.arch");
    return new Version(
        parts[0],
        parts[1],
        "v" + kubernetes + "+tiphys." + build.getProperty("tiphys").replace("-SNAPSHOT", ""),
        "java" + Runtime.version().feature(),
        "linux/" + (architecture.equals("aarch64") ? "arm64" : architecture));
  }

  /** The JSON body of {@code /version}. */
  public String toJson() {
    return """
    {
      "major": "%s",
      "minor": "%s",
      "gitVersion": "%s",
      "gitCommit": "",
      "gitTreeState": "clean",
      "buildDate": "1970-01-01T00:00:00Z",
      "goVersion": "%s",
      "compiler": "javac",
      "platform": "%s"
    }\
    """
        .formatted(major, minor, gitVersion, javaVersion, platform);
  }
}
