package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.GroupResources;
import dev.tiphys.api.audit.v1.Policy;
import dev.tiphys.api.audit.v1.PolicyRule;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.TypeMeta;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.codec.YamlDocument;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Which requests are told of, and how much: the first rule that matches decides. Immutable. */
public final class AuditPolicy {

  private static final String FLAG = "--audit-policy-file";
  private static final String API_VERSION = "audit.k8s.io/v1";
  private static final Decision NOTHING =
      new Decision(Level.NONE, EnumSet.noneOf(Stage.class), false);

  /**
   * What a policy says of one request.
   *
   * @param omitted stages at which nothing is told
   * @param omitManagedFields whether bodies are told without {@code metadata.managedFields}
   */
  public record Decision(Level level, Set<Stage> omitted, boolean omitManagedFields) {}

  private record Rule(PolicyRule rule, Decision decision) {}

  private final List<Rule> rules;

  private AuditPolicy(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * Reads a policy file.
   *
   * @throws ConfigException if it cannot be read or says something that is no policy
   */
  public static AuditPolicy read(Path file) {
    try {
      YamlDocument document = YamlCodec.single(Files.readAllBytes(file));
      TypeMeta type = document.peek();
      if (!type.kind().equals("Policy") || !type.apiVersion().equals(API_VERSION)) {
        throw ConfigException.flag(
            FLAG, file + ": must be of kind Policy in " + API_VERSION + ", not " + type);
      }
      return of(document.decode(Policy.TYPE, DecodeOptions.STRICT).value());
    } catch (IOException | DecodeException e) {
      throw new ConfigException(FLAG + ": cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks a policy.
   *
   * @throws ConfigException that names the rule that is wrong
   */
  static AuditPolicy of(Policy policy) {
    if (policy.rules().isEmpty()) {
      throw ConfigException.flag(FLAG, "the policy has no rules");
    }
    Set<Stage> always = stages("omitStages", policy.omitStages());
    boolean omitFields = Boolean.TRUE.equals(policy.omitManagedFields());
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < policy.rules().size(); i++) {
      PolicyRule rule = policy.rules().get(i);
      String path = "rules[" + i + "]";
      check(path, rule);
      String level = rule.level() == null ? "" : rule.level();
      EnumSet<Stage> omitted = EnumSet.copyOf(always);
      omitted.addAll(stages(path + ".omitStages", rule.omitStages()));
      Boolean own = rule.omitManagedFields();
      rules.add(
          new Rule(
              rule,
              new Decision(
                  Level.of(level)
                      .orElseThrow(() ->
                          ConfigException.flag(
                              FLAG,
                              path
                                  + ".level: \""
                                  + level
                                  + "\" is not one of None, Metadata, Request, RequestResponse")),
                  omitted,
                  own == null ? omitFields : own)));
    }
    return new AuditPolicy(rules);
  }

  private static EnumSet<Stage> stages(String path, List<String> texts) {
    EnumSet<Stage> stages = EnumSet.noneOf(Stage.class);
    for (String text : texts) {
      stages.add(
          Stage.of(text)
              .orElseThrow(
                  () -> ConfigException.flag(FLAG, path + ": \"" + text + "\" is not a stage")));
    }
    return stages;
  }

  private static void check(String path, PolicyRule rule) {
    boolean resources = !rule.resources().isEmpty() || !rule.namespaces().isEmpty();
    if (resources && !rule.nonResourceURLs().isEmpty()) {
      throw ConfigException.flag(
          FLAG, path + ": rules cannot apply to both regular resources and non-resource URLs");
    }
    for (String url : rule.nonResourceURLs()) {
      int star = url.indexOf('*');
      if (!url.equals("*") && (!url.startsWith("/") || (star >= 0 && star < url.length() - 1))) {
        throw ConfigException.flag(
            FLAG, path + ".nonResourceURLs: \"" + url + "\" must be * or /PATH or /PATH/*");
      }
    }
  }

  /** What is told of a request. */
  public Decision decide(User user, RequestInfo request) {
    for (Rule rule : rules) {
      if (matches(rule.rule(), user, request)) {
        return rule.decision();
      }
    }
    return NOTHING;
  }

  private static boolean matches(PolicyRule rule, User user, RequestInfo request) {
    if (!rule.users().isEmpty() && !rule.users().contains(user.name())) {
      return false;
    }
    if (!rule.userGroups().isEmpty()
        && user.groups().stream().noneMatch(rule.userGroups()::contains)) {
      return false;
    }
    if (!rule.verbs().isEmpty() && !rule.verbs().contains(request.verb())) {
      return false;
    }
    if (!rule.namespaces().isEmpty() || !rule.resources().isEmpty()) {
      return matchesResource(rule, request);
    }
    return rule.nonResourceURLs().isEmpty() || matchesPath(rule.nonResourceURLs(), request);
  }

  private static boolean matchesPath(List<String> urls, RequestInfo request) {
    return !request.resourceRequest()
        && urls.stream()
            .anyMatch(url ->
                url.endsWith("*")
                    ? request.path().startsWith(url.substring(0, url.length() - 1))
                    : request.path().equals(url));
  }

  private static boolean matchesResource(PolicyRule rule, RequestInfo request) {
    if (!request.resourceRequest()
        || (!rule.namespaces().isEmpty() && !rule.namespaces().contains(request.namespace()))) {
      return false;
    }
    return rule.resources().isEmpty()
        || rule.resources().stream().anyMatch(resources -> matches(resources, request));
  }

  private static boolean matches(GroupResources resources, RequestInfo request) {
    String group = resources.group() == null ? "" : resources.group();
    if (!group.equals(request.group())) {
      return false;
    }
    if (resources.resources().isEmpty()) {
      return true;
    }
    if (!resources.resourceNames().isEmpty()
        && !resources.resourceNames().contains(request.name())) {
      return false;
    }
    String subresource = request.subresource();
    String whole =
        subresource.isEmpty() ? request.resource() : request.resource() + "/" + subresource;
    return resources.resources().stream()
        .anyMatch(pattern ->
            pattern.equals("*")
                || pattern.equals(whole)
                || (!subresource.isEmpty() && pattern.equals("*/" + subresource))
                || pattern.equals(request.resource() + "/*"));
  }
}
