package dev.tiphys.apiserver.extension.definition;

import dev.tiphys.api.apiextensions.v1.CustomResourceConversion;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionSpec;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import dev.tiphys.api.apiextensions.v1.WebhookClientConfig;
import dev.tiphys.api.apiextensions.v1.WebhookConversion;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is wrong with a definition, but for what is wrong with one of its versions. */
final class DefinitionRules {

  private static final Path SPEC = Path.of("spec");
  private static final String APPROVED = "api-approved.kubernetes.io";

  private final FieldErrors errors;
  private final DefinitionStrategy.SchemaCheck extra;

  DefinitionRules(FieldErrors errors, DefinitionStrategy.SchemaCheck extra) {
    this.errors = errors;
    this.extra = extra;
  }

  void check(CustomResourceDefinition crd, @Nullable CustomResourceDefinition old) {
    CustomResourceDefinitionSpec spec = crd.spec();
    if (spec == null) {
      errors.required(SPEC, "");
      return;
    }
    CustomResourceDefinitionNames names =
        spec.names() == null ? CustomResourceDefinitionNames.EMPTY : spec.names();
    String group = text(spec.group());
    if (!text(crd.metadata().name()).equals(text(names.plural()) + "." + group)) {
      errors.invalid(
          Path.of("metadata", "name"),
          text(crd.metadata().name()),
          "must be spec.names.plural+\".\"+spec.group");
    }
    group(group);
    approval(crd, group);
    List<String> scopes = List.of("Cluster", "Namespaced");
    if (text(spec.scope()).isEmpty()) {
      errors.required(SPEC.child("scope"), "");
    } else if (!scopes.contains(spec.scope())) {
      errors.notSupported(SPEC.child("scope"), spec.scope(), scopes);
    }
    if (Boolean.TRUE.equals(spec.preserveUnknownFields())) {
      errors.invalid(
          SPEC.child("preserveUnknownFields"),
          true,
          "must be false, set"
              + " x-kubernetes-preserve-unknown-fields: true in the schema instead");
    }
    versions(spec);
    spec(names, SPEC.child("names"));
    conversion(spec.conversion());
    if (old != null && old.spec() != null) {
      unchanged(spec, old.spec(), Conditions.isTrue(old, Conditions.ESTABLISHED));
    }
    storedVersions(crd);
  }

  private void group(String group) {
    Path at = SPEC.child("group");
    List<String> faults = DnsNames.subdomain(group);
    if (group.isEmpty()) {
      errors.required(at, "");
    } else if (!faults.isEmpty()) {
      errors.invalid(at, group, String.join(",", faults));
    } else if (!group.contains(".")) {
      errors.invalid(at, group, "should be a domain with at least one dot");
    }
  }

  /** Groups of the project itself may only be extended with its consent. */
  private void approval(CustomResourceDefinition crd, String group) {
    boolean isProtected =
        group.equals("k8s.io")
            || group.equals("kubernetes.io")
            || group.endsWith(".k8s.io")
            || group.endsWith(".kubernetes.io");
    if (isProtected && text(crd.metadata().annotations().get(APPROVED)).isEmpty()) {
      errors.required(
          Path.of("metadata", "annotations").key(APPROVED),
          "protected groups must have approval annotation \""
              + APPROVED
              + "\", see https://github.com/kubernetes/enhancements/pull/1111");
    }
  }

  private void versions(CustomResourceDefinitionSpec spec) {
    Path path = SPEC.child("versions");
    List<CustomResourceDefinitionVersion> versions = spec.versions();
    Set<String> seen = new HashSet<>();
    int stored = 0;
    boolean unique = true;
    for (int i = 0; i < versions.size(); i++) {
      CustomResourceDefinitionVersion version = versions.get(i);
      unique &= seen.add(text(version.name()));
      stored += Boolean.TRUE.equals(version.storage()) ? 1 : 0;
      List<String> faults = DnsNames.rfc1035Label(text(version.name()));
      if (!faults.isEmpty()) {
        errors.invalid(path.index(i).child("name"), text(version.name()), String.join(",", faults));
      }
      if (text(version.deprecationWarning()).length() > 256) {
        errors.invalid(
            path.index(i).child("deprecationWarning"),
            text(version.deprecationWarning()),
            "must be <= 256 characters");
      }
      new VersionRules(errors, extra).check(version, placesOf(spec, i));
    }
    if (!unique) {
      errors.invalid(path, versions, "must contain unique version names");
    }
    if (stored != 1) {
      errors.invalid(path, versions, "must have exactly one version marked as storage version");
    }
  }

