package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.HostAlias;
import dev.tiphys.api.core.v1.PodDNSConfig;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with how a pod resolves names. The bounds are those of Linux' resolvers. Pure. */
final class DnsValidation {

  private static final List<String> POLICIES =
      List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");
  private static final int MOST_SERVERS = 3;
  private static final int MOST_SEARCHES = 32;
  private static final int LONGEST_SEARCHES = 2048;

  private DnsValidation() {}

  static void validate(PodSpec spec, Path path, FieldErrors errors) {
    if (spec.dnsPolicy() != null) {
      Checks.oneOf(spec.dnsPolicy(), POLICIES, path.child("dnsPolicy"), errors);
    }
    Path at = path.child("dnsConfig");
    PodDNSConfig config = spec.dnsConfig();
    if ("None".equals(spec.dnsPolicy())) {
      if (config == null) {
        errors.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
      } else if (config.nameservers().isEmpty()) {
        errors.required(
            at.child("nameservers"),
            "must provide at least one DNS nameserver when `dnsPolicy` is None");
      }
    }
    if (config != null) {
      validate(config, at, errors);
    }
    validateAliases(spec.hostAliases(), path.child("hostAliases"), errors);
  }

  private static void validate(PodDNSConfig config, Path path, FieldErrors errors) {
    Path servers = path.child("nameservers");
    if (config.nameservers().size() > MOST_SERVERS) {
      errors.invalid(servers, config.nameservers(), "must not have more than 3 nameservers");
    }
    for (int i = 0; i < config.nameservers().size(); i++) {
      IpText.check(config.nameservers().get(i), servers.index(i), errors);
    }
    Path searches = path.child("searches");
    if (config.searches().size() > MOST_SEARCHES) {
      errors.invalid(searches, config.searches(), "must not have more than 32 search paths");
    }
    if (String.join(" ", config.searches()).length() > LONGEST_SEARCHES) {
      errors.invalid(
          searches,
          config.searches(),
          "must not have more than 2048 characters (including spaces) in the search list");
    }
    for (int i = 0; i < config.searches().size(); i++) {
      String search = config.searches().get(i);
      if (!search.equals(".")) {
        String bare = search.endsWith(".") ? search.substring(0, search.length() - 1) : search;
        errors.invalid(searches.index(i), bare, DnsNames.subdomainWithUnderscores(bare));
      }
    }
    for (int i = 0; i < config.options().size(); i++) {
      if (isEmpty(config.options().get(i).name())) {
        errors.required(path.child("options").index(i), "must not be empty");
      }
    }
  }

  private static void validateAliases(List<HostAlias> aliases, Path path, FieldErrors errors) {
    for (int i = 0; i < aliases.size(); i++) {
      Path at = path.index(i);
      IpText.check(aliases.get(i).ip(), at.child("ip"), errors);
      for (int j = 0; j < aliases.get(i).hostnames().size(); j++) {
        String name = aliases.get(i).hostnames().get(j);
        errors.invalid(at.child("hostnames").index(j), name, DnsNames.subdomain(name));
      }
    }
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }
}
