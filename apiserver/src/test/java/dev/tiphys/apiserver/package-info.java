/**
 * The whole server over real HTTP, in front of a real etcd: what clients see of it. Skipped, with
 * the reason, where no etcd is installed.
 */
@NullMarked
package dev.tiphys.apiserver;

import org.jspecify.annotations.NullMarked;
