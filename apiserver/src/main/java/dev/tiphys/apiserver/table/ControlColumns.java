package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.number;
import static dev.tiphys.apiserver.table.Cells.text;
import static dev.tiphys.apiserver.table.Cells.textOr;

import dev.tiphys.api.Resources;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.MutatingWebhookConfiguration;
import dev.tiphys.api.admissionregistration.v1.ParamKind;
import dev.tiphys.api.admissionregistration.v1.ParamRef;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.ValidatingWebhookConfiguration;
import dev.tiphys.api.apiregistration.v1.APIService;
import dev.tiphys.api.apiregistration.v1.APIServiceCondition;
import dev.tiphys.api.apiserverinternal.v1alpha1.StorageVersion;
import dev.tiphys.api.certificates.v1.CertificateSigningRequest;
import dev.tiphys.api.certificates.v1.CertificateSigningRequestCondition;
import dev.tiphys.api.certificates.v1.CertificateSigningRequestSpec;
import dev.tiphys.api.certificates.v1beta1.ClusterTrustBundle;
import dev.tiphys.api.coordination.v1beta1.LeaseCandidate;
import dev.tiphys.api.core.v1.ComponentCondition;
import dev.tiphys.api.core.v1.ComponentStatus;
import dev.tiphys.api.flowcontrol.v1.FlowSchema;
import dev.tiphys.api.flowcontrol.v1.FlowSchemaSpec;
import dev.tiphys.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationSpec;
import dev.tiphys.api.flowcontrol.v1.QueuingConfiguration;
import dev.tiphys.api.resource.v1.DeviceClass;
import dev.tiphys.api.resource.v1.ResourceClaim;
import dev.tiphys.api.resource.v1.ResourceClaimStatus;
import dev.tiphys.api.resource.v1.ResourceClaimTemplate;
import dev.tiphys.api.resource.v1.ResourceSlice;
import dev.tiphys.api.resource.v1.ResourceSliceSpec;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.storagemigration.v1beta1.StorageVersionMigration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows of what steers the API server itself, of certificates and of devices. */
final class ControlColumns {

  private ControlColumns() {}

  static void addTo(Map<ResourceType<?>, Columns<?>> all) {
    admission(all);
    flowControl(all);
    certificates(all);
    devices(all);
    all.put(
        Resources.API_SERVICES,
        ColumnList.<APIService>named()
            .text("Service", ControlColumns::service)
            .text("Available", ControlColumns::available)
            .age()
            .build());
    all.put(
        Resources.COMPONENT_STATUSES,
        ColumnList.<ComponentStatus>named()
            .text("Status", o -> health(healthy(o).status()))
            .text("Message", o -> text(healthy(o).message()))
            .text("Error", o -> text(healthy(o).error()))
            .build());
    all.put(
        Resources.STORAGE_VERSIONS_V1ALPHA1,
        ColumnList.<StorageVersion>named()
            .text(
                "CommonEncodingVersion",
                o ->
                    o.status() == null
                        ? Cells.UNSET
                        : textOr(o.status().commonEncodingVersion(), Cells.UNSET))
            .text("StorageVersions", ControlColumns::storageVersions)
            .age()
            .build());
    all.put(
        Resources.STORAGE_VERSION_MIGRATIONS_V1BETA1,
        ColumnList.<StorageVersionMigration>named()
            .text("Resource", ControlColumns::migrated)
            .build());
    all.put(
        Resources.LEASE_CANDIDATES_V1BETA1,
        ColumnList.<LeaseCandidate>named()
            .text("LeaseName", o -> o.spec() == null ? "" : text(o.spec().leaseName()))
            .text("BinaryVersion", o -> o.spec() == null ? "" : text(o.spec().binaryVersion()))
            .text(
                "EmulationVersion", o -> o.spec() == null ? "" : text(o.spec().emulationVersion()))
            .age()
            .build());
  }

  private static ComponentCondition healthy(ComponentStatus object) {
    return object.conditions().stream()
        .filter(condition -> "Healthy".equals(condition.type()))
        .findFirst()
        .orElse(ComponentCondition.EMPTY);
  }

  private static String health(@Nullable String status) {
    return switch (text(status)) {
      case "True" -> "Healthy";
      case "False" -> "Unhealthy";
      default -> "Unknown";
    };
  }

