package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.authn.SigningAlgorithm;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.cel.TreeCel;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.daemon.tls.Pem;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads issuers of a configuration, and says what is wrong with them in upstream's words. For one
 * thread.
 */
final class IssuerReader {

  private static final String MATCH_ANY = "MatchAny";
  private static final Pattern DOMAIN_PATH =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/\\S+");
  private static final JwtIssuer.Source NOBODY = new JwtIssuer.Source.Claim("", "");

  private final TreeCel claims;
  private final TreeCel user;
  private final Set<String> disallowed;

  /**
   * Reads.
   *
   * @param disallowed issuers that are known otherwise: this server's own
   */
  IssuerReader(SchemaCel cel, Set<String> disallowed) {
    this.claims = cel.claims();
    this.user = cel.user();
    this.disallowed = disallowed;
  }

  JwtIssuer read(ConfigObject jwt, Path path, FieldErrors errors) {
    ConfigObject issuer = jwt.objectOrEmpty("issuer");
    Path at = path.child("issuer");
    String url = issuer.text("url");
    if (url.isEmpty()) {
      errors.required(at.child("url"), "");
    } else {
      checkUrl(url, disallowed, at.child("url"), errors);
    }
    String discovery = issuer.text("discoveryURL");
    if (!discovery.isEmpty()) {
      if (!url.isEmpty() && bare(url).equals(bare(discovery))) {
        errors.invalid(
            at.child("discoveryURL"), discovery, "discoveryURL must be different from URL");
      }
      checkUrl(discovery, Set.of(), at.child("discoveryURL"), errors);
    }
    List<String> audiences = issuer.texts("audiences");
    checkAudiences(audiences, issuer.text("audienceMatchPolicy"), at, errors);
    String authorities = issuer.text("certificateAuthority");
    checkAuthorities(authorities, at.child("certificateAuthority"), errors);
    String egress = issuer.text("egressSelectorType");
    if (!egress.isEmpty()) {
      errors.invalid(
          at.child("egressSelectorType"),
          egress,
          "egress selector is not supported when StructuredAuthenticationConfigurationEgressSelector"
              + " feature gate is disabled");
    }
    List<TreeCel.Compiled> expressions = new ArrayList<>();
    Map<String, String> required = new LinkedHashMap<>();
    List<JwtIssuer.Rule> rules = claimRules(jwt, path, required, expressions, errors);
    ConfigObject mappings = jwt.objectOrEmpty("claimMappings");
    Path mapped = path.child("claimMappings");
    JwtIssuer.Source username =
        source(mappings.objectOrEmpty("username"), mapped.child("username"), true, errors);
    JwtIssuer.Source groups =
        source(mappings.objectOrEmpty("groups"), mapped.child("groups"), false, errors);
    JwtIssuer.Source uid = uid(mappings.objectOrEmpty("uid"), mapped.child("uid"), errors);
    Map<String, TreeCel.Compiled> extra = extra(mappings, mapped.child("extra"), errors);
    expressions.addAll(extra.values());
    checkEmail(username, expressions, mapped.child("username"), errors);
    return new JwtIssuer(
        url,
        discovery,
        authorities,
        Set.copyOf(audiences),
        EnumSet.allOf(SigningAlgorithm.class),
        username == null ? NOBODY : username,
        groups,
        uid,
        extra,
        required,
        rules,
        userRules(jwt, path, errors));
  }

  private static String bare(String url) {
    return url.replaceFirst("/+$", "");
  }

