package dev.tiphys.store;

import dev.tiphys.daemon.StatusServer;
import java.util.Optional;

/** The pages as somebody asks for them over HTTP/1: read only, and without bodies. Thread-safe. */
final class HttpPages {
  private final Book book;

  /** Knows the pages. */
  @FunctionalInterface
  interface Book {
    /**
     * Looks a page up; one that tells of health may take seconds, for it asks other members.
     *
     * @param path with its slash
     * @param query "" without one
     */
    Optional<StatusServer.Page> page(String path, String query);
  }

  /** Takes the pages. */
  HttpPages(Book book) {
    this.book = book;
  }

  /** The page, or why there is none. May take seconds. */
  StatusServer.Page answer(String method, String path, String query) {
    var page = book.page(path, query);
    if (page.isEmpty()) {
      return refusal(404, "404 page not found\n");
    }
    boolean reads = method.equals("GET") || method.equals("HEAD");
    return reads ? page.get() : refusal(405, "Method Not Allowed\n");
  }

  /** A page that says no. */
  static StatusServer.Page refusal(int status, String text) {
    return new StatusServer.Page(status, "text/plain; charset=utf-8", text);
  }
}
