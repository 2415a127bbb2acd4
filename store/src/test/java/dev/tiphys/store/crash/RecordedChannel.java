package dev.tiphys.store.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** An open file or directory, of which the recorder learns what is done to it. */
final class RecordedChannel extends FileChannel {
  private final Recorder recorder;
  private final FileChannel real;
  private final int node;
  private final int opened;

  RecordedChannel(Recorder recorder, FileChannel real, int node) {
    this.recorder = recorder;
    this.real = real;
    this.node = node;
    this.opened = recorder.generation();
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return recorder.write(node, opened, real.position(), source, () -> real.write(source));
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    return recorder.write(node, opened, position, source, () -> real.write(source, position));
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    long count = 0;
    for (int i = offset; i < offset + length; i++) {
      count += write(sources[i]);
    }
    return count;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    if (size < real.size()) {
      recorder.cut(node, opened, size, () -> real.truncate(size));
    } else {
      real.truncate(size); // which may move the position
    }
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    recorder.sync(node, opened);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return real.read(target);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    return real.read(targets, offset, length);
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return real.read(target, position);
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return real.transferTo(position, count, target);
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException("transferFrom would write past the recording");
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    if (mode != MapMode.READ_ONLY) {
      throw new UnsupportedOperationException("a mapping would write past the recording");
    }
    return real.map(mode, position, size);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return real.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }
}
