/**
 * What a cluster must have before anybody asks for it: its own namespaces, the service {@code
 * kubernetes}, the default roles. Written at start, and kept true while the server runs, through
 * the same verbs that clients use.
 */
@NullMarked
package dev.tiphys.apiserver.bootstrap;

import org.jspecify.annotations.NullMarked;
