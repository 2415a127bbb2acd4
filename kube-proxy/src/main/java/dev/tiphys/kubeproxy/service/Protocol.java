package dev.tiphys.kubeproxy.service;

import java.util.Locale;

/** The transport protocols that a service port can have. */
public enum Protocol {
  TCP,
  UDP,
  SCTP;

  /** As iptables spells it: {@code tcp}. */
  public String lowerCase() {
    return name().toLowerCase(Locale.ROOT);
  }
}
