package dev.tiphys.api.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An apply that would change fields of others without force. The message is that of the Status,
 * whose causes have the reason {@code FieldManagerConflict}.
 */
public final class ApplyConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A field that somebody else owns.
   *
   * @param manager its owner, as messages name it
   * @param field its path, as {@code .spec.replicas}
   */
  public record Conflict(String manager, String field) {

    /** The message of the Status cause. */
    public String message() {
      return "conflict with " + manager;
    }
  }

  private final transient List<Conflict> conflicts;

  ApplyConflictException(Map<FieldOwner, FieldSet> conflicts) {
    this(flat(conflicts));
  }

  private ApplyConflictException(List<Conflict> conflicts) {
    super(message(conflicts));
    this.conflicts = conflicts;
  }

  private static List<Conflict> flat(Map<FieldOwner, FieldSet> conflicts) {
    Map<String, List<String>> sorted = new TreeMap<>();
    conflicts.forEach((owner, fields) ->
        sorted.computeIfAbsent(owner.toString(), _ -> new ArrayList<>()).addAll(fields.paths()));
    List<Conflict> flat = new ArrayList<>();
    sorted.forEach(
        (manager, paths) -> paths.forEach(path -> flat.add(new Conflict(manager, path))));
    return List.copyOf(flat);
  }

  private static String message(List<Conflict> conflicts) {
    if (conflicts.size() == 1) {
      Conflict only = conflicts.getFirst();
      return "Apply failed with 1 conflict: conflict with " + only.manager() + ": " + only.field();
    }
    StringBuilder out =
        new StringBuilder("Apply failed with ").append(conflicts.size()).append(" conflicts:");
    String manager = "";
    String lead = " ";
    for (Conflict conflict : conflicts) {
      if (!conflict.manager().equals(manager)) {
        manager = conflict.manager();
        out.append(lead).append("conflicts with ").append(manager).append(':');
        lead = "\n";
      }
      out.append("\n- ").append(conflict.field());
    }
    return out.toString();
  }

  /** The fields, by owner. */
  public List<Conflict> conflicts() {
    return conflicts;
  }
}
