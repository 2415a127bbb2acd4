package dev.tiphys.apiserver.storage;

/** The store has dropped the revision that was asked for. */
final class CompactedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CompactedException(Throwable cause) {
    super("required revision has been compacted", cause);
  }
}
