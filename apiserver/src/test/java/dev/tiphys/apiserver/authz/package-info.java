/** What {@code dev.tiphys.apiserver.authz} promises, case by case. No server, no store. */
@NullMarked
package dev.tiphys.apiserver.authz;

import org.jspecify.annotations.NullMarked;
