package dev.tiphys.deploy.node;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.ControlPlane;
import dev.tiphys.deploy.layout.DataDir;

/** How HAProxy spreads connections over several API servers: a pure function on texts. */
public final class BalancerConfig {
  private BalancerConfig() {}

  /**
   * The configuration. Bytes are passed on as they are, for clients must see the API server's own
   * certificate. A server that stops being ready loses its connections, so that clients come back
   * to another one; watches may be silent for long, so idle connections are kept for a day. One
   * that is there has longer to say that it is ready than it needs to find another store when its
   * own hangs.
   */
  public static String text(DataDir directory, ClusterSettings settings) {
    var text =
        new StringBuilder(
            """
            global
              maxconn 8192

            defaults
              mode tcp
              timeout connect 2s
              timeout check 6s
              timeout client 24h
              timeout server 24h

            frontend api
              bind 0.0.0.0:%1$d
              default_backend apiservers

            backend apiservers
              balance leastconn
              option redispatch
              option httpchk GET /readyz
              http-check expect status 200
              default-server check check-ssl verify required verifyhost kubernetes ca-file %2$s inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
            """
                .formatted(settings.apiPort(), directory.pki().resolve("ca.crt")));
    for (ControlPlane plane : settings.planes()) {
      text.append("  server ")
          .append(plane.name())
          .append(' ')
          .append(plane.address())
          .append(':')
          .append(settings.apiPort())
          .append('\n');
    }
    return text.toString();
  }
}
