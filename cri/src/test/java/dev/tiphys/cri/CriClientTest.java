package dev.tiphys.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiphys.cri.v1.ImageSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CriClientTest {
  @TempDir Path directory;
  private Path socket = Path.of("/");
  private CriClient client = CriClient.connect("unix:///nowhere");

  @BeforeEach
  void connect() {
    client.close();
    socket = directory.resolve("cri.sock");
    client = CriClient.connect("unix://" + socket);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void asksTheRuntimeForItsVersion() throws IOException {
    try (FakeRuntime runtime = new FakeRuntime(socket, "1.2.3")) {
      assertThat(client.version().getRuntimeVersion()).isEqualTo("1.2.3");
    }
  }

  @Test
  void saysThatTheSocketIsMissing() {
    CriException e = catchThrowableOfType(CriException.class, client::version);

    assertThat(e.kind()).isEqualTo(CriException.Kind.UNAVAILABLE);
    assertThat(e).hasMessageContaining(socket.toString()).hasMessageContaining("does not exist");
  }

  @Test
  void findsTheRuntimeAgainAfterItRestarted() throws IOException {
    try (FakeRuntime first = new FakeRuntime(socket, "1")) {
      assertThat(client.version().getRuntimeVersion()).isEqualTo("1");
    }
    for (int i = 0; i < 8; i++) { // Each failure would lengthen gRPC's own wait.
      assertThatThrownBy(client::version).isInstanceOf(CriException.class);
    }
    try (FakeRuntime second = new FakeRuntime(socket, "2")) {
      assertThat(client.version().getRuntimeVersion()).isEqualTo("2");
    }
  }

  @Test
  void tellsWhatDoesNotExistFromWhatFailed() throws IOException {
    try (FakeRuntime runtime = new FakeRuntime(socket, "1")) {
      CriException e =
          catchThrowableOfType(CriException.class, () -> client.containerStatus("abc"));

      assertThat(e.isNotFound()).isTrue();
      assertThat(e).hasMessage("container \"abc\": not found");
    }
  }

  @Test
  void tellsWhatTheRuntimeCannotDo() throws IOException {
    try (FakeRuntime runtime = new FakeRuntime(socket, "1")) {
      CriException e =
          catchThrowableOfType(CriException.class, () -> client.watchContainerEvents(event -> {}));

      assertThat(e.kind()).isEqualTo(CriException.Kind.UNIMPLEMENTED);
    }
  }

  @Test
  void givesAnImageThatIsNotThereAsEmpty() throws IOException {
    try (FakeRuntime runtime = new FakeRuntime(socket, "1")) {
      assertThat(client.imageStatus(ImageSpec.newBuilder().setImage("none").build())).isEmpty();
    }
  }

  @Test
  void roundsTheTimeOfACommandUpToWholeSeconds() throws IOException {
    try (FakeRuntime runtime = new FakeRuntime(socket, "1")) {
      assertThat(client.execSync("c", List.of("true"), Duration.ofMillis(1)).getExitCode())
          .isEqualTo(3);
      assertThat(runtime.lastExec.get().getTimeout()).isEqualTo(1);
    }
  }
}
