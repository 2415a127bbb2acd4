package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.ClusterTrustBundleProjection;
import dev.tiphys.api.core.v1.DownwardAPIVolumeFile;
import dev.tiphys.api.core.v1.KeyToPath;
import dev.tiphys.api.core.v1.PodCertificateProjection;
import dev.tiphys.api.core.v1.ProjectedVolumeSource;
import dev.tiphys.api.core.v1.ServiceAccountTokenProjection;
import dev.tiphys.api.core.v1.VolumeProjection;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.LocalPaths;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wrong with files that the kubelet writes: of keys, of tokens, of the pod itself. */
final class ProjectedFiles {

  private static final int HIGHEST_MODE = 0777;
  private static final long SHORTEST_TOKEN_SECONDS = 600;
  private static final long LONGEST_TOKEN_SECONDS = 1L << 32;
  private static final int SHORTEST_CERTIFICATE_SECONDS = 3600;
  private static final int LONGEST_CERTIFICATE_SECONDS = 91 * 86400;
  private static final List<String> KEY_TYPES =
      List.of("ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519", "RSA3072", "RSA4096");

  private final Set<String> files = new HashSet<>();
  private final Path path;
  private final FieldErrors errors;

  private ProjectedFiles(Path path, FieldErrors errors) {
    this.path = path;
    this.errors = errors;
  }

  static void validate(ProjectedVolumeSource volume, Path path, FieldErrors errors) {
    checkMode(volume.defaultMode(), path.child("defaultMode"), errors);
    ProjectedFiles together = new ProjectedFiles(path, errors);
    for (int i = 0; i < volume.sources().size(); i++) {
      together.source(volume.sources().get(i), path.child("sources").index(i));
    }
  }

  /** Checks which keys become which files. */
  static void checkItems(List<KeyToPath> items, Path path, FieldErrors errors) {
    for (int i = 0; i < items.size(); i++) {
      KeyToPath item = items.get(i);
      Checks.present(item.key(), path.index(i).child("key"), errors);
      checkFile(item.path(), path.index(i).child("path"), errors);
      checkMode(item.mode(), path.index(i).child("mode"), errors);
    }
  }

  /** Checks which fields of the pod become which files. */
  static void checkDownward(List<DownwardAPIVolumeFile> items, Path path, FieldErrors errors) {
    for (DownwardAPIVolumeFile item : items) {
      checkFile(item.path(), path.child("path"), errors);
      if (item.fieldRef() != null) {
        DownwardFields.checkField(
            item.fieldRef(), DownwardFields.IN_FILES, path.child("fieldRef"), errors);
        if (item.resourceFieldRef() != null) {
          errors.invalid(
              path,
              "resource",
              "fieldRef and resourceFieldRef can not be specified simultaneously");
        }
      } else if (item.resourceFieldRef() != null) {
        DownwardFields.checkAmount(
            item.resourceFieldRef(), true, path.child("resourceFieldRef"), errors);
      } else {
        errors.required(path, "one of fieldRef and resourceFieldRef is required");
      }
      checkMode(item.mode(), path.child("mode"), errors);
    }
  }

