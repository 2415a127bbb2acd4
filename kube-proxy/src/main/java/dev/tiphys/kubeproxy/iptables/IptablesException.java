package dev.tiphys.kubeproxy.iptables;

/** iptables refused what it was given or could not be run. The message holds its own words. */
public final class IptablesException extends Exception {

  private static final long serialVersionUID = 1L;

  IptablesException(String message) {
    super(message);
  }

  IptablesException(String message, Throwable cause) {
    super(message, cause);
  }
}
