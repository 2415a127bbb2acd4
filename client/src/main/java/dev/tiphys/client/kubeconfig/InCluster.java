package dev.tiphys.client.kubeconfig;

import dev.tiphys.client.kubeconfig.ClusterAccess.Token;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;

/** How a pod reaches its own cluster: environment variables and the mounted service account. */
public final class InCluster {

  /** Where the service account is mounted. */
  public static final Path MOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private InCluster() {}

  /** Whether this looks like a pod. */
  public static boolean detected(Map<String, String> environment, Path mount) {
    return environment.containsKey("KUBERNETES_SERVICE_HOST")
        && Files.exists(mount.resolve("token"));
  }

  /**
   * The access of this pod's service account.
   *
   * @param environment the process's variables
   * @param mount usually {@link #MOUNT}
   * @throws KubeconfigException if something is missing
   */
  public static ClusterAccess access(Map<String, String> environment, Path mount) {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    if (host == null) {
      throw new KubeconfigException("KUBERNETES_SERVICE_HOST is not set: this is not a pod");
    }
    Path ca = mount.resolve("ca.crt");
    try {
      return new ClusterAccess(
          URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port),
          Pem.certificates(Files.readAllBytes(ca)),
          false,
          null,
          new Token.InFile(mount.resolve("token")),
          Files.readString(mount.resolve("namespace")).strip());
    } catch (IOException e) {
      throw new KubeconfigException("service account at " + mount + " cannot be read: " + e, e);
    } catch (GeneralSecurityException e) {
      throw new KubeconfigException(ca + ": " + e.getMessage(), e);
    }
  }
}
