package dev.tiphys.kubelet.probe;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Probe;
import org.jspecify.annotations.Nullable;

/** The three questions that a container can be asked. */
public enum ProbeKind {
  /** Must it be restarted? */
  LIVENESS("Liveness"),
  /** May it get traffic? */
  READINESS("Readiness"),
  /** Has it finished starting? Until it has, the other two are not asked. */
  STARTUP("Startup");

  private final String title;

  ProbeKind(String title) {
    this.title = title;
  }

  /** As it begins the message of an event: {@code Liveness}. */
  public String title() {
    return title;
  }

  /** The container's probe of this kind, or null. */
  public @Nullable Probe of(Container container) {
    return switch (this) {
      case LIVENESS -> container.livenessProbe();
      case READINESS -> container.readinessProbe();
      case STARTUP -> container.startupProbe();
    };
  }
}
