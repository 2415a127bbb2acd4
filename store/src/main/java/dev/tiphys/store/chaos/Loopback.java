package dev.tiphys.store.chaos;

import java.io.IOException;
import java.util.List;

/** All members on this machine's loopback, where nobody can be cut off. */
record Loopback() implements Network {
  @Override
  public String host(int member) {
    return "127.0.0.1";
  }

  @Override
  public List<String> at(int member) {
    return List.of();
  }

  @Override
  public void cut(int one, int other) throws IOException {
    throw new IOException("members on the loopback cannot be cut off");
  }

  @Override
  public void heal() {}

  @Override
  public void close() {}
}
