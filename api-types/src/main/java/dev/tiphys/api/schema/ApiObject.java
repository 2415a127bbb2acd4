package dev.tiphys.api.schema;

import dev.tiphys.api.meta.v1.ObjectMeta;

/**
 * A persistent object of the API: a {@link Struct} with metadata, whose {@code apiVersion} and
 * {@code kind} follow from its type and are therefore not fields.
 */
public interface ApiObject extends Struct {

  /**
   * Name, namespace, labels, version and the rest; never null, {@link ObjectMeta#EMPTY} if unset.
   */
  ObjectMeta metadata();

  /** A copy with other metadata. */
  ApiObject withMetadata(ObjectMeta metadata);
}
