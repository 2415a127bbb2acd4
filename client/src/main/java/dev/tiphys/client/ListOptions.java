package dev.tiphys.client;

import org.jspecify.annotations.Nullable;

/**
 * Which objects a list holds, and how fresh it is.
 *
 * @param labelSelector as {@code app=web,tier!=cache}; null for all
 * @param fieldSelector as {@code spec.nodeName=n1}; null for all
 * @param limit the most objects in one page; 0 for no paging
 * @param continueToken where the previous page ended; null for the first page
 * @param resourceVersion null for the newest state; {@code "0"} for whatever a cache has
 * @param resourceVersionMatch {@code Exact} or {@code NotOlderThan}; null for neither
 */
public record ListOptions(
    @Nullable String labelSelector,
    @Nullable String fieldSelector,
    int limit,
    @Nullable String continueToken,
    @Nullable String resourceVersion,
    @Nullable String resourceVersionMatch) {

  /** Everything, in the newest state, in one page. */
  public static final ListOptions ALL = new ListOptions(null, null, 0, null, null, null);

  /** Only objects whose labels match. */
  public ListOptions withLabels(@Nullable String selector) {
    return new ListOptions(
        selector, fieldSelector, limit, continueToken, resourceVersion, resourceVersionMatch);
  }

  /** Only objects whose fields match. */
  public ListOptions withFields(@Nullable String selector) {
    return new ListOptions(
        labelSelector, selector, limit, continueToken, resourceVersion, resourceVersionMatch);
  }

  /** At most this many objects in a page. */
  public ListOptions withLimit(int most) {
    return new ListOptions(
        labelSelector, fieldSelector, most, continueToken, resourceVersion, resourceVersionMatch);
  }

  /** The page after the one that ended with a token. */
  public ListOptions withContinue(@Nullable String token) {
    return new ListOptions(
        labelSelector, fieldSelector, limit, token, resourceVersion, resourceVersionMatch);
  }

  /** At a resource version, under the server's rules for it. */
  public ListOptions withResourceVersion(@Nullable String version) {
    return new ListOptions(
        labelSelector, fieldSelector, limit, continueToken, version, resourceVersionMatch);
  }
}
