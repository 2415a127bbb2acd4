package dev.tiphys.apiserver.webhook;

import dev.tiphys.api.admissionregistration.v1.MatchCondition;
import dev.tiphys.api.admissionregistration.v1.MutatingWebhook;
import dev.tiphys.api.admissionregistration.v1.MutatingWebhookConfiguration;
import dev.tiphys.api.admissionregistration.v1.RuleWithOperations;
import dev.tiphys.api.admissionregistration.v1.ValidatingWebhook;
import dev.tiphys.api.admissionregistration.v1.ValidatingWebhookConfiguration;
import dev.tiphys.api.admissionregistration.v1.WebhookClientConfig;
import dev.tiphys.api.meta.v1.LabelSelector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A webhook of a configuration, mutating or validating.
 *
 * @param configuration the name of what it stands in
 * @param matchPolicy whether rules mean other versions as well
 * @param ignoresFailure whether a failed call lets the request pass
 * @param reinvoked whether a mutating webhook wants to see what later ones changed
 */
record Hook(
    String configuration,
    String name,
    WebhookClientConfig client,
    List<RuleWithOperations> rules,
    @Nullable String matchPolicy,
    boolean ignoresFailure,
    @Nullable LabelSelector namespaceSelector,
    @Nullable LabelSelector objectSelector,
    String sideEffects,
    Duration timeout,
    boolean reinvoked,
    List<MatchCondition> conditions) {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  /** Whether a request that stores nothing may be shown to it. */
  boolean bearsDryRun() {
    return sideEffects.equals("None") || sideEffects.equals("NoneOnDryRun");
  }

  /** Those of all configurations, by the configurations' names. */
  static List<Hook> mutating(List<MutatingWebhookConfiguration> configurations) {
    List<Hook> hooks = new ArrayList<>();
    configurations.stream()
        .sorted(Comparator.comparing(one -> String.valueOf(one.metadata().name())))
        .forEach(one -> one.webhooks().forEach(hook -> hooks.add(of(one.metadata().name(), hook))));
    return List.copyOf(hooks);
  }

  /** Those of all configurations, by the configurations' names. */
  static List<Hook> validating(List<ValidatingWebhookConfiguration> configurations) {
    List<Hook> hooks = new ArrayList<>();
    configurations.stream()
        .sorted(Comparator.comparing(one -> String.valueOf(one.metadata().name())))
        .forEach(one -> one.webhooks().forEach(hook -> hooks.add(of(one.metadata().name(), hook))));
    return List.copyOf(hooks);
  }

  private static Hook of(@Nullable String configuration, MutatingWebhook hook) {
    return new Hook(
        String.valueOf(configuration),
        String.valueOf(hook.name()),
        Objects.requireNonNullElse(hook.clientConfig(), WebhookClientConfig.EMPTY),
        hook.rules(),
        hook.matchPolicy(),
        "Ignore".equals(hook.failurePolicy()),
        hook.namespaceSelector(),
        hook.objectSelector(),
        String.valueOf(hook.sideEffects()),
        timeout(hook.timeoutSeconds()),
        "IfNeeded".equals(hook.reinvocationPolicy()),
        hook.matchConditions());
  }

  private static Hook of(@Nullable String configuration, ValidatingWebhook hook) {
    return new Hook(
        String.valueOf(configuration),
        String.valueOf(hook.name()),
        Objects.requireNonNullElse(hook.clientConfig(), WebhookClientConfig.EMPTY),
        hook.rules(),
        hook.matchPolicy(),
        "Ignore".equals(hook.failurePolicy()),
        hook.namespaceSelector(),
        hook.objectSelector(),
        String.valueOf(hook.sideEffects()),
        timeout(hook.timeoutSeconds()),
        false,
        hook.matchConditions());
  }

  private static Duration timeout(@Nullable Integer seconds) {
    return seconds == null || seconds <= 0 ? DEFAULT_TIMEOUT : Duration.ofSeconds(seconds);
  }
}
