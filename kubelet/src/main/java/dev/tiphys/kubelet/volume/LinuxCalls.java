package dev.tiphys.kubelet.volume;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/**
 * The few calls of Linux for which Java has no name: files by the descriptor of their directory
 * (openat(2), mkdirat(2)) and mounts (mount(2), umount2(2)). Thread-safe.
 */
final class LinuxCalls {

  /** Relative paths begin at the working directory; what absolute ones need as descriptor. */
  static final int AT_FDCWD = -100;

  private static final int O_PATH = 0x200000;
  private static final int O_CLOEXEC = 0x80000;
  // Of the flags used here the only one that differs between processors.
  private static final int O_NOFOLLOW =
      System.getProperty("os.arch").equals("aarch64") ? 0x8000 : 0x20000;
  private static final long MS_BIND = 4096;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int EINVAL = 22;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle OPENAT =
      function(
          "openat",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(3));
  private static final MethodHandle MKDIRAT =
      function(
          "mkdirat",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle MOUNT =
      function(
          "mount",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS));
  private static final MethodHandle UMOUNT =
      function(
          "umount2",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private LinuxCalls() {}

  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker.Option[] all = new Linker.Option[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = Linker.Option.captureCallState("errno");
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
  }

  /** One call: its result, or -1 and why. */
  @FunctionalInterface
  private interface Call {
    int in(Arena arena, MemorySegment state) throws Throwable;
  }

  private static int call(String what, String path, Call call) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = call.in(arena, state);
      if (result >= 0) {
        return result;
      }
      int errno = (int) ERRNO.get(state, 0L);
      throw switch (errno) {
        case ENOENT -> new NoSuchFileException(path);
        case EEXIST -> new FileAlreadyExistsException(path);
        default -> new Errno(what + " " + path + ": error " + errno, errno);
      };
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** A failure that has no exception of its own in Java. */
  private static final class Errno extends IOException {
    private static final long serialVersionUID = 1L;
    private final int number;

    Errno(String message, int number) {
      super(message);
      this.number = number;
    }
  }

  /**
   * Opens a file for nothing but being named by its descriptor; a symbolic link is opened itself.
   *
   * @throws NoSuchFileException if there is none
   */
  static int open(int directory, String name) throws IOException {
    return call(
        "open",
        name,
        (arena, state) ->
            (int)
                OPENAT.invokeExact(
                    state, directory, arena.allocateFrom(name), O_PATH | O_CLOEXEC | O_NOFOLLOW));
  }

  /**
   * Makes a directory.
   *
   * @throws FileAlreadyExistsException if something of that name is there
   */
  static void makeDirectory(int directory, String name, int mode) throws IOException {
    call(
        "mkdir",
        name,
        (arena, state) ->
            (int) MKDIRAT.invokeExact(state, directory, arena.allocateFrom(name), mode));
  }

  /** Lets a file or directory be seen at another place too. */
  static void bind(String source, String target) throws IOException {
    call(
        "bind",
        target,
        (arena, state) ->
            (int)
                MOUNT.invokeExact(
                    state,
                    arena.allocateFrom(source),
                    arena.allocateFrom(target),
                    MemorySegment.NULL,
                    MS_BIND,
                    MemorySegment.NULL));
  }

  /** Ends a mount, if one is there. Who uses it still may go on. */
  static void unmount(String target) throws IOException {
    try {
      call(
          "unmount",
          target,
          (arena, state) ->
              (int)
                  UMOUNT.invokeExact(
                      state, arena.allocateFrom(target), MNT_DETACH | UMOUNT_NOFOLLOW));
    } catch (Errno e) {
      if (e.number != EINVAL) {
        throw e;
      }
    }
  }

  /** Gives a descriptor back. */
  static void close(int descriptor) throws IOException {
    call("close", "", (_, state) -> (int) CLOSE.invokeExact(state, descriptor));
  }
}
