package dev.tiphys.apiserver.strategy.networking;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.networking.v1.HTTPIngressPath;
import dev.tiphys.api.networking.v1.Ingress;
import dev.tiphys.api.networking.v1.IngressBackend;
import dev.tiphys.api.networking.v1.IngressClass;
import dev.tiphys.api.networking.v1.IngressClassParametersReference;
import dev.tiphys.api.networking.v1.IngressClassSpec;
import dev.tiphys.api.networking.v1.IngressRule;
import dev.tiphys.api.networking.v1.IngressServiceBackend;
import dev.tiphys.api.networking.v1.IngressSpec;
import dev.tiphys.api.networking.v1.ServiceBackendPort;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.AddressWarnings;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.PathNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of Ingress and IngressClass. */
public final class IngressRules {

  private static final Path SPEC = Path.of("spec");
  private static final int LONGEST_CONTROLLER = 250;
  private static final List<String> BAD_SEQUENCES = List.of("//", "/./", "/../", "%2f", "%2F");
  private static final List<String> BAD_SUFFIXES = List.of("/..", "/.");

  private static final String OLD_CLASS = "kubernetes.io/ingress.class";

  private IngressRules() {}

  /** The rules of Ingress. */
  public static Strategy<Ingress> ingresses() {
    return KindRules.<Ingress>builder()
        .validate(IngressRules::validate)
        .validateNew((object, errors) -> {
          String annotated = object.metadata().annotations().get(OLD_CLASS);
          if (annotated != null && in(object).ingressClassName() != null) {
            errors.invalid(
                Path.of("annotations", OLD_CLASS),
                annotated,
                "can not be set when the class field is also set");
          }
        })
        .statusChange(IngressRules::changeStatus)
        .statusWarnings(IngressRules::warnStatus)
        .warningNew(object ->
            object.metadata().annotations().containsKey(OLD_CLASS)
                ? "annotation \""
                    + OLD_CLASS
                    + "\" is deprecated, please use 'spec.ingressClassName' instead"
                : null)
        .build();
  }

  private static IngressSpec in(Ingress object) {
    return Objects.requireNonNullElse(object.spec(), IngressSpec.EMPTY);
  }

  private static List<String> warnStatus(Ingress object) {
    List<String> warnings = new ArrayList<>();
    if (object.status() != null && object.status().loadBalancer() != null) {
      var addresses = object.status().loadBalancer().ingress();
      for (int i = 0; i < addresses.size(); i++) {
        Path path = Path.of("status", "loadBalancer", "ingress").index(i);
        AddressWarnings.ofAddress(addresses.get(i).ip(), path, warnings);
      }
    }
    return warnings;
  }

  private static void changeStatus(Ingress object, Ingress old, FieldErrors errors) {
    if (object.status() == null || object.status().loadBalancer() == null) {
      return;
    }
    var addresses = object.status().loadBalancer().ingress();
    for (int i = 0; i < addresses.size(); i++) {
      Path path = Path.of("status", "loadBalancer", "ingress").index(i);
      String ip = addresses.get(i).ip();
      String host = addresses.get(i).hostname();
      if (ip != null && !ip.isEmpty()) {
        IpText.check(ip, path.child("ip"), errors);
      }
      if (host != null && !host.isEmpty()) {
        errors.invalid(path.child("hostname"), host, DnsNames.subdomain(host));
        if (IpText.isAddress(host)) {
          errors.invalid(path.child("hostname"), host, "must be a DNS name, not an IP address");
        }
      }
    }
  }

  private static void validate(Ingress object, FieldErrors errors) {
    IngressSpec spec = in(object);
    if (spec.rules().isEmpty() && spec.defaultBackend() == null) {
      errors.invalid(SPEC, spec.rules(), "either `defaultBackend` or `rules` must be specified");
    }
    if (spec.defaultBackend() != null) {
      validateBackend(spec.defaultBackend(), SPEC.child("defaultBackend"), errors);
    }
    for (int i = 0; i < spec.rules().size(); i++) {
      validateRule(spec.rules().get(i), SPEC.child("rules").index(i), errors);
    }
    for (int i = 0; i < spec.tls().size(); i++) {
      Path path = SPEC.child("tls").index(i);
      List<String> hosts = spec.tls().get(i).hosts();
      for (int j = 0; j < hosts.size(); j++) {
        errors.invalid(path.child("hosts").index(j), hosts.get(j), hostFaults(hosts.get(j)));
      }
      String secret = spec.tls().get(i).secretName();
      if (secret != null && !secret.isEmpty()) {
        errors.invalid(path.child("secretName"), secret, DnsNames.subdomain(secret));
      }
    }
    String name = spec.ingressClassName();
    if (name != null) {
      errors.invalid(SPEC.child("ingressClassName"), name, DnsNames.subdomain(name));
    }
  }

  private static List<String> hostFaults(String host) {
    return host.contains("*") ? DnsNames.wildcardSubdomain(host) : DnsNames.subdomain(host);
  }

  private static void validateRule(IngressRule rule, Path path, FieldErrors errors) {
    String host = rule.host();
    if (host != null && !host.isEmpty()) {
      if (IpText.isAddress(host)) {
        errors.invalid(path.child("host"), host, "must be a DNS name, not an IP address");
      }
      errors.invalid(path.child("host"), host, hostFaults(host));
    }
    if (rule.http() == null) {
      return;
    }
    List<HTTPIngressPath> paths = rule.http().paths();
    Path at = path.child("http", "paths");
    if (paths.isEmpty()) {
      errors.required(at, "");
    }
    for (int i = 0; i < paths.size(); i++) {
      validatePath(paths.get(i), at.index(i), errors);
    }
  }

