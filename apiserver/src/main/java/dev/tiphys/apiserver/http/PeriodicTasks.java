package dev.tiphys.apiserver.http;

import java.time.Duration;

/** Repeats short, never blocking tasks for as long as a connection lives. */
@FunctionalInterface
interface PeriodicTasks {

  /** Runs a task on the connection's event loop again and again. */
  void every(Duration interval, Runnable task);
}
