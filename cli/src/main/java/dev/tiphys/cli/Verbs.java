package dev.tiphys.cli;

import dev.tiphys.cli.describe.DescribeVerb;
import dev.tiphys.cli.get.GetVerb;
import dev.tiphys.cli.node.CordonVerb;
import dev.tiphys.cli.node.DrainVerb;
import dev.tiphys.cli.node.UncordonVerb;
import dev.tiphys.cli.pod.AttachVerb;
import dev.tiphys.cli.pod.ExecVerb;
import dev.tiphys.cli.pod.LogsVerb;
import dev.tiphys.cli.rollout.HistoryVerb;
import dev.tiphys.cli.rollout.PauseVerb;
import dev.tiphys.cli.rollout.RestartVerb;
import dev.tiphys.cli.rollout.ResumeVerb;
import dev.tiphys.cli.rollout.StatusVerb;
import dev.tiphys.cli.rollout.UndoVerb;
import dev.tiphys.cli.server.ApiResourcesVerb;
import dev.tiphys.cli.server.ApiVersionsVerb;
import dev.tiphys.cli.server.CanIVerb;
import dev.tiphys.cli.server.ClusterInfoVerb;
import dev.tiphys.cli.server.ConfigVerbs;
import dev.tiphys.cli.server.ConfigViewVerb;
import dev.tiphys.cli.server.ExplainVerb;
import dev.tiphys.cli.server.VersionVerb;
import dev.tiphys.cli.server.WhoAmIVerb;
import dev.tiphys.cli.wait.WaitVerb;
import dev.tiphys.cli.write.AnnotateVerb;
import dev.tiphys.cli.write.ApplyVerb;
import dev.tiphys.cli.write.CreateConfigMapVerb;
import dev.tiphys.cli.write.CreateDeploymentVerb;
import dev.tiphys.cli.write.CreateNamespaceVerb;
import dev.tiphys.cli.write.CreateSecretVerb;
import dev.tiphys.cli.write.CreateServiceAccountVerb;
import dev.tiphys.cli.write.CreateServiceVerb;
import dev.tiphys.cli.write.CreateVerb;
import dev.tiphys.cli.write.DeleteVerb;
import dev.tiphys.cli.write.EditVerb;
import dev.tiphys.cli.write.ExposeVerb;
import dev.tiphys.cli.write.LabelVerb;
import dev.tiphys.cli.write.PatchVerb;
import dev.tiphys.cli.write.ReplaceVerb;
import dev.tiphys.cli.write.RunVerb;
import dev.tiphys.cli.write.ScaleVerb;
import dev.tiphys.cli.write.SetImageVerb;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The verbs by name. A verb's class is loaded only when it is asked for: start-up matters. */
final class Verbs {

  private static final Map<String, String> ALIASES =
      Map.of(
          "create deploy", "create deployment",
          "create ns", "create namespace",
          "create cm", "create configmap",
          "create sa", "create serviceaccount",
          "create svc", "create service");
  private static final Map<String, String> SUMMARIES = summaries();

  private Verbs() {}

  private static Map<String, String> summaries() {
    Map<String, String> all = new TreeMap<>();
    all.put("annotate", "Set and remove annotations");
    all.put("apply", "Make objects as files describe them");
    all.put("attach", "Join the standard streams of a running container");
    all.put("create", "Create objects from files");
    all.put("create configmap", "Create a config map");
    all.put("create deployment", "Create a deployment");
    all.put("create namespace", "Create a namespace");
    all.put("create secret", "Create a secret");
    all.put("create service", "Create a service");
    all.put("create serviceaccount", "Create a service account");
    all.put("delete", "Delete objects");
    all.put("describe", "Show objects in detail");
    all.put("exec", "Run a command in a container");
    all.put("expose", "Make a service for a workload");
    all.put("get", "Show objects");
    all.put("label", "Set and remove labels");
    all.put("logs", "Show what containers wrote");
    all.put("patch", "Change fields of objects");
    all.put("replace", "Replace objects by what files describe");
    all.put("rollout history", "Show the revisions of a workload");
    all.put("rollout pause", "Let changes of a deployment wait");
    all.put("rollout restart", "Restart the pods of a workload");
    all.put("rollout resume", "Let changes of a deployment go on");
    all.put("rollout status", "Tell how a change of a workload goes");
    all.put("rollout undo", "Take a workload back to an earlier revision");
    all.put("scale", "Set how many replicas a workload has");
    all.put("set image", "Change the images of containers");
    all.put("api-resources", "Show what resources the server has");
    all.put("api-versions", "Show what groups and versions the server has");
    all.put("auth can-i", "Tell whether something is allowed");
    all.put("auth whoami", "Tell who the server takes you for");
    all.put("cluster-info", "Show where the cluster's own services are");
    all.put("config current-context", "Show which context is used");
    all.put("config get-contexts", "Show all contexts");
    all.put("config set-context", "Change a context");
    all.put("config use-context", "Use another context from now on");
    all.put("config view", "Show the kubeconfig");
    all.put("cordon", "Let no more pods come to nodes");
    all.put("drain", "Close nodes and move their pods away");
    all.put("edit", "Change objects in an editor");
    all.put("explain", "Explain a resource or field");
    all.put("run", "Create a pod that runs an image");
    all.put("uncordon", "Let pods come to nodes again");
    all.put("version", "Show the versions of client and server");
    all.put("wait", "Wait until objects are as wanted");
    return Map.copyOf(all);
  }

