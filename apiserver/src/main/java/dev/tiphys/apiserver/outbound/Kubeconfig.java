package dev.tiphys.apiserver.outbound;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The form in which flags name webhooks: a cluster is the webhook, a user is this server, the
 * current context says which. Paths in it are relative to the file.
 */
final class Kubeconfig {

  private final Path file;
  private final ConfigObject root;

  private Kubeconfig(Path file, ConfigObject root) {
    this.file = file;
    this.root = root;
  }

  /**
   * What a file says of the webhook.
   *
   * @throws ConfigFileException if it cannot be read or used
   */
  static Remote read(Path file) throws ConfigFileException {
    try {
      JsonTree.Obj tree = ConfigObject.tree(Files.readAllBytes(file));
      return new Kubeconfig(file, ConfigObject.of(tree, "")).remote();
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigFileException(file + ": " + e.getMessage(), e);
    } catch (ConfigFileException e) {
      throw new ConfigFileException(file + ": " + e.getMessage(), e);
    }
  }

  private Remote remote() throws ConfigFileException, IOException, GeneralSecurityException {
    String current = root.text("current-context");
    ConfigObject context = current.isEmpty() ? null : named("contexts", "context", current);
    ConfigObject cluster =
        context == null
            ? only("clusters", "cluster")
            : named("clusters", "cluster", context.text("cluster"));
    ConfigObject user =
        context == null ? only("users", "user") : named("users", "user", context.text("user"));
    if (cluster == null) {
      throw new ConfigFileException(
          "invalid configuration: no configuration has been provided, try setting clusters");
    }
    Destination destination = ServiceAddresses.url(cluster.text("server"));
    String serverName = cluster.text("tls-server-name");
    if (!serverName.isEmpty()) {
      destination =
          new Destination(destination.host(), destination.port(), serverName, destination.url());
    }
    boolean insecure = Boolean.TRUE.equals(cluster.flag("insecure-skip-tls-verify"));
    if (!cluster.text("proxy-url").isEmpty()) {
      throw new ConfigFileException("proxy-url: webhooks are not called through proxies");
    }
    Trust trust = new Trust(identity(user));
    byte[] authorities = material(cluster, "certificate-authority");
    SSLContext tls =
        insecure
            ? trust.ofAnybody()
            : trust.of(authorities == null ? null : Bytes.copyOf(authorities));
    return new Remote(new Peer(destination, tls, !insecure), authorization(user));
  }

  private @Nullable ConfigObject named(String list, String member, String name)
      throws ConfigFileException {
    for (ConfigObject entry : root.objects(list)) {
      if (entry.text("name").equals(name)) {
        return entry.objectOrEmpty(member);
      }
    }
    if (name.isEmpty()) {
      return null;
    }
    throw new ConfigFileException(member + " \"" + name + "\" does not exist");
  }

  /** As upstream: without a current context a single cluster and user are meant. */
  private @Nullable ConfigObject only(String list, String member) {
    List<ConfigObject> entries = root.objects(list);
    return entries.size() == 1 ? entries.getFirst().objectOrEmpty(member) : null;
  }

  private KeyManager @Nullable [] identity(@Nullable ConfigObject user)
      throws ConfigFileException, IOException, GeneralSecurityException {
    if (user == null) {
      return null;
    }
    if (user.raw("exec") != null || user.raw("auth-provider") != null) {
      throw new ConfigFileException("users: exec and auth-provider are not supported");
    }
    byte[] certificate = material(user, "client-certificate");
    byte[] key = material(user, "client-key");
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new ConfigFileException(
          "users: client-certificate and client-key must be specified together");
    }
    return new KeyManager[] {
      OwnCertificate.of(
          Pem.certificates(new String(certificate, StandardCharsets.US_ASCII)),
          Pem.privateKey(new String(key, StandardCharsets.US_ASCII)))
    };
  }

  private Remote.@Nullable Secret authorization(@Nullable ConfigObject user) {
    if (user == null) {
      return null;
    }
    String tokenFile = user.text("tokenFile");
    if (!tokenFile.isEmpty()) {
      Path path = file.resolveSibling(tokenFile);
      return () -> "Bearer " + Files.readString(path, StandardCharsets.US_ASCII).strip();
    }
    String token = user.text("token");
    if (!token.isEmpty()) {
      return () -> "Bearer " + token;
    }
    String name = user.text("username");
    if (name.isEmpty()) {
      return null;
    }
    String basic =
        Base64.getEncoder()
            .encodeToString((name + ":" + user.text("password")).getBytes(StandardCharsets.UTF_8));
    return () -> "Basic " + basic;
  }

  private byte @Nullable [] material(ConfigObject from, String member)
      throws ConfigFileException, IOException {
    String inline = from.text(member + "-data");
    if (!inline.isEmpty()) {
      try {
        return Base64.getMimeDecoder().decode(inline);
      } catch (IllegalArgumentException e) {
        throw new ConfigFileException(member + "-data: is not base64", e);
      }
    }
    String path = from.text(member);
    return path.isEmpty() ? null : Files.readAllBytes(file.resolveSibling(path));
  }
}
