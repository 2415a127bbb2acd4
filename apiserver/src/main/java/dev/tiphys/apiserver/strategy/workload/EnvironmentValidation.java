package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.EnvFromSource;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.EnvVarSource;
import dev.tiphys.api.core.v1.FileKeySelector;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.LocalPaths;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a container's environment variables. Pure. */
final class EnvironmentValidation {

  private static final String MORE_THAN_ONE =
      "may not have more than one field specified at a time";

  private EnvironmentValidation() {}

  static void validateVariables(List<EnvVar> variables, Path path, FieldErrors errors) {
    for (int i = 0; i < variables.size(); i++) {
      EnvVar variable = variables.get(i);
      Path at = path.index(i);
      if (Checks.present(variable.name(), at.child("name"), errors)) {
        String name = String.valueOf(variable.name());
        errors.invalid(at.child("name"), name, FieldNames.envVarName(name));
      }
      if (variable.valueFrom() != null) {
        boolean valued = variable.value() != null && !variable.value().isEmpty();
        validateSource(variable.valueFrom(), valued, at.child("valueFrom"), errors);
      }
    }
  }

  private static void validateSource(
      EnvVarSource source, boolean valued, Path path, FieldErrors errors) {
    int sources = 0;
    if (source.fieldRef() != null) {
      sources++;
      DownwardFields.checkField(
          source.fieldRef(), DownwardFields.IN_ENVIRONMENT, path.child("fieldRef"), errors);
    }
    if (source.resourceFieldRef() != null) {
      sources++;
      DownwardFields.checkAmount(
          source.resourceFieldRef(), false, path.child("resourceFieldRef"), errors);
    }
    if (source.configMapKeyRef() != null) {
      sources++;
      var key = source.configMapKeyRef();
      validateKey(key.name(), key.key(), path.child("configMapKeyRef"), errors);
    }
    if (source.secretKeyRef() != null) {
      sources++;
      var key = source.secretKeyRef();
      validateKey(key.name(), key.key(), path.child("secretKeyRef"), errors);
    }
    if (source.fileKeyRef() != null) {
      sources++;
      validateFileKey(source.fileKeyRef(), path.child("fileKeyRef"), errors);
    }
    if (sources == 0) {
      errors.invalid(
          path,
          "",
          "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or"
              + " `fileKeyRef`");
    } else if (valued) {
      errors.invalid(path, "", "may not be specified when `value` is not empty");
    } else if (sources > 1) {
      errors.invalid(path, "", MORE_THAN_ONE);
    }
  }

  private static void validateKey(
      @Nullable String name, @Nullable String key, Path path, FieldErrors errors) {
    String text = name == null ? "" : name;
    errors.invalid(path.child("name"), text, DnsNames.subdomain(text));
    if (Checks.present(key, path.child("key"), errors)) {
      errors.invalid(path.child("key"), key, FieldNames.configKey(String.valueOf(key)));
    }
  }

  private static void validateFileKey(FileKeySelector file, Path path, FieldErrors errors) {
    Checks.label(file.volumeName(), path.child("volumeName"), errors);
    if (Checks.present(file.path(), path.child("path"), errors)) {
      LocalPaths.checkUnreserved(String.valueOf(file.path()), path.child("path"), errors);
    }
    if (Checks.present(file.key(), path.child("key"), errors)) {
      String key = String.valueOf(file.key());
      errors.invalid(path.child("key"), key, FieldNames.envVarName(key));
    }
  }

  static void validateSets(List<EnvFromSource> sets, Path path, FieldErrors errors) {
    for (int i = 0; i < sets.size(); i++) {
      EnvFromSource source = sets.get(i);
      Path at = path.index(i);
      if (source.prefix() != null && !source.prefix().isEmpty()) {
        errors.invalid(at.child("prefix"), source.prefix(), FieldNames.envVarName(source.prefix()));
      }
      if (source.configMapRef() != null) {
        Checks.subdomain(source.configMapRef().name(), at.child("configMapRef", "name"), errors);
      }
      if (source.secretRef() != null) {
        Checks.subdomain(source.secretRef().name(), at.child("secretRef", "name"), errors);
      }
      if (source.configMapRef() == null && source.secretRef() == null) {
        errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
      } else if (source.configMapRef() != null && source.secretRef() != null) {
        errors.invalid(path, "", MORE_THAN_ONE);
      }
    }
  }
}
