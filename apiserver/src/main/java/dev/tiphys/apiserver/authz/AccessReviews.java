package dev.tiphys.apiserver.authz;

import dev.tiphys.api.authorization.v1.LocalSubjectAccessReview;
import dev.tiphys.api.authorization.v1.NonResourceAttributes;
import dev.tiphys.api.authorization.v1.NonResourceRule;
import dev.tiphys.api.authorization.v1.ResourceAttributes;
import dev.tiphys.api.authorization.v1.ResourceRule;
import dev.tiphys.api.authorization.v1.SelfSubjectAccessReview;
import dev.tiphys.api.authorization.v1.SelfSubjectRulesReview;
import dev.tiphys.api.authorization.v1.SubjectAccessReview;
import dev.tiphys.api.authorization.v1.SubjectAccessReviewSpec;
import dev.tiphys.api.authorization.v1.SubjectAccessReviewStatus;
import dev.tiphys.api.authorization.v1.SubjectRulesReviewStatus;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Authorizer.Decision;
import dev.tiphys.apiserver.authz.Authorizer.Verdict;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers whether somebody may do something. Thread-safe. */
public final class AccessReviews {

  private static final String GROUP = "authorization.k8s.io";

  private final AuthorizerChain authorizer;

  /** Answers as the authorizer decides. */
  public AccessReviews(AuthorizerChain authorizer) {
    this.authorizer = authorizer;
  }

  /** Whether the asker may. */
  public SelfSubjectAccessReview self(ApiCall call, SelfSubjectAccessReview review) {
    var spec = review.spec();
    ResourceAttributes resource = spec == null ? null : spec.resourceAttributes();
    NonResourceAttributes path = spec == null ? null : spec.nonResourceAttributes();
    check("SelfSubjectAccessReview", resource, path);
    return review.withStatus(decide(call.user(), resource, path));
  }

  /** Whether another user may. */
  public SubjectAccessReview subject(ApiCall call, SubjectAccessReview review) {
    return review.withStatus(decide("SubjectAccessReview", review.spec()));
  }

  /** Whether another user may, in the namespace of the request. */
  public LocalSubjectAccessReview local(ApiCall call, LocalSubjectAccessReview review) {
    ResourceAttributes resource = review.spec() == null ? null : review.spec().resourceAttributes();
    if (resource == null || !call.info().namespace().equals(resource.namespace())) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(
          Path.of("spec", "resourceAttributes", "namespace"),
          resource == null ? "" : resource.namespace(),
          "must match metadata.namespace");
      throw ApiException.invalid(GROUP, "LocalSubjectAccessReview", "", errors.list());
    }
    return review.withStatus(decide("LocalSubjectAccessReview", review.spec()));
  }

  /** All that the asker may, as far as that is known by rules. */
  public SelfSubjectRulesReview rules(ApiCall call, SelfSubjectRulesReview review) {
    String namespace = review.spec() == null ? null : review.spec().namespace();
    if (namespace == null || namespace.isEmpty()) {
      throw ApiException.badRequest("no namespace on request");
    }
    List<ResourceRule> resources = new ArrayList<>();
    List<NonResourceRule> paths = new ArrayList<>();
    for (PolicyRule rule : authorizer.rulesFor(call.user(), namespace)) {
      if (rule.resources().isEmpty()) {
        paths.add(
            NonResourceRule.builder()
                .verbs(rule.verbs())
                .nonResourceURLs(rule.nonResourceURLs())
                .build());
      } else {
        resources.add(
            ResourceRule.builder()
                .verbs(rule.verbs())
                .apiGroups(rule.apiGroups())
                .resources(rule.resources())
                .resourceNames(rule.resourceNames())
                .build());
      }
    }
    String unknown = authorizer.rulesUnknown(call.user());
    return review.withStatus(
        SubjectRulesReviewStatus.builder()
            .resourceRules(resources)
            .nonResourceRules(paths)
            .incomplete(!unknown.isEmpty())
            .evaluationError(unknown.isEmpty() ? null : unknown)
            .build());
  }

  private SubjectAccessReviewStatus decide(String kind, @Nullable SubjectAccessReviewSpec spec) {
    SubjectAccessReviewSpec asked = spec == null ? SubjectAccessReviewSpec.builder().build() : spec;
    check(kind, asked.resourceAttributes(), asked.nonResourceAttributes());
    if (text(asked.user()).isEmpty() && asked.groups().isEmpty()) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(
          Path.of("spec", "user"), "", "at least one of user or group must be specified");
      throw ApiException.invalid(GROUP, kind, "", errors.list());
    }
    User user = new User(text(asked.user()), text(asked.uid()), asked.groups(), asked.extra());
    return decide(user, asked.resourceAttributes(), asked.nonResourceAttributes());
  }

  private static void check(
      String kind, @Nullable ResourceAttributes resource, @Nullable NonResourceAttributes path) {
    if ((resource == null) == (path == null)) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(
          Path.of("spec", "resourceAttributes"),
          resource,
          resource == null
              ? "exactly one of nonResourceAttributes or resourceAttributes must be specified"
              : "cannot be specified in combination with nonResourceAttributes");
      throw ApiException.invalid(GROUP, kind, "", errors.list());
    }
    if (resource != null) {
      FieldErrors errors = new FieldErrors();
      Selectors.check(
          resource.fieldSelector(),
          resource.labelSelector(),
          Path.of("spec", "resourceAttributes"),
          errors);
      if (!errors.isEmpty()) {
        throw ApiException.invalid(GROUP, kind, "", errors.list());
      }
    }
  }

  private SubjectAccessReviewStatus decide(
      User user, @Nullable ResourceAttributes resource, @Nullable NonResourceAttributes path) {
    Decision decision =
        authorizer.decide(
            resource == null
                ? new Attributes(
                    user,
                    path == null ? "" : text(path.verb()),
                    false,
                    path == null ? "" : text(path.path()),
                    "",
                    "",
                    "",
                    "",
                    "",
                    "")
                : new Attributes(
                    user,
                    text(resource.verb()),
                    true,
                    "",
                    text(resource.group()),
                    text(resource.version()),
                    text(resource.resource()),
                    text(resource.subresource()),
                    text(resource.namespace()),
                    text(resource.name()),
                    Selectors.of(resource.fieldSelector(), resource.labelSelector())));
    return SubjectAccessReviewStatus.builder()
        .allowed(decision.allowed())
        .denied(decision.verdict() == Verdict.DENY ? Boolean.TRUE : null)
        .reason(decision.reason().isEmpty() ? null : decision.reason())
        .evaluationError(decision.error().isEmpty() ? null : decision.error())
        .build();
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
