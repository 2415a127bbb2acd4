package dev.tiphys.apiserver.outbound;

/**
 * Where a call goes.
 *
 * @param host to connect to, a name or an address
 * @param port to connect to
 * @param serverName that the certificate must be for, and that the Host field names
 * @param url as messages name it, without the query
 */
public record Destination(String host, int port, String serverName, String url) {

  /** The Host field. */
  String authority() {
    return (serverName.contains(":") ? "[" + serverName + "]" : serverName)
        + (port == 443 ? "" : ":" + port);
  }
}
