/**
 * A file system that writes down what is done to it, and the disks that a power cut could leave
 * behind at any moment of that. A process is started on it with {@code
 * -Djava.nio.file.spi.DefaultFileSystemProvider}, so libraries are seen that open files themselves.
 * Knows nothing of the store.
 */
@NullMarked
package dev.tiphys.store.crash;

import org.jspecify.annotations.NullMarked;
