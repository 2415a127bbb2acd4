package dev.tiphys.apiserver.webhook;

import dev.tiphys.api.admission.v1.AdmissionRequest;
import dev.tiphys.api.admission.v1.AdmissionResponse;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.merge.JsonPatch;
import dev.tiphys.api.merge.PatchException;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.webhook.Equivalents.View;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks in admission: the mutating ones in the order of their configurations' names, those that
 * ask for it once more after others changed the object; then all validating ones at once.
 * Thread-safe.
 */
public final class WebhookAdmission implements Admission {

  private final Supplier<List<Hook>> mutating;
  private final Supplier<List<Hook>> validating;
  private final Matching matching;
  private final Equivalents equivalents;
  private final HookCalls calls;
  private final AdmissionCel cel;

  /**
   * Asks.
   *
   * @param mutating the mutating ones there are now, in order
   * @param validating the validating ones there are now
   */
  WebhookAdmission(
      Supplier<List<Hook>> mutating,
      Supplier<List<Hook>> validating,
      Matching matching,
      Equivalents equivalents,
      HookCalls calls,
      AdmissionCel cel) {
    this.mutating = mutating;
    this.validating = validating;
    this.matching = matching;
    this.equivalents = equivalents;
    this.calls = calls;
    this.cel = cel;
  }

  private static boolean passes(Request request) {
    return request.user() == User.SELF || Matching.isExempt(request);
  }

  @Override
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    List<Hook> all = passes(request) ? List.of() : mutating.get();
    if (all.isEmpty()) {
      return object;
    }
    T current = object;
    Set<Hook> again = new HashSet<>();
    List<Hook> before = new ArrayList<>();
    for (Hook hook : all) {
      View view = concerns(hook, request, current, old);
      if (view == null) {
        continue;
      }
      T next = changed(hook, view, current, old);
      if (next != current) {
        again.addAll(before);
      }
      if (hook.reinvoked()) {
        before.add(hook);
      }
      current = next;
    }
    for (Hook hook : before) {
      View view = again.contains(hook) ? concerns(hook, request, current, old) : null;
      if (view != null) {
        current = changed(hook, view, current, old);
      }
    }
    return current;
  }

  private <T extends ApiObject> T changed(Hook hook, View view, T object, @Nullable T old) {
    ApiObject there = Objects.requireNonNull(view.there(object));
    AdmissionResponse answer = calls.ask(hook, view, there, view.there(old));
    Bytes patch = answer == null ? null : answer.patch();
    if (answer == null || patch == null || patch.equals(Bytes.EMPTY)) {
      return object;
    }
    if (!"JSONPatch".equals(answer.patchType())) {
      calls.failed(hook, "unsupported patch type \"" + answer.patchType() + "\"");
      return object;
    }
    try {
      JsonTree operations = JsonTree.parse(patch.toByteArray());
      if (operations instanceof JsonTree.Arr list && list.elements().isEmpty()) {
        return object;
      }
      ApiObject patched = JsonPatch.apply(there, operations, DecodeOptions.LENIENT).value();
      return patched.equals(there) ? object : Defaults.apply(view.<T>back(patched));
    } catch (DecodeException | PatchException e) {
      throw ApiException.internal(
          "failed to apply the patch of webhook \"" + hook.name() + "\": " + e.getMessage(), null);
    }
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (passes(request)) {
      return;
    }
    if (request.operation() == Operation.DELETE || request.operation() == Operation.CONNECT) {
      // Nothing is stored that a mutating one could change, but it may still refuse.
      for (Hook hook : mutating.get()) {
        View view = concerns(hook, request, object, old);
        if (view != null) {
          ask(new Concerned(hook, view), object, old);
        }
      }
    }
    List<Concerned> concerned = new ArrayList<>();
    for (Hook hook : validating.get()) {
      View view = concerns(hook, request, object, old);
      if (view != null) {
        concerned.add(new Concerned(hook, view));
      }
    }
    if (concerned.size() == 1) {
      ask(concerned.getFirst(), object, old);
    } else if (!concerned.isEmpty()) {
      askAll(concerned, object, old);
    }
  }

  /** A webhook, and the request as it wants to see it. */
  private record Concerned(Hook hook, View view) {}

  private void ask(Concerned one, @Nullable ApiObject object, @Nullable ApiObject old) {
    calls.ask(one.hook(), one.view(), one.view().there(object), one.view().there(old));
  }

  private void askAll(
      List<Concerned> concerned, @Nullable ApiObject object, @Nullable ApiObject old) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (Concerned one : concerned) {
        running.add(executor.submit(() -> ask(one, object, old)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiException refused) {
        throw refused;
      }
      throw new IllegalStateException("a webhook's call failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.unavailable("the server is stopping");
    }
  }

  /** The request as a webhook wants to see it; null if it does not. */
  private @Nullable View concerns(
      Hook hook, Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    View view =
        equivalents.match(
            request,
            hook.matchPolicy(),
            as -> hook.rules().stream().anyMatch(rule -> Matching.matches(rule, as)));
    if (view == null
        || !Matching.matchesObject(hook.objectSelector(), object, old)
        || !matching.matchesNamespace(hook.namespaceSelector(), request, object, old)) {
      return null;
    }
    if (hook.conditions().isEmpty()) {
      return view;
    }
    try {
      AdmissionRequest asked = Reviews.request(view, view.there(object), view.there(old), "");
      boolean hold =
          cel.conditionsHold(hook.conditions(), cel.facts(request.user(), asked, null, null));
      return hold ? view : null;
    } catch (AdmissionCel.FailedException e) {
      calls.failed(hook, String.valueOf(e.getMessage()));
      return null;
    }
  }
}