  private static void admission(Map<ResourceType<?>, Columns<?>> all) {
    all.put(
        Resources.MUTATING_WEBHOOK_CONFIGURATIONS,
        ColumnList.<MutatingWebhookConfiguration>named()
            .number("Webhooks", o -> o.webhooks().size())
            .age()
            .build());
    all.put(
        Resources.VALIDATING_WEBHOOK_CONFIGURATIONS,
        ColumnList.<ValidatingWebhookConfiguration>named()
            .number("Webhooks", o -> o.webhooks().size())
            .age()
            .build());
    all.put(
        Resources.VALIDATING_ADMISSION_POLICIES,
        ColumnList.<ValidatingAdmissionPolicy>named()
            .number("Validations", o -> o.spec() == null ? 0 : o.spec().validations().size())
            .text("ParamKind", o -> parameters(o.spec() == null ? null : o.spec().paramKind()))
            .age()
            .build());
    all.put(
        Resources.VALIDATING_ADMISSION_POLICY_BINDINGS,
        ColumnList.<ValidatingAdmissionPolicyBinding>named()
            .text("PolicyName", o -> o.spec() == null ? "" : text(o.spec().policyName()))
            .text("ParamRef", o -> parameters(o.spec() == null ? null : o.spec().paramRef()))
            .age()
            .build());
    all.put(
        Resources.MUTATING_ADMISSION_POLICIES,
        ColumnList.<MutatingAdmissionPolicy>named()
            .number("Mutations", o -> o.spec() == null ? 0 : o.spec().mutations().size())
            .text("ParamKind", o -> parameters(o.spec() == null ? null : o.spec().paramKind()))
            .age()
            .build());
    all.put(
        Resources.MUTATING_ADMISSION_POLICY_BINDINGS,
        ColumnList.<MutatingAdmissionPolicyBinding>named()
            .text("PolicyName", o -> o.spec() == null ? "" : text(o.spec().policyName()))
            .text("ParamRef", o -> parameters(o.spec() == null ? null : o.spec().paramRef()))
            .age()
            .build());
  }

  private static String parameters(@Nullable ParamKind kind) {
    return kind == null ? Cells.UNSET : text(kind.apiVersion()) + "/" + text(kind.kind());
  }

  private static String parameters(@Nullable ParamRef ref) {
    if (ref == null) {
      return Cells.UNSET;
    }
    if (text(ref.name()).isEmpty()) {
      return "*";
    }
    String namespace = text(ref.namespace());
    return (namespace.isEmpty() ? "*" : namespace) + "/" + text(ref.name());
  }

  private static void flowControl(Map<ResourceType<?>, Columns<?>> all) {
    all.put(
        Resources.FLOW_SCHEMAS,
        ColumnList.<FlowSchema>named()
            .text(
                "PriorityLevel",
                o ->
                    Cells.when(in(o).priorityLevelConfiguration(), level -> text(level.name()), ""))
            .text("MatchingPrecedence", o -> number(in(o).matchingPrecedence()))
            .text(
                "DistinguisherMethod",
                o -> Cells.when(in(o).distinguisherMethod(), m -> text(m.type()), Cells.NONE))
            .age()
            .text("MissingPL", ControlColumns::missingLevel)
            .build());
    all.put(
        Resources.PRIORITY_LEVEL_CONFIGURATIONS,
        ColumnList.<PriorityLevelConfiguration>named()
            .text("Type", o -> text(in(o).type()))
            .text("NominalConcurrencyShares", ControlColumns::shares)
            .text("Queues", o -> Cells.when(queuing(o), q -> q.queues(), Cells.NONE))
            .text("HandSize", o -> Cells.when(queuing(o), q -> q.handSize(), Cells.NONE))
            .text(
                "QueueLengthLimit",
                o -> Cells.when(queuing(o), q -> q.queueLengthLimit(), Cells.NONE))
            .age()
            .build());
  }

  private static FlowSchemaSpec in(FlowSchema object) {
    return Objects.requireNonNullElse(object.spec(), FlowSchemaSpec.EMPTY);
  }

  private static String missingLevel(FlowSchema schema) {
    return schema.status() == null
        ? "?"
        : schema.status().conditions().stream()
            .filter(c -> "Dangling".equals(c.type()))
            .map(c -> text(c.status()))
            .findFirst()
            .orElse("?");
  }

  private static PriorityLevelConfigurationSpec in(PriorityLevelConfiguration object) {
    return Objects.requireNonNullElse(object.spec(), PriorityLevelConfigurationSpec.EMPTY);
  }

  private static Object shares(PriorityLevelConfiguration level) {
    LimitedPriorityLevelConfiguration limited = in(level).limited();
    return limited == null ? Cells.NONE : number(limited.nominalConcurrencyShares());
  }

  private static @Nullable QueuingConfiguration queuing(PriorityLevelConfiguration level) {
    LimitedPriorityLevelConfiguration limited = in(level).limited();
    return limited == null || limited.limitResponse() == null
        ? null
        : limited.limitResponse().queuing();
  }

