package dev.tiphys.apiserver.http;

/** A request that is none: to be answered with 400 before any handler sees it. */
final class MalformedRequestException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedRequestException(String message) {
    super(message);
  }
}
