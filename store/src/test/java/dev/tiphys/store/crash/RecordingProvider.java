package dev.tiphys.store.crash;

import static dev.tiphys.store.crash.RecordedPath.real;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The default file system of a process that is to be recorded. What is done with {@code java.io}
 * alone goes past it, which shows when the events are compared with the files.
 */
public final class RecordingProvider extends FileSystemProvider {
  /** The system property that names the directory to record, which is empty. */
  public static final String ROOT = "recorded.root";

  /** The system property that names the file for the events. */
  public static final String EVENTS = "recorded.events";

  private final FileSystemProvider real;
  private final RecordedFileSystem system;
  private final Recorder recorder;

  /** Called by Java, with the provider that it would have used. */
  public RecordingProvider(FileSystemProvider real) throws IOException {
    this(real, property(ROOT), property(EVENTS));
  }

  RecordingProvider(FileSystemProvider real, String root, String events) throws IOException {
    this.real = real;
    var files = real.getFileSystem(URI.create("file:///"));
    this.system = new RecordedFileSystem(this, files);
    this.recorder =
        new Recorder(
            files.getPath(root),
            new BufferedOutputStream(real.newOutputStream(files.getPath(events))));
  }

  /** That of this process, which runs on this provider. */
  public static Recorder recorder() {
    return ((RecordingProvider) FileSystems.getDefault().provider()).recorder;
  }

  RecordedFileSystem system() {
    return system;
  }

  Recorder recorded() {
    return recorder;
  }

  private static String property(String name) {
    var value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("-D" + name + "= is missing");
    }
    return value;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    var file = real(path);
    if (!recorder.covers(file)) {
      return real.newFileChannel(file, options, attributes);
    }
    if (!options.contains(StandardOpenOption.WRITE)) {
      return new RecordedChannel(
          recorder, real.newFileChannel(file, options, attributes), recorder.node(file));
    }
    var channel =
        recorder.make(file, false, () -> real.newFileChannel(file, without(options), attributes));
    var recorded = new RecordedChannel(recorder, channel, recorder.node(file));
    if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      recorded.truncate(0);
    }
    return recorded;
  }

  /** What is cut by opening it would not be seen. */
  private static Set<OpenOption> without(Set<? extends OpenOption> options) {
    if (options.contains(StandardOpenOption.APPEND)) {
      throw new UnsupportedOperationException("appending would write past the recording");
    }
    var others = new HashSet<OpenOption>(options);
    others.remove(StandardOpenOption.TRUNCATE_EXISTING);
    return others;
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return options.contains(StandardOpenOption.WRITE)
        ? newFileChannel(path, options, attributes)
        : real.newByteChannel(real(path), options, attributes);
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    var directory = real(path);
    if (recorder.covers(directory)) {
      recorder.make(
          directory,
          true,
          () -> {
            real.createDirectory(directory, attributes);
            return directory;
          });
    } else {
      real.createDirectory(directory, attributes);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    var file = real(path);
    if (recorder.covers(file)) {
      recorder.delete(
          file,
          () -> {
            real.delete(file);
            return file;
          });
    } else {
      real.delete(file);
    }
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    var from = real(source);
    var to = real(target);
    if (recorder.covers(from) || recorder.covers(to)) {
      recorder.rename(
          from,
          to,
          () -> {
            real.move(from, to, options);
            return to;
          });
    } else {
      real.move(from, to, options);
    }
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    if (recorder.covers(real(target))) {
      throw new UnsupportedOperationException("a copy would write past the recording");
    }
    real.copy(real(source), real(target), options);
  }

  @Override
  public String getScheme() {
    return real.getScheme();
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) throws IOException {
    return real.newFileSystem(uri, environment);
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return system;
  }

  @Override
  public Path getPath(URI uri) {
    return system.of(real.getPath(uri));
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    var paths = real.newDirectoryStream(real(directory), path -> filter.accept(system.of(path)));
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        var each = paths.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return each.hasNext();
          }

          @Override
          public Path next() {
            return system.of(each.next());
          }
        };
      }

      @Override
      public void close() throws IOException {
        paths.close();
      }
    };
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return real.isSameFile(real(path), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return real.isHidden(real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return real.getFileStore(real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real.checkAccess(real(path), modes);
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return real.getFileAttributeView(real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return real.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return real.readAttributes(real(path), attributes, options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    real.setAttribute(real(path), attribute, value, options);
  }
}
