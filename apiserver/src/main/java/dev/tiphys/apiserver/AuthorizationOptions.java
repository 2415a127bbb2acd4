package dev.tiphys.apiserver;

import dev.tiphys.daemon.options.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that tell of authorizers besides their order, named as upstream's. */
final class AuthorizationOptions {

  @Option(
      names = "--authorization-config",
      paramLabel = "FILE",
      description =
          "Who decides, in order: an AuthorizationConfiguration. Read again when it changes. Not"
              + " together with --authorization-mode and the --authorization-webhook- flags.")
  @Nullable Path config;

  @Option(
      names = "--authorization-policy-file",
      paramLabel = "FILE",
      description = "Policies of the mode ABAC, a JSON object a line.")
  @Nullable Path policies;

  @Option(
      names = "--authorization-webhook-config-file",
      paramLabel = "FILE",
      description = "The webhook of the mode Webhook, in the form of a kubeconfig.")
  @Nullable Path webhook;

  @Option(
      names = "--authorization-webhook-version",
      paramLabel = "VERSION",
      description =
          "Of the SubjectAccessReview that it is asked with: v1 or v1beta1. Default: v1beta1.")
  String webhookVersion = "v1beta1";

  @Option(
      names = "--authorization-webhook-cache-authorized-ttl",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long it is remembered that something is allowed. Default: 5m.")
  Duration authorizedTtl = Duration.ofMinutes(5);

  @Option(
      names = "--authorization-webhook-cache-unauthorized-ttl",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long it is remembered that something is not. Default: 30s.")
  Duration unauthorizedTtl = Duration.ofSeconds(30);
}
