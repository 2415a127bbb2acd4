package dev.tiphys.apiserver.authz;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Policies in a file, {@code --authorization-policy-file}: a JSON object a line, each of which
 * allows something. Immutable.
 */
public final class AbacAuthorizer implements Authorizer {

  private static final String VERSION = "abac.authorization.kubernetes.io/v1beta1";
  private static final String ALL = "*";
  private static final Set<String> READS = Set.of("get", "list", "watch");

  /** What one line allows. */
  private record Policy(
      String user,
      String group,
      boolean readOnly,
      String apiGroup,
      String namespace,
      String resource,
      String path) {

    boolean allows(Attributes request) {
      return isFor(request.user())
          && (!readOnly || READS.contains(request.verb()))
          && (request.resourceRequest() ? coversResource(request) : coversPath(request.path()));
    }

    boolean isFor(User asker) {
      return (!user.isEmpty() || !group.isEmpty())
          && (user.isEmpty() || user.equals(asker.name()))
          && (group.isEmpty() || asker.groups().contains(group));
    }

    private boolean coversResource(Attributes request) {
      return (namespace.equals(ALL) || namespace.equals(request.namespace()))
          && (resource.equals(ALL) || resource.equals(request.resource()))
          && (apiGroup.equals(ALL) || apiGroup.equals(request.group()));
    }

    private boolean coversPath(String asked) {
      return path.equals(ALL)
          || path.equals(asked)
          || (path.endsWith(ALL) && asked.startsWith(path.substring(0, path.length() - 1)));
    }
  }

  private final List<Policy> policies;

  private AbacAuthorizer(List<Policy> policies) {
    this.policies = List.copyOf(policies);
  }

  /**
   * Reads policies.
   *
   * @throws ConfigException if the file cannot be read, or a line is no policy
   */
  public static AbacAuthorizer read(Path file) {
    List<Policy> policies = new ArrayList<>();
    int number = 0;
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        number++;
        if (!line.isBlank() && !line.strip().startsWith("#")) {
          policies.add(policy(line));
        }
      }
    } catch (IOException | DecodeException | IllegalArgumentException e) {
      throw new ConfigException(
          "--authorization-policy-file: error reading policy file "
              + file
              + ", line "
              + number
              + ": "
              + e.getMessage(),
          e);
    }
    return new AbacAuthorizer(policies);
  }

  private static Policy policy(String line) {
    if (!(JsonTree.parse(line) instanceof JsonTree.Obj tree)) {
      throw new IllegalArgumentException("not an object");
    }
    ConfigObject object = ConfigObject.of(tree, "");
    if (object.text("kind").isEmpty() && object.text("apiVersion").isEmpty()) {
      return unversioned(object);
    }
    if (!object.text("kind").equals("Policy") || !object.text("apiVersion").equals(VERSION)) {
      throw new IllegalArgumentException("must be a Policy of " + VERSION);
    }
    ConfigObject spec = object.objectOrEmpty("spec");
    boolean everybody = spec.text("user").equals(ALL) || spec.text("group").equals(ALL);
    return new Policy(
        everybody ? "" : spec.text("user"),
        everybody ? User.AUTHENTICATED : spec.text("group"),
        Boolean.TRUE.equals(spec.flag("readonly")),
        spec.text("apiGroup"),
        spec.text("namespace"),
        spec.text("resource"),
        spec.text("nonResourcePath"));
  }

  /** Lines of before there were versions: what they leave out means everything. */
  private static Policy unversioned(ConfigObject line) {
    String user = line.text("user");
    String group = line.text("group");
    boolean everybody =
        (user.isEmpty() && group.isEmpty()) || user.equals(ALL) || group.equals(ALL);
    String namespace = line.text("namespace");
    String resource = line.text("resource");
    return new Policy(
        everybody ? "" : user,
        everybody ? User.AUTHENTICATED : group,
        Boolean.TRUE.equals(line.flag("readonly")),
        ALL,
        namespace.isEmpty() ? ALL : namespace,
        resource.isEmpty() ? ALL : resource,
        namespace.isEmpty() && resource.isEmpty() ? ALL : "");
  }

  @Override
  public Decision decide(Attributes attributes) {
    return policies.stream().anyMatch(policy -> policy.allows(attributes))
        ? Decision.allow("")
        : Decision.noOpinion("No policy matched.");
  }

  @Override
  public List<PolicyRule> rulesFor(User user, String namespace) {
    List<PolicyRule> rules = new ArrayList<>();
    for (Policy policy : policies) {
      if (policy.isFor(user)
          && (policy.namespace().equals(ALL) || policy.namespace().equals(namespace))) {
        List<String> verbs = policy.readOnly() ? List.of("get", "list", "watch") : List.of(ALL);
        if (!policy.resource().isEmpty()) {
          rules.add(
              PolicyRule.builder()
                  .verbs(verbs)
                  .apiGroups(List.of(policy.apiGroup()))
                  .resources(List.of(policy.resource()))
                  .build());
        }
        if (!policy.path().isEmpty()) {
          rules.add(
              PolicyRule.builder().verbs(verbs).nonResourceURLs(List.of(policy.path())).build());
        }
      }
    }
    return rules;
  }
}
