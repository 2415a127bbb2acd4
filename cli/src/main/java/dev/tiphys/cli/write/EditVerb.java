package dev.tiphys.cli.write;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.MergeDiff;
import dev.tiphys.cli.tree.PrettyJson;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.client.ApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code edit}: shows an object to the user's editor, and sends what has changed. */
@Command(description = "Change objects in an editor ($KUBE_EDITOR, $EDITOR or vi).")
public final class EditVerb implements Verb {

  private static final String HEAD =
      "# Please edit the object below. Lines beginning with a '#' will be ignored,\n"
          + "# and an empty file will abort the edit. If an error occurs while saving this file"
          + " will be\n# reopened with the relevant failures.\n#\n";

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin WriteOptions write = new WriteOptions();
  @Mixin ValidationOption validation = new ValidationOption();
  @Mixin OutputOptions output = new OutputOptions();

  @Parameters(arity = "0..*", paramLabel = "RESOURCE NAME")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    List<Target> targets = selection.targets(session, arguments);
    return Each.of(session, targets, each -> edit(session, each));
  }

  private void edit(Session session, Target target) throws InterruptedException {
    JsonTree.Obj before =
        Trees.without(target.live(session.cluster()), "metadata", "managedFields");
    boolean json = output.output() instanceof dev.tiphys.cli.print.Output.Json;
    String shown = json ? PrettyJson.write(before) : YamlCodec.encode(before);
    String trouble = "";
    Path file = null;
    try {
      file = Files.createTempFile("tiphys-edit-", json ? ".json" : ".yaml");
      while (true) {
        String offered = (json ? "" : HEAD + trouble) + shown;
        Files.writeString(file, offered);
        open(session, file);
        String edited = withoutComments(Files.readString(file));
        if (edited.isBlank() || edited.equals(shown)) {
          abandon(session, file, trouble);
          return;
        }
        shown = edited;
        try {
          save(session, target, before, edited);
          Files.deleteIfExists(file);
          return;
        } catch (DecodeException e) {
          trouble = commented("The edited file had a syntax error: " + e.getMessage());
        } catch (ApiException.Invalid | ApiException.BadRequest e) {
          trouble =
              commented(
                  target.resource().qualified()
                      + " \""
                      + target.name()
                      + "\" was not valid:\n"
                      + Failure.shown(e));
        }
      }
    } catch (IOException e) {
      throw Failure.of("the object could not be handed to the editor: %s", e.getMessage());
    }
  }

  private void abandon(Session session, Path file, String trouble) throws IOException {
    if (trouble.isEmpty()) {
      Files.deleteIfExists(file);
      session.console().warn("Edit cancelled, no changes made.");
      return;
    }
    session.console().warn("A copy of your changes has been stored to \"" + file + "\"");
    throw Failure.of("Edit cancelled, no valid changes were saved.");
  }

  private void save(Session session, Target target, JsonTree.Obj before, String edited) {
    JsonTree tree = YamlCodec.single(edited.getBytes(StandardCharsets.UTF_8)).tree();
    if (!(tree instanceof JsonTree.Obj after)) {
      throw Failure.of("the edited file is no object");
    }
    JsonTree.Obj patch = MergeDiff.between(before, after);
    if (patch.members().isEmpty()) {
      session.console().warn("Edit cancelled, no changes made.");
      return;
    }
    var query = write.query("edit");
    query.put("fieldValidation", validation.parameter());
    JsonTree.Obj saved =
        session
            .cluster()
            .patch(target.path(), "application/merge-patch+json", patch.toJson(), query);
    if (output.output() instanceof dev.tiphys.cli.print.Output.Columns
        || output.output() instanceof dev.tiphys.cli.print.Output.Json) {
      session.console().sayNow(target.shown() + " edited");
    } else {
      output.report(session.console(), target.resource(), saved, "edited");
    }
  }

  private static String commented(String text) {
    return "# " + text.strip().replace("\n", "\n# ") + "\n#\n";
  }

  private static String withoutComments(String text) {
    StringBuilder kept = new StringBuilder();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> kept.append(line).append('\n'));
    return kept.toString();
  }

  private static void open(Session session, Path file) throws IOException, InterruptedException {
    String editor = "vi";
    for (String name : List.of("EDITOR", "KUBE_EDITOR")) {
      String value = session.variable(name);
      editor = value == null || value.isBlank() ? editor : value;
    }
    // By way of a shell, for editors are often named with options.
    Process process =
        new ProcessBuilder("sh", "-c", editor + " \"$1\"", "sh", file.toString())
            .inheritIO()
            .start();
    int code = process.waitFor();
    if (code != 0) {
      Files.deleteIfExists(file);
      throw Failure.of("the editor (%s) ended with code %d", editor, code);
    }
  }
}
