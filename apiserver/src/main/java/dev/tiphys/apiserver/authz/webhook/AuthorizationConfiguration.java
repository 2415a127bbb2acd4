package dev.tiphys.apiserver.authz.webhook;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.GoDuration;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.cel.TreeCel;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.apiserver.outbound.Remote;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a file of {@code --authorization-config} says, checked. */
public record AuthorizationConfiguration(List<Entry> authorizers) {

  private static final String GROUP = "apiserver.config.k8s.io/";
  private static final List<String> VERSIONS =
      List.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1");
  private static final List<String> TYPES =
      List.of("ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook");
  private static final int MOST_CONDITIONS = 64;
  private static final Duration MOST_TIMEOUT = Duration.ofSeconds(30);

  /**
   * An authorizer.
   *
   * @param type as {@code --authorization-mode} names it
   * @param webhook null unless it is one
   */
  public record Entry(String type, String name, @Nullable WebhookSettings webhook) {}

  /** Copies the list. */
  public AuthorizationConfiguration {
    authorizers = List.copyOf(authorizers);
  }

  /**
   * Reads a file's content, and the kubeconfigs that it names.
   *
   * @throws ConfigFileException that says what is wrong with it
   */
  public static AuthorizationConfiguration read(byte[] content, SchemaCel cel)
      throws ConfigFileException {
    ConfigObject root = ConfigObject.read(content, "AuthorizationConfiguration", VERSIONS);
    FieldErrors errors = new FieldErrors();
    List<Entry> entries = new ArrayList<>();
    Set<String> types = new HashSet<>();
    Set<String> names = new HashSet<>();
    int index = 0;
    for (ConfigObject one : root.objects("authorizers")) {
      Path path = Path.of("authorizers").index(index++);
      String type = one.text("type");
      String name = one.text("name");
      ConfigObject webhook = one.object("webhook");
      if (type.isEmpty()) {
        errors.required(path.child("type"), "");
      } else if (!TYPES.contains(type)) {
        errors.notSupported(path.child("type"), type, TYPES);
      } else if (!types.add(type) && !type.equals("Webhook")) {
        errors.duplicate(path.child("type"), type);
      } else {
        checkName(name, names, path.child("name"), errors);
        entries.add(new Entry(type, name, webhook(type, name, webhook, path, cel, errors)));
      }
    }
    if (index == 0) {
      errors.required(Path.of("authorizers"), "at least one authorization mode must be defined");
    }
    root.check();
    if (!errors.isEmpty()) {
      throw new ConfigFileException(errors.message());
    }
    return new AuthorizationConfiguration(entries);
  }

