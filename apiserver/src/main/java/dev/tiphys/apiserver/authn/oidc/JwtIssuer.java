package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.apiserver.authn.SigningAlgorithm;
import dev.tiphys.apiserver.cel.TreeCel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An issuer whose tokens are believed, checked.
 *
 * @param discoveryUrl where its discovery document is, if not below {@code url}; empty otherwise
 * @param authorities PEM of those who sign its certificate; empty for the machine's
 * @param audiences of which a token must have one
 * @param requiredClaims that must have these values
 */
record JwtIssuer(
    String url,
    String discoveryUrl,
    String authorities,
    Set<String> audiences,
    Set<SigningAlgorithm> algorithms,
    Source username,
    @Nullable Source groups,
    @Nullable Source uid,
    Map<String, TreeCel.Compiled> extra,
    Map<String, String> requiredClaims,
    List<Rule> claimRules,
    List<Rule> userRules) {

  /** Where an attribute of the user comes from. */
  sealed interface Source {

    /** A claim as it is, behind a prefix. */
    record Claim(String name, String prefix) implements Source {}

    /** What an expression makes of all claims. */
    record Computed(TreeCel.Compiled expression) implements Source {}
  }

  /** A condition that must hold. */
  record Rule(TreeCel.Compiled condition, String message) {}
}
