package dev.tiphys.apiserver.outbound;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.Bytes;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks webhooks: posts one JSON document and reads another. Thread-safe. */
public final class JsonCalls {

  private final Trust trust;
  private final ConnectionPool pool;

  /** Asks under a trust, over the connections of a pool. */
  public JsonCalls(Trust trust, ConnectionPool pool) {
    this.trust = trust;
    this.pool = pool;
  }

  /**
   * Asks.
   *
   * @param bundle the authorities to believe; null for the machine's
   * @param atMost how long the answer may take; told to the other side too
   * @throws IOException if there is no answer, or it is not 200 with the wanted document
   */
  public <Q extends Struct, A extends Struct> A post(
      Destination destination,
      @Nullable Bytes bundle,
      Q question,
      StructType<A> answer,
      Duration atMost)
      throws IOException {
    try {
      ConnectionPool.Answer response =
          pool.postJson(
              new Peer(destination, trust.of(bundle), true),
              "kube-apiserver-admission",
              null,
              JsonCodec.encode(question),
              atMost);
      if (response.status() != 200) {
        throw new IOException("the server answered with " + response.status());
      }
      return JsonCodec.decode(response.body(), answer);
    } catch (DecodeException e) {
      throw new IOException("the answer cannot be read: " + e.getMessage(), e);
    }
  }
}
