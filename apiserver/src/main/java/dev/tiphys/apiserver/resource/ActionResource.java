package dev.tiphys.apiserver.resource;

import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.WriteOptions;
import java.io.IOException;

/**
 * A resource that can only be created and is never stored: reviews of tokens and rights, bindings.
 * What is created is a question, what comes back has the answer in its status.
 *
 * @param type the facts
 * @param action answers
 */
public record ActionResource<T extends ApiObject>(ResourceType<T> type, Action<T> action)
    implements Unstored {

  /** Answers a question. */
  @FunctionalInterface
  public interface Action<T extends ApiObject> {
    /**
     * Answers.
     *
     * @param body as sent, with defaults
     * @throws ApiException if it is refused
     */
    T perform(ApiCall call, T body);
  }

  @Override
  public void handle(ApiCall call) throws IOException {
    if (!call.info().verb().equals("create") || call.info().namesObject()) {
      throw ApiException.methodNotAllowed();
    }
    if (type.namespaced() == call.info().namespace().isEmpty()) {
      throw ApiException.noSuchPath();
    }
    call.answer();
    WriteContext context = ResourceVerbs.contextOf(call, WriteOptions.Kind.CREATE);
    T body =
        Bodies.read(
            call.body(),
            call.contentType(),
            type.objectType().get(),
            context.options().fieldValidation(),
            context.warnings());
    Answers.struct(call, 201, action.perform(call, Defaults.apply(body)));
  }
}