  static Verb named(String name) {
    return switch (ALIASES.getOrDefault(name, name)) {
      case "annotate" -> new AnnotateVerb();
      case "apply" -> new ApplyVerb();
      case "attach" -> new AttachVerb();
      case "create" -> new CreateVerb();
      case "create configmap" -> new CreateConfigMapVerb();
      case "create deployment" -> new CreateDeploymentVerb();
      case "create namespace" -> new CreateNamespaceVerb();
      case "create secret" -> new CreateSecretVerb();
      case "create service" -> new CreateServiceVerb();
      case "create serviceaccount" -> new CreateServiceAccountVerb();
      case "delete" -> new DeleteVerb();
      case "describe" -> new DescribeVerb();
      case "exec" -> new ExecVerb();
      case "expose" -> new ExposeVerb();
      case "get" -> new GetVerb();
      case "label" -> new LabelVerb();
      case "logs" -> new LogsVerb();
      case "patch" -> new PatchVerb();
      case "replace" -> new ReplaceVerb();
      case "rollout history" -> new HistoryVerb();
      case "rollout pause" -> new PauseVerb();
      case "rollout restart" -> new RestartVerb();
      case "rollout resume" -> new ResumeVerb();
      case "rollout status" -> new StatusVerb();
      case "rollout undo" -> new UndoVerb();
      case "scale" -> new ScaleVerb();
      case "set image" -> new SetImageVerb();
      case "api-resources" -> new ApiResourcesVerb();
      case "api-versions" -> new ApiVersionsVerb();
      case "auth can-i" -> new CanIVerb();
      case "auth whoami" -> new WhoAmIVerb();
      case "cluster-info" -> new ClusterInfoVerb();
      case "config current-context" -> new ConfigVerbs.Current();
      case "config get-contexts" -> new ConfigVerbs.All();
      case "config set-context" -> new ConfigVerbs.Change();
      case "config use-context" -> new ConfigVerbs.Use();
      case "config view" -> new ConfigViewVerb();
      case "cordon" -> new CordonVerb();
      case "drain" -> new DrainVerb();
      case "edit" -> new EditVerb();
      case "explain" -> new ExplainVerb();
      case "run" -> new RunVerb();
      case "uncordon" -> new UncordonVerb();
      case "version" -> new VersionVerb();
      case "wait" -> new WaitVerb();
      default -> throw Failure.of("unknown command \"%s\" for \"tiphys\"", name);
    };
  }

  static boolean has(String name) {
    return SUMMARIES.containsKey(ALIASES.getOrDefault(name, name));
  }

  /** Whether some verbs begin with this word. */
  static boolean isGroup(String word) {
    return SUMMARIES.keySet().stream().anyMatch(name -> name.startsWith(word + " "));
  }

  /** The second words of a group, with commas between. */
  static String within(String word) {
    return SUMMARIES.keySet().stream()
        .filter(name -> name.startsWith(word + " "))
        .map(name -> name.substring(word.length() + 1))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** All verbs with what they do, sorted. */
  static Map<String, String> all() {
    return new TreeMap<>(SUMMARIES);
  }
}
