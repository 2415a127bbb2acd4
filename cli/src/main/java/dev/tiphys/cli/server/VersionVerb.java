package dev.tiphys.cli.server;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.Version;
import dev.tiphys.cli.tree.PrettyJson;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code version}. */
@Command(description = "Show the versions of client and server.")
public final class VersionVerb implements Verb {

  @Option(names = "--client", description = "Only the client's.")
  boolean clientOnly;

  @Option(
      names = {"-o", "--output"},
      description = "json or yaml.")
  String output = "";

  @Override
  public int run(Session session) {
    JsonTree.Obj client =
        Trees.object(
            "gitVersion", Version.OF_API,
            "major", Version.MAJOR,
            "minor", Version.MINOR,
            "platform",
                "linux/"
                    + (System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64"));
    JsonTree.Obj server = clientOnly ? null : session.cluster().get("/version");
    JsonTree.Obj both = Trees.object("clientVersion", client, "serverVersion", server);
    switch (output) {
      case "json" -> session.console().out().print(PrettyJson.write(both));
      case "yaml" -> session.console().out().print(YamlCodec.encode(both));
      case "" -> {
        session.console().say("Client Version: " + Version.OF_API);
        if (server != null) {
          session.console().say("Server Version: " + new View(server).at("gitVersion").text());
        }
      }
      default -> throw Failure.of("--output must be 'yaml' or 'json'");
    }
    return 0;
  }
}
