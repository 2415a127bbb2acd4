package dev.tiphys.kubelet.server;

import dev.tiphys.kubelet.server.Authorizer.Access;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;

/** Which subresource of the Node a path stands for, as upstream documents kubelet authorization. */
final class AccessRules {
  private AccessRules() {}

  static Access of(HttpMethod method, String path) {
    return new Access(verb(method), subresources(path), path);
  }

  private static String verb(HttpMethod method) {
    return switch (method.name()) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "get";
    };
  }

  private static List<String> subresources(String path) {
    String first = path.split("/", 3).length > 1 ? path.split("/", 3)[1] : "";
    return switch (first) {
      case "stats" -> List.of("stats");
      case "metrics" -> List.of("metrics");
      case "logs" -> List.of("log");
      case "checkpoint" -> List.of("checkpoint");
      case "pods", "runningpods" -> List.of("pods", "proxy");
      case "healthz" -> List.of("healthz", "proxy");
      case "configz" -> List.of("configz", "proxy");
      default -> List.of("proxy");
    };
  }
}