  private static void certificates(Map<ResourceType<?>, Columns<?>> all) {
    all.put(
        Resources.CERTIFICATE_SIGNING_REQUESTS,
        ColumnList.<CertificateSigningRequest>named()
            .age()
            .text("SignerName", o -> textOr(in(o).signerName(), Cells.NONE))
            .text("Requestor", o -> text(in(o).username()))
            .text(
                "RequestedDuration",
                o ->
                    Cells.when(
                        in(o).expirationSeconds(),
                        seconds -> Cells.duration(Duration.ofSeconds(seconds)),
                        Cells.NONE))
            .text("Condition", ControlColumns::condition)
            .build());
    all.put(
        Resources.CLUSTER_TRUST_BUNDLES_V1BETA1,
        ColumnList.<ClusterTrustBundle>named()
            .text(
                "SignerName",
                o -> o.spec() == null ? Cells.NONE : textOr(o.spec().signerName(), Cells.NONE))
            .build());
  }

  private static CertificateSigningRequestSpec in(CertificateSigningRequest object) {
    return Objects.requireNonNullElse(object.spec(), CertificateSigningRequestSpec.EMPTY);
  }

  private static String condition(CertificateSigningRequest request) {
    if (request.status() == null) {
      return "Pending";
    }
    List<String> types =
        request.status().conditions().stream()
            .map(CertificateSigningRequestCondition::type)
            .map(Cells::text)
            .toList();
    StringBuilder text =
        new StringBuilder(
            types.contains("Denied")
                ? "Denied"
                : types.contains("Approved") ? "Approved" : "Pending");
    if (types.contains("Failed")) {
      text.append(",Failed");
    }
    if (request.status().certificate() != null && request.status().certificate().size() > 0) {
      text.append(",Issued");
    }
    return text.toString();
  }

  private static void devices(Map<ResourceType<?>, Columns<?>> all) {
    all.put(Resources.DEVICE_CLASSES, ColumnList.<DeviceClass>named().age().build());
    all.put(
        Resources.RESOURCE_CLAIM_TEMPLATES,
        ColumnList.<ResourceClaimTemplate>named().age().build());
    all.put(
        Resources.RESOURCE_CLAIMS,
        ColumnList.<ResourceClaim>named().text("State", ControlColumns::state).age().build());
    all.put(
        Resources.RESOURCE_SLICES,
        ColumnList.<ResourceSlice>named()
            .text("Node", o -> textOr(in(o).nodeName(), Cells.UNSET))
            .text("Driver", o -> text(in(o).driver()))
            .text("Pool", o -> Cells.when(in(o).pool(), pool -> text(pool.name()), ""))
            .age()
            .build());
  }

  private static ResourceSliceSpec in(ResourceSlice object) {
    return Objects.requireNonNullElse(object.spec(), ResourceSliceSpec.EMPTY);
  }

  private static String state(ResourceClaim claim) {
    ResourceClaimStatus status =
        Objects.requireNonNullElse(claim.status(), ResourceClaimStatus.EMPTY);
    List<String> states = new ArrayList<>();
    if (claim.metadata().deletionTimestamp() != null) {
      states.add("deleted");
    }
    if (status.allocation() == null) {
      if (claim.metadata().deletionTimestamp() == null) {
        states.add("pending");
      }
    } else {
      states.add("allocated");
      if (!status.reservedFor().isEmpty()) {
        states.add("reserved");
      }
    }
    return String.join(",", states);
  }

  private static String service(APIService object) {
    var service = object.spec() == null ? null : object.spec().service();
    return service == null ? "Local" : text(service.namespace()) + "/" + text(service.name());
  }

  private static String available(APIService object) {
    if (object.status() != null) {
      for (APIServiceCondition condition : object.status().conditions()) {
        if ("Available".equals(condition.type())) {
          return "True".equals(condition.status())
              ? "True"
              : text(condition.status()) + " (" + text(condition.reason()) + ")";
        }
      }
    }
    return "Unknown";
  }

  private static String storageVersions(StorageVersion object) {
    if (object.status() == null || object.status().storageVersions().isEmpty()) {
      return Cells.UNSET;
    }
    List<String> texts =
        object.status().storageVersions().stream()
            .map(v -> text(v.apiServerID()) + "=" + text(v.encodingVersion()))
            .toList();
    return Cells.firstThree(texts, " + ");
  }

  private static String migrated(StorageVersionMigration object) {
    var resource = object.spec() == null ? null : object.spec().resource();
    if (resource == null) {
      return "";
    }
    return text(resource.group()).isEmpty()
        ? text(resource.resource())
        : text(resource.resource()) + "." + resource.group();
  }
}
