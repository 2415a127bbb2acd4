package dev.tiphys.kubelet.runtime;

/**
 * Who to be toward a registry.
 *
 * @param server the registry's name, as in an image's name; empty for any
 */
public record RegistryCredentials(String server, String username, String password) {
  @Override
  public String toString() {
    return "RegistryCredentials[server=" + server + ", username=" + username + "]"; // No secret.
  }
}
