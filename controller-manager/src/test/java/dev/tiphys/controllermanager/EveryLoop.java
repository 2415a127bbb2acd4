package dev.tiphys.controllermanager;

import java.time.Duration;
import java.util.List;

/** A configuration by which all control loops run. */
final class EveryLoop {

  private EveryLoop() {}

  static ControllerManagerConfig config() {
    return new ControllerManagerConfig(
        Selected.parse(List.of("*")),
        "the authority",
        List.of("10.244.0.0/16"),
        24,
        64,
        Duration.ofSeconds(50),
        Duration.ofMinutes(1),
        12_500,
        new ControllerManagerConfig.Workers(5, 5, 5, 5, 10, 20));
  }
}
