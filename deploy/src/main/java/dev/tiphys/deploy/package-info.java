/**
 * What turns daemons into a cluster on this machine: {@code tiphys up}, {@code down}, {@code
 * status}, {@code logs}, {@code image} and {@code bench}.
 *
 * <p>The launcher script calls {@link dev.tiphys.deploy.Main}. Nothing here is linked with a
 * daemon: daemons are processes with upstream's flags, met through files, signals and HTTPS.
 */
@NullMarked
package dev.tiphys.deploy;

import org.jspecify.annotations.NullMarked;
