package dev.tiphys.apiserver.admission;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a PodSecurityConfiguration says, checked.
 *
 * @param defaults for namespaces without labels
 * @param users whose requests are let through
 * @param namespaces in which all are
 * @param runtimeClasses with which pods are
 */
public record PodSecuritySettings(
    PodSecurityPolicy defaults,
    Set<String> users,
    Set<String> namespaces,
    Set<String> runtimeClasses) {

  /** Nothing is asked but by labels. */
  public static final PodSecuritySettings NONE =
      new PodSecuritySettings(PodSecurityPolicy.FREE, Set.of(), Set.of(), Set.of());

  private static final Pattern VERSION = Pattern.compile("latest|v1\\.(0|[1-9][0-9]{0,5})");
  private static final String GROUP = "pod-security.admission.config.k8s.io/";
  private static final List<String> VERSIONS =
      List.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1");

  static boolean isVersion(String text) {
    return VERSION.matcher(text).matches();
  }

  /**
   * Reads a configuration.
   *
   * @throws ConfigFileException that says what is wrong with it
   */
  public static PodSecuritySettings read(byte[] content) throws ConfigFileException {
    ConfigObject root = ConfigObject.read(content, "PodSecurityConfiguration", VERSIONS);
    FieldErrors errors = new FieldErrors();
    ConfigObject defaults = root.objectOrEmpty("defaults");
    PodSecurityPolicy policy =
        new PodSecurityPolicy(
            mode(defaults, "enforce", errors),
            mode(defaults, "warn", errors),
            mode(defaults, "audit", errors));
    ConfigObject exemptions = root.objectOrEmpty("exemptions");
    Set<String> users = names(exemptions, "usernames", false, errors);
    Set<String> namespaces = names(exemptions, "namespaces", true, errors);
    Set<String> classes = names(exemptions, "runtimeClasses", true, errors);
    root.check();
    if (!errors.isEmpty()) {
      throw new ConfigFileException(errors.message());
    }
    return new PodSecuritySettings(policy, users, namespaces, classes);
  }

  private static PodSecurityPolicy.Mode mode(
      ConfigObject defaults, String name, FieldErrors errors) {
    String level = defaults.text(name);
    String version = defaults.text(name + "-version");
    if (!level.isEmpty() && !PodSecurityPolicy.LEVELS.contains(level)) {
      errors.invalid(
          Path.of("defaults", name),
          level,
          "must be one of " + String.join(", ", PodSecurityPolicy.LEVELS));
    }
    if (!version.isEmpty() && !isVersion(version)) {
      errors.invalid(
          Path.of("defaults", name + "-version"), version, "must be \"latest\" or \"v1.x\"");
    }
    return new PodSecurityPolicy.Mode(
        level.isEmpty() ? "privileged" : level, version.isEmpty() ? "latest" : version);
  }

  private static Set<String> names(
      ConfigObject exemptions, String member, boolean checked, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    int index = 0;
    for (String name : exemptions.texts(member)) {
      Path path = Path.of("exemptions", member).index(index++);
      List<String> faults =
          checked && member.equals("namespaces")
              ? DnsNames.label(name)
              : checked ? DnsNames.subdomain(name) : List.of();
      faults.forEach(fault -> errors.invalid(path, name, fault));
      if (name.isEmpty() && !checked) {
        errors.invalid(path, name, "username must not be empty");
      }
      if (!names.add(name)) {
        errors.duplicate(path, name);
      }
    }
    return Set.copyOf(names);
  }
}
