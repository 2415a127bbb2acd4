package dev.tiphys.apiserver.policy;

import dev.tiphys.api.Resources;
import dev.tiphys.api.admissionregistration.v1.TypeChecking;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the status of each ValidatingAdmissionPolicy what its expressions do not fit, once a
 * generation. Here and not in a controller: only this server has expressions and all types at hand.
 * Has a thread of its own. Thread-safe.
 */
final class TypeChecks implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TypeChecks.class);
  private static final String MANAGER = "validatingadmissionpolicy-status";
  private static final long POLL_MILLIS = 30_000;

  private final Endpoints endpoints;
  private final TypeWarnings warnings;
  private final BlockingQueue<List<ValidatingAdmissionPolicy>> looks = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  TypeChecks(Endpoints endpoints, TypeWarnings warnings) {
    this.endpoints = endpoints;
    this.warnings = warnings;
    this.thread = Thread.ofVirtual().name("policy-types").start(this::run);
  }

  /** Takes note of what there is now. */
  void look(List<ValidatingAdmissionPolicy> policies) {
    // Only the newest counts.
    looks.clear();
    looks.add(policies);
  }

  private void run() {
    try {
      while (!closed) {
        List<ValidatingAdmissionPolicy> policies = looks.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        for (ValidatingAdmissionPolicy policy :
            Objects.requireNonNullElse(policies, List.<ValidatingAdmissionPolicy>of())) {
          if (!isChecked(policy)) {
            write(policy);
          }
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isChecked(ValidatingAdmissionPolicy policy) {
    Long seen = policy.status() == null ? null : policy.status().observedGeneration();
    Long generation = policy.metadata().generation();
    return generation == null || (seen != null && seen >= generation);
  }

  private void write(ValidatingAdmissionPolicy policy) {
    String name = String.valueOf(policy.metadata().name());
    Endpoint<ValidatingAdmissionPolicy> endpoint =
        endpoints.of(Resources.VALIDATING_ADMISSION_POLICIES);
    try {
      endpoint
          .writes()
          .modify(
              WriteContext.ofServer(MANAGER),
              ObjectKey.clusterScoped(name),
              Part.status(endpoint.resource().strategy()),
              found -> isChecked(found) ? found : checked(found));
    } catch (ApiException e) {
      if (e.reason() != ApiException.Reason.NOT_FOUND) {
        log.warn("event=policy-types-not-written policy={} cause=\"{}\"", name, e.text());
      }
    }
  }

  private ValidatingAdmissionPolicy checked(ValidatingAdmissionPolicy policy) {
    ValidatingAdmissionPolicySpec spec =
        Objects.requireNonNullElse(policy.spec(), ValidatingAdmissionPolicySpec.EMPTY);
    return policy.withStatus(
        Objects.requireNonNullElse(policy.status(), ValidatingAdmissionPolicyStatus.EMPTY)
            .toBuilder()
            .observedGeneration(policy.metadata().generation())
            .typeChecking(TypeChecking.builder().expressionWarnings(warnings.of(spec)).build())
            .build());
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
