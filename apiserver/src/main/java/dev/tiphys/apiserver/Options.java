package dev.tiphys.apiserver;

import dev.tiphys.apiserver.admission.DefaultTolerationSeconds;
import dev.tiphys.apiserver.storage.StoreConfig;
import dev.tiphys.daemon.DaemonOptions;
import dev.tiphys.daemon.options.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags, named as upstream's. {@link Config} checks them. */
final class Options extends DaemonOptions {

  @Mixin AuthenticationOptions authentication = new AuthenticationOptions();

  @Mixin AuthorizationOptions authorization = new AuthorizationOptions();

  @Mixin AuditOptions audit = new AuditOptions();

  @Option(
      names = "--etcd-servers",
      split = ",",
      paramLabel = "URL",
      description = "Where the store is: http or https URLs, separated by commas.")
  List<String> etcdServers = new ArrayList<>();

  @Option(
      names = "--etcd-cafile",
      paramLabel = "FILE",
      description = "Who signs the store's certificates.")
  @Nullable Path etcdCa;

  @Option(
      names = "--etcd-certfile",
      paramLabel = "FILE",
      description = "Our client certificate for the store.")
  @Nullable Path etcdCertificate;

  @Option(
      names = "--etcd-keyfile",
      paramLabel = "FILE",
      description = "The key of --etcd-certfile.")
  @Nullable Path etcdKey;

  @Option(
      names = "--etcd-prefix",
      paramLabel = "PREFIX",
      description = "What all keys in the store begin with. Default: /registry.")
  String etcdPrefix = "/registry";

  @Option(
      names = "--etcd-compaction-interval",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "How much of the store's history is kept at least; what is older, the API servers have it"
              + " forget. 0 leaves that to others. Default: 5m.")
  Duration etcdCompactionInterval = StoreConfig.DEFAULT_COMPACTION_INTERVAL;

  @Option(
      names = "--bind-address",
      paramLabel = "IP",
      description = "Address to listen on. Default: 0.0.0.0.")
  String bindAddress = "0.0.0.0";

  @Option(
      names = "--secure-port",
      paramLabel = "PORT",
      description = "Port to serve HTTPS on. Default: 6443.")
  int securePort = 6443;

  @Option(
      names = "--advertise-address",
      paramLabel = "IP",
      description =
          "Address under which the cluster reaches this server: the endpoint of the service"
              + " kubernetes. Default: --bind-address, or the machine's own if that is 0.0.0.0.")
  @Nullable String advertiseAddress;

  @Option(
      names = "--tls-cert-file",
      paramLabel = "FILE",
      description = "Certificate chain of this server, PEM.")
  @Nullable Path tlsCertificate;

  @Option(
      names = "--tls-private-key-file",
      paramLabel = "FILE",
      description = "Private key of --tls-cert-file, PEM.")
  @Nullable Path tlsKey;

  @Option(
      names = "--client-ca-file",
      paramLabel = "FILE",
      description =
          "Who signs clients' certificates: the common name is the user, organizations are groups.")
  @Nullable Path clientCa;

  @Option(
      names = "--requestheader-client-ca-file",
      paramLabel = "FILE",
      description = "Who signs the certificates of proxies that name users in header fields.")
  @Nullable Path proxyCa;

  @Option(
      names = "--requestheader-allowed-names",
      split = ",",
      paramLabel = "NAME",
      description = "Common names of such proxies; all that the authority signed unless given.")
  List<String> proxyNames = new ArrayList<>();

  @Option(
      names = "--requestheader-username-headers",
      split = ",",
      paramLabel = "FIELD",
      description = "Fields that name the user. Default: X-Remote-User.")
  List<String> proxyUserHeaders = new ArrayList<>(List.of("X-Remote-User"));

  @Option(
      names = "--requestheader-uid-headers",
      split = ",",
      paramLabel = "FIELD",
      description = "Fields that tell the user's uid; none unless given.")
  List<String> proxyUidHeaders = new ArrayList<>();

