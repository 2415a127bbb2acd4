package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Flags that say what is served over HTTP/1 at the client URLs. */
final class HttpOptions {
  @Option(
      names = "--enable-grpc-gateway",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "Serve the API as JSON too, below /v3/. Default: ${DEFAULT-VALUE}.")
  boolean gateway;

  @Option(
      names = "--cors",
      split = ",",
      defaultValue = "*",
      description =
          "Origins whose scripts may use what is served over HTTP, as https://host:port; *: all."
              + " Default: ${DEFAULT-VALUE}.")
  List<String> origins = List.of();

  @Option(
      names = "--host-whitelist",
      split = ",",
      defaultValue = "*",
      description =
          "Host names by which this member may be called over HTTP without TLS; *: any. Default:"
              + " ${DEFAULT-VALUE}.")
  List<String> hosts = List.of();

  /**
   * Checks the flags.
   *
   * @throws ConfigException naming the flag
   */
  HttpRules rules() {
    for (var origin : origins) {
      if (!origin.equals("*") && !isOrigin(origin)) {
        throw ConfigException.flag(
            "--cors", "must list origins as https://host:port, or be *, not \"" + origin + "\"");
      }
    }
    return new HttpRules(gateway, Set.copyOf(origins), Set.copyOf(hosts));
  }

  private static boolean isOrigin(String text) {
    try {
      var url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return http && url.getHost() != null && url.getPort() >= 0 && url.getRawPath().isEmpty();
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
