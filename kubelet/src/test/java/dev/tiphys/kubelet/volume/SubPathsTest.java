package dev.tiphys.kubelet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubPathsTest {

  private static final int TRIES = 3000;

  @TempDir Path root;

  @Test
  void aMissingSubPathIsMadeAsTheVolumeIs() throws Exception {
    Path volume = volume();
    Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(resolve(volume, "a/b")).isDirectory().isEqualTo(volume.resolve("a/b"));
    assertThat(Files.getPosixFilePermissions(volume.resolve("a/b")))
        .isEqualTo(PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @Test
  void linksWithinTheVolumeAreFollowed() throws Exception {
    Path volume = volume();
    Files.createDirectory(volume.resolve("..1"));
    Files.writeString(volume.resolve("..1/key"), "value");
    Files.createSymbolicLink(volume.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(volume.resolve("key"), Path.of("..data/key"));

    assertThat(resolve(volume, "key")).isEqualTo(volume.resolve("..1/key"));
    assertThat(resolve(volume, ".")).isEqualTo(volume);
  }

  @Test
  void aLinkThatLeadsOutIsRefused() throws Exception {
    Path volume = volume();
    Files.createSymbolicLink(volume.resolve("out"), Path.of("/etc"));
    Files.createSymbolicLink(volume.resolve("nowhere"), Path.of("/etc/nowhere"));

    assertThatThrownBy(() -> resolve(volume, "out")).isInstanceOf(VolumeException.class);
    assertThatThrownBy(() -> resolve(volume, "out/passwd")).isInstanceOf(VolumeException.class);
    assertThatThrownBy(() -> resolve(volume, "out/new/file")).isInstanceOf(VolumeException.class);
    assertThatThrownBy(() -> resolve(volume, "nowhere")).isInstanceOf(VolumeException.class);
    assertThat(Path.of("/etc/new")).doesNotExist();
    assertThat(Path.of("/etc/nowhere")).doesNotExist();
  }

  @Test
  void stepsUpAreRefused() throws Exception {
    Path volume = volume();

    assertThatThrownBy(() -> resolve(volume, "../../x")).isInstanceOf(VolumeException.class);
    assertThatThrownBy(() -> resolve(volume, "/etc")).isInstanceOf(VolumeException.class);
  }

  /** What a container does that wants out: a directory is a link now, and now it is not. */
  @Test
  void nothingThatIsSwappedUnderneathLeadsOut() throws Exception {
    Path volume = volume();
    Path directory = Files.createDirectory(volume.resolve("directory"));
    Path spare = volume.resolve("spare");
    Path outside = Files.createDirectory(root.toRealPath().resolve("outside"));
    Path link = volume.resolve("link");
    AtomicBoolean done = new AtomicBoolean();
    Thread swapper =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                swap(directory, spare, link, outside);
              }
            });
    int held = 0;
    try {
      for (int i = 0; i < TRIES; i++) {
        try (HeldFile found = SubPaths.hold(volume, "directory/new")) {
          held++;
          assertThat(Files.readSymbolicLink(found.path()).toString()).startsWith(volume + "/");
        } catch (VolumeException | IOException refused) {
          // Refusing is always right while names change.
          continue;
        }
      }
    } finally {
      done.set(true);
      swapper.join();
    }
    assertThat(held).isPositive();
    assertThat(outside).isEmptyDirectory();
  }

  private static void swap(Path directory, Path spare, Path link, Path outside) {
    attempt(() -> Files.createSymbolicLink(link, outside));
    attempt(() -> Files.move(directory, spare, StandardCopyOption.ATOMIC_MOVE));
    attempt(() -> Files.move(link, directory, StandardCopyOption.ATOMIC_MOVE));
    attempt(() -> Files.deleteIfExists(directory));
    attempt(() -> Files.move(spare, directory, StandardCopyOption.ATOMIC_MOVE));
    attempt(() -> FileTrees.delete(spare));
  }

  private interface Step {
    void take() throws IOException;
  }

  private static void attempt(Step step) {
    try {
      step.take();
    } catch (IOException e) {
      // The other side made a directory in between; the next round begins with that.
      Thread.onSpinWait();
    }
  }

  @Test
  void aHeldFileIsShownElsewhereEvenASecondTime() throws Exception {
    assumeTrue(Files.isWritable(Path.of("/proc/sys/kernel/hostname")), "mounting takes root");
    Path volume = volume();
    Files.writeString(volume.resolve("file"), "old");
    Path target = root.toRealPath().resolve("shown/0");
    try {
      bind(volume, "file", target);
      assertThat(target).hasContent("old");

      bind(volume, "directory", target);
      Files.writeString(target.resolve("written"), "through");
      assertThat(volume.resolve("directory/written")).hasContent("through");
    } finally {
      LinuxCalls.unmount(target.toString());
    }
  }

  private static void bind(Path volume, String subPath, Path target) throws Exception {
    try (HeldFile held = SubPaths.hold(volume, subPath)) {
      held.bindTo(target);
    }
  }

  private Path volume() throws IOException {
    return Files.createDirectory(root.toRealPath().resolve("volume"));
  }

  private static Path resolve(Path volume, String subPath) throws Exception {
    try (HeldFile held = SubPaths.hold(volume, subPath)) {
      return held.path().toRealPath();
    }
  }
}
