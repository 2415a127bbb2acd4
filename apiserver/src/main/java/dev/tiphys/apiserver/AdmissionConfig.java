package dev.tiphys.apiserver;

import dev.tiphys.apiserver.admission.DefaultTolerationSeconds;
import java.util.Set;

/**
 * Which admission plug-ins are on, and how.
 *
 * @param enabled besides those that are on anyway
 * @param disabled of those, unless they are in {@code enabled} too
 * @param file the configurations of plug-ins
 * @param tolerations how long pods stay on nodes that fail
 */
record AdmissionConfig(
    Set<String> enabled,
    Set<String> disabled,
    AdmissionFile file,
    DefaultTolerationSeconds tolerations) {

  static AdmissionConfig of(Options options) {
    return new AdmissionConfig(
        Set.copyOf(options.enabledAdmission),
        Set.copyOf(options.disabledAdmission),
        AdmissionFile.read(options.admissionConfig),
        new DefaultTolerationSeconds(options.notReadySeconds, options.unreachableSeconds));
  }
}
