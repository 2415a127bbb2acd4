package dev.tiphys.store.mvcc;

/** A request that was refused. Carries no stack trace: it is an answer, not an accident. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final StoreError error;

  /** Takes what was wrong. */
  public StoreException(StoreError error) {
    super(error.text(), null, false, false);
    this.error = error;
  }

  /** What was wrong. */
  public StoreError error() {
    return error;
  }
}
