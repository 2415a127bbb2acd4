package dev.tiphys.kubelet.streaming;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Turns a client's request into streams: connects to the runtime, answers the client with 101, and
 * from then on carries what each says to the other. A method that returns has answered the client;
 * one that throws has not. Methods block, so call them from a virtual thread.
 */
public final class StreamBridge {
  private static final String SPDY = "SPDY/3.1";
  private static final String STREAM_PROTOCOL = "X-Stream-Protocol-Version";
  private static final String PORT_FORWARD = "portforward.k8s.io";
  private static final String TUNNELLED_PORT_FORWARD = SPDY + "+" + PORT_FORWARD;

  private final Channel client;
  private final ChannelHandler requestHandler;
  private final FullHttpRequest request;

  /**
   * For one request.
   *
   * @param client the connection, in whose pipeline are an HttpServerCodec, an HttpObjectAggregator
   *     and {@code requestHandler}
   * @param requestHandler what handles HTTP requests; taken out of the pipeline with the rest of
   *     HTTP
   * @param request the client's; stays the caller's to release
   */
  public StreamBridge(Channel client, ChannelHandler requestHandler, FullHttpRequest request) {
    this.client = client;
    this.requestHandler = requestHandler;
    this.request = request;
  }

  /** Where the runtime has the streams; asked for when the client's request has been understood. */
  @FunctionalInterface
  public interface RuntimeUrl {
    /** A URL for one connection. */
    URI get() throws StreamingException;
  }

  /** The streams of a command: exec and attach. */
  public void command(CommandStreams streams, RuntimeUrl url)
      throws StreamingException, InterruptedException {
    Optional<String> problem = streams.problem();
    if (problem.isPresent()) {
      throw new StreamingException(400, problem.get(), null);
    }
    if (isUpgradeTo("websocket")) {
      WebSocketProtocol protocol = negotiate();
      RuntimeUpgrade runtime = upgradeRuntime(url, "v4.channel.k8s.io");
      CommandBridge bridge = new CommandBridge(protocol, streams.open());
      toWebSocket(
          WebSocketProtocol.all(),
          runtime,
          () -> {
            client
                .pipeline()
                .addLast(new WebSocketFrameAggregator(Limits.MESSAGE_BYTES), idle(), bridge);
            runtime.handOver(new SpdyFrameCodec(SpdyVersion.SPDY_3_1), bridge.runtimeSide());
          });
    } else {
      tunnel(url, HttpMethod.POST);
    }
  }

  /** The ports of a pod. */
  public void portForward(RuntimeUrl url) throws StreamingException, InterruptedException {
    if (isUpgradeTo("websocket") && offered().anyMatch(TUNNELLED_PORT_FORWARD::equals)) {
      RuntimeUpgrade runtime = upgradeRuntime(url, PORT_FORWARD);
      toWebSocket(
          TUNNELLED_PORT_FORWARD,
          runtime,
          () -> {
            client
                .pipeline()
                .addLast(new WebSocketBytes(), idle(), new RawTunnel(runtime.channel()));
            runtime.handOver(new RawTunnel(client));
          });
    } else if (isUpgradeTo("websocket")) {
      tunnel(url, HttpMethod.GET);
    } else {
      tunnel(url, HttpMethod.POST);
    }
  }

  /** A session that the runtime speaks itself: only HTTP's beginning is looked at. */
  private void tunnel(RuntimeUrl url, HttpMethod method)
      throws StreamingException, InterruptedException {
    if (!isUpgradeTo("websocket") && !isUpgradeTo(SPDY)) {
      throw new StreamingException(
          400,
          "unable to upgrade: missing upgrade headers in request: ask for WebSocket or " + SPDY,
          null);
    }
    RuntimeUpgrade runtime =
        RuntimeUpgrade.connect(client.eventLoop(), url.get(), method, copied(request.headers()));
    DefaultFullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    answer.headers().set(copied(runtime.response().headers()));
    onEventLoop(
        runtime,
        () ->
            client
                .writeAndFlush(answer)
                .addListener(sent -> {
                  if (!sent.isSuccess()) {
                    runtime.channel().close();
                    return;
                  }
                  ChannelPipeline pipeline = client.pipeline();
                  leaveRequests(pipeline);
                  pipeline.addLast(idle(), new RawTunnel(runtime.channel()));
                  pipeline.remove(HttpObjectAggregator.class);
                  pipeline.remove(HttpServerCodec.class);
                  runtime.handOver(new RawTunnel(client));
                }));
  }

