package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code patch}. */
@Command(description = "Change fields of objects by a patch.")
public final class PatchVerb implements Verb {

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin WriteOptions write = new WriteOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(names = "--type", description = "strategic, merge or json.")
  String type = "strategic";

  @Option(
      names = {"-p", "--patch"},
      description = "The patch, JSON or YAML.")
  String patch = "";

  @Option(names = "--patch-file", description = "A file with the patch.")
  String patchFile = "";

  @Option(names = "--subresource", description = "The part of the object to patch, as status.")
  String subresource = "";

  @Parameters(arity = "0..*", paramLabel = "RESOURCE NAME")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    String contentType =
        switch (type) {
          case "strategic" -> "application/strategic-merge-patch+json";
          case "merge" -> "application/merge-patch+json";
          case "json" -> "application/json-patch+json";
          default ->
              throw Failure.of("--type must be one of [json merge strategic], not \"%s\"", type);
        };
    String json = json(text());
    return Each.of(
        session,
        selection.targets(session, arguments),
        each -> patch(session, each, contentType, json));
  }

  private String text() {
    if (patch.isEmpty() == patchFile.isEmpty()) {
      throw Failure.of("must specify --patch or --patch-file, and not both");
    }
    try {
      return patch.isEmpty() ? Files.readString(Path.of(patchFile)) : patch;
    } catch (IOException e) {
      throw Failure.of("unable to read patch file: %s", e.getMessage());
    }
  }

  private static String json(String text) {
    try {
      return YamlCodec.single(text.getBytes(StandardCharsets.UTF_8)).tree().toJson();
    } catch (dev.tiphys.api.codec.DecodeException e) {
      throw Failure.of("unable to parse \"%s\": %s", text, e.getMessage());
    }
  }

  private void patch(Session session, Target target, String contentType, String json) {
    JsonTree.Obj before = target.live(session.cluster());
    if (write.onClient()) {
      if (!type.equals("merge")) {
        throw Failure.of("--dry-run=client needs --type=merge; --dry-run=server takes all types");
      }
      JsonTree.Obj after = (JsonTree.Obj) Merge.of(before, JsonTree.parse(json));
      output.report(session.console(), target.resource(), after, write.done("patched"));
      return;
    }
    String path = subresource.isEmpty() ? target.path() : target.path(subresource);
    JsonTree.Obj after = session.cluster().patch(path, contentType, json, write.query("patch"));
    boolean same = version(before).equals(version(after)) && !write.onServer();
    output.report(
        session.console(),
        target.resource(),
        after,
        write.done(same ? "patched (no change)" : "patched"));
  }

  private static String version(JsonTree.Obj object) {
    return new View(object).at("metadata", "resourceVersion").text();
  }
}