  @Option(
      names = "--requestheader-group-headers",
      split = ",",
      paramLabel = "FIELD",
      description = "Fields that name groups. Default: X-Remote-Group.")
  List<String> proxyGroupHeaders = new ArrayList<>(List.of("X-Remote-Group"));

  @Option(
      names = "--requestheader-extra-headers-prefix",
      split = ",",
      paramLabel = "PREFIX",
      description = "How fields with other attributes begin. Default: X-Remote-Extra-.")
  List<String> proxyExtraPrefixes = new ArrayList<>(List.of("X-Remote-Extra-"));

  @Option(
      names = "--endpoint-reconciler-type",
      paramLabel = "lease|none",
      description =
          "Who keeps the endpoints of the service kubernetes: the API servers between them, or"
              + " somebody else. Default: lease.")
  String endpointReconciler = "lease";

  @Option(
      names = "--token-auth-file",
      paramLabel = "FILE",
      description = "Tokens, one a line: token,user,uid,\"group1,group2\".")
  @Nullable Path tokenFile;

  @Option(
      names = "--anonymous-auth",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description =
          "Whether requests without credentials are let on to authorization, as"
              + " system:anonymous. Default: true.")
  @Nullable Boolean anonymous;

  @Option(
      names = "--authorization-mode",
      split = ",",
      paramLabel = "MODE",
      description =
          "Who decides, in order: AlwaysAllow, AlwaysDeny, ABAC, Webhook, Node, RBAC. Default:"
              + " AlwaysAllow.")
  List<String> authorizationModes = new ArrayList<>();

  @Option(
      names = "--service-account-key-file",
      paramLabel = "FILE",
      description = "Public keys (or certificates) that verify service account tokens, PEM.")
  List<Path> serviceAccountKeys = new ArrayList<>();

  @Option(
      names = "--service-account-signing-key-file",
      paramLabel = "FILE",
      description = "Private key that signs service account tokens, PEM.")
  @Nullable Path serviceAccountSigningKey;

  @Option(
      names = "--service-account-issuer",
      paramLabel = "URL",
      description = "Issuer of service account tokens. The first signs.")
  List<String> serviceAccountIssuers = new ArrayList<>();

  @Option(
      names = "--service-account-jwks-uri",
      paramLabel = "URL",
      description = "Where the issuer's keys are said to be. Default: at this server.")
  @Nullable String serviceAccountJwksUri;

  @Option(
      names = "--api-audiences",
      split = ",",
      paramLabel = "AUDIENCE",
      description = "What tokens for this server are issued to. Default: the issuer.")
  List<String> apiAudiences = new ArrayList<>();

  @Option(
      names = "--service-account-max-token-expiration",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "The longest life of a service account token. Default: no limit.")
  @Nullable Duration maxTokenExpiration;

  @Option(
      names = "--service-cluster-ip-range",
      split = ",",
      paramLabel = "CIDR",
      description =
          "Addresses of services, of one IP family or, separated by a comma, of both; the"
              + " first is the default. Default: 10.0.0.0/24.")
  List<String> serviceRanges = new ArrayList<>();

  @Option(
      names = "--service-node-port-range",
      paramLabel = "FROM-TO",
      description = "Ports of services on nodes. Default: 30000-32767.")
  String nodePortRange = "30000-32767";

  @Option(
      names = "--kubelet-client-certificate",
      paramLabel = "FILE",
      description = "Our client certificate for kubelets.")
  @Nullable Path kubeletCertificate;

  @Option(
      names = "--kubelet-client-key",
      paramLabel = "FILE",
      description = "The key of --kubelet-client-certificate.")
  @Nullable Path kubeletKey;

  @Option(
      names = "--kubelet-certificate-authority",
      paramLabel = "FILE",
      description = "Who signs kubelets' certificates. Default: they are not verified.")
  @Nullable Path kubeletCa;

  @Option(
      names = "--kubelet-preferred-address-types",
      split = ",",
      paramLabel = "TYPE",
      description =
          "Which of a node's addresses to use, best first. Default:"
              + " Hostname,InternalDNS,InternalIP,ExternalDNS,ExternalIP.")
  List<String> kubeletAddressTypes = new ArrayList<>();

