package dev.tiphys.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bytes are joined into records, in order, and each write learns when it is done. */
class RecordJoinerTest {

  private final EmbeddedChannel channel = new EmbeddedChannel(new RecordJoiner());

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private ChannelFuture write(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return channel.write(Unpooled.wrappedBuffer(bytes));
  }

  private List<Integer> sizes() {
    List<Integer> sizes = new ArrayList<>();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      sizes.add(out.readableBytes());
      out.release();
    }
    return sizes;
  }

  @Test
  void smallWritesLeaveTogether() {
    write(9, 1);
    write(2000, 2);
    assertThat(channel.<ByteBuf>readOutbound()).isNull();

    channel.flush();

    assertThat(sizes()).containsExactly(2009);
  }

  @Test
  void manySmallWritesLeaveInWholeRecords() {
    for (int i = 0; i < 10; i++) {
      write(4001, i);
    }
    channel.flush();

    assertThat(sizes()).containsExactly(16_384, 16_384, 40_010 - 2 * 16_384);
  }

  @Test
  void aLargeWritePassesAsItIsAfterWhatWasWrittenBefore() {
    write(9, 1);
    write(40_000, 2);
    write(9, 3);
    channel.flush();

    assertThat(sizes()).containsExactly(9, 40_000, 9);
  }

  @Test
  void nothingIsLostOrMixedUp() {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int i = 1; i < 60; i++) {
      byte[] bytes = new byte[i * 97];
      java.util.Arrays.fill(bytes, (byte) i);
      expected.writeBytes(bytes);
      channel.write(Unpooled.wrappedBuffer(bytes));
      if (i % 7 == 0) {
        channel.flush();
      }
    }
    channel.flush();

    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      sent.writeBytes(ByteBufUtil.getBytes(out));
      out.release();
    }
    assertThat(sent.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void aWriteIsDoneWhenItsLastByteIs() {
    ChannelFuture first = write(10, 1);
    ChannelFuture long_ = write(20_000, 2);
    ChannelFuture nothing = write(0, 3);
    assertThat(first.isDone()).isFalse();

    channel.flush();

    assertThat(first.isSuccess()).isTrue();
    assertThat(long_.isSuccess()).isTrue();
    assertThat(nothing.isSuccess()).isTrue();
  }

  @Test
  void whatCannotBeSentFails() {
    ChannelFuture unsent = write(10, 1);
    channel.close();

    ChannelFuture late = write(10, 2);
    channel.flush();

    assertThat(unsent.isDone()).isTrue();
    assertThat(late.isDone()).isTrue();
    assertThat(late.isSuccess()).isFalse();
  }
}
