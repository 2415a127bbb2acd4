package dev.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class VerbsTest {

  @Test
  void everyVerbIsKnownAndExplainsItself() {
    assertThat(Verbs.all()).hasSizeGreaterThan(40);
    Verbs.all()
        .forEach((name, summary) -> {
          CommandSpec spec = CommandSpec.forAnnotatedObject(Verbs.named(name));
          spec.addMixin("global", CommandSpec.forAnnotatedObject(new GlobalOptions()));
          assertThat(new CommandLine(spec).getUsageMessage()).as(name).contains("--namespace");
          assertThat(summary).as(name).isNotBlank();
        });
  }
}
