package dev.tiphys.kubelet.containerd;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test, with the reason, where no private containerd can be started. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresContainerd.Condition.class)
public @interface RequiresContainerd {
  /** Looks for root and the programs. */
  final class Condition implements ExecutionCondition {
    private static final List<String> PROGRAMS =
        List.of("containerd", "containerd-shim-runc-v2", "ctr", "runc", "busybox", "tar", "ip");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (!"root".equals(System.getProperty("user.name"))) {
        return ConditionEvaluationResult.disabled("containers need root");
      }
      if (!Files.isExecutable(Path.of("/usr/lib/cni/bridge"))) {
        return ConditionEvaluationResult.disabled(
            "no CNI plugins in /usr/lib/cni: install containernetworking-plugins");
      }
      for (String program : PROGRAMS) {
        if (!isOnPath(program)) {
          return ConditionEvaluationResult.disabled(program + " is not installed");
        }
      }
      return mayMount()
          ? ConditionEvaluationResult.enabled("root, containerd and CNI plugins are here")
          : ConditionEvaluationResult.disabled("this machine does not let root mount");
    }

    private static boolean isOnPath(String program) {
      return Stream.of(
              "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
          .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static boolean mayMount() {
      try {
        // CAP_SYS_ADMIN is bit 21 of the effective capabilities.
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .anyMatch(capabilities -> (capabilities >> 21 & 1) == 1);
      } catch (IOException e) {
        return false;
      }
    }
  }
}
