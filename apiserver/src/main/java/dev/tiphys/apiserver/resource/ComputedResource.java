package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.answer.Forms;
import dev.tiphys.apiserver.answer.ObjectAnswers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Deprecation;
import dev.tiphys.apiserver.storage.Encoding;
import dev.tiphys.apiserver.storage.ListPage;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.storage.StoredList;
import dev.tiphys.apiserver.table.Columns;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A resource whose objects are found out when somebody asks. They can be got and listed.
 * Thread-safe.
 *
 * @param <T> the kind, of cluster scope
 */
public final class ComputedResource<T extends ApiObject> implements Unstored {

  private final ResourceType<T> type;
  private final Supplier<List<T>> objects;
  private final ObjectAnswers<T> answers;
  private final @Nullable Deprecation deprecation;

  /**
   * Answers with what is found out.
   *
   * @param objects finds out; may take a while
   * @param deprecation what everybody is told who asks; null if nothing
   */
  public ComputedResource(
      ResourceType<T> type,
      Columns<T> columns,
      Supplier<List<T>> objects,
      InstantSource clock,
      @Nullable Deprecation deprecation) {
    this.type = type;
    this.deprecation = deprecation;
    this.objects = objects;
    this.answers = new ObjectAnswers<>(type, columns, new Forms<>(type.kind(), 0), clock);
  }

  @Override
  public ResourceType<T> type() {
    return type;
  }

  @Override
  public @Nullable Deprecation deprecation() {
    return deprecation;
  }

  @Override
  public void handle(ApiCall call) throws IOException {
    switch (call.info().verb()) {
      case "get" -> answers.object(call, 200, find(call.info().name()));
      case "list" ->
          answers.list(
              call,
              new ListPage<>(
                  0,
                  StoredList.of(objects.get().stream().<Stored<T>>map(Found::new).toList()),
                  null,
                  null));
      default -> throw ApiException.methodNotAllowed();
    }
  }

  private T find(String name) {
    return objects.get().stream()
        .filter(object -> name.equals(object.metadata().name()))
        .findFirst()
        .orElseThrow(() -> ApiException.notFound(type.group(), type.plural(), name));
  }

  /** Was never stored, so that there is nothing to keep its forms with. */
  private record Found<T extends ApiObject>(T object) implements Stored<T> {
    @Override
    public long revision() {
      return 0;
    }

    @Override
    public byte[] encoded(Encoding<? super T> encoding) {
      return encoding.encode(object);
    }
  }
}
