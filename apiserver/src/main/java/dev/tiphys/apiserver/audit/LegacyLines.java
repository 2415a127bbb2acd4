package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import dev.tiphys.api.authentication.v1.UserInfo;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.value.Rfc3339;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Events in the words of {@code --audit-log-format legacy}. Pure. */
final class LegacyLines {

  private LegacyLines() {}

  static String of(Event event) {
    UserInfo user = event.user();
    String name = user == null ? null : user.username();
    UserInfo as = event.impersonatedUser();
    String namespace = event.objectRef() == null ? null : event.objectRef().namespace();
    Integer code = event.responseStatus() == null ? null : event.responseStatus().code();
    boolean unknown = name == null || name.isEmpty();
    return (event.requestReceivedTimestamp() == null
            ? ""
            : Rfc3339.micros(event.requestReceivedTimestamp()))
        + " AUDIT: id="
        + quoted(event.auditID())
        + " stage="
        + quoted(event.stage())
        + " ip="
        + quoted(event.sourceIPs().isEmpty() ? "<unknown>" : event.sourceIPs().getFirst())
        + " method="
        + quoted(event.verb())
        + " user="
        + quoted(unknown ? "<none>" : name)
        + " groups="
        + quoted(
            unknown || user == null || user.groups().isEmpty() ? "<none>" : list(user.groups()))
        + " as="
        + quoted(as == null ? "<self>" : as.username())
        + " asgroups="
        + quoted(as == null || as.groups().isEmpty() ? "<lookup>" : list(as.groups()))
        + " user-agent="
        + quoted(event.userAgent())
        + " namespace="
        + quoted(namespace == null || namespace.isEmpty() ? "<none>" : namespace)
        + " uri="
        + quoted(event.requestURI())
        + " response=\""
        + (code == null ? "<deferred>" : code.toString())
        + "\"";
  }

  private static String list(List<String> values) {
    return values.stream().map(LegacyLines::quoted).collect(Collectors.joining(","));
  }

  private static String quoted(@Nullable String text) {
    return new JsonTree.Text(text == null ? "" : text).toJson();
  }
}