  private static void validatePath(HTTPIngressPath rule, Path path, FieldErrors errors) {
    String type = rule.pathType();
    String value = rule.path() == null ? "" : rule.path();
    if (type == null) {
      errors.required(path.child("pathType"), "pathType must be specified");
      return;
    }
    if (type.equals("Exact") || type.equals("Prefix")) {
      if (!value.startsWith("/")) {
        errors.invalid(path.child("path"), value, "must be an absolute path");
      }
      for (String bad : BAD_SEQUENCES) {
        if (value.contains(bad)) {
          errors.invalid(path.child("path"), value, "must not contain '" + bad + "'");
        }
      }
      for (String bad : BAD_SUFFIXES) {
        if (value.endsWith(bad)) {
          errors.invalid(path.child("path"), value, "cannot end with '" + bad + "'");
        }
      }
    } else if (type.equals("ImplementationSpecific")) {
      if (!value.isEmpty() && !value.startsWith("/")) {
        errors.invalid(path.child("path"), value, "must be an absolute path");
      }
    } else {
      errors.notSupported(
          path.child("pathType"), type, List.of("Exact", "ImplementationSpecific", "Prefix"));
    }
    validateBackend(
        Objects.requireNonNullElse(rule.backend(), IngressBackend.EMPTY),
        path.child("backend"),
        errors);
  }

  private static void validateBackend(IngressBackend backend, Path path, FieldErrors errors) {
    IngressServiceBackend service = backend.service();
    if (service != null && backend.resource() != null) {
      errors.invalid(path, "", "cannot set both resource and service backends");
    } else if (backend.resource() != null) {
      validateReference(
          backend.resource().apiGroup(),
          backend.resource().kind(),
          backend.resource().name(),
          path.child("resource"),
          errors);
    } else if (service == null) {
      errors.invalid(path, "", "resource or service backend is required");
    } else {
      if (Checks.present(service.name(), path.child("service", "name"), errors)) {
        String name = String.valueOf(service.name());
        errors.invalid(path.child("service", "name"), name, DnsNames.rfc1035Label(name));
      }
      validatePort(service.port(), path, errors);
    }
  }

  private static void validateReference(
      @Nullable String group,
      @Nullable String kind,
      @Nullable String name,
      Path path,
      FieldErrors errors) {
    if (group != null) {
      errors.invalid(path.child("apiGroup"), group, DnsNames.subdomain(group));
    }
    PathNames.required(kind, "kind is required", path.child("kind"), errors);
    PathNames.required(name, "name is required", path.child("name"), errors);
  }

  private static void validatePort(
      @Nullable ServiceBackendPort stated, Path path, FieldErrors errors) {
    ServiceBackendPort port = Objects.requireNonNullElse(stated, ServiceBackendPort.EMPTY);
    String name = port.name() == null ? "" : port.name();
    int number = port.number() == null ? 0 : port.number();
    if (!name.isEmpty() && number != 0) {
      errors.invalid(path, "", "cannot set both port name & port number");
    } else if (!name.isEmpty()) {
      errors.invalid(path.child("service", "port", "name"), name, FieldNames.portName(name));
    } else if (number != 0) {
      errors.invalid(
          path.child("service", "port", "number"), number, FieldNames.portNumber(number));
    } else {
      errors.required(path, "port name or number is required");
    }
  }

  /** The rules of IngressClass. */
  public static Strategy<IngressClass> classes() {
    return KindRules.<IngressClass>builder()
        .generations(true)
        .validate(IngressRules::validateClass)
        .change((object, old, errors) ->
            Checks.immutable(
                in(object).controller(), in(old).controller(), SPEC.child("controller"), errors))
        .build();
  }

  private static IngressClassSpec in(IngressClass object) {
    return Objects.requireNonNullElse(object.spec(), IngressClassSpec.EMPTY);
  }

  private static void validateClass(IngressClass object, FieldErrors errors) {
    String controller = in(object).controller();
    Path path = SPEC.child("controller");
    if (controller != null && controller.length() > LONGEST_CONTROLLER) {
      errors.add(FieldError.tooLong(path, LONGEST_CONTROLLER));
    }
    Checks.prefixedPath(controller, path, errors);
    IngressClassParametersReference parameters = in(object).parameters();
    if (parameters == null) {
      return;
    }
    Path at = SPEC.child("parameters");
    validateReference(parameters.apiGroup(), parameters.kind(), parameters.name(), at, errors);
    String scope = parameters.scope();
    if (scope == null) {
      errors.required(at.child("scope"), "");
      return;
    }
    Checks.oneOf(scope, List.of("Cluster", "Namespace"), at.child("scope"), errors);
    String namespace = parameters.namespace();
    if (scope.equals("Namespace") && namespace == null) {
      errors.required(at.child("namespace"), "`parameters.scope` is set to 'Namespace'");
    } else if (scope.equals("Namespace")) {
      errors.invalid(at.child("namespace"), namespace, DnsNames.label(String.valueOf(namespace)));
    } else if (scope.equals("Cluster") && parameters.namespace() != null) {
      errors.forbidden(at.child("namespace"), "`parameters.scope` is set to 'Cluster'");
    }
  }
}
