package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.resource.v1.DeviceClaim;
import dev.tiphys.api.resource.v1.DeviceConstraint;
import dev.tiphys.api.resource.v1.DeviceRequest;
import dev.tiphys.api.resource.v1.DeviceSelector;
import dev.tiphys.api.resource.v1.DeviceSubRequest;
import dev.tiphys.api.resource.v1.DeviceToleration;
import dev.tiphys.api.resource.v1.ExactDeviceRequest;
import dev.tiphys.api.resource.v1.OpaqueDeviceConfiguration;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.ExpressionCheck;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with what a claim asks of devices. Pure, but for compiling expressions. */
final class RequestRules {

  static final int MOST_CONFIGURATIONS = 32;
  static final int MOST_REQUESTS = 32;

  private static final int MOST_CONSTRAINTS = 32;
  private static final int MOST_ALTERNATIVES = 8;
  private static final int MOST_SELECTORS = 32;
  private static final int LONGEST_EXPRESSION = 10 * 1024;
  private static final int LONGEST_PARAMETERS = 10 * 1024;

  private final ExpressionCheck expressions;

  RequestRules(ExpressionCheck expressions) {
    this.expressions = expressions;
  }

  void validate(DeviceClaim claim, Path path, FieldErrors errors) {
    Names names = Names.of(claim);
    Path requests = path.child("requests");
    if (Checks.fits(claim.requests(), MOST_REQUESTS, requests, errors)) {
      for (int i = 0; i < claim.requests().size(); i++) {
        validate(claim.requests().get(i), requests.index(i), errors);
      }
      DeviceNames.unique(
          claim.requests(), request -> String.valueOf(request.name()), requests, errors);
    }
    Path constraints = path.child("constraints");
    if (Checks.fits(claim.constraints(), MOST_CONSTRAINTS, constraints, errors)) {
      for (int i = 0; i < claim.constraints().size(); i++) {
        validate(claim.constraints().get(i), names, constraints.index(i), errors);
      }
    }
    Path config = path.child("config");
    if (Checks.fits(claim.config(), MOST_CONFIGURATIONS, config, errors)) {
      for (int i = 0; i < claim.config().size(); i++) {
        var one = claim.config().get(i);
        names.references(one.requests(), config.index(i).child("requests"), errors);
        configuration(one.opaque(), config.index(i), errors);
      }
    }
  }

  private void validate(DeviceRequest request, Path path, FieldErrors errors) {
    DeviceNames.device(request.name(), path.child("name"), errors);
    ExactDeviceRequest exactly = request.exactly();
    List<DeviceSubRequest> alternatives = request.firstAvailable();
    String one = "exactly one of `exactly` or `firstAvailable` is required";
    if (exactly == null && alternatives.isEmpty()) {
      errors.required(path, one);
    } else if (exactly != null && !alternatives.isEmpty()) {
      errors.invalid(path, null, one + ", but multiple fields are set");
    } else if (exactly != null) {
      validate(exactly, path.child("exactly"), errors);
    } else {
      Path at = path.child("firstAvailable");
      if (Checks.fits(alternatives, MOST_ALTERNATIVES, at, errors)) {
        for (int i = 0; i < alternatives.size(); i++) {
          DeviceSubRequest alternative = alternatives.get(i);
          DeviceNames.device(alternative.name(), at.index(i).child("name"), errors);
          validate(exact(alternative), at.index(i), errors);
        }
        DeviceNames.unique(alternatives, a -> String.valueOf(a.name()), at, errors);
      }
    }
  }

  /** An alternative without its name, which has all else that a request has. */
  private static ExactDeviceRequest exact(DeviceSubRequest request) {
    return ExactDeviceRequest.builder()
        .deviceClassName(request.deviceClassName())
        .selectors(request.selectors())
        .allocationMode(request.allocationMode())
        .count(request.count())
        .tolerations(request.tolerations())
        .build();
  }

  private void validate(ExactDeviceRequest request, Path path, FieldErrors errors) {
    Checks.subdomain(request.deviceClassName(), path.child("deviceClassName"), errors);
    selectors(request.selectors(), path.child("selectors"), errors);
    long count = Objects.requireNonNullElse(request.count(), 0L);
    switch (String.valueOf(request.allocationMode())) {
      case "All" -> {
        if (count != 0) {
          errors.invalid(
              path.child("count"), count, "must not be specified when allocationMode is 'All'");
        }
      }
      case "ExactCount" -> {
        if (count <= 0) {
          errors.invalid(path.child("count"), count, "must be greater than zero");
        }
      }
      default ->
          errors.notSupported(
              path.child("allocationMode"), request.allocationMode(), List.of("All", "ExactCount"));
    }
    List<DeviceToleration> tolerations = request.tolerations();
    for (int i = 0; i < tolerations.size(); i++) {
      DeviceNames.toleration(tolerations.get(i), path.child("tolerations").index(i), errors);
    }
  }