  /** As upstream: what all versions say alike stands, in messages, where it once stood for all. */
  private static VersionRules.Places placesOf(CustomResourceDefinitionSpec spec, int index) {
    Path version = SPEC.child("versions").index(index);
    return new VersionRules.Places(
        same(spec, CustomResourceDefinitionVersion::schema)
            ? SPEC.child("validation")
            : version.child("schema"),
        same(spec, CustomResourceDefinitionVersion::subresources)
            ? SPEC.child("subresources")
            : version.child("subresources"),
        same(spec, CustomResourceDefinitionVersion::additionalPrinterColumns)
            ? SPEC.child("additionalPrinterColumns")
            : version.child("additionalPrinterColumns"),
        same(spec, CustomResourceDefinitionVersion::selectableFields)
            ? SPEC.child("selectableFields")
            : version.child("selectableFields"));
  }

  private static boolean same(
      CustomResourceDefinitionSpec spec,
      Function<CustomResourceDefinitionVersion, ? extends @Nullable Object> part) {
    Object first = part.apply(spec.versions().getFirst());
    return spec.versions().stream().allMatch(one -> Objects.equals(first, part.apply(one)));
  }

  private void spec(CustomResourceDefinitionNames names, Path path) {
    required(path.child("plural"), names.plural());
    required(path.child("singular"), names.singular());
    required(path.child("kind"), names.kind());
    required(path.child("listKind"), names.listKind());
    label(path.child("plural"), names.plural());
    label(path.child("singular"), names.singular());
    kind(path.child("kind"), names.kind());
    kind(path.child("listKind"), names.listKind());
    for (int i = 0; i < names.shortNames().size(); i++) {
      label(path.child("shortNames").index(i), names.shortNames().get(i));
    }
    if (!text(names.kind()).isEmpty() && text(names.kind()).equals(names.listKind())) {
      errors.invalid(
          path.child("listKind"), names.listKind(), "kind and listKind may not be the same");
    }
    for (int i = 0; i < names.categories().size(); i++) {
      label(path.child("categories").index(i), names.categories().get(i));
    }
  }

  private void required(Path path, @Nullable String value) {
    if (text(value).isEmpty()) {
      errors.required(path, "");
    }
  }

  private void label(Path path, @Nullable String value) {
    List<String> faults = text(value).isEmpty() ? List.of() : DnsNames.rfc1035Label(text(value));
    if (!faults.isEmpty()) {
      errors.invalid(path, value, String.join(",", faults));
    }
  }

  private void kind(Path path, @Nullable String value) {
    List<String> faults =
        text(value).isEmpty()
            ? List.of()
            : DnsNames.rfc1035Label(text(value).toLowerCase(Locale.ROOT));
    if (!faults.isEmpty()) {
      errors.invalid(
          path,
          value,
          "may have mixed case, but should otherwise match: " + String.join(",", faults));
    }
  }

  private void conversion(@Nullable CustomResourceConversion conversion) {
    if (conversion == null) {
      return;
    }
    Path path = SPEC.child("conversion");
    WebhookConversion webhook = conversion.webhook();
    switch (text(conversion.strategy())) {
      case "" -> errors.required(path.child("strategy"), "");
      case "None" -> {
        if (webhook != null) {
          errors.forbidden(
              path.child("webhookClientConfig"),
              "should not be set when strategy is not set to Webhook");
        }
      }
      case "Webhook" -> {
        if (webhook == null || webhook.clientConfig() == null) {
          errors.required(
              path.child("webhookClientConfig"), "required when strategy is set to Webhook");
        } else {
          client(webhook.clientConfig(), path.child("webhookClientConfig"));
        }
        if (webhook != null) {
          reviewVersions(webhook, path.child("conversionReviewVersions"));
        }
      }
      default ->
          errors.notSupported(
              path.child("strategy"), conversion.strategy(), List.of("None", "Webhook"));
    }
  }

