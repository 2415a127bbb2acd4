package dev.tiphys.apiserver.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageAssemblerTest {

  private final MessageAssembler assembler = new MessageAssembler();
  private final List<String> whole = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 6, 7, 100})
  void messagesComeTogetherHoweverTheyAreCut(int piece) throws GrpcException {
    ByteBuf bytes = Unpooled.buffer();
    for (String message : List.of("first", "", "third")) {
      bytes.writeByte(0).writeInt(message.length()).writeCharSequence(message, UTF_8);
    }

    while (bytes.isReadable()) {
      add(bytes.readSlice(Math.min(piece, bytes.readableBytes())));
    }

    assertThat(whole).containsExactly("first", "", "third");
  }

  @Test
  void aMessageThatIsCompressedOrTooLargeIsRefused() {
    assertThatThrownBy(() -> add(Unpooled.buffer().writeByte(1).writeInt(3)))
        .isInstanceOf(GrpcException.class)
        .hasMessageContaining("compressed");
    assertThatThrownBy(
            () -> new MessageAssembler().add(Unpooled.buffer().writeByte(0).writeInt(-1), _ -> {}))
        .isInstanceOf(GrpcException.class)
        .hasMessageContaining("too large");
  }

  private void add(ByteBuf piece) throws GrpcException {
    assembler.add(piece, message -> whole.add(new String(message, UTF_8)));
  }
}
