package dev.tiphys.store;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Counts calls under the names that gRPC's own interceptor gives them in etcd. */
final class CallMetrics implements ServerInterceptor {
  private final Counter started =
      Counter.builder()
          .name("grpc_server_started_total")
          .help("Calls begun.")
          .labelNames("grpc_method", "grpc_service", "grpc_type")
          .build();
  private final Counter handled =
      Counter.builder()
          .name("grpc_server_handled_total")
          .help("Calls ended, by their outcome.")
          .labelNames("grpc_code", "grpc_method", "grpc_service", "grpc_type")
          .build();
  private final Histogram handling =
      Histogram.builder()
          .name("grpc_server_handling_seconds")
          .help("How long calls take, streams from their begin to their end.")
          .labelNames("grpc_method", "grpc_service", "grpc_type")
          .classicOnly()
          .classicUpperBounds(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
          .build();
  private final Map<String, Method> methods = new ConcurrentHashMap<>();
  private final boolean timed;
  private final LongSupplier ticker;

  /** The counters of one method, so that a call looks them up once. */
  private record Method(
      CounterDataPoint started,
      CounterDataPoint fine,
      DistributionDataPoint handling,
      String[] labels) {}

  /**
   * Begins to count.
   *
   * @param timed whether calls are timed as well, which costs each of them something
   * @param ticker nanoseconds of a steady clock
   */
  CallMetrics(boolean timed, LongSupplier ticker) {
    this.timed = timed;
    this.ticker = ticker;
  }

  void register(PrometheusRegistry registry) {
    registry.register(started);
    registry.register(handled);
    if (timed) {
      registry.register(handling);
    }
  }

  @Override
  public <Q, S> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
    var descriptor = call.getMethodDescriptor();
    var method =
        methods.computeIfAbsent(descriptor.getFullMethodName(), _ -> countersOf(descriptor));
    method.started.inc();
    long begun = timed ? ticker.getAsLong() : 0;
    return next.startCall(
        new SimpleForwardingServerCall<Q, S>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            if (status.isOk()) {
              method.fine.inc();
            } else {
              counter(status, method.labels).inc();
            }
            if (timed) {
              method.handling.observe((ticker.getAsLong() - begun) / 1e9);
            }
            super.close(status, trailers);
          }
        },
        headers);
  }

  private Method countersOf(MethodDescriptor<?, ?> descriptor) {
    var type =
        switch (descriptor.getType()) {
          case UNARY, UNKNOWN -> "unary";
          case CLIENT_STREAMING -> "client_stream";
          case SERVER_STREAMING -> "server_stream";
          case BIDI_STREAMING -> "bidi_stream";
        };
    String[] labels = {
      String.valueOf(descriptor.getBareMethodName()),
      String.valueOf(descriptor.getServiceName()),
      type
    };
    return new Method(
        started.labelValues(labels),
        counter(Status.OK, labels),
        handling.labelValues(labels),
        labels);
  }

  private CounterDataPoint counter(Status status, String[] labels) {
    return handled.labelValues(code(status), labels[0], labels[1], labels[2]);
  }

  /** As Go spells it: INVALID_ARGUMENT is InvalidArgument, and OK stays. */
  private static String code(Status status) {
    if (status.isOk()) {
      return "OK";
    }
    var name = new StringBuilder();
    for (var word : status.getCode().name().split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }
}
