/**
 * The API server as verbs see it: paths in, JSON trees out, whatever the kind; what resources there
 * are; who to be there. Knows HTTP through the client module only.
 */
@NullMarked
package dev.tiphys.cli.cluster;

import org.jspecify.annotations.NullMarked;
