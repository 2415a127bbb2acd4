package dev.tiphys.apiserver.strategy.discovery;

import dev.tiphys.api.discovery.v1.Endpoint;
import dev.tiphys.api.discovery.v1.EndpointPort;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The rules of EndpointSlice. */
public final class EndpointSliceStrategy implements Strategy<EndpointSlice> {

  private static final List<String> TYPES = List.of("FQDN", "IPv4", "IPv6");
  private static final int MAX_ENDPOINTS = 1000;
  private static final int MAX_PORTS = 20000;
  private static final int MAX_ADDRESSES = 100;

  @Override
  public void validate(EndpointSlice slice, FieldErrors errors) {
    String type = slice.addressType();
    if (type == null || type.isEmpty()) {
      errors.required(Path.of("addressType"), "");
    } else if (!TYPES.contains(type)) {
      errors.notSupported(Path.of("addressType"), type, TYPES);
    }
    if (slice.endpoints().size() > MAX_ENDPOINTS) {
      errors.add(FieldError.tooMany(Path.of("endpoints"), slice.endpoints().size(), MAX_ENDPOINTS));
    }
    for (int i = 0; i < slice.endpoints().size(); i++) {
      Endpoint endpoint = slice.endpoints().get(i);
      Path path = Path.of("endpoints").index(i).child("addresses");
      if (endpoint.addresses().isEmpty()) {
        errors.required(path, "must contain at least 1 address");
      } else if (endpoint.addresses().size() > MAX_ADDRESSES) {
        errors.add(FieldError.tooMany(path, endpoint.addresses().size(), MAX_ADDRESSES));
      }
    }
    validatePorts(slice, errors);
  }

  private static void validatePorts(EndpointSlice slice, FieldErrors errors) {
    if (slice.ports().size() > MAX_PORTS) {
      errors.add(FieldError.tooMany(Path.of("ports"), slice.ports().size(), MAX_PORTS));
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < slice.ports().size(); i++) {
      EndpointPort port = slice.ports().get(i);
      String name = port.name() == null ? "" : port.name();
      if (!names.add(name)) {
        errors.duplicate(Path.of("ports").index(i).child("name"), name);
      }
    }
  }

  @Override
  public void validateUpdate(EndpointSlice slice, EndpointSlice old, FieldErrors errors) {
    if (!Objects.equals(slice.addressType(), old.addressType())) {
      errors.invalid(Path.of("addressType"), slice.addressType(), "field is immutable");
    }
    validate(slice, errors);
  }

  @Override
  public boolean countsGenerations(EndpointSlice slice) {
    return true;
  }
}
