package dev.tiphys.apiserver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.apiserver.storage.EtcdProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives test classes one server between them: it starts with the first and ends after the last.
 * Each class keeps to names of its own.
 */
final class SharedApi implements BeforeAllCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(SharedApi.class);

  /** The audit log's name within the server's folder. */
  static final String AUDIT_LOG = "audit.log";

  /** Everything in the namespace audited, and next to nothing elsewhere. */
  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitManagedFields: true
      rules:
      - level: None
        nonResourceURLs: ["/readyz*"]
      - level: Metadata
        namespaces: [audited]
        resources: [{group: "", resources: [secrets]}]
        omitStages: [RequestReceived]
      - level: RequestResponse
        namespaces: [audited]
      """;

  private record Running(TestApi api, Path folder) implements AutoCloseable {

    static Running start() {
      try {
        Path folder = Files.createTempDirectory("shared-api");
        Path policy = Files.writeString(folder.resolve("audit-policy.yaml"), AUDIT_POLICY);
        return new Running(
            TestApi.start(
                folder,
                options -> {
                  options.auditPolicy = policy;
                  options.auditLog = folder.resolve(AUDIT_LOG);
                }),
            folder);
      } catch (Exception e) {
        throw new IllegalStateException("the server did not start", e);
      }
    }

    @Override
    public void close() throws Exception {
      api.close();
      List<Path> files;
      try (Stream<Path> walk = Files.walk(folder)) {
        files = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestApi.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent("server", _ -> Running.start(), Running.class)
        .api();
  }
}
