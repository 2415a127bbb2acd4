package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EphemeralContainer;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.Admission.Operation;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.kubelet.KubeletClient;
import dev.tiphys.apiserver.kubelet.KubeletException;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code pods/log}, {@code exec}, {@code attach} and {@code portforward}: finds the Pod's kubelet
 * and passes the request on to it, bytes and all.
 */
public final class ContainerConnection implements Subresource {

  /** What to reach in a container. */
  public enum Kind {
    /** What it has written. */
    LOG("containerLogs"),
    /** A command beside it. */
    EXEC("exec"),
    /** Its own streams. */
    ATTACH("attach"),
    /** Its ports. */
    PORT_FORWARD("portForward");

    private final String kubeletPath;

    Kind(String kubeletPath) {
      this.kubeletPath = kubeletPath;
    }
  }

  private static final List<String> LOG_OPTIONS =
      List.of(
          "follow",
          "previous",
          "sinceSeconds",
          "sinceTime",
          "timestamps",
          "tailLines",
          "limitBytes",
          "stream");

  private final Kind kind;
  private final Endpoints endpoints;
  private final KubeletClient kubelets;
  private final Admission admission;
  private final AuthorizerChain authorizer;

  /** Reaches containers through their kubelets. */
  public ContainerConnection(
      Kind kind,
      Endpoints endpoints,
      KubeletClient kubelets,
      Admission admission,
      AuthorizerChain authorizer) {
    this.kind = kind;
    this.endpoints = endpoints;
    this.kubelets = kubelets;
    this.admission = admission;
    this.authorizer = authorizer;
  }

  @Override
  public void handle(ApiCall call, Endpoint<?> ignored) throws IOException {
    checkVerb(call);
    String namespace = call.info().namespace();
    String name = call.info().name();
    Pod pod =
        endpoints
            .of(Resources.PODS)
            .reads()
            .get(new ObjectKey(namespace, name), kind == Kind.LOG ? "0" : "")
            .object();
    PodSpec spec = pod.spec() == null ? PodSpec.builder().build() : pod.spec();
    String path = "/" + kind.kubeletPath + "/" + encoded(namespace) + "/" + encoded(name);
    if (kind != Kind.PORT_FORWARD) {
      path += "/" + encoded(container(call, name, spec));
    }
    String node = spec.nodeName();
    if (node == null || node.isEmpty()) {
      if (kind == Kind.LOG) {
        // As upstream: a Pod that waits for a node has written nothing yet.
        Answers.text(call, 200, "");
        return;
      }
      throw ApiException.badRequest("pod " + name + " does not have a host assigned");
    }
    Node host =
        endpoints.of(Resources.NODES).reads().get(ObjectKey.clusterScoped(node), "0").object();
    String query = query(call.query());
    try {
      KubeletClient.Refusal refusal =
          kubelets.pass(
              call.exchange(),
              kubelets.addressOf(host),
              query.isEmpty() ? path : path + "?" + query);
      if (refusal != null) {
        throw told(refusal);
      }
    } catch (KubeletException e) {
      throw ApiException.internal(String.valueOf(e.getMessage()), e);
    }
  }

  private void checkVerb(ApiCall call) {
    String verb = call.info().verb();
    boolean known = verb.equals("get") || (kind != Kind.LOG && verb.equals("create"));
    if (!known) {
      throw ApiException.methodNotAllowed(verb, "", "pods/" + call.info().subresource());
    }
    if (kind == Kind.LOG) {
      return;
    }
    if (verb.equals("get")) {
      // A WebSocket begins with GET, but what it does is what POST does.
      authorizer.require(
          Attributes.resource(
              call.user(),
              "create",
              "",
              "pods",
              call.info().subresource(),
              call.info().namespace(),
              call.info().name()));
    }
    admission.validate(
        new Admission.Request(
            Operation.CONNECT,
            Resources.PODS,
            call.info().subresource(),
            call.info().namespace(),
            call.info().name(),
            call.user(),
            false),
        null,
        null);
  }

  private static String container(ApiCall call, String pod, PodSpec spec) {
    String wanted = call.query().first("container");
    List<String> names =
        Stream.of(
                spec.initContainers().stream().map(Container::name),
                spec.containers().stream().map(Container::name),
                spec.ephemeralContainers().stream().map(EphemeralContainer::name))
            .flatMap(s -> s)
            .filter(Objects::nonNull)
            .toList();
    if (wanted.isEmpty()) {
      if (spec.containers().size() == 1 && spec.containers().getFirst().name() != null) {
        return spec.containers().getFirst().name();
      }
      List<String> choice = new ArrayList<>();
      spec.containers().forEach(c -> choice.add(String.valueOf(c.name())));
      throw ApiException.badRequest(
          "a container name must be specified for pod "
              + pod
              + ", choose one of: ["
              + String.join(" ", choice)
              + "]");
    }
    if (!names.contains(wanted)) {
      throw ApiException.badRequest("container " + wanted + " is not valid for pod " + pod);
    }
    return wanted;
  }

  private String query(Query query) {
    StringJoiner out = new StringJoiner("&");
    switch (kind) {
      case LOG -> {
        for (String option : LOG_OPTIONS) {
          if (query.has(option)) {
            out.add(option + "=" + encoded(query.first(option)));
          }
        }
      }
      case EXEC, ATTACH -> {
        flag(out, query, "stdin", "input");
        flag(out, query, "stdout", "output");
        flag(out, query, "stderr", "error");
        flag(out, query, "tty", "tty");
        query.all("command").forEach(word -> out.add("command=" + encoded(word)));
      }
      case PORT_FORWARD -> query.all("ports").forEach(port -> out.add("port=" + encoded(port)));
    }
    return out.toString();
  }

  private static void flag(StringJoiner out, Query query, String name, String kubeletName) {
    if (query.flag(name)) {
      out.add(kubeletName + "=1");
    }
  }

  private static ApiException told(KubeletClient.Refusal refusal) {
    String text = new String(refusal.body(), StandardCharsets.UTF_8).strip();
    return switch (refusal.status()) {
      case 400 -> ApiException.badRequest(text);
      case 404 ->
          new ApiException(
              ApiException.Reason.NOT_FOUND,
              text.isEmpty() ? "the server could not find the requested resource" : text,
              ApiException.Details.NONE);
      default ->
          new ApiException(
              ApiException.Reason.INTERNAL_ERROR,
              "an error on the server (\"" + text + "\") has prevented the request from succeeding",
              ApiException.Details.NONE);
    };
  }

  private static String encoded(@Nullable String text) {
    return URLEncoder.encode(text == null ? "" : text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