  static void checkMode(@Nullable Integer mode, Path path, FieldErrors errors) {
    if (mode != null && (mode < 0 || mode > HIGHEST_MODE)) {
      errors.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
  }

  private static void checkFile(@Nullable String file, Path path, FieldErrors errors) {
    if (Checks.present(file, path, errors)) {
      LocalPaths.checkUnreserved(String.valueOf(file), path, errors);
    }
  }

  private void source(VolumeProjection source, Path at) {
    if (source.secret() != null) {
      Path here = at.child("secret");
      Checks.present(source.secret().name(), here.child("name"), errors);
      checkItems(source.secret().items(), here.child("items"), errors);
      source.secret().items().forEach(item -> take(item.path(), source.secret().name()));
    }
    if (source.configMap() != null) {
      Path here = at.child("configMap");
      Checks.present(source.configMap().name(), here.child("name"), errors);
      checkItems(source.configMap().items(), here.child("items"), errors);
      source.configMap().items().forEach(item -> take(item.path(), source.configMap().name()));
    }
    if (source.downwardAPI() != null) {
      checkDownward(source.downwardAPI().items(), at.child("downwardAPI"), errors);
      source.downwardAPI().items().forEach(item -> take(item.path(), item.path()));
    }
    if (source.serviceAccountToken() != null) {
      token(source.serviceAccountToken(), at.child("serviceAccountToken"));
    }
    if (source.clusterTrustBundle() != null) {
      trustBundle(source.clusterTrustBundle(), at.child("clusterTrustBundle"));
    }
    if (source.podCertificate() != null) {
      certificate(source.podCertificate(), at.child("podCertificate"));
    }
    long kinds =
        Stream.of(
                source.secret(),
                source.configMap(),
                source.downwardAPI(),
                source.serviceAccountToken(),
                source.clusterTrustBundle(),
                source.podCertificate())
            .filter(Objects::nonNull)
            .count();
    if (kinds > 1) {
      errors.forbidden(at, "may not specify more than 1 volume type per source");
    }
  }

  /** Two sources must not write the same file. */
  private void take(@Nullable String file, @Nullable String told) {
    if (file != null && !file.isEmpty() && !files.add(file)) {
      errors.invalid(path, told, "conflicting duplicate paths");
    }
  }

  private void token(ServiceAccountTokenProjection token, Path at) {
    Long seconds = token.expirationSeconds();
    if (seconds != null && seconds < SHORTEST_TOKEN_SECONDS) {
      errors.invalid(
          at.child("expirationSeconds"),
          seconds,
          "may not specify a duration less than 10 minutes");
    } else if (seconds != null && seconds > LONGEST_TOKEN_SECONDS) {
      errors.invalid(
          at.child("expirationSeconds"),
          seconds,
          "may not specify a duration larger than 2^32 seconds");
    }
    checkFile(token.path(), at.child("path"), errors);
  }

  private void trustBundle(ClusterTrustBundleProjection bundle, Path at) {
    String name = bundle.name();
    String signer = bundle.signerName();
    if (name != null && signer != null) {
      errors.invalid(at, bundle, "only one of name and signerName may be used");
    } else if (name != null) {
      if (name.isEmpty()) {
        errors.required(at.child("name"), "must be a valid object name");
      }
      if (bundle.labelSelector() != null) {
        errors.invalid(
            at.child("labelSelector"),
            bundle.labelSelector(),
            "labelSelector must be unset if name is specified");
      }
    } else if (signer != null) {
      if (signer.isEmpty()) {
        errors.required(at.child("signerName"), "must be a valid signer name");
      }
      Checks.selector(bundle.labelSelector(), at.child("labelSelector"), errors);
    } else {
      errors.required(at, "either name or signerName must be specified");
    }
    checkFile(bundle.path(), at.child("path"), errors);
    take(bundle.path(), bundle.path());
  }

  private void certificate(PodCertificateProjection certificate, Path at) {
    Checks.present(certificate.signerName(), at.child("signerName"), errors);
    Checks.requiredOneOf(certificate.keyType(), KEY_TYPES, at.child("keyType"), errors);
    Checks.within(
        certificate.maxExpirationSeconds(),
        SHORTEST_CERTIFICATE_SECONDS,
        LONGEST_CERTIFICATE_SECONDS,
        at.child("maxExpirationSeconds"),
        errors);
    boolean any = false;
    any |= certificateFile(certificate.credentialBundlePath(), at.child("credentialBundlePath"));
    any |= certificateFile(certificate.keyPath(), at.child("keyPath"));
    any |= certificateFile(certificate.certificateChainPath(), at.child("certificateChainPath"));
    if (!any) {
      errors.required(
          at, "specify at least one of credentialBundlePath, keyPath, and certificateChainPath");
    }
  }

  private boolean certificateFile(@Nullable String file, Path at) {
    if (file == null || file.isEmpty()) {
      return false;
    }
    LocalPaths.checkUnreserved(file, at, errors);
    take(file, file);
    return true;
  }
}
