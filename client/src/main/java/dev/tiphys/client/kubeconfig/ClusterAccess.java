package dev.tiphys.client.kubeconfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a cluster is, how to know that it is the right one, and who to be there.
 *
 * @param server the API server's URL, {@code https://host:port} with an optional path
 * @param authorities who may vouch for the server; empty for those that the system trusts
 * @param insecure whether to believe any server; only ever for experiments
 * @param certificate the client certificate, or null
 * @param token the bearer token, or null
 * @param namespace the namespace that the context prefers, {@code default} if it names none
 */
public record ClusterAccess(
    URI server,
    List<X509Certificate> authorities,
    boolean insecure,
    @Nullable ClientCertificate certificate,
    @Nullable Token token,
    String namespace) {

  /**
   * The access of a daemon: by its kubeconfig's current context or, without a kubeconfig, by the
   * service account of the pod that it runs in.
   *
   * @throws KubeconfigException if the file is unusable, or there is none and this is not a pod
   */
  public static ClusterAccess find(@Nullable Path kubeconfig) {
    return kubeconfig == null
        ? InCluster.access(System.getenv(), InCluster.MOUNT)
        : Kubeconfig.read(kubeconfig).access(null);
  }

  /**
   * A client certificate.
   *
   * @param chain the certificate first, then those that lead to the authority
   */
  public record ClientCertificate(List<X509Certificate> chain, PrivateKey key) {
    @Override
    public String toString() {
      return "ClientCertificate[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
  }

  /** A bearer token. Never shown by {@code toString}. */
  public sealed interface Token {

    /**
     * The token as of now.
     *
     * @throws UncheckedIOException if its file cannot be read
     */
    String read();

    /** A token that stays as it is. */
    record Fixed(String value) implements Token {
      @Override
      public String read() {
        return value;
      }

      @Override
      public String toString() {
        return "Token.Fixed[hidden]";
      }
    }

    /** A token in a file, which someone else renews; read for every request. */
    record InFile(Path file) implements Token {
      @Override
      public String read() {
        try {
          return Files.readString(file).strip();
        } catch (IOException e) {
          throw new UncheckedIOException("token file " + file + " cannot be read", e);
        }
      }
    }
  }
}
