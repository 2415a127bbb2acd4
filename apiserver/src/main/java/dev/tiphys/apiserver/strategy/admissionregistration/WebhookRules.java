package dev.tiphys.apiserver.strategy.admissionregistration;

import dev.tiphys.api.admissionregistration.v1.MatchCondition;
import dev.tiphys.api.admissionregistration.v1.MutatingWebhook;
import dev.tiphys.api.admissionregistration.v1.MutatingWebhookConfiguration;
import dev.tiphys.api.admissionregistration.v1.RuleWithOperations;
import dev.tiphys.api.admissionregistration.v1.ServiceReference;
import dev.tiphys.api.admissionregistration.v1.ValidatingWebhook;
import dev.tiphys.api.admissionregistration.v1.ValidatingWebhookConfiguration;
import dev.tiphys.api.admissionregistration.v1.WebhookClientConfig;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.ExpressionCheck;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of configurations of webhooks that admit. */
public final class WebhookRules {

  private static final Path HOOKS = Path.of("webhooks");
  private static final int MOST_CONDITIONS = 64;

  private final ExpressionCheck expressions;

  /** Rules that judge expressions by a check. */
  public WebhookRules(ExpressionCheck expressions) {
    this.expressions = expressions;
  }

  /** What both kinds of webhooks have. */
  private record Hook(
      @Nullable String name,
      @Nullable WebhookClientConfig client,
      List<RuleWithOperations> rules,
      @Nullable String failurePolicy,
      @Nullable String matchPolicy,
      @Nullable String sideEffects,
      @Nullable Integer timeoutSeconds,
      List<String> versions,
      @Nullable LabelSelector namespaces,
      @Nullable LabelSelector objects,
      List<MatchCondition> conditions) {}

  /** The rules of MutatingWebhookConfiguration. */
  public Strategy<MutatingWebhookConfiguration> mutating() {
    return KindRules.<MutatingWebhookConfiguration>builder()
        .generations(true)
        .validate((object, errors) -> {
          validate(object.webhooks().stream().map(WebhookRules::of).toList(), errors);
          for (int i = 0; i < object.webhooks().size(); i++) {
            Checks.oneOf(
                object.webhooks().get(i).reinvocationPolicy(),
                List.of("IfNeeded", "Never"),
                HOOKS.index(i).child("reinvocationPolicy"),
                errors);
          }
        })
        .build();
  }

  /** The rules of ValidatingWebhookConfiguration. */
  public Strategy<ValidatingWebhookConfiguration> validating() {
    return KindRules.<ValidatingWebhookConfiguration>builder()
        .generations(true)
        .validate((object, errors) ->
            validate(object.webhooks().stream().map(WebhookRules::of).toList(), errors))
        .build();
  }

  private static Hook of(MutatingWebhook hook) {
    return new Hook(
        hook.name(),
        hook.clientConfig(),
        hook.rules(),
        hook.failurePolicy(),
        hook.matchPolicy(),
        hook.sideEffects(),
        hook.timeoutSeconds(),
        hook.admissionReviewVersions(),
        hook.namespaceSelector(),
        hook.objectSelector(),
        hook.matchConditions());
  }

  private static Hook of(ValidatingWebhook hook) {
    return new Hook(
        hook.name(),
        hook.clientConfig(),
        hook.rules(),
        hook.failurePolicy(),
        hook.matchPolicy(),
        hook.sideEffects(),
        hook.timeoutSeconds(),
        hook.admissionReviewVersions(),
        hook.namespaceSelector(),
        hook.objectSelector(),
        hook.matchConditions());
  }

