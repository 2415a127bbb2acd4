package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.Mutation;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.merge.ConfigurationMerge;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.merge.JsonPatch;
import dev.tiphys.api.merge.PatchException;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.cel.AdmissionCel.FailedException;
import dev.tiphys.apiserver.cel.AdmissionFacts;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.webhook.Equivalents.View;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes objects as policies say, in the order of their names; those that ask for it once more
 * when others changed the object after them. Thread-safe.
 */
final class MutatingPolicies implements Admission {

  private static final Logger log = LoggerFactory.getLogger(MutatingPolicies.class);

  private final Supplier<List<Bound<MutatingAdmissionPolicySpec>>> policies;
  private final Scope scope;
  private final AdmissionCel cel;

  MutatingPolicies(
      Supplier<List<Bound<MutatingAdmissionPolicySpec>>> policies, Scope scope, AdmissionCel cel) {
    this.policies = policies;
    this.scope = scope;
    this.cel = cel;
  }

  @Override
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    List<Bound<MutatingAdmissionPolicySpec>> all =
        Scope.passes(request) ? List.of() : policies.get();
    T current = object;
    List<Bound<MutatingAdmissionPolicySpec>> before = new ArrayList<>();
    List<Bound<MutatingAdmissionPolicySpec>> again = new ArrayList<>();
    for (Bound<MutatingAdmissionPolicySpec> bound : all) {
      View view = scope.concerns(bound, request, current, old);
      if (view == null) {
        continue;
      }
      T next = changed(bound, view, current, old);
      if (next != current) {
        again.addAll(before);
        before.clear();
      }
      if (isAskedAgain(bound)) {
        before.add(bound);
      }
      current = next;
    }
    return changed(again, request, current, old);
  }

  private static boolean isAskedAgain(Bound<MutatingAdmissionPolicySpec> bound) {
    return "IfNeeded".equals(bound.rules().reinvocationPolicy());
  }

  /** A later stage, after which policies that ask for it are asked again if it changed anything. */
  Admission again(Admission later) {
    return new Admission() {
      @Override
      public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
        T next = later.mutate(request, object, old);
        return next == object || Scope.passes(request)
            ? next
            : changed(
                policies.get().stream().filter(MutatingPolicies::isAskedAgain).toList(),
                request,
                next,
                old);
      }

      @Override
      public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
        later.validate(request, object, old);
      }
    };
  }

  private <T extends ApiObject> T changed(
      List<Bound<MutatingAdmissionPolicySpec>> again, Request request, T object, @Nullable T old) {
    T current = object;
    for (Bound<MutatingAdmissionPolicySpec> bound : again) {
      View view = scope.concerns(bound, request, current, old);
      if (view != null) {
        current = changed(bound, view, current, old);
      }
    }
    return current;
  }

  private <T extends ApiObject> T changed(
      Bound<MutatingAdmissionPolicySpec> bound, View view, T object, @Nullable T old) {
    ApiObject first = Objects.requireNonNull(view.there(object));
    ApiObject before = view.there(old);
    ApiObject current = first;
    try {
      for (ApiObject params : scope.params(bound, view.asked())) {
        AdmissionFacts plain = scope.facts(view, current, before, params);
        if (cel.conditionsHold(bound.rules().matchConditions(), plain)) {
          for (Mutation mutation : bound.rules().mutations()) {
            // Each mutation sees what those before it did.
            AdmissionFacts facts = scope.facts(view, current, before, params);
            current = apply(mutation, current, cel.compose(bound.rules().variables(), facts));
          }
        }
      }
      return current.equals(first) ? object : Defaults.apply(view.<T>back(current));
    } catch (FailedException | PatchException | DecodeException | IllegalArgumentException e) {
      failed(bound, view.asked(), String.valueOf(e.getMessage()));
      // Nothing of a policy that failed half way is kept.
      return object;
    }
  }

  private <T extends ApiObject> T apply(Mutation mutation, T object, AdmissionFacts facts)
      throws FailedException, DecodeException {
    if ("JSONPatch".equals(mutation.patchType()) && mutation.jsonPatch() != null) {
      JsonTree operations = cel.mutation(String.valueOf(mutation.jsonPatch().expression()), facts);
      if (!(operations instanceof JsonTree.Arr)) {
        throw new IllegalArgumentException("must evaluate to a list of JSONPatch");
      }
      return JsonPatch.apply(object, operations, DecodeOptions.LENIENT).value();
    }
    if (mutation.applyConfiguration() == null) {
      return object;
    }
    JsonTree made = cel.mutation(String.valueOf(mutation.applyConfiguration().expression()), facts);
    if (!(made instanceof JsonTree.Obj fields)) {
      throw new IllegalArgumentException("must evaluate to Object");
    }
    return ConfigurationMerge.apply(object, configuration(fields, object));
  }

  @SuppressWarnings("unchecked") // decoded as the object's own type
  private static <T extends ApiObject> T configuration(JsonTree.Obj fields, T object)
      throws DecodeException {
    StructType<T> type = (StructType<T>) object.structType();
    GroupVersionKind kind = type.kind();
    Map<String, JsonTree> members = new LinkedHashMap<>();
    if (kind != null) {
      members.put("apiVersion", new JsonTree.Text(kind.apiVersion()));
      members.put("kind", new JsonTree.Text(kind.kind()));
    }
    members.putAll(fields.members());
    byte[] json = new JsonTree.Obj(members).toJson().getBytes(StandardCharsets.UTF_8);
    return JsonCodec.decode(json, type, DecodeOptions.STRICT).value();
  }

  private static void failed(
      Bound<MutatingAdmissionPolicySpec> bound, Request request, String why) {
    if ("Ignore".equals(bound.rules().failurePolicy())) {
      log.debug("event=policy-failed-open policy={} cause=\"{}\"", bound.policy(), why);
      return;
    }
    ApiException refused =
        ApiException.forbidden(
            request.type().group(),
            request.type().plural(),
            request.name(),
            "policy " + bound.name() + " denied request: " + why);
    throw new ApiException(ApiException.Reason.INVALID, refused.text(), refused.details());
  }
}
