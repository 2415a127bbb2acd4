package dev.tiphys.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every verb takes. Filled by picocli, then only read. */
public final class GlobalOptions {

  @Option(
      names = {"-n", "--namespace"},
      description = "The namespace to work in.")
  @Nullable String namespace;

  @Option(names = "--context", description = "The kubeconfig context to use.")
  @Nullable String context;

  @Option(names = "--kubeconfig", description = "The kubeconfig file to use.")
  @Nullable String kubeconfig;

  @Option(
      names = {"-s", "--server"},
      description = "The API server's URL, instead of the context's.")
  @Nullable String server;

  @Option(names = "--token", description = "A bearer token, instead of the context's user.")
  @Nullable String token;

  @Option(names = "--insecure-skip-tls-verify", description = "Believe any server certificate.")
  boolean insecure;

  @Option(names = "--as", description = "The user to act as.")
  @Nullable String as;

  @Option(names = "--as-group", description = "The group to act as.")
  @Nullable String asGroup;

  @Option(names = "--as-uid", description = "The uid to act as.")
  @Nullable String asUid;

  @Option(
      names = "--request-timeout",
      description = "How long one request may take (1s, 2m; 0 for the default).")
  String requestTimeout = "0";

  @Option(
      names = {"-v", "--v"},
      description = "6 and more shows requests, 8 and more bodies.")
  int verbosity;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
