package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.value.Rfc3339;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.aggregation.Aggregator;
import dev.tiphys.apiserver.aggregation.RemoteProxy;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.extension.CustomResources;
import dev.tiphys.apiserver.extension.definition.DefinitionController;
import dev.tiphys.apiserver.extension.definition.DefinitionStrategy;
import dev.tiphys.apiserver.outbound.ConnectionPool;
import dev.tiphys.apiserver.outbound.JsonCalls;
import dev.tiphys.apiserver.outbound.ServiceAddresses;
import dev.tiphys.apiserver.outbound.Trust;
import dev.tiphys.apiserver.policy.Policies;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.ServedResource;
import dev.tiphys.apiserver.storage.Store;
import dev.tiphys.apiserver.strategy.ExpressionCheck;
import dev.tiphys.apiserver.table.Columns;
import dev.tiphys.apiserver.table.Columns.Column;
import dev.tiphys.apiserver.webhook.WebhookConverter;
import dev.tiphys.apiserver.webhook.Webhooks;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.HealthChecks.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What users may add to the server: definitions of custom resources, webhooks and policies. Put
 * together before there is anything to serve, and started when there is.
 */
final class Extensions implements AutoCloseable {

  private final Closers parts = new Closers();
  private final Chance chance;
  private final SchemaCel cel = new SchemaCel();
  private final ServiceAddresses services;
  private final ConnectionPool pool = parts.add(new ConnectionPool(System::nanoTime));
  private final JsonCalls calls = new JsonCalls(Trust.anonymous(), pool);
  private final AdmissionCel expressions;
  private final Webhooks webhooks;
  private final Policies policies;
  private volatile @Nullable Authorizer authorizer;

  Extensions(CacheView view, Chance chance) {
    this.chance = chance;
    this.services = new ServiceAddresses(view);
    this.expressions = cel.admission(this::authorizer);
    this.webhooks = parts.add(new Webhooks(view, services, calls, expressions, chance.uuids()));
    this.policies =
        parts.add(new Policies(view, expressions, cel.typing(), webhooks.equivalents()));
  }

  /** Judges expressions before they are stored. */
  ExpressionCheck expressions() {
    return cel.storing(expressions);
  }

  /** The way into CEL. */
  SchemaCel cel() {
    return cel;
  }

  /** Connections to others. */
  ConnectionPool pool() {
    return pool;
  }

  /** TLS that believes everybody, for what shows a certificate of its own making. */
  static SSLContext anybody() {
    try {
      return Trust.anonymous().ofAnybody();
    } catch (IOException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /** Has expressions ask an authorizer. */
  void judgedBy(Authorizer chain) {
    authorizer = chain;
  }

  /** Who judges what a user may do; there before the first request is. */
  Authorizer authorizer() {
    return Objects.requireNonNull(authorizer, "nobody judges yet");
  }

  /** The webhooks. */
  Webhooks webhooks() {
    return webhooks;
  }

  /** The policies. */
  Policies policies() {
    return policies;
  }

  /** The kinds by which the API is extended. */
  List<ServedResource<?>> kinds() {
    return List.of(
        new ServedResource<>(
            Resources.CUSTOM_RESOURCE_DEFINITIONS,
            new DefinitionStrategy(chance.clock(), cel::check),
            definitionColumns(),
            Set.of("status"),
            null,
            null,
            null));
  }

  private static Columns<CustomResourceDefinition> definitionColumns() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Created At", "date")),
        (crd, _) ->
            Arrays.asList(
                crd.metadata().name(),
                crd.metadata().creationTimestamp() == null
                    ? null
                    : Rfc3339.seconds(crd.metadata().creationTimestamp())));
  }

  /**
   * Begins to look for servers of other groups.
   *
   * @throws ConfigException if our certificate as front proxy cannot be used
   */
  Aggregator aggregate(
      Endpoints endpoints, @Nullable Path certificate, @Nullable Path key, Executor executor) {
    try {
      RemoteProxy proxy = new RemoteProxy(services, new Trust(certificate, key), executor);
      return parts.add(new Aggregator(endpoints, proxy, chance.clock()));
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException(
          "--proxy-client-cert-file or --proxy-client-key-file: " + e.getMessage(), e);
    }
  }

  /** Begins to serve what definitions say, and to ask webhooks and policies. */
  CustomResources start(
      Store store, Endpoints endpoints, Admission admission, HealthChecks health) {
    CustomResources resources =
        new CustomResources(
            store,
            endpoints,
            admission,
            chance,
            cel::rules,
            crd -> WebhookConverter.of(crd, services, calls, chance.uuids()));
    DefinitionController controller =
        parts.add(
            new DefinitionController(
                endpoints,
                new DefinitionController.Objects() {
                  @Override
                  public void serve(Collection<CustomResourceDefinition> definitions) {
                    resources.serve(definitions);
                  }

                  @Override
                  public boolean remove(String definition) {
                    return resources.removeObjects(definition);
                  }
                },
                chance.clock()));
    webhooks.start(endpoints);
    policies.start(endpoints);
    ready(health, "crd-informer-synced", controller::synced);
    ready(health, "poststarthook/start-admission-extensions", webhooks::filled);
    return resources;
  }

  private static void ready(HealthChecks health, String name, BooleanSupplier check) {
    health.add(
        name,
        Scope.READY,
        () -> check.getAsBoolean() ? Optional.empty() : Optional.of("not read from the store yet"));
  }

  @Override
  public void close() {
    parts.close();
  }
}
