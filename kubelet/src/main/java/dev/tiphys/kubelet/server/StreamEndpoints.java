package dev.tiphys.kubelet.server;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.ExecResult;
import dev.tiphys.kubelet.streaming.CommandStreams;
import dev.tiphys.kubelet.streaming.StreamBridge;
import dev.tiphys.kubelet.streaming.StreamingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code /exec}, {@code /attach}, {@code /portForward} and {@code /run}. */
final class StreamEndpoints {
  private static final int MAX_PORT = 65_535;

  private final ContainerRuntime runtime;
  private final PodLookup lookup;

  StreamEndpoints(ContainerRuntime runtime, PodLookup lookup) {
    this.runtime = runtime;
    this.lookup = lookup;
  }

  void exec(Exchange exchange, String namespace, String podName, String containerName)
      throws HttpProblem, InterruptedException {
    Pod pod = lookup.pod(namespace, podName);
    String container = lookup.runningContainer(pod, containerName);
    List<String> command = exchange.parameters("command");
    if (command.isEmpty()) {
      throw new HttpProblem(400, "you must specify a command");
    }
    CommandStreams streams = streams(exchange, exchange.flag("tty"));
    bridge(exchange, b -> b.command(streams, () -> runtime.execUrl(container, command, streams)));
  }

  void attach(Exchange exchange, String namespace, String podName, String containerName)
      throws HttpProblem, InterruptedException {
    Pod pod = lookup.pod(namespace, podName);
    String container = lookup.runningContainer(pod, containerName);
    CommandStreams streams = streams(exchange, PodLookup.hasTerminal(pod, containerName));
    bridge(exchange, b -> b.command(streams, () -> runtime.attachUrl(container, streams)));
  }

  void portForward(Exchange exchange, String namespace, String podName)
      throws HttpProblem, InterruptedException {
    String sandbox = lookup.readySandbox(lookup.pod(namespace, podName));
    List<Integer> ports = ports(exchange);
    bridge(exchange, b -> b.portForward(() -> runtime.portForwardUrl(sandbox, ports)));
  }

  void run(Exchange exchange, String namespace, String podName, String containerName)
      throws HttpProblem, IOException, InterruptedException {
    String container = lookup.runningContainer(lookup.pod(namespace, podName), containerName);
    Optional<String> command = exchange.parameter("cmd");
    if (command.isEmpty()) {
      throw new HttpProblem(400, "you must specify a command");
    }
    ExecResult result =
        runtime.exec(container, Arrays.asList(command.get().split(" ")), Limits.RUN);
    if (result.exitCode() != 0) {
      throw new HttpProblem(
          500, "command ended with exit code " + result.exitCode() + ": " + result.output());
    }
    exchange.text(200, result.output());
  }

  private interface Bridging {
    void over(StreamBridge bridge) throws StreamingException, InterruptedException;
  }

  private static void bridge(Exchange exchange, Bridging bridging)
      throws HttpProblem, InterruptedException {
    StreamBridge bridge =
        new StreamBridge(exchange.channel(), exchange.handler(), exchange.request());
    try {
      bridging.over(bridge);
      exchange.handedOver();
    } catch (StreamingException e) {
      throw new HttpProblem(e.httpStatus(), String.valueOf(e.getMessage()));
    } catch (CriException e) {
      throw new HttpProblem(e.isNotFound() ? 404 : 500, String.valueOf(e.getMessage()));
    }
  }

  private static CommandStreams streams(Exchange exchange, boolean tty) {
    return new CommandStreams(
        exchange.flag("input"), exchange.flag("output"), exchange.flag("error") && !tty, tty);
  }

  private static List<Integer> ports(Exchange exchange) throws HttpProblem {
    List<Integer> ports = new ArrayList<>();
    for (String text :
        exchange.parameters("port").stream().flatMap(p -> Arrays.stream(p.split(","))).toList()) {
      try {
        int port = Integer.parseInt(text);
        if (port >= 1 && port <= MAX_PORT) {
          ports.add(port);
          continue;
        }
      } catch (NumberFormatException e) {
        // The same answer as to a number that is no port.
      }
      throw new HttpProblem(400, "\"" + text + "\" is not a port");
    }
    return ports;
  }
}
