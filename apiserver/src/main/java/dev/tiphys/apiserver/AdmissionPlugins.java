package dev.tiphys.apiserver;

import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.CertificateRequester;
import dev.tiphys.apiserver.admission.DefaultStorageClass;
import dev.tiphys.apiserver.admission.DefaultTolerationSeconds;
import dev.tiphys.apiserver.admission.LimitRanger;
import dev.tiphys.apiserver.admission.NamespaceLifecycle;
import dev.tiphys.apiserver.admission.NodeRestriction;
import dev.tiphys.apiserver.admission.PodSecurity;
import dev.tiphys.apiserver.admission.PriorityAdmission;
import dev.tiphys.apiserver.admission.RbacEscalation;
import dev.tiphys.apiserver.admission.ResourceQuotaAdmission;
import dev.tiphys.apiserver.admission.ServiceAccountAdmission;
import dev.tiphys.apiserver.admission.TaintNodesByCondition;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The admission plug-ins that are on, in upstream's order. */
final class AdmissionPlugins {

  private AdmissionPlugins() {}

  static List<Admission> of(
      Set<String> disabled,
      ClusterView view,
      RandomGenerator random,
      Extensions extensions,
      RbacEscalation escalation) {
    Map<String, Admission> plugins = new LinkedHashMap<>();
    plugins.put("NamespaceLifecycle", new NamespaceLifecycle(view));
    plugins.put("LimitRanger", new LimitRanger(view));
    plugins.put("ServiceAccount", new ServiceAccountAdmission(view, random));
    plugins.put("NodeRestriction", new NodeRestriction(view));
    plugins.put("TaintNodesByCondition", new TaintNodesByCondition());
    plugins.put("PodSecurity", new PodSecurity(view));
    plugins.put("Priority", new PriorityAdmission(view));
    plugins.put("DefaultTolerationSeconds", new DefaultTolerationSeconds());
    plugins.put("DefaultStorageClass", new DefaultStorageClass(view));
    plugins.put("MutatingAdmissionWebhook", extensions.webhooks().mutating());
    plugins.put("ValidatingAdmissionPolicy", extensions.policies().admission());
    plugins.put("ValidatingAdmissionWebhook", extensions.webhooks().validating());
    plugins.put("ResourceQuota", new ResourceQuotaAdmission(view));
    plugins.keySet().removeAll(disabled);
    List<Admission> all = new ArrayList<>(plugins.values());
    // Upstream builds these into the storage of their kinds; no flag turns them off.
    all.add(new CertificateRequester());
    all.add(escalation);
    return all;
  }
}
