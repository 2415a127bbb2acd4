package dev.tiphys.store.mvcc;

import com.google.protobuf.CodedOutputStream;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How etcd files a record of the log: under which number of its revision, and as which bytes. For
 * one thread, and records in the order of the log.
 */
final class Filing {
  private long revision;
  private int number;

  /** The how manieth record of its revision the next one is, from 0. */
  int number(Frame frame, long at) {
    // Logs of the first format do not tell numbers; then it is the order that they come in.
    number = at == revision ? Math.max(number + 1, frame.number()) : frame.number();
    revision = at;
    return number;
  }

  /** The bytes; those of a deletion tell the key alone. */
  static ByteBuffer value(Frame frame, Records.Heading heading) throws IOException {
    if (frame.kind() != Frame.Kind.DELETE) {
      return frame.payload().duplicate();
    }
    byte[] bytes =
        new byte[CodedOutputStream.computeByteArraySize(KeyValue.KEY_FIELD_NUMBER, heading.key())];
    CodedOutputStream.newInstance(bytes).writeByteArray(KeyValue.KEY_FIELD_NUMBER, heading.key());
    return ByteBuffer.wrap(bytes);
  }
}
