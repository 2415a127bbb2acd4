package dev.tiphys.apiserver;

import dev.tiphys.daemon.options.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that tell how audit events are delivered, named as upstream's. */
final class AuditOptions {

  @Option(
      names = "--audit-log-format",
      paramLabel = "json|legacy",
      description = "How the log tells events. Default: json.")
  String logFormat = "json";

  @Option(
      names = {"--audit-log-version", "--audit-webhook-version"},
      paramLabel = "VERSION",
      description = "The version of events: audit.k8s.io/v1.")
  String version = "audit.k8s.io/v1";

  @Option(
      names = "--audit-log-mode",
      paramLabel = "MODE",
      description =
          "batch: requests do not wait for the log; blocking: they do; blocking-strict: they are"
              + " refused if it cannot be told that they came. Default: blocking.")
  String logMode = "blocking";

  @Option(
      names = "--audit-log-batch-buffer-size",
      paramLabel = "COUNT",
      description = "Events that may wait, in mode batch; more are dropped. Default: 10000.")
  int logBuffer = 10000;

  @Option(
      names = "--audit-log-batch-max-size",
      paramLabel = "COUNT",
      description = "Events written at once, in mode batch. Default: 1.")
  int logMost = 1;

  @Option(
      names = "--audit-log-batch-max-wait",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "After which a batch is written that is not full. Default: 30s.")
  Duration logWait = Duration.ofSeconds(30);

  @Option(
      names = "--audit-log-batch-throttle-enable",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Whether batches have a rate. Default: false.")
  boolean logThrottle;

  @Option(
      names = "--audit-log-batch-throttle-qps",
      paramLabel = "RATE",
      description = "Batches a second, in the long run. Default: 0.")
  double logRate;

  @Option(
      names = "--audit-log-batch-throttle-burst",
      paramLabel = "COUNT",
      description = "Batches at once. Default: 0.")
  int logBurst;

  @Option(
      names = "--audit-log-truncate-enabled",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Whether long events go without bodies. Default: false.")
  boolean logTruncate;

  @Option(
      names = "--audit-log-truncate-max-event-size",
      paramLabel = "BYTES",
      description = "Which events are long. Default: 102400.")
  long logTruncateEvent = 100 * 1024;

  @Option(
      names = "--audit-log-truncate-max-batch-size",
      paramLabel = "BYTES",
      description = "Of all that are written at once. Default: 10485760.")
  long logTruncateBatch = 10 * 1024 * 1024;

  @Option(
      names = "--audit-webhook-config-file",
      paramLabel = "FILE",
      description = "A webhook that events are posted to, in the form of a kubeconfig.")
  @Nullable Path webhook;

  @Option(
      names = "--audit-webhook-mode",
      paramLabel = "MODE",
      description = "As --audit-log-mode. Default: batch.")
  String webhookMode = "batch";

  @Option(
      names = {"--audit-webhook-initial-backoff", "--audit-webhook-batch-initial-backoff"},
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "The pause before a post is tried again for the first time. Default: 10s.")
  Duration webhookBackoff = Duration.ofSeconds(10);

  @Option(
      names = "--audit-webhook-batch-buffer-size",
      paramLabel = "COUNT",
      description = "Events that may wait, in mode batch; more are dropped. Default: 10000.")
  int webhookBuffer = 10000;

  @Option(
      names = "--audit-webhook-batch-max-size",
      paramLabel = "COUNT",
      description = "Events posted at once, in mode batch. Default: 400.")
  int webhookMost = 400;

  @Option(
      names = "--audit-webhook-batch-max-wait",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "After which a batch is posted that is not full. Default: 30s.")
  Duration webhookWait = Duration.ofSeconds(30);

  @Option(
      names = "--audit-webhook-batch-throttle-enable",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Whether batches have a rate. Default: true.")
  boolean webhookThrottle = true;

  @Option(
      names = "--audit-webhook-batch-throttle-qps",
      paramLabel = "RATE",
      description = "Batches a second, in the long run. Default: 10.")
  double webhookRate = 10;

  @Option(
      names = "--audit-webhook-batch-throttle-burst",
      paramLabel = "COUNT",
      description = "Batches at once. Default: 15.")
  int webhookBurst = 15;

  @Option(
      names = "--audit-webhook-truncate-enabled",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Whether long events go without bodies. Default: false.")
  boolean webhookTruncate;

  @Option(
      names = "--audit-webhook-truncate-max-event-size",
      paramLabel = "BYTES",
      description = "Which events are long. Default: 102400.")
  long webhookTruncateEvent = 100 * 1024;

  @Option(
      names = "--audit-webhook-truncate-max-batch-size",
      paramLabel = "BYTES",
      description = "Of all that are posted at once. Default: 10485760.")
  long webhookTruncateBatch = 10 * 1024 * 1024;
}
