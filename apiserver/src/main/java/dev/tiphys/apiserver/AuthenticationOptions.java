package dev.tiphys.apiserver;

import dev.tiphys.daemon.options.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that tell of issuers and webhooks that know users, named as upstream's. */
final class AuthenticationOptions {

  @Option(
      names = "--authentication-config",
      paramLabel = "FILE",
      description =
          "Whose tokens are believed, and which paths are open to anybody: an"
              + " AuthenticationConfiguration. Read again when it changes. Not together with the"
              + " --oidc- flags.")
  @Nullable Path config;

  @Option(
      names = "--oidc-issuer-url",
      paramLabel = "URL",
      description = "An OpenID issuer whose tokens are believed; https.")
  String oidcIssuer = "";

  @Option(
      names = "--oidc-client-id",
      paramLabel = "ID",
      description = "The audience that its tokens must be for.")
  String oidcClientId = "";

  @Option(
      names = "--oidc-ca-file",
      paramLabel = "FILE",
      description = "Who signs its certificate. Default: whom the machine trusts.")
  @Nullable Path oidcCa;

  @Option(
      names = "--oidc-username-claim",
      paramLabel = "CLAIM",
      description = "The claim that is the user's name. Default: sub.")
  String oidcUsernameClaim = "sub";

  @Option(
      names = "--oidc-username-prefix",
      paramLabel = "PREFIX",
      description =
          "What stands before user names; - for nothing. Default: the issuer's URL and #, unless"
              + " the claim is email.")
  String oidcUsernamePrefix = "";

  @Option(
      names = "--oidc-groups-claim",
      paramLabel = "CLAIM",
      description = "The claim that names groups. Default: none.")
  String oidcGroupsClaim = "";

  @Option(
      names = "--oidc-groups-prefix",
      paramLabel = "PREFIX",
      description = "What stands before groups. Default: nothing.")
  String oidcGroupsPrefix = "";

  @Option(
      names = "--oidc-required-claim",
      paramLabel = "CLAIM=VALUE",
      description = "A claim that must have a value; as often as needed.")
  Map<String, String> oidcRequiredClaims = new LinkedHashMap<>();

  @Option(
      names = "--oidc-signing-algs",
      split = ",",
      paramLabel = "ALGORITHM",
      description =
          "By which tokens may be signed: RS256, RS384, RS512, ES256, ES384, ES512, PS256, PS384,"
              + " PS512. Default: RS256.")
  List<String> oidcAlgorithms = new ArrayList<>();

  @Option(
      names = "--enable-bootstrap-token-auth",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description =
          "Whether secrets of the type bootstrap.kubernetes.io/token in kube-system are tokens with"
              + " which nodes join. Default: false.")
  boolean bootstrapTokens;

  @Option(
      names = "--authentication-token-webhook-config-file",
      paramLabel = "FILE",
      description = "A webhook that knows tokens, in the form of a kubeconfig.")
  @Nullable Path webhook;

  @Option(
      names = "--authentication-token-webhook-version",
      paramLabel = "VERSION",
      description = "Of the TokenReview that it is asked with: v1 or v1beta1. Default: v1beta1.")
  String webhookVersion = "v1beta1";

  @Option(
      names = "--authentication-token-webhook-cache-ttl",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long its answers are remembered. Default: 2m.")
  Duration webhookTtl = Duration.ofMinutes(2);
}