  private static void checkName(String name, Set<String> names, Path path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path, "");
      return;
    }
    if (!names.add(name)) {
      errors.duplicate(path, name);
      return;
    }
    List<String> faults = DnsNames.subdomain(name);
    if (!faults.isEmpty()) {
      errors.invalid(path, name, "authorizer name is invalid: " + String.join(", ", faults));
    }
  }

  private static @Nullable WebhookSettings webhook(
      String type,
      String name,
      @Nullable ConfigObject webhook,
      Path path,
      SchemaCel cel,
      FieldErrors errors)
      throws ConfigFileException {
    if (!type.equals("Webhook")) {
      if (webhook != null) {
        errors.invalid(
            path.child("webhook"), "non-null", "may only be specified when type=Webhook");
      }
      return null;
    }
    if (webhook == null) {
      errors.required(path.child("webhook"), "required when type=Webhook");
      return null;
    }
    int before = errors.list().size();
    Duration timeout = webhook.duration("timeout");
    if (timeout == null || timeout.isZero()) {
      errors.required(path.child("timeout"), "");
    } else if (timeout.isNegative() || timeout.compareTo(MOST_TIMEOUT) > 0) {
      errors.invalid(path.child("timeout"), GoDuration.format(timeout), "must be > 0s and <= 30s");
    }
    Duration authorized = ttl(webhook, "authorized", Duration.ofMinutes(5), path, errors);
    Duration unauthorized = ttl(webhook, "unauthorized", Duration.ofSeconds(30), path, errors);
    String version =
        oneOf(webhook, "subjectAccessReviewVersion", List.of("v1", "v1beta1"), path, errors);
    String conditionVersion = webhook.text("matchConditionSubjectAccessReviewVersion");
    List<ConfigObject> conditions = webhook.objects("matchConditions");
    Path versionPath = path.child("matchConditionSubjectAccessReviewVersion");
    if (conditionVersion.isEmpty() && !conditions.isEmpty()) {
      errors.required(versionPath, "required if match conditions are specified");
    } else if (!conditionVersion.isEmpty() && !conditionVersion.equals("v1")) {
      errors.notSupported(versionPath, conditionVersion, List.of("v1"));
    }
    String policy = oneOf(webhook, "failurePolicy", List.of("NoOpinion", "Deny"), path, errors);
    java.nio.file.Path file = connection(webhook.objectOrEmpty("connectionInfo"), path, errors);
    List<TreeCel.Compiled> compiled =
        conditions(conditions, cel.accessReview(), path.child("matchConditions"), errors);
    if (file == null || errors.list().size() > before) {
      return null;
    }
    return new WebhookSettings(
        name,
        Remote.of(file),
        version,
        authorized,
        unauthorized,
        Objects.requireNonNull(timeout),
        policy.equals("Deny"),
        compiled);
  }

  private static Duration ttl(
      ConfigObject webhook, String kind, Duration otherwise, Path path, FieldErrors errors) {
    Duration given = webhook.duration(kind + "TTL");
    String cached = kind.equals("authorized") ? "Authorized" : "Unauthorized";
    boolean kept = !Boolean.FALSE.equals(webhook.flag("cache" + cached + "Requests"));
    if (given != null && given.isNegative()) {
      errors.invalid(path.child(kind + "TTL"), GoDuration.format(given), "must be > 0s");
    }
    if (!kept) {
      return Duration.ZERO;
    }
    return given == null || given.isZero() ? otherwise : given;
  }

  private static String oneOf(
      ConfigObject webhook, String member, List<String> allowed, Path path, FieldErrors errors) {
    String value = webhook.text(member);
    if (value.isEmpty()) {
      errors.required(path.child(member), "");
    } else if (!allowed.contains(value)) {
      errors.notSupported(path.child(member), value, allowed);
    }
    return value;
  }

  private static java.nio.file.@Nullable Path connection(
      ConfigObject info, Path path, FieldErrors errors) {
    Path at = path.child("connectionInfo");
    Path filePath = at.child("kubeConfigFile");
    String type = info.text("type");
    String name = info.text("kubeConfigFile");
    switch (type) {
      case "" -> errors.required(at.child("type"), "");
      case "KubeConfigFile" -> {
        java.nio.file.Path file = java.nio.file.Path.of(name);
        if (name.isEmpty()) {
          errors.required(filePath, "");
        } else if (!file.isAbsolute()) {
          errors.invalid(filePath, name, "must be an absolute path");
        } else if (!Files.exists(file)) {
          errors.invalid(
              filePath, name, "error loading file: stat " + name + ": no such file or directory");
        } else if (!Files.isRegularFile(file)) {
          errors.invalid(filePath, name, "must be a regular file");
        } else {
          return file;
        }
      }
      // Upstream's file format has InClusterConfig too, for other servers than this one.
      default -> errors.notSupported(at.child("type"), type, List.of("KubeConfigFile"));
    }
    return null;
  }

  private static List<TreeCel.Compiled> conditions(
      List<ConfigObject> conditions, TreeCel cel, Path path, FieldErrors errors) {
    List<TreeCel.Compiled> compiled = new ArrayList<>();
    if (conditions.size() > MOST_CONDITIONS) {
      errors.add(FieldError.tooMany(path, conditions.size(), MOST_CONDITIONS));
      return compiled;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      String expression = conditions.get(i).text("expression");
      Path at = path.index(i).child("expression");
      if (expression.isBlank()) {
        errors.required(at, "");
      } else if (!seen.add(expression)) {
        errors.duplicate(at, expression);
      } else {
        try {
          compiled.add(cel.condition(expression));
        } catch (TreeCel.FailedException e) {
          errors.invalid(at, expression, String.valueOf(e.getMessage()));
        }
      }
    }
    return compiled;
  }
}
