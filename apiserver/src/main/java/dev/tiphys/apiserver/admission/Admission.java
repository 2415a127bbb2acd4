package dev.tiphys.apiserver.admission;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.authn.User;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A plug-in. Thread-safe; sees objects and never changes them but by returning others. */
public interface Admission {

  /** What is being done. */
  enum Operation {
    /** A new object. */
    CREATE,
    /** A changed object. */
    UPDATE,
    /** A deletion. */
    DELETE,
    /** A connection: exec, attach, port-forward, proxy. */
    CONNECT
  }

  /**
   * What is being done to what by whom.
   *
   * @param subresource empty for the object itself
   * @param namespace empty for cluster scope
   * @param name empty if it is still to be generated
   * @param warnings takes sentences for the client
   * @param annotations takes keys and values for the audit event
   */
  record Request(
      Operation operation,
      ResourceType<?> type,
      String subresource,
      String namespace,
      String name,
      User user,
      boolean dryRun,
      Consumer<String> warnings,
      BiConsumer<String, String> annotations) {

    /** A request whose client cannot be warned. */
    public Request(
        Operation operation,
        ResourceType<?> type,
        String subresource,
        String namespace,
        String name,
        User user,
        boolean dryRun) {
      this(operation, type, subresource, namespace, name, user, dryRun, _ -> {}, (_, _) -> {});
    }

    /** The same as if it had come through another version of the resource. */
    public Request as(ResourceType<?> version) {
      return new Request(
          operation, version, subresource, namespace, name, user, dryRun, warnings, annotations);
    }

    /** Whether an object is to be stored. */
    public boolean writes() {
      return operation == Operation.CREATE || operation == Operation.UPDATE;
    }

    /** Whether it is about a resource of a group. */
    public boolean isAbout(String group, String plural) {
      return type.plural().equals(plural) && type.group().equals(group);
    }
  }

  /**
   * Fills in what the cluster decides.
   *
   * @param object to be stored
   * @param old null on create
   * @return the object, or another in its place
   * @throws dev.tiphys.apiserver.request.ApiException if it may not be stored
   */
  default <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    return object;
  }

  /**
   * Refuses what the cluster forbids. Sees the object as it would be stored.
   *
   * @param object null on delete and connect
   * @param old null on create
   * @throws dev.tiphys.apiserver.request.ApiException if it may not be done
   */
  default void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {}
}
