package dev.tiphys.cli.pod;

import dev.tiphys.cli.Durations;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}. */
@Command(description = "Show what containers wrote to their standard output and error.")
public final class LogsVerb implements Verb {

  private static final int LINES_OF_SELECTED = 10;
  private static final int FOLLOWED_AT_MOST = 5;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on as more is written.")
  boolean follow;

  @Option(
      names = {"-c", "--container"},
      description = "The container.")
  String container = "";

  @Option(names = "--all-containers", description = "All containers of the pod.")
  boolean allContainers;

  @Option(
      names = {"-p", "--previous"},
      description = "Of the container's run before this one.")
  boolean previous;

  @Option(names = "--tail", description = "Only so many last lines; -1 for all.")
  long tail = -1;

  @Option(names = "--since", description = "Only what is younger than this (5s, 2m, 3h).")
  String since = "0";

  @Option(names = "--since-time", description = "Only what was written after this time (RFC 3339).")
  String sinceTime = "";

  @Option(names = "--timestamps", description = "Begin lines with their times.")
  boolean timestamps;

  @Option(names = "--limit-bytes", description = "At most so many bytes; 0 for all.")
  long limitBytes;

  @Option(names = "--prefix", description = "Begin lines with pod and container.")
  boolean prefix;

  @Option(
      names = {"-l", "--selector"},
      description = "Of all pods with these labels.")
  String selector = "";

  @Option(
      names = "--ignore-errors",
      description = "Go on with other containers if one cannot be read.")
  boolean ignoreErrors;

  @Option(names = "--max-log-requests", description = "How many containers to follow at most.")
  int most = FOLLOWED_AT_MOST;

  @Parameters(arity = "0..2", paramLabel = "POD|TYPE/NAME [CONTAINER]")
  List<String> arguments = new ArrayList<>();

  private record Source(View pod, String container) {}

  @Override
  public int run(Session session) throws InterruptedException {
    List<Source> sources = sources(session);
    if (follow && sources.size() > 1) {
      if (sources.size() > most) {
        throw Failure.of(
            "you are attempting to follow %d log streams, but maximum allowed concurrency is %d,"
                + " use --max-log-requests to increase the limit",
            sources.size(), most);
      }
      together(session, sources);
      return 0;
    }
    for (Source source : sources) {
      try {
        copy(session, source);
      } catch (ApiException e) {
        if (!ignoreErrors) {
          throw e;
        }
        session.console().warn(Failure.shown(e));
      }
    }
    return 0;
  }

  private List<Source> sources(Session session) {
    if (arguments.isEmpty() && selector.isEmpty()) {
      throw Failure.of(
          "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
              + "POD or TYPE/NAME is a required argument for the logs command");
    }
    if (!arguments.isEmpty() && !selector.isEmpty()) {
      throw Failure.of("only a selector (-l) or a POD name is allowed");
    }
    if (arguments.size() == 2) {
      container = arguments.get(1);
    }
    if (tail == -1 && !selector.isEmpty() && !follow) {
      tail = LINES_OF_SELECTED;
    }
    List<View> pods =
        selector.isEmpty()
            ? List.of(Pods.named(session, arguments.getFirst()))
            : Pods.selected(session, selector);
    if (pods.isEmpty()) {
      session.console().warn("No resources found in " + session.namespace() + " namespace.");
    }
    List<Source> sources = new ArrayList<>();
    for (View pod : pods) {
      if (allContainers) {
        Pods.containers(pod).forEach(each -> sources.add(new Source(pod, each)));
      } else {
        sources.add(new Source(pod, Pods.container(session, pod, container)));
      }
    }
    return sources;
  }

  private void together(Session session, List<Source> sources) throws InterruptedException {
    CountDownLatch open = new CountDownLatch(sources.size());
    for (Source source : sources) {
      session
          .environment()
          .execute(
              "logs",
              () -> {
                try {
                  copy(session, source);
                } catch (ApiException e) {
                  session.console().warn(Failure.shown(e));
                } finally {
                  open.countDown();
                }
              });
    }
    open.await();
  }

  private void copy(Session session, Source source) {
    String path = Pods.path(source.pod(), "log");
    try (InputStream in = session.cluster().stream(path, query(source))) {
      if (prefix) {
        copyLines(session, source, in);
      } else {
        copyBytes(session, in);
      }
    } catch (IOException e) {
      throw Failure.of("the log broke off: %s", e.getMessage());
    }
  }

  private void copyBytes(Session session, InputStream in) throws IOException {
    byte[] buffer = new byte[Limits.STREAM_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      session.console().out().write(buffer, 0, count);
      if (follow) {
        session.console().out().flush();
      }
    }
  }

  private static void copyLines(Session session, Source source, InputStream in) throws IOException {
    String head =
        "[pod/" + source.pod().at("metadata", "name").text() + "/" + source.container() + "] ";
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      session.console().sayNow(head + line);
    }
  }

  private Map<String, String> query(Source source) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("container", source.container());
    query.put("follow", follow ? "true" : "");
    query.put("previous", previous ? "true" : "");
    query.put("timestamps", timestamps ? "true" : "");
    query.put("tailLines", tail < 0 ? "" : Long.toString(tail));
    query.put("limitBytes", limitBytes > 0 ? Long.toString(limitBytes) : "");
    long seconds = Durations.parse("since", since).toSeconds();
    query.put("sinceSeconds", seconds > 0 ? Long.toString(seconds) : "");
    query.put("sinceTime", sinceTime);
    return query;
  }
}