  void selectors(List<DeviceSelector> selectors, Path path, FieldErrors errors) {
    if (!Checks.fits(selectors, MOST_SELECTORS, path, errors)) {
      return;
    }
    for (int i = 0; i < selectors.size(); i++) {
      Path at = path.index(i).child("cel");
      var cel = selectors.get(i).cel();
      if (cel == null) {
        errors.required(at, "");
        continue;
      }
      String text = cel.expression() == null ? "" : cel.expression();
      if (text.length() > LONGEST_EXPRESSION) {
        errors.add(FieldError.tooLong(at.child("expression"), LONGEST_EXPRESSION));
        continue;
      }
      String fault = expressions.fault(text, ExpressionCheck.Use.DEVICE, false);
      if (fault != null) {
        errors.invalid(at.child("expression"), text, fault);
      }
    }
  }

  private static void validate(
      DeviceConstraint constraint, Names names, Path path, FieldErrors errors) {
    names.references(constraint.requests(), path.child("requests"), errors);
    if (constraint.matchAttribute() != null) {
      DeviceNames.fullyQualified(constraint.matchAttribute(), path.child("matchAttribute"), errors);
    } else if (constraint.distinctAttribute() != null) {
      DeviceNames.fullyQualified(
          constraint.distinctAttribute(), path.child("distinctAttribute"), errors);
    } else {
      errors.required(
          path,
          "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple"
              + " fields are set");
    }
  }

  static void configuration(
      @Nullable OpaqueDeviceConfiguration opaque, Path path, FieldErrors errors) {
    Path at = path.child("opaque");
    if (opaque == null) {
      errors.required(at, "");
      return;
    }
    DeviceNames.driver(opaque.driver(), at.child("driver"), errors);
    object(opaque.parameters(), LONGEST_PARAMETERS, at.child("parameters"), errors);
  }

  /** Free JSON must be an object, of bounded length. */
  static void object(@Nullable RawJson json, int most, Path path, FieldErrors errors) {
    String text = json == null ? "" : json.toString();
    if (text.isEmpty() || text.equals("null")) {
      errors.required(path, "");
    } else if (text.length() > most) {
      errors.add(FieldError.tooLong(path, most));
    } else if (!(JsonTree.parse(text) instanceof JsonTree.Obj)) {
      errors.invalid(path, "<value omitted>", "must be a valid JSON object");
    }
  }

  /** The names of a claim's requests, and of their alternatives. */
  record Names(Map<String, Set<String>> alternatives) {

    static Names of(@Nullable DeviceClaim claim) {
      Map<String, Set<String>> names = new HashMap<>();
      for (DeviceRequest request : claim == null ? List.<DeviceRequest>of() : claim.requests()) {
        Set<String> subs = new HashSet<>();
        request.firstAvailable().forEach(sub -> subs.add(String.valueOf(sub.name())));
        names.put(String.valueOf(request.name()), subs);
      }
      return new Names(names);
    }

    void references(List<String> requests, Path path, FieldErrors errors) {
      if (Checks.fits(requests, MOST_REQUESTS, path, errors)) {
        for (int i = 0; i < requests.size(); i++) {
          reference(requests.get(i), path.index(i), errors);
        }
        DeviceNames.unique(requests, name -> name, path, errors);
      }
    }

    void reference(@Nullable String name, Path path, FieldErrors errors) {
      String text = name == null ? "" : name;
      String unknown =
          "must be the name of a request in the claim or the name of a request and a subrequest"
              + " separated by '/'";
      String[] parts = text.split("/", -1);
      if (parts.length > 2) {
        errors.invalid(path, text, unknown);
        return;
      }
      for (String part : parts) {
        errors.invalid(path, part, DnsNames.label(part));
      }
      Set<String> subs = alternatives.get(parts[0]);
      if (subs == null || (parts.length == 2 && !subs.contains(parts[1]))) {
        errors.invalid(path, text, unknown);
      }
    }
  }
}
