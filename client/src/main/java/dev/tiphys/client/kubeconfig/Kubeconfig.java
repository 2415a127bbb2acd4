package dev.tiphys.client.kubeconfig;

import dev.tiphys.client.kubeconfig.ClusterAccess.ClientCertificate;
import dev.tiphys.client.kubeconfig.ClusterAccess.Token;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one or several kubeconfig files say. Where several define a name, the first wins, as {@code
 * KUBECONFIG} lists have it.
 *
 * <p>Left out, with an error that says so where a file asks for it: exec and auth-provider plugins,
 * user name with password, {@code proxy-url}, {@code tls-server-name}.
 */
public final class Kubeconfig {

  private final List<Path> files;
  private final @Nullable String currentContext;
  private final Map<String, KubeconfigSection> clusters = new LinkedHashMap<>();
  private final Map<String, KubeconfigSection> users = new LinkedHashMap<>();
  private final Map<String, KubeconfigSection> contexts = new LinkedHashMap<>();

  private Kubeconfig(List<Path> files) {
    this.files = files;
    String current = null;
    for (Path file : files) {
      KubeconfigSection top = KubeconfigSection.read(file);
      top.named("clusters", "cluster").forEach(clusters::putIfAbsent);
      top.named("users", "user").forEach(users::putIfAbsent);
      top.named("contexts", "context").forEach(contexts::putIfAbsent);
      if (current == null) {
        current = top.text("current-context");
      }
    }
    this.currentContext = current;
  }

  /**
   * Reads files.
   *
   * @throws KubeconfigException if one cannot be read or is not a kubeconfig
   */
  public static Kubeconfig read(Path... files) {
    return new Kubeconfig(List.of(files));
  }

  /** The names of the contexts, in the order of the files. */
  public Set<String> contexts() {
    return contexts.keySet();
  }

  /** The context used if none is asked for, or null. */
  public @Nullable String currentContext() {
    return currentContext;
  }

  /**
   * What a context leads to.
   *
   * @param context null for the current one
   * @throws KubeconfigException if it is missing, or leads to something unusable
   */
  public ClusterAccess access(@Nullable String context) {
    String name = context != null ? context : currentContext;
    if (name == null) {
      throw new KubeconfigException(
          "kubeconfig " + files + ": current-context is not set; name a context");
    }
    KubeconfigSection chosen = find(contexts, "contexts", name);
    String clusterName = chosen.require("cluster");
    KubeconfigSection cluster = find(clusters, "clusters", clusterName);
    String userName = chosen.text("user");
    KubeconfigSection user = userName == null ? null : find(users, "users", userName);
    cluster.refuse("proxy-url", "proxies are not supported");
    cluster.refuse("tls-server-name", "use a server address that its certificate names");
    String namespace = chosen.text("namespace");
    byte[] authorities = cluster.material("certificate-authority");
    return new ClusterAccess(
        server(cluster),
        authorities == null
            ? List.of()
            : certificates(cluster, "certificate-authority", authorities),
        cluster.flag("insecure-skip-tls-verify"),
        user == null ? null : certificate(user),
        user == null ? null : token(user),
        namespace == null || namespace.isEmpty() ? "default" : namespace);
  }

  private KubeconfigSection find(
      Map<String, KubeconfigSection> among, String section, String name) {
    KubeconfigSection found = among.get(name);
    if (found == null) {
      throw new KubeconfigException(
          "kubeconfig %s: %s has no entry named %s; there are %s"
              .formatted(files, section, name, among.keySet()));
    }
    return found;
  }

  private static URI server(KubeconfigSection cluster) {
    String server = cluster.require("server");
    try {
      URI uri = new URI(server.endsWith("/") ? server.substring(0, server.length() - 1) : server);
      if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new KubeconfigException(cluster.where("server") + " is not a URL: " + server, e);
    }
    throw new KubeconfigException(
        cluster.where("server") + " must be an https or http URL with a host: " + server);
  }

  private static @Nullable ClientCertificate certificate(KubeconfigSection user) {
    user.refuse("exec", "exec credential plugins are not supported; use a certificate or token");
    user.refuse("auth-provider", "auth providers are not supported; use a certificate or token");
    user.refuse("username", "basic authentication is not supported; use a certificate or token");
    byte[] chain = user.material("client-certificate");
    byte[] key = user.material("client-key");
    if (chain == null && key == null) {
      return null;
    }
    if (chain == null || key == null) {
      throw new KubeconfigException(
          user.where(chain == null ? "client-certificate" : "client-key")
              + " is missing: certificate and key go together");
    }
    return new ClientCertificate(
        certificates(user, "client-certificate", chain), privateKey(user, key));
  }

  private static PrivateKey privateKey(KubeconfigSection user, byte[] pem) {
    try {
      return Pem.privateKey(pem);
    } catch (GeneralSecurityException e) {
      throw new KubeconfigException(user.where("client-key") + ": " + e.getMessage(), e);
    }
  }

  private static List<X509Certificate> certificates(
      KubeconfigSection section, String field, byte[] pem) {
    try {
      return Pem.certificates(pem);
    } catch (GeneralSecurityException e) {
      throw new KubeconfigException(section.where(field) + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable Token token(KubeconfigSection user) {
    Path file = user.path("tokenFile");
    if (file != null) {
      return new Token.InFile(file);
    }
    String token = user.text("token");
    return token == null || token.isEmpty() ? null : new Token.Fixed(token);
  }
}
