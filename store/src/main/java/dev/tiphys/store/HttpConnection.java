package dev.tiphys.store;

import dev.tiphys.daemon.StatusServer;
import dev.tiphys.store.gateway.JsonGateway;
import dev.tiphys.store.gateway.JsonRequest;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Status;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks HTTP/1: one request at a time, which is a page's or the gateway's. A
 * page has {@link Limits#HTTP_TURN} from the end of the answer before it to the end of its own; of
 * the gateway's requests the body has {@link Limits#HTTP_TRANSFER}, and the answer as long as its
 * call takes. For the connection's event loop.
 */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
  private final HttpDesk desk;

  /** The request under way, until it is answered; with the part of its body that has come. */
  private @Nullable HttpRequest head;

  private @Nullable HttpBody body;

  /** The gateway's answer under way. */
  private @Nullable HttpAnswer call;

  private @Nullable Future<?> turn;
  private boolean answering;
  private boolean readToItsEnd;
  private boolean lingering;
  private boolean keepAlive = true;

  HttpConnection(HttpDesk desk) {
    this.desk = desk;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    beginTurn(context, Limits.HTTP_TURN);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    endTurn();
    dropBody();
    if (call != null) {
      call.clientLeft(desk.threads());
    }
    super.channelInactive(context);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    if (call != null && context.channel().isWritable()) {
      call.room();
    }
    super.channelWritabilityChanged(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close(); // the client went away, or the page failed: it will ask again
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (answering) {
      keepAlive &= !(part instanceof HttpRequest); // who does not wait gets no second answer
      readToItsEnd |= part instanceof LastHttpContent;
      if (lingering && readToItsEnd) {
        context.close();
      }
      return;
    }
    if (part instanceof HttpRequest begun) {
      head = begun;
      readToItsEnd = false;
    }
    var request = head;
    readToItsEnd |= part instanceof LastHttpContent;
    if (request == null || !part.decoderResult().isSuccess()) {
      keepAlive = false;
      readToItsEnd = true; // there is no telling where it ends
      send(context, HttpPages.refusal(400, "400 Bad Request\n"));
    } else if (part instanceof HttpRequest) {
      keepAlive = HttpUtil.isKeepAlive(request);
      begin(context, request);
    }
    if (!answering && request != null && part instanceof HttpContent content) {
      read(context, request, content);
    }
  }

  /** What can be said before the body has come. */
  private void begin(ChannelHandlerContext context, HttpRequest request) {
    var host = request.headers().get(HttpHeaderNames.HOST);
    if (ssl(context) == null && !desk.rules().admits(host)) {
      send(context, misdirected(HttpRules.name(host)));
    } else if (isForGateway(request)) {
      var tooLong = HttpBody.refusal(desk, HttpUtil.getContentLength(request, 0L));
      if (tooLong.isPresent()) {
        refuse(context, request, tooLong.get());
        return;
      }
      body = new HttpBody(desk);
      beginTurn(context, Limits.HTTP_TRANSFER);
      if (HttpUtil.is100ContinueExpected(request)) {
        context.writeAndFlush(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
      }
    }
  }

  private void read(ChannelHandlerContext context, HttpRequest request, HttpContent content) {
    var read = body;
    if (read == null) {
      page(context, request);
      return;
    }
    var refusal = read.add(content.content());
    if (refusal.isPresent()) {
      refuse(context, request, refusal.get());
    } else if (readToItsEnd) {
      call(context, request, read.take());
    }
  }

  private void page(ChannelHandlerContext context, HttpRequest request) {
    answering = true;
    if (request.method().equals(HttpMethod.OPTIONS)) {
      var empty = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      empty.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      write(context, request, empty);
      return;
    }
    var asked = new QueryStringDecoder(request.uri());
    onThread(
        context,
        () -> {
          var page = desk.pages().answer(request.method().name(), asked.path(), asked.rawQuery());
          context.executor().execute(() -> send(context, page));
        });
  }

  private void call(ChannelHandlerContext context, HttpRequest request, byte[] text) {
    if (!desk.beginCall()) {
      refuse(context, request, Status.UNAVAILABLE.withDescription("too many calls at once"));
      return;
    }
    answering = true;
    dropBody();
    endTurn();
    var answer = new HttpAnswer(context, this, request);
    var ran =
        desk.gateway()
            .call(
                new JsonRequest(
                    request.method().name(),
                    new QueryStringDecoder(request.uri()).path(),
                    request.headers().entries(),
                    text,
                    attributes(context)),
                answer);
    answer.of(ran);
    call = answer;
    onThread(
        context,
        () -> {
          try {
            ran.run();
          } finally {
            desk.endCall();
          }
        });
  }

  private void refuse(ChannelHandlerContext context, HttpRequest request, Status status) {
    answering = true;
    dropBody();
    // What is left of the body is read past, so that the answer is not lost with the connection.
    beginTurn(context, Limits.HTTP_TURN);
    onThread(context, () -> desk.gateway().refuse(status, new HttpAnswer(context, this, request)));
  }

  private void send(ChannelHandlerContext context, StatusServer.Page page) {
    answering = true;
    byte[] text = page.body().getBytes(StandardCharsets.UTF_8);
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(page.status()),
            isBare(head) ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(text));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, text.length)
        .set("X-Content-Type-Options", "nosniff");
    if (page.status() == 405) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    write(context, head, response);
  }

  /** Sends the last, or only, part of an answer. */
  void write(ChannelHandlerContext context, @Nullable HttpRequest request, HttpObject last) {
    if (last instanceof HttpResponse response) {
      complete(request, response, true);
    }
    if (call != null) {
      beginTurn(context, Limits.HTTP_TRANSFER);
    }
    context
        .writeAndFlush(last)
        .addListener(sent -> {
          call = null;
          head = null;
          dropBody();
          if (sent.isSuccess() && !readToItsEnd) {
            keepAlive = false;
            linger(context);
          } else if (!sent.isSuccess() || !keepAlive) {
            context.close();
          } else {
            answering = false;
            beginTurn(context, Limits.HTTP_TURN);
          }
        });
  }

  /**
   * Says in the head of an answer what all of them say.
   *
   * @param endShows whether the client can tell the end of the answer from that of the connection
   */
  void complete(@Nullable HttpRequest request, HttpResponse response, boolean endShows) {
    keepAlive &= endShows && readToItsEnd;
    desk.rules()
        .origin(request == null ? null : request.headers().get(HttpHeaderNames.ORIGIN))
        .ifPresent(origin ->
            response
                .headers()
                .set("Access-Control-Allow-Headers", "accept, content-type, authorization")
                .set("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE")
                .set("Access-Control-Allow-Origin", origin));
    HttpUtil.setKeepAlive(response, keepAlive);
  }

  private void linger(ChannelHandlerContext context) {
    lingering = true;
    beginTurn(context, Limits.HTTP_LINGER);
  }

  private void onThread(ChannelHandlerContext context, Runnable work) {
    try {
      desk.threads().execute(work);
    } catch (RejectedExecutionException e) {
      context.close(); // the end of the member
    }
  }

  private void beginTurn(ChannelHandlerContext context, Duration length) {
    endTurn();
    turn =
        context
            .executor()
            .schedule(
                () -> {
                  context.close();
                },
                length.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void endTurn() {
    if (turn != null) {
      turn.cancel(false);
    }
  }

  private void dropBody() {
    if (body != null) {
      body.drop();
      body = null;
    }
  }

  private boolean isForGateway(HttpRequest request) {
    return desk.rules().gateway()
        && !request.method().equals(HttpMethod.OPTIONS)
        && JsonGateway.claims(new QueryStringDecoder(request.uri()).path());
  }

  private static boolean isBare(@Nullable HttpRequest request) {
    return request != null && request.method().equals(HttpMethod.HEAD);
  }

  private static StatusServer.Page misdirected(String name) {
    return HttpPages.refusal(
        421,
        "This member is not to be called \""
            + name
            + "\": --host-whitelist does not have the name, which may be that of a page that"
            + " pretends to be from here. Add it there, or use TLS.\n");
  }

  /** What gRPC would know of the connection: a certificate counts here as it does there. */
  private static Attributes attributes(ChannelHandlerContext context) {
    var about =
        Attributes.newBuilder()
            .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, context.channel().remoteAddress())
            .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, context.channel().localAddress());
    var ssl = ssl(context);
    if (ssl != null) {
      about.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, ssl.engine().getSession());
    }
    return about.build();
  }

  private static @Nullable SslHandler ssl(ChannelHandlerContext context) {
    return context.pipeline().get(SslHandler.class);
  }
}