  private static void checkUrl(String text, Set<String> disallowed, Path path, FieldErrors errors) {
    if (disallowed.contains(text)) {
      errors.invalid(
          path,
          text,
          "URL must not overlap with disallowed issuers: "
              + String.join(" ", new TreeSet<>(disallowed)).transform(all -> "[" + all + "]"));
    }
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      errors.invalid(path, text, String.valueOf(e.getMessage()));
      return;
    }
    if (!"https".equals(uri.getScheme())) {
      errors.invalid(path, text, "URL scheme must be https");
    }
    if (uri.getRawUserInfo() != null) {
      errors.invalid(path, text, "URL must not contain a username or password");
    }
    if (uri.getRawQuery() != null && !uri.getRawQuery().isEmpty()) {
      errors.invalid(path, text, "URL must not contain a query");
    }
    if (uri.getRawFragment() != null && !uri.getRawFragment().isEmpty()) {
      errors.invalid(path, text, "URL must not contain a fragment");
    }
  }

  private static void checkAudiences(
      List<String> audiences, String policy, Path issuer, FieldErrors errors) {
    Path path = issuer.child("audiences");
    if (audiences.isEmpty()) {
      errors.required(path, "at least one " + path + " is required");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < audiences.size(); i++) {
      if (audiences.get(i).isEmpty()) {
        errors.required(path.index(i), "");
      }
      if (!seen.add(audiences.get(i))) {
        errors.duplicate(path.index(i), audiences.get(i));
      }
    }
    if (audiences.size() > 1 && !policy.equals(MATCH_ANY)) {
      errors.invalid(
          issuer.child("audienceMatchPolicy"),
          policy,
          "audienceMatchPolicy must be MatchAny for multiple audiences");
    }
    if (audiences.size() == 1 && !policy.isEmpty() && !policy.equals(MATCH_ANY)) {
      errors.invalid(
          issuer.child("audienceMatchPolicy"),
          policy,
          "audienceMatchPolicy must be empty or MatchAny for single audience");
    }
  }

  private static void checkAuthorities(String pem, Path path, FieldErrors errors) {
    if (pem.isEmpty()) {
      return;
    }
    try {
      if (Pem.certificates(pem).isEmpty()) {
        errors.invalid(path, FieldError.OMITTED, "data does not contain any valid certificates");
      }
    } catch (GeneralSecurityException _) {
      errors.invalid(
          path, FieldError.OMITTED, "data does not contain any valid RSA or ECDSA certificates");
    }
  }

  private List<JwtIssuer.Rule> claimRules(
      ConfigObject jwt,
      Path issuer,
      Map<String, String> required,
      List<TreeCel.Compiled> expressions,
      FieldErrors errors) {
    List<JwtIssuer.Rule> rules = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int index = 0;
    for (ConfigObject rule : jwt.objects("claimValidationRules")) {
      Path path = issuer.child("claimValidationRules").index(index++);
      String claim = rule.text("claim");
      String value = rule.text("requiredValue");
      String expression = rule.text("expression");
      String message = rule.text("message");
      if (!claim.isEmpty() && !expression.isEmpty()) {
        errors.invalid(path, claim, "claim and expression can't both be set");
      } else if (!claim.isEmpty()) {
        if (!message.isEmpty()) {
          errors.invalid(path.child("message"), message, "may not be specified when claim is set");
        }
        if (required.put(claim, value) != null) {
          errors.duplicate(path.child("claim"), claim);
        }
      } else if (expression.isEmpty()) {
        errors.required(path, "claim or expression is required");
      } else {
        if (!value.isEmpty()) {
          errors.invalid(
              path.child("requiredValue"), value, "may not be specified when expression is set");
        }
        TreeCel.Compiled compiled =
            condition(claims, expression, seen, path.child("expression"), errors);
        if (compiled != null) {
          expressions.add(compiled);
          rules.add(new JwtIssuer.Rule(compiled, message));
        }
      }
    }
    return List.copyOf(rules);
  }

  private List<JwtIssuer.Rule> userRules(ConfigObject jwt, Path issuer, FieldErrors errors) {
    List<JwtIssuer.Rule> rules = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int index = 0;
    for (ConfigObject rule : jwt.objects("userValidationRules")) {
      Path path = issuer.child("userValidationRules").index(index++).child("expression");
      String expression = rule.text("expression");
      String message = rule.text("message");
      if (expression.isEmpty()) {
        errors.required(path, "");
        continue;
      }
      TreeCel.Compiled compiled = condition(user, expression, seen, path, errors);
      if (compiled != null) {
        rules.add(new JwtIssuer.Rule(compiled, message));
      }
    }
    return List.copyOf(rules);
  }

  private static TreeCel.@Nullable Compiled condition(
      TreeCel cel, String expression, Set<String> seen, Path path, FieldErrors errors) {
    if (!seen.add(expression)) {
      errors.duplicate(path, expression);
      return null;
    }
    try {
      return cel.condition(expression);
    } catch (TreeCel.FailedException e) {
      errors.invalid(path, expression, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private TreeCel.@Nullable Compiled value(String expression, Path path, FieldErrors errors) {
    try {
      return claims.value(expression);
    } catch (TreeCel.FailedException e) {
      errors.invalid(path, expression, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private JwtIssuer.@Nullable Source source(
      ConfigObject mapping, Path path, boolean needed, FieldErrors errors) {
    String claim = mapping.text("claim");
    String expression = mapping.text("expression");
    String prefix = mapping.optional("prefix");
    if (!claim.isEmpty() && !expression.isEmpty()) {
      errors.invalid(path, "", "claim and expression can't both be set");
    } else if (!expression.isEmpty()) {
      if (prefix != null) {
        errors.invalid(path.child("prefix"), prefix, "may not be specified when expression is set");
      }
      TreeCel.Compiled compiled = value(expression, path.child("expression"), errors);
      return compiled == null ? null : new JwtIssuer.Source.Computed(compiled);
    } else if (!claim.isEmpty()) {
      if (prefix == null) {
        errors.required(
            path.child("prefix"),
            "prefix is required when claim is set. It can be set to an empty string to disable"
                + " prefixing");
      }
      return new JwtIssuer.Source.Claim(claim, prefix == null ? "" : prefix);
    } else if (needed) {
      errors.required(path, "claim or expression is required");
    }
    return null;
  }

  private JwtIssuer.@Nullable Source uid(ConfigObject mapping, Path path, FieldErrors errors) {
    String claim = mapping.text("claim");
    String expression = mapping.text("expression");
    if (!claim.isEmpty() && !expression.isEmpty()) {
      errors.invalid(path, "", "claim and expression can't both be set");
    } else if (!expression.isEmpty()) {
      TreeCel.Compiled compiled = value(expression, path.child("expression"), errors);
      return compiled == null ? null : new JwtIssuer.Source.Computed(compiled);
    }
    return claim.isEmpty() ? null : new JwtIssuer.Source.Claim(claim, "");
  }

  private Map<String, TreeCel.Compiled> extra(
      ConfigObject mappings, Path extra, FieldErrors errors) {
    Map<String, TreeCel.Compiled> found = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    int index = 0;
    for (ConfigObject mapping : mappings.objects("extra")) {
      Path path = extra.index(index++);
      String key = mapping.text("key");
      String expression = mapping.text("valueExpression");
      checkKey(key, path.child("key"), errors);
      if (!seen.add(key)) {
        errors.duplicate(path.child("key"), key);
      } else if (expression.isEmpty()) {
        errors.required(path.child("valueExpression"), "");
      } else {
        TreeCel.Compiled compiled = value(expression, path.child("valueExpression"), errors);
        if (compiled != null) {
          found.put(key, compiled);
        }
      }
    }
    return found;
  }

  private static void checkKey(String key, Path path, FieldErrors errors) {
    if (key.isEmpty()) {
      errors.required(path, "");
      return;
    }
    if (!DOMAIN_PATH.matcher(key.toLowerCase(Locale.ROOT)).matches()) {
      errors.invalid(path, key, "must be a domain-prefixed path (such as \"acme.io/foo\")");
    }
    if (!key.equals(key.toLowerCase(Locale.ROOT))) {
      errors.invalid(path, key, "must be lowercase");
    }
    String domain = "." + key.split("/", 2)[0];
    if (key.contains("/") && (domain.endsWith(".k8s.io") || domain.endsWith(".kubernetes.io"))) {
      errors.invalid(
          path, key, "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use");
    }
  }

  private static void checkEmail(
      JwtIssuer.@Nullable Source username,
      List<TreeCel.Compiled> others,
      Path path,
      FieldErrors errors) {
    if (username instanceof JwtIssuer.Source.Computed(TreeCel.Compiled expression)
        && expression.selects("email")
        && !expression.selects("email_verified")
        && others.stream().noneMatch(other -> other.selects("email_verified"))) {
      errors.invalid(
          path.child("expression"),
          expression.text(),
          "claims.email_verified must be used in claimMappings.username.expression or"
              + " claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when"
              + " claims.email is used in claimMappings.username.expression");
    }
  }
}
