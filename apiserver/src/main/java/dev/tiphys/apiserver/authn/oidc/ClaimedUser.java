package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.apiserver.authn.TokenException;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.cel.TreeCel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes users of claims, and holds both to the rules of their issuer. Thread-safe. */
final class ClaimedUser {

  private final JwtIssuer issuer;

  ClaimedUser(JwtIssuer issuer) {
    this.issuer = issuer;
  }

  /**
   * The user.
   *
   * @throws TokenException if a claim is missing or a rule broken
   */
  User of(JsonTree.Obj claims) throws TokenException {
    String name = username(claims);
    User user = new User(name, uid(claims), groups(claims), extra(claims));
    checkRequired(claims);
    for (JwtIssuer.Rule rule : issuer.claimRules()) {
      check(rule, claims, "oidc: error evaluating claim validation expression: ");
    }
    if (!issuer.userRules().isEmpty()) {
      JsonTree.Obj info = info(user);
      for (JwtIssuer.Rule rule : issuer.userRules()) {
        check(rule, info, "oidc: error evaluating user info validation rule: ");
      }
    }
    return user;
  }

  private String username(JsonTree.Obj claims) throws TokenException {
    return switch (issuer.username()) {
      case JwtIssuer.Source.Claim(String claim, String prefix) -> {
        String name = text(claims, claim, "oidc: parse username claims \"" + claim + "\": ");
        JsonTree verified = claims.get("email_verified");
        if (claim.equals("email") && verified != null) {
          if (!(verified instanceof JsonTree.Bool truth)) {
            throw new TokenException("oidc: parse 'email_verified' claim: not a boolean");
          }
          if (!truth.value()) {
            throw new TokenException("oidc: email not verified");
          }
        }
        yield prefix + name;
      }
      case JwtIssuer.Source.Computed(TreeCel.Compiled expression) ->
          computed(expression, claims, "username");
    };
  }

  private String uid(JsonTree.Obj claims) throws TokenException {
    return switch (issuer.uid()) {
      case null -> "";
      case JwtIssuer.Source.Claim(String claim, String _) ->
          text(claims, claim, "oidc: parse uid claim \"" + claim + "\": ");
      case JwtIssuer.Source.Computed(TreeCel.Compiled expression) ->
          computed(expression, claims, "uid");
    };
  }

  private static String computed(TreeCel.Compiled expression, JsonTree.Obj claims, String what)
      throws TokenException {
    String failed = "oidc: error evaluating " + what + " claim expression: ";
    if (evaluate(expression, claims, failed) instanceof JsonTree.Text text) {
      return text.value();
    }
    throw new TokenException(failed + what + " claim expression must return a string");
  }

  private List<String> groups(JsonTree.Obj claims) throws TokenException {
    switch (issuer.groups()) {
      case null -> {
        return List.of();
      }
      case JwtIssuer.Source.Claim(String claim, String prefix) -> {
        JsonTree value = claims.get(claim);
        List<String> groups = value == null ? List.of() : strings(value);
        if (groups == null) {
          throw new TokenException(
              "oidc: parse groups claim \"" + claim + "\": not a string or a list of strings");
        }
        return groups.stream().map(group -> prefix + group).toList();
      }
      case JwtIssuer.Source.Computed(TreeCel.Compiled expression) -> {
        String failed = "oidc: error evaluating group claim expression: ";
        return nonEmpty(evaluate(expression, claims, failed), failed);
      }
    }
  }

  private Map<String, List<String>> extra(JsonTree.Obj claims) throws TokenException {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    for (Map.Entry<String, TreeCel.Compiled> one : issuer.extra().entrySet()) {
      String failed = "oidc: error evaluating extra claim expression: ";
      List<String> values =
          nonEmpty(evaluate(one.getValue(), claims, failed), failed + one.getValue().text() + ": ");
      if (!values.isEmpty()) {
        extra.put(one.getKey(), values);
      }
    }
    return extra;
  }

  /** A text or a list of texts, without those that are empty; nothing for null. */
  private static List<String> nonEmpty(JsonTree value, String failed) throws TokenException {
    List<String> all = value instanceof JsonTree.Null ? List.of() : strings(value);
    if (all == null) {
      throw new TokenException(failed + "expression must return a string or a list of strings");
    }
    return all.stream().filter(one -> !one.isEmpty()).toList();
  }

  private static @Nullable List<String> strings(JsonTree value) {
    if (value instanceof JsonTree.Text one) {
      return List.of(one.value());
    }
    if (!(value instanceof JsonTree.Arr list)) {
      return null;
    }
    List<String> all = new ArrayList<>();
    for (JsonTree element : list.elements()) {
      if (!(element instanceof JsonTree.Text text)) {
        return null;
      }
      all.add(text.value());
    }
    return all;
  }

  private void checkRequired(JsonTree.Obj claims) throws TokenException {
    for (Map.Entry<String, String> required : issuer.requiredClaims().entrySet()) {
      String claim = required.getKey();
      if (claims.get(claim) == null) {
        throw new TokenException("oidc: required claim " + claim + " not present in ID token");
      }
      String value = text(claims, claim, "oidc: parse claim " + claim + ": ");
      if (!value.equals(required.getValue())) {
        throw new TokenException(
            "oidc: required claim "
                + claim
                + " value does not match. Got = "
                + value
                + ", want = "
                + required.getValue());
      }
    }
  }

  private static void check(JwtIssuer.Rule rule, JsonTree.Obj tree, String failed)
      throws TokenException {
    if (!(evaluate(rule.condition(), tree, failed) instanceof JsonTree.Bool truth)) {
      throw new TokenException(failed + "validation expression must return a boolean");
    }
    if (!truth.value()) {
      throw new TokenException(
          failed
              + "validation expression '"
              + rule.condition().text()
              + "' failed: "
              + rule.message());
    }
  }

  private static JsonTree evaluate(TreeCel.Compiled expression, JsonTree.Obj tree, String failed)
      throws TokenException {
    try {
      return expression.evaluate(tree);
    } catch (TreeCel.FailedException e) {
      throw new TokenException(
          failed + "expression '" + expression.text() + "' resulted in error: " + e.getMessage(),
          e);
    }
  }

  private static String text(JsonTree.Obj claims, String claim, String failed)
      throws TokenException {
    JsonTree value = claims.get(claim);
    if (value == null) {
      throw new TokenException(failed + "claim not present");
    }
    if (value instanceof JsonTree.Text text) {
      return text.value();
    }
    throw new TokenException(failed + "not a string");
  }

  private static JsonTree.Obj info(User user) {
    Map<String, JsonTree> extra = new LinkedHashMap<>();
    user.extra().forEach((key, values) -> extra.put(key, list(values)));
    return new JsonTree.Obj(
        Map.of(
            "username",
            new JsonTree.Text(user.name()),
            "uid",
            new JsonTree.Text(user.uid()),
            "groups",
            list(user.groups()),
            "extra",
            new JsonTree.Obj(extra)));
  }

  private static JsonTree list(List<String> values) {
    return new JsonTree.Arr(values.stream().<JsonTree>map(JsonTree.Text::new).toList());
  }
}
