package dev.tiphys.kubeproxy.iptables;

import java.util.Locale;

/** The tables of iptables that the proxy writes to. */
public enum Table {
  FILTER,
  NAT;

  /** As iptables spells it: {@code nat}. */
  public String lowerCase() {
    return name().toLowerCase(Locale.ROOT);
  }
}
