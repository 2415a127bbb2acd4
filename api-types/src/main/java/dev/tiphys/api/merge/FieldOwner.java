package dev.tiphys.api.merge;

import dev.tiphys.api.value.QuotedText;

/**
 * Who owns fields: a manager, by the way in which it writes. Somebody who applies is the same owner
 * whatever version is applied, hence an empty version.
 *
 * @param manager the {@code fieldManager} of requests
 * @param applies whether it owns by apply; else by create, update or another patch
 * @param apiVersion the version written, empty if {@code applies}
 * @param subresource the subresource written, empty for the object itself
 */
record FieldOwner(String manager, boolean applies, String apiVersion, String subresource) {

  /** As messages name it: {@code "kubectl" with subresource "status" using apps/v1}. */
  @Override
  public String toString() {
    return QuotedText.of(manager)
        + (subresource.isEmpty() ? "" : " with subresource " + QuotedText.of(subresource))
        + (applies ? "" : " using " + apiVersion);
  }
}
