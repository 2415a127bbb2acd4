package dev.tiphys.api.merge;

/** Bounds on patches and on the bookkeeping of field owners. */
final class Limits {

  /** Operations in one JSON patch, as upstream bounds them. */
  static final int MAX_PATCH_OPERATIONS = 10_000;

  /** Bytes that {@code copy} operations of one JSON patch may add in all. */
  static final int MAX_COPIED_BYTES = 3 << 20;

  /** Managers whose updates are kept apart; older ones are merged into one of unknown name. */
  static final int MAX_UPDATE_MANAGERS = 10;

  /** Steps of one path in fieldsV1: as deep as documents may be. */
  static final int MAX_FIELD_DEPTH = 1000;

  /** Characters of the last-applied annotation: what all annotations together may have. */
  static final int MAX_LAST_APPLIED = 256 << 10;

  private Limits() {}
}
