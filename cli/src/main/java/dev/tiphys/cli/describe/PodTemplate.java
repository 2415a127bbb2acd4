package dev.tiphys.cli.describe;

import dev.tiphys.cli.print.Labels;
import dev.tiphys.cli.tree.View;
import java.util.List;

/** Writes what is to run in pods: containers, volumes, where they may run. Pure. */
public final class PodTemplate {

  private PodTemplate() {}

  /** Writes a template under its heading. */
  public static void describe(Page page, int level, View template) {
    page.line(level, "Pod Template:");
    page.map(level + 1, "Labels", template.at("metadata", "labels"));
    if (!template.at("metadata", "annotations").isEmpty()) {
      page.map(level + 1, "Annotations", template.at("metadata", "annotations").texts(), ": ");
    }
    View spec = template.at("spec");
    page.fieldIfSet(level + 1, "Service Account", spec.at("serviceAccountName"));
    if (!spec.at("initContainers").isEmpty()) {
      Containers.describe(
          page, level + 1, "Init Containers", spec.at("initContainers"), View.NOTHING);
    }
    Containers.describe(page, level + 1, "Containers", spec.at("containers"), View.NOTHING);
    volumes(page, level + 1, spec);
    placing(page, level + 1, spec);
  }

  static void placing(Page page, int level, View spec) {
    page.map(level, "Node-Selectors", spec.at("nodeSelector"));
    list(
        page,
        level,
        "Tolerations",
        spec.at("tolerations").items().stream().map(PodTemplate::toleration).sorted().toList());
  }

  private static String toleration(View toleration) {
    StringBuilder text = new StringBuilder(toleration.at("key").text());
    if (!toleration.at("value").isEmpty()) {
      text.append('=').append(toleration.at("value").text());
    }
    if (!toleration.at("effect").isEmpty()) {
      text.append(':').append(toleration.at("effect").text());
    }
    if (toleration.at("operator").text().equals("Exists") && toleration.at("value").isEmpty()) {
      text.append(toleration.at("key").isEmpty() ? "op=Exists" : " op=Exists");
    }
    if (toleration.at("tolerationSeconds").exists()) {
      text.append(" for ").append(toleration.at("tolerationSeconds").text()).append('s');
    }
    return text.toString();
  }

  static void list(Page page, int level, String name, List<String> values) {
    if (values.isEmpty()) {
      page.field(level, name, "<none>");
    }
    for (int i = 0; i < values.size(); i++) {
      page.line(level, (i == 0 ? name + ":" : "") + "\t" + values.get(i));
    }
  }

  static void volumes(Page page, int level, View spec) {
    if (spec.at("volumes").isEmpty()) {
      page.field(level, "Volumes", "<none>");
      return;
    }
    page.line(level, "Volumes:");
    for (View volume : spec.at("volumes").items()) {
      page.line(level + 1, volume.at("name").text() + ":");
      volume
          .members()
          .forEach((source, details) -> {
            if (!source.equals("name")) {
              volume(page, level + 2, source, details);
            }
          });
    }
  }

  private static void volume(Page page, int level, String source, View details) {
    switch (source) {
      case "configMap" -> {
        page.field(level, "Type", "ConfigMap (a volume populated by a ConfigMap)");
        page.field(level, "Name", details.at("name").text());
        page.field(level, "Optional", Boolean.toString(details.at("optional").flag()));
      }
      case "secret" -> {
        page.field(level, "Type", "Secret (a volume populated by a Secret)");
        page.field(level, "SecretName", details.at("secretName").text());
        page.field(level, "Optional", Boolean.toString(details.at("optional").flag()));
      }
      case "emptyDir" -> {
        page.field(level, "Type", "EmptyDir (a temporary directory that shares a pod's lifetime)");
        page.field(level, "Medium", details.at("medium").text());
        page.field(level, "SizeLimit", details.at("sizeLimit").textOr("<unset>"));
      }
      case "hostPath" -> {
        page.field(level, "Type", "HostPath (bare host directory volume)");
        page.field(level, "Path", details.at("path").text());
        page.field(level, "HostPathType", details.at("type").text());
      }
      case "persistentVolumeClaim" -> {
        page.field(
            level,
            "Type",
            "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)");
        page.field(level, "ClaimName", details.at("claimName").text());
        page.field(level, "ReadOnly", Boolean.toString(details.at("readOnly").flag()));
      }
      case "projected" -> projected(page, level, details);
      default -> {
        page.field(level, "Type", Generic.title(source));
        Generic.members(page, level, details);
      }
    }
  }

  private static void projected(Page page, int level, View details) {
    page.field(
        level, "Type", "Projected (a volume that contains injected data from multiple sources)");
    for (View source : details.at("sources").items()) {
      if (source.at("secret").exists()) {
        page.field(level, "SecretName", source.at("secret", "name").text());
      } else if (source.at("configMap").exists()) {
        page.field(level, "ConfigMapName", source.at("configMap", "name").text());
      } else if (source.at("serviceAccountToken").exists()) {
        page.field(
            level,
            "TokenExpirationSeconds",
            source.at("serviceAccountToken", "expirationSeconds").text());
      } else if (source.at("downwardAPI").exists()) {
        page.field(level, "DownwardAPI", "true");
      }
    }
  }

  /** A selector as text; {@code <unset>} for none. */
  static String selector(View selector) {
    String text = Labels.selector(selector);
    return text.isEmpty() ? "<unset>" : text;
  }
}
