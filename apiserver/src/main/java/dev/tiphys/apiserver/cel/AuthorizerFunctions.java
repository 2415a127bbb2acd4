package dev.tiphys.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.tiphys.api.admission.v1.AdmissionRequest;
import dev.tiphys.apiserver.authn.ServiceAccountNames;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.authz.Selectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code authorizer} and what can be asked of it: {@code
 * authorizer.group("apps").resource("deployments").namespace("a").check("create").allowed()}.
 */
final class AuthorizerFunctions {

  private static final OpaqueType ASKED = OpaqueType.create("kubernetes.authorization.Authorizer");
  private static final OpaqueType PATH = OpaqueType.create("kubernetes.authorization.PathCheck");
  private static final OpaqueType GROUP = OpaqueType.create("kubernetes.authorization.GroupCheck");
  private static final OpaqueType RESOURCE =
      OpaqueType.create("kubernetes.authorization.ResourceCheck");
  private static final OpaqueType DECISION = OpaqueType.create("kubernetes.authorization.Decision");

  /** What expressions call it. */
  static final Map<String, CelType> VARIABLES =
      Map.of("authorizer", ASKED, "authorizer.requestResource", RESOURCE);

  private AuthorizerFunctions() {}

  /** Whoever is asked about, by whom it is asked. */
  record Asked(Authorizer authorizer, User user) {

    /** What a request is about. */
    ResourceCheck about(AdmissionRequest request) {
      var resource = request.requestResource();
      return new ResourceCheck(
          this,
          resource == null ? "" : text(resource.group()),
          resource == null ? "" : text(resource.resource()),
          text(request.requestSubResource()),
          text(request.namespace()),
          text(request.name()),
          "",
          "");
    }

    private Asked account(String namespace, String name) {
      List<String> groups = new ArrayList<>(ServiceAccountNames.groups(namespace));
      groups.add(User.AUTHENTICATED);
      return new Asked(authorizer, User.of(ServiceAccountNames.userName(namespace, name), groups));
    }
  }

  private record PathCheck(Asked asked, String path) {

    Authorizer.Decision check(String verb) {
      return asked
          .authorizer()
          .decide(new Attributes(asked.user(), verb, false, path, "", "", "", "", "", ""));
    }
  }

  private record GroupCheck(Asked asked, String group) {}

  /**
   * A resource that something may be done with or not.
   *
   * @param fields a selector as queries write it, or empty; likewise {@code labels}
   */
  record ResourceCheck(
      Asked asked,
      String group,
      String resource,
      String part,
      String namespace,
      String name,
      String fields,
      String labels) {

    private Authorizer.Decision check(String verb) {
      return asked
          .authorizer()
          .decide(
              new Attributes(
                  asked.user(),
                  verb,
                  true,
                  "",
                  group,
                  "*",
                  resource,
                  part,
                  namespace,
                  name,
                  Selectors.parse(fields, labels)));
    }
  }

  static List<Function> all() {
    List<Function> all = new ArrayList<>();
    all.add(
        of(
            "path",
            PATH,
            arguments -> new PathCheck((Asked) arguments[0], path((String) arguments[1])),
            ASKED,
            Asked.class));
    all.add(
        of(
            "group",
            GROUP,
            arguments -> new GroupCheck((Asked) arguments[0], (String) arguments[1]),
            ASKED,
            Asked.class));
    all.add(
        Function.member(
            "serviceAccount",
            "kube_authorizer_service_account",
            ASKED,
            arguments ->
                ((Asked) arguments[0]).account((String) arguments[1], (String) arguments[2]),
            List.of(ASKED, SimpleType.STRING, SimpleType.STRING),
            Asked.class,
            String.class,
            String.class));
    all.add(
        of(
            "resource",
            RESOURCE,
            arguments -> {
              GroupCheck of = (GroupCheck) arguments[0];
              return new ResourceCheck(
                  of.asked(), of.group(), (String) arguments[1], "", "", "", "", "");
            },
            GROUP,
            GroupCheck.class));
    narrowing(all);
    all.add(
        of(
            "check",
            DECISION,
            arguments -> ((PathCheck) arguments[0]).check((String) arguments[1]),
            PATH,
            PathCheck.class));
    all.add(
        of(
            "check",
            DECISION,
            arguments -> ((ResourceCheck) arguments[0]).check((String) arguments[1]),
            RESOURCE,
            ResourceCheck.class));
    all.add(told("allowed", SimpleType.BOOL, Authorizer.Decision::allowed));
    all.add(told("reason", SimpleType.STRING, Authorizer.Decision::reason));
    all.add(told("errored", SimpleType.BOOL, decision -> !decision.error().isEmpty()));
    all.add(told("error", SimpleType.STRING, Authorizer.Decision::error));
    return all;
  }

  private static void narrowing(List<Function> all) {
    narrowed(
        all,
        "subresource",
        (it, part) ->
            new ResourceCheck(
                it.asked(),
                it.group(),
                it.resource(),
                part,
                it.namespace(),
                it.name(),
                it.fields(),
                it.labels()));
    narrowed(
        all,
        "namespace",
        (it, namespace) ->
            new ResourceCheck(
                it.asked(),
                it.group(),
                it.resource(),
                it.part(),
                namespace,
                it.name(),
                it.fields(),
                it.labels()));
    narrowed(
        all,
        "name",
        (it, name) ->
            new ResourceCheck(
                it.asked(),
                it.group(),
                it.resource(),
                it.part(),
                it.namespace(),
                name,
                it.fields(),
                it.labels()));
    narrowed(
        all,
        "fieldSelector",
        (it, fields) ->
            new ResourceCheck(
                it.asked(),
                it.group(),
                it.resource(),
                it.part(),
                it.namespace(),
                it.name(),
                fields,
                it.labels()));
    narrowed(
        all,
        "labelSelector",
        (it, labels) ->
            new ResourceCheck(
                it.asked(),
                it.group(),
                it.resource(),
                it.part(),
                it.namespace(),
                it.name(),
                it.fields(),
                labels));
  }

  private interface Narrowing {
    ResourceCheck of(ResourceCheck wide, String value);
  }

  private static void narrowed(List<Function> all, String name, Narrowing body) {
    all.add(
        of(
            name,
            RESOURCE,
            arguments -> body.of((ResourceCheck) arguments[0], (String) arguments[1]),
            RESOURCE,
            ResourceCheck.class));
  }

  private interface Telling {
    Object of(Authorizer.Decision decision);
  }

  private static Function told(String name, CelType result, Telling body) {
    return Function.member(
        name,
        "kube_authorizer_decision_" + name,
        result,
        arguments -> body.of((Authorizer.Decision) arguments[0]),
        List.of(DECISION),
        Authorizer.Decision.class);
  }

  private static Function of(
      String name, CelType result, Function.Body body, OpaqueType on, Class<?> receiver) {
    return Function.member(
        name,
        "kube_authorizer_" + name + "_" + receiver.getSimpleName(),
        result,
        body,
        List.of(on, SimpleType.STRING),
        receiver,
        String.class);
  }

  private static String path(String path) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException("path must not be empty");
    }
    return path;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
