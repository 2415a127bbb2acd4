package dev.tiphys.kubeproxy.service;

/** The families of addresses. A service port, its backends and its rules are of one of them. */
public enum IpFamily {
  IPV4("IPv4"),
  IPV6("IPv6");

  private final String text;

  IpFamily(String text) {
    this.text = text;
  }

  /** As the API spells it: {@code IPv4}. */
  public String text() {
    return text;
  }

  /** Whether an address or range is of this family, as its text shows. */
  public boolean holds(String address) {
    return address.contains(":") == (this == IPV6);
  }
}
