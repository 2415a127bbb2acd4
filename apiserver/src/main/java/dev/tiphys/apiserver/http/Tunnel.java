package dev.tiphys.apiserver.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The bytes of a connection that has left HTTP. One thread may read while another writes; both
 * block.
 */
public interface Tunnel extends AutoCloseable {

  /** What the client sends; ends when it closes. */
  InputStream input();

  /** What the client gets; every write is flushed. */
  OutputStream output();

  /** Ends the connection after what was written is sent. */
  @Override
  void close() throws IOException;
}
