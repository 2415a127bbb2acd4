package dev.tiphys.apiserver;

import dev.tiphys.apiserver.audit.AuditLog;
import dev.tiphys.apiserver.audit.AuditPolicy;
import dev.tiphys.apiserver.audit.Auditor;
import dev.tiphys.apiserver.audit.BatchSettings;
import dev.tiphys.apiserver.audit.Delivery;
import dev.tiphys.apiserver.audit.Delivery.Mode;
import dev.tiphys.apiserver.audit.LogSink;
import dev.tiphys.apiserver.audit.TruncateSettings;
import dev.tiphys.apiserver.audit.WebhookSink;
import dev.tiphys.daemon.ConfigException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What is audited, and where to; a log or a webhook or both.
 *
 * @param log null for none
 * @param webhook null for none
 */
record AuditConfig(AuditPolicy policy, @Nullable Log log, @Nullable Webhook webhook) {

  private static final int BYTES_PER_MEGABYTE = 1024 * 1024;

  /**
   * A file.
   *
   * @param legacy in the words of before there was JSON
   */
  record Log(AuditLog.Settings settings, boolean legacy, Delivery delivery) {}

  /**
   * A webhook.
   *
   * @param firstPause before a batch is posted again
   */
  record Webhook(Path kubeconfig, Duration firstPause, Delivery delivery) {}

  /** What the flags say; null if nothing is audited: a policy and somewhere to go are needed. */
  static @Nullable AuditConfig of(Options all) {
    AuditOptions options = all.audit;
    int maxAge = notNegative("--audit-log-maxage", all.auditLogMaxAge);
    int maxSize = notNegative("--audit-log-maxsize", all.auditLogMaxSize);
    int maxBackup = notNegative("--audit-log-maxbackup", all.auditLogMaxBackup);
    if (!options.version.equals("audit.k8s.io/v1")) {
      throw ConfigException.flag(
          "--audit-log-version",
          "invalid group version, allowed versions are [\"audit.k8s.io/v1\"]");
    }
    if (!Set.of("json", "legacy").contains(options.logFormat)) {
      throw ConfigException.flag(
          "--audit-log-format",
          "invalid audit log format "
              + options.logFormat
              + ", allowed formats are \"legacy,json\"");
    }
    Delivery ofLog = logDelivery(options);
    Delivery ofWebhook = webhookDelivery(options);
    Path policy = all.auditPolicy;
    Path file = all.auditLog;
    Path webhook = options.webhook;
    if (policy == null || (file == null && webhook == null)) {
      return null;
    }
    return new AuditConfig(
        AuditPolicy.read(policy),
        file == null
            ? null
            : new Log(
                new AuditLog.Settings(
                    file, (long) maxSize * BYTES_PER_MEGABYTE, maxBackup, Duration.ofDays(maxAge)),
                options.logFormat.equals("legacy"),
                ofLog),
        webhook == null ? null : new Webhook(webhook, options.webhookBackoff, ofWebhook));
  }

  private static Delivery logDelivery(AuditOptions options) {
    return delivery(
        "--audit-log",
        options.logMode,
        new BatchSettings(
            options.logBuffer,
            options.logMost,
            options.logWait,
            options.logThrottle,
            options.logRate,
            options.logBurst),
        options.logTruncate
            ? new TruncateSettings(options.logTruncateEvent, options.logTruncateBatch)
            : null);
  }

  private static Delivery webhookDelivery(AuditOptions options) {
    return delivery(
        "--audit-webhook",
        options.webhookMode,
        new BatchSettings(
            options.webhookBuffer,
            options.webhookMost,
            options.webhookWait,
            options.webhookThrottle,
            options.webhookRate,
            options.webhookBurst),
        options.webhookTruncate
            ? new TruncateSettings(options.webhookTruncateEvent, options.webhookTruncateBatch)
            : null);
  }

  private static Delivery delivery(
      String prefix, String text, BatchSettings batch, @Nullable TruncateSettings truncate) {
    Mode mode =
        Arrays.stream(Mode.values())
            .filter(one -> one.text().equals(text))
            .findFirst()
            .orElseThrow(() ->
                ConfigException.flag(
                    prefix + "-mode",
                    "invalid audit mode "
                        + text
                        + ", allowed modes are \"batch,blocking,blocking-strict\""));
    if (mode == Mode.BATCH) {
      if (batch.buffer() <= 0) {
        throw wrong(prefix, "buffer-size", "invalid audit batch buffer size " + batch.buffer());
      }
      if (batch.most() <= 0) {
        throw wrong(prefix, "max-size", "invalid audit batch max batch size " + batch.most());
      }
      if (batch.throttled() && batch.perSecond() <= 0) {
        throw wrong(
            prefix, "throttle-qps", "invalid audit batch throttle QPS " + batch.perSecond());
      }
      if (batch.throttled() && batch.burst() <= 0) {
        throw wrong(
            prefix, "throttle-burst", "invalid audit batch throttle burst " + batch.burst());
      }
    }
    return new Delivery(mode, batch, truncate);
  }

  private static ConfigException wrong(String prefix, String flag, String what) {
    return ConfigException.flag(prefix + "-batch-" + flag, what + ", must be a positive number");
  }

  private static int notNegative(String flag, int value) {
    if (value < 0) {
      throw ConfigException.flag(flag, "must not be negative, as " + value + " is");
    }
    return value;
  }

  /** Begins to audit. */
  Auditor start(
      Remotes remotes, InstantSource clock, PrometheusRegistry registry, ExecutorService threads) {
    Auditor auditor = new Auditor(policy, clock, registry);
    if (log != null) {
      AuditLog file = new AuditLog(log.settings(), clock, System.out);
      auditor.to(new LogSink(file, log.legacy()), log.delivery(), System::nanoTime, threads);
    }
    if (webhook != null) {
      auditor.to(
          new WebhookSink(
              Remotes.remote("--audit-webhook-config-file", webhook.kubeconfig()),
              remotes.calls(),
              webhook.firstPause()),
          webhook.delivery(),
          System::nanoTime,
          threads);
    }
    return auditor;
  }
}
