package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.client.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;

/**
 * Creates objects that a verb makes up, with the options that all such verbs take. Filled by
 * picocli, then only read.
 */
public final class Creation {

  @Mixin WriteOptions write = new WriteOptions();
  @Mixin ValidationOption validation = new ValidationOption();
  @Mixin OutputOptions output = new OutputOptions();

  /**
   * Creates an object in the session's namespace, and tells the user. Returns the exit code.
   *
   * @param what it is, for messages
   */
  public int create(Session session, ResourceType<?> type, String what, JsonTree.Obj object) {
    try {
      report(session, ApiResource.of(type), object, "created");
    } catch (ApiException.AlreadyExists | ApiException.Invalid | ApiException.NotFound e) {
      throw Failure.of("failed to create %s: %s", what, e.getMessage());
    }
    return 0;
  }

  /** Creates an object, and tells the user with another word than {@code created}. */
  public void report(Session session, ApiResource resource, JsonTree.Obj object, String done) {
    write.warn(session);
    JsonTree.Obj wanted =
        resource.namespaced() && session.namespaceAsked()
            ? Trees.set(object, session.namespace(), "metadata", "namespace")
            : object;
    JsonTree.Obj created =
        write.onClient()
            ? wanted
            : session.cluster().post(path(session, resource), wanted, query("create"));
    output.report(session.console(), resource, created, write.done(done));
  }

  private static String path(Session session, ApiResource resource) {
    return resource.path(resource.namespaced() ? session.namespace() : "");
  }

  /** The parameters of a creating request. */
  Map<String, String> query(String verb) {
    Map<String, String> query = new LinkedHashMap<>(write.query(verb));
    query.put("fieldValidation", validation.parameter());
    return query;
  }
}
