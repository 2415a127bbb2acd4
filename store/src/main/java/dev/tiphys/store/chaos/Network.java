package dev.tiphys.store.chaos;

import java.io.IOException;
import java.util.List;

/** Where members live, and how they reach each other. */
sealed interface Network extends AutoCloseable permits Loopback, Namespaces {
  /** The address of a member. */
  String host(int member);

  /** What runs a command where the member lives; the command is added. */
  List<String> at(int member);

  /** Keeps two members from hearing each other; clients still reach both. */
  void cut(int one, int other) throws IOException, InterruptedException;

  /** Lets all hear each other again. */
  void heal() throws IOException, InterruptedException;

  @Override
  void close() throws IOException, InterruptedException;
}
