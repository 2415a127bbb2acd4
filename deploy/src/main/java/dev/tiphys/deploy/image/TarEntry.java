package dev.tiphys.deploy.image;

import java.nio.charset.StandardCharsets;

/**
 * One entry of a tar archive that we write.
 *
 * @param name path without a leading slash; a directory's ends in a slash
 * @param mode permission bits
 * @param kind tar's type flag: {@code '0'} file, {@code '2'} symbolic link, {@code '5'} directory
 * @param link what a symbolic link points to; empty otherwise
 * @param content the bytes of a file; empty otherwise
 */
record TarEntry(String name, int mode, char kind, String link, byte[] content) {
  static TarEntry file(String name, int mode, byte[] content) {
    return new TarEntry(name, mode, '0', "", content);
  }

  static TarEntry text(String name, String content) {
    return file(name, 0644, content.getBytes(StandardCharsets.UTF_8));
  }

  static TarEntry directory(String name, int mode) {
    return new TarEntry(name + "/", mode, '5', "", new byte[0]);
  }

  static TarEntry link(String name, String target) {
    return new TarEntry(name, 0777, '2', target, new byte[0]);
  }
}
