package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ServiceAccount;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.authn.ServiceAccountTokens;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The identity that this server gives to service accounts.
 *
 * @param issuer empty if there is none
 * @param keys that verify tokens
 */
record Identity(String issuer, List<PublicKey> keys, ServiceAccountTokens tokens) {

  static Identity of(Config.ServiceAccounts config, ClusterView view, Chance chance) {
    List<PublicKey> keys = new ArrayList<>();
    for (Path file : config.keys()) {
      keys.addAll(publicKeys(file));
    }
    Path signing = config.signingKey();
    if (signing != null && keys.isEmpty()) {
      throw ConfigException.flag(
          "--service-account-key-file",
          "must name the public key of --service-account-signing-key-file");
    }
    ServiceAccountTokens tokens =
        new ServiceAccountTokens(
            config.issuer(),
            keys,
            signing == null ? null : privateKey(signing),
            config.audiences(),
            new Lookup(view),
            chance.clock(),
            chance.uuids());
    return new Identity(config.issuer(), List.copyOf(keys), tokens);
  }

  private static List<PublicKey> publicKeys(Path file) {
    try {
      List<PublicKey> keys = Pem.publicKeys(Files.readString(file, StandardCharsets.US_ASCII));
      if (keys.isEmpty()) {
        throw ConfigException.flag("--service-account-key-file", "no public key in " + file);
      }
      return keys;
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          "--service-account-key-file: cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(Path file) {
    try {
      return Pem.privateKey(file);
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          "--service-account-signing-key-file: cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Looks in the cache, and in the store's newest state for what the cache does not have. */
  private record Lookup(ClusterView view) implements ServiceAccountTokens.Objects {

    @Override
    public @Nullable String serviceAccountUid(String namespace, String name) {
      ServiceAccount account = find(Resources.SERVICE_ACCOUNTS, namespace, name);
      return account == null || account.metadata().deletionTimestamp() != null
          ? null
          : account.metadata().uid();
    }

    @Override
    public @Nullable String boundUid(String kind, String namespace, String name) {
      ApiObject object =
          switch (kind) {
            case "Pod" -> find(Resources.PODS, namespace, name);
            case "Secret" -> find(Resources.SECRETS, namespace, name);
            case "Node" -> find(Resources.NODES, "", name);
            default -> null;
          };
      return object == null ? null : object.metadata().uid();
    }

    private <T extends ApiObject> @Nullable T find(
        ResourceType<T> type, String namespace, String name) {
      T cached = view.get(type, namespace, name);
      return cached == null ? view.getFresh(type, namespace, name) : cached;
    }
  }
}
