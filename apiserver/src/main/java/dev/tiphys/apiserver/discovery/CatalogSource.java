package dev.tiphys.apiserver.discovery;

import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import java.util.List;
import java.util.function.Supplier;

/** The catalog of what is served now, gathered anew when that has changed. Thread-safe. */
public final class CatalogSource implements Supplier<Catalog> {

  private record Known(List<Endpoint<?>> custom, Catalog catalog) {}

  private final Endpoints endpoints;
  private volatile Known known;

  /** Gathers what is served. */
  public CatalogSource(Endpoints endpoints) {
    this.endpoints = endpoints;
    this.known = gathered();
  }

  private Known gathered() {
    // In this order: what is gathered is never older than what it is known by.
    List<Endpoint<?>> custom = endpoints.custom();
    return new Known(custom, Catalog.of(endpoints));
  }

  @Override
  public Catalog get() {
    Known now = known;
    if (now.custom() != endpoints.custom()) {
      now = gathered();
      known = now;
    }
    return now.catalog();
  }
}
