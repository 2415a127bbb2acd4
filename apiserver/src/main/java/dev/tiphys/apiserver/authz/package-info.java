/**
 * What a user may do: the modes of {@code --authorization-mode}, RBAC and the node's own rules
 * among them. Asked by the pipeline once it knows the user and what the request is about, and by
 * the access reviews. Reads rules from the watch cache; changes nothing.
 */
@NullMarked
package dev.tiphys.apiserver.authz;

import org.jspecify.annotations.NullMarked;
