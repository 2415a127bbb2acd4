package dev.tiphys.cli.server;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.Grid;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code auth whoami}. */
@Command(description = "Tell who the server takes you for.")
public final class WhoAmIVerb implements Verb {

  @Override
  public int run(Session session) {
    View user =
        new View(
                session
                    .cluster()
                    .post(
                        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                        Trees.object(
                            "apiVersion", "authentication.k8s.io/v1",
                            "kind", "SelfSubjectReview"),
                        Map.of()))
            .at("status", "userInfo");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ATTRIBUTE", "VALUE"));
    rows.add(List.of("Username", user.at("username").text()));
    if (!user.at("uid").isEmpty()) {
      rows.add(List.of("UID", user.at("uid").text()));
    }
    rows.add(List.of("Groups", list(user.at("groups"))));
    user.at("extra")
        .members()
        .forEach((key, values) -> rows.add(List.of("Extra: " + key, list(values))));
    session.console().out().print(new Grid().lines(rows));
    return 0;
  }

  private static String list(View values) {
    return values.items().stream().map(View::text).collect(Collectors.joining(" ", "[", "]"));
  }
}
