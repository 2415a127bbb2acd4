package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** House rules that a compiler does not hold. */
class TidyTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int LONGEST_FILE = 500;
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TODO|FIXME|XXX)\\b|not (yet )?implemented|@Disabled");
  private static final Pattern AMBIENT =
      Pattern.compile("System\\.currentTimeMillis|new Thread\\(|Instant\\.now\\(\\)|Math\\.random");
  private static final Pattern SLEEP = Pattern.compile("Thread\\.sleep\\(");

  @Test
  void nothingIsLeftUnfinished() throws IOException {
    assertThat(offending(sources(), UNFINISHED, "TidyTest.java")).isEmpty();
  }

  @Test
  void controlLoopsTakeTimeAndThreadsFromOutside() throws IOException {
    List<Path> loops = new ArrayList<>();
    for (String module : List.of("scheduler", "controller-manager", "kubelet", "kube-proxy")) {
      loops.addAll(java(ROOT.resolve(module).resolve("src/main/java")));
    }
    assertThat(offending(loops, AMBIENT, "")).isEmpty();
    assertThat(offending(loops, SLEEP, "")).isEmpty();
  }

  @Test
  void filesHoldOneIdea() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources()) {
      long lines = Files.readString(file).lines().count();
      if (lines > LONGEST_FILE && file.toString().contains("/src/main/java/")) {
        tooLong.add(ROOT.relativize(file) + ": " + lines + " lines");
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIs() throws IOException {
    List<String> silent = new ArrayList<>();
    for (Path file : sources()) {
      boolean main = file.toString().contains("/src/main/java/");
      if (main && !Files.exists(file.resolveSibling("package-info.java"))) {
        silent.add(ROOT.relativize(file.getParent()).toString());
      }
    }
    assertThat(silent.stream().distinct()).isEmpty();
  }

  private static List<String> offending(List<Path> files, Pattern pattern, String except)
      throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      if (file.endsWith(except)) {
        continue;
      }
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        if (pattern.matcher(line).find()) {
          found.add(ROOT.relativize(file) + ":" + number + ": " + line.strip());
        }
      }
    }
    return found;
  }

  private static List<Path> sources() throws IOException {
    return java(ROOT);
  }

  private static List<Path> java(Path below) throws IOException {
    try (Stream<Path> walk = Files.walk(below)) {
      return walk.filter(path -> path.toString().endsWith(".java"))
          .filter(path -> !path.toString().contains("/target/"))
          .toList();
    }
  }
}
