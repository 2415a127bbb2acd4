package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.authentication.v1.BoundObjectReference;
import dev.tiphys.api.authentication.v1.TokenRequest;
import dev.tiphys.api.authentication.v1.TokenRequestSpec;
import dev.tiphys.api.authentication.v1.TokenRequestStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.ServiceAccount;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.Admission.Operation;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.authn.ServiceAccountTokens;
import dev.tiphys.apiserver.authn.ServiceAccountTokens.Bound;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.WriteOptions;
import dev.tiphys.apiserver.resource.Bodies;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.ResourceVerbs;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code serviceaccounts/token}: issues a token of an account. */
public final class TokenSubresource implements Subresource {

  private static final long LEAST_SECONDS = 600;
  private static final long MOST_SECONDS = 1L << 32;
  private static final long DEFAULT_SECONDS = 3600;

  private final Endpoints endpoints;
  private final ClusterView view;
  private final ServiceAccountTokens tokens;
  private final Admission admission;
  private final @Nullable Duration longest;

  /**
   * Issues tokens.
   *
   * @param longest life of a token, or null
   */
  public TokenSubresource(
      Endpoints endpoints,
      ClusterView view,
      ServiceAccountTokens tokens,
      Admission admission,
      @Nullable Duration longest) {
    this.endpoints = endpoints;
    this.view = view;
    this.tokens = tokens;
    this.admission = admission;
    this.longest = longest;
  }

  @Override
  public void handle(ApiCall call, Endpoint<?> ignored) throws IOException {
    if (!call.info().verb().equals("create")) {
      throw ApiException.methodNotAllowed(call.info().verb(), "", "serviceaccounts/token");
    }
    if (!tokens.issues()) {
      throw ApiException.noSuchPath();
    }
    call.answer();
    WriteContext context = ResourceVerbs.contextOf(call, WriteOptions.Kind.CREATE);
    TokenRequest request =
        Bodies.read(
            call.body(),
            call.contentType(),
            TokenRequest.TYPE,
            context.options().fieldValidation(),
            context.warnings());
    String namespace = call.info().namespace();
    ServiceAccount account =
        endpoints
            .of(Resources.SERVICE_ACCOUNTS)
            .reads()
            .get(new ObjectKey(namespace, call.info().name()), "")
            .object();
    admission.validate(
        new Admission.Request(
            Operation.CREATE,
            Resources.SERVICE_ACCOUNTS,
            "token",
            namespace,
            call.info().name(),
            call.user(),
            context.dryRun()),
        request,
        null);
    Answers.struct(call, 201, issued(request, account, namespace));
  }

  private TokenRequest issued(TokenRequest request, ServiceAccount account, String namespace) {
    TokenRequestSpec spec =
        request.spec() == null ? TokenRequestSpec.builder().build() : request.spec();
    long seconds = seconds(spec);
    List<String> audiences = spec.audiences().isEmpty() ? tokens.audiences() : spec.audiences();
    String name = Objects.requireNonNull(account.metadata().name());
    String uid = Objects.requireNonNull(account.metadata().uid());
    try {
      ServiceAccountTokens.Issued issued =
          tokens.issue(
              namespace,
              name,
              uid,
              bound(namespace, spec.boundObjectRef()),
              audiences,
              Duration.ofSeconds(seconds));
      return request.toBuilder()
          .metadata(request.metadata().toBuilder().name(name).namespace(namespace).build())
          .spec(spec.toBuilder().audiences(audiences).expirationSeconds(seconds).build())
          .status(
              TokenRequestStatus.builder()
                  .token(issued.token())
                  .expirationTimestamp(issued.expires().truncatedTo(ChronoUnit.SECONDS))
                  .build())
          .build();
    } catch (GeneralSecurityException e) {
      throw ApiException.internal("failed to generate token", e);
    }
  }

  private long seconds(TokenRequestSpec spec) {
    long asked = spec.expirationSeconds() == null ? DEFAULT_SECONDS : spec.expirationSeconds();
    FieldErrors errors = new FieldErrors();
    Path path = Path.of("spec", "expirationSeconds");
    if (asked < LEAST_SECONDS) {
      errors.invalid(path, asked, "may not specify a duration less than 10 minutes");
    }
    if (asked > MOST_SECONDS) {
      errors.invalid(path, asked, "may not specify a duration larger than 2^32 seconds");
    }
    if (!errors.isEmpty()) {
      throw ApiException.invalid("authentication.k8s.io", "TokenRequest", "", errors.list());
    }
    return longest == null ? asked : Math.min(asked, longest.toSeconds());
  }

  private List<Bound> bound(String namespace, @Nullable BoundObjectReference reference) {
    if (reference == null) {
      return List.of();
    }
    String kind = String.valueOf(reference.kind());
    String name = String.valueOf(reference.name());
    ApiObject object =
        switch (kind) {
          case "Pod" -> view.getFresh(Resources.PODS, namespace, name);
          case "Secret" -> view.getFresh(Resources.SECRETS, namespace, name);
          case "Node" -> view.getFresh(Resources.NODES, "", name);
          default ->
              throw ApiException.badRequest(
                  "cannot bind token for serviceaccount to object of kind "
                      + kind
                      + ": only Pod, Secret and Node are known");
        };
    String resource = kind.toLowerCase(Locale.ROOT) + "s";
    if (object == null) {
      throw ApiException.notFound("", resource, name);
    }
    String uid = Objects.requireNonNull(object.metadata().uid());
    String wanted = reference.uid();
    if (wanted != null && !wanted.isEmpty() && !wanted.equals(uid)) {
      throw ApiException.conflict(
          "",
          resource,
          name,
          "the UID in the bound object reference ("
              + wanted
              + ") does not match the UID in record. The object might have been deleted and then"
              + " recreated");
    }
    List<Bound> bound = new ArrayList<>(2);
    bound.add(new Bound(kind, name, uid));
    if (object instanceof Pod pod && pod.spec() != null && pod.spec().nodeName() != null) {
      var node = view.get(Resources.NODES, "", pod.spec().nodeName());
      if (node != null && node.metadata().uid() != null) {
        bound.add(new Bound("Node", pod.spec().nodeName(), node.metadata().uid()));
      }
    }
    return bound;
  }
}
