package dev.tiphys.cli.describe;

import dev.tiphys.cli.print.Labels;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a service with the addresses behind it. Pure. */
final class ServicePage {

  private static final int ADDRESSES_SHOWN = 3;

  private ServicePage() {}

  static void describe(Page page, View service, List<View> slices) {
    View spec = service.at("spec");
    page.field(0, "Name", service.at("metadata", "name").text());
    page.field(0, "Namespace", service.at("metadata", "namespace").text());
    page.labelsAndAnnotations(service);
    page.field(0, "Selector", Labels.shown(spec.at("selector")));
    page.field(0, "Type", spec.at("type").text());
    page.fieldIfSet(0, "IP Family Policy", spec.at("ipFamilyPolicy"));
    if (!spec.at("ipFamilies").isEmpty()) {
      page.field(0, "IP Families", texts(spec.at("ipFamilies")));
    }
    page.field(0, "IP", spec.at("clusterIP").text());
    if (!spec.at("clusterIPs").isEmpty()) {
      page.field(0, "IPs", texts(spec.at("clusterIPs")));
    }
    if (!spec.at("externalIPs").isEmpty()) {
      page.field(0, "External IPs", texts(spec.at("externalIPs")));
    }
    page.fieldIfSet(0, "External Name", spec.at("externalName"));
    for (View port : spec.at("ports").items()) {
      String name = port.at("name").textOr("<unset>");
      String protocol = port.at("protocol").textOr("TCP");
      page.field(0, "Port", name + "\t" + port.at("port").text() + "/" + protocol);
      page.field(0, "TargetPort", port.at("targetPort").text() + "/" + protocol);
      if (port.at("nodePort").number(0) > 0) {
        page.field(0, "NodePort", name + "\t" + port.at("nodePort").text() + "/" + protocol);
      }
      page.field(0, "Endpoints", endpoints(slices, port.at("name").text()));
    }
    page.field(0, "Session Affinity", spec.at("sessionAffinity").text());
    page.fieldIfSet(0, "External Traffic Policy", spec.at("externalTrafficPolicy"));
    page.fieldIfSet(0, "Internal Traffic Policy", spec.at("internalTrafficPolicy"));
  }

  private static String texts(View list) {
    return list.items().stream().map(View::text).collect(Collectors.joining(","));
  }

  private static String endpoints(List<View> slices, String portName) {
    List<String> addresses = new ArrayList<>();
    for (View slice : slices) {
      for (View port : slice.at("ports").items()) {
        if (port.at("name").text().equals(portName)) {
          addAddresses(slice, port.at("port").text(), addresses);
        }
      }
    }
    if (addresses.isEmpty()) {
      return "<none>";
    }
    String shown = addresses.stream().limit(ADDRESSES_SHOWN).collect(Collectors.joining(","));
    int more = addresses.size() - ADDRESSES_SHOWN;
    return more > 0 ? shown + " + " + more + " more..." : shown;
  }

  private static void addAddresses(View slice, String port, List<String> addresses) {
    for (View endpoint : slice.at("endpoints").items()) {
      View ready = endpoint.at("conditions", "ready");
      if (!ready.exists() || ready.flag()) {
        endpoint.at("addresses").items().forEach(ip -> addresses.add(ip.text() + ":" + port));
      }
    }
  }
}
