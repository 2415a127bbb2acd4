package dev.tiphys.apiserver.strategy.internal;

import dev.tiphys.api.apiserverinternal.v1alpha1.ServerStorageVersion;
import dev.tiphys.api.apiserverinternal.v1alpha1.StorageVersion;
import dev.tiphys.api.apiserverinternal.v1alpha1.StorageVersionCondition;
import dev.tiphys.api.apiserverinternal.v1alpha1.StorageVersionStatus;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of StorageVersion: which versions each API server stores and reads. */
public final class StorageVersionRules {

  private static final Path STATUS = Path.of("status");

  private StorageVersionRules() {}

  /** The rules. */
  public static Strategy<StorageVersion> rules() {
    return KindRules.<StorageVersion>builder()
        .names(StorageVersionRules::nameFaults)
        .generations(false)
        .statusChange((object, old, errors) ->
            validate(
                Objects.requireNonNullElse(object.status(), StorageVersionStatus.EMPTY), errors))
        .build();
  }

  private static List<String> nameFaults(String name) {
    int dot = name.lastIndexOf('.');
    if (dot < 0) {
      return List.of("name must be in the form of <group>.<resource>");
    }
    List<String> faults = new ArrayList<>();
    DnsNames.subdomain(name.substring(0, dot))
        .forEach(fault -> faults.add("the group segment " + fault));
    DnsNames.rfc1035Label(name.substring(dot + 1))
        .forEach(fault -> faults.add("the resource segment " + fault));
    return List.copyOf(faults);
  }

  private static void validate(StorageVersionStatus status, FieldErrors errors) {
    Path servers = STATUS.child("storageVersions");
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < status.storageVersions().size(); i++) {
      ServerStorageVersion server = status.storageVersions().get(i);
      String id = server.apiServerID() == null ? "" : server.apiServerID();
      if (!ids.add(id)) {
        errors.duplicate(servers.index(i).child("apiServerID"), id);
      }
      errors.invalid(servers.index(i).child("apiServerID"), id, DnsNames.subdomain(id));
      validate(server, servers.index(i), errors);
    }
    validateCommon(status, errors);
    Map<String, Integer> types = new HashMap<>();
    for (int i = 0; i < status.conditions().size(); i++) {
      StorageVersionCondition condition = status.conditions().get(i);
      Path at = STATUS.index(i);
      Integer first = types.putIfAbsent(String.valueOf(condition.type()), i);
      if (first != null) {
        errors.invalid(
            at.child("type"),
            condition.type(),
            "the type of the condition is not unique, it also appears in conditions["
                + first
                + "]");
      }
      Checks.qualifiedName(condition.type(), at.child("type"), errors);
      Checks.qualifiedName(condition.status(), at.child("status"), errors);
      if (condition.reason() == null || condition.reason().isEmpty()) {
        errors.required(at.child("reason"), "reason cannot be empty");
      }
      if (condition.message() == null || condition.message().isEmpty()) {
        errors.required(at.child("message"), "message cannot be empty");
      }
    }
  }

  private static void validate(ServerStorageVersion server, Path path, FieldErrors errors) {
    String encoding = server.encodingVersion() == null ? "" : server.encodingVersion();
    version(encoding, path.child("encodingVersion"), errors);
    List<String> decodable = server.decodableVersions();
    for (int i = 0; i < decodable.size(); i++) {
      version(decodable.get(i), path.child("decodableVersions").index(i), errors);
    }
    if (!decodable.contains(encoding)) {
      errors.invalid(
          path.child("decodableVersions"),
          decodable,
          "decodableVersions must include encodingVersion " + encoding);
    }
    for (int i = 0; i < server.servedVersions().size(); i++) {
      String served = server.servedVersions().get(i);
      Path at = path.child("servedVersions").index(i);
      version(served, at, errors);
      if (!decodable.contains(served)) {
        errors.invalid(
            at,
            served,
            "individual served version : "
                + served
                + " must be included in decodableVersions : ["
                + String.join(" ", decodable)
                + "]");
      }
    }
  }

  /** The version of all servers is told if, and only if, there is one. */
  private static void validateCommon(StorageVersionStatus status, FieldErrors errors) {
    List<@Nullable String> versions = new ArrayList<>();
    status.storageVersions().forEach(server -> versions.add(server.encodingVersion()));
    boolean agree = !versions.isEmpty() && new HashSet<>(versions).size() == 1;
    String common = status.commonEncodingVersion();
    Path path = STATUS.child("commonEncodingVersion");
    if (!agree && common != null) {
      errors.invalid(
          path,
          common,
          "should be nil if servers do not agree on the same encoding version, or if there is no"
              + " server reporting the supported versions yet");
    } else if (agree && common == null) {
      errors.invalid(path, null, "the common encoding version is " + versions.get(0));
    } else if (agree && !Objects.equals(common, versions.get(0))) {
      errors.invalid(path, common, "the actual common encoding version is " + versions.get(0));
    }
  }

  private static void version(String version, Path path, FieldErrors errors) {
    List<String> faults = new ArrayList<>();
    String[] parts = version.split("/", -1);
    if (parts.length > 2) {
      errors.invalid(
          path,
          version,
          "an apiVersion is a DNS-1035 label, which must consist of lower case alphanumeric"
              + " characters or '-', start with an alphabetic character, and end with an"
              + " alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation"
              + " is '[a-z]([-a-z0-9]*[a-z0-9])?') with an optional DNS subdomain prefix and '/'"
              + " (e.g. 'example.com/MyVersion')");
      return;
    }
    if (parts.length == 2) {
      part("group part: ", parts[0], DnsNames.subdomain(parts[0]), faults);
    }
    String last = parts[parts.length - 1];
    part("version part: ", last, DnsNames.rfc1035Label(last), faults);
    if (!faults.isEmpty()) {
      errors.invalid(path, version, String.join(",", faults));
    }
  }

  private static void part(String which, String text, List<String> found, List<String> faults) {
    if (text.isEmpty()) {
      faults.add(which + "must be non-empty");
    } else {
      found.forEach(fault -> faults.add(which + fault));
    }
  }
}