  @Option(
      names = "--proxy-client-cert-file",
      paramLabel = "FILE",
      description = "Our client certificate for the servers behind APIServices, as front proxy.")
  @Nullable Path proxyCertificate;

  @Option(
      names = "--proxy-client-key-file",
      paramLabel = "FILE",
      description = "The key of --proxy-client-cert-file.")
  @Nullable Path proxyKey;

  @Option(
      names = "--event-ttl",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long events are kept. Default: 1h.")
  Duration eventTtl = Duration.ofHours(1);

  @Option(
      names = "--audit-policy-file",
      paramLabel = "FILE",
      description = "Which requests are audited, and how much is told of them: a Policy, YAML.")
  @Nullable Path auditPolicy;

  @Option(
      names = "--audit-log-path",
      paramLabel = "FILE",
      description = "Where audit events go, a line each; - for standard output. Default: nowhere.")
  @Nullable Path auditLog;

  @Option(
      names = "--audit-log-maxage",
      paramLabel = "DAYS",
      description = "Days after which old audit logs are removed. Default: 0, never.")
  int auditLogMaxAge;

  @Option(
      names = "--audit-log-maxbackup",
      paramLabel = "COUNT",
      description = "Old audit logs to keep. Default: 0, all.")
  int auditLogMaxBackup;

  @Option(
      names = "--audit-log-maxsize",
      paramLabel = "MEGABYTES",
      description = "Size at which the audit log is begun anew. Default: 0, never.")
  int auditLogMaxSize;

  @Option(
      names = "--enable-priority-and-fairness",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Whether FlowSchemas and PriorityLevelConfigurations divide what"
              + " --max-requests-inflight and --max-mutating-requests-inflight add up to; else"
              + " these are two lines. Default: true.")
  boolean fairness = true;

  @Option(
      names = "--max-requests-inflight",
      paramLabel = "COUNT",
      description =
          "Requests that change nothing to work on at once; more wait, then are refused. 0 for no"
              + " bound. Default: 400.")
  int maxRequests = 400;

  @Option(
      names = "--max-mutating-requests-inflight",
      paramLabel = "COUNT",
      description =
          "Requests that write to work on at once; more wait, then are refused. 0 for no bound."
              + " Default: 200.")
  int maxMutatingRequests = 200;

  @Option(
      names = "--default-not-ready-toleration-seconds",
      paramLabel = "SECONDS",
      description = "How long new pods stay on a node that is not ready. Default: 300.")
  long notReadySeconds = DefaultTolerationSeconds.SECONDS;

  @Option(
      names = "--default-unreachable-toleration-seconds",
      paramLabel = "SECONDS",
      description = "How long new pods stay on a node that cannot be reached. Default: 300.")
  long unreachableSeconds = DefaultTolerationSeconds.SECONDS;

  @Option(
      names = "--admission-control-config-file",
      paramLabel = "FILE",
      description = "The configurations of admission plug-ins: an AdmissionConfiguration.")
  @Nullable Path admissionConfig;

  @Option(
      names = "--enable-admission-plugins",
      split = ",",
      paramLabel = "NAME",
      description = "Admission plug-ins to use besides the default ones.")
  List<String> enabledAdmission = new ArrayList<>();

  @Option(
      names = "--disable-admission-plugins",
      split = ",",
      paramLabel = "NAME",
      description = "Default admission plug-ins not to use.")
  List<String> disabledAdmission = new ArrayList<>();

  @Option(
      names = "--runtime-config",
      split = ",",
      paramLabel = "KEY=BOOL",
      description =
          "Which versions of the API to serve besides or without those that are stable: api/all,"
              + " api/ga, api/beta, api/alpha, GROUP/VERSION or GROUP/VERSION/RESOURCE, each =true"
              + " or =false.")
  List<String> runtimeConfig = new ArrayList<>();
}
