package dev.tiphys.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who a member is, through power cuts and damage. */
class IdentityFileTest {
  private static final IdentityFile.Content ONE =
      new IdentityFile.Content(new UUID(1, 2), 0xfedc_ba98_7654_3210L, false);
  private static final IdentityFile.Content OTHER =
      new IdentityFile.Content(new UUID(3, 4), 0xfedc_ba98_7654_3210L, true);

  @Test
  void aPowerCutLeavesTheOldOrTheNew() throws IOException {
    for (int n = 0; ; n++) {
      var disk = new FlakyDisk(n);
      var file = new IdentityFile(disk);
      file.write(ONE);
      disk.crashAfter(n);
      try {
        file.write(OTHER);
        disk.crashAfter(0); // it was durable on return
        disk.restart();
        assertThat(file.read()).contains(OTHER);
        return;
      } catch (FlakyDisk.CrashException e) {
        disk.restart();
        assertThat(file.read().orElseThrow()).as("%s", n).isIn(ONE, OTHER);
        file.write(OTHER);
        assertThat(file.read()).contains(OTHER);
      }
    }
  }

  @Test
  void damageNeverMakesItAnotherOne() throws IOException {
    var whole = new FlakyDisk(1);
    new IdentityFile(whole).write(ONE);
    int refused = 0;
    for (int at = 0; at < whole.length(IdentityFile.NAME); at++) {
      var disk = new FlakyDisk(1);
      new IdentityFile(disk).write(ONE);
      disk.damage(IdentityFile.NAME, at);
      try {
        assertThat(new IdentityFile(disk).read()).contains(ONE);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("identity: ");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(80);
  }

  @Test
  void whatTheFirstReleasesWroteIsReadAndAnotherFormatRefused() throws IOException {
    var text = "format=1\ncluster=%s\nmember=a\nalone=false\n".formatted(new UUID(1, 2));
    assertThat(new IdentityFile(with(text)).read())
        .contains(new IdentityFile.Content(new UUID(1, 2), 10, false));
    var newer = new IdentityFile(with(text.replace("format=1", "format=2")));
    assertThatThrownBy(newer::read)
        .hasMessageContaining("format 2 is not known here; this release reads 1");
    assertThat(new IdentityFile(new FlakyDisk(1)).read()).isEmpty();
  }

  private static FlakyDisk with(String text) throws IOException {
    var disk = new FlakyDisk(1);
    try (var file = disk.open(IdentityFile.NAME)) {
      file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    }
    return disk;
  }
}
