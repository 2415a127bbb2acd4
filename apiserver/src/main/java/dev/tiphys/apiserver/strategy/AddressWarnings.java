package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.validation.Path;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Warnings of addresses and ranges whose text is taken, since it always was, but that others may
 * read differently. What is no address at all is left to validation. Pure.
 */
public final class AddressWarnings {

  private AddressWarnings() {}

  /** What to say of an address. */
  public static void ofAddress(@Nullable String text, Path path, List<String> warnings) {
    InetAddress address = IpText.parse(text);
    if (text == null || address == null) {
      return;
    }
    String canonical = IpText.canonical(address);
    if (IpText.hasLeadingZeros(text) || IpText.isMapped(text)) {
      warnings.add(
          path
              + ": non-standard IP address \""
              + text
              + "\" will be considered invalid in a future Kubernetes release: use \""
              + canonical
              + "\"");
    } else if (IpText.isV6(text) && !canonical.equals(text)) {
      warnings.add(
          path
              + ": IPv6 address \""
              + text
              + "\" should be in RFC 5952 canonical format (\""
              + canonical
              + "\")");
    }
  }

  /** What to say of a list of addresses. */
  public static void ofAddresses(List<String> texts, Path path, List<String> warnings) {
    for (int i = 0; i < texts.size(); i++) {
      ofAddress(texts.get(i), path.index(i), warnings);
    }
  }

  /** What to say of a range. */
  public static void ofRange(@Nullable String text, Path path, List<String> warnings) {
    if (text == null || !IpText.isRange(text)) {
      return;
    }
    String address = text.substring(0, text.indexOf('/'));
    String canonical = IpText.canonicalRange(text);
    List<String> said = new ArrayList<>();
    if (!IpText.base(text).equals(IpText.number(address))) {
      InetAddress one = IpText.parse(address);
      said.add(
          path
              + ": CIDR value \""
              + text
              + "\" is ambiguous in this context (should be \""
              + canonical
              + "\" or \""
              + (one == null ? address : IpText.canonical(one))
              + (canonical.contains(":") ? "/128" : "/32")
              + "\"?)");
    }
    boolean zeros = IpText.hasLeadingZeros(address) || text.matches(".*/0[0-9]+");
    if (zeros || IpText.isMapped(address)) {
      said.add(
          path
              + ": non-standard CIDR value \""
              + text
              + "\" will be considered invalid in a future Kubernetes release: use \""
              + canonical
              + "\"");
    }
    if (said.isEmpty() && IpText.isV6(address) && !canonical.equals(text)) {
      said.add(
          path
              + ": IPv6 CIDR value \""
              + text
              + "\" should be in RFC 5952 canonical format (\""
              + canonical
              + "\")");
    }
    warnings.addAll(said);
  }
}
