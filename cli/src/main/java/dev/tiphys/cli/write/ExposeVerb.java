package dev.tiphys.cli.write;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code expose}. */
@Command(description = "Make a service for a deployment, replica set, service or pod.")
public final class ExposeVerb implements Verb {

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin Creation creation = new Creation();

  @Option(names = "--port", description = "The service's port.")
  String port = "";

  @Option(names = "--target-port", description = "The pods' port, by number or name.")
  String targetPort = "";

  @Option(names = "--protocol", description = "TCP, UDP or SCTP.")
  String protocol = "";

  @Option(names = "--name", description = "The service's name; the object's if not given.")
  String name = "";

  @Option(names = "--type", description = "ClusterIP, NodePort, LoadBalancer or ExternalName.")
  @Nullable String type;

  @Option(names = "--cluster-ip", description = "An address, or None.")
  @Nullable String clusterIp;

  @Option(names = "--external-ip", description = "A further address.")
  @Nullable String externalIp;

  @Option(names = "--session-affinity", description = "None or ClientIP.")
  @Nullable String sessionAffinity;

  @Option(names = "--labels", description = "The service's labels, KEY=VALUE,…")
  String labels = "";

  @Parameters(arity = "0..*", paramLabel = "RESOURCE NAME")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    List<Target> targets = selection.targets(session, arguments);
    return Each.of(session, targets, each -> expose(session, each));
  }

  private void expose(Session session, Target target) {
    View object = new View(target.live(session.cluster()));
    JsonTree.Obj service = service(target, object);
    creation.report(session, ApiResource.of(Resources.SERVICES), service, "exposed");
  }

  private JsonTree.Obj service(Target target, View object) {
    Map<String, String> selector = selection.byQuality() ? Map.of() : selector(target, object);
    Map<String, String> own =
        labels.isEmpty() ? object.at("metadata", "labels").texts() : pairs(labels);
    return Trees.object(
        "apiVersion",
        "v1",
        "kind",
        "Service",
        "metadata",
        Trees.object(
            "name", name.isEmpty() ? target.name() : name,
            "labels", own.isEmpty() ? null : own),
        "spec",
        Trees.object(
            "clusterIP",
            clusterIp,
            "externalIPs",
            externalIp == null ? null : Trees.list(externalIp),
            "ports",
            ports(object),
            "selector",
            selector.isEmpty() ? selector(target, object) : selector,
            "sessionAffinity",
            sessionAffinity,
            "type",
            type));
  }

  private static Map<String, String> selector(Target target, View object) {
    View found =
        switch (target.resource().kind()) {
          case "Pod" -> object.at("metadata", "labels");
          case "Service", "ReplicationController" -> object.at("spec", "selector");
          case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet" -> {
            if (!object.at("spec", "selector", "matchExpressions").isEmpty()) {
              throw Failure.of(
                  "couldn't convert expressions - \"%s\" to map-based selector format",
                  object.at("spec", "selector", "matchExpressions").text());
            }
            yield object.at("spec", "selector", "matchLabels");
          }
          default ->
              throw Failure.of(
                  "cannot expose a %s.%s", target.resource().kind(), target.resource().group());
        };
    if (found.isEmpty()) {
      throw Failure.of("couldn't retrieve selectors via --selector flag or introspection");
    }
    return found.texts();
  }

  private List<JsonTree> ports(View object) {
    List<JsonTree> ports = new ArrayList<>();
    if (!port.isEmpty()) {
      String[] several = port.split(",", -1);
      for (int i = 0; i < several.length; i++) {
        ports.add(port(several[i], "TCP", several.length == 1 ? "" : "port-" + (i + 1)));
      }
      return ports;
    }
    View own = object.at("spec", "ports");
    if (own.isEmpty()) {
      View pod = object.at("spec", "template").exists() ? object.at("spec", "template") : object;
      List<View> found = new ArrayList<>();
      pod.at("spec", "containers").items().forEach(c -> found.addAll(c.at("ports").items()));
      own = new View(Trees.of(found));
    }
    List<View> found = own.items();
    if (found.isEmpty() && !"None".equals(clusterIp)) {
      throw Failure.of("couldn't find port via --port flag or introspection");
    }
    for (int i = 0; i < found.size(); i++) {
      View each = found.get(i);
      ports.add(
          port(
              each.at("port").textOr(each.at("containerPort").text()),
              each.at("protocol").textOr("TCP"),
              found.size() == 1 ? "" : "port-" + (i + 1)));
    }
    return ports;
  }

  private JsonTree port(String number, String defaultProtocol, String portName) {
    if (!number.matches("\\d{1,5}")) {
      throw Failure.of("invalid port %s: must be a number", number);
    }
    String target = targetPort.isEmpty() ? number : targetPort;
    return Trees.object(
        "name", portName.isEmpty() ? null : portName,
        "port", Integer.valueOf(number),
        "protocol", protocol.isEmpty() ? defaultProtocol : protocol,
        "targetPort", target.matches("\\d{1,5}") ? (Object) Integer.valueOf(target) : target);
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String each : text.split(",", -1)) {
      int equals = each.indexOf('=');
      if (equals < 1) {
        throw Failure.of("unexpected label spec: %s", each);
      }
      pairs.put(each.substring(0, equals), each.substring(equals + 1));
    }
    return pairs;
  }
}
