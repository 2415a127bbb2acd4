package dev.tiphys.cli;

import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.meta.v1.StatusCause;
import dev.tiphys.api.meta.v1.StatusDetails;
import dev.tiphys.client.ApiException;
import java.util.List;
import java.util.Objects;

/** What kubectl says when a server refuses. Pure. */
public final class ServerErrors {

  private ServerErrors() {}

  /**
   * The lines for standard error.
   *
   * @param context what was under way, as {@code error when creating "x.yaml": }, or empty
   */
  public static String text(ApiException refused, String context) {
    Status status = refused.status();
    String message = Objects.requireNonNullElse(status.message(), "");
    if (refused.getCause() != null && refused instanceof ApiException.Unavailable) {
      return unreachable(message);
    }
    if (refused instanceof ApiException.Unauthorized) {
      return "error: You must be logged in to the server (" + message + ")";
    }
    if (refused instanceof ApiException.Invalid) {
      return invalid(status);
    }
    String reason = Objects.requireNonNullElse(status.reason(), "");
    return "Error from server"
        + (reason.isEmpty() ? "" : " (" + reason + ")")
        + ": "
        + context
        + message;
  }

  private static String unreachable(String message) {
    return "Unable to connect to the server: " + message;
  }

  private static String invalid(Status status) {
    StatusDetails details = status.details();
    String head = "The request is invalid";
    if (details == null) {
      return head + ": " + status.message();
    }
    boolean named = !isEmpty(details.kind()) || !isEmpty(details.name());
    List<StatusCause> causes = details.causes();
    if (named) {
      head = "The " + details.kind() + " \"" + details.name() + "\" is invalid";
    } else if (causes.isEmpty()) {
      return head + ": " + status.message();
    }
    List<String> lines =
        causes.stream().map(cause -> cause.field() + ": " + cause.message()).distinct().toList();
    return switch (lines.size()) {
      case 0 -> head;
      case 1 -> head + ": " + lines.getFirst();
      default -> head + ": \n* " + String.join("\n* ", lines);
    };
  }

  private static boolean isEmpty(@org.jspecify.annotations.Nullable String text) {
    return text == null || text.isEmpty();
  }
}
