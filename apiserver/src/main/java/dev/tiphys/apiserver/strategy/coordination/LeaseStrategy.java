package dev.tiphys.apiserver.strategy.coordination;

import dev.tiphys.api.coordination.v1.Lease;
import dev.tiphys.api.coordination.v1.LeaseSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Strategy;

/** The rules of Lease. */
public final class LeaseStrategy implements Strategy<Lease> {

  private static final Path SPEC = Path.of("spec");

  @Override
  public void validate(Lease lease, FieldErrors errors) {
    LeaseSpec spec = lease.spec() == null ? LeaseSpec.EMPTY : lease.spec();
    Integer duration = spec.leaseDurationSeconds();
    if (duration != null && duration <= 0) {
      errors.invalid(SPEC.child("leaseDurationSeconds"), duration, "must be greater than 0");
    }
    Integer transitions = spec.leaseTransitions();
    if (transitions != null && transitions < 0) {
      errors.invalid(
          SPEC.child("leaseTransitions"), transitions, "must be greater than or equal to 0");
    }
    String strategy = spec.strategy();
    if (strategy != null) {
      CandidateRules.validateStrategy(strategy, SPEC.child("strategy"), errors);
    }
    if (spec.preferredHolder() != null
        && !spec.preferredHolder().isEmpty()
        && (strategy == null || strategy.isEmpty())) {
      errors.forbidden(
          SPEC.child("preferredHolder"), "may only be specified if `strategy` is defined");
    }
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public boolean updatesUnconditionally() {
    return false;
  }
}
