package dev.tiphys.cli;

import dev.tiphys.cli.cluster.Catalog;
import dev.tiphys.cli.cluster.Cluster;
import dev.tiphys.cli.cluster.KubeconfigFiles;
import dev.tiphys.cli.cluster.Tracing;
import dev.tiphys.client.RestClient;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.client.kubeconfig.Kubeconfig;
import dev.tiphys.client.transport.HttpTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of one verb: the terminal, the options that all verbs share, and, from first use on, the
 * cluster. Not thread-safe.
 */
public final class Session implements AutoCloseable {

  private final Console console;
  private final GlobalOptions options;
  private final Map<String, String> variables;
  private final Environment environment;
  private @Nullable ClusterAccess access;
  private @Nullable Cluster cluster;

  /**
   * Makes a session; nothing is read or asked yet.
   *
   * @param variables the process' environment variables
   */
  public Session(
      Console console,
      GlobalOptions options,
      Map<String, String> variables,
      Environment environment) {
    this.console = console;
    this.options = options;
    this.variables = variables;
    this.environment = environment;
  }

  /** The terminal. */
  public Console console() {
    return console;
  }

  /** Time and threads. */
  public Environment environment() {
    return environment;
  }

  /** What time it is. */
  public Instant now() {
    return environment.clock().instant();
  }

  /** An environment variable of the process, or null. */
  public @Nullable String variable(String name) {
    return variables.get(name);
  }

  /** The kubeconfig files that count, the most important first. */
  public List<Path> kubeconfigFiles() {
    return KubeconfigFiles.find(options.kubeconfig, variables);
  }

  /** The context asked for, or null for the current one. */
  public @Nullable String context() {
    return options.context;
  }

  /** The namespace to work in: the one asked for, else the context's. */
  public String namespace() {
    return options.namespace != null && !options.namespace.isEmpty()
        ? options.namespace
        : access().namespace();
  }

  /** Whether the user asked for a namespace, so that files may not say another. */
  public boolean namespaceAsked() {
    return options.namespace != null && !options.namespace.isEmpty();
  }

  /** What resources the cluster has. */
  public Catalog catalog() {
    return cluster().catalog();
  }

  /** The cluster, connected to at the first call. */
  public Cluster cluster() {
    if (cluster == null) {
      ClusterAccess to = access();
      Tracing transport =
          new Tracing(
              new HttpTransport(to, "tiphys/" + Version.OF_API, environment),
              impersonation(),
              options.verbosity,
              console.err(),
              environment.clock());
      cluster =
          new Cluster(
              new RestClient(transport, environment),
              to.server().toString(),
              timeout(),
              console.err());
    }
    return cluster;
  }

  private Map<String, String> impersonation() {
    Map<String, String> headers = new LinkedHashMap<>();
    if (options.as != null) {
      headers.put("Impersonate-User", options.as);
    }
    if (options.asGroup != null) {
      headers.put("Impersonate-Group", options.asGroup);
    }
    if (options.asUid != null) {
      headers.put("Impersonate-Uid", options.asUid);
    }
    return headers;
  }

  private Duration timeout() {
    Duration asked = Durations.parse("request-timeout", options.requestTimeout);
    return asked.isZero() ? dev.tiphys.client.Limits.REQUEST_TIMEOUT : asked;
  }

  private ClusterAccess access() {
    if (access == null) {
      access = overridden(fromFiles());
    }
    return access;
  }

  private ClusterAccess fromFiles() {
    List<Path> files = kubeconfigFiles();
    if (!files.isEmpty()) {
      return Kubeconfig.read(files.toArray(Path[]::new)).access(options.context);
    }
    if (options.server == null) {
      throw Failure.of(
          "no kubeconfig was found: name one with --kubeconfig or KUBECONFIG, or start a cluster"
              + " with 'tiphys up'");
    }
    return new ClusterAccess(URI.create(options.server), List.of(), false, null, null, "default");
  }

  private ClusterAccess overridden(ClusterAccess from) {
    return new ClusterAccess(
        options.server == null ? from.server() : URI.create(options.server.replaceFirst("/$", "")),
        from.authorities(),
        from.insecure() || options.insecure,
        options.token == null ? from.certificate() : null,
        options.token == null ? from.token() : new ClusterAccess.Token.Fixed(options.token),
        from.namespace());
  }

  @Override
  public void close() {
    if (cluster != null) {
      cluster.close();
    }
  }
}
