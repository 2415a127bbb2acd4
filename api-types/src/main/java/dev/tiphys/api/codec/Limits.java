package dev.tiphys.api.codec;

/** Bounds on what decoding accepts, so that no document costs more than its bytes promise. */
final class Limits {

  /** Bytes of one document; the API server's own bound on request bodies is lower. */
  static final int MAX_BYTES = 64 << 20;

  /** Objects and lists within each other; kinds of the API need fewer than 40. */
  static final int MAX_DEPTH = 1000;

  /** Items and tags within each other in CBOR: upstream's bound. */
  static final int MAX_CBOR_DEPTH = 64;

  /** Characters of one number. */
  static final int MAX_NUMBER = 1000;

  /** Characters of one field name or map key: annotations keys are far shorter. */
  static final int MAX_NAME = 64 << 10;

  /** Unknown and duplicate fields that are reported for one document. */
  static final int MAX_FINDINGS = 100;

  /** Aliases in one YAML document, and how often collections may be expanded through them. */
  static final int MAX_YAML_ALIASES = 50;

  /** JSON that one YAML document may become, as a multiple of its own size. */
  static final int MAX_YAML_GROWTH = 20;

  private Limits() {}
}
