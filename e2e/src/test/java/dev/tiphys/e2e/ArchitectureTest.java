package dev.tiphys.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the arrows of docs/architecture.md: who may know whom. */
class ArchitectureTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> MODULES =
      List.of(
          "api-types",
          "daemon",
          "client",
          "store",
          "apiserver",
          "scheduler",
          "controller-manager",
          "cri",
          "kubelet",
          "kube-proxy",
          "cli",
          "deploy");
  private static final String[] DAEMONS = {
    "dev.tiphys.store..",
    "dev.tiphys.apiserver..",
    "dev.tiphys.scheduler..",
    "dev.tiphys.controllermanager..",
    "dev.tiphys.kubelet..",
    "dev.tiphys.kubeproxy..",
  };

  private final JavaClasses classes =
      new ClassFileImporter()
          .importPaths(
              MODULES.stream().map(m -> ROOT.resolve(m).resolve("target/classes")).toList());

  @Test
  void noDaemonKnowsAnother() {
    for (String daemon : DAEMONS) {
      String[] others =
          List.of(DAEMONS).stream().filter(d -> !d.equals(daemon)).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(daemon)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(classes);
    }
  }

  @Test
  void theApiKnowsNobody() {
    noClasses()
        .that()
        .resideInAPackage("dev.tiphys.api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.tiphys.client..", "dev.tiphys.daemon..", "dev.tiphys.cri..", "dev.tiphys.cli..")
        .check(classes);
  }

  @Test
  void theClientKnowsOnlyTheApi() {
    noClasses()
        .that()
        .resideInAPackage("dev.tiphys.client..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.tiphys.daemon..", "dev.tiphys.cri..", "dev.tiphys.deploy..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage("dev.tiphys.client..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(DAEMONS)
        .check(classes);
  }

  @Test
  void theApiServerReachesTheClusterOnlyThroughItsStore() {
    noClasses()
        .that()
        .resideInAPackage("dev.tiphys.apiserver..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tiphys.client..")
        .check(classes);
  }

  @Test
  void raftStaysBehindOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.tiphys.store.raft..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.ratis..")
        .check(classes);
  }

  @Test
  void strategiesKnowNeitherHttpNorStorage() {
    noClasses()
        .that()
        .resideInAPackage("dev.tiphys.apiserver.strategy..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.tiphys.apiserver.http..", "dev.tiphys.apiserver.storage..")
        .check(classes);
  }

  @Test
  void schedulingIsPureBelowItsRim() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.tiphys.scheduler.filter..", "dev.tiphys.scheduler.score..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tiphys.client..")
        .check(classes);
  }
}
