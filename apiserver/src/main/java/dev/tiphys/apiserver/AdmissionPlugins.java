package dev.tiphys.apiserver;

import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.AlwaysPullImages;
import dev.tiphys.apiserver.admission.CertificateRequester;
import dev.tiphys.apiserver.admission.CertificateSigners;
import dev.tiphys.apiserver.admission.CertificateSubjectRestriction;
import dev.tiphys.apiserver.admission.DefaultIngressClass;
import dev.tiphys.apiserver.admission.DefaultStorageClass;
import dev.tiphys.apiserver.admission.DenyServiceExternalIps;
import dev.tiphys.apiserver.admission.EventRateLimit;
import dev.tiphys.apiserver.admission.ExtendedResourceToleration;
import dev.tiphys.apiserver.admission.ImagePolicyWebhook;
import dev.tiphys.apiserver.admission.LimitPodHardAntiAffinityTopology;
import dev.tiphys.apiserver.admission.LimitRanger;
import dev.tiphys.apiserver.admission.NamespaceAutoProvision;
import dev.tiphys.apiserver.admission.NamespaceExists;
import dev.tiphys.apiserver.admission.NamespaceLifecycle;
import dev.tiphys.apiserver.admission.NodeRestriction;
import dev.tiphys.apiserver.admission.OwnerReferencePermissions;
import dev.tiphys.apiserver.admission.PersistentVolumeClaimResize;
import dev.tiphys.apiserver.admission.PodNodeSelector;
import dev.tiphys.apiserver.admission.PodSecurity;
import dev.tiphys.apiserver.admission.PodSecuritySettings;
import dev.tiphys.apiserver.admission.PodTolerationRestriction;
import dev.tiphys.apiserver.admission.PriorityAdmission;
import dev.tiphys.apiserver.admission.QuotaLedger;
import dev.tiphys.apiserver.admission.RbacEscalation;
import dev.tiphys.apiserver.admission.ResourceQuotaAdmission;
import dev.tiphys.apiserver.admission.RuntimeClassAdmission;
import dev.tiphys.apiserver.admission.ServiceAccountAdmission;
import dev.tiphys.apiserver.admission.StorageObjectInUseProtection;
import dev.tiphys.apiserver.admission.TaintNodesByCondition;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.daemon.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The admission plug-ins that are on, in upstream's order. */
final class AdmissionPlugins {

  /** Those that are there but off unless asked for. */
  private static final Set<String> OFF =
      Set.of(
          "AlwaysPullImages",
          "DenyServiceExternalIPs",
          "EventRateLimit",
          "ExtendedResourceToleration",
          "LimitPodHardAntiAffinityTopology",
          "NamespaceAutoProvision",
          "NamespaceExists",
          "OwnerReferencesPermissionEnforcement",
          "PodNodeSelector",
          "PodTolerationRestriction");

  private static final String IMAGES = "ImagePolicyWebhook";
  private static final String POLICIES = "MutatingAdmissionPolicy";
  private static final String WEBHOOKS = "MutatingAdmissionWebhook";
  private static final Admission NONE = new Admission() {};

  private AdmissionPlugins() {}

  /** Plug-ins that need what is put together after them. */
  record Late(RbacEscalation escalation, NamespaceAutoProvision namespaces) {

    static Late of(ClusterView view) {
      return new Late(new RbacEscalation(), new NamespaceAutoProvision(view));
    }
  }

