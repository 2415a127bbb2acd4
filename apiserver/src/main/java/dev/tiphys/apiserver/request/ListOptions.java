package dev.tiphys.apiserver.request;

import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a list, watch or deletecollection asks for.
 *
 * @param resourceVersion empty if none was given
 * @param resourceVersionMatch empty, {@code Exact} or {@code NotOlderThan}
 * @param timeoutSeconds of a watch; null for the server's choice
 * @param limit objects a page; 0 for all
 * @param continueToken where to go on; empty at the start
 * @param sendInitialEvents null if not given
 */
public record ListOptions(
    String labelSelector,
    String fieldSelector,
    boolean watch,
    boolean allowWatchBookmarks,
    String resourceVersion,
    String resourceVersionMatch,
    @Nullable Long timeoutSeconds,
    long limit,
    String continueToken,
    @Nullable Boolean sendInitialEvents) {

  private static final String EXACT = "Exact";
  private static final String NOT_OLDER_THAN = "NotOlderThan";

  /** Everything there is. */
  public static final ListOptions ALL =
      new ListOptions("", "", false, false, "", "", null, 0, "", null);

  /**
   * Reads the query.
   *
   * @throws ApiException if a value is malformed or the options contradict each other
   */
  public static ListOptions of(Query query) {
    Long limit = query.number("limit");
    ListOptions options =
        new ListOptions(
            query.first("labelSelector"),
            query.first("fieldSelector"),
            query.flag("watch"),
            query.flag("allowWatchBookmarks"),
            query.first("resourceVersion"),
            query.first("resourceVersionMatch"),
            query.number("timeoutSeconds"),
            limit == null ? 0 : Math.max(0, limit),
            query.first("continue"),
            query.optionalFlag("sendInitialEvents"));
    options.validate();
    return options;
  }

  private void validate() {
    FieldErrors errors = new FieldErrors();
    Path match = Path.of("resourceVersionMatch");
    if (watch) {
      validateWatch(errors, match);
    } else {
      if (sendInitialEvents != null) {
        errors.forbidden(Path.of("sendInitialEvents"), "sendInitialEvents is forbidden for list");
      }
      validateMatch(errors, match);
    }
    if (!errors.isEmpty()) {
      throw ApiException.invalid("meta.k8s.io", "ListOptions", "", errors.list());
    }
    if (!watch
        && !continueToken.isEmpty()
        && !resourceVersion.isEmpty()
        && !resourceVersion.equals("0")) {
      throw ApiException.badRequest(
          "specifying resource version is not allowed when using continue");
    }
  }

  private void validateWatch(FieldErrors errors, Path match) {
    if (sendInitialEvents != null) {
      if (!resourceVersionMatch.equals(NOT_OLDER_THAN)) {
        errors.forbidden(
            match, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
      }
    } else if (!resourceVersionMatch.isEmpty()) {
      errors.forbidden(
          match,
          "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    }
  }

  private void validateMatch(FieldErrors errors, Path match) {
    if (resourceVersionMatch.isEmpty()) {
      return;
    }
    if (resourceVersion.isEmpty()) {
      errors.forbidden(
          match, "resourceVersionMatch is forbidden unless resourceVersion is provided");
    }
    if (!continueToken.isEmpty()) {
      errors.forbidden(match, "resourceVersionMatch is forbidden when continue is provided");
    }
    if (!resourceVersionMatch.equals(EXACT) && !resourceVersionMatch.equals(NOT_OLDER_THAN)) {
      errors.notSupported(match, resourceVersionMatch, List.of(EXACT, NOT_OLDER_THAN, ""));
    }
    if (resourceVersionMatch.equals(EXACT) && resourceVersion.equals("0")) {
      errors.forbidden(
          match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    }
  }

  /** The same with another field selector. */
  public ListOptions withFieldSelector(String selector) {
    return new ListOptions(
        labelSelector,
        selector,
        watch,
        allowWatchBookmarks,
        resourceVersion,
        resourceVersionMatch,
        timeoutSeconds,
        limit,
        continueToken,
        sendInitialEvents);
  }

  /** Whether exactly {@link #resourceVersion} is asked for, not that or any later one. */
  public boolean exact() {
    return resourceVersionMatch.equals(EXACT);
  }
}
