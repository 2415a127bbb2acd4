package dev.tiphys.apiserver.outbound;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where services and URLs of webhooks are. Thread-safe. */
public final class ServiceAddresses {

  private static final int HTTPS = 443;

  private final ClusterView view;

  /** Looks services up in a view. */
  public ServiceAddresses(ClusterView view) {
    this.view = view;
  }

  /**
   * Where a service is: its cluster address, under the name that the cluster's DNS gives it.
   *
   * @param port null for 443
   * @param path null for none
   * @throws IOException if there is no such service or port
   */
  public Destination service(
      String namespace, String name, @Nullable Integer port, @Nullable String path)
      throws IOException {
    int wanted = port == null ? HTTPS : port;
    String serverName = name + "." + namespace + ".svc";
    String url = "https://" + serverName + ":" + wanted + (path == null ? "" : path);
    Service service = view.get(Resources.SERVICES, namespace, name);
    ServiceSpec spec = service == null ? null : service.spec();
    if (spec == null) {
      throw new IOException("service \"" + name + "\" not found");
    }
    if ("ExternalName".equals(spec.type())) {
      return new Destination(String.valueOf(spec.externalName()), wanted, serverName, url);
    }
    boolean offered =
        spec.ports().stream().map(ServicePort::port).anyMatch(p -> Objects.equals(p, wanted));
    if (!offered) {
      throw new IOException("no service port " + wanted + " found for service \"" + name + "\"");
    }
    String address = spec.clusterIP();
    if (address == null || address.isEmpty() || address.equals("None")) {
      throw new IOException("service \"" + name + "\" has no cluster address");
    }
    return new Destination(address, wanted, serverName, url);
  }

  /**
   * Where a URL leads.
   *
   * @throws IOException if it is no https URL
   */
  public static Destination url(String text) throws IOException {
    try {
      URI uri = URI.create(text);
      String host = uri.getHost();
      if (host != null && "https".equals(uri.getScheme())) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Destination(bare, uri.getPort() < 0 ? HTTPS : uri.getPort(), bare, text);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("not a URL: " + text, e);
    }
    throw new IOException("not an https URL: " + text);
  }
}
