package dev.tiphys.cli.print;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Console;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import picocli.CommandLine.Option;

/** The options that say how objects are shown. Filled by picocli, then only read. */
public final class OutputOptions {

  @Option(
      names = {"-o", "--output"},
      description =
          "wide, yaml, json, name, jsonpath=TEMPLATE, jsonpath-file=FILE,"
              + " custom-columns=SPEC or custom-columns-file=FILE.")
  String output = "";

  @Option(
      names = "--show-managed-fields",
      description = "Show who set which field, in YAML and JSON.")
  boolean managedFields;

  /** The form asked for. */
  public Output output() {
    return Output.parse(output);
  }

  /** Whether no form is asked for, so that a verb says what it did in its own words. */
  public boolean silentAboutForm() {
    return output.isEmpty();
  }

  /** An object without what is rarely of interest. */
  public JsonTree.Obj trimmed(JsonTree.Obj object) {
    return managedFields ? object : Trees.without(object, "metadata", "managedFields");
  }

  /**
   * Tells what was done to an object: {@code deployment.apps/web scaled}, or the object itself if a
   * form was asked for.
   */
  public void report(Console console, ApiResource resource, JsonTree.Obj object, String done) {
    String name = resource.show(new View(object).at("metadata", "name").text());
    if (silentAboutForm()) {
      console.sayNow(name + " " + done);
    } else {
      switch (output()) {
        case Output.Name _ -> console.sayNow(name);
        case Output.Yaml yaml -> console.out().print(yaml.document(trimmed(object)));
        case Output.Custom(CustomColumns columns) ->
            console
                .out()
                .print(new Grid().lines(java.util.List.of(columns.names(), columns.row(object))));
        case Output.Columns _ -> console.sayNow(name + " " + done);
        case Output.Json json -> console.out().print(json.document(trimmed(object)));
        case Output.Template template -> console.out().print(template.document(object));
      }
    }
  }
}