  /**
   * The plug-ins.
   *
   * @param late those that need what is put together after them
   */
  static List<Admission> of(
      AdmissionConfig config,
      ClusterView view,
      QuotaLedger quotas,
      Chance chance,
      Remotes remotes,
      Extensions extensions,
      Late late) {
    Set<String> on = config.enabled();
    Set<String> off = config.disabled();
    AdmissionFile configurations = config.file();
    Map<String, Admission> plugins = new LinkedHashMap<>();
    plugins.put("NamespaceAutoProvision", late.namespaces());
    plugins.put("NamespaceLifecycle", new NamespaceLifecycle(view));
    plugins.put("NamespaceExists", new NamespaceExists(view));
    plugins.put("LimitPodHardAntiAffinityTopology", new LimitPodHardAntiAffinityTopology());
    plugins.put("LimitRanger", new LimitRanger(view));
    plugins.put(
        "ServiceAccount", new ServiceAccountAdmission(view, chance.random(), Thread::sleep));
    plugins.put("NodeRestriction", new NodeRestriction(view));
    plugins.put("TaintNodesByCondition", new TaintNodesByCondition());
    plugins.put("AlwaysPullImages", new AlwaysPullImages());
    if (on.contains(IMAGES)) {
      plugins.put(IMAGES, images(configurations, remotes, chance));
    }
    plugins.put(
        "PodSecurity",
        new PodSecurity(
            view,
            configurations.of("PodSecurity", PodSecuritySettings::read, PodSecuritySettings.NONE)));
    plugins.put(
        "PodNodeSelector",
        new PodNodeSelector(
            view,
            configurations.of(
                "PodNodeSelector", PodNodeSelector.Settings::read, PodNodeSelector.Settings.NONE)));
    plugins.put("Priority", new PriorityAdmission(view));
    plugins.put("DefaultTolerationSeconds", config.tolerations());
    plugins.put(
        "PodTolerationRestriction",
        new PodTolerationRestriction(
            view,
            configurations.of(
                "PodTolerationRestriction",
                PodTolerationRestriction.Settings::read,
                PodTolerationRestriction.Settings.NONE)));
    plugins.put(
        "EventRateLimit",
        new EventRateLimit(
            configurations.of(
                "EventRateLimit", EventRateLimit.Settings::read, EventRateLimit.Settings.NONE),
            System::nanoTime));
    plugins.put("ExtendedResourceToleration", new ExtendedResourceToleration());
    plugins.put("DefaultStorageClass", new DefaultStorageClass(view));
    plugins.put("StorageObjectInUseProtection", new StorageObjectInUseProtection());
    plugins.put(
        "OwnerReferencesPermissionEnforcement",
        new OwnerReferencePermissions(view, extensions::authorizer));
    plugins.put("PersistentVolumeClaimResize", new PersistentVolumeClaimResize(view));
    plugins.put("RuntimeClass", new RuntimeClassAdmission(view));
    plugins.put("CertificateApproval", CertificateSigners.approval(extensions::authorizer));
    plugins.put("CertificateSigning", CertificateSigners.signing(extensions::authorizer));
    plugins.put("CertificateSubjectRestriction", new CertificateSubjectRestriction());
    plugins.put("DefaultIngressClass", new DefaultIngressClass(view));
    plugins.put("DenyServiceExternalIPs", new DenyServiceExternalIps());
    Admission webhooks = extensions.webhooks().mutating();
    boolean asks = on.contains(WEBHOOKS) || !off.contains(WEBHOOKS);
    if (on.contains(POLICIES) || !off.contains(POLICIES)) {
      Admission asked = asks ? webhooks : NONE;
      List<Admission> changing = extensions.policies().mutating(asked);
      plugins.put(POLICIES, changing.getFirst());
      plugins.put(WEBHOOKS, changing.getLast());
    } else {
      plugins.put(WEBHOOKS, webhooks);
    }
    plugins.put("ValidatingAdmissionPolicy", extensions.policies().validating());
    plugins.put("ValidatingAdmissionWebhook", extensions.webhooks().validating());
    plugins.put("ResourceQuota", new ResourceQuotaAdmission(view, quotas));
    plugins
        .keySet()
        .removeIf(name -> !on.contains(name) && (off.contains(name) || OFF.contains(name)));
    List<Admission> all = new ArrayList<>(plugins.values());
    // Upstream builds these into the storage of their kinds; no flag turns them off.
    all.add(new CertificateRequester());
    all.add(late.escalation());
    return all;
  }

  private static Admission images(AdmissionFile configurations, Remotes remotes, Chance chance) {
    ImagePolicyWebhook.@Nullable Settings settings =
        configurations.find(IMAGES, ImagePolicyWebhook.Settings::read);
    if (settings == null) {
      throw ConfigException.flag(
          "--admission-control-config-file", "must have a configuration of " + IMAGES);
    }
    return new ImagePolicyWebhook(settings, remotes.calls(), chance.clock());
  }
}
