package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.authn.AnonymousAccess;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file of {@code --authentication-config} says, checked.
 *
 * @param anonymous null if the file says nothing of it
 */
record AuthenticationConfiguration(List<JwtIssuer> issuers, @Nullable AnonymousAccess anonymous) {

  private static final String GROUP = "apiserver.config.k8s.io/";
  private static final List<String> VERSIONS =
      List.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1");

  /**
   * Reads a file's content.
   *
   * @throws ConfigFileException that says what is wrong with it
   */
  static AuthenticationConfiguration read(byte[] content, IssuerReader reader)
      throws ConfigFileException {
    ConfigObject root = ConfigObject.read(content, "AuthenticationConfiguration", VERSIONS);
    FieldErrors errors = new FieldErrors();
    List<ConfigObject> jwt = root.objects("jwt");
    if (jwt.size() > Limits.ISSUERS) {
      errors.add(FieldError.tooMany(Path.of("jwt"), jwt.size(), Limits.ISSUERS));
    }
    List<JwtIssuer> issuers = new ArrayList<>();
    Set<String> urls = new HashSet<>();
    Set<String> discoveries = new HashSet<>();
    for (int i = 0; i < jwt.size() && jwt.size() <= Limits.ISSUERS; i++) {
      Path path = Path.of("jwt").index(i);
      JwtIssuer issuer = reader.read(jwt.get(i), path, errors);
      Path at = path.child("issuer");
      if (!urls.add(issuer.url())) {
        errors.duplicate(at.child("url"), issuer.url());
      }
      if (!issuer.discoveryUrl().isEmpty() && !discoveries.add(issuer.discoveryUrl())) {
        errors.duplicate(at.child("discoveryURL"), issuer.discoveryUrl());
      }
      issuers.add(issuer);
    }
    AnonymousAccess anonymous = anonymous(root.object("anonymous"), errors);
    root.check();
    if (!errors.isEmpty()) {
      throw new ConfigFileException(errors.message());
    }
    return new AuthenticationConfiguration(List.copyOf(issuers), anonymous);
  }

  private static @Nullable AnonymousAccess anonymous(
      @Nullable ConfigObject object, FieldErrors errors) {
    if (object == null) {
      return null;
    }
    boolean enabled = Boolean.TRUE.equals(object.flag("enabled"));
    Set<String> paths = new LinkedHashSet<>();
    object.objects("conditions").forEach(condition -> paths.add(condition.text("path")));
    if (!enabled && !paths.isEmpty()) {
      errors.invalid(
          Path.of("anonymous", "conditions"),
          paths.toString(),
          "enabled should be set to true when conditions are defined");
    }
    return new AnonymousAccess(enabled, paths);
  }
}