  private void validate(List<Hook> hooks, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < hooks.size(); i++) {
      Hook hook = hooks.get(i);
      Path path = HOOKS.index(i);
      validateName(hook.name(), path.child("name"), errors);
      if (!names.add(String.valueOf(hook.name()))) {
        errors.duplicate(path.child("name"), hook.name());
      }
      validate(hook, path, errors);
    }
  }

  private static void validateName(@Nullable String name, Path path, FieldErrors errors) {
    if (!Checks.present(name, path, errors)) {
      return;
    }
    String text = String.valueOf(name);
    errors.invalid(path, text, DnsNames.subdomain(text));
    if (text.split("\\.", -1).length < 3) {
      errors.invalid(
          path, text, "should be a domain with at least three segments separated by dots");
    }
  }

  private void validate(Hook hook, Path path, FieldErrors errors) {
    if (hook.versions().isEmpty()) {
      errors.required(path.child("admissionReviewVersions"), "must specify one of v1, v1beta1");
    }
    Set<String> versions = new HashSet<>();
    for (int i = 0; i < hook.versions().size(); i++) {
      String version = hook.versions().get(i);
      Path at = path.child("admissionReviewVersions").index(i);
      if (versions.add(version)) {
        errors.invalid(at, version, DnsNames.rfc1035Label(version));
      } else {
        errors.invalid(at, version, "duplicate version");
      }
    }
    if (!versions.isEmpty() && !versions.contains("v1") && !versions.contains("v1beta1")) {
      errors.invalid(
          path.child("admissionReviewVersions"),
          hook.versions(),
          "must include at least one of v1, v1beta1");
    }
    for (int i = 0; i < hook.rules().size(); i++) {
      MatchRules.rule(hook.rules().get(i), path.child("rules").index(i), errors);
    }
    Checks.oneOf(
        hook.failurePolicy(), List.of("Fail", "Ignore"), path.child("failurePolicy"), errors);
    Checks.oneOf(
        hook.matchPolicy(), List.of("Equivalent", "Exact"), path.child("matchPolicy"), errors);
    if (hook.sideEffects() == null) {
      errors.required(path.child("sideEffects"), "must specify one of None, NoneOnDryRun");
    } else {
      Checks.oneOf(
          hook.sideEffects(), List.of("None", "NoneOnDryRun"), path.child("sideEffects"), errors);
    }
    Integer timeout = hook.timeoutSeconds();
    if (timeout != null && (timeout < 1 || timeout > 30)) {
      errors.invalid(
          path.child("timeoutSeconds"),
          timeout,
          "the timeout value must be between 1 and 30 seconds");
    }
    Checks.selector(hook.namespaces(), path.child("namespaceSelector"), errors);
    Checks.selector(hook.objects(), path.child("objectSelector"), errors);
    validateClient(hook.client(), path.child("clientConfig"), errors);
    validateConditions(
        hook.conditions(),
        ExpressionCheck.Use.MATCH,
        false,
        expressions,
        path.child("matchConditions"),
        errors);
  }

  /**
   * Checks conditions of a hook or policy.
   *
   * @param parameters whether there are any that conditions may name
   */
  static void validateConditions(
      List<MatchCondition> conditions,
      ExpressionCheck.Use use,
      boolean parameters,
      ExpressionCheck expressions,
      Path path,
      FieldErrors errors) {
    Checks.fits(conditions, MOST_CONDITIONS, path, errors);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      MatchCondition condition = conditions.get(i);
      Path at = path.index(i);
      String text = condition.expression() == null ? "" : condition.expression().strip();
      String fault = text.isEmpty() ? null : expressions.fault(text, use, parameters);
      if (text.isEmpty()) {
        errors.required(at.child("expression"), "");
      } else if (fault != null) {
        errors.invalid(at.child("expression"), text, fault);
      }
      if (Checks.present(condition.name(), at.child("name"), errors)) {
        String name = String.valueOf(condition.name());
        errors.invalid(at.child("name"), name, LabelNames.key(name));
        if (!names.add(name)) {
          errors.duplicate(at.child("name"), name);
        }
      }
    }
  }

  private static void validateClient(
      @Nullable WebhookClientConfig client, Path path, FieldErrors errors) {
    String url = client == null ? null : client.url();
    ServiceReference service = client == null ? null : client.service();
    if ((url == null) == (service == null)) {
      errors.required(path, "exactly one of url or service is required");
    }
    if (url != null) {
      validateUrl(url, path.child("url"), errors);
    }
    if (service != null) {
      Path at = path.child("service");
      if (service.name() == null || service.name().isEmpty()) {
        errors.required(at.child("name"), "service name is required");
      }
      if (service.namespace() == null || service.namespace().isEmpty()) {
        errors.required(at.child("namespace"), "service namespace is required");
      }
      int port = Objects.requireNonNullElse(service.port(), 443);
      for (String _ : FieldNames.portNumber(port)) {
        errors.invalid(
            at.child("port"),
            port,
            "port is not valid: must be between 1 and 65535," + " inclusive");
      }
      if (service.path() != null) {
        validateRoute(service.path(), at.child("path"), errors);
      }
    }
  }

  private static void validateRoute(String route, Path path, FieldErrors errors) {
    if (route.isEmpty() || route.equals("/")) {
      return;
    }
    if (route.equals("//")) {
      errors.invalid(path, route, "segment[0] may not be empty");
      return;
    }
    if (!route.startsWith("/")) {
      errors.invalid(path, route, "must start with a '/'");
    }
    String[] steps = route.substring(1).replaceFirst("/$", "").split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      String which = "segment[" + i + "]";
      if (steps[i].isEmpty()) {
        errors.invalid(path, route, which + " may not be empty");
      }
      for (String fault : DnsNames.subdomain(steps[i])) {
        errors.invalid(path, route, which + ": " + fault);
      }
    }
  }

  private static void validateUrl(String text, Path path, FieldErrors errors) {
    URI url;
    try {
      url = URI.create(text);
    } catch (IllegalArgumentException e) {
      errors.required(
          path,
          "url must be a valid URL: "
              + e.getMessage()
              + "; desired format:"
              + " https://host[/path]");
      return;
    }
    String format = "; desired format: https://host[/path]";
    if (!"https".equals(url.getScheme())) {
      errors.invalid(path, url.getScheme(), "'https' is the only allowed URL scheme" + format);
    }
    if (url.getHost() == null || url.getHost().isEmpty()) {
      errors.invalid(path, url.getHost(), "host must be specified" + format);
    }
    if (url.getUserInfo() != null) {
      errors.invalid(path, "user information", "user information is not permitted in the URL");
    }
    if (url.getFragment() != null) {
      errors.invalid(path, url.getFragment(), "fragments are not permitted in the URL");
    }
    if (url.getQuery() != null) {
      errors.invalid(path, url.getQuery(), "query parameters are not permitted in the URL");
    }
  }
}
