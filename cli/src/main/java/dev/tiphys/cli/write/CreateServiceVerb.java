package dev.tiphys.cli.write;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code create service clusterip|nodeport|loadbalancer|externalname}. */
@Command(
    description = "Create a service of a type: clusterip, nodeport, loadbalancer, externalname.")
public final class CreateServiceVerb implements Verb {

  @Mixin Creation creation = new Creation();

  @Option(names = "--tcp", split = ",", description = "PORT or PORT:TARGET; repeatable.")
  List<String> ports = new ArrayList<>();

  @Option(names = "--clusterip", description = "An address, or None.")
  @Nullable String clusterIp;

  @Option(names = "--node-port", description = "The port on every node.")
  @Nullable Integer nodePort;

  @Option(names = "--external-name", description = "The name that the service stands for.")
  @Nullable String externalName;

  @Parameters(index = "0", paramLabel = "TYPE")
  String type = "";

  @Parameters(index = "1", paramLabel = "NAME")
  String name = "";

  @Override
  public int run(Session session) {
    return creation.create(session, Resources.SERVICES, kind() + " service", service());
  }

  private JsonTree.Obj service() {
    String kind = kind();
    boolean external = kind.equals("ExternalName");
    if (ports.isEmpty() && !external && !"None".equals(clusterIp)) {
      throw Failure.of("at least one tcp port specifier must be provided");
    }
    JsonTree.Obj labels = Trees.object("app", name);
    return Trees.object(
        "apiVersion",
        "v1",
        "kind",
        "Service",
        "metadata",
        Trees.object("name", name, "labels", labels),
        "spec",
        Trees.object(
            "clusterIP", clusterIp,
            "externalName", externalName,
            "ports", ports.isEmpty() ? null : ports.stream().map(this::port).toList(),
            "selector", labels,
            "type", kind));
  }

  private String kind() {
    return switch (type) {
      case "clusterip" -> "ClusterIP";
      case "nodeport" -> "NodePort";
      case "loadbalancer" -> "LoadBalancer";
      case "externalname" -> "ExternalName";
      default -> throw Failure.of("unknown service type \"%s\"", type);
    };
  }

  private JsonTree.Obj port(String specification) {
    String[] parts = specification.split(":", 2);
    int port = number(parts[0]);
    String target = parts.length > 1 ? parts[1] : parts[0];
    return Trees.object(
        "name",
        specification.replace(':', '-'),
        "nodePort",
        nodePort,
        "port",
        port,
        "protocol",
        "TCP",
        "targetPort",
        target.matches("\\d+") ? (Object) number(target) : target);
  }

  private static int number(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw Failure.of("invalid port %s: must be a number from 1 to 65535", text);
    }
    throw Failure.of("invalid port %s: must be a number from 1 to 65535", text);
  }
}
