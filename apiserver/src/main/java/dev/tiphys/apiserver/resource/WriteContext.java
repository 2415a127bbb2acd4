package dev.tiphys.apiserver.resource;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.WriteOptions;
import dev.tiphys.apiserver.request.WriteOptions.FieldValidation;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Who writes and how.
 *
 * @param tracksOwners whether changed fields are to be noted as the manager's
 * @param warnings takes sentences for the client
 * @param annotations takes keys and values for the audit event
 */
public record WriteContext(
    User user,
    WriteOptions options,
    boolean tracksOwners,
    Consumer<String> warnings,
    BiConsumer<String, String> annotations) {

  /** A write of a user's, whose changes belong to its field manager. */
  public WriteContext(
      User user,
      WriteOptions options,
      Consumer<String> warnings,
      BiConsumer<String, String> annotations) {
    this(user, options, true, warnings, annotations);
  }

  /** The same for an apply, which keeps book of owners itself. */
  WriteContext applying() {
    return new WriteContext(user, options, false, warnings, annotations);
  }

  /**
   * A write of the server's own.
   *
   * @param manager who owns the fields
   */
  public static WriteContext ofServer(String manager) {
    return new WriteContext(
        User.SELF,
        new WriteOptions(false, manager, FieldValidation.IGNORE, true),
        _ -> {},
        (_, _) -> {});
  }

  /** Whether nothing is to be stored. */
  public boolean dryRun() {
    return options.dryRun();
  }
}