  private void toWebSocket(String protocols, RuntimeUpgrade runtime, Runnable established)
      throws StreamingException, InterruptedException {
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshakerFactory(request.uri(), protocols, false, Limits.MESSAGE_BYTES)
            .newHandshaker(request);
    if (handshaker == null) {
      runtime.channel().close();
      throw new StreamingException(
          400, "only version 13 of the WebSocket protocol is supported", null);
    }
    onEventLoop(
        runtime,
        () -> {
          leaveRequests(client.pipeline());
          handshaker
              .handshake(client, request)
              .addListener(sent -> {
                if (sent.isSuccess()) {
                  established.run();
                } else {
                  runtime.channel().close();
                  client.close();
                }
              });
        });
  }

  private void leaveRequests(ChannelPipeline pipeline) {
    pipeline.remove(requestHandler);
    if (pipeline.get(IdleStateHandler.class) != null) {
      pipeline.remove(IdleStateHandler.class); // Between requests one waits less than in streams.
    }
  }

  /** Runs the rest on the event loop; without it the runtime's connection has no owner. */
  private void onEventLoop(RuntimeUpgrade runtime, Runnable task) throws InterruptedException {
    try {
      client.eventLoop().submit(task).sync();
    } catch (RuntimeException | InterruptedException e) {
      runtime.channel().close();
      throw e;
    }
  }

  private RuntimeUpgrade upgradeRuntime(RuntimeUrl url, String protocol)
      throws StreamingException, InterruptedException {
    HttpHeaders headers =
        new DefaultHttpHeaders()
            .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
            .set(HttpHeaderNames.UPGRADE, SPDY)
            .set(STREAM_PROTOCOL, protocol);
    RuntimeUpgrade runtime =
        RuntimeUpgrade.connect(client.eventLoop(), url.get(), HttpMethod.POST, headers);
    String chosen = runtime.response().headers().get(STREAM_PROTOCOL, "");
    if (!chosen.equals(protocol)) {
      runtime.channel().close();
      throw new StreamingException(
          502, "the container runtime does not speak " + protocol + " but " + chosen, null);
    }
    return runtime;
  }

  /** The first of our protocols that the client offers; one that offers none means the older. */
  private WebSocketProtocol negotiate() throws StreamingException {
    List<String> offered = offered().toList();
    if (offered.isEmpty()) {
      return WebSocketProtocol.V4;
    }
    return offered.stream()
        .flatMap(name -> WebSocketProtocol.named(name).stream())
        .findFirst()
        .orElseThrow(() ->
            new StreamingException(
                400,
                "none of the WebSocket protocols "
                    + offered
                    + " is supported; supported are "
                    + WebSocketProtocol.all(),
                null));
  }

  private Stream<String> offered() {
    return request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
        .flatMap(line -> Stream.of(line.split(",")))
        .map(String::strip)
        .filter(name -> !name.isEmpty());
  }

  private boolean isUpgradeTo(String protocol) {
    return request
            .headers()
            .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && request.headers().containsValue(HttpHeaderNames.UPGRADE, protocol, true);
  }

  /** What the two ends of a tunnel must agree on. */
  private static HttpHeaders copied(HttpHeaders headers) {
    HttpHeaders copy = new DefaultHttpHeaders();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(java.util.Locale.ROOT);
      if (name.equals("connection")
          || name.equals("upgrade")
          || name.startsWith("sec-websocket-")
          || name.equals(STREAM_PROTOCOL.toLowerCase(java.util.Locale.ROOT))) {
        copy.add(header.getKey(), header.getValue());
      }
    }
    return copy;
  }

  private static IdleStateHandler idle() {
    return new IdleStateHandler(0, 0, Limits.IDLE.toSeconds(), TimeUnit.SECONDS);
  }
}
