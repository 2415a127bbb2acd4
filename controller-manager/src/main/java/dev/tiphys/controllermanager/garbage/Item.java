package dev.tiphys.controllermanager.garbage;

import dev.tiphys.client.ObjectKey;

/**
 * An object for the collector to look at.
 *
 * @param resource as {@code apps/deployments}; the version does not matter for who an object is
 * @param uid tells an object from a later one of the same name
 */
record Item(String resource, ObjectKey key, String uid) {
  @Override
  public String toString() {
    return resource + " " + key;
  }
}
