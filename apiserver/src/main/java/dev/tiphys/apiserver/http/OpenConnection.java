package dev.tiphys.apiserver.http;

/** A connection as the server sees it when it stops. */
interface OpenConnection {

  /** Takes no more requests, and closes when those under way have ended. */
  void drain();
}
