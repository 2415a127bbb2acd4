package dev.tiphys.deploy.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.deploy.image.Images.BadArchive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
  private static final Image IMAGE =
      new Image(
          "example.test/app:1",
          List.of(
              TarEntry.directory("bin", 0755),
              TarEntry.file("bin/app", 0755, new byte[] {1, 2, 3}),
              TarEntry.link("bin/sh", "app")),
          List.of("/bin/app"),
          List.of("A=\"quoted\""),
          List.of(8080));

  @TempDir private Path directory = Path.of("");

  private Path write(byte[] content) throws IOException {
    return Files.write(directory.resolve("image.tar"), content);
  }

  private static byte[] packed() {
    return OciArchive.pack(List.of(IMAGE), "amd64").tar();
  }

  @Test
  void sameImageGivesTheSameBytes() {
    assertThat(packed()).isEqualTo(packed());
  }

  @Test
  void ownArchiveIsGood() throws Exception {
    assertThat(ArchiveCheck.names(write(packed()))).containsExactly("example.test/app:1");
  }

  @Test
  void tarReadsWhatWePack() throws Exception {
    Path tar = write(TarWriter.pack(IMAGE.files()));
    Process process =
        new ProcessBuilder("tar", "tvf", tar.toString()).redirectErrorStream(true).start();
    String listing = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(listing).contains("drwxr-xr-x").contains("-rwxr-xr-x").contains("bin/sh -> app");
  }

  @Test
  void gzippedArchiveIsGood() throws Exception {
    var gzipped = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzipped)) {
      out.write(packed());
    }
    assertThat(ArchiveCheck.names(write(gzipped.toByteArray())))
        .containsExactly("example.test/app:1");
  }

  @Test
  void truncatedArchiveIsToldApart() throws IOException {
    Path file = write(Arrays.copyOf(packed(), packed().length - 3000));
    assertThatThrownBy(() -> ArchiveCheck.names(file))
        .isInstanceOf(BadArchive.class)
        .hasMessageContaining("ends in the middle");
  }

  @Test
  void changedBlobIsDamage() throws IOException {
    byte[] archive = packed();
    // The layer holds the bytes 1, 2, 3 nowhere else.
    int at = new String(archive, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("\1\2\3");
    archive[at] = 9;
    Path file = write(archive);
    assertThatThrownBy(() -> ArchiveCheck.names(file))
        .isInstanceOf(BadArchive.class)
        .hasMessageContaining("is damaged");
  }

  @Test
  void textIsNoArchive() throws IOException {
    Path file = write("kind: Pod\n".repeat(200).getBytes(UTF_8));
    assertThatThrownBy(() -> ArchiveCheck.names(file))
        .isInstanceOf(BadArchive.class)
        .hasMessageContaining("is not a tar archive");
  }

  @Test
  void absentFileIsNamed() {
    assertThatThrownBy(() -> ArchiveCheck.names(directory.resolve("none.tar")))
        .isInstanceOf(BadArchive.class)
        .hasMessageContaining("none.tar is not a file");
  }

  @Test
  void tarWithoutAnImageSaysWhatItLacks() throws IOException {
    Path file = write(TarWriter.pack(List.of(TarEntry.text("hello", "world"))));
    assertThatThrownBy(() -> ArchiveCheck.names(file))
        .isInstanceOf(BadArchive.class)
        .hasMessageContaining("holds no image");
  }

  @Test
  void dockerArchiveIsGood() throws Exception {
    Path file =
        write(
            TarWriter.pack(
                List.of(
                    TarEntry.text("c.json", "{}"),
                    TarEntry.text("l/layer.tar", ""),
                    TarEntry.text(
                        "manifest.json",
                        "[{\"Config\":\"c.json\",\"RepoTags\":[\"a/b:1\",\"a/b:2\"],\"Layers\":[\"l/layer.tar\"]}]"))));
    assertThat(ArchiveCheck.names(file)).containsExactly("a/b:1", "a/b:2");
  }

  @Test
  void dockerArchiveWithoutItsLayerNamesIt() throws IOException {
    Path file =
        write(
            TarWriter.pack(
                List.of(
                    TarEntry.text("c.json", "{}"),
                    TarEntry.text(
                        "manifest.json",
                        "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"l/layer.tar\"]}]"))));
    assertThatThrownBy(() -> ArchiveCheck.names(file)).hasMessageContaining("lacks l/layer.tar");
  }

  @Test
  void imageSavedByItsIdHasNoName() throws IOException {
    Path file =
        write(
            TarWriter.pack(
                List.of(
                    TarEntry.text("c.json", "{}"),
                    TarEntry.text(
                        "manifest.json",
                        "[{\"Config\":\"c.json\",\"RepoTags\":null,\"Layers\":[]}]"))));
    assertThatThrownBy(() -> ArchiveCheck.names(file))
        .hasMessageContaining("does not name its image");
  }
}
