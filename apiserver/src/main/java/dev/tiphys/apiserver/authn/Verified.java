package dev.tiphys.apiserver.authn;

import java.util.List;

/**
 * A token that holds.
 *
 * @param audiences of the token that are also the verifier's
 */
public record Verified(User user, List<String> audiences) {}