  private void reviewVersions(WebhookConversion webhook, Path path) {
    if (webhook.conversionReviewVersions().isEmpty()) {
      errors.required(path, "");
    } else if (!webhook.conversionReviewVersions().contains("v1")) {
      errors.invalid(
          path, webhook.conversionReviewVersions(), "must include at least one of v1, v1beta1");
    }
  }

  private void client(WebhookClientConfig config, Path path) {
    boolean hasUrl = config.url() != null;
    if (hasUrl == (config.service() != null)) {
      errors.required(
          path, "exactly one of url or service is required; url is preferred over service");
    } else if (hasUrl && !text(config.url()).startsWith("https://")) {
      errors.invalid(
          path.child("url"),
          config.url(),
          "'https' is the only allowed URL scheme; desired format: https://host[/path]");
    }
    var service = config.service();
    if (service != null) {
      required(path.child("service", "name"), service.name());
      required(path.child("service", "namespace"), service.namespace());
      String at = service.path();
      if (at != null && !at.startsWith("/")) {
        errors.invalid(path.child("service", "path"), at, "must start with a '/'");
      }
      Integer port = service.port();
      if (port != null && (port < 1 || port > 65535)) {
        errors.invalid(
            path.child("service", "port"),
            port,
            "port is not valid: must be between 1 and 65535, inclusive");
      }
    }
  }

  private void unchanged(
      CustomResourceDefinitionSpec spec, CustomResourceDefinitionSpec old, boolean established) {
    CustomResourceDefinitionNames names = spec.names();
    CustomResourceDefinitionNames oldNames = old.names();
    if (names == null || oldNames == null) {
      return;
    }
    if (established) {
      // These are how the objects are stored.
      same(SPEC.child("scope"), spec.scope(), old.scope());
      same(SPEC.child("names", "kind"), names.kind(), oldNames.kind());
    }
    same(SPEC.child("group"), spec.group(), old.group());
    same(SPEC.child("names", "plural"), names.plural(), oldNames.plural());
  }

  private void same(Path path, @Nullable String value, @Nullable String old) {
    if (!Objects.equals(value, old)) {
      errors.invalid(path, value, FieldError.IMMUTABLE);
    }
  }

  /** A version under which objects are still stored must not go. */
  void storedVersions(CustomResourceDefinition crd) {
    Path path = Path.of("status", "storedVersions");
    CustomResourceDefinitionSpec spec = crd.spec();
    List<String> stored = crd.status() == null ? List.of() : crd.status().storedVersions();
    if (spec == null) {
      return;
    }
    if (stored.isEmpty()) {
      errors.invalid(path, stored, "must have at least one stored version");
      return;
    }
    Set<String> names = new HashSet<>();
    for (CustomResourceDefinitionVersion version : spec.versions()) {
      names.add(text(version.name()));
      if (Boolean.TRUE.equals(version.storage()) && !stored.contains(text(version.name()))) {
        errors.invalid(path, version, "must have the storage version " + version.name());
      }
    }
    for (int i = 0; i < stored.size(); i++) {
      if (!names.contains(stored.get(i))) {
        errors.invalid(
            path.index(i),
            stored.get(i),
            "missing from spec.versions; "
                + stored.get(i)
                + " was previously a storage version, and"
                + " must remain in spec.versions until a storage migration ensures no data remains"
                + " persisted in "
                + stored.get(i)
                + " and removes "
                + stored.get(i)
                + " from status.storedVersions");
      }
    }
  }

  static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
